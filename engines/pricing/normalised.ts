import { erfcx, normInvRough } from "../stats/index.ts";

/**
 * Black's formula in normalised coordinates and its inverse, after P. Jäckel, "Let's Be Rational" (Wilmott, January 2015).
 *
 *     b(x, s) = e^{x/2} Φ(x/s + s/2) − e^{−x/2} Φ(x/s − s/2),   x = −|ln(F/K)| <= 0,   s = σ√T,   0 < b < e^{x/2}
 *
 * The value is the out-of-the-money price over √(F K)·df. With h = x/s, t = s/2 and Y = Φ/φ the price is φ(h) e^{−t²/2} (Y(h+t) − Y(h−t))
 * and ∂b/∂s = φ(h) e^{−t²/2}; ratios of the two need no exponential, so the far wings never underflow.
 */

const SQRT1_2 = Math.SQRT1_2;
const SQRT_PI_2 = 1.2533141373155003;
const LN_SQRT_2PI = 0.9189385332046728;
const INV_SQRT_2PI = 0.3989422804014327;
const SQRT_3 = Math.sqrt(3);
const TWO_PI = 2 * Math.PI;
/** A fourth-order step of this relative size leaves an error below the last bit. */
const LAST_STEP = 1e-4;
const MAX_STEPS = 60;

/** Y(h+t) − Y(h−t) for h <= 0, t > 0. */
function spread(h: number, t: number): number {
  if (t < 0.02 && h > -2) return spreadSmall(h, t);
  if (t < -1e-7 * h) return 2 * t * slopeFar(-h);
  return SQRT_PI_2 * (erfcx(-(h + t) * SQRT1_2) - erfcx((t - h) * SQRT1_2));
}

/** The same by its Taylor series in t: 2 Σ Y^{(2k+1)}(h) t^{2k+1}/(2k+1)!, with Y' = 1 + hY and Y^{(n+1)} = hY^{(n)} + nY^{(n−1)}. */
function spreadSmall(h: number, t: number): number {
  const y0 = SQRT_PI_2 * erfcx(-h * SQRT1_2);
  const y1 = 1 + h * y0;
  const y2 = h * y1 + y0;
  const y3 = h * y2 + 2 * y1;
  const y4 = h * y3 + 3 * y2;
  const y5 = h * y4 + 4 * y3;
  const y6 = h * y5 + 5 * y4;
  const y7 = h * y6 + 6 * y5;
  const u = t * t;
  return 2 * t * (y1 + u * (y3 / 6 + u * (y5 / 120 + (u * y7) / 5040)));
}

/** Y'(−a) = 1 − aY(−a) for a >= 2, by the continued fraction Y = 1/(a + c), c = 1/(a + 2/(a + 3/(a + …))): Y' = cY. */
function slopeFar(a: number): number {
  let c = 0;
  for (let k = a > 40 ? 8 : 60; k > 0; k--) c = k / (a + c);
  return c / (a + c);
}

/** b(x, s), relative accuracy near machine precision on its own arguments. Domain x <= 0, s >= 0. */
export function normalisedBlack(x: number, s: number): number {
  if (!(s > 0)) return 0;
  const h = x / s;
  const t = 0.5 * s;
  const e = Math.exp(-0.5 * (h * h + t * t));
  if (t < -h || t < 0.02) return INV_SQRT_2PI * e * spread(h, t);
  return Math.exp(0.5 * x) - upperGap(h, t, e);
}

/** e^{x/2} − b, with e = e^{−(h²+t²)/2}; without cancellation for t >= |h|. */
function upperGap(h: number, t: number, e: number): number {
  return 0.5 * e * (erfcx((h + t) * SQRT1_2) + erfcx((t - h) * SQRT1_2));
}

/** The lower map f of a price: nearly linear in the price near 0, and invertible in closed form. */
function lowerMapInverse(f: number, ax: number): number {
  const p = SQRT_3 * Math.cbrt(f / (TWO_PI * ax));
  return p < 0.5 ? -ax / (SQRT_3 * normInvRough(p)) : Number.NaN;
}

