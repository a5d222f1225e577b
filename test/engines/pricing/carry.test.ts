import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  carryForward,
  cashDividends,
  type DividendSchedule,
  declaredBy,
  presentValue,
} from "../../../engines/pricing/dividends.ts";
import { type FxTable, fxRate } from "../../../engines/pricing/fx.ts";
import {
  discountFactor,
  flatCurve,
  moneyMarketDayCount,
  quoteDiscount,
  type RateCurve,
  type RateQuote,
  rateCurve,
  simpleRate,
  zeroRate,
} from "../../../engines/pricing/rates.ts";

const label = { ccy: "USD", asOf: "2015-12-24", standing: "fact", source: "test" } as const;
const bill: RateQuote = { days: 91, rate: 0.002, basis: "bank-discount", dayCount: "ACT/360" };
const overnight: RateQuote = { days: 1, rate: 0.0036, basis: "simple", dayCount: "ACT/360" };

function made(quotes: RateQuote[]): RateCurve {
  const r = rateCurve(label, quotes);
  if (r.kind !== "ok") throw new Error(r.kind);
  return r.curve;
}

describe("rate curves", () => {
  it("converts each basis as its market does", () => {
    // A 91-day bill at 0.20 % discount costs 100 (1 - 0.002 * 91/360).
    expect(quoteDiscount(bill)).toBeCloseTo(1 - (0.002 * 91) / 360, 16);
    expect(quoteDiscount(overnight)).toBeCloseTo(1 / (1 + 0.0036 / 360), 16);
    expect(quoteDiscount({ ...overnight, days: 365, dayCount: "ACT/365F", rate: 0.05 })).toBeCloseTo(
      1 / 1.05,
      15,
    );
    expect(quoteDiscount({ days: 730, rate: 0.05, basis: "annual", dayCount: "ACT/365F" })).toBeCloseTo(
      1.05 ** -2,
      15,
    );
    expect(quoteDiscount({ days: 365, rate: 0.05, basis: "continuous", dayCount: "ACT/365F" })).toBeCloseTo(
      Math.exp(-0.05),
      15,
    );
    expect(quoteDiscount({ ...bill, rate: 5 })).toBeNull();
    expect(quoteDiscount({ ...bill, days: 0 })).toBeNull();
    // The discount rate understates the yield: 5 % discount over 182 days is 5.13 % money-market yield.
    expect(simpleRate(quoteDiscount({ ...bill, rate: 0.05, days: 182 })!, 182, "ACT/360")).toBeCloseTo(
      0.05 / (1 - (0.05 * 182) / 360),
      14,
    );
  });

  it("knows the day counts of five currencies and no others", () => {
    expect(["USD", "EUR", "CHF"].map(moneyMarketDayCount)).toEqual(["ACT/360", "ACT/360", "ACT/360"]);
    expect(["GBP", "JPY"].map(moneyMarketDayCount)).toEqual(["ACT/365F", "ACT/365F"]);
    expect(moneyMarketDayCount("ZZZ")).toBeNull();
  });

  it("meets its quotes, is continuous, and carries the end rates outwards", () => {
    const c = made([bill, overnight]);
    expect(discountFactor(c, 1 / 365)).toBeCloseTo(quoteDiscount(overnight)!, 15);
    expect(discountFactor(c, 91 / 365)).toBeCloseTo(quoteDiscount(bill)!, 15);
    expect(discountFactor(c, 0)).toBe(1);
    expect(discountFactor(c, 0.5 / 365)).toBeCloseTo(Math.sqrt(quoteDiscount(overnight)!), 15);
    expect(zeroRate(c, 5)).toBeCloseTo(zeroRate(c, 91 / 365), 14);
    expect(zeroRate(c, 0)).toBeCloseTo(365 * Math.log(1 + 0.0036 / 360), 14);
    expect(zeroRate(flatCurve(label, 0.03), 7)).toBeCloseTo(0.03, 15);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 3, noNaN: true }), (t) => {
        expect(Math.abs(discountFactor(c, t + 1e-9) - discountFactor(c, t))).toBeLessThan(1e-10);
        if (t > 1e-6) expect(Math.exp(-zeroRate(c, t) * t)).toBeCloseTo(discountFactor(c, t), 14);
      }),
    );
  });

  it("refuses what is no curve", () => {
    expect(rateCurve(label, []).kind).toBe("no_quotes");
    expect(rateCurve(label, [bill, { ...bill, rate: 0.1 }]).kind).toBe("duplicate_tenor");
    expect(rateCurve(label, [{ ...bill, rate: Number.NaN }]).kind).toBe("bad_quote");
  });
});

