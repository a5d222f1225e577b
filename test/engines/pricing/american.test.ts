import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  americanGreeks,
  americanIv,
  americanPrice,
  bsmPrice,
  cashPrice,
  cashValue,
  greeks,
  iv,
  marketOf,
  preciseScheme,
  price,
  sign,
  TICK,
  treePrice,
} from "../../../engines/pricing/index.ts";
import { oracleFiles, readOracle } from "./oracle.ts";

interface YieldCase {
  type: "call" | "put";
  S: number;
  K: number;
  T: number;
  r: number;
  q: number;
  sigma: number;
  price: number;
  exerciseNow: boolean;
  delta: number | null;
  vega: number | null;
}
interface DividendCase extends Omit<YieldCase, "exerciseNow" | "delta" | "vega"> {
  tDiv: number;
  dividend: number;
  european: number | null;
  priceTol: number;
}
interface AmericanFile {
  yieldCases: YieldCase[];
  dividendCases: DividendCase[];
}

const args = (c: YieldCase | DividendCase) => [sign(c.type), c.S, c.K, c.T, c.r, c.q, c.sigma] as const;

for (const { label, path } of oracleFiles("american")) {
  describe(label, () => {
    const { yieldCases, dividendCases } = readOracle<AmericanFile>(path);

    it("yield: price 5e-6 of spot (1e-6 reached), delta 1e-4, vega 1e-3 of spot, exercise verdict", () => {
      expect(yieldCases.length).toBeGreaterThan(100);
      for (const c of yieldCases) {
        const { greeks: g, exerciseNow, premium } = americanGreeks(...args(c));
        expect(Math.abs(g.price - c.price)).toBeLessThan(1e-6 * c.S);
        expect(g.price).toBeCloseTo(americanPrice(...args(c)), 10);
        expect(Math.abs(premium - (g.price - bsmPrice(...args(c))))).toBeLessThan(1e-9 * c.S);
        // In four cases the reference is 1e-8 of spot above intrinsic, 2 % and more beyond the boundary, and calls that "not now"; its
        // own tree says intrinsic, and so do we.
        const blurred = !c.exerciseNow && c.price - sign(c.type) * (c.S - c.K) < 3e-8 * c.S;
        if (!blurred) expect(exerciseNow).toBe(c.exerciseNow);
        if (c.delta !== null) expect(Math.abs(g.delta - c.delta)).toBeLessThan(1e-4);
        if (c.vega !== null) expect(Math.abs(g.vega - c.vega)).toBeLessThan(1e-3 * c.S);
      }
    });

    it("yield: the 501-step tree agrees within 2e-4 of spot", () => {
      for (const c of yieldCases.slice(0, 60)) {
        const [w, S, K, T, r, q, sigma] = args(c);
        expect(Math.abs(treePrice(w, S, K, T, r, q, sigma, 501, true) - c.price)).toBeLessThan(2e-4 * S);
      }
    });

    it("cash dividend: within the row's own tolerance, European too", () => {
      for (const c of dividendCases) {
        const dividends = [{ t: c.tDiv, amount: c.dividend }];
        expect(Math.abs(cashPrice(...args(c), dividends, true) - c.price)).toBeLessThanOrEqual(c.priceTol);
        if (c.european !== null) {
          expect(Math.abs(cashPrice(...args(c), dividends, false) - c.european)).toBeLessThanOrEqual(
            c.priceTol,
          );
        }
      }
    });
  });
}

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const side = fc.constantFrom(1, -1);
const market = fc.record({
  S: real(10, 500),
  z: real(-2, 2),
  T: real(0.01, 3),
  r: real(0, 0.12),
  q: real(0, 0.12),
  sigma: real(0.08, 1),
});
const strike = ({ S, z, T, sigma }: { S: number; z: number; T: number; sigma: number }): number =>
  S * Math.exp(z * sigma * Math.sqrt(T));