/**
 * Rational cubic interpolation (Delbourgo & Gregory 1985) between (xl, yl) and (xr, yr) with slopes dl, dr and control parameter r,
 * kept where the interpolant is monotone.
 */
function rationalCubic(
  x: number,
  xl: number,
  xr: number,
  yl: number,
  yr: number,
  dl: number,
  dr: number,
  r: number,
): number {
  const h = xr - xl;
  const slope = (yr - yl) / h;
  const least = (dl + dr) / slope;
  const c = r > least ? r : least;
  const t = (x - xl) / h;
  const u = 1 - t;
  if (!(c < 1e15)) return yr * t + yl * u;
  return (
    (yr * t * t * t + (c * yr - h * dr) * t * t * u + (c * yl + h * dl) * t * u * u + yl * u * u * u) /
    (1 + (c - 3) * t * u)
  );
}

/** A first guess of s, good to a percent or so over the whole plane (four branches of the paper). */
function coldGuess(x: number, beta: number, gap: number, bmax: number): number {
  const ax = -x;
  if (ax < 1e-14) return gap < 0.3 ? -2 * normInvRough(0.5 * gap) : centreGuess(beta);
  const sc = Math.sqrt(2 * ax);
  const bc = 0.5 * bmax * (1 - erfcx(Math.sqrt(ax)));
  const vc = bmax * INV_SQRT_2PI;
  if (beta < bc) {
    const sl = sc - bc / vc;
    const bl = sl > 0 ? normalisedBlack(x, sl) : 0;
    if (beta < bl) return lowerGuess(ax, beta, sl, bl);
    const hl = x / sl;
    const vl = INV_SQRT_2PI * Math.exp(-0.5 * hl * hl - 0.125 * sl * sl);
    const slope = (sc - sl) / (bc - bl);
    const r = (1 / vc - 1 / vl) / (1 / vc - slope);
    return rationalCubic(beta, bl, bc, sl, sc, 1 / vl, 1 / vc, r);
  }
  const su = sc + (bmax - bc) / vc;
  const hu = x / su;
  const eu = Math.exp(-0.5 * hu * hu - 0.125 * su * su);
  const gu = upperGap(hu, 0.5 * su, eu);
  const bu = bmax - gu;
  const vu = INV_SQRT_2PI * eu;
  if (beta < bu) {
    const slope = (su - sc) / (bu - bc);
    const r = (1 / vu - 1 / vc) / (slope - 1 / vc);
    return rationalCubic(beta, bc, bu, sc, su, 1 / vc, 1 / vu, r);
  }
  const w = hu * hu;
  const fu = 0.5 * erfcx(0.5 * su * SQRT1_2) * Math.exp(-0.125 * su * su);
  const d = -0.5 * Math.exp(0.5 * w);
  const dd = SQRT_PI_2 * Math.exp(w + 0.125 * su * su) * (w / su);
  // Interpolate over the gap, so that prices next to the maximum keep their digits: f(0) = 0, slope 1/2 there.
  const slope = fu / gu;
  const r = (0.5 * gu * dd + (-d - 0.5)) / (-d - slope);
  const f = rationalCubic(gap, 0, gu, 0, fu, 0.5, -d, r);
  return f > 0 && f < 0.5 ? -2 * normInvRough(f) : su;
}

/** At the money with a small price: b = erf(s/√8). */
function centreGuess(beta: number): number {
  const b2 = beta * beta;
  return beta * (2.5066282746310002 + b2 * (0.6562361 + b2 * 0.45));
}

