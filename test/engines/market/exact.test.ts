import Big from "big.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addMoney,
  addQty,
  allocateMoney,
  type Ccy,
  compareMoney,
  formatMoney,
  formatPriceExact,
  formatQty,
  MarketError,
  type Money,
  moneyDecimals,
  moneyNumber,
  negateMoney,
  notionalMoney,
  type Price,
  parseMoney,
  parsePrice,
  parseQty,
  priceNumber,
  priceOf,
  type Qty,
  roundMoney,
  subMoney,
  timesMoney,
  timesQty,
  wholeQty,
  zeroMoney,
} from "../../../engines/market/index.ts";

const USD = "USD" as Ccy;
const BTC = "BTC" as Ccy;
const units = fc.maxSafeInteger().map((n) => Math.trunc(n / 4) || 0);
const money = fc.record({ ccy: fc.constantFrom(USD, BTC), units });
const pair = fc.tuple(units, units).map(([a, b]): [Money, Money] => [
  { ccy: USD, units: a },
  { ccy: USD, units: b },
]);

describe("money", () => {
  it("goes to text and back exactly, in cash of states and of coins", () => {
    fc.assert(
      fc.property(money, (m) => {
        expect(parseMoney(formatMoney(m), m.ccy)).toEqual(m);
        const scale = new Big(10).pow(moneyDecimals(m.ccy));
        expect(new Big(formatMoney(m)).times(scale).eq(new Big(m.units))).toBe(true);
      }),
    );
    expect(formatMoney(parseMoney("-12.5", USD))).toBe("-12.50");
    expect(formatMoney(parseMoney("0.00000001", BTC))).toBe("0.00000001");
    expect(formatMoney(parseMoney("100000", USD), 0)).toBe("100000");
  });

  it("adds like numbers do: commutes, associates, undoes itself", () => {
    fc.assert(
      fc.property(pair, units, ([a, b], c) => {
        const third: Money = { ccy: USD, units: Math.trunc(c / 4) || 0 };
        expect(addMoney(a, b)).toEqual(addMoney(b, a));
        expect(subMoney(addMoney(a, b), b)).toEqual(a);
        expect(addMoney(addMoney(a, b), third)).toEqual(addMoney(a, addMoney(b, third)));
        expect(addMoney(a, negateMoney(a))).toEqual(zeroMoney(USD));
        expect(compareMoney(a, b)).toBe(Math.sign(a.units - b.units) || 0);
      }),
    );
  });

  it("multiplies by whole numbers as repeated addition does", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 12 }), (u, n) => {
        let sum = zeroMoney(USD);
        for (let k = 0; k < n; k++) sum = addMoney(sum, { ccy: USD, units: u });
        expect(timesMoney({ ccy: USD, units: u }, n)).toEqual(sum);
      }),
    );
  });

  it("is shared out without losing or making a unit, each share within one unit of its due", () => {
    const weights = fc
      .array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 9 })
      .filter((w) => w.some((x) => x > 0));
    fc.assert(
      fc.property(money, weights, (m, w) => {
        const parts = allocateMoney(m, w);
        const sum = parts.reduce((a, b) => addMoney(a, b));
        expect(sum).toEqual(m);
        const total = w.reduce((a, b) => a + b);
        parts.forEach((p, i) => {
          const due = new Big(m.units).times(w[i] ?? 0).div(total);
          expect(due.minus(p.units).abs().lt(1)).toBe(true);
        });
      }),
    );
    expect(allocateMoney(parseMoney("0.05", USD), [1, 1, 1]).map((m) => m.units)).toEqual([
      16667, 16667, 16666,
    ]);
  });

  it("never mixes currencies, never leaves its range, never takes half a number", () => {
    const usd = parseMoney("1", USD);
    for (const wrong of [
      () => addMoney(usd, parseMoney("1", BTC)),
      () => subMoney(usd, parseMoney("1", BTC)),
      () => compareMoney(usd, parseMoney("1", BTC)),
      () => addMoney({ ccy: USD, units: Number.MAX_SAFE_INTEGER }, usd),
      () => timesMoney(usd, 1.5),
      () => timesMoney({ ccy: USD, units: Number.MAX_SAFE_INTEGER }, 2),
      () => parseMoney("0.0000001", USD),
      () => parseMoney("90071992547", USD),
      () => parseMoney("1e3", USD),
      () => parseMoney("", USD),
      () => parseMoney("1,000", USD),
      () => parseMoney("NaN", USD),
      () => allocateMoney(usd, [0, 0]),
      () => allocateMoney(usd, [1, -1]),
      () => allocateMoney(usd, []),
      () => notionalMoney(parsePrice("90000"), wholeQty(10_000), 100, USD),
    ]) {
      expect(wrong).toThrow(MarketError);
    }
  });

  it("rounds only where asked, half away from zero", () => {
    const cents = (text: string): string => formatMoney(roundMoney(parseMoney(text, USD), 2));
    expect(["0.005", "-0.005", "1.004999", "2.675", "-2.675", "3"].map(cents)).toEqual([
      "0.01",
      "-0.01",
      "1.00",
      "2.68",
      "-2.68",
      "3.00",
    ]);
    expect(moneyNumber(parseMoney("12.34", USD))).toBe(12.34);
  });
});

