/** The surface, the term structure and the exposure of a symbol among their own past: ranks and day-over-day, computed in SQL. */
import { YEAR_SESSIONS } from "./history.ts";
import type { PlainRow } from "./values.ts";
import type { Warehouse } from "./warehouse.ts";

/** A symbol's stored series of one source; `provider` as it was stored. */
export interface SeriesOf {
  readonly symbol: string;
  readonly provider: string;
}

/** What of a tenor has a history. Vols and moves per 1.00, `_pp` in vol points. */
export const TENOR_FIELDS = [
  "atm_iv",
  "skew_25d_pp",
  "skew_10d_pp",
  "fly_25d_pp",
  "fly_10d_pp",
  "expected_move_pct",
  "one_sigma",
] as const;
export type TenorField = (typeof TENOR_FIELDS)[number];

const TERM_FIELDS = ["level", "slope", "steepness", "ratio_7_30", "ratio_30_90", "ratio_30_180"] as const;
export type TermField = (typeof TERM_FIELDS)[number];

export interface PastStanding {
  /** Day of the value: the last one with a value, not always the last one asked for. */
  readonly day: string;
  readonly value: number;
  /** Sessions before it that have a value. */
  readonly sessions: number;
  /** Share of them below it, equal ones counted half, 0 to 1; null without any. */
  readonly percentile: number | null;
  /** (value - low) / (high - low), the day itself included; null where they are equal. */
  readonly rank: number | null;
  readonly low: number;
  readonly high: number;
}
export interface TenorStanding extends PastStanding {
  readonly tenor: number;
  readonly field: TenorField;
}
export interface TermStanding extends PastStanding {
  readonly field: TermField;
}

/** `select series…, field, day, value` ranked within each (series, field) over its last sessions. */
const ranked = (inner: string, series: string): string => `
  with s as (${inner}), n as (
    select *, row_number() over (partition by ${series}, field order by day desc) k from s where value is not null
  ), l as (select * from n where k = 1)
  select l.*, l.day::VARCHAR d, count(*) - 1 earlier, min(n.value) lo, max(n.value) hi,
    count(*) filter (n.k > 1 and n.value < l.value) below, count(*) filter (n.k > 1 and n.value = l.value) equal
  from l join n using (${series}, field) where n.k <= ? group by all order by ${series}, field`;

function standingOf(r: PlainRow): PastStanding {
  const [value, low, high, before] = [
    Number(r["value"]),
    Number(r["lo"]),
    Number(r["hi"]),
    Number(r["earlier"]),
  ];
  return {
    day: String(r["d"]),
    value,
    sessions: before,
    percentile: before === 0 ? null : (Number(r["below"]) + Number(r["equal"]) / 2) / before,
    rank: high > low ? (value - low) / (high - low) : null,
    low,
    high,
  };
}

const listed = (fields: readonly string[]): string =>
  `unnest([${fields.map((f) => `'${f}'`).join(", ")}]) as field, unnest([${fields.map((f) => `${f}::DOUBLE`).join(", ")}]) as value`;

/** The last day of a series that is wanted; far away when any is. */
export const LAST = "9999-12-31";

/**
 * Every figure of every tenor among its last sessions, the latest value at or before `to` included. Empty without history.
 * @throws VoldeskError WH-006 without the tables.
 */
export async function tenorStandings(
  w: Warehouse,
  of: SeriesOf,
  to: string = LAST,
  sessions = YEAR_SESSIONS,
): Promise<TenorStanding[]> {
  const inner = `select tenor_target_dte as tenor, as_of as day, ${listed(TENOR_FIELDS)} from iv_surface_tenor
    where symbol = ? and provider = ? and as_of <= ?::DATE`;
  const rows = await w.rows(ranked(inner, "tenor"), [of.symbol, of.provider, to, sessions]);
  return rows.map((r) => ({
    tenor: Number(r["tenor"]),
    field: r["field"] as TenorField,
    ...standingOf(r),
  }));
}

/** Level, slope and ratios of the term structure among their last sessions. @throws as {@link tenorStandings}. */
export async function termStandings(
  w: Warehouse,
  of: SeriesOf,
  to: string = LAST,
  sessions = YEAR_SESSIONS,
): Promise<TermStanding[]> {
  const inner = `select symbol, as_of as day, ${listed(TERM_FIELDS)} from iv_term
    where symbol = ? and provider = ? and as_of <= ?::DATE`;
  const rows = await w.rows(ranked(inner, "symbol"), [of.symbol, of.provider, to, sessions]);
  return rows.map((r) => ({ field: r["field"] as TermField, ...standingOf(r) }));
}

