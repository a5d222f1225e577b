import { erfcx } from "../../stats/index.ts";
import type { Scheme } from "./scheme.ts";

/**
 * The early-exercise boundary of an American put and the premium that follows from it, after L. Andersen, M. Lake & D. Offengenden,
 * "High-performance American option pricing" (Journal of Computational Finance 20, 2016). First guess: the quadratic approximation of
 * Barone-Adesi & Whaley with the correction of M. Li, "Analytical approximations for the critical stock prices of American options"
 * (2009). Everything is for strike 1; domain r > 0, or r = 0 > q (one boundary).
 */

const SQRT1_2 = Math.SQRT1_2;
const INV_SQRT_2PI = 0.3989422804014327;

function cdf(z: number, e: number): number {
  return z > 0 ? 1 - 0.5 * e * erfcx(z * SQRT1_2) : 0.5 * e * erfcx(-z * SQRT1_2);
}

/** Where early exercise starts at expiry: min(1, r/q) of the strike. */
export function boundaryAtExpiry(r: number, q: number): number {
  return q > r && q > 0 ? r / q : 1;
}

/** The QD+ guess of the boundary at time to expiry `tau`, started from `guess`. */
function quadraticGuess(tau: number, r: number, q: number, sigma: number, x0: number, guess: number): number {
  const s2 = sigma * sigma;
  const v = sigma * Math.sqrt(tau);
  const dq = Math.exp(-q * tau);
  const df = Math.exp(-r * tau);
  const h = -Math.expm1(-r * tau);
  const rOverH = r === 0 ? 1 / tau : r / h;
  const om = (2 * (r - q)) / s2 - 1;
  const root = Math.sqrt(om * om + (8 * rOverH) / s2);
  let lambda = -0.5 * (om + root);
  let S = guess;
  for (let pass = 0; pass < 2; pass++) {
    let p = 0;
    let d1 = 0;
    let dens = 0;
    let m1 = 0;
    let m2 = 0;
    for (let it = 0; it < 8; it++) {
      d1 = (Math.log(S) + (r - q) * tau) / v + 0.5 * v;
      const e = Math.exp(-0.5 * d1 * d1);
      const d2 = d1 - v;
      dens = INV_SQRT_2PI * e;
      m1 = cdf(-d1, e);
      m2 = cdf(-d2, Math.exp(-0.5 * d2 * d2));
      p = df * m2 - S * dq * m1;
      const g = 1 - dq * m1;
      const f = g * S + lambda * (1 - S - p);
      const slope = g * (1 - lambda) + (dq * dens) / v;
      let next = S - f / slope;
      if (!(next > 0)) next = 0.5 * S;
      if (next > x0) next = x0;
      const done = Math.abs(next - S) < 1e-4 * S;
      S = next;
      if (done) break;
    }
    const gain = 1 - S - p;
    if (pass === 1 || !(gain > 1e-12) || r === 0) break;
    const theta = r * df * m2 - q * S * dq * m1 - (S * dq * dens * sigma) / (2 * Math.sqrt(tau));
    const slopeLambda = (2 * r) / (s2 * h * h * root);
    const c0 = ((df * 2 * r) / s2 / root) * (1 / h - theta / (df * r * gain) - slopeLambda / root);
    if (!(c0 - c0 === 0) || lambda + c0 > 0.5 * lambda) break;
    lambda += c0;
  }
  return S;
}

/** Buffers for one scheme; reused, never handed out. */
export interface Workspace {
  readonly scheme: Scheme;
  /** H at the points: the answer of {@link solveBoundary}. */
  readonly H: Float64Array;
  /** H of the round being made: all points move together, or the interpolant would ripple. */
  readonly next: Float64Array;
  readonly lastQ: Float64Array;
  readonly lastF: Float64Array;
  readonly lnB: Float64Array;
  readonly eq: Float64Array;
  /** ln X, B(T). */
  lnX: number;
  now: number;
}

export function workspace(s: Scheme): Workspace {
  return {
    scheme: s,
    H: new Float64Array(s.n),
    next: new Float64Array(s.n),
    lastQ: new Float64Array(s.n),
    lastF: new Float64Array(s.n),
    lnB: new Float64Array(Math.max(s.inner.size, s.outer.size)),
    eq: new Float64Array(s.n * s.inner.size),
    lnX: 0,
    now: 1,
  };
}

