import { describe, expect, it } from "vitest";
import {
  americanIvChain,
  americanPrice,
  bsmPrice,
  IvCode,
  PREMIUM_MAX_AGE_US,
  premiumCache,
  premiumNow,
  refreshPremiums,
} from "../../../engines/pricing/index.ts";

const strikes = Array.from({ length: 41 }, (_, i) => 70 + 1.5 * i);
const n = 2 * strikes.length;
const rows = {
  n,
  w: Int8Array.from({ length: n }, (_, i) => (i & 1 ? -1 : 1)),
  K: Float64Array.from({ length: n }, (_, i) => strikes[i >> 1] as number),
};

describe("American on the tick", () => {
  it("between refreshes 99 % of prices are within 5e-6 of spot of the full method, all within 1.5e-4", () => {
    const errors: number[] = [];
    for (const T of [7 / 365, 30 / 365, 0.25, 1, 2]) {
      for (const vol of [0.1, 0.2, 0.4, 0.8]) {
        for (const [r, q] of [
          [0.05, 0],
          [0.02, 0.06],
          [0.08, 0.03],
        ] as const) {
          const cache = premiumCache(n);
          const sigma = new Float64Array(n).fill(vol);
          refreshPremiums({ S: 100, T, r, q }, rows, sigma, 0, cache);
          for (const S of [99.5, 99.8, 100, 100.3, 100.499]) {
            for (let i = 0; i < n; i++) {
              const w = rows.w[i] as number;
              const K = rows.K[i] as number;
              const tick = bsmPrice(w, S, K, T, r, q, vol) + premiumNow(cache, i, S);
              errors.push(Math.abs(tick - americanPrice(w, S, K, T, r, q, vol)) / S);
            }
          }
        }
      }
    }
    errors.sort((a, b) => a - b);
    expect(errors[errors.length - 1]).toBeLessThan(1.5e-4);
    expect(errors[Math.floor(0.99 * errors.length)]).toBeLessThan(5e-6);
    expect(errors[errors.length >> 1]).toBeLessThan(1e-8);
  });

  it("gives American quotes back their vols where time value is left", () => {
    const m = { S: 100.2, T: 0.25, r: 0.05, q: 0.01 };
    const vol = (K: number) => 0.3 - 0.1 * Math.log(K / 100);
    const sigma = rows.K.map(vol);
    const cache = premiumCache(n);
    refreshPremiums({ ...m, S: 100 }, rows, sigma, 0, cache);
    const price = Float64Array.from(rows.w, (w, i) =>
      americanPrice(w, m.S, rows.K[i] as number, m.T, m.r, m.q, sigma[i] as number),
    );
    const got = new Float64Array(n);
    const kind = new Uint8Array(n);
    americanIvChain(m, rows, price, null, cache, got, kind);
    for (let i = 0; i < n; i++) {
      const away = (rows.w[i] as number) * Math.log(m.S / (rows.K[i] as number));
      if (away > 0.15) continue;
      expect(kind[i]).toBe(IvCode.ok);
      expect(Math.abs((got[i] as number) - (sigma[i] as number))).toBeLessThan(2e-4);
    }
  });

  it("refreshes at most once a second unless spot moved, within its budget, and keeps rows without a vol", () => {
    const m = { S: 100, T: 0.5, r: 0.05, q: 0 };
    const sigma = new Float64Array(n).fill(0.3);
    sigma[3] = Number.NaN;
    const cache = premiumCache(n);
    const next = refreshPremiums(m, rows, sigma, 5, cache, 10);
    expect(next).toBe(11);
    expect(refreshPremiums(m, rows, sigma, 5, cache, Number.POSITIVE_INFINITY, next)).toBe(n);
    expect(cache.atUs[3]).toBeNaN();
    expect(premiumNow(cache, 3, 100)).toBe(0);
    refreshPremiums(m, rows, sigma, 5 + PREMIUM_MAX_AGE_US / 2, cache);
    expect(cache.atUs[0]).toBe(5);
    refreshPremiums({ ...m, S: 100.6 }, rows, sigma, 6, cache);
    expect([cache.atUs[0], cache.spot[0]]).toEqual([6, 100.6]);
    refreshPremiums({ ...m, S: 100.6 }, rows, sigma, 6 + PREMIUM_MAX_AGE_US, cache);
    expect(cache.atUs[0]).toBe(6 + PREMIUM_MAX_AGE_US);
  });
});
