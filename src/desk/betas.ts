import { relativeStrength } from "../../engines/levels/index.ts";
import { isoDayNumber } from "../../engines/market/index.ts";
import { candlesBefore, type HistorySource } from "./history.ts";
import type { MarketFacts } from "./market-facts.ts";

/** What relative strength and betas are measured against, where its candles are kept, and the index that it stands for. */
export const BENCHMARK = "SPY";
const INDEX = "SPX";
const RETURNS = 60;
/** A regression that ends longer before the session says nothing of it. */
const OLDEST_DAYS = 30;

/**
 * Part of the index's move that a name takes on, by least squares of its last 60 simple daily returns on those of the benchmark: from the
 * daily candles that are kept, before `day`. Null with fewer returns, without the benchmark, or where both end over 30 days earlier.
 */
export function regressedBeta(
  history: HistorySource,
  symbol: string,
  day: string,
): ReturnType<MarketFacts["beta"]> {
  if (symbol === INDEX) return { value: 1, index: INDEX, source: "the index itself" };
  const own = candlesBefore(history.of(symbol), day);
  const benchmark = candlesBefore(history.of(BENCHMARK), day);
  if (own === null || benchmark === null) return null;
  const { windows, lastDay } = relativeStrength(own, benchmark, day);
  const beta = windows.find((w) => w.window === RETURNS)?.beta ?? null;
  const [now, last] = [isoDayNumber(day), lastDay === null ? null : isoDayNumber(lastDay)];
  if (beta === null || now === null || last === null || now - last > OLDEST_DAYS) return null;
  return {
    value: beta,
    index: INDEX,
    source: `${symbol} on ${BENCHMARK}, least squares of ${RETURNS} daily returns to ${lastDay}, imported candles`,
  };
}
