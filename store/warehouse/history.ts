/** A figure among its own past: history, percentile and rank over sessions, computed in SQL. */
import { VoldeskError } from "../../config/errors.ts";
import { TABLES, type TableName } from "./migrations.ts";
import type { Warehouse } from "./warehouse.ts";

/** Sessions in a year of trading, the window a rank is usually taken over. */
export const YEAR_SESSIONS = 252;

export interface FigureQuery {
  readonly table: TableName;
  readonly symbol: string;
  /** A numeric column. */
  readonly field: string;
  /** Further columns that fix the series, such as tenor_target_dte and provider. */
  readonly where?: Readonly<Record<string, string | number | boolean>>;
  /** Last day, itself included; the latest when left out. */
  readonly to?: string;
  /** Sessions looked at, that day included. */
  readonly sessions?: number;
}

export interface HistoryPoint {
  readonly day: string;
  readonly value: number;
}

export interface Standing {
  readonly day: string;
  readonly value: number;
  /** Sessions before it that have a value. */
  readonly sessions: number;
  /** Share of them below it, equal ones counted half, 0 to 1; null without any. */
  readonly percentile: number | null;
  /** (value − low) / (high − low) over the window, the day itself included, 0 to 1; null where they are equal. */
  readonly rank: number | null;
  readonly low: number;
  readonly high: number;
  readonly median: number;
}

async function series(
  w: Warehouse,
  q: FigureQuery,
): Promise<{ sql: string; values: (string | number | boolean)[] }> {
  const facts = TABLES[q.table];
  const known = new Set(
    (await w.rows("select column_name as c from duckdb_columns() where table_name = ?", [q.table])).map(
      (r) => r["c"],
    ),
  );
  const fixed = Object.entries(q.where ?? {});
  for (const name of [q.field, ...fixed.map(([c]) => c)])
    if (!known.has(name))
      throw new VoldeskError(
        "WH-009",
        `${q.table} has no column ${name}`,
        "`voldesk db migrate` brings the newest shape.",
      );
  const { day } = facts;
  const conditions = ["symbol = ?", `${q.field} is not null`, ...fixed.map(([c]) => `${c} = ?`)];
  const values: (string | number | boolean)[] = [q.symbol, ...fixed.map(([, v]) => v)];
  if (q.to !== undefined) {
    conditions.push(`${day} <= ?::DATE`);
    values.push(q.to);
  }
  const sessions = Math.max(1, Math.floor(q.sessions ?? YEAR_SESSIONS));
  // Two rows of one day would make ranks of mixed series: their number is checked by the caller.
  const sql = `select ${day} as day, any_value(${q.field})::DOUBLE as value, count(*) as n from ${q.table}
    where ${conditions.join(" and ")} group by ${day} order by ${day} desc limit ${sessions}`;
  return { sql, values };
}

/** Values by day, oldest first. @throws VoldeskError WH-009; WH-006 when the series is not one value a day. */
export async function history(w: Warehouse, query: FigureQuery): Promise<HistoryPoint[]> {
  const { sql, values } = await series(w, query);
  const rows = await w.rows(`select day::VARCHAR d, value v, n from (${sql}) order by day`, values);
  oneADay(
    query,
    rows.every((r) => r["n"] === 1),
  );
  return rows.map((r) => ({ day: String(r["d"]), value: Number(r["v"]) }));
}

/** Where the last value stands among its past; null without one. @throws as {@link history}. */
export async function standing(w: Warehouse, query: FigureQuery): Promise<Standing | null> {
  const { sql, values } = await series(w, query);
  const [r] = await w.rows(
    `with s as (${sql}), t as (select day, value from s order by day desc limit 1)
     select t.day::VARCHAR d, t.value v, max(s.n) n, count(*) - 1 k, min(s.value) lo, max(s.value) hi, median(s.value) mid,
       count(*) filter (s.day < t.day and s.value < t.value) below, count(*) filter (s.day < t.day and s.value = t.value) equal
     from s, t group by t.day, t.value`,
    values,
  );
  if (r === undefined) return null;
  oneADay(query, r["n"] === 1);
  const [value, low, high, before] = [Number(r["v"]), Number(r["lo"]), Number(r["hi"]), Number(r["k"])];
  return {
    day: String(r["d"]),
    value,
    sessions: before,
    percentile: before === 0 ? null : (Number(r["below"]) + Number(r["equal"]) / 2) / before,
    rank: high > low ? (value - low) / (high - low) : null,
    low,
    high,
    median: Number(r["mid"]),
  };
}

function oneADay(q: FigureQuery, holds: boolean): void {
  if (!holds)
    throw new VoldeskError(
      "WH-006",
      `${q.table} has several rows of ${q.symbol} a day`,
      `Fix the series by more of ${TABLES[q.table].key.join(", ")}.`,
    );
}
