import { levenbergMarquardt } from "../stats/index.ts";
import { hagan, type SabrParams, sabrVol } from "./sabr.ts";
import type { FitRefusal } from "./svi-fit.ts";

/** One expiry to fit: strikes, implied volatilities per 1.00, optional weights (>= 0). */
export interface SabrPoints {
  readonly strike: ArrayLike<number>;
  readonly iv: ArrayLike<number>;
  readonly weight?: ArrayLike<number>;
}

export interface SabrBounds {
  readonly minAlpha: number;
  readonly maxAlpha: number;
  readonly maxNu: number;
  readonly maxAbsRho: number;
}

export interface SabrFit {
  readonly kind: "ok";
  readonly params: SabrParams;
  /** Root mean square error in volatility (per 1.00), with the weights given. */
  readonly rmse: number;
  readonly maxError: number;
  readonly points: number;
  readonly steps: number;
}

/**
 * Least-squares SABR (alpha, nu, rho; beta given) through one expiry by bounded Levenberg-Marquardt on volatility errors times the
 * square root of the weight. alpha starts from the volatility nearest the forward; several (nu, rho) starts guard against local
 * minima. Refusals: fewer than three points with weight, a value out of its domain, no start with finite volatilities.
 */
export function fitSabr(
  points: SabrPoints,
  forward: number,
  t: number,
  beta: number,
  bounds: Partial<SabrBounds> = {},
  previous?: SabrParams,
): SabrFit | FitRefusal {
  if (!(forward > 0 && forward < Infinity && t > 0 && t < Infinity && beta >= 0 && beta <= 1))
    return { kind: "bad_input" };
  const data = gather(points);
  if (typeof data === "string") return { kind: data };
  const { strike, iv, root, n } = data;

  let atm = 0;
  for (let i = 1; i < n; i++) {
    if (Math.abs(Math.log(strike[i]! / forward)) < Math.abs(Math.log(strike[atm]! / forward))) atm = i;
  }
  const alpha0 = iv[atm]! * forward ** (1 - beta);
  const maxRho = Math.min(bounds.maxAbsRho ?? 0.999, 0.9999999);
  const problem = {
    size: n,
    lower: Float64Array.of(bounds.minAlpha ?? alpha0 * 1e-3, 0, -maxRho),
    upper: Float64Array.of(bounds.maxAlpha ?? alpha0 * 1e2, bounds.maxNu ?? 20, maxRho),
    residuals(u: Float64Array, out: Float64Array): void {
      for (let i = 0; i < n; i++) {
        out[i] = (hagan(forward, strike[i]!, t, u[0]!, beta, u[1]!, u[2]!) - iv[i]!) * root[i]!;
      }
    },
  };
  // The slope of a smile decays like 1/sqrt(T), and so does the vol of vol that explains it.
  const nu0 = 0.6 / Math.sqrt(Math.max(t, 0.02));
  const starts = previous
    ? [Float64Array.of(previous.alpha, previous.nu, previous.rho)]
    : [-0.5, 0, 0.5].map((rho) => Float64Array.of(alpha0, Math.min(nu0, 2), rho));
  let best: { x: Float64Array; cost: number } | null = null;
  let steps = 0;
  for (const start of starts) {
    const fit = levenbergMarquardt(problem, start, { maxSteps: 100, costTol: 1e-12, stepTol: 1e-12 });
    steps += fit.steps;
    if (fit.kind !== "bad_start" && (!best || fit.cost < best.cost)) best = fit;
  }
  if (!best) return { kind: "no_fit" };
  const params: SabrParams = { alpha: best.x[0]!, beta, nu: best.x[1]!, rho: best.x[2]! };

  let ss = 0;
  let total = 0;
  let maxError = 0;
  for (let i = 0; i < n; i++) {
    const vol = sabrVol(forward, strike[i]!, t, params);
    if (vol === null) return { kind: "no_fit" };
    const e = vol - iv[i]!;
    ss += root[i]! ** 2 * e * e;
    total += root[i]! ** 2;
    maxError = Math.max(maxError, Math.abs(e));
  }
  return { kind: "ok", params, rmse: Math.sqrt(ss / total), maxError, points: n, steps };
}

interface Gathered {
  readonly strike: Float64Array;
  readonly iv: Float64Array;
  /** Square roots of the weights. */
  readonly root: Float64Array;
  readonly n: number;
}

function gather(p: SabrPoints): Gathered | "bad_input" | "too_few_points" {
  const rows = p.strike.length;
  if (p.iv.length !== rows || (p.weight && p.weight.length !== rows)) return "bad_input";
  const strike = new Float64Array(rows);
  const iv = new Float64Array(rows);
  const root = new Float64Array(rows);
  let n = 0;
  for (let i = 0; i < rows; i++) {
    const weight = p.weight ? p.weight[i]! : 1;
    if (!(p.strike[i]! > 0 && p.strike[i]! < Infinity && p.iv[i]! > 0 && p.iv[i]! < Infinity))
      return "bad_input";
    if (!(weight >= 0 && weight < Infinity)) return "bad_input";
    if (weight === 0) continue;
    strike[n] = p.strike[i]!;
    iv[n] = p.iv[i]!;
    root[n++] = Math.sqrt(weight);
  }
  if (n < 3) return "too_few_points";
  return { strike: strike.subarray(0, n), iv: iv.subarray(0, n), root: root.subarray(0, n), n };
}
