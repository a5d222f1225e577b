import { createHash } from "node:crypto";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allocateBook,
  BOOK_FIELDS,
  Book,
  type BookCounter,
  BookReader,
  BookRow,
  copyRow,
  type EventColumns,
  eventColumns,
  Flag,
  MarketError,
  type Micros,
  pushBar,
  pushIndex,
  pushObject,
  pushOpenInterest,
  pushQuote,
  pushTrade,
  Quality,
  type Slot,
} from "../../../engines/market/index.ts";
import { SlowBook } from "./slow-book.ts";

const slot = (n: number): Slot => n as Slot;
const T0 = 1_450_967_400_000_000;
const S = 1_000_000;

/** A stock at slot 0, an option on it at slot 1. */
function setup(capacity = 4): {
  book: Book;
  cols: EventColumns;
  row: BookRow;
  read: (s?: number) => BookRow;
} {
  const book = new Book(allocateBook(capacity));
  book.open(slot(0), -1);
  book.open(slot(1), 0);
  const reader = new BookReader(book.shared);
  const row = new BookRow();
  const read = (s = 0): BookRow => {
    expect(reader.read(slot(s), row)).toBe(true);
    return row;
  };
  return { book, cols: eventColumns(64), row, read };
}
const counter = (book: Book, name: BookCounter): number =>
  book.counts().find((c) => c.name === name)?.value ?? 0;
const applyAll = (book: Book, cols: EventColumns): number => book.applyRange(cols, 0, cols.n);

