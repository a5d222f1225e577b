import { alpacaJsonFrames, alpacaMsgpackFrames } from "./alpaca.ts";
import { alpacaBackFillFrames } from "./alpaca-back-fill.ts";
import { alpacaBarFrames } from "./alpaca-bars.ts";
import { alpacaContractFrames } from "./alpaca-contracts.ts";
import { alpacaRestFrames } from "./alpaca-rest.ts";
import { binanceFrames } from "./binance.ts";
import { binanceQuoteRows, binanceTradeRows, databentoRows, fxQuoteRows, indexBarRows } from "./csv-rows.ts";
import { deribitFrames } from "./deribit.ts";
import { deribitBarFrames, deribitFillFrames } from "./deribit-answers.ts";
import { deskFrames } from "./desk.ts";
import { ibkrFrames } from "./ibkr.ts";
import { ibkrGatewayFrames } from "./ibkr-gateway.ts";
import type { FrameDecoderFactory } from "./source.ts";

/** Decoders of raw frames by the part of their channel before the colon. A `csv.` channel holds a file's lines. */
export const FRAME_DECODERS: Readonly<Record<string, FrameDecoderFactory>> = {
  desk: deskFrames,
  binance: binanceFrames,
  alpaca: alpacaJsonFrames,
  "alpaca.msgpack": alpacaMsgpackFrames,
  "alpaca.rest": alpacaRestFrames,
  "alpaca.bars": alpacaBarFrames,
  "alpaca.trades": alpacaBackFillFrames,
  "alpaca.contracts": alpacaContractFrames,
  deribit: deribitFrames,
  "deribit.bars": deribitBarFrames,
  "deribit.trades": deribitFillFrames,
  ibkr: ibkrFrames,
  "ibkr.gateway": ibkrGatewayFrames,
  "csv.databento": databentoRows,
  "csv.binance-quotes": binanceQuoteRows,
  "csv.binance-trades": binanceTradeRows,
  "csv.fx": fxQuoteRows,
  "csv.index-1m": indexBarRows,
};
