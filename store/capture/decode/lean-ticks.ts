/**
 * Lean tick files of 2013: NBBO updates, one side per row, and every trade, in milliseconds. The rows of one millisecond are joined
 * to one quote event before it is emitted: the two halves of one update come as two rows and would look crossed between them.
 */
import { Flag, type IsoDay, Kind, Quality } from "../../../engines/market/index.ts";
import { Rank } from "../lanes.ts";
import { wallUs } from "../zones.ts";
import { column, type RowDecoderFactory, words } from "./source.ts";

const NONE = Number.NaN;

export const quoteTicks: RowDecoderFactory = (meta, sink) => {
  const stock = sink.define.spot(`EQ/${meta.symbol}/USD`);
  const slot = sink.slot(stock.id, () => stock);
  const lane = sink.lane(Rank.quote);
  const midnight = wallUs(meta.day, "00:00", meta.zone);
  let at = NONE;
  let flags = 0;
  let bid = NONE;
  let bidSize = NONE;
  let ask = NONE;
  let askSize = NONE;
  const emit = (): void => {
    if ((flags & (Flag.bidSide | Flag.askSide)) !== 0) {
      const us = midnight + at * 1000;
      lane.push(Kind.quote, Quality.realtime | flags, slot, us, us, bid, bidSize, ask, askSize, NONE, -1);
    }
    flags = 0;
    bid = bidSize = ask = askSize = NONE;
  };
  return {
    rows(table) {
      const [ms, b, bs] = [column(table, "ms"), column(table, "bid"), column(table, "bid_size")];
      const [a, as, odd] = [column(table, "ask"), column(table, "ask_size"), column(table, "suspicious")];
      for (let i = 0; i < table.n; i++) {
        const t = ms[i] as number;
        if (t !== at) emit();
        at = t;
        const [rowBid, rowAsk] = [b[i] as number, a[i] as number];
        if (rowBid === rowBid) {
          bid = rowBid;
          bidSize = bs[i] as number;
          flags |= Flag.bidSide;
        }
        if (rowAsk === rowAsk) {
          ask = rowAsk;
          askSize = as[i] as number;
          flags |= Flag.askSide;
        }
        if (odd[i] === 1) flags |= Flag.suspicious;
      }
    },
    end: emit,
  };
};

/**
 * Bits of the vendor's condition word whose trades do not set the last price under the consolidated tape's rules: cash, next day,
 * seller, derivatively priced, out of sequence, average price, price variation, official close, prior reference price, official
 * open, odd lot. An extended-hours trade sets it: outside the regular session there is no other.
 */
const NOT_LAST_BITS = [1, 2, 3, 9, 14, 20, 22, 24, 25, 26, 31];

export function setsLast(conditionHex: string): boolean {
  const word = Number.parseInt(conditionHex, 16);
  return !NOT_LAST_BITS.some((bit) => Math.floor(word / 2 ** bit) % 2 === 1);
}

export const tradeTicks: RowDecoderFactory = (meta, sink) => {
  const stock = sink.define.spot(`EQ/${meta.symbol}/USD`);
  const slot = sink.slot(stock.id, () => stock);
  const lane = sink.lane(Rank.trade);
  const midnight = wallUs(meta.day, "00:00", meta.zone);
  return {
    rows(table) {
      const [ms, price, size] = [column(table, "ms"), column(table, "price"), column(table, "size")];
      const [venue, code, odd] = [
        column(table, "exchange"),
        column(table, "condition_hex"),
        column(table, "suspicious"),
      ];
      const [venues, codes] = [words(table, "exchange"), words(table, "condition_hex")];
      const notLast = codes.map((hex) => (setsLast(hex) ? 0 : Flag.notLast));
      for (let i = 0; i < table.n; i++) {
        const us = midnight + (ms[i] as number) * 1000;
        const k = code[i] as number;
        const flags = Quality.realtime | (notLast[k] ?? 0) | (odd[i] === 1 ? Flag.suspicious : 0);
        const ref = sink.condition(venues[venue[i] as number] ?? "", codes[k] ?? "");
        lane.push(
          Kind.trade,
          flags,
          slot,
          us,
          us,
          price[i] as number,
          size[i] as number,
          NONE,
          NONE,
          NONE,
          ref,
        );
      }
    },
    end() {},
  };
};

/** Closing prints of the session before (`meta.day` is that day) as prior marks, known from the first instant of the session. */
export const closingPrints: RowDecoderFactory = (meta, sink) => {
  const stock = sink.define.spot(`EQ/${meta.symbol}/USD`);
  const slot = sink.slot(stock.id, () => stock);
  return {
    rows(table) {
      const price = column(table, "price")[table.n - 1] as number;
      sink.atStart({
        kind: "priorMark",
        slot,
        day: meta.day as IsoDay,
        price,
        source: "closing auction of its primary exchange",
      });
    },
    end() {},
  };
};
