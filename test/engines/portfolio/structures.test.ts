import { expect, test } from "vitest";
import type { Instrument, InstrumentId } from "../../../engines/market/index.ts";
import {
  applyEvent,
  type Bucket,
  bucketReport,
  createLedger,
  type Ledger,
  type MarketSource,
  planBook,
  reduceLegs,
  ungrouped,
  valueBook,
} from "../../../engines/portfolio/index.ts";
import { book, fillOf, tryBook } from "./book.ts";
import { DAY, equity, lookupOf, NOW, option, quote } from "./samples.ts";

const ABC = equity("ABC");
const C50 = option("ABC", "2016-01-15", "C", 50);
const C55 = option("ABC", "2016-01-15", "C", 55);
const C60 = option("ABC", "2016-01-15", "C", 60);
const ALL = [ABC, C50, C55, C60];
const open = () => createLedger("USD", lookupOf(...ALL));
const PRICES = new Map<string, number>([
  [ABC.id, 52],
  [C50.id, 4],
  [C55.id, 2],
  [C60.id, 1],
]);
const source: MarketSource = {
  market: (i) =>
    quote((PRICES.get(i.id) as number) - 0.05, (PRICES.get(i.id) as number) + 0.05, {
      prior: { price: 1, day: "d", sessionsOld: 1, source: "t" },
    }),
  spot: () => ({ price: 52, ageUs: 0, movedUs: 0 }),
  model: () => null,
  greeks: () => ({ delta: 0.5, gamma: 0.01, theta: -36.5, vega: 10, rho: null }),
  fx: () => null,
};
const value = (l: Ledger, policy: "neutral" | "conservative" = "neutral") =>
  valueBook(planBook(l), source, { nowUs: NOW, policy });
const name = (id: string, legs: [Instrument, number][], tickets: string[] = []) => ({
  kind: "structure" as const,
  structure: id,
  name: id,
  strategy: "",
  legs: legs.map(([i, ratio]) => ({ instrument: i.id, ratio })),
  tickets,
});
const allocate = (structure: string, leg: number, q: string, price: string | null = null) => ({
  kind: "allocate" as const,
  structure,
  leg,
  qty: q,
  price,
});
const free = (l: Ledger, i: Instrument) => {
  const p = l.books.positions.get(`A|${i.id}|`);
  return p === undefined ? null : ungrouped(l.books, p).qty / 1e8;
};

test("ratios are reduced by their gcd; bad ones are refused", () => {
  const legs = (...r: number[]) => r.map((ratio) => ({ instrument: C50.id, ratio }));
  expect(reduceLegs(legs(4, -2, 6)).map((l) => l.ratio)).toEqual([2, -1, 3]);
  for (const bad of [[], legs(1, 0), legs(0.5)]) expect(() => reduceLegs(bad)).toThrow(/integer ratios/);
});

test("a ticket's fills build the structure: units, net price + debit − credit, what hangs over", () => {
  const l = open();
  book(
    l,
    name(
      "fly",
      [
        [C50, 1],
        [C55, -2],
        [C60, 1],
      ],
      ["T1"],
    ),
  );
  const part = (i: Instrument, leg: number, q: string, price: string) =>
    book(l, fillOf(i, q, price, { ticketId: "T1", legIndex: leg }));
  part(C50, 0, "2", "4.10");
  part(C55, 1, "-4", "2.20");
  part(C60, 2, "1", "0.90");
  expect(value(l).structures[0]).toMatchObject({ units: 1, loose: [1, -2, 0], netEntry: null });
  part(C60, 2, "1", "0.90");
  const s = value(l).structures[0];
  expect(s).toMatchObject({ units: 2, loose: [0, 0, 0] });
  expect(s?.netEntry).toBeCloseTo(4.1 - 2 * 2.2 + 0.9, 12);
  expect(s?.netMark).toBeCloseTo(4 - 4 + 1, 12);
  expect(s?.totals.figures.unrealised).toBeCloseTo((1 - 0.6) * 2 * 100, 9);
  const credit = open();
  book(
    credit,
    name(
      "cs",
      [
        [C50, -1],
        [C55, 1],
      ],
      ["T1"],
    ),
  );
  book(credit, fillOf(C50, "-3", "4", { ticketId: "T1", legIndex: 0 }));
  book(credit, fillOf(C55, "3", "2", { ticketId: "T1", legIndex: 1 }));
  expect(value(credit).structures[0]?.netEntry).toBe(-2);
});

