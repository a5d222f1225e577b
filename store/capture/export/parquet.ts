import { renameSync, rmSync } from "node:fs";
import type { DuckDBValue } from "@duckdb/node-api";
import { CaptureError, fileError } from "../errors.ts";
import type { Session } from "../session.ts";
import { EXPORT_COLUMNS } from "./columns.ts";

/** Rows that DuckDB takes at once. */
const CHUNK = 2048;

/**
 * Writes the session as Parquet (zstd) through DuckDB, which is loaded only here. The file is there whole or not at all.
 * @throws CaptureError
 */
export async function exportParquet(
  session: Session,
  path: string,
  progress?: (share: number) => void,
): Promise<void> {
  const part = `${path}.part`;
  const { DuckDBInstance, DuckDBDataChunk, BIGINT, DOUBLE, VARCHAR } = await import("@duckdb/node-api");
  const types = { BIGINT, DOUBLE, VARCHAR };
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: "1GB", threads: "2" });
  const db = await instance.connect();
  try {
    const declared = EXPORT_COLUMNS.map((c) => `"${c.name}" ${c.type}`).join(", ");
    await db.run(`create table events (${declared})`);
    const appender = await db.createAppender("events");
    const columnTypes = EXPORT_COLUMNS.map((c) => types[c.type]);
    for (let b = 0; b < session.blocks.length; b++) {
      const c = session.block(b);
      for (let from = 0; from < c.n; from += CHUNK) {
        const n = Math.min(CHUNK, c.n - from);
        const chunk = DuckDBDataChunk.create(columnTypes, n);
        EXPORT_COLUMNS.forEach((col, k) => {
          const values: DuckDBValue[] = [];
          for (let i = from; i < from + n; i++) {
            const v = col.get(c, i, session);
            values.push(col.type === "BIGINT" && v !== null ? BigInt(v) : v);
          }
          chunk.setColumnValues(k, values);
        });
        appender.appendDataChunk(chunk);
      }
      progress?.((0.8 * (b + 1)) / session.blocks.length);
    }
    appender.closeSync();
    await db.run(
      `copy (select * from events order by seq) to '${part.replaceAll("'", "''")}' (format parquet, compression zstd)`,
    );
    renameSync(part, path);
    progress?.(1);
  } catch (e) {
    rmSync(part, { force: true });
    throw duckError(e, path);
  } finally {
    db.closeSync();
    instance.closeSync();
  }
}

/** DuckDB tells what the system said only in words. */
function duckError(e: unknown, path: string): CaptureError {
  const text = (e as Error).message;
  if (/no space left/i.test(text)) return fileError(Object.assign(new Error(), { code: "ENOSPC" }), path);
  if (/permission denied|read-only/i.test(text))
    return fileError(Object.assign(new Error(), { code: "EACCES" }), path);
  if (/cannot open file|no such file/i.test(text))
    return new CaptureError("CAP-010", path, "Choose a folder that is there and that you may write to.");
  return fileError(e, path);
}