const schedule: DividendSchedule = {
  symbol: "IBM",
  asOf: "2013-10-08",
  yield: 0,
  standing: "fact",
  source: "test",
  cash: [
    { exDay: "2013-10-08", amount: 9, ccy: "USD", status: "declared", source: "test" },
    {
      exDay: "2013-11-06",
      amount: 0.95,
      ccy: "USD",
      status: "declared",
      declaredOn: "2013-10-29",
      source: "test",
    },
    { exDay: "2014-02-06", amount: 0.95, ccy: "USD", status: "estimated", source: "test" },
  ],
};

describe("dividends", () => {
  it("takes the flows after today up to the last day, with the days they are away", () => {
    expect(cashDividends(schedule, "2013-10-08", "2013-11-06")).toEqual([{ t: 29 / 365, amount: 0.95 }]);
    expect(cashDividends(schedule, "2013-10-08", "2013-11-05")).toEqual([]);
    expect(cashDividends(schedule, "2013-10-07", "2014-12-31")).toHaveLength(3);
    expect(cashDividends(schedule, "soon", "2014-12-31")).toBeNull();
  });

  it("does not call declared what was announced later", () => {
    expect(declaredBy(schedule.cash[1]!, "2013-10-08")).toBe(false);
    expect(declaredBy(schedule.cash[1]!, "2013-10-29")).toBe(true);
    expect(declaredBy(schedule.cash[2]!, "2015-01-01")).toBe(false);
  });

  it("carries a share to its forward", () => {
    const curve = flatCurve(label, 0.04);
    const flows = [{ t: 0.25, amount: 2 }];
    const pv = 2 * Math.exp(-0.01);
    expect(presentValue(flows, curve, 1)).toBeCloseTo(pv, 14);
    expect(presentValue(flows, curve, 0.2)).toBe(0);
    expect(carryForward(100, curve, flows, 0.01, 1)).toBeCloseTo((100 - pv) * Math.exp(0.03), 12);
    expect(carryForward(100, curve, [], 0, 0)).toBe(100);
    expect(carryForward(1, curve, flows, 0, 1)).toBeNull();
    expect(carryForward(Number.NaN, curve, flows, 0, 1)).toBeNull();
  });
});

describe("fxRate", () => {
  const table: FxTable = {
    asOf: "2015-12-24",
    source: "test",
    pairs: new Map([
      ["EURUSD", 1.0947],
      ["EURJPY", 131.83],
      ["USDCAD", 1.3835],
    ]),
  };

  it("takes the pair, its inverse, or one cross, and names them", () => {
    expect(fxRate(table, "EUR", "USD")).toEqual({ rate: 1.0947, via: ["EURUSD"] });
    expect(fxRate(table, "USD", "EUR")!.rate).toBeCloseTo(1 / 1.0947, 15);
    expect(fxRate(table, "USD", "JPY")!.rate).toBeCloseTo(131.83 / 1.0947, 12);
    expect(fxRate(table, "EUR", "CAD")).toEqual({ rate: 1.0947 * 1.3835, via: ["EURUSD", "USDCAD"] });
    expect(fxRate(table, "EUR", "EUR")!.rate).toBe(1);
  });

  it("has no rate where the table has none", () => {
    expect(fxRate(table, "CHF", "USD")).toBeNull();
    expect(fxRate(table, "CAD", "JPY")).toBeNull();
  });
});
