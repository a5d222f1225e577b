import fc from "fast-check";
import { expect, test } from "vitest";
import type { Instrument, InstrumentId } from "../../../engines/market/index.ts";
import {
  CASH_ACCOUNT,
  type MarginInput,
  type MarginOrder,
  type MarginPosition,
  marginOf,
  matchOptions,
  type OptionLine,
  REG_T,
} from "../../../engines/portfolio/index.ts";
import { equity, future, option } from "./samples.ts";

const XYZ = equity("XYZ");
const pos = (
  instrument: Instrument,
  qty: number,
  mark: number | null,
  spot: number | null,
): MarginPosition => ({ instrument, qty, mark, spot });
const call = (
  k: number,
  qty: number,
  mark: number | null,
  spot: number | null = 100,
  expiry = "2016-01-15",
) => pos(option("XYZ", expiry, "C", k), qty, mark, spot);
const put = (k: number, qty: number, mark: number | null, spot: number | null = 100, expiry = "2016-01-15") =>
  pos(option("XYZ", expiry, "P", k), qty, mark, spot);
const stock = (qty: number, mark = 100) => pos(XYZ, qty, mark, mark);

function regT(positions: MarginPosition[], cash = 100_000, extra: Partial<MarginInput> = {}) {
  return marginOf({ profile: REG_T, cash, positions, orders: [], fx: () => 1, ...extra });
}
const initial = (...p: MarginPosition[]) => regT(p).initial;

test.each<[string, MarginPosition[], number]>([
  ["short call in the money: value + 20 % S", [call(120, -1, 8.4, 128.5)], 840 + 2570],
  ["short put far out: floor 10 % K", [put(80, -1, 2, 95)], 200 + 800],
  ["short call out: 20 % S − OTM", [call(105, -1, 3)], 300 + 1500],
  ["short call far out: floor 10 % S", [call(130, -1, 1)], 100 + 1000],
  ["long option: paid in full, nothing beyond", [call(100, 5, 4)], 0],
  ["debit vertical", [call(100, 2, 5), call(110, -2, 2)], 0],
  ["credit vertical: the width", [call(100, -2, 5), call(110, 2, 2)], 2000],
  ["put credit vertical", [put(90, -3, 4), put(80, 3, 1)], 3000],
  ["iron condor: the wider side", [put(80, 1, 1), put(90, -1, 2), call(110, -1, 2), call(115, 1, 1)], 1000],
  ["naked where that is less than the width", [put(60, 1, 1), put(90, -1, 2)], 1200],
  ["long butterfly", [call(90, 1, 12), call(100, -2, 5), call(110, 1, 2)], 0],
  ["short butterfly: the width", [call(90, -1, 12), call(100, 2, 5), call(110, -1, 2)], 1000],
  ["broken wing: its excess", [call(90, 1, 12), call(100, -2, 5), call(115, 1, 1)], 500],
  ["calendar", [call(100, -1, 3), call(100, 1, 5, 100, "2016-02-19")], 0],
  ["strangle: the greater + the other's value", [call(110, -1, 2), put(95, -1, 3)], 300 + 1500 + 200],
  ["covered call out of the money", [stock(100), call(110, -1, 2)], 5000],
  ["covered call in the money: stock counts at the strike", [stock(100), call(90, -1, 12)], 5000 + 1000],
  ["covered put on short stock", [stock(-100), put(90, -1, 2)], 15_000],
  ["long and short stock", [stock(200)], 10_000],
  [
    "a condor's two expiries are two risks",
    [put(85, 1, 1), put(90, -1, 2), call(110, -1, 2, 100, "2016-02-19"), call(115, 1, 1, 100, "2016-02-19")],
    1000,
  ],
])("Reg-T initial: %s", (_, positions, want) => {
  expect(initial(...positions)).toBeCloseTo(want, 6);
});

test("a long that expires before the short covers nothing", () => {
  expect(initial(call(100, -1, 5, 100, "2016-02-19"), call(100, 1, 3))).toBeCloseTo(500 + 2000, 6);
});

test("broad index 15 %", () => {
  const profile = { ...REG_T, broadIndex: ["EQ/XYZ/USD" as InstrumentId] };
  expect(regT([call(105, -1, 3)], 0, { profile }).initial).toBeCloseTo(300 + 1000, 6);
});

test("the best pairing wins: stock covers the call that longs can't, whatever the order", () => {
  const legs = [call(110, -1, 2), call(105, -1, 3, 100, "2016-02-19"), call(115, 1, 1), stock(100)];
  // The long call covers January (width 500), the stock covers February.
  for (const order of [legs, [...legs].reverse()]) expect(initial(...order)).toBeCloseTo(500 + 5000, 6);
});

