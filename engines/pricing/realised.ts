import { logNearest } from "../stats/index.ts";

/**
 * Realised volatility from prices, annualised by the square root of the periods per year the caller states (252 daily bars, 52
 * weekly...). Every function answers null where a value is not defined: too few prices, or a price that is not a positive number.
 */

/** Daily bars of one year of exchange sessions: the default of every `periodsPerYear` below. */
export const SESSIONS_PER_YEAR = 252;

/** Open, high, low and close of consecutive bars, one column each, oldest first. */
export interface OhlcColumns {
  readonly open: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly close: ArrayLike<number>;
}

/**
 * ln c[t] - ln c[t-1], one shorter than `close`; NaN where a price is not positive and finite. As a difference of rounded logs the
 * returns add up to the whole move and agree bit for bit with the usual table tools.
 */
function returnsOf(close: ArrayLike<number>): Float64Array {
  const out = new Float64Array(Math.max(0, close.length - 1));
  let before = Number.NaN;
  for (let i = 0; i < close.length; i++) {
    const c = close[i]!;
    const log = c > 0 && c < Infinity ? logNearest(c) : Number.NaN;
    if (i > 0) out[i - 1] = log - before;
    before = log;
  }
  return out;
}

/** Log returns of consecutive closes, one fewer than closes; null when a price is not positive and finite. */
export function logReturns(close: ArrayLike<number>): Float64Array | null {
  const r = returnsOf(close);
  return r.some((v) => Number.isNaN(v)) ? null : r;
}

/** How the close-to-close estimate treats the mean: sample deviation (n-1), population deviation (n), or mean taken as 0. */
export type MeanMode = "sample" | "population" | "zero";

/** Deviation of r[from..to) about its mean by two passes; null when the divisor is not positive. */
function deviation(r: Float64Array, from: number, to: number, mode: MeanMode): number | null {
  const n = to - from;
  const divisor = mode === "sample" ? n - 1 : n;
  if (divisor <= 0) return null;
  let mean = 0;
  if (mode !== "zero") {
    for (let i = from; i < to; i++) mean += r[i]!;
    mean /= n;
  }
  let ss = 0;
  for (let i = from; i < to; i++) ss += (r[i]! - mean) ** 2;
  return Math.sqrt(ss / divisor);
}

/**
 * Close-to-close volatility: standard deviation of the log returns times sqrt(periodsPerYear). Per 1.00, annualised.
 * Null with fewer than two returns (`sample`), fewer than one otherwise, or a bad price.
 */
export function closeToClose(
  close: ArrayLike<number>,
  mode: MeanMode = "sample",
  periodsPerYear = SESSIONS_PER_YEAR,
): number | null {
  const r = logReturns(close);
  const d = r && deviation(r, 0, r.length, mode);
  return d === null ? null : d * Math.sqrt(periodsPerYear);
}

/**
 * Rolling close-to-close volatility, aligned with `close`: entry i uses the `window` returns that end at i; null before the first
 * full window. Each window is summed afresh, so no error runs along. A bad price makes the windows that hold it null.
 */
export function rollingCloseToClose(
  close: ArrayLike<number>,
  window: number,
  mode: MeanMode = "sample",
  periodsPerYear = SESSIONS_PER_YEAR,
): (number | null)[] {
  const n = close.length;
  const r = returnsOf(close);
  const out: (number | null)[] = new Array<number | null>(n).fill(null);
  for (let i = window; i < n && window > 0; i++) {
    const d = deviation(r, i - window, i, mode);
    out[i] = d !== null && Number.isFinite(d) ? d * Math.sqrt(periodsPerYear) : null;
  }
  return out;
}

/**
 * Exponentially weighted volatility, aligned with `close`: v[t] = (1 - lambda) r[t]^2 + lambda v[t-1], seeded with the first
 * squared return, mean taken as 0; sqrt(v * periodsPerYear). The first entry is null. RiskMetrics: lambda 0.94 for daily returns.
 */
export function ewmaVolatility(
  close: ArrayLike<number>,
  lambda = 0.94,
  periodsPerYear = SESSIONS_PER_YEAR,
): (number | null)[] {
  const out: (number | null)[] = new Array<number | null>(close.length).fill(null);
  const r = logReturns(close);
  if (!r || !(lambda >= 0 && lambda < 1)) return out;
  let v = 0;
  for (let i = 0; i < r.length; i++) {
    const sq = r[i]! * r[i]!;
    v = i === 0 ? sq : (1 - lambda) * sq + lambda * v;
    out[i + 1] = Math.sqrt(periodsPerYear * v);
  }
  return out;
}