test("a contract sits in two structures at once; the broker's net always wins", () => {
  const l = open();
  book(
    l,
    name(
      "low",
      [
        [C50, 1],
        [C55, -1],
      ],
      ["T1"],
    ),
  );
  book(
    l,
    name(
      "high",
      [
        [C55, 1],
        [C60, -1],
      ],
      ["T2"],
    ),
  );
  for (const [i, q, ticketId, legIndex] of [
    [C50, "5", "T1", 0],
    [C55, "-5", "T1", 1],
    [C55, "5", "T2", 0],
    [C60, "-5", "T2", 1],
  ] as const) {
    book(l, fillOf(i, q, "2", { ticketId, legIndex }));
  }
  const v = value(l);
  const p = v.positions.find((x) => x.instrument.id === C55.id);
  expect([p?.qty, free(l, C55)]).toEqual([0, 0]);
  expect(v.structures.map((s) => s.units)).toEqual([5, 5]);
  expect(v.structures.map((s) => s.totals.figures.value)).toEqual([5 * 2 * 100, 5 * 1 * 100]);
  expect(v.book.figures.value).toBe(1500);
  // Closed elsewhere without a ticket: the structures keep their allocations, the rest shows the difference.
  book(l, fillOf(C50, "-5", "4"));
  expect([free(l, C50), value(l).book.figures.value]).toEqual([-5, 1500 - 2000]);
});

test("grouping moves no money: allocate, release, dissolve leave every total alone", () => {
  const l = open();
  book(l, fillOf(C50, "10", "3"));
  book(l, fillOf(C55, "-10", "1"));
  for (const calendar of ["CBOE", "NYSE"]) book(l, { kind: "session", account: "*", calendar, day: DAY });
  book(l, fillOf(C50, "2", "4.5"));
  const totals = value(l).book;
  book(
    l,
    name("cv", [
      [C50, 1],
      [C55, -1],
    ]),
  );
  book(l, allocate("cv", 0, "10", "3"));
  book(l, allocate("cv", 1, "-10"));
  expect(value(l).book).toEqual(totals);
  expect(value(l).structures[0]).toMatchObject({ units: 10, netEntry: 2 });
  expect(value(l).structures[0]?.totals.figures.dayPnl).toBe(10 * 100 * (4 - 1) - 10 * 100 * (2 - 1));
  book(l, allocate("cv", 0, "-4"));
  expect(value(l).book).toEqual(totals);
  expect(value(l).structures[0]).toMatchObject({ units: 6, loose: [0, -4] });
  expect(tryBook(l, allocate("cv", 0, "-7"))).toMatchObject({ result: "refused", code: "PF-008" });
  expect(tryBook(l, allocate("cv", 2, "1"))).toMatchObject({ result: "refused", code: "PF-007" });
  book(l, { kind: "dissolve", structure: "cv" });
  expect(value(l).book).toEqual(totals);
});

test("an expiry takes the contract out of its structure, with its profit", () => {
  const l = open();
  book(
    l,
    name(
      "cv",
      [
        [C50, 1],
        [C55, -1],
      ],
      ["T1"],
    ),
  );
  book(l, fillOf(C50, "2", "3", { ticketId: "T1", legIndex: 0 }));
  book(l, fillOf(C55, "-2", "1", { ticketId: "T1", legIndex: 1 }));
  book(l, { kind: "expire", account: "*", instrument: C55.id, settlement: "54" });
  const s = value(l).structures[0];
  expect(s?.legs.map((x) => x.qty)).toEqual([2, 0]);
  expect(s?.totals.figures).toMatchObject({ realised: 200, unrealised: 200, pnl: 400 });
});

test("buckets: weights against bounds, and the profit that would not survive the exit", () => {
  const l = open();
  book(l, fillOf(ABC, "100", "50"));
  book(l, fillOf(C50, "1", "3"));
  const members = new Map<InstrumentId, Bucket>([
    [ABC.id, "safe"],
    [C50.id, "speculative"],
  ]);
  const rows = bucketReport(value(l), value(l, "conservative"), members);
  const safe = rows.find((r) => r.bucket === "safe");
  expect(safe).toMatchObject({ gross: 5200, neutralPnl: 200, fallbackShare: 0 });
  expect(safe?.fantasyPnl).toBeCloseTo(5, 9);
  expect(safe?.flags).toEqual([`${ABC.id} 0.929 above 0.5`]);
  const loose = rows.find((r) => r.bucket === "speculative");
  // Bid 3.95 capped at the entry of 3.00: nothing of the 100 is sure.
  expect(loose).toMatchObject({ gross: 400, neutralPnl: 100, conservativePnl: 0, fantasyPnl: 100 });
  expect(loose?.flags).toEqual([`${C50.id} 0.071 above 0.05`]);
});

test("the plan refuses nothing silently: an unknown structure leg is an error", () => {
  const l = open();
  const ghost = option("ABC", "2016-01-15", "C", 65);
  book(l, name("ghost", [[C50, 1]]));
  expect(tryBook(l, fillOf(ghost, "1", "1"))).toMatchObject({ code: "PF-002" });
  expect(applyEvent(l, { ...name("ghost", [[C50, 1]]), id: "again", account: "A", atUs: NOW })).toMatchObject(
    { code: "PF-007" },
  );
});