describe("American exercise", () => {
  it("is worth at least the European option and at least exercise, and no more than the spot or strike", () => {
    fc.assert(
      fc.property(side, market, (w, m) => {
        const K = strike(m);
        const p = americanPrice(w, m.S, K, m.T, m.r, m.q, m.sigma);
        expect(p).toBeGreaterThanOrEqual(bsmPrice(w, m.S, K, m.T, m.r, m.q, m.sigma));
        expect(p).toBeGreaterThanOrEqual(w * (m.S - K));
        expect(p).toBeLessThanOrEqual((w > 0 ? m.S : K) * (1 + 1e-12));
      }),
    );
  });

  it("put-call symmetry: C(S, K, r, q) = P(K, S, q, r)", () => {
    fc.assert(
      fc.property(market, (m) => {
        const K = strike(m);
        const call = americanPrice(1, m.S, K, m.T, m.r, m.q, m.sigma);
        expect(americanPrice(-1, K, m.S, m.T, m.q, m.r, m.sigma)).toBeCloseTo(call, 9);
      }),
    );
  });

  it("a call without yield and a put without interest are European", () => {
    fc.assert(
      fc.property(market, (m) => {
        const K = strike(m);
        expect(americanPrice(1, m.S, K, m.T, m.r, 0, m.sigma)).toBe(
          bsmPrice(1, m.S, K, m.T, m.r, 0, m.sigma),
        );
        expect(americanPrice(-1, m.S, K, m.T, 0, m.q, m.sigma)).toBe(
          bsmPrice(-1, m.S, K, m.T, 0, m.q, m.sigma),
        );
      }),
    );
  });

  it("the standard scheme is within 2e-6 of strike-or-spot of a scheme of three times its size, the tick scheme within 1e-4", () => {
    const precise = preciseScheme();
    fc.assert(
      fc.property(side, market, (w, m) => {
        const K = strike(m);
        const a = [w, m.S, K, m.T, m.r, m.q, m.sigma] as const;
        const truth = americanPrice(...a, precise);
        expect(Math.abs(americanPrice(...a) - truth)).toBeLessThan(2e-6 * Math.max(m.S, K));
        expect(Math.abs(americanPrice(...a, TICK) - truth)).toBeLessThan(1e-4 * Math.max(m.S, K));
      }),
      { numRuns: 150 },
    );
  });

  it("the tree, which shares nothing with it, agrees; also where rates are negative", () => {
    fc.assert(
      fc.property(side, market, real(-0.05, 0.1), real(-0.05, 0.1), (w, m, r, q) => {
        const K = strike(m);
        const p = americanPrice(w, m.S, K, m.T, r, q, m.sigma);
        const t = treePrice(w, m.S, K, m.T, r, q, m.sigma, 401, true);
        expect(Math.abs(p - t)).toBeLessThan(3e-4 * Math.max(m.S, K));
      }),
      { numRuns: 60 },
    );
  });

  it("Greeks are the slopes of its own price", () => {
    const precise = preciseScheme();
    fc.assert(
      fc.property(side, market, (w, m) => {
        const K = strike(m);
        const { S, T, r, q, sigma } = m;
        const { greeks: g, exerciseNow } = americanGreeks(w, S, K, T, r, q, sigma);
        const v = (s: number, t: number, rr: number, qq: number, vol: number): number =>
          americanPrice(w, s, K, t, rr, qq, vol, precise);
        if (exerciseNow || v(0.99 * S, T, r, q, sigma) <= w * (0.99 * S - K) + 1e-7) return;
        if (v(1.01 * S, T, r, q, sigma) <= w * (1.01 * S - K) + 1e-7) return;
        const h = 0.01 * S * sigma * Math.sqrt(T);
        const p = v(S, T, r, q, sigma);
        const up = v(S + h, T, r, q, sigma);
        const down = v(S - h, T, r, q, sigma);
        const size = Math.max(S, K);
        expect(Math.abs(g.delta - (up - down) / (2 * h))).toBeLessThan(1e-3);
        const vega = (v(S, T, r, q, 1.01 * sigma) - v(S, T, r, q, 0.99 * sigma)) / (0.02 * sigma);
        expect(Math.abs(g.vega - vega)).toBeLessThan(1e-3 * size);
        const rho =
          (v(S, T, r + 1e-4, q, sigma) - v(S, T, Math.max(r - 1e-4, 0), q, sigma)) /
          (r < 1e-4 ? r + 1e-4 : 2e-4);
        if (r > 1e-3) expect(Math.abs(g.rho - rho)).toBeLessThan(5e-3 * size);
        const theta = -(v(S, 1.001 * T, r, q, sigma) - v(S, 0.999 * T, r, q, sigma)) / (0.002 * T);
        expect(Math.abs(g.theta - theta)).toBeLessThan(5e-3 * size * (1 + sigma / Math.sqrt(T)));
        expect(g.price).toBeCloseTo(p, 3);
      }),
      { numRuns: 40 },
    );
  });

  it("second-order Greeks are the slopes of the first-order ones", () => {
    const a: [number, number, number, number, number] = [100, 0.8, 0.06, 0.02, 0.3];
    for (const w of [1, -1]) {
      for (const S of [92, 100, 111]) {
        const [K, T, r, q, sigma] = a;
        const at = (s = S, t = T, vol = sigma) => americanGreeks(w, s, K, t, r, q, vol).greeks;
        const g = at();
        const slope = (f: (h: number) => number, h: number): number => (f(h) - f(-h)) / (2 * h);
        const near = (x: number, y: number, scale: number) =>
          expect(Math.abs(x - y)).toBeLessThan(2e-3 * scale);
        near(
          g.gamma,
          slope((h) => at(S + h).delta, 0.2),
          0.02,
        );
        near(
          g.vanna,
          slope((h) => at(S, T, sigma + h).delta, 0.005),
          1,
        );
        near(
          g.volga,
          slope((h) => at(S, T, sigma + h).vega, 0.005),
          100,
        );
        near(
          g.zomma,
          slope((h) => at(S, T, sigma + h).gamma, 0.005),
          0.1,
        );
        near(
          g.speed,
          slope((h) => at(S + h).gamma, 0.2),
          0.01,
        );
        near(
          g.charm,
          slope((h) => -at(S, T + h).delta, 0.004),
          1,
        );
        near(
          g.veta,
          slope((h) => -at(S, T + h).vega, 0.004),
          100,
        );
        near(
          g.color,
          slope((h) => -at(S, T + h).gamma, 0.004),
          0.05,
        );
      }
    }
  });

  it("edges: T = 0, sigma = 0, exercise now, bad input", () => {
    expect(americanPrice(-1, 90, 100, 0, 0.05, 0, 0.2)).toBe(10);
    expect(americanPrice(-1, 90, 100, 1, 0.05, 0, 0)).toBe(10);
    // With no vol and yield above the rate a put gains by waiting: the best moment is expiry.
    expect(americanPrice(-1, 100, 100, 1, 0, 0.1, 0)).toBeCloseTo(100 - 100 * Math.exp(-0.1), 12);
    const deep = americanGreeks(-1, 40, 100, 1, 0.05, 0, 0.2);
    expect([deep.exerciseNow, deep.greeks.price, deep.greeks.delta, deep.greeks.gamma]).toEqual([
      true,
      60,
      -1,
      0,
    ]);
    expect(americanPrice(-1, Number.NaN, 100, 1, 0.05, 0, 0.2)).toBeNaN();
    expect(americanGreeks(-1, 100, 100, -1, 0.05, 0, 0.2).greeks.price).toBeNaN();
  });
});