describe("Book rules", () => {
  it("keeps a side that is not carried, tells 0 (no bid) from unknown", () => {
    const { book, cols, read } = setup();
    pushQuote(cols, slot(0), T0, T0, 10, 3, NaN, NaN, 0);
    applyAll(book, cols);
    expect(read()).toMatchObject({ bid: 10, bidSize: 3, ask: NaN });
    expect(counter(book, "oneSided")).toBe(1);
    pushQuote(cols, slot(0), T0 + 1, T0 + 1, NaN, NaN, 11, 4, 0);
    pushQuote(cols, slot(0), T0 + 2, T0 + 2, 0, 9, NaN, NaN, 0);
    book.applyRange(cols, 1, 3);
    expect(read()).toMatchObject({ bid: 0, bidSize: 0, ask: 11, askSize: 4 });
    expect(counter(book, "noBid")).toBe(1);
    expect(counter(book, "oneSided")).toBe(1);
  });

  it("ignores an older quote, keeps the volume of a late print but not its price", () => {
    const { book, cols, read } = setup();
    pushQuote(cols, slot(0), T0, T0, 10, 1, 11, 1, 0);
    pushQuote(cols, slot(0), T0 + 9, T0 - 1, 9, 1, 12, 1, 0);
    pushTrade(cols, slot(0), T0, T0, 10.5, 100, -1, 0);
    pushTrade(cols, slot(0), T0 + 9, T0 - 1, 99, 50, -1, 0);
    applyAll(book, cols);
    expect(read()).toMatchObject({
      bid: 10,
      ask: 11,
      last: 10.5,
      volume: 150,
      notional: 10.5 * 100 + 99 * 50,
    });
    expect([counter(book, "quoteOutOfOrder"), counter(book, "tradeOutOfOrder")]).toEqual([1, 1]);
  });

  it("takes a back-filled trade, older by its nature, for no trade out of order", () => {
    const { book, cols, read } = setup();
    pushTrade(cols, slot(0), T0, T0, 10.5, 100, -1, 0);
    pushTrade(cols, slot(0), T0 + 9, T0 - 1, 99, 50, -1, Flag.backFill);
    applyAll(book, cols);
    expect(read()).toMatchObject({ last: 10.5, volume: 150 });
    expect(counter(book, "tradeOutOfOrder")).toBe(0);
  });

  it("does not believe a stamp from the future, so one bad clock cannot shut the book", () => {
    const { book, cols, read } = setup();
    pushQuote(cols, slot(0), T0, T0 + 3600 * S, 10, 1, 11, 1, 0);
    pushQuote(cols, slot(0), T0 + 1, T0 + 1, 10.1, 1, 11, 1, 0);
    pushTrade(cols, slot(0), T0, T0 + 3600 * S, 10, 1, -1, 0);
    pushTrade(cols, slot(0), T0 + 1, T0 + 1, 10.2, 1, -1, 0);
    applyAll(book, cols);
    expect(read()).toMatchObject({ bid: 10.1, last: 10.2 });
    expect(counter(book, "futureStamp")).toBe(2);
  });

  it("confirms an unchanged quote and counts identical prints twice", () => {
    const { book, cols, read } = setup();
    pushQuote(cols, slot(0), T0, T0, 10, 1, 11, 1, 0);
    pushQuote(cols, slot(0), T0 + 5 * S, T0 + 5 * S, 10, 1, 11, 1, 0);
    pushTrade(cols, slot(0), T0, T0, 10.5, 100, -1, 0);
    pushTrade(cols, slot(0), T0, T0, 10.5, 100, -1, 0);
    expect(applyAll(book, cols)).toBe(3);
    expect(read()).toMatchObject({ quoteUs: T0, confirmUs: T0 + 5 * S, volume: 200 });
    expect([counter(book, "repeatedQuote"), counter(book, "repeatedTrade")]).toEqual([1, 1]);
  });

  it("stores a crossed quote, but no vol is taken from it", () => {
    const { book, cols, read } = setup();
    pushQuote(cols, slot(0), T0, T0, 100, 1, 100.2, 1, 0);
    pushQuote(cols, slot(1), T0 + 1, T0 + 1, 5, 1, 5.2, 1, 0);
    applyAll(book, cols);
    expect(read(1)).toMatchObject({ validMid: 5.1, validSpot: 100.1, validUs: T0 + 1 });
    pushQuote(cols, slot(1), T0 + 2, T0 + 2, 6, 1, 5.5, 1, 0);
    book.apply(cols, 2);
    expect(read(1)).toMatchObject({ bid: 6, ask: 5.5, validMid: 5.1, validUs: T0 + 1 });
    expect(counter(book, "crossed")).toBe(1);
    pushQuote(cols, slot(1), T0 + 3, T0 + 3, 5.5, 1, 5.5, 1, 0);
    book.apply(cols, 3);
    expect(read(1)).toMatchObject({ validMid: 5.5 });
    expect(counter(book, "locked")).toBe(1);
  });

  it("takes no vol point while the spot is unknown", () => {
    const { book, cols, read } = setup();
    pushQuote(cols, slot(1), T0, T0, 5, 1, 5.2, 1, 0);
    applyAll(book, cols);
    expect(read(1).validMid).toBeNaN();
    expect(read(1).bid).toBe(5);
  });

  it("refuses negative, infinite and zero prices side by side, and keeps what was good", () => {
    const { book, cols, read } = setup();
    pushQuote(cols, slot(0), T0, T0, 10, 1, 11, 1, 0);
    pushQuote(cols, slot(0), T0 + 1, T0 + 1, -1, 1, Infinity, 1, 0);
    pushQuote(cols, slot(0), T0 + 2, T0 + 2, -1, 1, 11.5, -4, 0);
    pushTrade(cols, slot(0), T0, T0, 0, 100, -1, 0);
    pushTrade(cols, slot(0), T0, T0, -3, 100, -1, 0);
    pushTrade(cols, slot(0), T0, T0, NaN, 100, -1, 0);
    pushTrade(cols, slot(0), T0, T0, 10.4, -100, -1, 0);
    pushTrade(cols, slot(0), T0, T0, 10.5, 0, -1, 0);
    applyAll(book, cols);
    expect(read()).toMatchObject({
      bid: 10,
      ask: 11.5,
      askSize: NaN,
      last: 10.5,
      volume: 0,
      confirmUs: T0 + 2,
    });
    const names: BookCounter[] = ["negative", "nonFinite", "badSize", "zeroPrice", "zeroSize"];
    expect(names.map((n) => counter(book, n))).toEqual([3, 2, 2, 1, 1]);
  });

  it("ignores rows it cannot place or trust, each under its own counter", () => {
    const { book, cols, read } = setup(2);
    pushQuote(cols, slot(-1), T0, T0, 1, 1, 2, 1, 0);
    pushQuote(cols, slot(7), T0, T0, 1, 1, 2, 1, 0);
    pushQuote(cols, slot(0), NaN, T0, 1, 1, 2, 1, 0);
    pushQuote(cols, slot(0), T0, T0, 1, 1, 2, 1, Flag.suspicious);
    pushTrade(cols, slot(0), T0, T0, 1, 1, -1, Flag.suspicious);
    const odd = pushTrade(cols, slot(0), T0, T0, 1, 1, -1, 0);
    cols.kind[odd] = 77;
    expect(applyAll(book, cols)).toBe(0);
    expect(book.open(slot(2), -1)).toBe(false);
    expect(read()).toMatchObject({ bid: NaN, last: NaN, volume: 0 });
    const names: BookCounter[] = ["unknownSlot", "overflow", "badTime", "suspicious", "unknownKind"];
    expect(names.map((n) => counter(book, n))).toEqual([1, 2, 1, 2, 1]);
  });

  it("takes a bar at its end, volume at its typical price, and a broken range as its close", () => {
    const { book, cols, read } = setup();
    pushBar(cols, slot(0), T0 + 60 * S, T0, 10, 12, 9, 11, 100, 0);
    applyAll(book, cols);
    expect(read()).toMatchObject({ last: 11, lastUs: T0 + 60 * S, lastQuality: Quality.bar, volume: 100 });
    expect(read().notional).toBeCloseTo((100 * 32) / 3, 9);
    pushBar(cols, slot(0), T0 + 120 * S, T0 + 60 * S, 10, 10, 9, 11, 1, 0);
    book.apply(cols, 1);
    expect(counter(book, "badBar")).toBe(1);
    expect(read().notional).toBeCloseTo(3200 / 3 + 11, 9);
  });

  it("keeps the price through prints that do not set it", () => {
    const { book, cols, read } = setup();
    pushTrade(cols, slot(0), T0, T0, 10, 100, -1, 0);
    pushTrade(cols, slot(0), T0 + 1, T0 + 1, 13, 7, -1, Flag.notLast);
    pushIndex(cols, slot(1), T0, NaN, 21.5, Quality.delayed);
    pushOpenInterest(cols, slot(1), T0, NaN, 870, 0);
    applyAll(book, cols);
    expect(read()).toMatchObject({ last: 10, volume: 107 });
    expect(read(1)).toMatchObject({
      last: 21.5,
      volume: 0,
      openInterest: 870,
      lastQuality: Quality.delayed,
      lastUs: T0,
    });
  });

  it("takes a cancelled print back", () => {
    const { book, cols, read } = setup();
    pushTrade(cols, slot(0), T0, T0, 10, 100, -1, 0);
    applyAll(book, cols);
    book.cancelTrade(slot(0), 10, 100);
    expect(read()).toMatchObject({ last: NaN, volume: 0, notional: 0 });
  });

  it("follows trading status", () => {
    const { book, read } = setup();
    expect(book.setStatus(slot(1), "halted")).toBe(true);
    expect(book.setStatus(slot(1), "halted")).toBe(false);
    expect([read(1).status, book.status(slot(1)), read(0).status]).toEqual(["halted", "halted", "open"]);
  });
});

