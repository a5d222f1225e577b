import {
  americanPremium,
  bsmGreeks,
  bsmPrice,
  emptyGreeks,
  type SviParams,
  sviTotalVariance,
  TICK,
} from "../../../engines/pricing/index.ts";
import type { OptionView } from "./types.ts";
import type { OptionLook } from "./universe.ts";

/**
 * The model's implied volatility: SSVI of Gatheral & Jacquier (2014), w(k, θ) = θ/2 (1 + ρφk + √((φk + ρ)² + 1 − ρ²)) with
 * φ(θ) = η / √(θ(1 + θ)), free of butterflies for η(1 + |ρ|) ≤ 2 and of calendar arbitrage while θ rises with T. At the money the variance
 * of an instant pulls back to its long level: σ²(T) = σL² + (σ0² − σL²)(1 − e^{−κT})/(κT).
 */

const PULL = 3;
const LEAST_T = 1 / (365 * 24 * 60);

/** At-the-money vol of a maturity, per 1.00. `level` is the log move of the vol factor. */
export function atmVol(look: OptionLook, level: number, T: number): number {
  const near = (look.nearVol * Math.exp(look.volBeta * level)) ** 2;
  const long = (look.longVol * Math.exp(0.35 * look.volBeta * level)) ** 2;
  const x = PULL * Math.max(T, LEAST_T);
  return Math.sqrt(long + (near - long) * (-Math.expm1(-x) / x));
}

export function slice(look: OptionLook, level: number, T: number): SviParams {
  const theta = atmVol(look, level, T) ** 2 * Math.max(T, LEAST_T);
  const phi = look.eta / Math.sqrt(theta * (1 + theta));
  const root = Math.sqrt(1 - look.rho ** 2);
  return {
    a: (theta / 2) * root * root,
    b: (theta * phi) / 2,
    rho: look.rho,
    m: -look.rho / phi,
    sigma: root / phi,
  };
}

/** Vol of a strike at k = ln(K/F), per 1.00. */
export function smileVol(params: SviParams, k: number, T: number): number {
  return Math.sqrt(sviTotalVariance(params, k) / Math.max(T, LEAST_T));
}

export interface Priced {
  readonly w: 1 | -1;
  readonly S: number;
  readonly K: number;
  readonly T: number;
  readonly r: number;
  readonly q: number;
  readonly sigma: number;
  readonly american: boolean;
}

const premium = { value: 0, delta: 0, gamma: 0 };

/** Steps of the grid on which an early-exercise premium is taken: of ln(S/K), of days left, and of ln σ. */
const PREMIUM_GRID = { spot: 0.005, days: 365, vol: 0.02 } as const;
/** Days left below which the grid has no step of its own. */
const LAST_DAY = 0.25;

/**
 * Early-exercise premium per share, on a coarse grid of spot, time and vol so that a chain is priced at the speed of its European twin. It is
 * that of the grid point, not of who asked first: two venues of one seed quote alike whatever they were asked before.
 */
function earlyPremium(p: Priced, cache: Map<string, number>, key: string): number {
  if (!p.american || (p.w > 0 && p.q <= 0)) return 0;
  const bucket = Math.round(Math.log(p.S / p.K) / PREMIUM_GRID.spot);
  // Deep out of the money nobody exercises.
  if (p.w * bucket < -20) return 0;
  const days = Math.round(p.T * PREMIUM_GRID.days);
  const vol = Math.round(Math.log(p.sigma) / PREMIUM_GRID.vol);
  const at = `${key} ${bucket} ${days} ${vol}`;
  let value = cache.get(at);
  if (value === undefined) {
    const S = p.K * Math.exp(bucket * PREMIUM_GRID.spot);
    const T = Math.max(days, LAST_DAY) / PREMIUM_GRID.days;
    americanPremium(p.w, S, p.K, T, p.r, p.q, Math.exp(vol * PREMIUM_GRID.vol), premium, TICK);
    value = Math.max(0, premium.value);
    if (cache.size > 50_000) cache.clear();
    cache.set(at, value);
  }
  return value;
}

export function fairPrice(p: Priced, cache: Map<string, number>, key: string): number {
  const intrinsic = Math.max(p.w * (p.S - p.K), 0);
  if (p.T <= 0) return intrinsic;
  const value = bsmPrice(p.w, p.S, p.K, p.T, p.r, p.q, p.sigma) + earlyPremium(p, cache, key);
  return p.american ? Math.max(value, intrinsic) : value;
}

const greeks = emptyGreeks();

export function viewOf(p: Priced, cache: Map<string, number>, key: string): OptionView {
  bsmGreeks(p.w, p.S, p.K, Math.max(p.T, 0), p.r, p.q, p.sigma, greeks);
  const { delta, gamma, theta, vega, rho } = greeks;
  const forward = p.S * Math.exp((p.r - p.q) * Math.max(p.T, 0));
  return { iv: p.sigma, price: fairPrice(p, cache, key), delta, gamma, theta, vega, rho, forward };
}
