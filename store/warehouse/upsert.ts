/** Rows into tables: replaced by key, stale ones of the same scope deleted, all in one transaction. */
import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { VoldeskError } from "../../config/errors.ts";
import { TABLES, type TableName } from "./migrations.ts";
import type { Plain } from "./values.ts";
import { quoted, type Warehouse } from "./warehouse.ts";

/** Values by column: days as ISO text, warnings as a list, numbers finite or null. */
export type StoreRow = Readonly<Record<string, Plain | readonly string[]>>;

export interface Upserted {
  readonly written: number;
  /** Rows of the same scope that were there and are no more. */
  readonly stale: number;
}

export interface UpsertOptions {
  /** Keep rows of the same scope that the new ones lack. */
  readonly keepStale?: boolean;
  /** What else is wholly replaced though no row names it: an empty run of a day clears that day. */
  readonly scope?: Readonly<Record<string, string>>;
}

interface Column {
  readonly name: string;
  readonly type: string;
}

/** Rows that DuckDB takes at once. */
const CHUNK = 2048;

async function columnsOf(w: Warehouse, table: TableName): Promise<Column[]> {
  const found = await w.rows(
    "select column_name as name, data_type as type from duckdb_columns() where table_name = ? and database_name = current_database() order by column_index",
    [table],
  );
  if (found.length === 0)
    throw new VoldeskError(
      "WH-009",
      `the warehouse lacks the table ${table}`,
      "Run `voldesk db migrate`.",
      w.path,
    );
  return found.map((r) => ({ name: String(r["name"]), type: String(r["type"]) }));
}

const same = (columns: readonly string[]): string =>
  columns.map((c) => `t.${c} is not distinct from s.${c}`).join(" and ");

/** Moves what lies in `stage`, later rows of one key winning, into the table. */
async function merge(
  w: Warehouse,
  table: TableName,
  columns: readonly Column[],
  nowUs: number,
  options: UpsertOptions,
): Promise<Upserted> {
  const { key, scope } = TABLES[table];
  const own = columns.filter((c) => c.name !== "updated_at");
  const names = own.map((c) => c.name);
  const [bad] = await w.rows(
    `select count(*) n from stage where ${key.map((k) => `${k} is null`).join(" or ")}`,
  );
  if (bad?.["n"] !== 0)
    throw new VoldeskError(
      "WH-006",
      `${bad?.["n"]} rows of ${table} lack a part of their key (${key.join(", ")})`,
      "Give every row its key; nothing was changed.",
    );
  let stale = 0;
  if (options.keepStale !== true) {
    const named = Object.entries(options.scope ?? {}).filter(([c]) => names.includes(c));
    const also =
      named.length === 0 ? "" : ` or (${named.map(([c, v]) => `t.${c} = ${quoted(v)}`).join(" and ")})`;
    const gone = await w.db.run(
      `delete from ${table} t where (exists (select 1 from (select distinct ${scope.join(", ")} from stage) s where ${same(scope)})${also})
        and not exists (select 1 from stage s where ${same(key)})`,
    );
    stale = gone.rowsChanged;
  }
  const put = await w.db.run(
    `insert or replace into ${table} (${names.join(", ")}, updated_at)
      select ${names.join(", ")}, make_timestamp(${Math.round(nowUs)}::BIGINT) from stage
      qualify row_number() over (partition by ${key.join(", ")} order by stage_no desc) = 1`,
  );
  return { written: put.rowsChanged, stale };
}

/**
 * Writes rows of a table. Nothing is changed when one of them cannot be stored.
 * @throws VoldeskError WH-005, WH-006 (a column that is not there, a value of the wrong kind, a key that is not whole), WH-009.
 */
export async function upsert(
  w: Warehouse,
  table: TableName,
  rows: readonly StoreRow[],
  nowUs: number,
  options: UpsertOptions = {},
): Promise<Upserted> {
  const columns = await columnsOf(w, table);
  const known = new Set(columns.map((c) => c.name));
  for (const row of rows)
    for (const name of Object.keys(row))
      if (!known.has(name) || name === "updated_at")
        throw new VoldeskError(
          "WH-006",
          `${table} has no column ${name}`,
          `It has ${[...known].join(", ")}.`,
        );
  return w.transaction(`${table} cannot be written`, async () => {
    await stageRows(w, columns, rows);
    const done = await merge(w, table, columns, nowUs, options);
    await w.db.run("drop table stage");
    return done;
  });
}

