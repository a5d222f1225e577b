import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  adjustedContractsCompat,
  bsmGreeks,
  bsmPrice,
  cashGreeks,
  DESK_SHOCK,
  extendedGreeksCompat,
  packageGreeks,
  type RiskLeg,
  shockPnl,
  sizeAdjustmentCompat,
  sizeByShock,
} from "../../../engines/pricing/index.ts";
import { differences, loadSeeds } from "../../harness/seeds.ts";

const seeds = loadSeeds("greeks2");

describe("second-order Greeks, compatibility mode", () => {
  it("has reference cases", () => expect(seeds.cases.length).toBeGreaterThan(20));
  for (const c of seeds.cases) {
    it(c.id, () => {
      const actual =
        c.function === "size_adjustment"
          ? sizeAdjustmentCompat(c.input as Parameters<typeof sizeAdjustmentCompat>[0])
          : extendedGreeksCompat(c.input as Parameters<typeof extendedGreeksCompat>[0]);
      expect(differences(actual, c.expected, seeds.tolerance)).toEqual([]);
    });
  }
  it("expired: the delta of the line, 0 at the strike, all else 0", () => {
    const at = (spot: number, option_type: "call" | "put"): number =>
      extendedGreeksCompat({ spot, strike: 100, t: 0, vol: 0.2, r: 0.03, option_type }).delta;
    expect([at(101, "call"), at(100, "call"), at(99, "call")]).toEqual([1, 0, 0]);
    expect([at(101, "put"), at(100, "put"), at(99, "put")]).toEqual([0, 0, -1]);
  });
  it("a vol of 0 is the limit on the forward, not a division by zero", () => {
    const g = extendedGreeksCompat({ spot: 110, strike: 100, t: 0.5, vol: 0, r: 0.02, option_type: "call" });
    expect(g).toMatchObject({ delta: 1, gamma: 0, vega: 0, vanna: 0, volga: 0 });
  });
  it("keeps the known mistake: never below one contract", () => {
    expect(adjustedContractsCompat(1, 0.3)).toBe(1);
    expect(adjustedContractsCompat(10, 0.55)).toBe(5);
  });
});

const legArb: fc.Arbitrary<RiskLeg> = fc.record({
  type: fc.constantFrom("call" as const, "put" as const),
  K: fc.integer({ min: 70, max: 130 }),
  T: fc.double({ min: 0.05, max: 1.5, noNaN: true }),
  r: fc.double({ min: -0.01, max: 0.06, noNaN: true }),
  q: fc.double({ min: 0, max: 0.05, noNaN: true }),
  sigma: fc.double({ min: 0.1, max: 0.8, noNaN: true }),
  quantity: fc.integer({ min: -10, max: 10 }),
  multiplier: fc.constantFrom(1, 10, 100),
});

describe("risk in money and size", () => {
  it("cash Greeks are finite differences of the package's value", () => {
    fc.assert(
      fc.property(fc.array(legArb, { minLength: 1, maxLength: 4 }), (legs) => {
        const value = (spot: number, dv: number, dt: number): number =>
          legs.reduce(
            (s, l) =>
              s +
              l.quantity *
                l.multiplier *
                bsmPrice(l.type === "call" ? 1 : -1, spot, l.K, l.T - dt, l.r, l.q, l.sigma + dv),
            0,
          );
        const g = cashGreeks(packageGreeks(legs, 100), 100);
        const gross = legs.reduce((s, l) => s + Math.abs(l.quantity * l.multiplier), 1);
        const close = (a: number, b: number, tolerance: number): void =>
          expect(Math.abs(a - b)).toBeLessThanOrEqual(tolerance * gross);
        const [h, v] = [0.05, 0.0005];
        close(g.deltaCash, (value(100 + h, 0, 0) - value(100 - h, 0, 0)) / (2 * h), 1e-4);
        close(g.gammaCash, (value(101, 0, 0) - 2 * value(100, 0, 0) + value(99, 0, 0)) / 1, 2e-3);
        close(g.vegaCash, (0.01 * (value(100, v, 0) - value(100, -v, 0))) / (2 * v), 1e-4);
        close(
          g.vannaCash,
          (0.01 *
            (value(100 + h, v, 0) - value(100 - h, v, 0) - value(100 + h, -v, 0) + value(100 - h, -v, 0))) /
            (4 * h * v),
          1e-4,
        );
        close(
          g.volgaCash,
          (0.5 * 0.01 ** 2 * (value(100, v, 0) - 2 * value(100, 0, 0) + value(100, -v, 0))) / v ** 2,
          1e-4,
        );
        const day = 1 / 365 / 100;
        const delta = (dt: number): number => (value(100 + h, 0, dt) - value(100 - h, 0, dt)) / (2 * h);
        close(g.charmCash, (delta(day) - delta(-day)) / (2 * day) / 365, 1e-4);
      }),
      { numRuns: 100 },
    );
  });

  it("vanna is symmetric: change of delta with vol is change of vega with spot", () => {
    fc.assert(
      fc.property(legArb, (l) => {
        const at = (spot: number) => bsmGreeks(l.type === "call" ? 1 : -1, spot, l.K, l.T, l.r, l.q, l.sigma);
        const h = 1e-3;
        expect((at(100 + h).vega - at(100 - h).vega) / (2 * h)).toBeCloseTo(at(100).vanna, 5);
      }),
    );
  });

  it("explains a small move by the Greeks, and adds up whatever the move", () => {
    fc.assert(
      fc.property(fc.array(legArb, { minLength: 1, maxLength: 4 }), (legs) => {
        const small = shockPnl(legs, 100, { spotFraction: 0.002, volPoints: 0.2, days: 0.2 });
        const gross = legs.reduce((s, l) => s + Math.abs(l.quantity * l.multiplier), 1);
        expect(Math.abs(small.residual)).toBeLessThan(1e-3 * gross);
        const desk = shockPnl(legs, 100, DESK_SHOCK);
        const { pnl, ...parts } = desk;
        expect(Object.values(parts).reduce((a, b) => a + b, 0)).toBeCloseTo(pnl, 6);
      }),
      { numRuns: 100 },
    );
  });

  it("sizes by the loss in the joint shock, down to nothing", () => {
    const spread: RiskLeg[] = [
      { type: "put", K: 95, T: 0.1, r: 0.03, q: 0, sigma: 0.2, quantity: -1, multiplier: 100 },
      { type: "put", K: 90, T: 0.1, r: 0.03, q: 0, sigma: 0.22, quantity: 1, multiplier: 100 },
    ];
    const unit = shockPnl(spread, 100, DESK_SHOCK).pnl;
    expect(unit).toBeLessThan(0);
    expect(sizeByShock(10, unit, -unit * 10)).toMatchObject({
      factor: 1,
      contracts: 10,
      reason: "within_budget",
    });
    expect(sizeByShock(10, unit, -unit * 4)).toMatchObject({ contracts: 4, reason: "reduced" });
    expect(sizeByShock(10, unit, -unit * 0.5)).toMatchObject({ contracts: 0, reason: "no_room" });
    expect(sizeByShock(10, 50, 0)).toMatchObject({ factor: 1, contracts: 10 });
    expect(sizeByShock(10, Number.NaN, 1)).toEqual({ factor: null, contracts: 0, reason: "loss_unknown" });
    expect(sizeByShock(10, -1, -5).reason).toBe("bad_budget");
  });
});