/** Rows must be positive with low <= open, close <= high. Returns the number of bars, or null. */
function checkedBars(b: OhlcColumns, least: number): number | null {
  const n = b.close.length;
  if (n < least || b.open.length !== n || b.high.length !== n || b.low.length !== n) return null;
  for (let i = 0; i < n; i++) {
    const [o, h, l, c] = [b.open[i]!, b.high[i]!, b.low[i]!, b.close[i]!];
    if (!(l > 0 && h < Infinity && l <= o && o <= h && l <= c && c <= h)) return null;
  }
  return n;
}

/** Mean over bars of a per-bar variance, annualised; the shared frame of the range estimators. */
function rangeEstimate(
  b: OhlcColumns,
  periodsPerYear: number,
  variance: (o: number, h: number, l: number, c: number) => number,
): number | null {
  const n = checkedBars(b, 1);
  if (n === null) return null;
  let s = 0;
  for (let i = 0; i < n; i++) s += variance(b.open[i]!, b.high[i]!, b.low[i]!, b.close[i]!);
  // Garman-Klass can fall below zero on bars that end where the range does; no volatility explains them.
  return s >= 0 ? Math.sqrt((s / n) * periodsPerYear) : null;
}

/** Parkinson (1980): variance = mean of ln(H/L)^2 / (4 ln 2). Assumes no drift and no overnight gap. */
export function parkinson(bars: OhlcColumns, periodsPerYear = SESSIONS_PER_YEAR): number | null {
  return rangeEstimate(bars, periodsPerYear, (_o, h, l) => Math.log(h / l) ** 2 / (4 * Math.LN2));
}

/** Garman and Klass (1980): mean of 0.5 ln(H/L)^2 - (2 ln 2 - 1) ln(C/O)^2. Assumes no drift and no overnight gap. */
export function garmanKlass(bars: OhlcColumns, periodsPerYear = SESSIONS_PER_YEAR): number | null {
  return rangeEstimate(
    bars,
    periodsPerYear,
    (o, h, l, c) => 0.5 * Math.log(h / l) ** 2 - (2 * Math.LN2 - 1) * Math.log(c / o) ** 2,
  );
}

const rsTerm = (o: number, h: number, l: number, c: number): number =>
  Math.log(h / c) * Math.log(h / o) + Math.log(l / c) * Math.log(l / o);

/** Rogers and Satchell (1991): mean of ln(H/C) ln(H/O) + ln(L/C) ln(L/O). Any drift; no overnight gap. */
export function rogersSatchell(bars: OhlcColumns, periodsPerYear = SESSIONS_PER_YEAR): number | null {
  return rangeEstimate(bars, periodsPerYear, rsTerm);
}

/**
 * Yang and Zhang (2000): overnight variance + k * open-to-close variance + (1 - k) * Rogers-Satchell, with
 * k = 0.34 / (1.34 + (n+1)/(n-1)), sample variances, n bars that each have a bar before them. Any drift, with overnight gaps.
 * Null with fewer than three bars: the first serves only as the close before.
 */
export function yangZhang(bars: OhlcColumns, periodsPerYear = SESSIONS_PER_YEAR): number | null {
  const rows = checkedBars(bars, 3);
  if (rows === null) return null;
  const n = rows - 1;
  const overnight = new Float64Array(n);
  const day = new Float64Array(n);
  let rs = 0;
  for (let i = 1; i <= n; i++) {
    const [o, h, l, c] = [bars.open[i]!, bars.high[i]!, bars.low[i]!, bars.close[i]!];
    overnight[i - 1] = Math.log(o / bars.close[i - 1]!);
    day[i - 1] = Math.log(c / o);
    rs += rsTerm(o, h, l, c);
  }
  const k = 0.34 / (1.34 + (n + 1) / (n - 1));
  const vo = deviation(overnight, 0, n, "sample")! ** 2;
  const vc = deviation(day, 0, n, "sample")! ** 2;
  return Math.sqrt((vo + k * vc + (1 - k) * (rs / n)) * periodsPerYear);
}