test("funds, available, buying power and cushion of long and short stock", () => {
  expect(regT([stock(200)], 10_000)).toMatchObject({
    funds: 30_000,
    initial: 10_000,
    maintenance: 5000,
    available: 20_000,
    stockBuyingPower: 40_000,
    cushion: 25_000,
  });
  // 10,000 paid in + 10,000 from the short sale, price still 100.
  expect(regT([stock(-100)], 20_000)).toMatchObject({
    funds: 20_000,
    initial: 15_000,
    maintenance: 13_000,
    available: 5000,
  });
});

test("cash account: stock in full, covered call and cash-secured put, no naked call, no short stock", () => {
  const cashAccount = (p: MarginPosition[]) => regT(p, 20_000, { profile: CASH_ACCOUNT });
  expect(cashAccount([stock(100), call(110, -1, 2)])).toMatchObject({ initial: 10_000, available: 20_000 });
  expect(cashAccount([put(90, -2, 2)])).toMatchObject({ initial: 18_000, available: 2000 });
  expect(cashAccount([call(110, -1, 2)])).toMatchObject({ initial: null, available: null });
  expect(cashAccount([call(110, -1, 2)]).missing[0]).toMatch(/can't be short a call without the stock/);
  expect(cashAccount([stock(-1)]).missing[0]).toMatch(/can't be short/);
});

test("futures by contract; a missing row, mark, spot or rate is null with a reason", () => {
  const es = future("ES", "2016-03-18", 50);
  const profile = { ...REG_T, futures: { ES: { initial: 5000, maintenance: 4500 } } };
  const held = { ...pos(es, -2, 2000, 2000), variation: -300 };
  expect(regT([held], 20_000, { profile })).toMatchObject({
    initial: 10_000,
    maintenance: 9000,
    funds: 19_700,
  });
  expect(regT([held]).missing).toEqual(["FUT/ES/2016-03-18/USD: no margin per contract for ES"]);
  expect(regT([call(110, -1, null)])).toMatchObject({
    initial: null,
    missing: ["OPT/XYZ/2016-01-15/C/110/USD/1: no mark"],
  });
  expect(regT([call(110, -1, 2, null)]).missing).toEqual(["EQ/XYZ/USD: no price"]);
  expect(regT([stock(1)], 0, { fx: () => null }).missing).toEqual(["EQ/XYZ/USD: no FX rate for USD"]);
});

test("unbounded loss is said, with the stress at 20 %; a bounded one is a number", () => {
  const naked = regT([call(110, -1, 2)]).groups[0];
  expect(naked?.worstLoss).toBe("unbounded");
  expect(naked?.stress).toEqual({ down: 200, up: -(1000 - 200), basis: "atExpiry" });
  const spread = regT([call(100, -2, 5), call(110, 2, 2)]).groups[0];
  expect(spread?.worstLoss).toBe(2000 - 600);
  const repriced = regT([stock(1)], 0, { stress: (_, move) => move * 1000 }).groups[0];
  expect(repriced?.stress).toEqual({ down: -200, up: 200, basis: "repriced" });
});

test("working orders reserve what they would take; closing reserves nothing", () => {
  const order = (id: string, legs: MarginPosition[], cash: number): MarginOrder => ({ id, legs, cash });
  const buy = order("O1", [call(100, 2, 5)], -1000);
  const short = order("O2", [put(80, -1, 2)], 200);
  const close = order("O3", [call(110, 1, 2)], -200);
  const held = [call(110, -1, 2)];
  expect(regT([], 10_000, { orders: [buy] }).reserved).toBeCloseTo(1000, 6);
  // The bought call covers the held short one, which frees 1,200.
  expect(regT(held, 10_000, { orders: [buy] }).reserved).toBe(0);
  // 20 % S − 20 OTM = 0, floor 10 % K = 800; the strangle with the held call lets the lesser side off.
  expect(regT([], 10_000, { orders: [short] }).reserved).toBeCloseTo(800, 6);
  expect(regT(held, 10_000, { orders: [short] }).reserved).toBeCloseTo(0, 6);
  expect(regT(held, 10_000, { orders: [close] }).reserved).toBe(0);
  const twice = regT([], 10_000, { orders: [buy, { ...buy, id: "O4" }] });
  expect(twice).toMatchObject({ reserved: 2000, available: 8000 });
});

// ---- against every allocation of single contracts ----------------------------------------------

type Unit = OptionLine;
const intrinsic = (o: Unit, s: number) => Math.max(o.call ? s - o.strike : o.strike - s, 0);

function nakedCost(units: Unit[], spot: number): number {
  const extra = (o: Unit) =>
    Math.max(
      0.2 * spot - Math.max(o.call ? o.strike - spot : spot - o.strike, 0),
      0.1 * (o.call ? spot : o.strike),
    ) * 100;
  const full = (o: Unit) => o.value + extra(o);
  const calls = units.filter((o) => o.call).sort((a, b) => full(b) - full(a));
  const puts = units.filter((o) => !o.call).sort((a, b) => full(b) - full(a));
  let sum = 0;
  for (let k = 0; k < Math.max(calls.length, puts.length); k++) {
    const [c, p] = [calls[k], puts[k]];
    if (c && p) sum += full(c) >= full(p) ? full(c) + p.value : full(p) + c.value;
    else sum += full((c ?? p) as Unit);
  }
  return sum;
}

function bruteForce(shorts: Unit[], longs: Unit[], shares: number, spot: number): number {
  let best = Number.POSITIVE_INFINITY;
  const used = longs.map(() => false);
  const covers: (Unit | "stock" | null)[] = [];
  let lots = Math.floor(Math.abs(shares) / 100);
  const walk = (i: number): void => {
    const s = shorts[i];
    if (s === undefined) {
      let cost = nakedCost(
        shorts.filter((_, k) => covers[k] === null),
        spot,
      );
      for (const e of new Set(shorts.map((x) => x.expiryUs))) {
        let worst = 0;
        for (let price = 0; price <= 300; price += 5) {
          let loss = 0;
          shorts.forEach((x, k) => {
            const c = covers[k];
            if (x.expiryUs === e && c !== null && c !== "stock" && c !== undefined)
              loss += intrinsic(x, price) - intrinsic(c, price);
          });
          worst = Math.max(worst, loss);
        }
        cost += worst * 100;
      }
      shorts.forEach((x, k) => {
        if (covers[k] === "stock") cost += intrinsic(x, spot) * 100;
      });
      best = Math.min(best, cost);
      return;
    }
    covers[i] = null;
    walk(i + 1);
    if (lots > 0 && (s.call ? shares > 0 : shares < 0)) {
      lots--;
      covers[i] = "stock";
      walk(i + 1);
      lots++;
    }
    longs.forEach((l, k) => {
      if (used[k] || l.call !== s.call || l.expiryUs < s.expiryUs) return;
      used[k] = true;
      covers[i] = l;
      walk(i + 1);
      used[k] = false;
    });
    covers[i] = null;
  };
  walk(0);
  return best;
}

const line = fc.record({
  call: fc.boolean(),
  strike: fc.integer({ min: 16, max: 24 }).map((x) => x * 5),
  expiryUs: fc.integer({ min: 1, max: 2 }),
  qty: fc.integer({ min: 1, max: 2 }),
  value: fc.integer({ min: 10, max: 900 }),
});
const single = (list: OptionLine[]) =>
  list.flatMap((o) => Array.from({ length: o.qty }, () => ({ ...o, qty: 1 })));

test("the pairing is the cheapest of all allocations of single contracts", () => {
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 2 }),
      fc.array(line, { maxLength: 2 }),
      fc.constantFrom(0, 100, 250, -100),
      (a, b, shares) => {
        const shorts = a.map((x, k) => ({ ...x, id: `s${k}` }));
        const longs = b.map((x, k) => ({ ...x, id: `l${k}` }));
        const got = matchOptions({ spot: 100, multiplier: 100, rate: 0.2, shorts, longs, shares });
        expect(got.exact).toBe(true);
        expect(got.requirement).toBeCloseTo(bruteForce(single(shorts), single(longs), shares, 100), 6);
        expect(got.spreads + got.stockCovered + got.naked).toBeCloseTo(got.requirement, 9);
        for (const s of shorts) {
          const covered = got.pairings.filter((p) => p.short.id === s.id).reduce((n, p) => n + p.qty, 0);
          expect(covered).toBe(s.qty);
        }
      },
    ),
    { numRuns: 500, seed: 5 },
  );
});

test("a book too large to search is still paired, and says that it was not searched to the end", () => {
  const shorts = Array.from({ length: 6 }, (_, k) => ({
    id: `s${k}`,
    call: true,
    strike: 100 + k,
    expiryUs: 1,
    qty: 7 + k,
    value: 200,
  }));
  const longs = Array.from({ length: 6 }, (_, k) => ({
    id: `l${k}`,
    call: true,
    strike: 103 + k,
    expiryUs: 1,
    qty: 11 + k,
    value: 100,
  }));
  const got = matchOptions({ spot: 100, multiplier: 100, rate: 0.2, shorts, longs, shares: 0 });
  expect(got.exact).toBe(false);
  const naked = matchOptions({ spot: 100, multiplier: 100, rate: 0.2, shorts, longs: [], shares: 0 });
  expect(got.requirement).toBeLessThan(naked.requirement);
});
