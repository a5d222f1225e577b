/**
 * Deribit's answers to questions that do not name what they are about, or that tell of the past: the channel's detail does. Minute bars of an
 * instrument (`deribit.bars:BTC-PERPETUAL`), and trades that a gap had swallowed (`deribit.trades:fill`). Both are marked as back-filled, so
 * that they move no price and no tape.
 */
import { Flag, Kind, Quality } from "../../../engines/market/index.ts";
import { tradeOf } from "./deribit.ts";
import { asArray, asNumber, asObject, parseObject } from "./json.ts";
import { printKey } from "./print-memory.ts";
import type { FrameDecoderFactory } from "./source.ts";

const NONE = Number.NaN;
const MINUTE_US = 60e6;

export const deribitBarFrames: FrameDecoderFactory = (sink, name) => {
  const lane = sink.arrival();
  // Trades of a perpetual are told in dollars, volumes of its bars in the coin, their cost in dollars.
  const volumes = name.endsWith("-PERPETUAL") ? "cost" : "volume";
  return {
    frame(bytes, recvUs) {
      const made = sink.define.deribit(name);
      const bars = asObject(parseObject(bytes)?.["result"]);
      const ticks = asArray(bars?.["ticks"]);
      if (bars === null || made === null || (ticks.length === 0 && bars["status"] !== "no_data")) {
        sink.refuse("answer without bars");
        return false;
      }
      const slot = sink.slot(made.id, () => made);
      const column = (key: string) => asArray(bars[key]);
      const columns = ["open", "high", "low", "close", volumes].map(column);
      let any = false;
      for (const [i, tick] of ticks.entries()) {
        const us = asNumber(tick) * 1000;
        const [o, h, l, c, v] = columns.map((list) => asNumber(list[i])) as [
          number,
          number,
          number,
          number,
          number,
        ];
        if (!(us > 0 && l > 0 && h >= l && o > 0 && c > 0 && v >= 0)) {
          sink.refuse("bar that is none");
          continue;
        }
        // Minutes without a trade are told too; the one that still runs comes by the stream.
        if (v === 0 || us + MINUTE_US > recvUs) continue;
        lane.push(Kind.bar, Quality.bar | Flag.backFill, slot, recvUs, us, o, h, l, c, v, -1);
        any = true;
      }
      return any;
    },
  };
};

export const deribitFillFrames: FrameDecoderFactory = (sink) => {
  const lane = sink.arrival();
  return {
    frame(bytes, recvUs) {
      const trades = asObject(parseObject(bytes)?.["result"])?.["trades"];
      if (!Array.isArray(trades)) {
        sink.refuse("answer without trades");
        return false;
      }
      const rows = trades.flatMap((t) => tradeOf(sink, t) ?? []).sort((a, b) => a.seq - b.seq);
      const told = sink.prints.since(
        rows.reduce((first, t) => Math.min(first, t.us), Number.POSITIVE_INFINITY),
      );
      let any = false;
      for (const { slot, us, price, size, seq } of rows) {
        // By their numbers a trade that came late by the stream is known.
        if (told.has(printKey(slot, us, price, size, seq))) continue;
        sink.prints.note(slot, us, price, size, seq);
        const flags = Quality.singleVenue | Flag.backFill;
        lane.push(Kind.trade, flags, slot, recvUs, us, price, size, NONE, NONE, NONE, -1);
        any = true;
      }
      return any;
    },
  };
};