describe("American implied vol", () => {
  it("returns the vol of its own price wherever the price still depends on it", () => {
    fc.assert(
      fc.property(side, market, real(0.5, 2), (w, m, warm) => {
        const K = strike(m);
        const { greeks: g, exerciseNow } = americanGreeks(w, m.S, K, m.T, m.r, m.q, m.sigma);
        if (exerciseNow || g.vega < 1e-3 * m.S) return;
        const got = americanIv(w, g.price, m.S, K, m.T, m.r, m.q, m.sigma * warm);
        expect(got.kind).toBe("ok");
        expect(Math.abs((got.sigma as number) - m.sigma)).toBeLessThan(1e-5 * Math.max(m.sigma, 1));
      }),
      { numRuns: 60 },
    );
  });

  it("says what is wrong with other prices", () => {
    const iv = (price: number, T = 1) => americanIv(-1, price, 90, 100, T, 0.05, 0).kind;
    expect(iv(9.99)).toBe("below_intrinsic");
    expect(iv(10)).toBe("at_intrinsic");
    expect(iv(100)).toBe("above_maximum");
    expect(iv(Number.NaN)).toBe("bad_input");
    expect(iv(12, 0)).toBe("expired");
  });
});

describe("cash dividends", () => {
  it("the grid agrees with quadrature on calls, and without dividends with the boundary method", () => {
    const grid = { space: 800, time: 320 };
    const one = [{ t: 0.4, amount: 3 }];
    // A second dividend of nothing to speak of forces the grid.
    const forced = [...one, { t: 0.7, amount: 1e-9 }];
    for (const K of [85, 100, 120]) {
      const exact = cashValue(1, 100, K, 1, 0.05, 0, 0.3, one, true);
      const onGrid = cashValue(1, 100, K, 1, 0.05, 0, 0.3, forced, true, grid);
      expect([exact.method, onGrid.method]).toEqual(["quadrature", "grid"]);
      expect(Math.abs(onGrid.price - exact.price)).toBeLessThan(5e-3);
      expect(Math.abs(onGrid.delta - exact.delta)).toBeLessThan(1e-3);
      expect(Math.abs(onGrid.gamma - exact.gamma)).toBeLessThan(1e-3);
      const bare = cashPrice(-1, 100, K, 1, 0.05, 0.01, 0.3, [{ t: 0.5, amount: 1e-9 }], true, grid);
      expect(Math.abs(bare - americanPrice(-1, 100, K, 1, 0.05, 0.01, 0.3))).toBeLessThan(3e-3);
    }
  });

  it("four dividends: parity of the European pair holds on the grid", () => {
    const four = [0.1, 0.35, 0.6, 0.85].map((t) => ({ t, amount: 0.7 }));
    const call = cashPrice(1, 100, 100, 1, 0.04, 0, 0.25, four, false);
    const put = cashPrice(-1, 100, 100, 1, 0.04, 0, 0.25, four, false);
    const present = four.reduce((sum, d) => sum + d.amount * Math.exp(-0.04 * d.t), 0);
    expect(call - put).toBeCloseTo(100 - present - 100 * Math.exp(-0.04), 2);
    expect(cashPrice(1, 100, 100, 1, 0.04, 0, 0.25, four, true)).toBeGreaterThanOrEqual(call);
  });

  it("dividends outside the option's life do nothing; sigma = 0 walks the known path", () => {
    const late = [{ t: 1.5, amount: 5 }];
    expect(cashPrice(-1, 100, 100, 1, 0.05, 0, 0.3, late, true)).toBe(
      americanPrice(-1, 100, 100, 1, 0.05, 0, 0.3),
    );
    const known = cashPrice(-1, 100, 100, 1, 0, 0, 0, [{ t: 0.5, amount: 5 }], true);
    expect(known).toBeCloseTo(5, 12);
  });
});

