/** Vendors' CSV rows that are kept as they are, one line per frame, cells split at commas (none of these formats quotes). */
import { Flag, Kind, Quality } from "../../../engines/market/index.ts";
import { cryptoPairId } from "../instruments.ts";
import { type EventSink, Rank } from "../lanes.ts";
import { asNumber } from "./json.ts";
import type { FrameDecoder, FrameDecoderFactory } from "./source.ts";

const NONE = Number.NaN;
const MINUTE_US = 60_000_000;

const rows = (read: (cells: string[], recvUs: number) => boolean): FrameDecoder => ({
  frame: (bytes, recvUs) => read(bytes.toString("utf8").split(","), recvUs),
});

/** An ISO time with nanoseconds as whole microseconds; NaN when it is none. */
export function isoUs(text: string): number {
  const m = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|\+00:00)?$/.exec(text);
  if (m === null) return NONE;
  const seconds = Date.parse(`${m[1]}T${m[2]}Z`);
  return seconds * 1000 + Math.floor(Number((m[3] ?? "").padEnd(9, "0")) / 1000);
}

/** Databento MBP-1: each row is an action and the top of book after it; `T` is a trade. */
export const databentoRows: FrameDecoderFactory = (sink) => {
  const lane = sink.arrival();
  return rows((cells, recvUs) => {
    const [, eventTime, symbol = "", action, , price, size, bid, bidSize, ask, askSize] = cells;
    const named = sink.define.globex(symbol);
    if (named === null) return false;
    sink.slot(named.future.id, () => named.future);
    const slot = sink.slot(named.instrument.id, () => named.instrument);
    const us = isoUs(eventTime ?? "");
    const [p, q] = [asNumber(price), asNumber(size)];
    if (action === "T" && p === p)
      lane.push(Kind.trade, Quality.realtime, slot, recvUs, us, p, q, NONE, NONE, NONE, -1);
    const [b, a] = [asNumber(bid), asNumber(ask)];
    const sides = (b === b ? Flag.bidSide : 0) | (a === a ? Flag.askSide : 0);
    if (sides !== 0 && action !== "T") {
      const [bs, as] = [asNumber(bidSize), asNumber(askSize)];
      lane.push(Kind.quote, Quality.realtime | sides, slot, recvUs, us, b, bs, a, as, NONE, -1);
    }
    return action === "T" || sides !== 0;
  });
};

const pairSlot = (sink: EventSink, symbol: string): number => {
  const id = cryptoPairId(symbol);
  return id === null ? -1 : sink.slot(id, () => sink.define.spot(id));
};

/** `timestamp,symbol,ask_size,ask,bid_size,bid`. */
export const binanceQuoteRows: FrameDecoderFactory = (sink) => {
  const lane = sink.arrival();
  return rows(([, symbol = "", askSize, ask, bidSize, bid], us) => {
    const slot = pairSlot(sink, symbol);
    const [b, a] = [asNumber(bid), asNumber(ask)];
    if (slot < 0 || !(b > 0 && a > 0)) return false;
    const flags = Quality.singleVenue | Flag.bidSide | Flag.askSide;
    lane.push(Kind.quote, flags, slot, us, us, b, asNumber(bidSize), a, asNumber(askSize), NONE, -1);
    return true;
  });
};

/** `timestamp,trade_id,price,quantity,buyer_maker`; the detail is the pair. */
export const binanceTradeRows: FrameDecoderFactory = (sink, pair) => {
  const lane = sink.arrival();
  return rows(([, , price, quantity], us) => {
    const slot = pairSlot(sink, pair);
    const p = asNumber(price);
    if (slot < 0 || !(p > 0)) return false;
    lane.push(Kind.trade, Quality.singleVenue, slot, us, us, p, asNumber(quantity), NONE, NONE, NONE, -1);
    return true;
  });
};

/** `ms,bid,ask` without sizes; the detail is the pair. One dealer's prices: indicative. */
export const fxQuoteRows: FrameDecoderFactory = (sink, pair) => {
  const lane = sink.arrival();
  const slot = sink.slot(`FX/${pair}`, () => sink.define.spot(`FX/${pair}`));
  return rows(([, bid, ask], us) => {
    const [b, a] = [asNumber(bid), asNumber(ask)];
    if (!(b > 0 && a > 0)) return false;
    const flags = Quality.indicative | Flag.bidSide | Flag.askSide;
    lane.push(Kind.quote, flags, slot, us, us, b, NONE, a, NONE, NONE, -1);
    return true;
  });
};

/** `ms,open,high,low,close,volume`, stamped at the bar's start: the open is told then, the bar at its end. */
export const indexBarRows: FrameDecoderFactory = (sink, symbol) => {
  const [opens, bars] = [sink.lane(Rank.open), sink.lane(Rank.bar)];
  const slot = sink.slot(`IDX/${symbol}`, () => sink.define.spot(`IDX/${symbol}`));
  return rows(([, open, high, low, close], us) => {
    const [o, h, l, c] = [asNumber(open), asNumber(high), asNumber(low), asNumber(close)];
    if (!(o > 0 && c > 0)) return false;
    opens.push(Kind.index, Quality.bar, slot, us, us, o, NONE, NONE, NONE, NONE, -1);
    bars.push(Kind.bar, Quality.bar, slot, us + MINUTE_US, us, o, h, l, c, NONE, -1);
    return true;
  });
};
