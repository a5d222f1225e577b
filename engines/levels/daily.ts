import type { DailyCandles, DailyLevels, OpenGap } from "./types.ts";

const ATR_LENGTH = 14;
/** An overnight move beyond this is taken for a split the candles were not adjusted for. */
const SPLIT_MOVE = 0.35;

const known = (x: number | undefined): number | null => (x !== undefined && Number.isFinite(x) ? x : null);

/**
 * Prior session, today's open and gap, extremes of the sessions before today, and the average true range. Today is the candle whose day is
 * `asOf`; without one, everything in the candles is prior and open and gap are unknown.
 */
export function dailyLevels(
  daily: DailyCandles,
  asOf: string,
  todayComplete: boolean,
  windows: readonly number[],
): DailyLevels {
  const warnings: string[] = [];
  let n = daily.n;
  while (n > 0 && daily.day[n - 1]! > asOf) n--;
  if (n < daily.n) warnings.push("candles_after_snapshot_ignored");
  const hasToday = n > 0 && daily.day[n - 1] === asOf;
  const today = hasToday ? n - 1 : n;
  const prior = today - 1;
  if (!hasToday) warnings.push("no_candle_today");
  if (prior < 0) warnings.push("insufficient_daily_history");
  const open = hasToday ? known(daily.open[today]) : null;
  const priorClose = known(daily.close[prior]);
  let gap = open !== null && priorClose !== null && priorClose > 0 ? open / priorClose - 1 : null;
  if (gap !== null && Math.abs(gap) > SPLIT_MOVE) {
    warnings.push("gap_looks_like_unadjusted_split");
    gap = null;
  }
  const complete = hasToday && todayComplete ? n : today;
  const atr = averageTrueRange(daily, complete, ATR_LENGTH);
  if (atr === null) warnings.push("missing_atr");
  return {
    today: hasToday ? asOf : null,
    incomplete: hasToday && !todayComplete,
    priorDay: prior >= 0 ? daily.day[prior]! : null,
    priorClose,
    priorHigh: known(daily.high[prior]),
    priorLow: known(daily.low[prior]),
    open,
    gap,
    rolling: windows.filter((w) => today >= w).map((window) => extremes(daily, today, window)),
    atr,
    warnings,
  };
}

function extremes(
  daily: DailyCandles,
  end: number,
  window: number,
): { readonly window: number; readonly high: number; readonly low: number } {
  let high = Number.NEGATIVE_INFINITY;
  let low = Number.POSITIVE_INFINITY;
  for (let i = end - window; i < end; i++) {
    if (daily.high[i]! > high) high = daily.high[i]!;
    if (daily.low[i]! < low) low = daily.low[i]!;
  }
  return { window, high, low };
}

/**
 * Wilder's average true range over candles 0 .. end - 1: the mean of the first `length` true ranges, then (length - 1 parts old, 1 new).
 * True range = max(high, previous close) - min(low, previous close). Null with fewer than length + 1 candles.
 */
export function averageTrueRange(daily: DailyCandles, end: number, length: number): number | null {
  let atr = 0;
  let count = 0;
  for (let i = 1; i < end; i++) {
    const before = daily.close[i - 1]!;
    const range = Math.max(daily.high[i]!, before) - Math.min(daily.low[i]!, before);
    if (!Number.isFinite(range)) continue;
    count++;
    atr = count <= length ? atr + range / length : (atr * (length - 1) + range) / length;
  }
  return count >= length ? atr : null;
}

/**
 * Gaps between whole sessions (a low above the day before's high, or a high below its low) of the last `lookback` candles that later
 * candles have not closed; what later candles have traded into is taken off. Newest first.
 */
export function openGaps(daily: DailyCandles, asOf: string, lookback = 120): OpenGap[] {
  const out: OpenGap[] = [];
  let n = daily.n;
  while (n > 0 && daily.day[n - 1]! > asOf) n--;
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = n - 1; i > 0 && i >= n - lookback; i--) {
    // The gap day itself bounds the gap; only days after it can fill it.
    const [high, low] = [daily.high[i]!, daily.low[i]!];
    const [highBefore, lowBefore] = [daily.high[i - 1]!, daily.low[i - 1]!];
    if (low > highBefore && Math.abs(low / highBefore - 1) <= SPLIT_MOVE) {
      const top = Math.min(low, lowest);
      if (top > highBefore) out.push({ day: daily.day[i]!, direction: "up", low: highBefore, high: top });
    } else if (high < lowBefore && Math.abs(high / lowBefore - 1) <= SPLIT_MOVE) {
      const bottom = Math.max(high, highest);
      if (bottom < lowBefore)
        out.push({ day: daily.day[i]!, direction: "down", low: bottom, high: lowBefore });
    }
    if (low < lowest) lowest = low;
    if (high > highest) highest = high;
  }
  return out;
}