function lowerGuess(ax: number, beta: number, sl: number, bl: number): number {
  const z = ax / (SQRT_3 * sl);
  const y = z * z;
  const s8 = 0.125 * sl * sl;
  const ex = erfcx(z * SQRT1_2);
  const p = 0.5 * Math.exp(-0.5 * y) * ex;
  const f = ((TWO_PI * ax) / (3 * SQRT_3)) * p * p * p;
  const d = TWO_PI * y * p * p * Math.exp(y + s8);
  const dd =
    (d / INV_SQRT_2PI) *
    Math.exp(1.5 * y + s8) *
    ((-2 + ((4 * INV_SQRT_2PI) / ex) * z - 2 * y) / sl + 0.25 * sl);
  const r = (0.5 * bl * dd + (d - 1)) / (d - f / bl);
  return lowerMapInverse(rationalCubic(beta, 0, bl, 0, f, 1, d, r), ax);
}

/**
 * The s with b(x, s) = beta. `gap` = e^{x/2} − beta and `bmax` = e^{x/2} are given by the caller, who knows them without
 * cancellation. `guess` > 0 starts there (a previous tick), 0 starts cold. Domain: x <= 0, 0 < beta < bmax, gap > 0.
 * Third-order Householder steps on 1/ln b (below the inflexion), b, or ln(bmax − b) (near the maximum), kept inside a bracket.
 */
export function solveNormalised(x: number, beta: number, gap: number, bmax: number, guess: number): number {
  let s = guess > 0 ? guess : coldGuess(x, beta, gap, bmax);
  const sc2 = -2 * x;
  if (!(s > 0 && s < Infinity)) s = Math.sqrt(sc2) || 1e-8;
  const high = gap < 0.2 * bmax;
  // A price this near its maximum lies beyond the inflexion; below it the terms of its objective overflow.
  if (high && s * s < sc2) s = Math.sqrt(sc2) + 2.5;
  let lnBeta = 0;
  let invLnBeta = 0;
  let lo = 0;
  let hi = Infinity;
  for (let i = 0; i < MAX_STEPS; i++) {
    const h = x / s;
    const t = 0.5 * s;
    const hs = h * (1 / s);
    const halfSquares = 0.5 * (h * h + t * t);
    const bh = h * hs - 0.5 * t;
    const b3 = bh * bh - 3 * hs * hs - 0.25;
    let newton: number;
    let halley: number;
    let hh3: number;
    if (s * s < sc2 && !high) {
      if (lnBeta === 0) {
        lnBeta = Math.log(beta);
        invLnBeta = 1 / lnBeta;
      }
      const sp = spread(h, t);
      const lnB = Math.log(sp) - halfSquares - LN_SQRT_2PI;
      const both = lnB * sp;
      const inv = 1 / both;
      const l = sp * inv;
      const g = lnB * inv;
      const tilt = g * (1 + 2 * l);
      newton = (lnBeta - lnB) * both * invLnBeta;
      halley = bh - tilt;
      hh3 = b3 + 2 * g * g * (1 + 3 * l * (1 + l)) - 3 * bh * tilt;
    } else {
      const e = Math.exp(-halfSquares);
      const v = INV_SQRT_2PI * e;
      if (high || (s > 2.5 && (s - 2.5) * (s - 2.5) > sc2)) {
        const gp = v / upperGap(h, t, e);
        newton = Math.log(v / (gp * gap)) / gp;
        halley = bh + gp;
        hh3 = b3 + gp * (2 * gp + 3 * bh);
      } else {
        newton = t < 0.02 ? beta / v - spread(h, t) : (upperGap(h, t, e) - gap) / v;
        halley = bh;
        hh3 = b3;
      }
    }
    if (newton > 0) lo = s;
    else hi = s;
    const step = (newton * (1 + 0.5 * halley * newton)) / (1 + newton * (halley + (hh3 * newton) / 6));
    const next = s + step;
    if (Math.abs(newton) <= LAST_STEP * s) return next;
    // Far from the root the step says little: a Newton step beyond 2s means go by factors instead.
    const near = Math.abs(newton) < 2 * s && step * newton > 0;
    if (near && next > lo && next < hi && next > 0.2 * s && next < 5 * s) s = next;
    else s = hi < Infinity ? (lo > 0 ? Math.sqrt(lo * hi) : 0.25 * hi) : 4 * lo;
  }
  return s;
}
