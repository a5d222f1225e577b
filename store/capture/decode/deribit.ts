/**
 * Deribit subscriptions: `quote`, `trades` and `ticker` of perpetuals and inverse options, book summaries and lists of instruments. Order books, combos and linear options
 * are kept raw only. A price of 0 or null is an empty side ("no bid"), told as such.
 */
import { Flag, Kind, Quality, type Slot } from "../../../engines/market/index.ts";
import type { EventSink } from "../lanes.ts";
import { asArray, asNumber, asObject, asText, type Json, parseObject } from "./json.ts";
import type { FrameDecoderFactory } from "./source.ts";

const NONE = Number.NaN;
const msToUs = (v: unknown): number => asNumber(v) * 1000;
const orNull = (v: unknown): number | null => {
  const n = asNumber(v);
  return n === n ? n : null;
};

/** A price of a side: null says that nobody is there, as 0 does; what is missing or no number says nothing. */
const sideOf = (v: unknown): number => (v === null ? 0 : asNumber(v));

/** A trade as it is told, with its number in its instrument; null where it is none, which is counted. */
export function tradeOf(sink: EventSink, item: unknown) {
  const data = asObject(item);
  const slot = data === null ? null : slotOf(sink, data);
  if (data === null || slot === null) return null;
  const [price, size, us] = [asNumber(data.price), asNumber(data.amount), msToUs(data.timestamp)];
  const seq = asNumber(data.trade_seq);
  if (price > 0) return { slot, us, price, size, seq: seq === seq ? seq : -1 };
  sink.refuse("trade without a price");
  return null;
}

function slotOf(sink: EventSink, data: Json): Slot | null {
  const made = sink.define.deribit(asText(data.instrument_name));
  if (made === null) sink.refuse("instrument that is not known");
  return made === null ? null : sink.slot(made.id, () => made);
}

export const deribitFrames: FrameDecoderFactory = (sink) => {
  const lane = sink.arrival();

  const quote = (data: Json, slot: Slot, recvUs: number): boolean => {
    const [bid, ask] = [sideOf(data.best_bid_price), sideOf(data.best_ask_price)];
    const sides = (bid === bid ? Flag.bidSide : 0) | (ask === ask ? Flag.askSide : 0);
    if (sides === 0) return false;
    const [bidSize, askSize] = [asNumber(data.best_bid_amount), asNumber(data.best_ask_amount)];
    const [flags, us] = [Quality.singleVenue | sides, msToUs(data.timestamp)];
    lane.push(Kind.quote, flags, slot, recvUs, us, bid, bidSize, ask, askSize, NONE, -1);
    return true;
  };

  const trades = (list: readonly unknown[], recvUs: number): boolean => {
    let any = false;
    for (const item of list) {
      const made = tradeOf(sink, item);
      if (made === null) continue;
      const { slot, us, price, size, seq } = made;
      sink.prints.note(slot, us, price, size, seq);
      lane.push(Kind.trade, Quality.singleVenue, slot, recvUs, us, price, size, NONE, NONE, NONE, -1);
      any = true;
    }
    return any;
  };

  const indexed = new Set<string>();
  /** Tickers of perpetuals tell the index that options of the coin stand on; before the first of them, the delivery price that a summary tells. */
  const index = (name: string, price: number, recvUs: number, us: number): void => {
    const coin = name.slice(0, name.indexOf("-"));
    if (!(price > 0) || (!name.endsWith("-PERPETUAL") && indexed.has(coin))) return;
    indexed.add(coin);
    const made = sink.define.spot(`CRYPTO/${coin}-USD`);
    const slot = sink.slot(made.id, () => made);
    lane.push(Kind.index, Quality.singleVenue, slot, recvUs, us, price, NONE, NONE, NONE, NONE, -1);
  };

  const ticker = (data: Json, slot: Slot, recvUs: number): boolean => {
    quote(data, slot, recvUs);
    const us = msToUs(data.timestamp);
    const oi = asNumber(data.open_interest);
    if (oi === oi)
      lane.push(Kind.openInterest, Quality.singleVenue, slot, recvUs, us, oi, NONE, NONE, NONE, NONE, -1);
    index(asText(data.instrument_name), asNumber(data.index_price), recvUs, us);
    const greeks = asObject(data.greeks);
    if (greeks !== null) {
      const percent = orNull(data.mark_iv);
      sink.object(lane, recvUs, {
        kind: "vendorGreeks",
        slot,
        iv: percent === null ? null : percent / 100,
        delta: orNull(greeks.delta),
        gamma: orNull(greeks.gamma),
        vega: orNull(greeks.vega),
        theta: orNull(greeks.theta),
      });
    }
    return true;
  };

  /** `get_book_summary_by_currency`: how each contract of a coin stands, without sizes. No price is an empty side. */
  const summary = (items: readonly unknown[], recvUs: number): boolean => {
    let any = false;
    for (const item of items) {
      const data = asObject(item);
      const slot = data === null || !("bid_price" in data) ? null : slotOf(sink, data);
      if (data === null || slot === null) continue;
      const us = msToUs(data.creation_timestamp);
      index(asText(data.instrument_name), asNumber(data.estimated_delivery_price), recvUs, us);
      const [bid, ask] = [sideOf(data.bid_price), sideOf(data.ask_price)];
      if (bid >= 0 && ask >= 0) {
        const flags = Quality.singleVenue | Flag.bidSide | Flag.askSide | Flag.snapshot;
        lane.push(Kind.quote, flags, slot, recvUs, us, bid, NONE, ask, NONE, NONE, -1);
        any = true;
      }
      const oi = asNumber(data.open_interest);
      if (!(oi >= 0)) continue;
      const flags = Quality.singleVenue | Flag.snapshot;
      lane.push(Kind.openInterest, flags, slot, recvUs, us, oi, NONE, NONE, NONE, NONE, -1);
      any = true;
    }
    return any;
  };

  /** `get_instruments`: the contracts that are listed. One whose terms are not those of this desk would be priced wrongly: it is counted. */
  const listed = (items: readonly unknown[]): void => {
    for (const item of items) {
      const data = asObject(item);
      const made = data === null ? null : sink.define.deribit(asText(data.instrument_name));
      if (data === null || made?.kind !== "option") continue;
      const same =
        asNumber(data.contract_size) === made.multiplier &&
        msToUs(data.expiration_timestamp) === made.expiryUs &&
        asNumber(data.strike) === made.strike;
      if (same) sink.slot(made.id, () => made);
      else sink.refuse("contract with other terms than this desk knows");
    }
  };
  const answer = (result: readonly unknown[], recvUs: number): boolean => {
    const first = asObject(result[0]);
    if (first !== null && "contract_size" in first) listed(result);
    return summary(result, recvUs);
  };

  return {
    frame(bytes, recvUs) {
      const message = parseObject(bytes);
      if (message === null) sink.refuse("frame that is no JSON object");
      const params = asObject(message?.params);
      const kind = asText(params?.channel).split(".")[0];
      if (params === null) return Array.isArray(message?.result) ? answer(message.result, recvUs) : false;
      if (kind === "trades") return trades(asArray(params.data), recvUs);
      const data = asObject(params.data);
      const slot = data === null || (kind !== "quote" && kind !== "ticker") ? null : slotOf(sink, data);
      if (data === null || slot === null) return false;
      return kind === "quote" ? quote(data, slot, recvUs) : ticker(data, slot, recvUs);
    },
  };
};
