import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PayoffLeg, payoff } from "../../../engines/scenario/index.ts";

const leg = (kind: PayoffLeg["kind"], strike: number, units: number, years = 0): PayoffLeg => ({
  kind,
  strike,
  units,
  years,
  sigma: 0.2,
  rate: 0.002,
  yield: 0,
});

describe("what a package gains or loses at its horizon", () => {
  it("knows a vertical exactly", () => {
    const got = payoff([leg("C", 760, 1), leg("C", 780, -1)], 5.65);
    expect(got).toEqual({
      worst: -5.65,
      best: expect.closeTo(14.35, 9),
      breakEvens: [expect.closeTo(765.65, 6)],
      modelled: false,
    });
  });
  it("knows an iron condor sold for a credit: two break-evens, loss of the wider wing", () => {
    const got = payoff([leg("P", 700, 1), leg("P", 720, -1), leg("C", 780, -1), leg("C", 810, 1)], -6);
    expect(got?.worst).toBeCloseTo(-24, 9);
    expect(got?.best).toBeCloseTo(6, 9);
    expect(got?.breakEvens.map((x) => Math.round(x * 100) / 100)).toEqual([714, 786]);
  });
  it("names what has no bound", () => {
    expect(payoff([leg("C", 760, -1)], -8)?.worst).toBeNull();
    expect(payoff([leg("C", 760, 1)], 8)).toMatchObject({ worst: -8, best: null });
    expect(payoff([leg("C", 760, 1)], 8)?.breakEvens[0]).toBeCloseTo(768, 6);
    expect(payoff([leg("P", 720, -1)], -4.6)).toMatchObject({ worst: -715.4, best: 4.6 });
    expect(payoff([leg("spot", 0, 1), leg("C", 760, -1)], 740)).toMatchObject({ worst: -740, best: 20 });
  });
  it("values a leg that outlives the first expiry by its model, and says so", () => {
    const got = payoff([leg("C", 750, -1), leg("C", 750, 1, 28 / 365)], 8);
    expect(got?.modelled).toBe(true);
    expect(got?.breakEvens).toHaveLength(2);
    expect(got?.best).toBeGreaterThan(5);
    expect(got?.worst).toBeGreaterThan(-8.01);
  });
  it("finds a break-even far beyond the last strike", () => {
    expect(payoff([leg("C", 10, 1)], 500)?.breakEvens[0]).toBeCloseTo(510, 6);
  });
  it("is unknown with an unknown cost or vol", () => {
    expect(payoff([leg("C", 760, 1)], Number.NaN)).toBeNull();
    expect(payoff([], 1)).toBeNull();
    expect(payoff([{ ...leg("C", 760, 1, 0.1), sigma: Number.NaN }], 1)).toBeNull();
  });
  it("is bounded by its own ends at any price", () => {
    const legs = fc.array(
      fc.record({
        kind: fc.constantFrom("C" as const, "P" as const, "spot" as const),
        strike: fc.integer({ min: 1, max: 100 }),
        units: fc.integer({ min: -3, max: 3 }),
      }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(legs, fc.integer({ min: 0, max: 300 }), (some, S) => {
        const all = some.map((l) => leg(l.kind, l.strike, l.units));
        const got = payoff(all, 1);
        const value = (l: PayoffLeg) =>
          l.kind === "spot" ? S : Math.max(0, (l.kind === "C" ? 1 : -1) * (S - l.strike));
        const profit = all.reduce((sum, l) => sum + l.units * value(l), -1);
        expect(profit).toBeGreaterThanOrEqual((got?.worst ?? Number.NEGATIVE_INFINITY) - 1e-9);
        expect(profit).toBeLessThanOrEqual((got?.best ?? Number.POSITIVE_INFINITY) + 1e-9);
      }),
    );
  });
});
