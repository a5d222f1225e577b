import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type SviParams,
  sviButterfly,
  sviCalendar,
  sviCurvature,
  sviG,
  sviLeeOk,
  sviMinVariance,
  sviSlope,
  sviTotalVariance,
  sviVol,
} from "../../../engines/pricing/svi.ts";
import { fitSvi } from "../../../engines/pricing/svi-fit.ts";
import { seeded } from "../../../engines/stats/index.ts";
import { oracle, relative } from "../stats/oracle.ts";

interface Slice extends SviParams {
  name: string;
  T: number;
  w: number[];
  w1: number[];
  w2: number[];
  iv: number[];
  g: number[];
  minW: number;
  minGFine: number;
  butterflyFree: boolean;
  leeWingOk: boolean;
}
const file = oracle<{
  sviK: number[];
  svi: Slice[];
  calendarPairs: { near: SviParams; far: SviParams; minDiff: number; calendarFree: boolean }[];
}>("surface.json");

const either = (got: number, want: number): number => Math.abs(got - want) / Math.max(1, Math.abs(want));

describe("raw SVI", () => {
  it("agrees with the reference in value, derivatives, volatility and g", () => {
    for (const s of file.svi) {
      file.sviK.forEach((k, i) => {
        expect(relative(sviTotalVariance(s, k), s.w[i]!)).toBeLessThanOrEqual(1e-13);
        expect(relative(sviSlope(s, k), s.w1[i]!)).toBeLessThanOrEqual(1e-13);
        expect(either(sviCurvature(s, k), s.w2[i]!)).toBeLessThanOrEqual(1e-10);
        expect(relative(sviVol(s, k, s.T)!, s.iv[i]!)).toBeLessThanOrEqual(1e-13);
        expect(either(sviG(s, k)!, s.g[i]!)).toBeLessThanOrEqual(1e-10);
      });
      expect(relative(sviMinVariance(s), s.minW)).toBeLessThanOrEqual(1e-13);
    }
  });

  it("gives the reference's verdicts", () => {
    expect(new Set(file.svi.map((s) => s.butterflyFree)).size).toBe(2);
    for (const s of file.svi) {
      const verdict = sviButterfly(s);
      expect(verdict.free, s.name).toBe(s.butterflyFree);
      expect(either(verdict.minG!, s.minGFine)).toBeLessThanOrEqual(1e-10);
      expect(sviLeeOk(s)).toBe(s.leeWingOk);
    }
    for (const p of file.calendarPairs) {
      const verdict = sviCalendar(p.near, p.far);
      expect(verdict.free).toBe(p.calendarFree);
      expect(either(verdict.minDiff, p.minDiff)).toBeLessThanOrEqual(1e-10);
    }
  });

  it("keeps its bits next to the minimum, where slope and variance cancel", () => {
    // The double -0.6 is 2.22e-17 above -3/5 and x/root is 3/5 here: what is left of the slope is that difference.
    const p: SviParams = { a: -0.8, b: 1, rho: -0.6, m: 0, sigma: 1 };
    const k = 0.75;
    expect(sviSlope(p, k)).toBeCloseTo(2.220446049250313e-17, 30);
    // Likewise w = -0.8 - 0.6 * 0.75 + 1.25: the double -0.8 is 4.44e-17 below -4/5.
    expect(sviTotalVariance(p, k)).toBeCloseTo(-4.440892098500626e-17 + 1.6653345369377348e-17, 30);
  });

  it("reports w <= 0 as an arbitrage with no g", () => {
    const p = { a: -0.1, b: 0.1, rho: 0, m: 0, sigma: 0.1 };
    expect(sviG(p, 0)).toBeNull();
    expect(sviVol(p, 0, 1)).toBeNull();
    expect(sviButterfly(p)).toMatchObject({ free: false, minG: null });
  });

  it("has derivatives that its values have", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -0.9, max: 0.9, noNaN: true }),
        fc.double({ min: 0.05, max: 0.6, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (rho, sigma, k) => {
          const p = { a: 0.05, b: 0.4, rho, m: 0.03, sigma };
          const h = 1e-5;
          expect(sviSlope(p, k)).toBeCloseTo(
            (sviTotalVariance(p, k + h) - sviTotalVariance(p, k - h)) / (2 * h),
            7,
          );
          expect(sviCurvature(p, k)).toBeCloseTo((sviSlope(p, k + h) - sviSlope(p, k - h)) / (2 * h), 5);
        },
      ),
    );
  });
});

