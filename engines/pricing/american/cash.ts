import { normCdf } from "../../stats/index.ts";
import { bsmPrice } from "../bsm.ts";
import type { CashDividend } from "../types.ts";
import { americanPrice } from "./american.ts";
import { gaussLegendre } from "./scheme.ts";

/**
 * Options under discrete cash dividends, spot model: the spot diffuses with sigma (and continuous yield q) and drops by the amount at each
 * ex-date, never below zero. Not the escrowed model.
 *
 * - A call with one dividend, r >= 0, q <= 0 is exercised only just before the ex-date or at expiry: one quadrature, exact to about 1e-10 of spot.
 * - Everything else: Crank-Nicolson on ln S with two damped steps after expiry and after each ex-date, exercise by the Brennan-Schwartz
 *   elimination, four-point interpolation across the drop. About 2e-5 of spot on the default grid.
 */
export interface CashGrid {
  readonly space: number;
  readonly time: number;
}
export const CASH_GRID: CashGrid = { space: 500, time: 200 };

export interface CashValue {
  price: number;
  delta: number;
  gamma: number;
  speed: number;
  method: "quadrature" | "grid" | "boundary";
}

/** Dividends that fall strictly inside (0, T) and pay something, ascending. */
export function liveDividends(dividends: readonly CashDividend[], T: number): CashDividend[] {
  return dividends.filter((d) => d.t > 0 && d.t < T && d.amount > 0).toSorted((a, b) => a.t - b.t);
}

/**
 * Price per share with cash dividends. `w` +1 call, −1 put; T years, r and q continuous, sigma per 1.00, `american` allows exercise at
 * any time. Bad input gives NaN; sigma = 0 and T = 0 as without dividends along the dropping path.
 */
export function cashPrice(
  w: number,
  S: number,
  K: number,
  T: number,
  r: number,
  q: number,
  sigma: number,
  dividends: readonly CashDividend[],
  american: boolean,
  grid: CashGrid = CASH_GRID,
): number {
  return cashValue(w, S, K, T, r, q, sigma, dividends, american, grid).price;
}

/** Price with the spot derivatives the method gives for free. Parameters as {@link cashPrice}. */
export function cashValue(
  w: number,
  S: number,
  K: number,
  T: number,
  r: number,
  q: number,
  sigma: number,
  dividends: readonly CashDividend[],
  american: boolean,
  grid: CashGrid = CASH_GRID,
): CashValue {
  const none = (price: number): CashValue => ({
    price,
    delta: Number.NaN,
    gamma: Number.NaN,
    speed: Number.NaN,
    method: "boundary",
  });
  const plain = bsmPrice(w, S, K, T, r, q, sigma);
  if (plain !== plain) return none(plain);
  const live = liveDividends(dividends, T);
  if (live.length === 0) return none(american ? americanPrice(w, S, K, T, r, q, sigma) : plain);
  if (sigma === 0) return none(knownPath(w, S, K, T, r, q, live, american));
  const only = live[0] as CashDividend;
  if (w > 0 && live.length === 1 && (!american || (r >= 0 && q <= 0))) {
    const at = (s: number): number => oneDividendCall(s, K, T, r, q, sigma, only, american);
    const h = 2e-3 * S;
    const [a, b, c, d, e] = [at(S - 2 * h), at(S - h), at(S), at(S + h), at(S + 2 * h)] as const;
    return {
      price: c,
      delta: (a - 8 * b + 8 * d - e) / (12 * h),
      gamma: (-a + 16 * b - 30 * c + 16 * d - e) / (12 * h * h),
      speed: (e - 2 * d + 2 * b - a) / (2 * h * h * h),
      method: "quadrature",
    };
  }
  return gridValue(w, S, K, T, r, q, sigma, live, american, grid);
}

/** No vol: the spot's path is known; exercise at the best of: now, just before and after each ex-date, expiry. */
function knownPath(
  w: number,
  S: number,
  K: number,
  T: number,
  r: number,
  q: number,
  live: readonly CashDividend[],
  american: boolean,
): number {
  let spot = S;
  let t = 0;
  let best = american ? Math.max(w * (S - K), 0) : 0;
  for (const d of [...live, { t: T, amount: 0 }]) {
    spot *= Math.exp((r - q) * (d.t - t));
    t = d.t;
    const df = Math.exp(-r * t);
    if (american || t === T) best = Math.max(best, df * w * (spot - K));
    spot = Math.max(spot - d.amount, 0);
    if (american) best = Math.max(best, df * w * (spot - K));
  }
  return best;
}

const GAUSS = gaussLegendre(16);