/** ln of the boundary at the nodes of row `i` of a quadrature, from H at the points. */
function boundaryAtNodes(w: Workspace, matrix: Float64Array, from: number, size: number): void {
  const { H, lnB, lnX } = w;
  const n = w.scheme.n;
  for (let k = 0; k < size; k++) {
    let sum = 0;
    const at = (from + k) * n;
    for (let j = 0; j < n; j++) sum += (matrix[at + j] as number) * (H[j] as number);
    lnB[k] = sum > 0 ? lnX - Math.sqrt(sum) : lnX;
  }
}

/**
 * Fills `w.H` and `w.now` = B(T) for a put of strike 1 and returns the rounds it took. With `exactly` > 0 it makes just so many, so that
 * neighbouring inputs go through the same arithmetic and differences between them are smooth.
 */
export function solveBoundary(
  w: Workspace,
  T: number,
  r: number,
  q: number,
  sigma: number,
  exactly = 0,
): number {
  const { n, rounds, enough, carryLimit, at, inner } = w.scheme;
  const x0 = boundaryAtExpiry(r, q);
  w.lnX = Math.log(x0);
  let guess = x0;
  for (let i = 0; i < n; i++) {
    const x = at[i] as number;
    guess = quadraticGuess(T * x * x, r, q, sigma, x0, guess);
    const l = Math.log(guess / x0);
    w.H[i] = l * l;
    const tau = T * x * x;
    for (let k = 0; k < inner.size; k++) {
      const s = inner.sin[k] as number;
      w.eq[i * inner.size + k] = Math.exp(q * tau * s * s);
    }
  }
  // The density form contracts faster, but alternates and then diverges where carry outruns the vol; the probability form does not.
  const step = Math.abs(r - q) * Math.sqrt(T) > carryLimit * sigma ? probabilityRound : densityRound;
  w.lastQ.fill(Number.NaN);
  let made = 0;
  while (made < (exactly || rounds)) {
    const moved = step(w, T, r, q, sigma, x0);
    w.H.set(w.next);
    made++;
    if (moved < enough && exactly === 0) break;
  }
  w.now = x0 * Math.exp(-Math.sqrt(w.H[n - 1] as number));
  return made;
}

/**
 * The next value of one point from Q and f = f(Q). Where the last two rounds alternated (carry large against variance) the slope they
 * show damps the step; elsewhere the plain iteration contracts fast by itself. Kept inside (0, X]. Returns the relative move.
 */
function take(w: Workspace, i: number, Q: number, f: number, x0: number): number {
  const dQ = Q - (w.lastQ[i] as number);
  const seen = (f - (w.lastF[i] as number)) / dQ;
  const slope = seen < 0 ? Math.max(seen, -1) : 0;
  w.lastQ[i] = Q;
  w.lastF[i] = f;
  let next = Q + (f - Q) / (1 - slope);
  if (!(next > 0.5 * Q && next < 2 * Q)) next = f > 0 && f < 2 * x0 ? f : Q;
  if (next > x0) next = x0;
  const l = Math.log(next / x0);
  w.next[i] = l * l;
  return Math.abs(next / Q - 1);
}

/** One round of the density form of the fixed-point equation (FP-A of the paper) over all points. Returns the largest relative move. */
function densityRound(w: Workspace, T: number, r: number, q: number, sigma: number, x0: number): number {
  const { n, at, inner } = w.scheme;
  const { size, sin, cos, weight } = inner;
  const { H, lnB, eq, lnX } = w;
  const b = r - q;
  let moved = 0;
  for (let i = n - 1; i >= 0; i--) {
    const rt = (at[i] as number) * Math.sqrt(T);
    const tau = rt * rt;
    boundaryAtNodes(w, inner.matrix, i * size, size);
    const lnQ = lnX - Math.sqrt(H[i] as number);
    const Q = Math.exp(lnQ);
    const sv = sigma * rt;
    const drift = Math.exp(b * tau);
    let kD = 0;
    let kN = 0;
    for (let k = 0; k < size; k++) {
      const c = cos[k] as number;
      const v = sv * c;
      const L = lnQ - (lnB[k] as number);
      const dp = (L + b * tau * c * c) / v + 0.5 * v;
      const e = Math.exp(-0.5 * dp * dp);
      const u = (weight[k] as number) * 2 * rt * (sin[k] as number) * (eq[i * size + k] as number);
      const dens = (u * INV_SQRT_2PI * e) / sigma;
      const densN = dens * Math.exp(L) * drift;
      kD += u * rt * c * cdf(dp, e) + dens;
      kN += densN;
    }
    const dp = (lnQ + b * tau) / sv + 0.5 * sv;
    const e = Math.exp(-0.5 * dp * dp);
    const a = (INV_SQRT_2PI * e) / sv;
    const aN = a * Q * drift;
    const N = aN + r * kN;
    const D = a + cdf(dp, e) + q * kD;
    const f = N / (D * drift);
    moved = Math.max(moved, take(w, i, Q, f, x0));
  }
  return moved;
}

