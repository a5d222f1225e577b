import fc from "fast-check";
import { expect, test } from "vitest";
import type { Instrument, InstrumentId } from "../../../engines/market/index.ts";
import {
  applyEvent,
  type BookEvent,
  copyBooks,
  createLedger,
  type Ledger,
  moneyIdentity,
  planBook,
  ungrouped,
} from "../../../engines/portfolio/index.ts";
import { figure, LONG_MS, sized } from "../../harness/sizes.ts";
import { DoubleEntry, num } from "./double-entry.ts";
import { lookupOf } from "./samples.ts";
import { type Dice, eventOf, priceOf, WORLD } from "./sequences.ts";

const lookup = lookupOf(...WORLD);
const find = (id: string) => lookup(id as InstrumentId) as Instrument;
const dice = fc.tuple(fc.nat(999), fc.nat(9999), fc.nat(9999), fc.nat(99999));

/** Events that stand in the end: busts taken out, corrections put in, what lost its ground left out. */
function standing(journal: readonly BookEvent[], dropped: ReadonlySet<string>): BookEvent[] {
  const fate = new Map<string, BookEvent>();
  for (const e of journal) if (e.kind === "bust" || e.kind === "correct") fate.set(e.execId, e);
  return journal.flatMap((e) => {
    if (dropped.has(e.id)) return [];
    const f = fate.get(e.id);
    if (f === undefined) return [e];
    return f.kind === "correct" && e.kind === "fill" ? [{ ...e, qty: f.qty, price: f.price }] : [];
  });
}

function marksOf(rolls: readonly Dice[]): (id: string) => string {
  return (id) => {
    const n = WORLD.findIndex((i) => i.id === id);
    return priceOf(n, (rolls[n % rolls.length]?.[3] ?? 7) + 13 * n);
  };
}

/** Money in 10^-30 units, from the engine's millionths. */
const wide = (m: number) => BigInt(m) * 10n ** 24n;
const CENT = 10n ** 28n;
const near = (a: bigint, b: bigint) => (a > b ? a - b : b - a) < CENT / 10n;

function checkAgainstModel(l: Ledger, dropped: ReadonlySet<string>, mark: (id: string) => string): void {
  const model = new DoubleEntry(find);
  for (const e of standing(l.journal, dropped)) model.apply(e);
  for (const p of l.books.positions.values()) {
    const s = model.stacks.get(p.key);
    const held = s === undefined ? 0n : model.held(s);
    expect(held, `quantity of ${p.key}`).toBe(BigInt(p.qty) * 10n ** 22n);
  }
  for (const c of l.books.cash.values()) {
    const pairs: [string, number, bigint][] = [
      ["cash", c.cash, model.balance("cash", c.ccy)],
      ["realised", c.realised, -model.balance("realised", c.ccy)],
      ["fees", c.fees, model.balance("fees", c.ccy)],
      ["dividends", c.dividends, -model.balance("dividends", c.ccy)],
      ["deposits", c.deposits, -model.balance("capital", c.ccy)],
      ["conversions", c.conversions, -model.balance("conversions", c.ccy)],
      ["financing", c.financing, -model.balance("financing", c.ccy)],
    ];
    for (const [name, got, want] of pairs) {
      expect(near(wide(got), want), `${name} ${c.ccy}: ${got} against ${want}`).toBe(true);
    }
    // The model's own identity: what it has, at the marks, is what its books explain.
    let value = 0n;
    let cost = 0n;
    let unsettled = 0n;
    for (const s of model.stacks.values()) {
      if (s.instrument.ccy !== c.ccy) continue;
      for (const lot of s.lots) {
        const m = num(s.instrument.multiplier);
        const at = (price: bigint) => (((lot.qty * price) / 10n ** 30n) * m) / 10n ** 30n;
        if (DoubleEntry.margined(s.instrument)) unsettled += at(num(mark(s.instrument.id))) - at(lot.price);
        else {
          value += at(num(mark(s.instrument.id)));
          cost += at(lot.price);
        }
      }
    }
    const have = model.balance("cash", c.ccy) + value + unsettled;
    const identity = moneyIdentity(planBook(l), (r) => Number(mark(r.instrument.id))).find(
      (x) => x.ccy === c.ccy,
    );
    expect(near(wide(identity?.have ?? Number.NaN), have), `wealth in ${c.ccy}`).toBe(true);
    expect(near(cost, model.balance("inventory", c.ccy)), "inventory at cost").toBe(true);
  }
}

