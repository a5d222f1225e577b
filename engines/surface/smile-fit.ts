import { fitSvi, type SviParams, sviG, sviTotalVariance } from "../pricing/index.ts";
import { levenbergMarquardt } from "../stats/index.ts";
import type { SmileKind } from "./types.ts";

/** Vols of one expiry to fit: k = ln(K/F) ascending, vol per 1.00, weight = 1 / error in vol squared. Rows 0..n-1. */
export interface SmileQuotes {
  readonly n: number;
  readonly k: Float64Array;
  readonly vol: Float64Array;
  readonly weight: Float64Array;
}

export interface FittedSmile {
  readonly kind: SmileKind;
  readonly params: SviParams;
  readonly rmse: number;
  readonly maxError: number;
  /** Points of {@link VIOLATION_GRID} between the outermost quotes where the density is negative. */
  readonly violations: number;
}

/** Grid on which violations are counted. */
export const VIOLATION_GRID = 61;
/** The arbitrage-free slice replaces a violating one while its error is below this multiple, plus this much vol. */
const REPLACE_RATIO = 1.15;
const REPLACE_SLACK = 0.0003;

/**
 * One expiry's smile: raw SVI, warm from `previous`. Where that has a negative density between quotes it is fitted again under a penalty
 * on it, or the arbitrage-free slice taken, if either fits about as well; else SVI stands with its violations counted. Three or
 * four quotes give the arbitrage-free slice, one or two a flat vol. Null without a quote.
 */
export function fitSmile(q: SmileQuotes, T: number, previous: SviParams | null): FittedSmile | null {
  if (q.n === 0) return null;
  if (q.n < 3) return describe("flat", flat(q, T), q, T);
  if (q.n < 5) return describe("ssvi", fitSsvi(q, T), q, T);
  const raw = fitRaw(q, T, previous);
  const svi = raw && describe("svi", raw, q, T);
  if (svi?.violations === 0) return svi;
  const near = (f: FittedSmile): boolean =>
    svi === null || f.rmse <= REPLACE_RATIO * svi.rmse + REPLACE_SLACK;
  if (svi !== null) {
    const held = describe("constrained", constrain(svi.params, q, T), q, T);
    if (held.violations === 0 && near(held)) return held;
  }
  const safe = describe("ssvi", fitSsvi(q, T), q, T);
  return svi === null || near(safe) ? safe : svi;
}

/** Least density asked for under the penalty, the points it is asked at, and its growing price. */
const LEAST_DENSITY = 0.005;
const PENALTY_GRID = 41;
const PENALTIES = [30, 600];

/** A cold fit looks for its valley on no more quotes than this; all of them refine it. */
const COLD_QUOTES = 64;
/** A warm fit with more error than this, in vol, is tried again cold. */
const WARM_RMSE = 0.003;
const PLAIN = { maxSteps: 30, costTol: 1e-7, stepTol: 1e-9 };
const PENALISED = { maxSteps: 25, costTol: 1e-5, stepTol: 1e-6 };

/** Raw SVI of all quotes: from `previous` where that leads somewhere good, else from the grid of {@link fitSvi}. */
function fitRaw(q: SmileQuotes, T: number, previous: SviParams | null): SviParams | null {
  const warm = previous && refine(previous, q, T, 0);
  if (warm && describe("svi", warm, q, T).rmse <= WARM_RMSE) return warm;
  const stride = Math.ceil(q.n / COLD_QUOTES);
  const pick = (column: Float64Array): Float64Array =>
    column.subarray(0, q.n).filter((_, i) => i % stride === 0);
  const fit = fitSvi({ k: pick(q.k), iv: pick(q.vol), weight: pick(q.weight) }, T);
  if (fit.kind !== "ok") return warm;
  const cold = stride === 1 ? fit.params : refine(fit.params, q, T, 0);
  return warm && describe("svi", warm, q, T).rmse <= describe("svi", cold, q, T).rmse ? warm : cold;
}

