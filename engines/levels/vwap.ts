import { type CleanBars, typicalPrice } from "./bars.ts";
import type { Anchor, AnchoredVwap, DailyCandles, LevelSession } from "./types.ts";

/** First bar at or after `us` that counts: inside a regular session where sessions are known. -1 none. */
function firstFrom(bars: CleanBars, us: number, regular: boolean): number {
  let lo = 0;
  let hi = bars.n;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (bars.startUs[mid]! < us) lo = mid + 1;
    else hi = mid;
  }
  while (regular && lo < bars.n && bars.session[lo]! < 0) lo++;
  return lo < bars.n ? lo : -1;
}

/** The last day whose close exceeds the greatest close of the `lookback` days before it; null if there is none. */
export function breakoutDay(daily: DailyCandles, lookback = 20): string | null {
  for (let i = daily.n - 1; i >= lookback; i--) {
    let top = Number.NEGATIVE_INFINITY;
    for (let k = i - lookback; k < i; k++) if (daily.close[k]! > top) top = daily.close[k]!;
    if (daily.close[i]! > top && top > Number.NEGATIVE_INFINITY) return daily.day[i]!;
  }
  return null;
}

/** Where an anchor lies in the bars, or why it lies nowhere. */
function locate(
  anchor: Anchor,
  bars: CleanBars,
  sessions: readonly LevelSession[],
  daily: DailyCandles,
): { readonly index: number; readonly reason: string } {
  const regular = sessions.length > 0;
  const onDay = (day: string): { index: number; reason: string } => {
    const s = sessions.findIndex((x) => x.day === day);
    const index = s < 0 ? -1 : bars.session.indexOf(s);
    return { index, reason: index < 0 ? "anchor_date_not_found" : "" };
  };
  switch (anchor.kind) {
    case "session": {
      if (!regular) return { index: -1, reason: "session_unknown" };
      for (let i = bars.n - 1; i >= 0; i--)
        if (bars.session[i]! >= 0) return { index: bars.session.indexOf(bars.session[i]!), reason: "" };
      return { index: -1, reason: "no_bar_in_session" };
    }
    case "time": {
      if (!Number.isFinite(anchor.us)) return { index: -1, reason: "missing_anchor_timestamp" };
      const index = firstFrom(bars, anchor.us, regular);
      return { index, reason: index < 0 ? "anchor_after_last_bar" : "" };
    }
    case "date":
      return onDay(anchor.day);
    case "breakout": {
      const day = breakoutDay(daily, anchor.lookback);
      return day === null ? { index: -1, reason: "breakout_day_not_found" } : onDay(day);
    }
    case "index": {
      const inside = Number.isInteger(anchor.index) && anchor.index >= 0 && anchor.index < bars.n;
      return { index: inside ? anchor.index : -1, reason: inside ? "" : "anchor_after_last_bar" };
    }
  }
}

/**
 * VWAP from an anchor to the last bar: sum(price x volume) / sum(volume) over bars with volume, price as in {@link typicalPrice}; sigma
 * is sqrt(sum(volume x (price - vwap)^2) / sum(volume)). Bars outside regular sessions are left out where sessions are known, except
 * for an anchor by index on such a bar, which takes all from there.
 */
export function anchoredVwap(
  anchor: Anchor,
  bars: CleanBars,
  sessions: readonly LevelSession[],
  daily: DailyCandles,
  spot: number,
): AnchoredVwap {
  const warnings: string[] = [];
  const none = { anchorUs: null, anchorPrice: null, vwap: null, sigma: null, distance: null, bars: 0 };
  if (bars.n === 0) return { anchor, ...none, warnings: ["empty_intraday_bars"] };
  const { index, reason } = locate(anchor, bars, sessions, daily);
  if (index < 0) return { anchor, ...none, warnings: [reason] };
  const all = sessions.length === 0 || bars.session[index]! < 0;
  let sum = 0;
  let volume = 0;
  let spread = 0;
  let mean = 0;
  let used = 0;
  let priceless = 0;
  for (let i = index; i < bars.n; i++) {
    const v = bars.volume[i]!;
    if (v === 0 || (!all && bars.session[i]! < 0)) continue;
    const p = typicalPrice(bars, i);
    if (Number.isNaN(p)) {
      priceless++;
      continue;
    }
    sum += p * v;
    volume += v;
    used++;
    // Running weighted variance (West 1979): no cancellation on a price with few moving digits.
    const step = p - mean;
    mean += (v / volume) * step;
    spread += v * step * (p - mean);
  }
  if (priceless > 0) warnings.push("missing_prices_skipped");
  if (volume === 0) warnings.push("zero_volume_after_anchor");
  const vwap = volume > 0 ? sum / volume : null;
  const own = bars.vwap[index]!;
  const first = Number.isNaN(own) ? bars.close[index]! : own;
  return {
    anchor,
    anchorUs: bars.startUs[index]!,
    anchorPrice: Number.isNaN(first) ? null : first,
    vwap,
    sigma: volume > 0 ? Math.sqrt(Math.max(0, spread) / volume) : null,
    distance: vwap !== null && spot > 0 ? (spot - vwap) / vwap : null,
    bars: used,
    warnings,
  };
}

/** The VWAP after each bar from `from` on, NaN before it and until volume trades: the line on a chart. */
export function vwapLine(bars: CleanBars, from: number): Float64Array {
  const out = new Float64Array(bars.n).fill(Number.NaN);
  let sum = 0;
  let volume = 0;
  for (let i = Math.max(0, from); i < bars.n; i++) {
    const p = typicalPrice(bars, i);
    const v = bars.volume[i]!;
    if (v > 0 && !Number.isNaN(p)) {
      sum += p * v;
      volume += v;
    }
    if (volume > 0) out[i] = sum / volume;
  }
  return out;
}