/** A call with one drop: the integral of its value just before the drop, split where exercise starts. */
function oneDividendCall(
  S: number,
  K: number,
  T: number,
  r: number,
  q: number,
  sigma: number,
  dividend: CashDividend,
  american: boolean,
): number {
  const { t, amount } = dividend;
  const rest = T - t;
  const after = (s: number): number => (s > amount ? bsmPrice(1, s - amount, K, rest, r, q, sigma) : 0);
  const sv = sigma * Math.sqrt(t);
  const drift = Math.log(S) + (r - q - 0.5 * sigma * sigma) * t;
  // Where holding through the drop is worth as much as exercising before it.
  let edge = Number.POSITIVE_INFINITY;
  if (american) {
    let hi = K + amount;
    for (let i = 0; i < 60 && after(hi) > hi - K; i++) hi *= 1.5;
    if (after(hi) <= hi - K) {
      let lo = K;
      for (let i = 0; i < 200 && hi - lo > 1e-14 * hi; i++) {
        const mid = 0.5 * (lo + hi);
        if (after(mid) > mid - K) lo = mid;
        else hi = mid;
      }
      edge = hi;
    }
  }
  const zEdge = (Math.log(edge) - drift) / sv;
  const top = Math.min(zEdge, sv + 9.5);
  const bottom = Math.max((Math.log(amount) - drift) / sv, -9.5);
  // Panels no wider than what the value's bend at K + amount asks for.
  const bend = Math.sqrt(rest / t);
  const panels = Math.min(400, Math.ceil(((top - bottom) * 1.5) / Math.min(1, Math.max(bend, 0.02))) + 4);
  const width = (top - bottom) / panels;
  let held = 0;
  for (let p = 0; width > 0 && p < panels; p++) {
    const mid = bottom + (p + 0.5) * width;
    for (let k = 0; k < 16; k++) {
      const z = mid + 0.5 * width * (GAUSS.x[k] as number);
      held += (GAUSS.w[k] as number) * Math.exp(-0.5 * z * z) * after(Math.exp(drift + sv * z));
    }
  }
  held *= 0.5 * width * 0.3989422804014327 * Math.exp(-r * t);
  if (edge === Number.POSITIVE_INFINITY) return held;
  const exercised = S * Math.exp(-q * t) * normCdf(sv - zEdge) - K * Math.exp(-r * t) * normCdf(-zEdge);
  return held + exercised;
}

function gridValue(
  w: number,
  S: number,
  K: number,
  T: number,
  r: number,
  q: number,
  sigma: number,
  live: readonly CashDividend[],
  american: boolean,
  grid: CashGrid,
): CashValue {
  const m = grid.space;
  const paid = live.reduce((sum, d) => sum + d.amount, 0);
  const half =
    6 * sigma * Math.sqrt(T) + Math.abs(r - q) * T + Math.abs(Math.log(S / K)) + Math.min(2, (3 * paid) / S);
  const dx = (2 * half) / m;
  const x0 = Math.log(S) - half;
  const spot = Float64Array.from({ length: m + 1 }, (_, i) => Math.exp(x0 + i * dx));
  const pay = spot.map((s) => Math.max(w * (s - K), 0));
  let value = Float64Array.from(spot, (s, i) => cellAverage(w, s, K, dx) ?? (pay[i] as number));
  const work = { a: new Float64Array(m + 1), b: new Float64Array(m + 1), rhs: new Float64Array(m + 1) };
  const stops = [...live].reverse();
  let left = T;
  for (let leg = 0; leg <= stops.length; leg++) {
    const stop = stops[leg];
    const until = stop ? stop.t : 0;
    const span = left - until;
    const steps = Math.max(24, Math.round((grid.time * span) / T));
    let done = 0;
    for (let k = 0; k < steps; k++) {
      // Short steps first: the value bends most just before expiry and just before a drop.
      const next = span * ((k + 1) / steps) ** 2;
      const dt = next - done;
      done = next;
      const elapsed = T - (left - done);
      // Two damped (fully implicit) steps, then Crank-Nicolson.
      const damped = k < 2;
      for (let h = 0; h < (damped ? 2 : 1); h++) {
        const tau = damped && h === 0 ? elapsed - 0.5 * dt : elapsed;
        advance(
          value,
          pay,
          spot,
          work,
          w,
          K,
          damped ? 0.5 * dt : dt,
          damped ? 1 : 0.5,
          r,
          q,
          sigma,
          dx,
          tau,
          american,
        );
      }
    }
    if (stop) {
      value = drop(value, spot, x0, dx, stop.amount, w, K, american, T - stop.t, r);
      if (american) for (let i = 0; i <= m; i++) value[i] = Math.max(value[i] as number, pay[i] as number);
    }
    left = until;
  }
  const c = m >> 1;
  const v = (i: number): number => value[c + i] as number;
  const vx = (v(-2) - 8 * v(-1) + 8 * v(1) - v(2)) / (12 * dx);
  const vxx = (-v(-2) + 16 * v(-1) - 30 * v(0) + 16 * v(1) - v(2)) / (12 * dx * dx);
  const vxxx = (v(2) - 2 * v(1) + 2 * v(-1) - v(-2)) / (2 * dx * dx * dx);
  return {
    price: v(0),
    delta: vx / S,
    gamma: (vxx - vx) / (S * S),
    speed: (vxxx - 3 * vxx + 2 * vx) / (S * S * S),
    method: "grid",
  };
}

