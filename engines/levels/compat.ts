import { formatIsoMicros, isoDayNumber, parseIsoMicros } from "../market/index.ts";
import { quantile } from "./profile.ts";
import { betaOf } from "./relative.ts";
import type { DailyCandles } from "./types.ts";
import { breakoutDay } from "./vwap.ts";

/** Bars and candles as the original system reads them. */
export interface CompatBar {
  readonly timestamp: string | null;
  readonly open?: number | null;
  readonly high?: number | null;
  readonly low?: number | null;
  readonly close?: number | null;
  readonly vwap?: number | null;
  readonly volume?: number | null;
}
export interface CompatCandle {
  readonly date: string | null;
  readonly open?: number | null;
  readonly high?: number | null;
  readonly low?: number | null;
  readonly close?: number | null;
  readonly volume?: number | null;
}

interface CleanBar {
  readonly us: number;
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly close: number | null;
  readonly vwap: number | null;
  readonly volume: number;
}

const number = (x: number | null | undefined): number | null =>
  typeof x === "number" && Number.isFinite(x) ? x : null;

function cleanBars(bars: readonly CompatBar[], warnings: string[]): CleanBar[] {
  if (bars.length === 0) return [];
  if (bars.every((b) => b.volume === undefined)) warnings.push("missing_volume");
  const byTime = new Map<number, CleanBar>();
  for (const b of bars) {
    const us = b.timestamp === null ? null : parseIsoMicros(b.timestamp, true);
    if (us === null) continue;
    byTime.set(us, {
      us,
      open: number(b.open),
      high: number(b.high),
      low: number(b.low),
      close: number(b.close),
      vwap: number(b.vwap),
      volume: Math.max(0, number(b.volume) ?? 0),
    });
  }
  if (byTime.size === 0) warnings.push("missing_timestamp");
  return [...byTime.values()].sort((a, b) => a.us - b.us);
}

export interface CompatVwapInput {
  readonly intraday_bars: readonly CompatBar[];
  readonly anchor_type: "session_open" | "timestamp" | "date" | "breakout_day";
  readonly spot: number | null;
  readonly anchor_timestamp?: string | null;
  readonly anchor_date?: string | null;
  readonly daily?: readonly CompatCandle[] | null;
}
export interface CompatVwap {
  readonly anchor_type: string;
  readonly anchor_ts_utc: string | null;
  readonly anchor_price: number | null;
  readonly anchored_vwap: number | null;
  readonly distance_from_spot_pct: number | null;
  readonly warnings: readonly string[];
}

/**
 * Compatibility mode: anchored VWAP as the original computes it. `session_open` is the first bar of the whole frame, dates are UTC dates,
 * `distance_from_spot_pct` is a fraction.
 */
export function anchoredVwapCompat(input: CompatVwapInput): CompatVwap {
  const warnings: string[] = [];
  const bars = cleanBars(input.intraday_bars, warnings);
  const none = (reason: string | null): CompatVwap => ({
    anchor_type: input.anchor_type,
    anchor_ts_utc: null,
    anchor_price: null,
    anchored_vwap: null,
    distance_from_spot_pct: null,
    warnings: reason === null ? warnings : [...warnings, reason],
  });
  if (input.intraday_bars.length === 0) return none("empty_intraday_bars");
  if (bars.length === 0) return none(null);
  const { index, reason } = anchorIndex(input, bars);
  if (index < 0) return none(reason);
  const first = bars[index]!;
  let sum = 0;
  let volume = 0;
  let skipped = false;
  for (const b of bars.slice(index)) {
    const mean =
      b.high !== null && b.low !== null && b.close !== null ? (b.high + b.low + b.close) / 3 : b.close;
    const price = b.vwap ?? mean;
    if (price === null) skipped = true;
    else if (b.volume > 0) {
      sum += price * b.volume;
      volume += b.volume;
    }
  }
  if (skipped) warnings.push("missing_prices_skipped");
  if (volume === 0) warnings.push("zero_volume_after_anchor");
  const vwap = volume > 0 ? sum / volume : null;
  return {
    anchor_type: input.anchor_type,
    anchor_ts_utc: formatIsoMicros(first.us),
    anchor_price: first.vwap ?? barPrice(first),
    anchored_vwap: vwap,
    distance_from_spot_pct: vwap !== null && input.spot !== null ? (input.spot - vwap) / vwap : null,
    warnings,
  };
}