/** Raw SVI again under a growing price on the shortfall of its density between the outermost quotes. */
function constrain(start: SviParams, q: SmileQuotes, T: number): SviParams {
  return PENALTIES.reduce((p, price) => refine(p, q, T, price), start);
}

/** Bounded least squares of raw SVI from `start`; a `price` above 0 adds the shortfall of the density to the errors. */
function refine(start: SviParams, q: SmileQuotes, T: number, price: number): SviParams {
  const { n, k } = q;
  const { target, scale } = targets(q, T);
  const [from, to] = [k[0]!, k[n - 1]!];
  const step = (to - from) / (PENALTY_GRID - 1);
  const span = Math.max(to - from, 1e-3);
  const most = target.reduce((a, v) => Math.max(a, v), 0);
  const [l, r] = [start.b * (1 - start.rho), start.b * (1 + start.rho)];
  const u = Float64Array.of(start.a + start.sigma * Math.sqrt(l * r), l, r, start.m, start.sigma);
  // Written out: these are called some thousand times a fit.
  const residuals = (x: Float64Array, out: Float64Array): void => {
    const [left, right, m, sigma] = [x[1]!, x[2]!, x[3]!, x[4]!];
    const a = x[0]! - sigma * Math.sqrt(left * right);
    const [lean, b] = [(right - left) / 2, (left + right) / 2];
    for (let i = 0; i < n; i++) {
      const z = k[i]! - m;
      out[i] = (a + lean * z + b * Math.sqrt(z * z + sigma * sigma) - target[i]!) * scale[i]!;
    }
    for (let i = 0; price > 0 && i < PENALTY_GRID; i++) {
      const at = from + i * step;
      const z = at - m;
      const root = Math.sqrt(z * z + sigma * sigma);
      const w = a + lean * z + b * root;
      const w1 = lean + (b * z) / root;
      const side = 1 - (at * w1) / (2 * w);
      const g =
        side * side - ((w1 * w1) / 4) * (1 / w + 0.25) + (b * sigma * sigma) / (2 * root * root * root);
      const short = w > 0 ? LEAST_DENSITY - g : 1;
      out[n + i] = short > 0 ? price * short : 0;
    }
  };
  const jacobian = (x: Float64Array, out: Float64Array): void => {
    const [left, right, m, sigma] = [x[1]!, x[2]!, x[3]!, x[4]!];
    const both = Math.sqrt(left * right);
    const dl = (sigma * right) / (2 * both);
    const dr = (sigma * left) / (2 * both);
    for (let i = 0, o = 0; i < n; i++, o += 5) {
      const z = k[i]! - m;
      const root = Math.sqrt(z * z + sigma * sigma);
      const c = scale[i]!;
      out[o] = c;
      out[o + 1] = c * ((root - z) / 2 - dl);
      out[o + 2] = c * ((root + z) / 2 - dr);
      out[o + 3] = (c * (left - right - ((left + right) * z) / root)) / 2;
      out[o + 4] = c * (((left + right) * sigma) / (2 * root) - both);
    }
  };
  const box = {
    lower: [0, 1e-9, 1e-9, from - span, 1e-4],
    upper: [2 * most, 2, 2, to + span, Math.max(2, 4 * span)],
  };
  const fit =
    price > 0
      ? levenbergMarquardt({ size: n + PENALTY_GRID, residuals, ...box }, u, PENALISED)
      : levenbergMarquardt({ size: n, residuals, jacobian, ...box }, u, PLAIN);
  return fit.kind === "bad_start" ? start : wingParams(fit.x);
}

/** Total variances to meet, and what an error in one weighs: sqrt(weight) / (2 vol T), first order in vol. */
function targets({ n, vol, weight }: SmileQuotes, T: number): { target: Float64Array; scale: Float64Array } {
  const target = new Float64Array(n);
  const scale = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    target[i] = vol[i]! * vol[i]! * T;
    scale[i] = Math.sqrt(weight[i]!) / (2 * vol[i]! * T);
  }
  return { target, scale };
}