describe("event writers", () => {
  it("stop at capacity, point objects, copy rows", () => {
    const cols = eventColumns(2);
    expect(pushQuote(cols, slot(0), T0, T0, 1, 1, NaN, NaN, Quality.bar)).toBe(0);
    expect(cols.flags[0]).toBe(Quality.bar | Flag.bidSide);
    expect(
      pushObject(cols, T0 as Micros, NaN, { kind: "status", slot: slot(5), state: "open", reason: null }),
    ).toBe(1);
    expect([cols.slot[1], cols.ref[1], cols.objects.length]).toEqual([5, 0, 1]);
    expect(pushTrade(cols, slot(0), T0, T0, 1, 1, -1, 0)).toBe(-1);
    expect(pushObject(cols, T0 as Micros, NaN, { kind: "timer", name: "x", data: null })).toBe(-1);
    expect([cols.n, cols.objects.length]).toEqual([2, 1]);
    const other = eventColumns(1);
    expect([copyRow(cols, 0, other), copyRow(cols, 1, other)]).toEqual([0, -1]);
    expect([other.a[0], other.flags[0], other.eventUs[0]]).toEqual([1, cols.flags[0], T0]);
  });
});

// ---- against a slow model, and the memory's promises ------------------------------------------------

const price = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 95, max: 105 }).map((k) => k / 10) },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, NaN, -1, Infinity, -Infinity) },
);
const size = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, NaN, -1, Infinity) },
);
const flags = fc.constantFrom(0, 0, 0, Quality.bar, Flag.notLast, Flag.suspicious, Flag.snapshot);
const rowArb = fc.record({
  kind: fc.constantFrom("quote", "quote", "quote", "trade", "trade", "bar", "oi", "index", "odd"),
  slot: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 2 }) }, fc.integer({ min: -1, max: 9 })),
  dt: fc.integer({ min: 0, max: 3 }),
  lag: fc.constantFrom(0, 0, 0, 1, 5, NaN, -6 * S, -Infinity, Infinity),
  p: fc.tuple(price, price, price, price),
  s: fc.tuple(size, size),
  flags,
});

