import type { DuckDBValue } from "@duckdb/node-api";
import { VoldeskError } from "../../config/errors.ts";
import type { Table } from "./table.ts";

/** Rows that DuckDB takes at once. */
const CHUNK = 2048;
const SQL = { text: "VARCHAR", number: "DOUBLE", integer: "BIGINT", boolean: "BOOLEAN" } as const;

async function load() {
  try {
    return await import("@duckdb/node-api");
  } catch {
    throw new VoldeskError(
      "EXP-003",
      "DuckDB, which writes Parquet, does not load",
      "Export as csv or json; `voldesk doctor` shows what is wrong.",
    );
  }
}

/** Writes a table as Parquet (zstd) through DuckDB, which is loaded only here. */
export async function writeParquet(table: Table, path: string): Promise<void> {
  const duck = await load();
  const { DuckDBInstance, DuckDBDataChunk } = duck;
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: "512MB", threads: "1" });
  const db = await instance.connect();
  try {
    const types = table.columns.map((c) => SQL[c.type]);
    const declared = table.columns.map((c, k) => `"${c.name.replaceAll('"', '""')}" ${types[k]}`);
    await db.run(`create table t (${declared.join(", ")})`);
    const appender = await db.createAppender("t");
    for (let from = 0; from < table.rows.length; from += CHUNK) {
      const rows = table.rows.slice(from, from + CHUNK);
      const chunk = DuckDBDataChunk.create(
        types.map((t) => duck[t]),
        rows.length,
      );
      types.forEach((type, k) => {
        const values = rows.map((row): DuckDBValue => {
          const v = row[k] ?? null;
          return type === "BIGINT" && v !== null ? BigInt(v) : v;
        });
        chunk.setColumnValues(k, values);
      });
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    await db.run(`copy t to '${path.replaceAll("'", "''")}' (format parquet, compression zstd)`);
  } finally {
    db.closeSync();
    instance.closeSync();
  }
}