/** Raw SVI of (least variance, left and right wing slope, m, sigma): every point of that box has w >= 0 and obeys Lee's bound. */
function wingParams(u: ArrayLike<number>): SviParams {
  const [v, l, r, m, sigma] = [u[0]!, u[1]!, u[2]!, u[3]!, u[4]!];
  return {
    a: v - sigma * Math.sqrt(l * r),
    b: (l + r) / 2,
    rho: l + r > 0 ? (r - l) / (l + r) : 0,
    m,
    sigma,
  };
}

function flat({ n, vol, weight }: SmileQuotes, T: number): SviParams {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    sum += weight[i]! * vol[i]!;
    total += weight[i]!;
  }
  return { a: (sum / total) ** 2 * T, b: 0, rho: 0, m: 0, sigma: 1 };
}

/**
 * The slice w = theta/2 (1 + rho phi k + sqrt((phi k + rho)^2 + 1 - rho^2)) as raw SVI. It is free of butterfly arbitrage for
 * theta phi (1 + |rho|) < 4 and theta phi^2 (1 + |rho|) <= 4, which is how `share` of the largest phi is understood. Source: Gatheral
 * and Jacquier, Arbitrage-free SVI volatility surfaces (2014), theorem 4.2.
 */
export function ssviParams(theta: number, rho: number, share: number): SviParams {
  const room = 4 / (theta * (1 + Math.abs(rho)));
  const phi = share * Math.min(room, Math.sqrt(room));
  const c = 1 - rho * rho;
  return { a: (theta / 2) * c, b: (theta * phi) / 2, rho, m: -rho / phi, sigma: Math.sqrt(c) / phi };
}

function fitSsvi(q: SmileQuotes, T: number): SviParams {
  const { n, k } = q;
  const { target, scale } = targets(q, T);
  let near = 0;
  for (let i = 1; i < n; i++) if (Math.abs(k[i]!) < Math.abs(k[near]!)) near = i;
  const problem = {
    size: n,
    lower: [1e-12, -0.999, 1e-3],
    upper: [4 * target.reduce((a, v) => Math.max(a, v), 0), 0.999, 0.999],
    residuals(u: Float64Array, out: Float64Array): void {
      const { a, b, rho, m, sigma } = ssviParams(u[0]!, u[1]!, u[2]!);
      for (let i = 0; i < n; i++) {
        const z = k[i]! - m;
        out[i] = (a + b * (rho * z + Math.sqrt(z * z + sigma * sigma)) - target[i]!) * scale[i]!;
      }
    },
  };
  let best: { x: Float64Array; cost: number } | null = null;
  for (const rho of [-0.6, 0.2]) {
    for (const share of [0.2, 0.7]) {
      const start = [target[near]!, rho, share];
      const fit = levenbergMarquardt(problem, start, { maxSteps: 40, costTol: 1e-7, stepTol: 1e-8 });
      if (fit.kind !== "bad_start" && (!best || fit.cost < best.cost)) best = fit;
    }
  }
  return best ? ssviParams(best.x[0]!, best.x[1]!, best.x[2]!) : flat(q, T);
}

function describe(kind: SmileKind, params: SviParams, q: SmileQuotes, T: number): FittedSmile {
  let sum = 0;
  let total = 0;
  let maxError = 0;
  for (let i = 0; i < q.n; i++) {
    const e = Math.sqrt(Math.max(0, sviTotalVariance(params, q.k[i]!)) / T) - q.vol[i]!;
    sum += q.weight[i]! * e * e;
    total += q.weight[i]!;
    maxError = Math.max(maxError, Math.abs(e));
  }
  const violations = densityViolations(params, q.k[0]!, q.k[q.n - 1]!);
  return { kind, params, rmse: Math.sqrt(sum / total), maxError, violations };
}

/** Grid points of [from, to] at which the slice has no positive density; rounding is not a violation. */
function densityViolations(params: SviParams, from: number, to: number): number {
  let bad = 0;
  for (let i = 0; i < VIOLATION_GRID; i++) {
    const g = sviG(params, from + ((to - from) * i) / (VIOLATION_GRID - 1));
    if (g === null || g < -1e-9) bad++;
  }
  return bad;
}
