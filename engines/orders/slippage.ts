import { type Side, signOf } from "./terms.ts";

/** (fill − arrival) / arrival in bps; positive is worse. */
export function slippageBps(fill: number, arrival: number, side: Side): number {
  return ((signOf(side) * (fill - arrival)) / arrival) * 1e4;
}

export type SlippageClass = "ETF" | "STK" | "FUT" | "FX_FUT" | "OPT";
/** Where there is no history, bps. */
export const SLIPPAGE_DEFAULTS: Readonly<Record<SlippageClass, number>> = {
  ETF: 3,
  STK: 5,
  FUT: 1.5,
  FX_FUT: 1,
  OPT: 10,
};
const WINDOW = 200;
const ENOUGH = 15;
const LEAST = 0.5;
const MOST = 25;
const BUFFER = 1;

export interface SlippageEstimate {
  readonly bps: number;
  readonly p70: number | null;
  readonly median: number | null;
  readonly from: "instrument" | "class" | "default";
  readonly n: number;
}

/** 70th percentile of |slippage| (index floor(0.7 n) of the sorted), between 0.5 and 25 bps, a buffer of 1 on top, bounded again. */
export function percentileEstimate(history: readonly number[]): Omit<SlippageEstimate, "from"> | null {
  const last = history
    .slice(-WINDOW)
    .map(Math.abs)
    .toSorted((a, b) => a - b);
  const n = last.length;
  if (n === 0) return null;
  const bound = (x: number) => Math.min(MOST, Math.max(LEAST, x));
  const p70 = last[Math.min(n - 1, Math.floor(0.7 * n))] as number;
  const [low, high] = [last[Math.floor((n - 1) / 2)] as number, last[Math.floor(n / 2)] as number];
  return { bps: bound(bound(p70) + BUFFER), p70, median: (low + high) / 2, n };
}

/** Slippage expected of an order: by the instrument's own trades where there are 15, else its class's, else the default. */
export function expectedSlippage(
  own: readonly number[],
  ofClass: readonly number[],
  kind: SlippageClass,
): SlippageEstimate {
  const tries = [
    { from: "instrument", history: own },
    { from: "class", history: ofClass },
  ] as const;
  for (const { from, history } of tries) {
    const found = history.length >= ENOUGH ? percentileEstimate(history) : null;
    if (found !== null) return { ...found, from };
  }
  return { bps: SLIPPAGE_DEFAULTS[kind], p70: null, median: null, from: "default", n: 0 };
}

/** A trade from decision to end: what was not filled counts at the price when it was given up. */
export interface Shortfall {
  readonly side: Side;
  readonly arrival: number;
  readonly ordered: number;
  readonly filled: number;
  readonly avgFill: number | null;
  readonly atEnd: number;
}

/** Signed implementation shortfall in bps of the ordered notional at arrival; positive is worse. */
export function shortfallBps(t: Shortfall): number | null {
  if (!(t.ordered > 0) || !(t.arrival > 0) || (t.filled > 0 && t.avgFill === null)) return null;
  const got = t.filled * ((t.avgFill ?? t.arrival) - t.arrival);
  const missed = (t.ordered - t.filled) * (t.atEnd - t.arrival);
  return ((signOf(t.side) * (got + missed)) / (t.ordered * t.arrival)) * 1e4;
}

/** Mean of a history drawn to its class's: n / (n + weight) of it is its own. Null where neither is known. */
export function shrunk(own: readonly number[], classMean: number | null, weight = ENOUGH): number | null {
  const n = own.length;
  const mean = n === 0 ? null : own.reduce((sum, x) => sum + x, 0) / n;
  if (mean === null) return classMean;
  return classMean === null ? mean : (n * mean + weight * classMean) / (n + weight);
}