/** Close, else the middle of high and low, else the open. */
function barPrice(b: CleanBar): number | null {
  return b.close ?? (b.high !== null && b.low !== null ? (b.high + b.low) / 2 : b.open);
}

function anchorIndex(
  input: CompatVwapInput,
  bars: readonly CleanBar[],
): { readonly index: number; readonly reason: string } {
  const onDay = (day: string): { index: number; reason: string } => {
    const index = bars.findIndex((b) => formatIsoMicros(b.us).startsWith(day));
    return { index, reason: "anchor_date_not_found" };
  };
  if (input.anchor_type === "session_open") return { index: 0, reason: "" };
  if (input.anchor_type === "timestamp") {
    const us = input.anchor_timestamp ? parseIsoMicros(input.anchor_timestamp, true) : null;
    if (us === null) return { index: -1, reason: "missing_anchor_timestamp" };
    return { index: bars.findIndex((b) => b.us >= us), reason: "anchor_after_last_bar" };
  }
  if (input.anchor_type === "date") {
    const day = input.anchor_date ?? null;
    return day !== null && isoDayNumber(day) !== null
      ? onDay(day)
      : { index: -1, reason: "missing_anchor_date" };
  }
  if (!input.daily || input.daily.length === 0) return { index: -1, reason: "missing_breakout_daily" };
  const day = breakoutDayCompat({ daily: input.daily, lookback: 20 });
  return day === null ? { index: -1, reason: "breakout_day_not_found" } : onDay(day);
}

export interface CompatProfileInput {
  readonly intraday_bars: readonly CompatBar[];
  readonly num_bins: number;
  readonly hvn_quantile: number;
  readonly lvn_quantile: number;
}

/** Compatibility mode: each bar's whole volume in the bin of its close, equal bins between the least and greatest price. */
export function volumeProfileCompat(input: CompatProfileInput) {
  const warnings: string[] = [];
  const priced: { price: number; volume: number }[] = [];
  for (const b of cleanBars(input.intraday_bars, warnings)) {
    const price = barPrice(b);
    if (price !== null) priced.push({ price, volume: b.volume });
  }
  if (input.intraday_bars.length === 0) warnings.push("empty_intraday_bars");
  if (priced.length === 0)
    return { bins: [], poc_price: null, hvn_candidates: [], lvn_candidates: [], warnings };
  const low = priced.reduce((m, p) => Math.min(m, p.price), Number.POSITIVE_INFINITY);
  const high = priced.reduce((m, p) => Math.max(m, p.price), Number.NEGATIVE_INFINITY);
  const n = high > low ? input.num_bins : 1;
  const step = (high - low) / n;
  const edge = (i: number): number => (i === n ? high : low + i * step);
  const volume = new Float64Array(n);
  for (const p of priced) {
    let b = step > 0 ? Math.min(n - 1, Math.floor((p.price - low) / step)) : 0;
    while (b < n - 1 && p.price >= edge(b + 1)) b++;
    while (b > 0 && p.price < edge(b)) b--;
    volume[b]! += p.volume;
  }
  const total = volume.reduce((s, v) => s + v, 0);
  const traded = volume.filter((v) => v > 0).sort((a, b) => a - b);
  const hvnFrom = traded.length > 0 ? quantile(traded, input.hvn_quantile) : Number.POSITIVE_INFINITY;
  const lvnTo = traded.length > 0 ? quantile(traded, input.lvn_quantile) : Number.NEGATIVE_INFINITY;
  let poc = 0;
  volume.forEach((v, b) => {
    if (v > volume[poc]!) poc = b;
  });
  const middle = (b: number): number => (edge(b) + edge(b + 1)) / 2;
  const bins = Array.from(volume, (v, b) => ({
    price_bin_low: edge(b),
    price_bin_high: edge(b + 1),
    volume: v,
    volume_pct: total > 0 ? v / total : 0,
    is_poc: total > 0 && b === poc,
    is_hvn: v > 0 && v >= hvnFrom,
    is_lvn: v > 0 && v <= lvnTo,
  }));
  return {
    bins,
    poc_price: total > 0 ? middle(poc) : null,
    hvn_candidates: bins.flatMap((x, b) => (x.is_hvn ? [middle(b)] : [])),
    lvn_candidates: bins.flatMap((x, b) => (x.is_lvn ? [middle(b)] : [])),
    warnings,
  };
}