/** One round of the probability form (FP-B). */
function probabilityRound(w: Workspace, T: number, r: number, q: number, sigma: number, x0: number): number {
  const { n, at, inner } = w.scheme;
  const { size, sin, cos, weight } = inner;
  const { H, lnB, eq, lnX } = w;
  const b = r - q;
  let moved = 0;
  for (let i = n - 1; i >= 0; i--) {
    const rt = (at[i] as number) * Math.sqrt(T);
    const tau = rt * rt;
    boundaryAtNodes(w, inner.matrix, i * size, size);
    const lnQ = lnX - Math.sqrt(H[i] as number);
    const Q = Math.exp(lnQ);
    const sv = sigma * rt;
    const drift = Math.exp(b * tau);
    let kD = 0;
    let kN = 0;
    for (let k = 0; k < size; k++) {
      const c = cos[k] as number;
      const s = sin[k] as number;
      const v = sv * c;
      const L = lnQ - (lnB[k] as number);
      const dp = (L + b * tau * c * c) / v + 0.5 * v;
      const dm = dp - v;
      const e = Math.exp(-0.5 * dp * dp);
      const growth = eq[i * size + k] as number;
      const u = (weight[k] as number) * 2 * rt * s * growth;
      const carry = Math.exp(b * tau * s * s);
      kD += u * rt * c * cdf(dp, e);
      kN += u * carry * rt * c * cdf(dm, Math.exp(-0.5 * dm * dm));
    }
    const dp = (lnQ + b * tau) / sv + 0.5 * sv;
    const dm = dp - sv;
    const e = Math.exp(-0.5 * dp * dp);
    const N = cdf(dm, Math.exp(-0.5 * dm * dm)) + r * kN;
    const D = cdf(dp, e) + q * kD;
    const f = N / (D * drift);
    moved = Math.max(moved, take(w, i, Q, f, x0));
  }
  return moved;
}

/** Premium over the European price and its first two derivatives in S, for the boundary in `w`. Strike 1. */
export interface Premium {
  value: number;
  delta: number;
  gamma: number;
}

/**
 * ∫ r e^{−r s} Φ(−d−) − q S e^{−q s} Φ(−d+) ds over s = T − u, d± of S against B(u) (Kim 1990). The boundary must have been solved for
 * the same T, r, q, sigma.
 */
export function premium(
  w: Workspace,
  S: number,
  T: number,
  r: number,
  q: number,
  sigma: number,
  out: Premium,
): void {
  const { size, sin, cos, weight, matrix } = w.scheme.outer;
  boundaryAtNodes(w, matrix, 0, size);
  const lnB = w.lnB;
  const lnS = Math.log(S);
  const rt = Math.sqrt(T);
  const b = r - q;
  let value = 0;
  let delta = 0;
  let gamma = 0;
  for (let k = 0; k < size; k++) {
    const c = cos[k] as number;
    const s = T * c * c;
    const v = sigma * rt * c;
    const dp = (lnS - (lnB[k] as number) + b * s) / v + 0.5 * v;
    const dm = dp - v;
    const ep = Math.exp(-0.5 * dp * dp);
    const em = Math.exp(-0.5 * dm * dm);
    const du = (weight[k] as number) * 2 * T * (sin[k] as number) * c;
    const rd = r * Math.exp(-r * s) * du;
    const qd = q * Math.exp(-q * s) * du;
    const tailP = cdf(-dp, ep);
    const fp = (INV_SQRT_2PI * ep) / v;
    const fm = (INV_SQRT_2PI * em) / v;
    value += rd * cdf(-dm, em) - qd * S * tailP;
    delta += qd * (fp - tailP) - (rd * fm) / S;
    gamma += (qd * fp * (1 - dp / v)) / S + (rd * fm * (1 + dm / v)) / (S * S);
  }
  out.value = value;
  out.delta = delta;
  out.gamma = gamma;
}
