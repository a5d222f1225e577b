/**
 * The normal distribution and the error functions to double precision.
 *
 * `erfcx` carries everything: three rational interpolants in its argument (0–2, 2–6, and 1/x² beyond 6), fitted at Chebyshev nodes
 * in 60 digits, each within 2e-17 of the truth relatively, so that what is left is the rounding of a double. It needs no exponential
 * for x >= 0, which lets callers share one between several tails.
 */

const SQRT1_2 = Math.SQRT1_2;
const INV_SQRT_2PI = 0.3989422804014327;
const LN_SQRT_2PI = 0.9189385332046728;

// Polynomials by pairs (Estrin): the halves of each don't wait for one another.

function erfcxNear(x: number): number {
  const x2 = x * x;
  const x4 = x2 * x2;
  const p =
    1.0 +
    1.5892878300221742 * x +
    (1.274422948636193 + 0.6289621794352862 * x) * x2 +
    (0.2031485724720854 + 0.04259751604985085 * x + (0.005364177624779696 + 0.0003141189966944784 * x) * x2) *
      x4;
  const q =
    1.0 +
    2.7176669971176857 * x +
    (3.3409817712868635 + 2.4334421887462483 * x) * x2 +
    (1.1523848197415765 +
      0.36481278188977656 * x +
      (0.0757816149507157 + 0.009507693509586529 * x) * x2 +
      0.0005567632522516738 * x4) *
      x4;
  return p / q;
}

function erfcxMid(x: number): number {
  const x2 = x * x;
  const x4 = x2 * x2;
  const p =
    0.9999988906249097 +
    1.9805954427151673 * x +
    (1.9222388152291017 + 1.1589528810732221 * x) * x2 +
    (0.4663514317913301 + 0.12600721300049977 * x + (0.021514742390461025 + 0.0019131569808495735 * x) * x2) *
      x4;
  const q =
    1.0 +
    3.1089659456069763 * x +
    (4.430364617086531 + 3.8012859177552674 * x) * x2 +
    (2.1641676350109407 +
      0.8456532333346031 * x +
      (0.22503746560909424 + 0.03813388787834629 * x) * x2 +
      0.003390982459699354 * x4) *
      x4;
  return p / q;
}

function erfcxFar(x: number): number {
  const t = 1 / (x * x);
  const p =
    (((8.316649708582311 * t + 48.69564010717319) * t + 38.967594085120155) * t + 8.857686686529695) * t +
    0.5641895835477563;
  const q =
    (((38.361945586929345 * t + 114.24498543163095) * t + 76.41818263570076) * t + 16.19984087765382) * t + 1;
  return p / (q * x);
}

/**
 * Scaled complementary error function e^{x²} erfc(x), any finite x; relative error about 4e-16 for x >= 0. Below −26.6 it overflows to
 * Infinity as the true value does.
 */
export function erfcx(x: number): number {
  if (x >= 0) return x < 2 ? erfcxNear(x) : x < 6 ? erfcxMid(x) : erfcxFar(x);
  return x !== x ? x : 2 * expSquare(x, 1) - erfcx(-x);
}

/** e^{c x²} with the square split so that its rounding doesn't grow with x. */
function expSquare(x: number, c: number): number {
  const h = Math.trunc(x * 16) / 16;
  const square = (x - h) * (x + h);
  if (Math.abs(x) > 1e6) return c > 0 ? Infinity : 0;
  return Math.exp(c * h * h) * Math.exp(c * square);
}

/** Complementary error function 1 − erf(x), relative error about 5e-16 down to the smallest normal double (x < 26.5). */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  return x < 0.5 ? 1 - erf(x) : x > 28 ? 0 : expSquare(x, -1) * erfcx(x);
}

/** Error function, relative error about 3e-16 everywhere, so also next to 0. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a >= 0.5) return x > 0 ? 1 - erfc(x) : erfc(-x) - 1;
  const t = x * x;
  const p =
    (((6.531467556826209e-5 * t + 0.0011119471600087368) * t + 0.04003497179910085) * t +
      0.13273781588833677) *
      t +
    1.1283791670955126;
  const q =
    (((0.000351664760844424 * t + 0.00829908642055792) * t + 0.08580312323456346) * t + 0.4509691597993683) *
      t +
    1;
  return (x * p) / q;
}

/** Standard normal density. */
export function normPdf(x: number): number {
  return INV_SQRT_2PI * expSquare(x, -0.5);
}

/** Standard normal distribution function Φ(x), relative error about 5e-16 in the lower tail down to 1e-308. */
export function normCdf(x: number): number {
  if (x > 0) return 1 - normCdf(-x);
  return x < -39 ? 0 : x !== x ? x : 0.5 * expSquare(x, -0.5) * erfcx(-x * SQRT1_2);
}

/** ln Φ(x), without underflow for x far below 0. */
export function logNormCdf(x: number): number {
  return x > -1 ? Math.log1p(-normCdf(-x)) : -0.5 * x * x + Math.log(0.5 * erfcx(-x * SQRT1_2));
}

/**
 * Rough inverse of Φ for 0 < p <= 1/2: relative error below 1e-6. A starting point for iterations.
 */
export function normInvRough(p: number): number {
  if (p > 0.075) {
    const q = p - 0.5;
    const t = q * q;
    const a =
      (((-2.338697624505493 * t - 15.2037034155235) * t + 34.54819735784846) * t - 17.450912701837424) * t +
      2.5066282736583676;
    const b = ((-14.677400077795154 * t + 19.866973026439393) * t - 8.009104730612922) * t + 1;
    return (q * a) / b;
  }
  const r = Math.sqrt(-Math.log(p));
  const a =
    (((((0.000959771773324886 * r + 0.07773882906348435) * r + 1.3580195620592583) * r + 6.071427979292554) *
      r +
      4.475571716877087) *
      r -
      5.31864528051061) *
      r -
    2.858518429103167;
  const b =
    ((((0.0006786579257777572 * r + 0.05497143520818288) * r + 0.9625218575129668) * r + 4.4257639337134185) *
      r +
      4.831211023354783) *
      r +
    1;
  return -a / b;
}

/**
 * Inverse of the standard normal distribution function. Domain 0 < p < 1; p = 0 and 1 give ∓Infinity, anything else NaN.
 * A rational guess and one Halley step on ln Φ; error about one unit in the last place of x times its condition.
 */
export function normInv(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0) return -Infinity;
  if (p === 1) return Infinity;
  if (p === 0.5) return 0;
  if (p > 0.5) return -lowerInv(1 - p);
  return lowerInv(p);
}

function lowerInv(p: number): number {
  const x = normInvRough(p);
  if (p > 0.075) {
    // Φ(x) − 1/2 and p − 1/2 keep their digits next to the centre.
    const e = (0.5 * erf(x * SQRT1_2) - (p - 0.5)) / normPdf(x);
    return x - e / (1 + 0.5 * x * e);
  }
  // f = ln Φ(x) − ln p, f' = φ/Φ = m, f'' = −m (x + m)
  const scaled = 0.5 * erfcx(-x * SQRT1_2);
  const m = INV_SQRT_2PI / scaled;
  const e = (-0.5 * x * x + Math.log(scaled) - Math.log(p)) / m;
  return x - e / (1 + 0.5 * e * (x + m));
}

/** ln of the standard normal density. */
export function logNormPdf(x: number): number {
  return -0.5 * x * x - LN_SQRT_2PI;
}