/** Mean of the payoff over the cell of a node next to the strike, which restores second order; null for other nodes. */
function cellAverage(w: number, s: number, K: number, dx: number): number | null {
  const lo = s * Math.exp(-0.5 * dx);
  const hi = s * Math.exp(0.5 * dx);
  if (K <= lo || K >= hi) return null;
  return w > 0 ? (hi - K - K * Math.log(hi / K)) / dx : (K * Math.log(K / lo) - (K - lo)) / dx;
}

interface Work {
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly rhs: Float64Array;
}

/** One step of length dt, implicitness `th`; `tau` is the time to expiry it arrives at. Exercise side is eliminated last. */
function advance(
  value: Float64Array,
  pay: Float64Array,
  spot: Float64Array,
  work: Work,
  w: number,
  K: number,
  dt: number,
  th: number,
  r: number,
  q: number,
  sigma: number,
  dx: number,
  tau: number,
  american: boolean,
): void {
  const m = value.length - 1;
  const { b, rhs } = work;
  const diffusion = (0.5 * sigma * sigma) / (dx * dx);
  const drift = (r - q - 0.5 * sigma * sigma) / (2 * dx);
  const lower = diffusion - drift;
  const upper = diffusion + drift;
  const centre = -2 * diffusion - r;
  const ex = (1 - th) * dt;
  for (let i = 1; i < m; i++) {
    rhs[i] =
      (value[i] as number) +
      ex *
        (lower * (value[i - 1] as number) + centre * (value[i] as number) + upper * (value[i + 1] as number));
  }
  const lo = -th * dt * lower;
  const mid = 1 - th * dt * centre;
  const hi = -th * dt * upper;
  const line = (i: number): number => {
    const held = Math.max(w * ((spot[i] as number) * Math.exp(-q * tau) - K * Math.exp(-r * tau)), 0);
    return american ? Math.max(held, pay[i] as number) : held;
  };
  value[0] = line(0);
  value[m] = line(m);
  // Put: eliminate from the top down, substitute upwards through the exercise region. Call: the mirror image.
  const from = w < 0 ? m - 1 : 1;
  const to = w < 0 ? 1 : m - 1;
  const dir = w < 0 ? -1 : 1;
  const ahead = w < 0 ? lo : hi;
  const behind = w < 0 ? hi : lo;
  b[from] = mid;
  rhs[from] = (rhs[from] as number) - behind * (value[from - dir] as number);
  for (let i = from + dir; i !== to + dir; i += dir) {
    const f = behind / (b[i - dir] as number);
    b[i] = mid - f * ahead;
    rhs[i] = (rhs[i] as number) - f * (rhs[i - dir] as number);
  }
  for (let i = to; i !== from - dir; i -= dir) {
    const x = ((rhs[i] as number) - ahead * (value[i + dir] as number)) / (b[i] as number);
    value[i] = american && x < (pay[i] as number) ? (pay[i] as number) : x;
  }
}

/** V(t−, S) = V(t+, max(S − D, 0)) by four-point Lagrange interpolation in ln S. */
function drop(
  value: Float64Array,
  spot: Float64Array,
  x0: number,
  dx: number,
  amount: number,
  w: number,
  K: number,
  american: boolean,
  tau: number,
  r: number,
): Float64Array<ArrayBuffer> {
  const m = value.length - 1;
  const atZero = w > 0 ? 0 : K * (american && r > 0 ? 1 : Math.exp(-r * tau));
  const floor = spot[0] as number;
  return Float64Array.from(spot, (s) => {
    const left = s - amount;
    if (left <= 0) return atZero;
    if (left <= floor) return atZero + ((value[0] as number) - atZero) * (left / floor);
    const p = (Math.log(left) - x0) / dx;
    const i = Math.min(Math.max(Math.floor(p), 1), m - 2);
    const t = p - i;
    const v = (k: number): number => value[i + k] as number;
    return (
      (-t * (t - 1) * (t - 2) * v(-1)) / 6 +
      ((t + 1) * (t - 1) * (t - 2) * v(0)) / 2 -
      ((t + 1) * t * (t - 2) * v(1)) / 2 +
      ((t + 1) * t * (t - 1) * v(2)) / 6
    );
  });
}
