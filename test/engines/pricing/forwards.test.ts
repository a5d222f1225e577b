import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  americanPrice,
  bsmPrice,
  cashPrice,
  type ForwardInput,
  fitForward,
  type PairQuote,
} from "../../../engines/pricing/index.ts";

interface World {
  S: number;
  T: number;
  r: number;
  q: number;
  vol: (K: number) => number;
  strikes: number[];
}

/** Quotes around true values: half spread `half`, mids off by `noise(i)`. */
function quotes(
  w: World,
  value: (side: number, K: number) => number,
  half = 0.01,
  noise: (i: number) => number = () => 0,
): PairQuote[] {
  return w.strikes.map((K, i) => {
    const call = value(1, K) + noise(2 * i) * half;
    const put = value(-1, K) + noise(2 * i + 1) * half;
    return { K, callBid: call - half, callAsk: call + half, putBid: put - half, putAsk: put + half };
  });
}

const world = (over: Partial<World> = {}): World => ({
  S: 100,
  T: 0.5,
  r: 0.04,
  q: 0.015,
  vol: (K) => 0.25 - 0.1 * Math.log(K / 100),
  strikes: [80, 85, 90, 95, 100, 105, 110, 115, 120],
  ...over,
});
const forwardOf = ({ S, r, q, T }: World): number => S * Math.exp((r - q) * T);
const input = (w: World, pairs: PairQuote[], over: Partial<ForwardInput> = {}): ForwardInput => ({
  pairs,
  S: w.S,
  T: w.T,
  df: Math.exp(-w.r * w.T),
  style: "european",
  ...over,
});
const european = (w: World) => (side: number, K: number) => bsmPrice(side, w.S, K, w.T, w.r, w.q, w.vol(K));

describe("forwards by put-call parity", () => {
  it("European quotes without noise give the forward, the borrow and bounds of the spread", () => {
    const w = world();
    const fit = fitForward(input(w, quotes(w, european(w))));
    expect(fit.kind).toBe("ok");
    expect(fit.F).toBeCloseTo(forwardOf(w), 10);
    expect(fit.borrow).toBeCloseTo(w.q, 10);
    expect(fit.residual).toBeLessThan(1e-10);
    const width = (fit.upper as number) - (fit.lower as number);
    expect(width).toBeCloseTo(0.04 / Math.exp(-w.r * w.T), 8);
  });

  it("noise within the spread leaves the forward within it; one absurd pair changes little", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 18, maxLength: 18 }),
        fc.integer({ min: 0, max: 8 }),
        fc.double({ min: -10, max: 10, noNaN: true }),
        (noise, bad, by) => {
          const w = world();
          const pairs = quotes(w, european(w), 0.02, (i) => noise[i] as number);
          const clean = fitForward(input(w, pairs));
          expect(Math.abs((clean.F as number) - forwardOf(w))).toBeLessThan(0.05);
          const spoiled = pairs.map((p, i) =>
            i === bad
              ? { ...p, callBid: Math.max(p.callBid + by, 0.001), callAsk: Math.max(p.callAsk + by, 0.002) }
              : p,
          );
          const fit = fitForward(input(w, spoiled));
          expect(Math.abs((fit.F as number) - forwardOf(w))).toBeLessThan(0.06);
        },
      ),
    );
  });

  it("fits the discount factor too when asked, for long European expiries only", () => {
    const w = world({ T: 1, r: 0.05 });
    const wrong = Math.exp(-0.03);
    const fit = fitForward(input(w, quotes(w, european(w)), { df: wrong, fitDiscount: true }));
    expect(fit.df).toBeCloseTo(Math.exp(-0.05), 9);
    expect(fit.F).toBeCloseTo(forwardOf(w), 8);
    const short = world({ T: 0.2 });
    const kept = fitForward(input(short, quotes(short, european(short)), { df: 0.99, fitDiscount: true }));
    expect(kept.df).toBe(0.99);
  });

  it("American quotes: the forward comes back to 0.1 bp of spot though the raw parity is off by far more", () => {
    for (const over of [{}, { q: 0.06, r: 0.02 }, { r: 0.08, q: 0, T: 1 }, { q: 0.0, r: 0.001 }]) {
      const w = world(over);
      const american = (side: number, K: number) => americanPrice(side, w.S, K, w.T, w.r, w.q, w.vol(K));
      const fit = fitForward(input(w, quotes(w, american), { style: "american" }));
      expect(fit.kind).toBe("ok");
      expect(Math.abs((fit.F as number) - forwardOf(w))).toBeLessThan(2e-5 * w.S);
      expect(fit.residual as number).toBeLessThan(5e-4 * w.S);
    }
    const w = world({ r: 0.08, q: 0, T: 1 });
    const raw = fitForward(
      input(
        w,
        quotes(w, (side, K) => americanPrice(side, w.S, K, w.T, w.r, w.q, w.vol(K))),
      ),
    );
    expect(Math.abs((raw.F as number) - forwardOf(w))).toBeGreaterThan(0.1);
  });

  it("American quotes with cash dividends: forward less dividends, no borrow left over", () => {
    const w = world({ q: 0, vol: () => 0.28, strikes: [90, 95, 100, 105, 110] });
    const dividends = [
      { t: 0.1, amount: 1 },
      { t: 0.35, amount: 1 },
    ];
    const value = (side: number, K: number) =>
      cashPrice(side, w.S, K, w.T, w.r, 0, w.vol(K), dividends, true);
    const fit = fitForward(input(w, quotes(w, value), { style: "american", dividends }));
    const present = dividends.reduce((s, d) => s + d.amount * Math.exp(-w.r * d.t), 0);
    expect(fit.kind).toBe("ok");
    expect(Math.abs((fit.F as number) - (w.S - present) * Math.exp(w.r * w.T))).toBeLessThan(
      2e-3 * w.S * 0.1,
    );
    expect(Math.abs(fit.borrow as number)).toBeLessThan(1e-3);
  });

  it("says when it cannot", () => {
    const w = world();
    expect(fitForward(input(w, [])).kind).toBe("no_pairs");
    const oneSided = quotes(w, european(w)).map((p) => ({ ...p, putBid: 0 }));
    expect(fitForward(input(w, oneSided))).toMatchObject({ kind: "no_pairs", F: null, pairs: 0 });
    expect(fitForward(input(w, quotes(w, european(w)), { T: 0 })).kind).toBe("bad_input");
    expect(fitForward(input(w, quotes(w, european(w)), { df: Number.NaN })).kind).toBe("bad_input");
  });
});
