import { isoDayNumber } from "../market/index.ts";
import type { DeltaBucket } from "./types.ts";

/** A cell of a chain file or table: text that reads as a number counts as one. */
export type CompatCell = number | string | null | undefined;

/** One row of a chain snapshot as the original system reads it. A key that no row has is a missing column. */
export interface CompatSurfaceRow {
  readonly expiry?: string | null;
  readonly optionType?: string | null;
  readonly strike?: CompatCell;
  readonly impliedVolatility?: CompatCell;
  readonly bs_delta?: CompatCell;
  readonly bid?: CompatCell;
  readonly ask?: CompatCell;
  readonly lastPrice?: CompatCell;
  readonly mark?: CompatCell;
}

/** A row of an earlier result as it was stored: anything may be missing. */
export type CompatPrevious<Row> = { readonly [K in keyof Row]?: Row[K] | null };

export interface CompatTenorRow {
  readonly symbol: string;
  readonly as_of: string;
  readonly tenor_target_dte: number;
  readonly expiry: string | null;
  readonly dte: number | null;
  readonly tenor_gap_dte: number | null;
  readonly atm_strike: number | null;
  readonly atm_iv: number | null;
  readonly atm_mark: number | null;
  readonly straddle_mark: number | null;
  readonly expected_move_pct: number | null;
  readonly skew_25d_pp: number | null;
  readonly skew_10d_pp: number | null;
  readonly contracts_used: number;
  readonly warnings: readonly string[];
}
export interface CompatBucketRow {
  readonly symbol: string;
  readonly as_of: string;
  readonly tenor_target_dte: number;
  readonly expiry: string | null;
  readonly option_type: "call" | "put";
  readonly delta_bucket: DeltaBucket;
  readonly avg_iv: number | null;
  readonly median_iv: number | null;
  readonly n_contracts: number;
  readonly warnings: readonly string[];
}

/** The rows of one expiry, sorted by strike, calls first. Unknown is NaN. */
export interface CompatExpiry {
  readonly day: string;
  readonly dayNo: number;
  readonly n: number;
  readonly strike: Float64Array;
  readonly put: Uint8Array;
  readonly iv: Float64Array;
  readonly delta: Float64Array;
  readonly mark: Float64Array;
}

/** A vol above this is a percentage read as a fraction: it is taken as missing and named. */
const IV_UNIT_LIMIT = 5;

export function cellNumber(x: CompatCell): number {
  if (typeof x === "number") return Number.isFinite(x) ? x : Number.NaN;
  if (typeof x !== "string" || x.trim() === "") return Number.NaN;
  const v = Number(x);
  return Number.isFinite(v) ? v : Number.NaN;
}

const COLUMNS = [
  ["expiry", "missing_expiry"],
  ["optionType", "missing_optionType"],
  ["strike", "missing_strike"],
  ["impliedVolatility", "missing_impliedVolatility"],
  ["bs_delta", "missing_bs_delta"],
] as const;
const QUOTES = ["mark", "bid", "ask", "lastPrice"] as const;

/** The warnings of a whole snapshot: nothing in it, or columns that no row has. */
export function snapshotWarnings(snapshot: readonly CompatSurfaceRow[]): string[] {
  if (snapshot.length === 0) return ["empty_snapshot"];
  const has = (key: keyof CompatSurfaceRow): boolean => snapshot.some((row) => key in row);
  const out: string[] = COLUMNS.filter(([key]) => !has(key)).map(([, warning]) => warning);
  if (!QUOTES.some(has)) out.push("missing_quotes");
  return out;
}

/** Rows by expiry day, in order of the snapshot; rows without a readable expiry are left out. */
export function rowsByExpiry(
  snapshot: readonly CompatSurfaceRow[],
): Map<string, { readonly dayNo: number; readonly rows: CompatSurfaceRow[] }> {
  const out = new Map<string, { dayNo: number; rows: CompatSurfaceRow[] } | null>();
  let lastText: string | null = null;
  let last: { dayNo: number; rows: CompatSurfaceRow[] } | null = null;
  for (const row of snapshot) {
    if (typeof row.expiry !== "string") continue;
    if (row.expiry !== lastText) {
      lastText = row.expiry;
      let group = out.get(lastText);
      if (group === undefined) {
        const dayNo = isoDayNumber(lastText);
        group = dayNo === null ? null : { dayNo, rows: [] };
        out.set(lastText, group);
      }
      last = group;
    }
    last?.rows.push(row);
  }
  const known = new Map<string, { dayNo: number; rows: CompatSurfaceRow[] }>();
  for (const [day, group] of out) if (group) known.set(day, group);
  return known;
}

/** Mark: supplied and positive; else the mid of two positive sides; else last, ask, bid, the first that is positive. */
function markOf(row: CompatSurfaceRow): number {
  const mark = cellNumber(row.mark);
  if (mark > 0) return mark;
  const bid = cellNumber(row.bid);
  const ask = cellNumber(row.ask);
  if (bid > 0 && ask > 0) return (bid + ask) / 2;
  const last = cellNumber(row.lastPrice);
  if (last > 0) return last;
  if (ask > 0) return ask;
  return bid > 0 ? bid : Number.NaN;
}

/** 0 call, 1 put, -1 neither. */
function sideOf(text: string | null | undefined): number {
  if (text === "call") return 0;
  if (text === "put") return 1;
  const type = text?.trim().toLowerCase();
  return type === "call" || type === "c" ? 0 : type === "put" || type === "p" ? 1 : -1;
}

/** Cleans and sorts the rows of an expiry; `unitError` is called for each vol that can only be a percentage. */
export function cleanExpiry(
  day: string,
  dayNo: number,
  rows: readonly CompatSurfaceRow[],
  unitError: () => void,
): CompatExpiry {
  const clean: { strike: number; put: number; iv: number; delta: number; mark: number }[] = [];
  for (const row of rows) {
    const put = sideOf(row.optionType);
    const strike = cellNumber(row.strike);
    if (put < 0 || !(strike > 0)) continue;
    let iv = cellNumber(row.impliedVolatility);
    if (iv > IV_UNIT_LIMIT) unitError();
    if (!(iv > 0 && iv <= IV_UNIT_LIMIT)) iv = Number.NaN;
    let delta = cellNumber(row.bs_delta);
    if (!(delta >= -1 && delta <= 1)) delta = Number.NaN;
    clean.push({ strike, put, iv, delta, mark: markOf(row) });
  }
  // Equal contracts are ordered by what they carry, so that sums do not depend on the order of the file.
  const known = (x: number): number => (x === x ? x : -2);
  clean.sort(
    (a, b) =>
      a.strike - b.strike ||
      a.put - b.put ||
      known(a.iv) - known(b.iv) ||
      known(a.delta) - known(b.delta) ||
      known(a.mark) - known(b.mark),
  );
  return {
    day,
    dayNo,
    n: clean.length,
    strike: Float64Array.from(clean, (r) => r.strike),
    put: Uint8Array.from(clean, (r) => r.put),
    iv: Float64Array.from(clean, (r) => r.iv),
    delta: Float64Array.from(clean, (r) => r.delta),
    mark: Float64Array.from(clean, (r) => r.mark),
  };
}