/** Candles with a readable day, in order, the last of equal days. */
function candles(rows: readonly CompatCandle[]): DailyCandles {
  const byDay = new Map<string, CompatCandle>();
  for (const r of rows) {
    const day = r.date === null ? null : r.date.slice(0, 10);
    if (day !== null && isoDayNumber(day) !== null) byDay.set(day, r);
  }
  const day = [...byDay.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const column = (pick: (r: CompatCandle) => number | null | undefined): Float64Array =>
    Float64Array.from(day, (d) => number(pick(byDay.get(d)!)) ?? Number.NaN);
  return {
    n: day.length,
    day,
    open: column((r) => r.open),
    high: column((r) => r.high),
    low: column((r) => r.low),
    close: column((r) => r.close),
    volume: column((r) => r.volume),
  };
}

export function breakoutDayCompat(input: {
  readonly daily: readonly CompatCandle[];
  readonly lookback: number;
}): string | null {
  return breakoutDay(candles(input.daily), input.lookback);
}

export interface CompatSummaryInput {
  readonly daily: readonly CompatCandle[];
  readonly benchmark: readonly CompatCandle[] | null;
  readonly rolling_window: number;
  readonly rs_window: number;
}

/**
 * Compatibility mode: daily levels with the last row as today, whatever its date, and the last finite rolling beta and correlation over
 * returns between common days, however far apart.
 */
export function levelsSummaryCompat(input: CompatSummaryInput) {
  const warnings: string[] = [];
  const daily = candles(input.daily);
  const last = daily.n - 1;
  const at = (column: Float64Array, i: number): number | null => number(column[i] ?? null);
  if (daily.n < 2) warnings.push("insufficient_daily_history");
  const prevClose = last > 0 ? at(daily.close, last - 1) : null;
  const open = last >= 0 ? at(daily.open, last) : null;
  const from = Math.max(0, last - input.rolling_window);
  const within = (column: Float64Array): number[] =>
    last > 0 ? [...column.subarray(from, last)].filter(Number.isFinite) : [];
  const highs = within(daily.high);
  const lows = within(daily.low);
  const strength = relativeCompat(daily, input, warnings);
  return {
    spot: last >= 0 ? at(daily.close, last) : null,
    prev_close: prevClose,
    session_open: open,
    gap_pct: open !== null && prevClose !== null && prevClose !== 0 ? open / prevClose - 1 : null,
    prior_high: last > 0 ? at(daily.high, last - 1) : null,
    prior_low: last > 0 ? at(daily.low, last - 1) : null,
    rolling_high: highs.length > 0 ? Math.max(...highs) : null,
    rolling_low: lows.length > 0 ? Math.min(...lows) : null,
    ...strength,
    warnings,
  };
}

function relativeCompat(daily: DailyCandles, input: CompatSummaryInput, warnings: string[]) {
  const none = { rs_ratio: null, beta_20d: null, corr_20d: null };
  if (!input.benchmark || input.benchmark.length === 0) {
    warnings.push("missing_benchmark_history");
    return none;
  }
  const benchmark = candles(input.benchmark);
  const place = new Map(benchmark.day.map((d, i) => [d, i]));
  const pairs: { a: number; b: number }[] = [];
  daily.day.forEach((day, i) => {
    const k = place.get(day);
    if (k === undefined || Number.isNaN(daily.close[i]!) || Number.isNaN(benchmark.close[k]!)) return;
    pairs.push({ a: daily.close[i]!, b: benchmark.close[k]! });
  });
  const own = pairs.slice(1).map((p, i) => p.a / pairs[i]!.a - 1);
  const theirs = pairs.slice(1).map((p, i) => p.b / pairs[i]!.b - 1);
  const tail = pairs[pairs.length - 1];
  const ratio = tail && tail.b !== 0 ? tail.a / tail.b : null;
  if (own.length < input.rs_window) {
    warnings.push("insufficient_return_history");
    return { ...none, rs_ratio: ratio };
  }
  let beta: number | null = null;
  let correlation: number | null = null;
  for (let end = own.length; end >= input.rs_window && (beta === null || correlation === null); end--) {
    const fit = betaOf(own, theirs, input.rs_window, end);
    beta ??= fit?.beta ?? null;
    correlation ??= fit?.correlation ?? null;
  }
  if (beta === null) warnings.push("zero_benchmark_variance");
  return { rs_ratio: ratio, beta_20d: beta, corr_20d: correlation };
}
