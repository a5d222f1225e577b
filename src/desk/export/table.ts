import { formatClockMicros, isoDayOfNumber, Quality } from "../../../engines/market/index.ts";

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

const DAY_US = 86_400e6;
const two = (n: number): string => `${n}`.padStart(2, "0");

/** `2015-12-24T10:35:00.000000-05:00` of an instant, `offsetMin` east of UTC; null for an unknown one. */
export function isoTime(us: number | null | undefined, offsetMin: number): string | null {
  if (us === null || us === undefined || !Number.isFinite(us)) return null;
  const day = isoDayOfNumber(Math.floor((us + offsetMin * 60e6) / DAY_US));
  const size = Math.abs(offsetMin);
  const offset = `${offsetMin < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${day}T${formatClockMicros(us, offsetMin)}${offset}`;
}

const QUALITIES = new Map<number | null, string>(Object.entries(Quality).map(([name, code]) => [code, name]));
export const qualityName = (quality: Quality | null): string | null => QUALITIES.get(quality) ?? null;
