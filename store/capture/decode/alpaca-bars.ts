/**
 * Alpaca's minute bars as received, asked for when the desk opens: what a chart shows of the hours before. The channel's detail is
 * `<what> <feed>`. They are marked as back-filled, so they move no price and no tape.
 */
import { Flag, Kind, parseIsoMicros, Quality } from "../../../engines/market/index.ts";
import { AlpacaRows } from "./alpaca-rows.ts";
import { asArray, asNumber, asObject, parseObject } from "./json.ts";
import type { FrameDecoderFactory } from "./source.ts";

const MINUTE_US = 60e6;

export const alpacaBarFrames: FrameDecoderFactory = (sink, detail) => {
  const [, feed = ""] = detail.split(" ");
  const rows = new AlpacaRows(sink, feed);
  const lane = sink.arrival();
  return {
    frame(bytes, recvUs) {
      const bars = asObject(parseObject(bytes)?.["bars"]);
      if (bars === null) {
        sink.refuse("answer without bars");
        return false;
      }
      let any = false;
      for (const [symbol, list] of Object.entries(bars)) {
        const slot = Array.isArray(list) ? rows.slot(symbol) : -1;
        if (slot < 0) continue;
        for (const item of asArray(list)) {
          const bar = asObject(item);
          const us = typeof bar?.["t"] === "string" ? parseIsoMicros(bar["t"]) : null;
          const [o, h, l, c, v] = ["o", "h", "l", "c", "v"].map((key) => asNumber(bar?.[key])) as [
            number,
            number,
            number,
            number,
            number,
          ];
          if (us === null || !(l > 0 && h >= l && o > 0 && c > 0 && v >= 0)) {
            sink.refuse("bar that is none");
            continue;
          }
          // The minute that still runs comes by the stream.
          if (us + MINUTE_US > recvUs) continue;
          lane.push(Kind.bar, Quality.bar | Flag.backFill, slot, recvUs, us, o, h, l, c, v, -1);
          any = true;
        }
      }
      return any;
    },
  };
};