/** Columns kept by position and by currency are one money: sums agree. */
function checkColumns(l: Ledger): void {
  for (const c of l.books.cash.values()) {
    let [realised, dividends] = [0, 0];
    for (const p of l.books.positions.values()) {
      if (p.ccy !== c.ccy) continue;
      realised += p.realised;
      dividends += p.dividends;
    }
    expect(realised).toBe(c.realised);
    expect(dividends).toBe(c.dividends);
  }
}

function checkIdentity(l: Ledger, mark: (id: string) => string): void {
  for (const x of moneyIdentity(planBook(l), (r) => Number(mark(r.instrument.id)))) {
    expect(x.explained, `identity in ${x.ccy}`).toBe(x.have);
  }
}

/** Plays one life and gives the number of events that were booked. */
function play(rolls: readonly Dice[]): number {
  const l = createLedger("USD", lookup);
  const mark = marksOf(rolls);
  let dropped: ReadonlySet<string> = new Set();
  let count = 0;
  rolls.forEach((d, n) => {
    const e = eventOf(n, d, l);
    if (e === null) return;
    const before = l.books;
    const copy = n % 8 === 0 ? copyBooks(before) : null;
    const outcome = applyEvent(l, e);
    if (outcome.result === "refused") {
      if (copy !== null) expect(l.books, "a refused event changes nothing").toEqual(copy);
      return;
    }
    count++;
    if (outcome.result === "applied" && (e.kind === "bust" || e.kind === "correct"))
      dropped = new Set(outcome.dropped);
    expect(applyEvent(l, e), "the same id is booked once").toEqual({ result: "duplicate" });
    checkIdentity(l, mark);
  });
  for (const p of l.books.positions.values()) {
    const lots = p.lots.reduce((sum, lot) => sum + lot.qty, 0);
    expect(lots).toBe(p.qty);
    const free = ungrouped(l.books, p);
    let inStructures = 0;
    for (const s of l.books.structures.values()) {
      if (s.strategy !== p.strategy) continue;
      for (const a of s.allocations) if (a.instrument === p.instrument) inStructures += a.qty;
    }
    expect(inStructures + free.qty, "allocations + ungrouped = net").toBe(p.qty);
  }
  checkColumns(l);
  checkAgainstModel(l, dropped, mark);
  return count;
}

test("money identity per currency over 2,000 random lives, against a separate double-entry model", () => {
  let events = 0;
  fc.assert(
    fc.property(fc.array(dice, { minLength: 5, maxLength: 40 }), (rolls) => {
      events += play(rolls);
    }),
    { numRuns: 2000, seed: 20151224 },
  );
  figure("money identity against double entry", `${events} events in 2000 lives, seed 20151224: to the cent`);
  expect(events).toBeGreaterThan(20_000);
});

const EVENTS = sized({ test: 0, soak: 1_000_000, nightly: 5_000_000 });
test.skipIf(EVENTS === 0)(`the same over ${EVENTS} events in long lives`, { timeout: LONG_MS }, () => {
  let events = 0;
  let seed = 1;
  for (; events < EVENTS; seed++) {
    fc.assert(
      fc.property(fc.array(dice, { minLength: 50, maxLength: 200 }), (rolls) => {
        events += play(rolls);
      }),
      { numRuns: 100, seed },
    );
  }
  figure("money identity against double entry", `${events} events, seeds 1-${seed - 1}: to the cent`);
});
