import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SabrParams, sabrVol } from "../../../engines/pricing/sabr.ts";
import { fitSabr } from "../../../engines/pricing/sabr-fit.ts";
import { seeded } from "../../../engines/stats/index.ts";
import { oracle, relative } from "../stats/oracle.ts";

interface Smile extends SabrParams {
  forward: number;
  T: number;
  strikes: number[];
  vol: number[];
}
const { sabr } = oracle<{ sabr: Smile[] }>("surface.json");

describe("sabrVol", () => {
  it("agrees with the reference to 1e-12, at and next to the forward and for nu near 0 too", () => {
    expect(sabr.some((s) => s.nu < 0.001)).toBe(true);
    for (const s of sabr) {
      expect(s.strikes).toContain(s.forward);
      s.strikes.forEach((k, i) =>
        expect(relative(sabrVol(s.forward, k, s.T, s)!, s.vol[i]!)).toBeLessThanOrEqual(1e-12),
      );
    }
  });

  it("is smooth through the forward and through nu = 0, and reduces to the flat lognormal vol", () => {
    const p = { alpha: 0.3, beta: 1, nu: 0.8, rho: -0.6 };
    const at = sabrVol(100, 100, 0.5, p)!;
    for (const eps of [1e-15, 1e-13, 1e-10, 1e-8]) {
      const slope = (sabrVol(100, 100 * (1 + eps), 0.5, p)! - at) / at;
      expect(Math.abs(slope)).toBeLessThan(2 * eps + 1e-15);
    }
    expect(sabrVol(100, 80, 0.5, { ...p, nu: 0 })).toBe(0.3);
    expect(sabrVol(100, 80, 0.5, { ...p, nu: 1e-14 })).toBeCloseTo(0.3, 12);
  });

  it("depends on the ratio of strike and forward only, once alpha is scaled (homogeneity)", () => {
    const unit = fc.double({ min: 0.01, max: 100, noNaN: true });
    fc.assert(
      fc.property(
        unit,
        fc.double({ min: 0.4, max: 2.5, noNaN: true }),
        fc.constantFrom(0, 0.25, 0.5, 1),
        (c, m, beta) => {
          const p = { alpha: 0.3, beta, nu: 0.7, rho: -0.4 };
          const scaled = { ...p, alpha: p.alpha * c ** (1 - beta) };
          expect(relative(sabrVol(c, c * m, 1, scaled)!, sabrVol(1, m, 1, p)!)).toBeLessThan(1e-11);
        },
      ),
    );
  });

  it("is null outside its domain", () => {
    const p = { alpha: 0.3, beta: 0.5, nu: 0.5, rho: 0 };
    expect(sabrVol(0, 100, 1, p)).toBeNull();
    expect(sabrVol(100, -1, 1, p)).toBeNull();
    expect(sabrVol(100, 100, Number.NaN, p)).toBeNull();
    expect(sabrVol(100, 100, 1, { ...p, rho: 1 })).toBeNull();
    expect(sabrVol(100, 100, 1, { ...p, alpha: 0 })).toBeNull();
    expect(sabrVol(100, 100, 50, { ...p, nu: 3, rho: -0.95 })).toBeNull();
  });
});

describe("fitSabr", () => {
  it("finds the smile that made the volatilities", () => {
    for (const s of sabr) {
      const fit = fitSabr({ strike: s.strikes, iv: s.vol }, s.forward, s.T, s.beta);
      if (fit.kind !== "ok") throw new Error(fit.kind);
      expect(fit.rmse).toBeLessThan(1e-8);
    }
  });

  it("holds against noise, keeps to its bounds, and leaves out points without weight", () => {
    const truth = { alpha: 0.25, beta: 1, nu: 0.9, rho: -0.5 };
    const strike = Array.from({ length: 41 }, (_, i) => 60 + 2 * i);
    const random = seeded(5);
    const iv = strike.map((k) => sabrVol(100, k, 0.4, truth)! + 0.004 * (random.uniform() - 0.5));
    const fit = fitSabr({ strike, iv }, 100, 0.4, 1);
    if (fit.kind !== "ok") throw new Error(fit.kind);
    expect(fit.params.rho).toBeCloseTo(-0.5, 1);
    expect(fit.params.nu).toBeCloseTo(0.9, 1);
    expect(fit.rmse).toBeLessThan(0.0016);
    const held = fitSabr({ strike, iv }, 100, 0.4, 1, { maxAbsRho: 0.2 });
    if (held.kind !== "ok") throw new Error(held.kind);
    expect(held.params.rho).toBe(-0.2);
    const spoilt = iv.map((v, i) => (i === 3 ? 2 : v));
    const weight = iv.map((_, i) => (i === 3 ? 0 : 1));
    const without = fitSabr({ strike, iv: spoilt, weight }, 100, 0.4, 1);
    expect(without).toMatchObject({ kind: "ok", points: 40 });
  });

  it("refuses what it cannot fit", () => {
    expect(fitSabr({ strike: [90, 100], iv: [0.2, 0.2] }, 100, 1, 1).kind).toBe("too_few_points");
    expect(fitSabr({ strike: [90, 100, 110], iv: [0.2, 0, 0.2] }, 100, 1, 1).kind).toBe("bad_input");
    expect(fitSabr({ strike: [90, 100, 110], iv: [0.2, 0.2, 0.2] }, 100, 1, 2).kind).toBe("bad_input");
  });
});
