import { type Double2, ddAdd, ddDiv, ddMul, ddSqrt, twoProduct, twoSum } from "../stats/index.ts";

/**
 * Raw SVI of Gatheral: total variance w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2)), k = ln(K/F), w = iv^2 T.
 * Domain: b >= 0, |rho| <= 1, sigma > 0.
 */
export interface SviParams {
  readonly a: number;
  readonly b: number;
  readonly rho: number;
  readonly m: number;
  readonly sigma: number;
}

/** Are these raw SVI parameters in their domain? Positivity of w is {@link sviMinVariance}'s. */
export function sviValid(p: SviParams): boolean {
  return (
    Number.isFinite(p.a) &&
    p.b >= 0 &&
    p.b < Infinity &&
    p.rho >= -1 &&
    p.rho <= 1 &&
    Number.isFinite(p.m) &&
    p.sigma > 0 &&
    p.sigma < Infinity
  );
}

/** Below this share of its terms a sum is redone in twice the precision. */
const CANCELLED = 1 / 64;

/** Total variance w(k). Good to a few ulp also where a and the wings cancel. */
export function sviTotalVariance(p: SviParams, k: number): number {
  const x = k - p.m;
  const root = Math.sqrt(x * x + p.sigma * p.sigma);
  const w = p.a + p.b * (p.rho * x + root);
  const size = Math.abs(p.a) + p.b * (Math.abs(p.rho * x) + root);
  return Math.abs(w) > CANCELLED * size ? w : precise(p, k).w;
}

/** dw/dk. Good to a few ulp also next to the minimum of w, where it vanishes. */
export function sviSlope(p: SviParams, k: number): number {
  const x = k - p.m;
  const lean = x / Math.sqrt(x * x + p.sigma * p.sigma);
  const s = p.rho + lean;
  return Math.abs(s) > CANCELLED * Math.abs(lean) ? p.b * s : precise(p, k).w1;
}

/** d2w/dk2 = b sigma^2 / ((k - m)^2 + sigma^2)^1.5. */
export function sviCurvature(p: SviParams, k: number): number {
  const x = k - p.m;
  const r2 = x * x + p.sigma * p.sigma;
  return (p.b * p.sigma * p.sigma) / (r2 * Math.sqrt(r2));
}

/** Implied volatility sqrt(w/T), per 1.00; null where w is not positive or T is not. */
export function sviVol(p: SviParams, k: number, t: number): number | null {
  const w = sviTotalVariance(p, k);
  return w > 0 && t > 0 ? Math.sqrt(w / t) : null;
}

/**
 * Gatheral's g(k) = (1 - k w'/(2w))^2 - w'^2/4 (1/w + 1/4) + w''/2: the risk-neutral density up to a positive factor. Negative g
 * is butterfly arbitrage. Null where w <= 0: there g is not defined and the slice is arbitrageable already.
 */
export function sviG(p: SviParams, k: number): number | null {
  const w = sviTotalVariance(p, k);
  if (!(w > 0)) return null;
  const w1 = sviSlope(p, k);
  const lean = 1 - (k * w1) / (2 * w);
  return lean * lean - ((w1 * w1) / 4) * (1 / w + 0.25) + sviCurvature(p, k) / 2;
}

/** Least total variance of the slice, over all k: a + b sigma sqrt(1 - rho^2). */
export function sviMinVariance(p: SviParams): number {
  return p.a + p.b * p.sigma * Math.sqrt((1 - p.rho) * (1 + p.rho));
}

/** Lee's moment bound on both wings: b (1 + |rho|) <= 2. */
export function sviLeeOk(p: SviParams): boolean {
  return p.b * (1 + Math.abs(p.rho)) <= 2;
}

/** The log-moneyness grid on which a verdict is given. */
export interface CheckGrid {
  readonly from: number;
  readonly to: number;
  readonly points: number;
}
export const CHECK_GRID: CheckGrid = { from: -1.5, to: 1.5, points: 3001 };

const gridPoint = (g: CheckGrid, i: number): number =>
  g.points < 2 ? g.from : g.from + (i * (g.to - g.from)) / (g.points - 1);

/** Verdict on one slice. `minG` is null when w <= 0 somewhere on the grid: `argMin` is then the first such k. */
export interface ButterflyCheck {
  readonly free: boolean;
  readonly minG: number | null;
  readonly argMin: number;
}

/** Butterfly check: free when w > 0 and g >= 0 at every grid point. */
export function sviButterfly(p: SviParams, grid: CheckGrid = CHECK_GRID): ButterflyCheck {
  let minG = Infinity;
  let argMin = grid.from;
  for (let i = 0; i < grid.points; i++) {
    const k = gridPoint(grid, i);
    const g = sviG(p, k);
    if (g === null) return { free: false, minG: null, argMin: k };
    if (g < minG) {
      minG = g;
      argMin = k;
    }
  }
  return { free: minG >= 0, minG, argMin };
}

/** Verdict on two slices of one underlying. */
export interface CalendarCheck {
  readonly free: boolean;
  /** Least w_far(k) - w_near(k) on the grid. */
  readonly minDiff: number;
  readonly argMin: number;
}

/** Calendar check: free when the later expiry has at least the total variance of the nearer at every grid point. */
export function sviCalendar(near: SviParams, far: SviParams, grid: CheckGrid = CHECK_GRID): CalendarCheck {
  let minDiff = Infinity;
  let argMin = grid.from;
  for (let i = 0; i < grid.points; i++) {
    const k = gridPoint(grid, i);
    const d = sviTotalVariance(far, k) - sviTotalVariance(near, k);
    if (d < minDiff) {
      minDiff = d;
      argMin = k;
    }
  }
  return { free: minDiff >= 0, minDiff, argMin };
}

/** w and dw/dk with every step in double-double. */
function precise(p: SviParams, k: number): { w: number; w1: number } {
  const x = twoSum(k, -p.m);
  const root = ddSqrt(ddAdd(ddMul(x, x), twoProduct(p.sigma, p.sigma)));
  const rho: Double2 = { hi: p.rho, lo: 0 };
  const b: Double2 = { hi: p.b, lo: 0 };
  const w = ddAdd({ hi: p.a, lo: 0 }, ddMul(b, ddAdd(ddMul(rho, x), root)));
  const w1 = ddMul(b, ddAdd(rho, ddDiv(x, root)));
  return { w: w.hi + w.lo, w1: w1.hi + w1.lo };
}
