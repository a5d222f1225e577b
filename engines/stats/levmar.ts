import { cholesky, choleskySolve } from "./linalg.ts";

/** A least-squares problem: minimise 0.5 * sum r_i(x)^2 over the box lower <= x <= upper. */
export interface LeastSquares {
  /** Number of residuals. */
  readonly size: number;
  /** Writes the residuals at x. */
  residuals(x: Float64Array, out: Float64Array): void;
  /** Writes the row-major size x n Jacobian at x. Left out, forward differences inside the box are taken. */
  jacobian?(x: Float64Array, out: Float64Array): void;
  readonly lower: ArrayLike<number>;
  readonly upper: ArrayLike<number>;
}

export interface FitOptions {
  /** Bound on accepted and rejected steps together. Default 100. */
  readonly maxSteps?: number;
  /** Stops when a step lowers the cost by less than this share. Default 1e-14. */
  readonly costTol?: number;
  /** Stops when a step is shorter than this share of x. Default 1e-12. */
  readonly stepTol?: number;
}

export interface FitResult {
  readonly kind: "converged" | "max_steps" | "bad_start";
  readonly x: Float64Array;
  /** Half the sum of squared residuals. */
  readonly cost: number;
  readonly steps: number;
}

/**
 * Bounded Levenberg-Marquardt: damped Gauss-Newton steps on the free unknowns (those not held at a bound by the gradient),
 * projected on the box, with Nielsen's damping rule. For smooth problems of few unknowns. `bad_start`: the residuals at the
 * projected start are not finite. Source: Nocedal and Wright, Numerical Optimization, 10.3; Nielsen 1999.
 */
export function levenbergMarquardt(
  problem: LeastSquares,
  start: ArrayLike<number>,
  options: FitOptions = {},
): FitResult {
  const { maxSteps = 100, costTol = 1e-14, stepTol = 1e-12 } = options;
  const { lower, upper, size } = problem;
  const n = start.length;
  let x = Float64Array.from(start, (v, i) => clamp(v, lower[i]!, upper[i]!));
  let r = new Float64Array(size);
  let tryX = new Float64Array(n);
  let tryR = new Float64Array(size);
  const jac = new Float64Array(size * n);
  const work = problem.jacobian ? null : new Float64Array(size);
  const gradient = new Float64Array(n);
  const normal = new Float64Array(n * n);
  const system: System = { free: new Int32Array(n), a: new Float64Array(n * n), b: new Float64Array(n) };

  problem.residuals(x, r);
  let cost = halfSquares(r);
  if (!Number.isFinite(cost)) return { kind: "bad_start", x, cost, steps: 0 };
  let damping = 1e-3;
  let growth = 2;
  let fresh = true;
  for (let step = 1; step <= maxSteps; step++) {
    if (fresh) {
      if (problem.jacobian) problem.jacobian(x, jac);
      else differences(problem, x, r, jac, work!);
      normalEquations(jac, r, size, n, normal, gradient);
      fresh = false;
    }
    const move = dampedStep(x, gradient, normal, damping, lower, upper, system);
    if (!move) return { kind: "converged", x, cost, steps: step };
    let length = 0;
    let reach = 0;
    for (let i = 0; i < n; i++) {
      tryX[i] = clamp(x[i]! + move[i]!, lower[i]!, upper[i]!);
      length = Math.max(length, Math.abs(tryX[i]! - x[i]!));
      reach = Math.max(reach, Math.abs(x[i]!));
    }
    problem.residuals(tryX, tryR);
    const tryCost = halfSquares(tryR);
    if (tryCost <= cost) {
      const gained = cost - tryCost;
      [x, tryX] = [tryX, x];
      [r, tryR] = [tryR, r];
      const before = cost;
      cost = tryCost;
      fresh = true;
      damping = Math.max(damping / 3, 1e-15);
      growth = 2;
      if (gained <= costTol * before || length <= stepTol * reach)
        return { kind: "converged", x, cost, steps: step };
    } else {
      if (length <= stepTol * reach) return { kind: "converged", x, cost, steps: step };
      damping *= growth;
      growth *= 2;
    }
  }
  return { kind: "max_steps", x, cost, steps: maxSteps };
}

interface System {
  readonly free: Int32Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
}

const clamp = (v: number, lo: number, hi: number): number => (v < lo ? lo : v > hi ? hi : v);

function halfSquares(r: Float64Array): number {
  let s = 0;
  for (let i = 0; i < r.length; i++) s += r[i]! * r[i]!;
  return s / 2;
}

function normalEquations(
  jac: Float64Array,
  r: Float64Array,
  size: number,
  n: number,
  normal: Float64Array,
  gradient: Float64Array,
): void {
  normal.fill(0);
  gradient.fill(0);
  for (let row = 0; row < size; row++) {
    const o = row * n;
    for (let i = 0; i < n; i++) {
      const ji = jac[o + i]!;
      gradient[i] = gradient[i]! + ji * r[row]!;
      for (let j = 0; j <= i; j++) normal[i * n + j] = normal[i * n + j]! + ji * jac[o + j]!;
    }
  }
}

/** Step of the free unknowns under damping scaled by the diagonal; null when none is free or the gradient vanishes. */
function dampedStep(
  x: Float64Array,
  gradient: Float64Array,
  normal: Float64Array,
  damping: number,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  { free, a, b }: System,
): Float64Array | null {
  const n = x.length;
  let m = 0;
  for (let i = 0; i < n; i++) {
    const held = (x[i]! <= lower[i]! && gradient[i]! >= 0) || (x[i]! >= upper[i]! && gradient[i]! <= 0);
    if (!held && gradient[i] !== 0) free[m++] = i;
  }
  if (m === 0) return null;
  let top = 0;
  for (let i = 0; i < m; i++) top = Math.max(top, normal[free[i]! * n + free[i]!]!);
  const move = new Float64Array(n);
  for (let mu = damping; mu < 1e30; mu = mu * 10 + 1e-12) {
    for (let i = 0; i < m; i++) {
      const fi = free[i]!;
      b[i] = -gradient[fi]!;
      for (let j = 0; j <= i; j++) a[i * m + j] = normal[fi * n + free[j]!]!;
      const d = normal[fi * n + fi]!;
      a[i * m + i] = d + mu * Math.max(d, 1e-12 * top);
    }
    const l = cholesky(a, m);
    if (!l) continue;
    const s = choleskySolve(l, b.subarray(0, m), m);
    for (let i = 0; i < m; i++) move[free[i]!] = s[i]!;
    return move;
  }
  return null;
}

function differences(
  problem: LeastSquares,
  x: Float64Array,
  r: Float64Array,
  jac: Float64Array,
  work: Float64Array,
): void {
  const n = x.length;
  for (let j = 0; j < n; j++) {
    const at = x[j]!;
    let h = 1.5e-8 * Math.max(Math.abs(at), 1e-4);
    if (at + h > problem.upper[j]!) h = -h;
    x[j] = at + h;
    const width = x[j]! - at;
    problem.residuals(x, work);
    x[j] = at;
    for (let i = 0; i < problem.size; i++) jac[i * n + j] = (work[i]! - r[i]!) / width;
  }
}
