/** The warehouse as a folder of Parquet files: what other processes read while one holds the warehouse itself. */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { VoldeskError } from "../../config/errors.ts";
import { statementError } from "./errors.ts";
import { TABLES, type TableName } from "./migrations.ts";
import { toParquet } from "./upsert.ts";
import { type Table, tableOf } from "./values.ts";
import { quoted, type Warehouse } from "./warehouse.ts";

export interface Exported {
  readonly table: TableName;
  readonly file: string;
  readonly rows: number;
}

/**
 * Writes tables as `DIR/table.parquet`, each put in its place when it is whole, so that a reader sees the old one or the new one.
 * @throws VoldeskError WH-005, WH-006.
 */
export async function exportParquet(
  w: Warehouse,
  dir: string,
  tables: readonly TableName[],
): Promise<Exported[]> {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (e) {
    throw statementError(new Error(`could not write: ${(e as Error).message}`), dir);
  }
  const done: Exported[] = [];
  for (const table of tables) {
    const file = join(dir, `${table}.parquet`);
    const part = `${file}.part`;
    try {
      const rows = await toParquet(w, table, part);
      renameSync(part, file);
      done.push({ table, file, rows });
    } catch (e) {
      rmSync(part, { force: true });
      throw statementError(e, `${table} cannot be exported`);
    }
  }
  return done;
}

/**
 * Asks the Parquet files of a folder as if they were the warehouse; no lock, and no other file can be reached.
 * @throws VoldeskError WH-002 without such files, WH-006.
 */
export async function queryParquet(dir: string, sql: string, memoryMb: number): Promise<Table> {
  const there = (Object.keys(TABLES) as TableName[]).filter((t) => existsSync(join(dir, `${t}.parquet`)));
  if (there.length === 0)
    throw new VoldeskError(
      "WH-002",
      "there is no Parquet file of the warehouse",
      "Write them with `voldesk db export`.",
      dir,
    );
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: `${memoryMb}MB`, threads: "2" });
  const db = await instance.connect();
  try {
    for (const t of there)
      await db.run(`create view ${t} as select * from read_parquet(${quoted(join(dir, `${t}.parquet`))})`);
    await db.run(`set allowed_directories = [${quoted(dir)}]`);
    await db.run("set enable_external_access = false");
    return tableOf(await db.runAndReadAll(sql));
  } catch (e) {
    throw statementError(e, "the query failed");
  } finally {
    db.closeSync();
    instance.closeSync();
  }
}
