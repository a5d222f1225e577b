import fc from "fast-check";
import { expect, test } from "vitest";
import type { Instrument, IsoDay, Micros } from "../../../engines/market/index.ts";
import {
  applyEvent,
  type BookEvent,
  type BookValue,
  createLedger,
  FIGURES,
  type Figure,
  type Figures,
  type Ledger,
  type MarketSource,
  planBook,
  sealLedger,
  valueBook,
} from "../../../engines/portfolio/index.ts";
import { equity, future, lookupOf, NOW, option, quote } from "./samples.ts";
import { type Dice, eventOf, priceOf, WORLD } from "./sequences.ts";

const dice = fc.tuple(fc.nat(999), fc.nat(9999), fc.nat(9999), fc.nat(99999));
const lives = fc.array(dice, { minLength: 5, maxLength: 40 });

/** A market where some things are unknown: no quote for every `gap`-th instrument. */
function marketOf(rolls: readonly Dice[], fx: number | null, gap: number): MarketSource {
  const at = (i: Instrument) => WORLD.findIndex((x) => x.id === i.id);
  return {
    market: (i) => {
      const n = at(i);
      if (gap > 0 && n % gap === 1) return null;
      const price = Number(priceOf(n, (rolls[n % rolls.length]?.[3] ?? 3) + 31 * n)) + 1;
      const prior = n % 3 === 0 ? null : { price: price * 0.99, day: "x", sessionsOld: 1, source: "test" };
      return quote(price - 0.001, price + 0.001, { prior });
    },
    spot: () => ({ price: 47.3, ageUs: 0, movedUs: 0 }),
    model: () => null,
    greeks: (i) =>
      i.strike === 55 ? null : { delta: 1 / 3, gamma: 0.0123, theta: -11.7, vega: 7.77, rho: null },
    fx: () => fx,
    beta: () => 1.3,
  };
}

function live(rolls: readonly Dice[]): Ledger {
  const l = createLedger("USD", lookupOf(...WORLD));
  rolls.forEach((d, n) => {
    const e = eventOf(n, d, l);
    if (e !== null) applyEvent(l, e);
  });
  for (const calendar of rolls.length % 2 === 0 ? ["NYSE", "CBOE", "CME", "24H"] : ["CBOE"]) {
    const session = { id: calendar, account: "*", atUs: NOW, calendar, day: "2016-01-05" as IsoDay };
    applyEvent(l, { kind: "session", ...session });
  }
  return l;
}

const millionths = (x: number | null) => (x === null ? null : Math.round(x * 1e6));
function sum(parts: readonly Figures[], f: Figure): number | null {
  let total: number | null = 0;
  for (const p of parts)
    total = total === null || p[f] === null ? null : total + (millionths(p[f]) as number);
  return total;
}

test("positions, structures + ungrouped parts, underlyings and book add up to the last digit", () => {
  fc.assert(
    fc.property(lives, fc.nat(5), fc.boolean(), (rolls, gap, conservative) => {
      const l = live(rolls);
      const policy = conservative ? "conservative" : "neutral";
      const v = valueBook(planBook(l), marketOf(rolls, 1.2, gap), { nowUs: NOW, policy });
      const leaves = [
        ...v.positions.map((p) => p.ungrouped.figures),
        ...v.structures.flatMap((s) => s.legs.map((x) => x.figures)),
      ];
      for (const f of FIGURES) {
        if (f !== "delta" && f !== "gamma") {
          const book = millionths(v.book.figures[f]);
          expect(
            sum(
              v.underlyings.map((u) => u.totals.figures),
              f,
            ),
            f,
          ).toBe(book);
          expect(sum(leaves, f), f).toBe(book);
        }
        for (const u of v.underlyings) {
          const mine = v.positions.filter((p) => p.underlying === u.underlying).map((p) => p.figures);
          expect(sum(mine, f), `${f} of ${u.underlying}`).toBe(millionths(u.totals.figures[f]));
        }
        for (const s of v.structures) {
          if (s.underlying !== null)
            expect(
              sum(
                s.legs.map((x) => x.figures),
                f,
              ),
            ).toBe(millionths(s.totals.figures[f]));
        }
      }
      checkReasons(v);
    }),
    { numRuns: 400, seed: 7 },
  );
});

