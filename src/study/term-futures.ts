import { isoToDay, wallToUs } from "../../engines/market/index.ts";
import { type TermEvent, type TermResult, TermVariance, VOL_INDICES } from "../../engines/surface/index.ts";
import type { HistorySource } from "../desk/history.ts";
import type { SurfaceFutures } from "../desk/protocol.ts";
import { futuresRows, settledFutures } from "../desk/surface/futures.ts";
import type { ChainMarket } from "./chain-market.ts";

/** Futures on the vol index of a chain's underlying, at the last settlements that were known when it was quoted. Null without any. */
export function termFutures(
  market: ChainMarket,
  term: TermResult,
  events: readonly TermEvent[],
  history: HistorySource,
): SurfaceFutures | null {
  const { symbol, asOf, chainUs } = market;
  const family = VOL_INDICES.find((f) => f.of.includes(symbol));
  if (family === undefined) return null;
  const including = chainUs >= wallToUs(family.zone, isoToDay(asOf), family.dailyMin);
  const found = settledFutures(history, family, { day: asOf, nowUs: chainUs, including });
  return found === null ? null : futuresRows(family, found, symbol, new TermVariance(term.points, events));
}
