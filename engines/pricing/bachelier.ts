import { erfcx, normCdf, normInvRough, normPdf } from "../stats/index.ts";
import type { ImpliedVol } from "./iv.ts";

/**
 * Bachelier (normal) model on a forward F, for spreads and rates that may be negative:
 *
 *     V = e^{−rT} (w (F − K) Φ(w d) + σ√T φ(d)),   d = (F − K)/(σ√T)
 *
 * `sigma` is the normal vol: currency per √year. Domain: F, K, r finite, T >= 0, sigma >= 0, else NaN. T = 0 or sigma = 0 gives the
 * discounted intrinsic value.
 */
export interface BachelierGreeks {
  price: number;
  /** ∂V/∂F. */
  delta: number;
  gamma: number;
  /** ∂V/∂σ per 1.00 of normal vol. */
  vega: number;
  /** −∂V/∂T per year, F fixed. */
  theta: number;
  rho: number;
  vanna: number;
  volga: number;
}

const SQRT1_2 = Math.SQRT1_2;
const SQRT_2PI = 2.5066282746310002;

/** φ(a) − a Φ(−a) for a >= 0. */
function normalisedOtm(a: number): number {
  const y = 0.5 * SQRT_2PI * erfcx(a * SQRT1_2);
  if (a < 3) return normPdf(a) * (1 - a * y);
  // Mills' ratio is Y = 1/(a + c) with c = 1/(a + 2/(a + 3/(a + …))), so 1 − aY = cY, where nothing cancels.
  let c = 0;
  for (let k = 40; k > 0; k--) c = k / (a + c);
  return normPdf(a) * y * c;
}

function bad(F: number, K: number, T: number, r: number, sigma: number): boolean {
  return (
    !(T >= 0 && T < Infinity && sigma >= 0 && sigma < Infinity) || F - F !== 0 || K - K !== 0 || r - r !== 0
  );
}

/** Price; `w` +1 call, −1 put. Formula and domain at {@link BachelierGreeks}. */
export function bachelierPrice(w: number, F: number, K: number, T: number, r: number, sigma: number): number {
  if (bad(F, K, T, r, sigma)) return Number.NaN;
  const df = Math.exp(-r * T);
  const v = sigma * Math.sqrt(T);
  const lift = Math.max(w * (F - K), 0);
  if (v === 0) return df * lift;
  return df * (lift + v * normalisedOtm(Math.abs(F - K) / v));
}

/** Price and Greeks. Parameters as in {@link bachelierPrice}. */
export function bachelierGreeks(
  w: number,
  F: number,
  K: number,
  T: number,
  r: number,
  sigma: number,
): BachelierGreeks {
  const price = bachelierPrice(w, F, K, T, r, sigma);
  const nan = price - price;
  const df = Math.exp(-r * T);
  const sqrtT = Math.sqrt(T);
  const v = sigma * sqrtT;
  if (v === 0 || nan !== 0) {
    const inside = w * (F - K) > 0;
    return {
      price,
      delta: nan + (inside ? w * df : 0),
      gamma: nan,
      vega: nan,
      theta: r * price,
      rho: -T * price,
      vanna: nan,
      volga: nan,
    };
  }
  const d = (F - K) / v;
  const dens = df * normPdf(d);
  return {
    price,
    delta: w * df * normCdf(w * d),
    gamma: dens / v,
    vega: dens * sqrtT,
    theta: r * price - (dens * sigma) / (2 * sqrtT),
    rho: -T * price,
    vanna: (-dens * d) / sigma,
    volga: (dens * sqrtT * d * d) / sigma,
  };
}

/**
 * Implied normal vol of a price. Kinds as for Black-Scholes, without `above_maximum` (there is no upper bound). Newton on ln of the
 * out-of-the-money value in a = |F−K|/(σ√T); at the money V = e^{−rT} σ√(T/2π) exactly.
 */
export function bachelierIv(
  w: number,
  price: number,
  F: number,
  K: number,
  T: number,
  r: number,
): ImpliedVol {
  if (!(price >= 0 && price < Infinity) || bad(F, K, T, r, 0)) return { kind: "bad_input", sigma: null };
  if (T === 0) return { kind: "expired", sigma: null };
  const undiscounted = price * Math.exp(r * T);
  const bound = Math.max(w * (F - K), 0);
  if (undiscounted < bound) return { kind: "below_intrinsic", sigma: null };
  if (undiscounted === bound) return { kind: "at_intrinsic", sigma: 0 };
  const otm = undiscounted - bound;
  const sqrtT = Math.sqrt(T);
  const m = Math.abs(F - K);
  // Next to the money otm = v/√(2π) − m/2 + O(m²/v).
  if (m < 1e-8 * otm) return { kind: "ok", sigma: ((otm + 0.5 * m) * SQRT_2PI) / sqrtT };
  // otm/m = n(a)/a with n = φ − aΦ(−a); ln of it falls monotonically in a, with slope −φ/(a n).
  const target = Math.log(otm / m);
  let a =
    otm > m
      ? m / (otm * SQRT_2PI)
      : Math.max(-normInvRough(Math.max(0.5 * Math.min(otm / m, 0.9), 1e-300)), 0.05);
  for (let i = 0; i < 60; i++) {
    const n = normalisedOtm(a);
    if (!(n > 0)) {
      a *= 0.9;
      continue;
    }
    const step = ((Math.log(n / a) - target) * a * n) / normPdf(a);
    const next = a + step;
    const done = Math.abs(step) < 1e-15 * a;
    a = next > 0 ? Math.min(next, 2 * a + 1) : 0.5 * a;
    if (done) break;
  }
  return { kind: "ok", sigma: m / (a * sqrtT) };
}
