import type { Bar, Trade } from "./types.ts";

/** The bar of a stretch of trades; null without any. */
export function barOf(startUs: number, trades: readonly Trade[]): Bar | null {
  const first = trades[0];
  if (first === undefined) return null;
  let [high, low, volume, value] = [first.price, first.price, 0, 0];
  for (const t of trades) {
    high = Math.max(high, t.price);
    low = Math.min(low, t.price);
    volume += t.size;
    value += t.size * t.price;
  }
  return {
    startUs,
    open: first.price,
    high,
    low,
    close: (trades.at(-1) as Trade).price,
    volume: Math.round(volume * 1e9) / 1e9,
    count: trades.length,
    vwap: Math.round((value / volume) * 1e6) / 1e6,
  };
}