function fill(rows: readonly (typeof rowArb extends fc.Arbitrary<infer R> ? R : never)[]): EventColumns {
  const cols = eventColumns(rows.length);
  let us = T0;
  for (const r of rows) {
    us += r.dt;
    const eventUs = us - r.lag;
    const s = slot(r.slot);
    if (r.kind === "quote") pushQuote(cols, s, us, eventUs, r.p[0], r.s[0], r.p[1], r.s[1], r.flags);
    else if (r.kind === "bar") pushBar(cols, s, us, eventUs, r.p[0], r.p[1], r.p[2], r.p[3], r.s[0], r.flags);
    else if (r.kind === "oi") pushOpenInterest(cols, s, us, eventUs, r.p[0], r.flags);
    else if (r.kind === "index") pushIndex(cols, s, us, eventUs, r.p[0], r.flags);
    else {
      const i = pushTrade(cols, s, us, eventUs, r.p[0], r.s[0], -1, r.flags);
      if (r.kind === "odd") cols.kind[i] = 99;
    }
  }
  return cols;
}

function open3(): Book {
  const book = new Book(allocateBook(5));
  book.open(slot(0), -1);
  book.open(slot(1), 0);
  book.open(slot(2), 0);
  return book;
}
const hash = (book: Book): string => createHash("sha256").update(book.canonicalBytes()).digest("hex");

describe("Book against a slow model", () => {
  it("ends in the same columns and counters over any rows", () => {
    fc.assert(
      fc.property(fc.array(rowArb, { maxLength: 60 }), (rows) => {
        const cols = fill(rows);
        const book = open3();
        const slow = new SlowBook(5, [-1, 0, 0]);
        for (let i = 0; i < cols.n; i++) expect(book.apply(cols, i)).toBe(slow.apply(cols, i));
        const reader = new BookReader(book.shared);
        const row = new BookRow();
        for (const s of [0, 1, 2]) {
          reader.read(slot(s), row);
          for (const field of BOOK_FIELDS)
            expect([s, field, row[field]]).toEqual([s, field, slow.slots[s]?.[field]]);
          expect([row.quoteQuality, row.lastQuality]).toEqual([
            slow.slots[s]?.quoteQuality,
            slow.slots[s]?.lastQuality,
          ]);
        }
        expect(Object.fromEntries(book.counts().map((c) => [c.name, c.value]))).toEqual(slow.counts());
      }),
      { numRuns: 1500 },
    );
  });

  it("never stores a negative or infinite number, nor a vol point off the market", () => {
    fc.assert(
      fc.property(fc.array(rowArb, { maxLength: 60 }), (rows) => {
        const book = open3();
        applyAll(book, fill(rows));
        for (const value of book.snapshot().doubles)
          expect(value >= 0 ? value < Infinity : Number.isNaN(value)).toBe(true);
      }),
    );
  });

  it("hashes alike whatever the chunking, and after a snapshot and its return", () => {
    fc.assert(
      fc.property(fc.array(rowArb, { minLength: 1, maxLength: 60 }), fc.nat(), (rows, cut) => {
        const cols = fill(rows);
        const k = cut % (cols.n + 1);
        const whole = open3();
        whole.applyRange(cols, 0, cols.n);
        const parts = open3();
        parts.applyRange(cols, 0, k);
        const kept = parts.snapshot();
        const before = hash(parts);
        parts.applyRange(cols, k, cols.n);
        expect(hash(parts)).toBe(hash(whole));
        parts.restore(kept);
        expect(hash(parts)).toBe(before);
        parts.applyRange(cols, k, cols.n);
        expect(hash(parts)).toBe(hash(whole));
        const fresh = new Book(allocateBook(9));
        fresh.restore(kept);
        expect(hash(fresh)).toBe(before);
      }),
    );
  });
});

