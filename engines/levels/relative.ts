import type { DailyCandles, RelativeStrength } from "./types.ts";

const WINDOWS = [20, 60] as const;

/**
 * Strength against a benchmark over the days both have, up to `asOf`. A return is used when both series go from one common day straight to
 * the next: across a day that only one of them has it would span several days, and is dropped and counted. Beta = covariance / variance
 * (n - 1) of simple returns and their correlation over the last 20 and 60 usable returns; null when the last common day is more than one
 * session of the asset before `asOf`.
 */
export function relativeStrength(
  asset: DailyCandles,
  benchmark: DailyCandles,
  asOf: string,
): RelativeStrength {
  const warnings: string[] = [];
  const place = new Map<string, number>();
  benchmark.day.forEach((day, i) => {
    if (i < benchmark.n) place.set(day, i);
  });
  const ratios: number[] = [];
  const own: number[] = [];
  const theirs: number[] = [];
  let before = -1;
  let beforeBenchmark = -1;
  let dropped = 0;
  let lastDay: string | null = null;
  let after = 0;
  for (let i = 0; i < asset.n && asset.day[i]! <= asOf; i++) {
    const k = place.get(asset.day[i]!);
    if (k === undefined || !(asset.close[i]! > 0) || !(benchmark.close[k]! > 0)) {
      after++;
      continue;
    }
    after = 0;
    lastDay = asset.day[i]!;
    ratios.push(asset.close[i]! / benchmark.close[k]!);
    if (before >= 0) {
      if (i === before + 1 && k === beforeBenchmark + 1) {
        own.push(asset.close[i]! / asset.close[before]! - 1);
        theirs.push(benchmark.close[k]! / benchmark.close[beforeBenchmark]! - 1);
      } else dropped++;
    }
    before = i;
    beforeBenchmark = k;
  }
  if (lastDay === null) return nothing("no_common_days");
  if (dropped > 0) warnings.push(`multi_day_returns_dropped:${dropped}`);
  const stale = after > 1 || (asset.n > 0 && daysBehind(asset, lastDay, asOf) > 1);
  if (stale) warnings.push("relative_strength_stale");
  if (own.length < WINDOWS[0]) warnings.push("insufficient_return_history");
  const latest = ratios[ratios.length - 1]!;
  const year = ratios.slice(-252);
  const vsMean = (w: number): number | null => {
    if (stale || ratios.length < w) return null;
    let sum = 0;
    for (let i = ratios.length - w; i < ratios.length; i++) sum += ratios[i]!;
    return latest / (sum / w) - 1;
  };
  return {
    lastDay,
    ratio: stale ? null : latest,
    vsMean20: vsMean(20),
    vsMean60: vsMean(60),
    percentile: stale || year.length < 20 ? null : year.filter((r) => r <= latest).length / year.length,
    windows: WINDOWS.map((window) => {
      const fit = stale ? null : betaOf(own, theirs, window);
      if (fit !== null && fit.beta === null) warnings.push("zero_benchmark_variance");
      return { window, beta: fit?.beta ?? null, correlation: fit?.correlation ?? null };
    }),
    returns: own.length,
    warnings: [...new Set(warnings)],
  };
}

/** Candles of the asset after `lastDay` up to `asOf`. */
function daysBehind(asset: DailyCandles, lastDay: string, asOf: string): number {
  let count = 0;
  for (let i = asset.n - 1; i >= 0 && asset.day[i]! > lastDay; i--) if (asset.day[i]! <= asOf) count++;
  return count;
}

function nothing(reason: string): RelativeStrength {
  const windows = WINDOWS.map((window) => ({ window, beta: null, correlation: null }));
  const none = { lastDay: null, ratio: null, vsMean20: null, vsMean60: null, percentile: null };
  return { ...none, windows, returns: 0, warnings: [reason] };
}

/** Beta and correlation of the last `window` pairs; null when there are fewer, beta null when the benchmark did not move. */
export function betaOf(
  own: ArrayLike<number>,
  theirs: ArrayLike<number>,
  window: number,
  end = own.length,
): { readonly beta: number | null; readonly correlation: number | null } | null {
  if (end < window || window < 2) return null;
  let meanX = 0;
  let meanY = 0;
  for (let i = end - window; i < end; i++) {
    meanX += theirs[i]! / window;
    meanY += own[i]! / window;
  }
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (let i = end - window; i < end; i++) {
    const x = theirs[i]! - meanX;
    const y = own[i]! - meanY;
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  if (Number.isNaN(xx + yy)) return null;
  // Rounding alone leaves a trace of variance in a constant series.
  const flat = (sum: number, mean: number): boolean => sum <= window * (1e-15 * Math.abs(mean)) ** 2;
  if (flat(xx, meanX)) return { beta: null, correlation: null };
  return { beta: xy / xx, correlation: flat(yy, meanY) ? null : xy / Math.sqrt(xx * yy) };
}
