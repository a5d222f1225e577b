import { type FitResult, levenbergMarquardt, solve } from "../stats/index.ts";
import { type ButterflyCheck, type SviParams, sviButterfly, sviLeeOk, sviVol } from "./svi.ts";

/** One expiry to fit: log-moneyness ln(K/F), implied volatility per 1.00, and optional weights (>= 0, e.g. vega / spread). */
export interface SmilePoints {
  readonly k: ArrayLike<number>;
  readonly iv: ArrayLike<number>;
  readonly weight?: ArrayLike<number>;
}

/** The box of the fit. Slopes are those of total variance in the far wings: left b (1 - rho), right b (1 + rho). */
export interface SviBounds {
  readonly minVariance: number;
  readonly maxVariance: number;
  /** At most 2, Lee's bound. */
  readonly maxWingSlope: number;
  readonly minM: number;
  readonly maxM: number;
  readonly minSigma: number;
  readonly maxSigma: number;
}

export interface SviFit {
  readonly kind: "ok";
  readonly params: SviParams;
  /** Root mean square error in volatility (per 1.00), with the weights given. */
  readonly rmse: number;
  readonly maxError: number;
  readonly points: number;
  readonly steps: number;
  readonly butterfly: ButterflyCheck;
  readonly leeOk: boolean;
}
export interface FitRefusal {
  readonly kind: "too_few_points" | "bad_input" | "no_fit";
}

/** Unknowns of the fit, a box: least variance, left and right wing slope, m, sigma. Every point of it has w >= 0 and obeys Lee. */
type Unknowns = ArrayLike<number>;
const UNKNOWNS = 5;
const MIN_SLOPE = 1e-9;

function toParams(u: Unknowns): SviParams {
  const [v, l, r, m, sigma] = [u[0]!, u[1]!, u[2]!, u[3]!, u[4]!];
  const rho = l + r > 0 ? (r - l) / (l + r) : 0;
  return { a: v - sigma * Math.sqrt(l * r), b: (l + r) / 2, rho, m, sigma };
}

function fromParams(p: SviParams): Float64Array {
  const [l, r] = [p.b * (1 - p.rho), p.b * (1 + p.rho)];
  return Float64Array.of(p.a + p.sigma * Math.sqrt(Math.max(0, l * r)), l, r, p.m, p.sigma);
}

/**
 * Least-squares raw SVI through one expiry. The error minimised is that of total variance over 2 iv T, the first-order error in
 * volatility, times the square root of the weight. Starts come from a quasi-explicit grid (Zeliade Systems 2009: for given m and
 * sigma the rest is linear), refined by bounded Levenberg-Marquardt in the unknowns (least variance, two wing slopes, m, sigma),
 * whose box keeps w >= 0 and Lee's bound everywhere. Butterfly freedom is reported, not forced. `previous` is tried first and
 * against the best of the grid only. Refusals: fewer than five points with weight, a value out of its domain, no start.
 */
export function fitSvi(
  points: SmilePoints,
  t: number,
  bounds: Partial<SviBounds> = {},
  previous?: SviParams,
): SviFit | FitRefusal {
  const data = gather(points, t);
  if (typeof data === "string") return { kind: data };
  const { k, w, scale, n } = data;
  const box = boxOf(data, bounds);
  const problem = {
    size: n,
    lower: box.lower,
    upper: box.upper,
    residuals(u: Float64Array, out: Float64Array): void {
      const [v, l, r, m, s] = [u[0]!, u[1]!, u[2]!, u[3]!, u[4]!];
      const a = v - s * Math.sqrt(l * r);
      for (let i = 0; i < n; i++) {
        const x = k[i]! - m;
        out[i] = (a + ((r - l) * x + (l + r) * Math.sqrt(x * x + s * s)) / 2 - w[i]!) * scale[i]!;
      }
    },
    jacobian(u: Float64Array, out: Float64Array): void {
      const [, l, r, m, s] = [u[0]!, u[1]!, u[2]!, u[3]!, u[4]!];
      const lr = Math.sqrt(l * r);
      const dl = lr > 0 ? (s * r) / (2 * lr) : 0;
      const dr = lr > 0 ? (s * l) / (2 * lr) : 0;
      for (let i = 0; i < n; i++) {
        const x = k[i]! - m;
        const root = Math.sqrt(x * x + s * s);
        const c = scale[i]!;
        const o = i * UNKNOWNS;
        out[o] = c;
        out[o + 1] = c * ((root - x) / 2 - dl);
        out[o + 2] = c * ((root + x) / 2 - dr);
        out[o + 3] = (c * (l - r - ((l + r) * x) / root)) / 2;
        out[o + 4] = c * (((l + r) * s) / (2 * root) - lr);
      }
    },
  };

  const cold = gridStarts(data, box, problem.residuals);
  let best: FitResult | null = null;
  let steps = 0;
  for (const start of previous ? [fromParams(previous), ...cold.slice(0, 1)] : cold) {
    const fit = levenbergMarquardt(problem, start, { maxSteps: 60, costTol: 1e-9, stepTol: 1e-10 });
    steps += fit.steps;
    // The first start is kept unless another is clearly better: a warm-started smile must not hop between equal minima.
    if (fit.kind !== "bad_start" && (!best || fit.cost < 0.99 * best.cost)) best = fit;
  }
  return best ? report(toParams(best.x), points, t, steps) : { kind: "no_fit" };
}