/** Whatever is null says why, and `known` is the sum of the rest. */
function checkReasons(v: BookValue): void {
  for (const f of FIGURES) {
    if (f === "delta" || f === "gamma") continue;
    const reasons = v.book.missing.filter((m) => m.figure === f);
    expect(v.book.figures[f] === null, f).toBe(reasons.length > 0);
    if (reasons.length === 0) expect(v.book.known[f]).toBe(v.book.figures[f]);
  }
  expect(v.nav === null).toBe(v.navMissing.length > 0);
}

test("NAV = deposits + realised + unrealised − fees ± the rest at their FX rates + FX P&L", () => {
  let checked = 0;
  fc.assert(
    fc.property(lives, fc.integer({ min: 80, max: 160 }), (rolls, fx) => {
      const l = live(rolls);
      const v = valueBook(planBook(l), marketOf(rolls, fx / 100, 0), { nowUs: NOW, policy: "neutral" });
      let booked: number | null = 0;
      for (const c of l.books.cash.values()) {
        booked = booked === null || c.bookedBase === null ? null : booked + c.bookedBase / 1e6;
      }
      let gain: number | null = v.book.figures.fxPnl;
      for (const c of v.cash) gain = gain === null || c.fxPnl === null ? null : gain + c.fxPnl;
      if (booked === null || gain === null || v.nav === null) return;
      checked++;
      expect(Math.abs(booked + (v.book.figures.unrealised as number) + gain - v.nav)).toBeLessThan(0.005);
    }),
    { numRuns: 400, seed: 11 },
  );
  expect(checked).toBeGreaterThan(200);
});

const ABC = equity("ABC");
const EUN = equity("EUN", "EUR");
const ES = future("ES", "2016-03-18", 50);
const CALL = option("ABC", "2016-01-15", "C", 50);
const small = lookupOf(ABC, EUN, ES, CALL);
let serial = 0;
function book(l: Ledger, e: { kind: BookEvent["kind"] } & Record<string, unknown>): void {
  const outcome = applyEvent(l, {
    id: `t${serial++}`,
    account: "A",
    atUs: 1 as Micros,
    fx: null,
    ...e,
  } as BookEvent);
  expect(outcome).toMatchObject({ result: "applied" });
}
const fill = (l: Ledger, i: Instrument, qty: string, price: string, fx: number | null = null) =>
  book(l, {
    kind: "fill",
    instrument: i.id,
    strategy: "",
    qty,
    price,
    fees: "0",
    feeCcy: i.ccy,
    ticketId: null,
    legIndex: null,
    fx,
    feeFx: fx,
  });
const openSession = (l: Ledger, day = "2016-01-05") => {
  for (const calendar of ["NYSE", "CBOE", "CME"]) book(l, { kind: "session", account: "*", calendar, day });
};
function source(
  prices: Record<string, number>,
  priors: Record<string, number>,
  fx: number | null = null,
): MarketSource {
  return {
    market: (i) => {
      const price = prices[i.symbol];
      const prior = priors[i.symbol];
      const q = price === undefined ? quote(null, null) : quote(price, price);
      return {
        ...q,
        prior: prior === undefined ? null : { price: prior, day: "d", sessionsOld: 1, source: "t" },
      };
    },
    spot: () => null,
    model: () => null,
    greeks: () => null,
    fx: () => fx,
  };
}
const value = (l: Ledger, s: MarketSource) => valueBook(planBook(l), s, { nowUs: NOW, policy: "neutral" });

test("day P&L: quantity at the prior close to mark, plus the session's fills to mark, plus dividends", () => {
  const l = createLedger("USD", small);
  fill(l, ABC, "100", "40");
  openSession(l);
  fill(l, ABC, "50", "52");
  fill(l, ABC, "-30", "53");
  book(l, { kind: "dividend", account: "*", instrument: ABC.id, perShare: "0.5", exDate: "2016-01-05" });
  const v = value(l, source({ ABC: 54 }, { ABC: 51 }));
  // 100 x (54 − 51) + 50 x (54 − 52) − 30 x (54 − 53) + 120 x 0.5
  expect(v.positions[0]?.local.dayPnl).toBe(300 + 100 - 30 + 60);
  expect(v.positions[0]?.figures.dividends).toBe(60);
});

