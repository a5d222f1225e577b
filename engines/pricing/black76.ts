import { bsmGreeks, bsmPrice } from "./bsm.ts";
import { bsmIv, type ImpliedVol } from "./iv.ts";
import { emptyGreeks, type Greeks } from "./types.ts";

/**
 * Black (1976) for options on a future or forward F:  V = e^{−rT} w (F Φ(w d1) − K Φ(w d2)),  d1 = ln(F/K)/(σ√T) + σ√T/2.
 * It is Black-Scholes-Merton with S = F and q = r; delta, gamma, speed, vanna, zomma, charm, color are against F. Units and limits as there.
 */
export function black76Price(w: number, F: number, K: number, T: number, r: number, sigma: number): number {
  return bsmPrice(w, F, K, T, r, r, sigma);
}

/**
 * All values of a Black-76 option against F. F is held fixed when r moves, so rho = −T V and there is no yield: rhoQ is 0. Parameters as in
 * {@link black76Price}.
 */
export function black76Greeks(
  w: number,
  F: number,
  K: number,
  T: number,
  r: number,
  sigma: number,
  out: Greeks = emptyGreeks(),
): Greeks {
  bsmGreeks(w, F, K, T, r, r, sigma, out);
  out.rho = -T * out.price;
  out.rhoQ = out.price - out.price;
  return out;
}

/** Implied vol of a Black-76 price; kinds and accuracy as in {@link bsmIv}. */
export function black76Iv(
  w: number,
  price: number,
  F: number,
  K: number,
  T: number,
  r: number,
  sigma0 = 0,
): ImpliedVol {
  return bsmIv(w, price, F, K, T, r, r, sigma0);
}
