import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bachelierGreeks,
  bachelierIv,
  bachelierPrice,
  black76Greeks,
  black76Iv,
  black76Price,
  bsmChain,
  bsmGreeks,
  bsmIv,
  bsmPrice,
  GREEKS,
  greekColumns,
  greeks,
  iv,
  marketOf,
  price,
} from "../../../engines/pricing/index.ts";

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const side = fc.constantFrom(1, -1);
const market = fc.record({
  S: real(1, 1000),
  m: real(0.3, 3),
  T: real(0.003, 4),
  r: real(-0.05, 0.15),
  q: real(-0.05, 0.15),
  sigma: real(0.02, 2),
});
const EPS = 2 ** -52;

describe("Black-Scholes-Merton", () => {
  it("put-call parity", () => {
    fc.assert(
      fc.property(market, ({ S, m, T, r, q, sigma }) => {
        const K = S * m;
        const A = S * Math.exp(-q * T);
        const B = K * Math.exp(-r * T);
        const gap = bsmPrice(1, S, K, T, r, q, sigma) - bsmPrice(-1, S, K, T, r, q, sigma) - (A - B);
        expect(Math.abs(gap)).toBeLessThanOrEqual(16 * EPS * Math.max(A, B));
      }),
    );
  });

  it("stays within the no-arbitrage bounds, rises with vol, falls (call) with strike, is convex in strike", () => {
    fc.assert(
      fc.property(side, market, real(1e-4, 0.2), (w, { S, m, T, r, q, sigma }, bump) => {
        const K = S * m;
        const at = (k: number, s: number) => bsmPrice(w, S, k, T, r, q, s);
        const A = S * Math.exp(-q * T);
        const B = K * Math.exp(-r * T);
        const slack = 16 * EPS * Math.max(A, B);
        const p = at(K, sigma);
        expect(p).toBeGreaterThanOrEqual(Math.max(w * (A - B), 0));
        expect(p).toBeLessThanOrEqual((w > 0 ? A : B) + slack);
        expect(at(K, sigma * (1 + bump))).toBeGreaterThanOrEqual(p - slack);
        expect(w * (at(K * (1 + bump), sigma) - p)).toBeLessThanOrEqual(slack);
        const wings = at(K * (1 + bump), sigma) + at(K * (1 - bump), sigma);
        expect(wings - 2 * p).toBeGreaterThanOrEqual(-8 * slack);
      }),
    );
  });

  it("is homogeneous of degree one, and S·delta + K·∂V/∂K = V", () => {
    fc.assert(
      fc.property(side, market, real(0.01, 100), (w, { S, m, T, r, q, sigma }, a) => {
        const p = bsmPrice(w, S, S * m, T, r, q, sigma);
        expect(Math.abs(bsmPrice(w, a * S, a * S * m, T, r, q, sigma) - a * p)).toBeLessThanOrEqual(
          1e-13 * a * S * (1 + m) * Math.exp(0.8),
        );
      }),
    );
  });

  it("obeys its own differential equation: theta + (r−q)S delta + ½σ²S² gamma = rV", () => {
    fc.assert(
      fc.property(side, market, (w, { S, m, T, r, q, sigma }) => {
        const g = bsmGreeks(w, S, S * m, T, r, q, sigma);
        const diffusion = 0.5 * sigma * sigma * S * S * g.gamma;
        const left = g.theta + (r - q) * S * g.delta + diffusion;
        const size = S * (1 + m) * Math.exp(0.6) + Math.abs(diffusion);
        expect(Math.abs(left - r * g.price)).toBeLessThanOrEqual(2e-14 * size);
      }),
    );
  });

  it("every Greek is the slope of the value it is named after (sixth-order differences)", () => {
    const slopes = {
      delta: ["price", "S", 1],
      vega: ["price", "sigma", 1],
      theta: ["price", "T", -1],
      rho: ["price", "r", 1],
      rhoQ: ["price", "q", 1],
      gamma: ["delta", "S", 1],
      vanna: ["delta", "sigma", 1],
      charm: ["delta", "T", -1],
      volga: ["vega", "sigma", 1],
      veta: ["vega", "T", -1],
      speed: ["gamma", "S", 1],
      zomma: ["gamma", "sigma", 1],
      color: ["gamma", "T", -1],
    } as const;
    const inputs = fc.record({
      S: real(50, 200),
      z: real(-2.5, 2.5),
      T: real(0.05, 3),
      r: real(-0.05, 0.1),
      q: real(-0.05, 0.1),
      sigma: real(0.1, 1),
    });
    fc.assert(
      fc.property(side, inputs, (w, { z, ...m }) => {
        const K = m.S * Math.exp(z * m.sigma * Math.sqrt(m.T));
        const at = (x: typeof m) => bsmGreeks(w, x.S, K, x.T, x.r, x.q, x.sigma);
        const g = at(m);
        const width = m.sigma * Math.sqrt(m.T);
        const steps = { S: 0.01 * m.S * width, sigma: 0.01 * m.sigma, T: 0.01 * m.T, r: 1e-3, q: 1e-3 };
        for (const [name, [of, by, direction]] of Object.entries(slopes)) {
          const h = steps[by];
          const f = (k: number) => at({ ...m, [by]: m[by] + k * h })[of];
          const slope = (f(3) - f(-3) - 9 * (f(2) - f(-2)) + 45 * (f(1) - f(-1))) / (60 * h);
          const size = Math.max(...[-3, 0, 3].map((k) => Math.abs(f(k)))) / h + Math.abs(slope);
          const scale = of === "price" ? Math.max(size, (1e-3 * m.S) / h) : size;
          expect(Math.abs(g[name as keyof typeof slopes] - direction * slope) / scale).toBeLessThan(1e-8);
        }
      }),
    );
  });

  it("columns equal scalars, bad rows are NaN and do not disturb others", () => {
    fc.assert(
      fc.property(
        market,
        fc.array(fc.tuple(side, real(0.2, 5), real(0.01, 3)), { minLength: 1 }),
        (m, rows) => {
          const n = rows.length + 1;
          const w = Int8Array.from([1, ...rows.map((x) => x[0])]);
          const K = Float64Array.from([Number.NaN, ...rows.map((x) => m.S * x[1])]);
          const sigma = Float64Array.from([0.2, ...rows.map((x) => x[2])]);
          const out = greekColumns(n);
          bsmChain(m, { n, w, K }, sigma, out);
          for (const g of GREEKS) expect(out[g][0]).toBeNaN();
          for (let i = 1; i < n; i++) {
            const one = bsmGreeks(w[i] as number, m.S, K[i] as number, m.T, m.r, m.q, sigma[i] as number);
            for (const g of GREEKS) {
              expect(Math.abs((out[g][i] as number) - one[g])).toBeLessThanOrEqual(
                1e-11 * Math.abs(one[g]) + 1e-11 * Math.abs(g === "price" || g === "theta" ? m.S : 1),
              );
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it("gives the forward intrinsic value at T = 0 or sigma = 0 and NaN on bad input", () => {
    expect(bsmPrice(1, 110, 100, 0, 0.05, 0, 0.2)).toBe(10);
    expect(bsmPrice(-1, 110, 100, 0, 0.05, 0, 0.2)).toBe(0);
    expect(bsmPrice(-1, 90, 100, 1, 0.05, 0, 0)).toBeCloseTo(100 * Math.exp(-0.05) - 90, 12);
    const g = bsmGreeks(1, 110, 100, 0, 0.05, 0, 0.2);
    expect([g.price, g.delta, g.gamma, g.vega]).toEqual([10, 1, 0, 0]);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
      expect(bsmPrice(1, bad, 100, 1, 0, 0, 0.2)).toBeNaN();
      expect(bsmPrice(1, 100, bad, 1, 0, 0, 0.2)).toBeNaN();
      expect(bsmPrice(1, 100, 100, bad, 0, 0, 0.2)).toBeNaN();
      expect(bsmGreeks(1, 100, 100, 1, 0, 0, bad).vega).toBeNaN();
    }
  });
});

describe("implied volatility", () => {
  it("returns the vol that made the price, as far as the price carries it", () => {
    fc.assert(
      fc.property(side, market, (w, { S, m, T, r, q, sigma }) => {
        const K = S * m;
        const g = bsmGreeks(w, S, K, T, r, q, sigma);
        const A = S * Math.exp(-q * T);
        const B = K * Math.exp(-r * T);
        const got = bsmIv(w, g.price, S, K, T, r, q);
        const blur = (16 * EPS * Math.max(A, B)) / g.vega;
        if (!(blur < 0.01 * sigma)) return;
        expect(got.kind).toBe("ok");
        expect(Math.abs((got.sigma as number) - sigma)).toBeLessThanOrEqual(1e-12 * sigma + blur);
      }),
    );
  });

  it("needs no good guess: any warm start gives the cold answer", () => {
    fc.assert(
      fc.property(side, market, real(-12, 6), (w, { S, m, T, r, q, sigma }, lg) => {
        const p = bsmPrice(w, S, S * m, T, r, q, sigma);
        const cold = bsmIv(w, p, S, S * m, T, r, q);
        const warm = bsmIv(w, p, S, S * m, T, r, q, 10 ** lg);
        expect(warm.kind).toBe(cold.kind);
        if (cold.sigma === null || warm.sigma === null) return;
        const g = bsmGreeks(w, S, S * m, T, r, q, cold.sigma);
        const blur = (16 * EPS * S * (1 + m) * 2) / g.vega;
        if (blur > 0.01 * sigma) return;
        expect(Math.abs(warm.sigma - cold.sigma)).toBeLessThanOrEqual(2e-12 * cold.sigma + 2 * blur);
      }),
      { numRuns: 500 },
    );
  });

  it("never throws and never answers NaN", () => {
    const any = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, 1e-308, 5e-324, 1e308, -1));
    fc.assert(
      fc.property(side, any, any, any, any, any, any, any, (w, p, S, K, T, r, q, s0) => {
        const got = bsmIv(w, p, S, K, T, r, q, s0);
        if (got.kind === "ok") expect(got.sigma as number).toBeGreaterThan(0);
        else expect(got.sigma).toBe(got.kind === "at_intrinsic" ? 0 : null);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("Black-76 and Bachelier", () => {
  it("Black-76 is parity-consistent, invertible and moves with F by its delta", () => {
    fc.assert(
      fc.property(side, market, (w, { S: F, m, T, r, sigma }) => {
        const K = F * m;
        const p = black76Price(w, F, K, T, r, sigma);
        const parity = p - black76Price(-w, F, K, T, r, sigma) - w * Math.exp(-r * T) * (F - K);
        expect(Math.abs(parity)).toBeLessThanOrEqual(1e-13 * F * (1 + m));
        const g = black76Greeks(w, F, K, T, r, sigma);
        const h = 1e-5 * F;
        const slope =
          (black76Price(w, F + h, K, T, r, sigma) - black76Price(w, F - h, K, T, r, sigma)) / (2 * h);
        expect(Math.abs(slope - g.delta)).toBeLessThan(1e-5);
        expect(g.rho).toBe(-T * g.price);
        if (g.vega > 1e-3 * F) expect(black76Iv(w, p, F, K, T, r).sigma).toBeCloseTo(sigma, 9);
      }),
    );
  });

  it("Bachelier: parity, bounds, inverse, slope; forwards may be negative", () => {
    fc.assert(
      fc.property(side, real(-50, 50), real(-50, 50), real(0.01, 3), real(0.5, 40), (w, F, K, T, sigma) => {
        const r = 0.03;
        const p = bachelierPrice(w, F, K, T, r, sigma);
        const df = Math.exp(-r * T);
        expect(Math.abs(p - bachelierPrice(-w, F, K, T, r, sigma) - w * df * (F - K))).toBeLessThan(1e-12);
        expect(p).toBeGreaterThanOrEqual(Math.max(w * df * (F - K), 0));
        const g = bachelierGreeks(w, F, K, T, r, sigma);
        const h = 1e-4;
        const slope =
          (bachelierPrice(w, F + h, K, T, r, sigma) - bachelierPrice(w, F - h, K, T, r, sigma)) / (2 * h);
        expect(Math.abs(slope - g.delta)).toBeLessThan(1e-5);
        if (g.vega > 1e-4) {
          expect(Math.abs((bachelierIv(w, p, F, K, T, r).sigma as number) / sigma - 1)).toBeLessThan(1e-9);
        }
      }),
    );
    expect(bachelierPrice(1, 10, 10, 1, 0, 2)).toBeCloseTo(2 / Math.sqrt(2 * Math.PI), 14);
  });

  it("far out-of-the-money Bachelier keeps its digits and its vol comes back", () => {
    const p = bachelierPrice(1, 0, 10, 1, 0, 0.5);
    // phi(20) − 20 Φ(−20), times 0.5, in 40 digits.
    expect(Math.abs(p / 6.850062473647899715745e-91 - 1)).toBeLessThan(1e-13);
    expect(bachelierIv(1, p, 0, 10, 1, 0).sigma).toBeCloseTo(0.5, 12);
  });
});

describe("the contract face", () => {
  const contract = { type: "put", K: 95, T: 0.75, style: "european" } as const;
  it("spot and forward markets agree, and iv inverts price", () => {
    const spot = marketOf(100, 0.04, 0.01, 0.3, contract.T);
    const F = 100 * Math.exp((0.04 - 0.01) * contract.T);
    const forward = { F, df: spot.df, q: 0.01, sigma: 0.3 };
    expect(price(contract, forward)).toBeCloseTo(price(contract, spot), 12);
    expect(greeks(contract, forward).vega).toBeCloseTo(greeks(contract, spot).vega, 10);
    expect(iv(contract, spot, price(contract, spot)).sigma).toBeCloseTo(0.3, 13);
  });
});
