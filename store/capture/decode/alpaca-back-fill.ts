/**
 * Alpaca's historical trades as received, asked for after a gap. The channel's detail is `<what> <feed>`. A page may end inside a symbol; the
 * pages of one filling follow each other, the last without a token. What the stream told too is left out, each print as often as it told it.
 */
import { Flag, parseIsoMicros, type Slot } from "../../../engines/market/index.ts";
import { trade } from "./alpaca-messages.ts";
import { AlpacaRows } from "./alpaca-rows.ts";
import { asObject, type Json, parseObject } from "./json.ts";
import { printKey } from "./print-memory.ts";
import type { FrameDecoderFactory } from "./source.ts";

export const alpacaBackFillFrames: FrameDecoderFactory = (sink, detail) => {
  const [, feed = ""] = detail.split(" ");
  const rows = new AlpacaRows(sink, feed);
  /** Prints of this filling that the stream had told, or that an earlier page put in. */
  let matched = new Map<string, number>();

  const merge = (slot: Slot, m: Json, told: Map<string, number>, recvUs: number): boolean => {
    const us = typeof m["t"] === "string" ? parseIsoMicros(m["t"]) : null;
    if (us === null || us < sink.prints.sinceUs) {
      sink.refuse(us === null ? "trade with a time that is none" : "back-filled trade too old to compare");
      return false;
    }
    const ref = rows.refOf(m["x"], m["c"], m["z"]);
    const key = printKey(slot, us, Number(m["p"]), Number(m["s"]), ref);
    const done = matched.get(key) ?? 0;
    matched.set(key, done + 1);
    if (done < (told.get(key) ?? 0)) return false;
    return trade(rows, m, slot, recvUs, Flag.backFill);
  };

  return {
    frame(bytes, recvUs) {
      const body = parseObject(bytes);
      const trades = asObject(body?.["trades"]);
      if (body === null || trades === null) {
        sink.refuse("answer without trades");
        return false;
      }
      let any = false;
      // What this page itself puts in is no match for its own later prints: the memory is read before it.
      const told = sink.prints.since(earliest(Object.values(trades).flat()));
      for (const [symbol, list] of Object.entries(trades)) {
        const slot = Array.isArray(list) ? rows.slot(symbol) : (-1 as Slot);
        if (slot < 0) continue;
        for (const item of list as unknown[]) {
          const m = asObject(item);
          if (m === null) sink.refuse("message that is no object");
          else if (merge(slot, m, told, recvUs)) any = true;
        }
      }
      const next = body["next_page_token"];
      if (typeof next !== "string" || next === "") matched = new Map();
      return any;
    },
  };
};

function earliest(list: readonly unknown[]): number {
  let first = Number.POSITIVE_INFINITY;
  for (const item of list) {
    const t = asObject(item)?.["t"];
    const us = typeof t === "string" ? parseIsoMicros(t) : null;
    if (us !== null && us < first) first = us;
  }
  return first;
}