/** Values of each tenor before a day, oldest first: what a live figure is ranked among. @throws as {@link tenorStandings}. */
export async function tenorHistory(
  w: Warehouse,
  of: SeriesOf,
  field: TenorField,
  before: string = LAST,
  sessions = YEAR_SESSIONS,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const rows = await w.rows(
    `select tenor_target_dte t, list(${field} order by as_of) v from (
      select *, row_number() over (partition by tenor_target_dte order by as_of desc) k from iv_surface_tenor
      where symbol = ? and provider = ? and as_of < ?::DATE and ${field} is not null
    ) where k <= ? group by t order by t`,
    [of.symbol, of.provider, before, sessions],
  );
  return new Map(rows.map((r) => [Number(r["t"]), JSON.parse(String(r["v"])) as number[]]));
}

export interface TenorDifference {
  readonly tenor: number;
  readonly field: TenorField;
  readonly day: string;
  readonly value: number | null;
  /** The day compared with: the last stored at or before the one asked for. */
  readonly thenDay: string;
  readonly then: number | null;
  /** value - then; null where either is. */
  readonly change: number | null;
}

/**
 * Every figure of every tenor of a day less that of an earlier stored one: the last before it, or the last at or before `then`.
 * Constant maturities, so that a rolling expiry is no change. Empty without two days. @throws as {@link tenorStandings}.
 */
export async function tenorDifferences(
  w: Warehouse,
  of: SeriesOf,
  day: string = LAST,
  then: string = LAST,
): Promise<TenorDifference[]> {
  const rows = await w.rows(
    `with s as (select as_of as day, tenor_target_dte as tenor, ${listed(TENOR_FIELDS)} from iv_surface_tenor
        where symbol = ? and provider = ? and as_of <= ?::DATE),
      a as (select max(day) as d from s), b as (select max(s.day) as d from s, a where s.day < a.d and s.day <= ?::DATE),
      t as (select s.* from s, a where s.day = a.d), p as (select s.* from s, b where s.day = b.d)
    select coalesce(t.tenor, p.tenor) tenor, coalesce(t.field, p.field) field, a.d::VARCHAR d1, b.d::VARCHAR d2,
      t.value v, p.value w, t.value - p.value c
    from t full join p on t.tenor = p.tenor and t.field = p.field, a, b where b.d is not null order by tenor, field`,
    [of.symbol, of.provider, day, then],
  );
  const known = (v: unknown): number | null => (typeof v === "number" ? v : null);
  return rows.map((r) => ({
    tenor: Number(r["tenor"]),
    field: r["field"] as TenorField,
    day: String(r["d1"]),
    value: known(r["v"]),
    thenDay: String(r["d2"]),
    then: known(r["w"]),
    change: known(r["c"]),
  }));
}

export interface StoredTenor {
  readonly tenor: number;
  readonly atmIv: number | null;
  readonly skew25: number | null;
  readonly skew10: number | null;
  readonly fly25: number | null;
  readonly forward: number | null;
}
export interface StoredCurve {
  readonly day: string;
  readonly tenors: readonly StoredTenor[];
}

/** The stored curve of the last day at or before `day`: yesterday's or last week's, beside today's. Null without one. */
export async function storedCurve(
  w: Warehouse,
  of: SeriesOf,
  day: string = LAST,
): Promise<StoredCurve | null> {
  const rows = await w.rows(
    `select as_of::VARCHAR d, tenor_target_dte t, atm_iv, skew_25d_pp, skew_10d_pp, fly_25d_pp, forward from iv_surface_tenor
      where symbol = ? and provider = ? and as_of = (
        select max(as_of) from iv_surface_tenor where symbol = ? and provider = ? and as_of <= ?::DATE and atm_iv is not null)
      order by t`,
    [of.symbol, of.provider, of.symbol, of.provider, day],
  );
  if (rows.length === 0) return null;
  const known = (v: unknown): number | null => (typeof v === "number" ? v : null);
  const tenors = rows.map((r) => ({
    tenor: Number(r["t"]),
    atmIv: known(r["atm_iv"]),
    skew25: known(r["skew_25d_pp"]),
    skew10: known(r["skew_10d_pp"]),
    fly25: known(r["fly_25d_pp"]),
    forward: known(r["forward"]),
  }));
  return { day: String(rows[0]?.["d"]), tenors };
}

/** Every figure of every tenor on the last day stored before `day`; null without one. */
export async function storedTenors(
  w: Warehouse,
  of: SeriesOf,
  day: string,
): Promise<{
  readonly day: string;
  readonly rows: ReadonlyMap<number, Readonly<Record<string, number | null>>>;
} | null> {
  const rows = await w.rows(
    `select as_of::VARCHAR d, tenor_target_dte t, ${TENOR_FIELDS.join(", ")} from iv_surface_tenor
      where symbol = ? and provider = ? and as_of = (
        select max(as_of) from iv_surface_tenor where symbol = ? and provider = ? and as_of < ?::DATE)`,
    [of.symbol, of.provider, of.symbol, of.provider, day],
  );
  const first = rows[0];
  if (first === undefined) return null;
  const figures = (r: PlainRow) =>
    Object.fromEntries(TENOR_FIELDS.map((f) => [f, typeof r[f] === "number" ? (r[f] as number) : null]));
  return { day: String(first["d"]), rows: new Map(rows.map((r) => [Number(r["t"]), figures(r)])) };
}
