import type { LevelBars, LevelSession } from "./types.ts";

/** Bars in order of time with bad values cleaned, and the session each belongs to. */
export interface CleanBars {
  readonly n: number;
  readonly startUs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly vwap: Float64Array;
  /** Index into the sessions, -1 outside every regular session. */
  readonly session: Int32Array;
  readonly warnings: readonly string[];
}

/**
 * Sorts bars by time, keeps the last of equal times, makes prices at or below 0 unknown and volumes unknown or below 0 nothing.
 * What was done is counted in `warnings`.
 */
export function cleanBars(bars: LevelBars, sessions: readonly LevelSession[]): CleanBars {
  const order: number[] = [];
  let sorted = true;
  let timeless = 0;
  for (let i = 0; i < bars.n; i++) {
    if (!Number.isFinite(bars.startUs[i]!)) {
      timeless++;
      continue;
    }
    if (order.length > 0 && bars.startUs[order[order.length - 1]!]! > bars.startUs[i]!) sorted = false;
    order.push(i);
  }
  if (!sorted) order.sort((a, b) => bars.startUs[a]! - bars.startUs[b]! || a - b);
  const kept = order.filter((i, k) => bars.startUs[i] !== bars.startUs[order[k + 1] ?? -1]);
  const price = (column: Float64Array): Float64Array =>
    Float64Array.from(kept, (i) => (column[i]! > 0 ? column[i]! : Number.NaN));
  let badVolume = 0;
  const volume = Float64Array.from(kept, (i) => {
    const v = bars.volume[i]!;
    if (v >= 0 && v < Number.POSITIVE_INFINITY) return v;
    badVolume++;
    return 0;
  });
  const startUs = Float64Array.from(kept, (i) => bars.startUs[i]!);
  const session = sessionOf(startUs, sessions);
  const warnings: string[] = [];
  const warn = (code: string, count: number): void => {
    if (count > 0) warnings.push(count === 1 ? code : `${code}:${count}`);
  };
  warn("bars_without_time_dropped", timeless);
  warn("duplicate_bars_kept_last", order.length - kept.length);
  warn("bars_sorted", sorted ? 0 : 1);
  warn("missing_volume", badVolume);
  if (kept.length === 0) warnings.push("empty_intraday_bars");
  let outside = 0;
  for (const s of session) if (s < 0) outside++;
  warn("extended_hours_excluded", sessions.length > 0 ? outside : 0);
  return {
    n: kept.length,
    startUs,
    open: price(bars.open),
    high: price(bars.high),
    low: price(bars.low),
    close: price(bars.close),
    volume,
    vwap: bars.vwap ? price(bars.vwap) : new Float64Array(kept.length).fill(Number.NaN),
    session,
    warnings,
  };
}

function sessionOf(startUs: Float64Array, sessions: readonly LevelSession[]): Int32Array {
  const out = new Int32Array(startUs.length).fill(-1);
  const order = sessions.map((_, i) => i).sort((a, b) => sessions[a]!.openUs - sessions[b]!.openUs);
  let k = 0;
  for (let i = 0; i < startUs.length; i++) {
    while (k < order.length && sessions[order[k]!]!.closeUs <= startUs[i]!) k++;
    if (k < order.length && startUs[i]! >= sessions[order[k]!]!.openUs) out[i] = order[k]!;
  }
  return out;
}

/** A bar's price for averages: its own VWAP, else (H + L + C) / 3, else the close; NaN when none is known. */
export function typicalPrice(bars: CleanBars, i: number): number {
  const own = bars.vwap[i]!;
  if (!Number.isNaN(own)) return own;
  const mean = (bars.high[i]! + bars.low[i]! + bars.close[i]!) / 3;
  return Number.isNaN(mean) ? bars.close[i]! : mean;
}