test("a split in the session leaves day P&L alone", () => {
  const l = createLedger("USD", small);
  fill(l, ABC, "100", "40");
  openSession(l);
  book(l, {
    kind: "split",
    account: "*",
    instrument: ABC.id,
    numerator: 3,
    denominator: 2,
    cashInLieu: null,
  });
  const v = value(l, source({ ABC: 36 }, { ABC: 51 }));
  expect(v.positions[0]).toMatchObject({
    qty: 150,
    local: { dayPnl: 150 * 36 - 100 * 51, unrealised: 150 * 36 - 4000 },
  });
});

test("no session, no prior, an old prior: day P&L is unknown and says which", () => {
  const l = createLedger("USD", small);
  fill(l, ABC, "100", "40");
  const reason = (s: MarketSource) =>
    value(l, s).positions[0]?.missing.find((m) => m.figure === "dayPnl")?.reason;
  expect(reason(source({ ABC: 54 }, { ABC: 51 }))).toBe("no session of NYSE was opened");
  openSession(l);
  expect(reason(source({ ABC: 54 }, {}))).toBe("no prior settlement");
  const old = source({ ABC: 54 }, {});
  const prior = { price: 51, day: "d", sessionsOld: 2, source: "t" };
  expect(reason({ ...old, market: (i) => ({ ...(old.market(i) as never as object), prior }) as never })).toBe(
    "prior settlement is 2 sessions old",
  );
});

test("futures have no market value: variation goes to cash and day P&L counts across it", () => {
  const l = createLedger("USD", small);
  book(l, { kind: "cash", ccy: "USD", amount: "10000", reason: "deposit" });
  fill(l, ES, "2", "2000");
  let v = value(l, source({ ES: 2010 }, {}));
  expect(v.book.figures).toMatchObject({ value: 0, unrealised: 1000, variation: 1000 });
  expect([v.cash[0]?.cash, v.nav]).toEqual([10_000, 11_000]);
  book(l, { kind: "variation", account: "*", instrument: ES.id, settlement: "2008" });
  openSession(l);
  fill(l, ES, "-1", "2011");
  v = value(l, source({ ES: 2010 }, { ES: 2008 }));
  expect(v.cash[0]).toMatchObject({ cash: 10_000 + 800 + 150, realised: 950 });
  expect(v.book.figures).toMatchObject({ variation: 100, realised: 950, unrealised: 100, dayPnl: 250 });
  expect(v.nav).toBe(11_050);
});

test("FX: unrealised at the current rate, realised at the trade's, FX P&L apart, a missing rate is null with a reason", () => {
  const l = createLedger("USD", small);
  book(l, { kind: "cash", ccy: "EUR", amount: "10000", reason: "deposit", fx: 1.1 });
  fill(l, EUN, "100", "50", 1.1);
  fill(l, EUN, "-40", "55", 1.2);
  const v = value(l, source({ EUN: 60 }, {}, 1.3));
  expect(v.positions[0]?.figures).toMatchObject({ realised: 240, unrealised: 780, value: 60 * 60 * 1.3 });
  // Returned capital 2,000 at 1.20 against 1.10, open capital 3,000 at 1.30 against 1.10.
  expect(v.positions[0]?.figures.fxPnl).toBeCloseTo(200 + 600, 6);
  expect((v.cash[0]?.fxPnl ?? 0) + 800 + 240 + 780 + 11_000).toBeCloseTo(v.nav as number, 6);
  const blind = value(l, source({ EUN: 60 }, {}, null));
  expect(blind.nav).toBeNull();
  expect(blind.navMissing).toContain("A EUR: no FX rate");
  expect(blind.book.figures).toMatchObject({ value: null, unrealised: null, realised: 240 });
});

test("a stale plan is refused; sealed executions can't be busted", () => {
  const l = createLedger("USD", small);
  fill(l, ABC, "1", "40");
  const plan = planBook(l);
  const exec = l.journal[0]?.id as string;
  sealLedger(l);
  expect(applyEvent(l, { kind: "bust", id: "b", account: "A", atUs: NOW, execId: exec })).toMatchObject({
    code: "PF-005",
  });
  fill(l, ABC, "1", "40");
  expect(() => valueBook(plan, source({}, {}), { nowUs: NOW, policy: "neutral" })).toThrow(/older/);
});

test("a value larger than what can be booked is still shown, not a crash", () => {
  const l = createLedger("USD", small);
  fill(l, ES, "80000", "2000");
  const v = value(l, source({ ES: 9000 }, {}));
  expect(v.book.figures.variation).toBe(80_000 * 50 * 7000);
});