const k60 = Array.from({ length: 60 }, (_, i) => -0.6 + 0.02 * i);

describe("fitSvi", () => {
  it("finds the slice that made 60 volatilities", () => {
    for (const s of file.svi.filter((v) => v.leeWingOk)) {
      const fit = fitSvi({ k: k60, iv: k60.map((k) => sviVol(s, k, s.T)!) }, s.T);
      if (fit.kind !== "ok") throw new Error(fit.kind);
      expect(fit.rmse, s.name).toBeLessThan(1e-9);
      expect(fit.params.sigma).toBeCloseTo(s.sigma, 4);
      expect(fit.butterfly.free).toBe(s.butterflyFree);
    }
  });

  it("keeps variance positive and Lee's bound whatever it is given", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.02, max: 3, noNaN: true }), { minLength: 5, maxLength: 25 }),
        fc.double({ min: 0.01, max: 3, noNaN: true }),
        (iv, t) => {
          const k = iv.map((_, i) => -0.5 + i / iv.length);
          const fit = fitSvi({ k, iv }, t);
          if (fit.kind !== "ok") throw new Error(fit.kind);
          expect(sviMinVariance(fit.params)).toBeGreaterThanOrEqual(-1e-12);
          expect(fit.params.b * (1 + Math.abs(fit.params.rho))).toBeLessThanOrEqual(2 + 1e-12);
          expect(Number.isFinite(fit.rmse)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("is at least as good as the truth under noise, and a warm start does not change that", () => {
    const truth = file.svi[0]!;
    const random = seeded(3);
    const iv = k60.map((k) => sviVol(truth, k, truth.T)! + 0.004 * (random.uniform() - 0.5));
    const rmse = Math.sqrt(k60.reduce((s, k, i) => s + (sviVol(truth, k, truth.T)! - iv[i]!) ** 2, 0) / 60);
    const cold = fitSvi({ k: k60, iv }, truth.T);
    if (cold.kind !== "ok") throw new Error(cold.kind);
    expect(cold.rmse).toBeLessThan(rmse * 1.001);
    const warm = fitSvi({ k: k60, iv }, truth.T, {}, cold.params);
    if (warm.kind !== "ok") throw new Error(warm.kind);
    expect(warm.rmse).toBeLessThan(cold.rmse * 1.001);
    const astray = fitSvi({ k: k60, iv }, truth.T, {}, { a: 1, b: 1.5, rho: 0.9, m: 0.5, sigma: 0.01 });
    if (astray.kind !== "ok") throw new Error(astray.kind);
    expect(astray.rmse).toBeLessThan(cold.rmse * 1.01);
  });

  it("leaves out points without weight, refuses too few and bad ones", () => {
    const truth = file.svi[1]!;
    const iv = k60.map((k, i) => (i % 7 === 0 ? 3 : sviVol(truth, k, truth.T)!));
    const weight = k60.map((_, i) => (i % 7 === 0 ? 0 : 1));
    const s = fitSvi({ k: k60, iv, weight }, truth.T, { maxWingSlope: 2 });
    expect(s).toMatchObject({ kind: "ok", points: 51 });
    expect(fitSvi({ k: [0, 1, 2, 3], iv: [0.2, 0.2, 0.2, 0.2] }, 1).kind).toBe("too_few_points");
    expect(fitSvi({ k: k60, iv: k60.map(() => -1) }, 1).kind).toBe("bad_input");
    expect(fitSvi({ k: k60, iv }, 0).kind).toBe("bad_input");
  });
});
