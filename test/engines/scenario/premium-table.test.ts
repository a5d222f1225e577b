import { describe, expect, it } from "vitest";
import { americanPrice, type VolProvider } from "../../../engines/pricing/index.ts";
import { cellAt, scenarios } from "../../../engines/scenario/index.ts";
import { holding, market, option } from "./samples.ts";

/** A fixed sequence of numbers in (0, 1). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe("American cells by tables of the early-exercise premium", () => {
  it("are within 1e-4 of spot of the full method, over terms, rates, vols and sides", () => {
    const next = numbers(20_151_224);
    const S = 100;
    let worst = 0;
    for (let round = 0; round < 40; round++) {
      const days = Math.round(2 + 1090 * next() ** 3);
      const r = next() < 0.15 ? 0 : 0.12 * next();
      const q = next() < 0.3 ? 0 : 0.12 * next();
      // A table covers all vols of an expiry: two contracts far apart in vol share it.
      const low = 0.04 + 0.3 * next();
      const high = low + 1.2 * next();
      const w = next() < 0.5 ? 1 : -1;
      const T = days / 365;
      const book = [low, (low + high) / 2, high].map((sigma, i) => {
        const K = S * Math.exp(2.5 * sigma * Math.sqrt(T) * (2 * next() - 1));
        const instrument = option(w > 0 ? "C" : "P", K, "american", days);
        return { sigma, K, leg: holding(`${i}`, instrument, 1, null) };
      });
      const stated = new Map(book.map((b) => [b.leg.instrument.id, b.sigma]));
      const vols: VolProvider = {
        vol: (i) => ({ sigma: stated.get(i.id) as number, source: "surface", ageUs: 0 }),
      };
      const axes = { spotPct: [-20, -7, 0, 11, 20], volPts: [-2, 0, 10], days: [0, 1, days / 2] };
      const source = { ...market({ S, r, q }), vols };
      const got = scenarios(
        book.map((b) => b.leg),
        source,
        axes,
      );
      const price = (K: number, s: number, left: number, vol: number): number =>
        americanPrice(w, s, K, left, r, q, vol) / S;
      book.forEach(({ sigma, K }, i) => {
        const pnl = got.leg(i);
        const base = price(K, S, T, sigma);
        got.axes.spotPct.forEach((x, s) => {
          got.axes.volPts.forEach((y, v) => {
            got.axes.days.forEach((d, n) => {
              const left = Math.floor((days - d) * 1440) / 1440 / 365;
              const want = price(K, S * (1 + x / 100), left, sigma + y / 100) - base;
              const cell = pnl[cellAt(got.axes, s, v, n)] as number;
              worst = Math.max(worst, Math.abs(cell / 100 / S - want));
            });
          });
        });
      });
    }
    expect(worst).toBeLessThan(1e-4);
  });

  it("negative rates, where no table can be, are priced in full", () => {
    const source = market({ r: -0.01, q: -0.03 });
    const put = option("P", 100, "american", 200);
    const got = scenarios([holding("p", put, 1, null)], source, { spotPct: [-10], volPts: [], days: [] });
    const price = (s: number): number => americanPrice(-1, s, 100, 200 / 365, -0.01, -0.03, 0.3);
    expect(got.pnl[0]).toBeCloseTo(100 * (price(90) - price(100)), 6);
  });

  it("a vol shocked to nothing leaves the best sure exercise", () => {
    const put = option("P", 110, "american", 365);
    const got = scenarios([holding("p", put, 1, null)], market({ r: 0.05, q: 0 }), {
      spotPct: [-10],
      volPts: [-29, -50],
      days: [],
    });
    const price = (s: number, vol: number): number => americanPrice(-1, s, 110, 1, 0.05, 0, vol);
    expect(got.pnl[cellAt(got.axes, 0, 0, 0)]).toBeCloseTo(100 * (price(90, 0) - price(100, 0.3)), 0);
    expect(got.pnl[cellAt(got.axes, 0, 1, 0)]).toBeCloseTo(100 * (price(90, 0.01) - price(100, 0.3)), 0);
  });
});