describe("the contract face picks the model", () => {
  const market = marketOf(100, 0.04, 0, 0.3, 1);
  const put = { type: "put", K: 105, T: 1, style: "american" } as const;
  const dividends = [{ t: 0.5, amount: 2 }];

  it("style and dividends of the contract decide, and iv inverts price", () => {
    expect(price(put, market)).toBe(americanPrice(-1, 100, 105, 1, 0.04, 0, 0.3));
    const paying = { ...put, dividends };
    const value = price(paying, market);
    expect(value).toBeGreaterThan(price(put, market));
    expect(value).toBeGreaterThan(price({ ...paying, style: "european" }, market));
    for (const c of [
      put,
      paying,
      { ...paying, style: "european" as const },
      { ...paying, type: "call" as const },
    ]) {
      const back = iv(c, { ...market, sigma: 0 }, price(c, market));
      expect(back.kind).toBe("ok");
      expect(back.sigma).toBeCloseTo(0.3, 6);
    }
    expect(iv(paying, market, 4.9).kind).toBe("below_intrinsic");
    expect(iv(paying, market, 106).kind).toBe("above_maximum");
    expect(iv(paying, market, Number.NaN).kind).toBe("bad_input");
  });

  it("Greeks with dividends are the slopes of the price", () => {
    for (const type of ["call", "put"] as const) {
      const c = { type, K: 100, T: 1, style: "american", dividends } as const;
      const g = greeks(c, market);
      const at = (S: number, sigma = 0.3, T = 1, dt = 0) =>
        price({ ...c, T, dividends: [{ t: 0.5 - dt, amount: 2 }] }, marketOf(S, 0.04, 0, sigma, T));
      expect(g.delta).toBeCloseTo((at(100.5) - at(99.5)) / 1, 3);
      expect(g.gamma).toBeCloseTo((at(102) - 2 * at(100) + at(98)) / 4, 3);
      expect(g.vega).toBeCloseTo((at(100, 0.31) - at(100, 0.29)) / 0.02, 1);
      expect(Math.abs(g.theta - (at(100, 0.3, 0.98, 0.02) - at(100)) / 0.02)).toBeLessThan(0.15);
      expect(g.color).toBeNaN();
    }
  });
});
