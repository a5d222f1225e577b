import { parse } from "csv-parse/sync";
import { isoDayNumber } from "../engines/market/index.ts";
import type { DayCount, RateBasis, RateQuote } from "../engines/pricing/index.ts";

/** How to read one published series: its tenor, quotation and currency. Values are percent per year. */
export interface RateSeries {
  readonly id: string;
  readonly ccy: string;
  readonly days: number;
  readonly basis: RateBasis;
  readonly dayCount: DayCount;
  readonly source: string;
}

const fed = (id: string, days: number, basis: RateBasis): RateSeries => ({
  id,
  ccy: "USD",
  days,
  basis,
  dayCount: "ACT/360",
  source: `Federal Reserve, FRED series ${id}`,
});

/** Series known by the name of their value column, as FRED's CSV download prints it. Bills are quoted on a bank-discount basis. */
export const RATE_SERIES: readonly RateSeries[] = [
  fed("DFF", 1, "simple"),
  fed("SOFR", 1, "simple"),
  fed("DTB4WK", 28, "bank-discount"),
  fed("DTB3", 91, "bank-discount"),
  fed("DTB6", 182, "bank-discount"),
  fed("DTB1YR", 364, "bank-discount"),
];

export interface RateRow {
  /** ISO day. */
  readonly asOf: string;
  readonly quote: RateQuote;
}

export type RateImport =
  | {
      readonly kind: "ok";
      readonly series: RateSeries;
      readonly rows: readonly RateRow[];
      /** Empty cells: holidays in these files. */
      readonly empty: number;
      /** Rows that could not be read, by line number of the file. */
      readonly rejected: readonly { readonly line: number; readonly reason: string }[];
    }
  | { readonly kind: "unknown_series"; readonly column: string | null };

/**
 * Reads a rate CSV of two columns, day and value in percent: FRED's own layout (`observation_date,DTB3`, older files `DATE`, a dot or
 * an empty cell where there is no value). The series is known by the header, or given. Bad rows are counted and named, not fatal.
 */
export function importRateCsv(text: string, series?: RateSeries): RateImport {
  const rows = parse(text, {
    bom: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    info: true,
  }) as unknown as { record: string[]; info: { lines: number } }[];
  const column = rows[0]?.record[1] ?? null;
  const known = series ?? RATE_SERIES.find((s) => s.id === column);
  if (!known) return { kind: "unknown_series", column };
  const out: RateRow[] = [];
  const rejected: { line: number; reason: string }[] = [];
  let empty = 0;
  for (const { record, info } of rows.slice(1)) {
    const [asOf = "", value = ""] = record;
    if (value === "" || value === ".") {
      empty++;
    } else if (isoDayNumber(asOf) === null) {
      rejected.push({ line: info.lines, reason: `not a day: ${asOf}` });
    } else if (!Number.isFinite(Number(value))) {
      rejected.push({ line: info.lines, reason: `not a number: ${value}` });
    } else {
      const rate = Number((Number(value) / 100).toPrecision(15));
      const { days, basis, dayCount } = known;
      out.push({ asOf, quote: { days, rate, basis, dayCount } });
    }
  }
  return { kind: "ok", series: known, rows: out, empty, rejected };
}