interface FitData {
  readonly k: Float64Array;
  readonly w: Float64Array;
  /** Residual scale: sqrt(weight) / (2 iv T). */
  readonly scale: Float64Array;
  readonly n: number;
}

function gather(p: SmilePoints, t: number): FitData | "bad_input" | "too_few_points" {
  const rows = p.k.length;
  if (!(t > 0 && t < Infinity) || p.iv.length !== rows) return "bad_input";
  if (p.weight && p.weight.length !== rows) return "bad_input";
  const k = new Float64Array(rows);
  const w = new Float64Array(rows);
  const scale = new Float64Array(rows);
  let n = 0;
  for (let i = 0; i < rows; i++) {
    const weight = p.weight ? p.weight[i]! : 1;
    const iv = p.iv[i]!;
    if (!Number.isFinite(p.k[i]!) || !(iv > 0 && iv < Infinity) || !(weight >= 0 && weight < Infinity))
      return "bad_input";
    if (weight === 0) continue;
    k[n] = p.k[i]!;
    w[n] = iv * iv * t;
    scale[n] = Math.sqrt(weight) / (2 * iv * t);
    n++;
  }
  if (n < UNKNOWNS) return "too_few_points";
  return { k: k.subarray(0, n), w: w.subarray(0, n), scale: scale.subarray(0, n), n };
}

interface Box {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

function boxOf({ k, w }: FitData, b: Partial<SviBounds>): Box {
  const kMin = k.reduce((a, v) => Math.min(a, v), Infinity);
  const kMax = k.reduce((a, v) => Math.max(a, v), -Infinity);
  const wMax = w.reduce((a, v) => Math.max(a, v), 0);
  const span = Math.max(kMax - kMin, 1e-3);
  const slope = Math.min(b.maxWingSlope ?? 2, 2);
  return {
    lower: Float64Array.of(
      b.minVariance ?? 0,
      MIN_SLOPE,
      MIN_SLOPE,
      b.minM ?? kMin - span,
      b.minSigma ?? 1e-4,
    ),
    upper: Float64Array.of(
      b.maxVariance ?? 2 * wMax,
      slope,
      slope,
      b.maxM ?? kMax + span,
      b.maxSigma ?? Math.max(2, 4 * span),
    ),
  };
}

/** The three best of a grid over (m, sigma), the other unknowns solved linearly and put into the box. */
function gridStarts(
  data: FitData,
  box: Box,
  residuals: (u: Float64Array, out: Float64Array) => void,
): Float64Array[] {
  const { k, n } = data;
  const kMin = k.reduce((a, v) => Math.min(a, v), Infinity);
  const kMax = k.reduce((a, v) => Math.max(a, v), -Infinity);
  const span = Math.max(kMax - kMin, 1e-3);
  const out = new Float64Array(n);
  const found: { u: Float64Array; cost: number }[] = [];
  for (const at of [0.1, 0.35, 0.5, 0.65, 0.9]) {
    for (const wide of [0.02, 0.08, 0.25, 0.8]) {
      const u = linearPart(data, kMin + at * span, wide * span);
      if (!u) continue;
      for (let i = 0; i < UNKNOWNS; i++) u[i] = Math.min(Math.max(u[i]!, box.lower[i]!), box.upper[i]!);
      residuals(u, out);
      found.push({ u, cost: out.reduce((s, v) => s + v * v, 0) });
    }
  }
  return found
    .sort((a, b) => a.cost - b.cost)
    .slice(0, 3)
    .map((f) => f.u);
}

/** For fixed m and sigma: w is linear in (a, left slope, right slope); the weighted normal equations give them. */
function linearPart({ k, w, scale, n }: FitData, m: number, sigma: number): Float64Array | null {
  const normal = new Float64Array(9);
  const rhs = new Float64Array(3);
  const row = new Float64Array(3);
  for (let i = 0; i < n; i++) {
    const x = k[i]! - m;
    const root = Math.sqrt(x * x + sigma * sigma);
    const c = scale[i]!;
    row[0] = c;
    row[1] = (c * (root - x)) / 2;
    row[2] = (c * (root + x)) / 2;
    for (let a = 0; a < 3; a++) {
      rhs[a] = rhs[a]! + row[a]! * c * w[i]!;
      for (let b = 0; b < 3; b++) normal[3 * a + b] = normal[3 * a + b]! + row[a]! * row[b]!;
    }
  }
  const s = solve(normal, rhs, 3);
  if (!s) return null;
  const l = Math.max(s[1]!, 1e-4);
  const r = Math.max(s[2]!, 1e-4);
  return Float64Array.of(s[0]! + sigma * Math.sqrt(l * r), l, r, m, sigma);
}

function report(p: SviParams, points: SmilePoints, t: number, steps: number): SviFit {
  let ss = 0;
  let total = 0;
  let maxError = 0;
  let used = 0;
  for (let i = 0; i < points.k.length; i++) {
    const weight = points.weight ? points.weight[i]! : 1;
    if (weight === 0) continue;
    const e = (sviVol(p, points.k[i]!, t) ?? 0) - points.iv[i]!;
    ss += weight * e * e;
    total += weight;
    maxError = Math.max(maxError, Math.abs(e));
    used++;
  }
  return {
    kind: "ok",
    params: p,
    rmse: Math.sqrt(ss / total),
    maxError,
    points: used,
    steps,
    butterfly: sviButterfly(p),
    leeOk: sviLeeOk(p),
  };
}
