/**
 * Lean minute bars. A bar is stamped at its start: its open is told at the start and its close, with the sizes, at the end; its
 * high and low are not told as quotes, since nobody knows when within the minute they stood. A side that a row leaves empty is
 * unchanged. A trade bar is told whole at its end; its open is told at the start as a trade of size 0.
 */
import { Flag, type IsoDay, Kind, Quality, type Slot } from "../../../engines/market/index.ts";
import { type EventSink, Rank } from "../lanes.ts";
import type { RowBuffer } from "../rows.ts";
import type { Table } from "../table-codec.ts";
import { wallUs } from "../zones.ts";
import { column, type RowDecoder, type RowDecoderFactory, words } from "./source.ts";

const MINUTE_US = 60_000_000;
const NONE = Number.NaN;

/** Slots by row: of the file's stock, or of the contract that each row names. */
type SlotsOf = (table: Table) => (row: number) => Slot;
/** Start of each row's bar, µs. */
type StartsOf = (table: Table) => (row: number) => number;

const stock =
  (symbol: string, sink: EventSink): SlotsOf =>
  () => {
    const own = sink.define.underlyingOf(symbol);
    const slot = sink.slot(own.id, () => own);
    return () => slot;
  };

/** The contract columns in the order that `name` gives them. */
const contracts =
  (symbol: string, sink: EventSink, name = "expiry,right,strike"): SlotsOf =>
  (table) => {
    const fields = name.split(",");
    const underlying = sink.define.underlyingOf(symbol);
    sink.slot(underlying.id, () => underlying);
    const slots = words(table, name).map((text) => {
      const cell = text.split(",");
      const of = (f: string): string => cell[fields.indexOf(f)] ?? "";
      const [expiry, right, strike] = [of("expiry"), of("right"), of("strike")];
      const option = sink.define.listedOption(symbol, expiry, right, strike);
      return sink.slot(option.id, () => option);
    });
    const codes = column(table, name);
    return (row) => slots[codes[row] as number] as Slot;
  };

const ofSessionDay =
  (day: string, zone: string): StartsOf =>
  (table) => {
    const midnight = wallUs(day, "00:00", zone);
    const ms = column(table, "ms");
    return (row) => midnight + (ms[row] as number) * 1000;
  };

const ofDatedRows =
  (zone: string): StartsOf =>
  (table) => {
    const midnights = words(table, "date").map((d) => wallUs(d, "00:00", zone));
    const [date, ms] = [column(table, "date"), column(table, "ms")];
    return (row) => (midnights[date[row] as number] as number) + (ms[row] as number) * 1000;
  };

/** The last close of one side by slot: what its size belongs to. */
class Standing {
  private readonly price: number[] = [];
  private readonly size: number[] = [];
  set(slot: number, price: number, size: number): void {
    if (price !== price) return;
    this.price[slot] = price;
    this.size[slot] = size;
  }
  /** A bar's row tells the size of its close only: an open at the price that stood keeps its size, any other has none. */
  sizeOf(slot: number, price: number): number {
    return this.price[slot] === price ? (this.size[slot] ?? NONE) : NONE;
  }
}

function quoteBars(sink: EventSink, shift: number, slotsOf: SlotsOf, startsOf: StartsOf): RowDecoder {
  const opens = sink.lane(Rank.open + shift);
  const closes = sink.lane(Rank.barClose + shift);
  const [bids, asks] = [new Standing(), new Standing()];
  const quote = (
    lane: RowBuffer,
    us: number,
    slot: number,
    bid: number,
    bidSize: number,
    ask: number,
    askSize: number,
  ): void => {
    const sides = (bid === bid ? Flag.bidSide : 0) | (ask === ask ? Flag.askSide : 0);
    if (sides === 0) return;
    lane.push(Kind.quote, Quality.bar | sides, slot, us, us, bid, bidSize, ask, askSize, NONE, -1);
  };
  return {
    rows(table) {
      const [slotOf, startOf] = [slotsOf(table), startsOf(table)];
      const [bo, bc, bs] = [column(table, "bid_open"), column(table, "bid_close"), column(table, "bid_size")];
      const [ao, ac, as] = [column(table, "ask_open"), column(table, "ask_close"), column(table, "ask_size")];
      for (let i = 0; i < table.n; i++) {
        const [slot, us] = [slotOf(i), startOf(i)];
        const [bid, ask] = [bo[i] as number, ao[i] as number];
        quote(opens, us, slot, bid, bids.sizeOf(slot, bid), ask, asks.sizeOf(slot, ask));
        const [endBid, endAsk] = [bc[i] as number, ac[i] as number];
        const bidSize = endBid === endBid ? (bs[i] as number) : NONE;
        const askSize = endAsk === endAsk ? (as[i] as number) : NONE;
        quote(closes, us + MINUTE_US, slot, endBid, bidSize, endAsk, askSize);
        bids.set(slot, endBid, bidSize);
        asks.set(slot, endAsk, askSize);
      }
    },
    end() {},
  };
}