describe("Book memory", () => {
  it("gives every NaN the same bytes", () => {
    const a = open3();
    const b = open3();
    const odd = new Uint32Array(b.shared.doubles);
    odd[0] = 7;
    odd[1] = 0xfff80001;
    expect(b.bid[0]).toBeNaN();
    expect(hash(b)).toBe(hash(a));
    const into = new Uint8Array(a.canonicalLength + 16);
    expect(a.canonicalBytes(into).buffer).toBe(into.buffer);
  });

  it("changes the hash with any field, counter or status", () => {
    const book = open3();
    const seen = new Set([hash(book)]);
    const raw = new Float64Array(book.shared.doubles);
    for (let f = 0; f < BOOK_FIELDS.length; f++) {
      raw[f * book.capacity + 1] = 42;
      seen.add(hash(book));
    }
    book.counters[3] = 1;
    seen.add(hash(book));
    book.setStatus(slot(2), "closed");
    seen.add(hash(book));
    expect(seen.size).toBe(BOOK_FIELDS.length + 3);
  });

  it("refuses a snapshot that does not fit", () => {
    const big = new Book(allocateBook(9));
    big.open(slot(8), -1);
    expect(() => open3().restore(big.snapshot())).toThrow(MarketError);
    expect(() => open3().restore({ ...open3().snapshot(), bytes: new Uint8Array(1) })).toThrow(MarketError);
    expect(() => allocateBook(0)).toThrow(MarketError);
  });

  it("moves the epoch on a jump and shows slots in use", () => {
    const book = open3();
    const reader = new BookReader(book.shared);
    const before = reader.epoch;
    book.restore(book.snapshot());
    expect(reader.epoch).toBeGreaterThan(before);
    expect(reader.epoch % 2).toBe(0);
    expect(reader.used).toBe(3);
    expect(reader.read(slot(99), new BookRow())).toBe(false);
    expect(reader.value(slot(99), "bid")).toBeNaN();
  });

  it("leaves the last value when the writer stays in the slot", () => {
    const { book, cols, row, read } = setup();
    pushQuote(cols, slot(0), T0, T0, 10, 1, 11, 1, 0);
    applyAll(book, cols);
    read();
    const versions = new Int32Array(book.shared.versions);
    versions[0] = (versions[0] ?? 0) + 1;
    book.bid[0] = 99;
    expect(new BookReader(book.shared).read(slot(0), row)).toBe(false);
    expect(row.bid).toBe(10);
  });

  it("never shows a reader in another thread half a write", async () => {
    const book = open3();
    const cols = eventColumns(1);
    // The other thread reads with the plain protocol while this one writes quotes whose four numbers belong together.
    const worker = new Worker(
      `const { workerData: s, parentPort } = require("node:worker_threads");
       const d = new Float64Array(s.doubles), v = new Int32Array(s.versions), h = new Int32Array(s.header);
       let torn = 0, good = 0, changes = 0, was = 0;
       parentPort.postMessage("ready");
       while (Atomics.load(h, 0) < 1000) {
         const v1 = Atomics.load(v, 0);
         if (v1 & 1) continue;
         const bid = d[0], bidSize = d[s.capacity], ask = d[2 * s.capacity], askSize = d[3 * s.capacity];
         if (Atomics.load(v, 0) !== v1 || v1 === 0) continue;
         good++;
         if (v1 !== was) changes++;
         was = v1;
         if (bidSize !== bid || ask !== bid + 1 || askSize !== bid) torn++;
       }
       parentPort.postMessage({ torn, good, changes });`,
      { eval: true, workerData: book.shared },
    );
    await new Promise((done) => worker.once("message", done));
    const answer = new Promise<{ torn: number; good: number; changes: number }>((done) =>
      worker.once("message", done),
    );
    for (let k = 1; k <= 400_000; k++) {
      cols.n = 0;
      const p = 1 + (k % 1000);
      pushQuote(cols, slot(0), T0 + k, T0 + k, p, p, p + 1, p, 0);
      book.apply(cols, 0);
    }
    Atomics.store(new Int32Array(book.shared.header), 0, 1000);
    const { torn, good, changes } = await answer;
    expect(torn).toBe(0);
    expect(good).toBeGreaterThan(0);
    expect(changes).toBeGreaterThan(0);
    await worker.terminate();
  });
});
