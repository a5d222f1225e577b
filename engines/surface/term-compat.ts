import { line, qrFactor, qrSolve, spline } from "../stats/index.ts";

export type TermRegime = "contango" | "flat" | "backwardation";
export type CompatTermSignal = "favorable_for_selling_vol" | "neutral" | "avoid_selling_vol";

export interface CompatTermResult {
  readonly regime: TermRegime;
  readonly signal: CompatTermSignal;
  readonly ratio_30_90: number;
  readonly slope: number;
}

/** The curve of the original system over days to expiry. Null when fewer than two points are given. */
export type CompatTermCurve = (dte: number) => number;

/** Total squared error below which the original's smoothing spline is one polynomial. */
const SMOOTHING = 0.001;

/**
 * Compatibility: the interpolation of the original. Two points: linear in days, flat outside. Three or more: its smoothing spline with
 * s = 0.001, which for curves of this size is the least-squares polynomial of degree min(3, n - 1) over all points; where that
 * polynomial misses by more than s the original adds knots, and here a not-a-knot cubic through all points stands for it (spline
 * values are no reference). Points need not be sorted.
 */
export function termCurveCompat(dte: readonly number[], iv: readonly number[]): CompatTermCurve | null {
  const points = dte.map((d, i) => [d, iv[i]!] as const).sort((a, b) => a[0] - b[0]);
  const n = points.length;
  if (n < 2 || iv.length !== n || points.some(([d, v]) => !Number.isFinite(d) || !Number.isFinite(v)))
    return null;
  const x = points.map((p) => p[0]);
  const y = points.map((p) => p[1]);
  return (n >= 3 ? smooth(x, y) : null) ?? linear(x, y);
}

function linear(x: readonly number[], y: readonly number[]): CompatTermCurve {
  return (d) => {
    if (d <= x[0]!) return y[0]!;
    for (let i = 1; i < x.length; i++) {
      const [x0, x1] = [x[i - 1]!, x[i]!];
      if (d <= x1) return x1 > x0 ? y[i - 1]! + ((y[i]! - y[i - 1]!) / (x1 - x0)) * (d - x0) : y[i]!;
    }
    return y[y.length - 1]!;
  };
}

function smooth(x: readonly number[], y: readonly number[]): CompatTermCurve | null {
  const n = x.length;
  const degree = Math.min(3, n - 1);
  const [first, last] = [x[0]!, x[n - 1]!];
  if (!(last > first)) return null;
  const scaled = (d: number): number => (2 * (d - first)) / (last - first) - 1;
  const design = new Float64Array(n * (degree + 1));
  x.forEach((d, i) => {
    for (let p = 0; p <= degree; p++) design[i * (degree + 1) + p] = scaled(d) ** p;
  });
  const c = qrSolve(qrFactor(design, n, degree + 1), y);
  if (c) {
    const at = (d: number): number => c.reduceRight((sum, k) => sum * scaled(d) + k, 0);
    if (x.reduce((sum, d, i) => sum + (at(d) - y[i]!) ** 2, 0) <= SMOOTHING) return at;
  }
  const fitted = spline("not-a-knot", x, y);
  return fitted.kind === "ok" ? (d) => fitted.spline.at(d) : null;
}

/** Compatibility: ordinary least squares of vol on ln(days + 1); 0 when it is not defined. Positive is contango. */
export function termSlopeCompat(dte: readonly number[], iv: readonly number[]): number {
  const n = dte.length;
  if (n < 2 || iv.length !== n) return 0;
  const fit = line(
    dte.map((d) => Math.log(d + 1)),
    iv,
  );
  return fit.kind === "ok" ? fit.beta[1]! : 0;
}

/**
 * Compatibility: the original's term structure. Ratio = IV(30) / IV(90), 1 where IV(90) is not positive; below 0.95 contango, above
 * 1.05 backwardation, the limits themselves flat. Null for fewer than two points.
 */
export function termStructureCompat(dte: readonly number[], iv: readonly number[]): CompatTermResult | null {
  const curve = termCurveCompat(dte, iv);
  if (!curve) return null;
  const far = curve(90);
  const ratio = far > 0 ? curve(30) / far : 1;
  const [regime, signal]: [TermRegime, CompatTermSignal] =
    ratio < 0.95
      ? ["contango", "favorable_for_selling_vol"]
      : ratio > 1.05
        ? ["backwardation", "avoid_selling_vol"]
        : ["flat", "neutral"];
  return { regime, signal, ratio_30_90: ratio, slope: termSlopeCompat(dte, iv) };
}