function tradeBars(sink: EventSink, shift: number, slotsOf: SlotsOf, startsOf: StartsOf): RowDecoder {
  const opens = sink.lane(Rank.openTrade + shift);
  const bars = sink.lane(Rank.bar + shift);
  return {
    rows(table) {
      const [slotOf, startOf] = [slotsOf(table), startsOf(table)];
      const [o, h, l, c] = ["open", "high", "low", "close"].map((name) => column(table, name)) as [
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      const v = column(table, "volume");
      for (let i = 0; i < table.n; i++) {
        const [slot, us] = [slotOf(i), startOf(i)];
        const open = o[i] as number;
        opens.push(Kind.trade, Quality.bar, slot, us, us, open, 0, NONE, NONE, NONE, -1);
        const [high, low, close, volume] = [h[i] as number, l[i] as number, c[i] as number, v[i] as number];
        bars.push(Kind.bar, Quality.bar, slot, us + MINUTE_US, us, open, high, low, close, volume, -1);
      }
    },
    end() {},
  };
}

export const optionQuoteBars: RowDecoderFactory = (m, sink) =>
  quoteBars(sink, Rank.option, contracts(m.symbol, sink), ofSessionDay(m.day, m.zone));
export const optionTradeBars: RowDecoderFactory = (m, sink) =>
  tradeBars(sink, Rank.option, contracts(m.symbol, sink), ofSessionDay(m.day, m.zone));
export const equityQuoteBars: RowDecoderFactory = (m, sink) =>
  quoteBars(sink, 0, stock(m.symbol, sink), ofDatedRows(m.zone));
export const equityTradeBars: RowDecoderFactory = (m, sink) =>
  tradeBars(sink, 0, stock(m.symbol, sink), ofDatedRows(m.zone));

export const openInterest: RowDecoderFactory = (m, sink) => {
  const [slotsOf, startsOf] = [contracts(m.symbol, sink), ofSessionDay(m.day, m.zone)];
  const lane = sink.lane(Rank.openInterest + Rank.option);
  return {
    rows(table) {
      const [slotOf, startOf] = [slotsOf(table), startsOf(table)];
      const oi = column(table, "open_interest");
      for (let i = 0; i < table.n; i++) {
        const us = startOf(i);
        const count = oi[i] as number;
        lane.push(Kind.openInterest, Quality.bar, slotOf(i), us, us, count, NONE, NONE, NONE, NONE, -1);
      }
    },
    end() {},
  };
};

/**
 * End-of-day rows of the session before, as prior marks known from the first instant of `meta.day`. A row dated on or after the
 * session would be a look-ahead and is left out, as is a close that is not a price.
 */
export const priorCloses: RowDecoderFactory = (m, sink) => {
  const slotsOf = contracts(m.symbol, sink, "expiry,strike,right");
  const latest = new Map<Slot, { day: IsoDay; price: number }>();
  return {
    rows(table) {
      const slotOf = slotsOf(table);
      const [date, close, dates] = [column(table, "date"), column(table, "close"), words(table, "date")];
      for (let i = 0; i < table.n; i++) {
        const day = dates[date[i] as number] as IsoDay;
        const price = close[i] as number;
        const slot = slotOf(i);
        if (day < m.day && price > 0 && day >= (latest.get(slot)?.day ?? ""))
          latest.set(slot, { day, price });
      }
    },
    end() {
      for (const [slot, mark] of latest)
        sink.atStart({ kind: "priorMark", slot, ...mark, source: "end-of-day quote mid" });
    },
  };
};
