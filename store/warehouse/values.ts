/** DuckDB's values as plain ones: numbers where they are exact, ISO texts for days and times, null for what is no finite number. */
import type { DuckDBResultReader, Json } from "@duckdb/node-api";

export type Plain = string | number | boolean | null;
export type PlainRow = Record<string, Plain>;

const WHOLE = new Set(["BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT"]);

function plain(value: Json, type: string): Plain {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string") return JSON.stringify(value);
  if (WHOLE.has(type)) {
    const n = Number(value);
    return Number.isSafeInteger(n) ? n : value;
  }
  if (type === "DOUBLE" || type === "FLOAT") return null;
  return type.startsWith("DECIMAL") ? Number(value) : value;
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Plain[])[];
}

export function tableOf(reader: DuckDBResultReader): Table {
  const types = reader.columnTypes().map(String);
  const rows = reader.getRowsJson().map((row) => row.map((v, i) => plain(v, types[i] as string)));
  return { columns: reader.deduplicatedColumnNames(), rows };
}

export const rowsOf = ({ columns, rows }: Table): PlainRow[] =>
  rows.map((row) => Object.fromEntries(row.map((v, i) => [columns[i] as string, v])));
