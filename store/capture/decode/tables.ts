import type { SourceKindName } from "../sources.ts";
import {
  equityQuoteBars,
  equityTradeBars,
  openInterest,
  optionQuoteBars,
  optionTradeBars,
  priorCloses,
} from "./lean-bars.ts";
import { closingPrints, quoteTicks, tradeTicks } from "./lean-ticks.ts";
import type { RowDecoderFactory } from "./source.ts";

/** Raise when any decoder gives other events for the same rows: tapes are then derived anew. */
export const DECODERS_VERSION = 1;

export const TABLE_DECODERS: Readonly<Record<SourceKindName, RowDecoderFactory>> = {
  "lean.option.quotes-1m": optionQuoteBars,
  "lean.option.trades-1m": optionTradeBars,
  "lean.option.openinterest": openInterest,
  "lean.option.closes": priorCloses,
  "lean.equity.quotes-1m": equityQuoteBars,
  "lean.equity.trades-1m": equityTradeBars,
  "lean.equity.quote-ticks": quoteTicks,
  "lean.equity.trade-ticks": tradeTicks,
  "lean.equity.closing-prints": closingPrints,
};