describe("prices and quantities", () => {
  it("go to text and back exactly", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        expect(parsePrice(formatPriceExact(n as Price))).toBe(n === 0 ? 0 : n);
        expect(parseQty(formatQty(n as Qty))).toBe(n === 0 ? 0 : n);
      }),
    );
    expect(formatPriceExact(priceOf(8.3), 2)).toBe("8.30");
    expect(formatQty(parseQty("-0.00000001"))).toBe("-0.00000001");
  });

  it("find the decimal behind a double", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), (k) => {
        const double = k / 1e4;
        expect(formatPriceExact(priceOf(double))).toBe(new Big(double).toFixed());
        expect(priceNumber(priceOf(double))).toBe(double === 0 ? 0 : double);
      }),
    );
    expect(priceOf(0.1 + 0.2)).toBe(priceOf(0.3));
    expect(() => priceOf(NaN)).toThrow(MarketError);
    expect(() => priceOf(1e12)).toThrow(MarketError);
  });

  it("count whole and broken units", () => {
    expect(formatQty(addQty(wholeQty(10), parseQty("-0.5")))).toBe("9.5");
    expect(formatQty(timesQty(parseQty("0.25"), -3))).toBe("-0.75");
    for (const wrong of [
      () => wholeQty(1.5),
      () => wholeQty(1e9),
      () => timesQty(wholeQty(1), 0.5),
      () => parseQty("x"),
    ]) {
      expect(wrong).toThrow(MarketError);
    }
  });

  it("make the notional that big decimals make", () => {
    const price = fc.integer({ min: -5e7, max: 5e7 }).map((k) => (k * 1e4) as Price);
    const qty = fc.integer({ min: -1e4, max: 1e4 }).map((n) => wholeQty(n));
    fc.assert(
      fc.property(price, qty, fc.constantFrom(1, 10, 50, 100, 0.1, 0.001), (p, q, m) => {
        const exact = new Big(formatPriceExact(p)).times(formatQty(q)).times(m);
        const rounded = exact.round(6, 1);
        const got = notionalMoney(p, q, m, USD);
        expect(new Big(formatMoney(got)).eq(rounded)).toBe(true);
      }),
    );
    expect(formatMoney(notionalMoney(parsePrice("5.65"), wholeQty(10), 100, USD))).toBe("5650.00");
    expect(formatMoney(notionalMoney(parsePrice("0.0435"), parseQty("0.1"), 1, BTC))).toBe("0.00435");
  });
});
