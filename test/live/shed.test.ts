import { describe, expect, it } from "vitest";
import {
  allocateBook,
  Book,
  type EventColumns,
  eventColumns,
  Flag,
  Kind,
  Quality,
  type Slot,
} from "../../engines/market/index.ts";
import { seeded } from "../../engines/stats/index.ts";
import { shedQuotes } from "../../src/shell/live/shed.ts";

const BOTH = Flag.bidSide | Flag.askSide;
const NONE = Number.NaN;
const SLOTS = 3;
const START = 1_000_000_000;

interface Row {
  readonly slot?: number;
  readonly us?: number;
  readonly bid?: number;
  readonly ask?: number;
  readonly flags?: number;
}

/** Quotes in the order in which they came, 1 ms apart; `us` is the vendor's time. */
function quotes(list: readonly Row[], fromUs = START): EventColumns {
  const rows = eventColumns(list.length);
  list.forEach(({ slot = 0, us = NONE, bid = NONE, ask = NONE, flags = BOTH }, i) => {
    rows.kind[i] = Kind.quote;
    rows.slot[i] = slot;
    rows.flags[i] = flags | Quality.realtime;
    rows.recvUs[i] = fromUs + i * 1_000;
    rows.eventUs[i] = us;
    [rows.a[i], rows.b[i], rows.c[i], rows.d[i]] = [bid, 1, ask, 1];
  });
  rows.n = list.length;
  return rows;
}

/** Prices of every slot, and the age of their proof, after `before` and then `rows`. */
function bookOf(before: EventColumns, rows: EventColumns): number[] {
  const book = new Book(allocateBook(SLOTS));
  for (let s = 0; s < SLOTS; s++) book.open(s as Slot, -1);
  for (const part of [before, rows]) book.applyRange(part, 0, part.n);
  return [...book.bid, ...book.ask, ...book.confirmUs];
}

describe("quotes merged in a burst", () => {
  it("the newest by the vendor's time stays, also where an older one came later by another way", () => {
    const rows = quotes([
      { us: START - 50, bid: 10, ask: 11 },
      { us: START - 10, bid: 10.2, ask: 11.2 },
      // The answer of a slow request.
      { us: START - 30, bid: 10.1, ask: 11.1 },
    ]);
    const { rows: kept, count, slots } = shedQuotes(rows);
    expect([kept.n, count, slots]).toEqual([1, 2, [0]]);
    expect([kept.a[0], kept.c[0]]).toEqual([10.2, 11.2]);
  });

  it("what the book may refuse takes the place of nothing: suspicious rows, prices that are none", () => {
    const rows = quotes([
      { bid: 10, ask: 11 },
      { bid: 20, ask: 21, flags: BOTH | Flag.suspicious },
      { bid: -1, ask: 11.5 },
    ]);
    const { rows: kept } = shedQuotes(rows);
    expect(bookOf(quotes([]), kept)).toEqual(bookOf(quotes([]), rows));
    expect(bookOf(quotes([]), kept)[0]).toBe(10);
  });

  it("trades and a proof without a side pass it by", () => {
    const rows = quotes([{ bid: 10, ask: 11 }, { bid: 10.1, ask: 11.1 }, { flags: 0 }]);
    rows.kind[0] = Kind.trade;
    const { count, rows: kept } = shedQuotes(rows);
    expect([count, kept.n]).toEqual([0, 3]);
  });

  it("leaves the book where every quote one by one would have, whatever came", () => {
    const r = seeded(4);
    const one = (): Row => {
      const kind = r.uniform();
      const side = r.uniform();
      return {
        slot: Math.floor(r.uniform() * SLOTS),
        us:
          kind < 0.2
            ? NONE
            : kind < 0.25
              ? START + 9_000_000
              : START - 100_000 + Math.floor(r.uniform() * 100_000),
        bid: kind < 0.9 ? 1 + Math.floor(r.uniform() * 50) : -1,
        ask: kind < 0.85 ? 100 + Math.floor(r.uniform() * 50) : NONE,
        flags:
          side < 0.6 ? BOTH : side < 0.75 ? Flag.bidSide : side < 0.9 ? Flag.askSide : side < 0.95 ? 0 : 0xb0,
      };
    };
    let merged = 0;
    for (let k = 0; k < 3_000; k++) {
      const before = quotes(Array.from({ length: 4 }, one), START - 50_000);
      const rows = quotes(Array.from({ length: 1 + Math.floor(r.uniform() * 30) }, one));
      const { rows: kept, count } = shedQuotes(rows);
      merged += count;
      expect(bookOf(before, kept), `round ${k}`).toEqual(bookOf(before, rows));
    }
    expect(merged).toBeGreaterThan(5_000);
  });
});
