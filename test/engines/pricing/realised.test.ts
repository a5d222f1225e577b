import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  closeToClose,
  ewmaVolatility,
  garmanKlass,
  type OhlcColumns,
  parkinson,
  rogersSatchell,
  rollingCloseToClose,
  yangZhang,
} from "../../../engines/pricing/realised.ts";
import { seeded } from "../../../engines/stats/index.ts";
import { oracle, relative } from "../stats/oracle.ts";

interface Case {
  close: number[];
  full_ddof1: number;
  full_ddof0: number;
  zeroMean: number;
  rolling10_ddof1: (number | null)[];
  rolling20_ddof1: (number | null)[];
  ewma94: (number | null)[];
}
const { cases } = oracle<{ cases: Case[] }>("realised_vol.json");

function agree(got: (number | null)[], want: (number | null)[], tolerance: number): void {
  expect(got.map((v) => v === null)).toEqual(want.map((v) => v === null));
  got.forEach((v, i) => {
    if (v !== null) expect(relative(v, want[i]!)).toBeLessThanOrEqual(tolerance);
  });
}

describe("close to close", () => {
  it("agrees with the reference, full, rolling and exponentially weighted", () => {
    for (const c of cases) {
      expect(relative(closeToClose(c.close)!, c.full_ddof1)).toBeLessThanOrEqual(1e-12);
      expect(relative(closeToClose(c.close, "population")!, c.full_ddof0)).toBeLessThanOrEqual(1e-12);
      expect(relative(closeToClose(c.close, "zero")!, c.zeroMean)).toBeLessThanOrEqual(1e-12);
      agree(rollingCloseToClose(c.close, 10), c.rolling10_ddof1, 1e-9);
      agree(rollingCloseToClose(c.close, 20), c.rolling20_ddof1, 1e-9);
      agree(ewmaVolatility(c.close), c.ewma94, 1e-12);
    }
  });

  it("does not change with the unit of the price, and scales with the root of the year", () => {
    const price = fc.double({ min: 1, max: 500, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(price, { minLength: 4, maxLength: 40 }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (p, unit) => {
          const v = closeToClose(p)!;
          expect(closeToClose(p.map((x) => x * unit))!).toBeCloseTo(v, 8);
          expect(closeToClose(p, "sample", 4 * 252)!).toBeCloseTo(2 * v, 10);
        },
      ),
    );
  });

  it("is null where it is not defined", () => {
    expect(closeToClose([100, 101])).toBeNull();
    expect(closeToClose([100, 101], "zero")).not.toBeNull();
    expect(closeToClose([100, 0, 101, 102])).toBeNull();
    expect(ewmaVolatility([100, Number.NaN, 101])).toEqual([null, null, null]);
    const holed = rollingCloseToClose([100, 101, -1, 102, 103, 101, 104], 2);
    expect(holed.map((v) => v === null)).toEqual([true, true, true, true, true, false, false]);
  });
});

/** Bars of a geometric Brownian motion of known volatility, each made of many steps, with overnight gaps when asked. */
function simulated(bars: number, vol: number, drift: number, gap: number): OhlcColumns {
  const random = seeded(11);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  const steps = 400;
  const out = { open: [] as number[], high: [] as number[], low: [] as number[], close: [] as number[] };
  let x = Math.log(100);
  for (let i = 0; i < bars; i++) {
    x += (gap * normal()) / Math.sqrt(252);
    let [hi, lo] = [x, x];
    out.open.push(Math.exp(x));
    for (let s = 0; s < steps; s++) {
      x += drift / 252 / steps + (vol * normal()) / Math.sqrt(252 * steps);
      hi = Math.max(hi, x);
      lo = Math.min(lo, x);
    }
    out.high.push(Math.exp(hi));
    out.low.push(Math.exp(lo));
    out.close.push(Math.exp(x));
  }
  return out;
}

describe("range estimators", () => {
  it("find the volatility that made the bars", () => {
    const bars = simulated(1500, 0.3, 0, 0);
    // A discrete path has a narrower range than the continuous one: about 0.9/sqrt(steps) of a day's vol at either end.
    for (const v of [parkinson(bars)!, garmanKlass(bars)!, rogersSatchell(bars)!]) {
      expect(v).toBeGreaterThan(0.27);
      expect(v).toBeLessThan(0.305);
    }
  });

  it("Rogers-Satchell ignores a drift that Parkinson takes for volatility; Yang-Zhang sees overnight gaps", () => {
    const drifting = simulated(800, 0.2, 8, 0);
    expect(rogersSatchell(drifting)!).toBeLessThan(0.21);
    expect(parkinson(drifting)!).toBeGreaterThan(rogersSatchell(drifting)! * 1.2);
    const gapping = simulated(1500, 0.2, 0, 0.15);
    const total = yangZhang(gapping)!;
    expect(total).toBeGreaterThan(0.235);
    expect(total).toBeLessThan(0.262);
  });

  it("give hand-computed values on one bar", () => {
    const bar = { open: [100], high: [110], low: [95], close: [105] };
    const range = Math.log(110 / 95);
    expect(parkinson(bar, 1)).toBeCloseTo(range / Math.sqrt(4 * Math.LN2), 14);
    const co = Math.log(1.05);
    expect(garmanKlass(bar, 1)).toBeCloseTo(Math.sqrt(0.5 * range ** 2 - (2 * Math.LN2 - 1) * co ** 2), 14);
    const rs = Math.log(110 / 105) * Math.log(1.1) + Math.log(95 / 105) * Math.log(0.95);
    expect(rogersSatchell(bar, 1)).toBeCloseTo(Math.sqrt(rs), 14);
  });

  it("refuse bars that cannot be", () => {
    expect(parkinson({ open: [100], high: [99], low: [95], close: [97] })).toBeNull();
    expect(parkinson({ open: [], high: [], low: [], close: [] })).toBeNull();
    expect(yangZhang({ open: [1, 1], high: [1, 1], low: [1, 1], close: [1, 1] })).toBeNull();
  });
});