/** What the appender takes for a column; days and JSON go as text and are cast by DuckDB. */
const plainType = (type: string): "DOUBLE" | "BOOLEAN" | "VARCHAR" =>
  type === "BOOLEAN" ? type : /^(DOUBLE|INTEGER|BIGINT)$/.test(type) ? "DOUBLE" : "VARCHAR";

async function stageRows(w: Warehouse, columns: readonly Column[], rows: readonly StoreRow[]): Promise<void> {
  const { DuckDBDataChunk, DOUBLE, BOOLEAN, VARCHAR } = await import("@duckdb/node-api");
  const kinds: Record<string, DuckDBType> = { DOUBLE, BOOLEAN, VARCHAR };
  const own = columns.filter((c) => c.name !== "updated_at");
  await w.db.run(
    `create or replace temp table raw_stage (${own.map((c) => `${c.name} ${plainType(c.type)}`).join(", ")}, stage_no DOUBLE)`,
  );
  const types = [...own.map((c) => kinds[plainType(c.type)] as DuckDBType), DOUBLE];
  const appender = await w.db.createAppender("raw_stage", null, "temp");
  for (let from = 0; from < rows.length; from += CHUNK) {
    const part = rows.slice(from, from + CHUNK);
    const chunk = DuckDBDataChunk.create(types, part.length);
    own.forEach((c, k) =>
      chunk.setColumnValues(
        k,
        part.map((r) => cell(c, r[c.name])),
      ),
    );
    chunk.setColumnValues(
      own.length,
      part.map((_, i) => from + i),
    );
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  const casts = own.map((c) => `${c.name}::${c.type} as ${c.name}`).join(", ");
  await w.db.run(`create or replace temp table stage as select ${casts}, stage_no from raw_stage`);
  await w.db.run("drop table raw_stage");
}

function cell(column: Column, value: StoreRow[string] | undefined): DuckDBValue {
  if (value === undefined || value === null) return null;
  const kind = plainType(column.type);
  if (Array.isArray(value)) return JSON.stringify(value);
  if (kind === "DOUBLE") {
    if (typeof value === "number") return Number.isFinite(value) ? value : null;
  } else if (kind === "BOOLEAN") {
    if (typeof value === "boolean") return value;
  } else if (typeof value === "string") return value;
  throw new VoldeskError(
    "WH-006",
    `${column.name} takes ${column.type}, not ${typeof value} ${String(value).slice(0, 40)}`,
    "Correct the row; nothing was changed.",
  );
}

/** Writes a table, or a part of it, as Parquet. `where` is SQL. @throws VoldeskError WH-005, WH-006. */
export async function toParquet(
  w: Warehouse,
  table: TableName,
  file: string,
  where = "true",
): Promise<number> {
  const { key } = TABLES[table];
  const [row] = await w.rows(
    `copy (select * from ${table} where ${where} order by ${key.join(", ")}) to ${quoted(file)} (format parquet, compression zstd)`,
  );
  return Number(row?.["Count"] ?? 0);
}

/** Reads a Parquet file of the table's own columns, as {@link upsert} would. @throws VoldeskError WH-005, WH-006, WH-009. */
export async function fromParquet(
  w: Warehouse,
  table: TableName,
  file: string,
  nowUs: number,
  options: UpsertOptions = {},
): Promise<Upserted> {
  const columns = await columnsOf(w, table);
  return w.transaction(`${file} cannot be read into ${table}`, async () => {
    const own = columns.filter((c) => c.name !== "updated_at");
    const casts = own.map((c) => `${c.name}::${c.type} as ${c.name}`).join(", ");
    await w.db.run(
      `create or replace temp table stage as select ${casts}, row_number() over () as stage_no from read_parquet(${quoted(file)})`,
    );
    const done = await merge(w, table, columns, nowUs, options);
    await w.db.run("drop table stage");
    return done;
  });
}
