import { Quality } from "../../../engines/market/index.ts";

export type Cell = string | number | boolean | null;
export interface ExportColumn {
  /** What it is and in which unit: `theta_ccy_per_day`. A price is in the row's `ccy`. */
  readonly name: string;
  readonly type: "text" | "number" | "integer" | "boolean";
}
/** A pane as raw figures: full precision, null for the unknown, times in ISO with their offset. */
export interface ExportTable {
  readonly name: string;
  readonly columns: readonly ExportColumn[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A column and how a row gives its cell; NaN and the infinite are unknown. */
export type ColumnOf<R> = readonly [
  name: string,
  type: ExportColumn["type"],
  get: (row: R) => Cell | undefined,
];

export function tableOf<R>(name: string, columns: readonly ColumnOf<R>[], rows: readonly R[]): ExportTable {
  const known = (v: Cell | undefined): Cell =>
    v === undefined || (typeof v === "number" && !Number.isFinite(v)) ? null : v;
  return {
    name,
    columns: columns.map(([column, type]) => ({ name: column, type })),
    rows: rows.map((row) => columns.map(([, , get]) => known(get(row)))),
  };
}

const QUALITIES = new Map<number | null, string>(Object.entries(Quality).map(([name, code]) => [code, name]));
export const qualityName = (quality: Quality | null): string | null => QUALITIES.get(quality) ?? null;
