import { describe, expect, it } from "vitest";
import { Desk } from "../../../../src/desk/desk.ts";
import { FRAME_DECODERS } from "../../../../store/capture/decode/frames.ts";
import { Definitions } from "../../../../store/capture/instruments.ts";
import { EventSink } from "../../../../store/capture/lanes.ts";
import { shippedCatalog } from "../../../../store/capture/product-catalog.ts";

const NAME = "BTC-21NOV26-90000-C";
const RECV_US = Date.UTC(2026, 10, 20, 15) * 1000;
const STANDS = { best_bid_price: 0.0001, best_bid_amount: 4.5, best_ask_price: 0.0003, best_ask_amount: 6.9 };

/** What the book of the option says after these messages, in turn. */
function after(...messages: readonly unknown[]): readonly (number | undefined)[] {
  const sink = new EventSink(new Definitions(shippedCatalog(), "2026-11-20" as never));
  const desk = new Desk({ slots: 16, tapePrints: 10, logEntries: 10 }, "USD");
  const decoder = FRAME_DECODERS["deribit"]?.(sink, "ws");
  messages.forEach((m, k) => {
    decoder?.frame(Buffer.from(JSON.stringify(m)), RECV_US + k);
  });
  sink.takeArrivals(RECV_US + messages.length, (rows) => desk.apply({ ...rows, seq0: desk.seq }, 0, rows.n));
  const slot = desk.slot("OPT/BTC/2026-11-21/C/90000/BTC/1" as never);
  if (slot === null) return [];
  const { bid, bidSize, ask, askSize } = desk.book;
  return [bid[slot], bidSize[slot], ask[slot], askSize[slot]];
}

const told = (channel: string, sides: object, k: number): unknown => ({
  method: "subscription",
  params: {
    channel,
    data: { instrument_name: NAME, timestamp: RECV_US / 1000 + k, ...sides },
  },
});
const summary = (sides: object): unknown => ({
  id: 1,
  result: [{ instrument_name: NAME, creation_timestamp: RECV_US / 1000 + 9, ...sides }],
});
const first = told(`quote.${NAME}`, STANDS, 0);

describe("the sides of a quote of Deribit", () => {
  it.each(["quote", "ticker"])("a bid of null in a %s is a bid that is gone", (kind) => {
    const channel = kind === "quote" ? `quote.${NAME}` : `ticker.${NAME}.100ms`;
    const gone = { ...STANDS, best_bid_price: null, best_bid_amount: 0 };
    expect(after(first, told(channel, gone, 1))).toEqual([0, 0, 0.0003, 6.9]);
  });

  it("a bid that is missing or no number says nothing of the one that stands", () => {
    const missing = { best_ask_price: 0.0004, best_ask_amount: 5 };
    expect(after(first, told(`quote.${NAME}`, missing, 1))).toEqual([0.0001, 4.5, 0.0004, 5]);
    const odd = { ...missing, best_bid_price: "many" };
    expect(after(first, told(`quote.${NAME}`, odd, 1))).toEqual([0.0001, 4.5, 0.0004, 5]);
  });

  it("a book without both sides is empty, by its quote and by a summary", () => {
    const none = { best_bid_price: null, best_bid_amount: 0, best_ask_price: null, best_ask_amount: 0 };
    expect(after(first, told(`quote.${NAME}`, none, 1))).toEqual([0, 0, 0, 0]);
    expect(after(first, summary({ bid_price: null, ask_price: null }))).toEqual([0, 0, 0, 0]);
    expect(after(first, summary({ bid_price: null, ask_price: 0.0005 }))).toEqual([0, 0, 0.0005, Number.NaN]);
  });
});
