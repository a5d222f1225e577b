/**
 * Alpaca's REST answers as received. The channel's detail is `<what> <feed>`: `stocks iex`, `crypto us`, `options indicative` are snapshots. They
 * say what stands, so their rows are marked as snapshots; a print that is told here is not one more print: it sets the last price only.
 */
import { Flag, isoDayAt, type Micros, parseIsoMicros, type Slot } from "../../../engines/market/index.ts";
import { quote } from "./alpaca-messages.ts";
import { AlpacaRows } from "./alpaca-rows.ts";
import { asNumber, asObject, type Json, parseObject } from "./json.ts";
import type { FrameDecoderFactory } from "./source.ts";

const known = (v: unknown): number | null => {
  const n = asNumber(v);
  return n === n ? n : null;
};

export const alpacaRestFrames: FrameDecoderFactory = (sink, detail) => {
  const [, feed = ""] = detail.split(" ");
  const rows = new AlpacaRows(sink, feed);

  const snapshot = (slot: Slot, s: Json, recvUs: number): void => {
    const q = asObject(s["latestQuote"]);
    if (q !== null) quote(rows, q, slot, recvUs, Flag.snapshot);
    const t = asObject(s["latestTrade"]);
    const price = asNumber(t?.["p"]);
    const us = typeof t?.["t"] === "string" ? parseIsoMicros(t["t"]) : null;
    if (price > 0 && us !== null) rows.trade(slot, recvUs, us, price, 0, null, Flag.snapshot);
    const prior = asObject(s["prevDailyBar"]);
    const close = asNumber(prior?.["c"]);
    const day = dayOf(prior?.["t"]);
    if (close > 0 && day !== null) rows.prior(slot, recvUs, close, day);
    const g = asObject(s["greeks"]);
    if (g === null) return;
    const [delta, gamma, vega, theta] = [
      known(g["delta"]),
      known(g["gamma"]),
      known(g["vega"]),
      known(g["theta"]),
    ];
    rows.greeks(slot, recvUs, known(s["impliedVolatility"]), { delta, gamma, vega, theta });
  };

  return {
    frame(bytes, recvUs) {
      const body = parseObject(bytes);
      if (body === null) {
        sink.refuse("answer that is no JSON object");
        return false;
      }
      const list = asObject(body["snapshots"]) ?? body;
      let any = false;
      for (const symbol of Object.keys(list)) {
        const s = asObject(list[symbol]);
        const slot = s === null ? -1 : rows.slot(symbol);
        if (s === null || slot < 0) continue;
        snapshot(slot as Slot, s, recvUs);
        any = true;
      }
      return any;
    },
  };
};

function dayOf(v: unknown): string | null {
  const us = typeof v === "string" ? parseIsoMicros(v) : null;
  return us === null ? null : isoDayAt("America/New_York", us as Micros);
}
