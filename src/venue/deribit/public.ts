import { US_PER_DAY } from "../../../engines/market/index.ts";
import { toldUs, type VenueContext } from "../context.ts";
import { depthOf } from "../market/depth.ts";
import { barsOf } from "../market/timeframe.ts";
import { rpc } from "./errors.ts";
import type { Facts } from "./facts.ts";
import { numberParam, optionalText, type Params, textParam } from "./params.ts";

export type Method = (params: Params) => unknown;

const TRADE_SPAN_US = 6 * 3_600_000_000;

/** Public methods that need no connection. */
export function publicMethods(context: VenueContext, facts: Facts): Readonly<Record<string, Method>> {
  const { market } = context;
  const listed = (params: Params): readonly ReturnType<Facts["product"]>[] => {
    const currency = optionalText(params, "currency") ?? "any";
    if (currency !== "any" && !facts.currencies.includes(currency as "BTC")) return [];
    return facts.all(currency, optionalText(params, "kind"));
  };
  const lastTrades = (params: Params): object => {
    const p = facts.product(textParam(params, "instrument_name"));
    const count = Math.min(1000, numberParam(params, "count", 10));
    const toUs = numberParam(params, "end_timestamp", facts.nowMs()) * 1000;
    const fromUs = numberParam(params, "start_timestamp", (toUs - TRADE_SPAN_US) / 1000) * 1000;
    const [first, last] = [numberParam(params, "start_seq", 0), numberParam(params, "end_seq", Infinity)];
    const wanted = (seq: number): boolean => seq >= first && seq <= last;
    const all = market
      .trades(p, fromUs, Math.min(toUs + 1, toldUs(context)))
      .filter((t) => wanted(market.tradeSeq(p, t)));
    const newest =
      params["start_seq"] !== undefined || params["sorting"] === "asc"
        ? all.slice(0, count)
        : all.slice(-count).reverse();
    return { trades: newest.map((t) => facts.trade(p, t)), has_more: all.length > newest.length };
  };
  return {
    "public/test": () => ({ version: "1.2.26" }),
    "public/hello": () => ({ version: "1.2.26" }),
    "public/get_time": () => facts.nowMs(),
    "public/status": () => ({ locked: "false", locked_indices: [] }),
    "public/get_currencies": () =>
      facts.currencies.map((c) => ({
        currency: c,
        currency_long: c === "BTC" ? "Bitcoin" : "Ethereum",
        coin_type: c === "BTC" ? "BITCOIN" : "ETHER",
        fee_precision: 4,
        decimals: 8,
        min_confirmations: 1,
        min_withdrawal_fee: 0.0001,
        withdrawal_fee: 0.0001,
        withdrawal_priorities: [],
        in_cross_collateral_pool: false,
        apr: 0,
        network_fee: 0,
        network_currency: c,
      })),
    "public/get_index": (params) => {
      const c = textParam(params, "currency");
      return { [c]: facts.indexPrice(c), edp: facts.indexPrice(c) };
    },
    "public/get_index_price": (params) => {
      const c = textParam(params, "index_name").split("_")[0]?.toUpperCase() ?? "";
      return { index_price: facts.indexPrice(c), estimated_delivery_price: facts.indexPrice(c) };
    },
    "public/get_instruments": (params) =>
      params["expired"] === true ? [] : listed(params).map((p) => facts.instrument(p)),
    "public/get_instrument": (params) =>
      facts.instrument(facts.product(textParam(params, "instrument_name"))),
    "public/ticker": (params) => facts.ticker(facts.product(textParam(params, "instrument_name"))),
    "public/get_book_summary_by_currency": (params) => {
      textParam(params, "currency");
      return listed(params).map((p) => facts.summary(p));
    },
    "public/get_book_summary_by_instrument": (params) => [
      facts.summary(facts.product(textParam(params, "instrument_name"))),
    ],
    "public/get_order_book": (params) => {
      const p = facts.product(textParam(params, "instrument_name"));
      const q = market.quoteAt(p, toldUs(context));
      const depth =
        q === null ? { bids: [], asks: [] } : depthOf(p, q, Math.min(20, numberParam(params, "depth", 5)));
      return { ...facts.ticker(p), ...depth, change_id: Math.floor((q?.us ?? 0) / 100) };
    },
    "public/get_last_trades_by_instrument": lastTrades,
    "public/get_last_trades_by_instrument_and_time": lastTrades,
    "public/get_last_trades_by_currency": (params) => {
      const nowUs = toldUs(context);
      const rows = listed(params).flatMap((p) =>
        market.trades(p, nowUs - 600e6, nowUs).map((t) => ({ us: t.us, row: facts.trade(p, t) })),
      );
      const count = Math.min(1000, numberParam(params, "count", 10));
      const newest = rows.sort((a, b) => b.us - a.us).slice(0, count);
      return { trades: newest.map((r) => r.row), has_more: rows.length > count };
    },
    "public/get_tradingview_chart_data": (params) => {
      const p = facts.product(textParam(params, "instrument_name"));
      const resolution = textParam(params, "resolution");
      const timeframe =
        resolution === "1D"
          ? "1Day"
          : Number(resolution) >= 60
            ? `${Number(resolution) / 60}Hour`
            : `${resolution}Min`;
      const toUs = Math.min(numberParam(params, "end_timestamp") * 1000, toldUs(context));
      const fromUs = Math.max(numberParam(params, "start_timestamp") * 1000, toUs - 20 * US_PER_DAY);
      const bars = barsOf(market, p, timeframe, fromUs, toUs);
      if (bars === null) throw rpc.invalidParams("resolution", "unknown resolution");
      return {
        status: bars.length === 0 ? "no_data" : "ok",
        ticks: bars.map((b) => b.startUs / 1000),
        open: bars.map((b) => b.open),
        high: bars.map((b) => b.high),
        low: bars.map((b) => b.low),
        close: bars.map((b) => b.close),
        // Sizes of a perpetual are dollars, those of options coins.
        volume: bars.map((b) => (p.instrument.kind === "option" ? b.volume : b.volume / b.vwap)),
        cost: bars.map((b) => (p.instrument.kind === "option" ? b.volume * b.vwap : b.volume)),
      };
    },
  };
}
