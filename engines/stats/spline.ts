import { solveTridiagonal } from "./linalg.ts";

/** End condition of a cubic spline: third derivative continuous across the second knot, or second or first derivative 0. */
export type CubicEnds = "not-a-knot" | "natural" | "clamped";
export type SplineKind = CubicEnds | "pchip" | "akima" | "linear";

/**
 * A piecewise cubic through its knots, in powers of the distance from the left knot. Outside the knots the end pieces continue;
 * a caller who wants another policy tests `first` and `last`.
 */
export interface Spline {
  readonly first: number;
  readonly last: number;
  /** Value at x. */
  at(x: number): number;
  /** First derivative at x, per unit of x. */
  slope(x: number): number;
  /** Second derivative at x. */
  curvature(x: number): number;
}

export type SplineResult =
  | { readonly kind: "ok"; readonly spline: Spline }
  | { readonly kind: "too_few_points" | "not_increasing" | "bad_input" };

/**
 * Interpolating spline of the given kind through (x, y), x strictly increasing, at least two points. Two points give the straight
 * line; three give the parabola for not-a-knot. Conventions are those of SciPy's CubicSpline, PchipInterpolator (Fritsch and
 * Butland 1984) and Akima1DInterpolator (Akima 1970). Refusals: fewer than two points, x not increasing, a non-finite value.
 */
export function spline(kind: SplineKind, x: ArrayLike<number>, y: ArrayLike<number>): SplineResult {
  const n = x.length;
  if (n < 2 || y.length !== n) return { kind: "too_few_points" };
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(x[i]!) || !Number.isFinite(y[i]!)) return { kind: "bad_input" };
    if (i > 0 && !(x[i]! > x[i - 1]!)) return { kind: "not_increasing" };
  }
  const xs = Float64Array.from(x);
  const ys = Float64Array.from(y);
  const h = new Float64Array(n - 1);
  const m = new Float64Array(n - 1);
  for (let i = 0; i < n - 1; i++) {
    h[i] = xs[i + 1]! - xs[i]!;
    m[i] = (ys[i + 1]! - ys[i]!) / h[i]!;
  }
  return { kind: "ok", spline: fromSlopes(xs, ys, h, m, knotSlopes(kind, xs, h, m)) };
}

function knotSlopes(
  kind: SplineKind,
  x: Float64Array,
  h: Float64Array,
  m: Float64Array,
): Float64Array | null {
  switch (kind) {
    case "linear":
      return null;
    case "pchip":
      return m.length === 1 ? null : pchipSlopes(h, m);
    case "akima":
      return m.length === 1 ? null : akimaSlopes(m);
    case "not-a-knot":
      if (m.length === 1) return null;
      return m.length === 2 ? parabolaSlopes(h, m) : cubicSlopes(kind, x, h, m);
    case "natural":
    case "clamped":
      return cubicSlopes(kind, x, h, m);
  }
}

/** Derivatives at the knots that make the second derivative continuous. Source: de Boor, A Practical Guide to Splines, IV. */
function cubicSlopes(ends: CubicEnds, x: Float64Array, h: Float64Array, m: Float64Array): Float64Array {
  const n = x.length;
  const e = n - 1;
  const sub = new Float64Array(n);
  const diag = new Float64Array(n);
  const sup = new Float64Array(n);
  const rhs = new Float64Array(n);
  for (let i = 1; i < e; i++) {
    sub[i] = h[i]!;
    diag[i] = 2 * (h[i - 1]! + h[i]!);
    sup[i] = h[i - 1]!;
    rhs[i] = 3 * (h[i]! * m[i - 1]! + h[i - 1]! * m[i]!);
  }
  if (ends === "clamped") {
    diag[0] = 1;
    diag[e] = 1;
  } else if (ends === "natural") {
    diag[0] = 2 * h[0]!;
    sup[0] = h[0]!;
    rhs[0] = 3 * (h[0]! * m[0]!);
    diag[e] = 2 * h[e - 1]!;
    sub[e] = h[e - 1]!;
    rhs[e] = 3 * (h[e - 1]! * m[e - 1]!);
  } else {
    const d0 = x[2]! - x[0]!;
    diag[0] = h[1]!;
    sup[0] = d0;
    rhs[0] = ((h[0]! + 2 * d0) * h[1]! * m[0]! + h[0]! ** 2 * m[1]!) / d0;
    const d1 = x[e]! - x[e - 2]!;
    diag[e] = h[e - 2]!;
    sub[e] = d1;
    rhs[e] = (h[e - 1]! ** 2 * m[e - 2]! + (2 * d1 + h[e - 1]!) * h[e - 2]! * m[e - 1]!) / d1;
  }
  return solveTridiagonal(sub, diag, sup, rhs);
}

/** Not-a-knot through three points is the parabola through them. */
function parabolaSlopes(h: Float64Array, m: Float64Array): Float64Array {
  const curve = (m[1]! - m[0]!) / (h[0]! + h[1]!);
  const mid = m[0]! + curve * h[0]!;
  return Float64Array.of(m[0]! - curve * h[0]!, mid, m[1]! + curve * h[1]!);
}

function pchipSlopes(h: Float64Array, m: Float64Array): Float64Array {
  const e = m.length;
  const d = new Float64Array(e + 1);
  for (let i = 1; i < e; i++) {
    const a = m[i - 1]!;
    const b = m[i]!;
    if (a === 0 || b === 0 || a > 0 !== b > 0) continue;
    const w1 = 2 * h[i]! + h[i - 1]!;
    const w2 = h[i]! + 2 * h[i - 1]!;
    d[i] = (w1 + w2) / (w1 / a + w2 / b);
  }
  d[0] = pchipEnd(h[0]!, h[1]!, m[0]!, m[1]!);
  d[e] = pchipEnd(h[e - 1]!, h[e - 2]!, m[e - 1]!, m[e - 2]!);
  return d;
}

/** Three-point end slope, held to the shape of the end piece. */
function pchipEnd(h0: number, h1: number, m0: number, m1: number): number {
  const d = ((2 * h0 + h1) * m0 - h0 * m1) / (h0 + h1);
  if (Math.sign(d) !== Math.sign(m0)) return 0;
  if (Math.sign(m0) !== Math.sign(m1) && Math.abs(d) > 3 * Math.abs(m0)) return 3 * m0;
  return d;
}

function akimaSlopes(m: Float64Array): Float64Array {
  const e = m.length;
  const n = e + 1;
  const p = new Float64Array(e + 4);
  p.set(m, 2);
  p[1] = 2 * p[2]! - p[3]!;
  p[0] = 2 * p[1]! - p[2]!;
  p[e + 2] = 2 * p[e + 1]! - p[e]!;
  p[e + 3] = 2 * p[e + 2]! - p[e + 1]!;
  let widest = 0;
  for (let i = 0; i < n; i++) {
    widest = Math.max(widest, Math.abs(p[i + 3]! - p[i + 2]!) + Math.abs(p[i + 1]! - p[i]!));
  }
  const d = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const f1 = Math.abs(p[i + 3]! - p[i + 2]!);
    const f2 = Math.abs(p[i + 1]! - p[i]!);
    // Where all neighbouring slopes agree the weights vanish; the plain mean of the outer ones stands in.
    d[i] =
      f1 + f2 > 1e-9 * widest ? (f1 * p[i + 1]! + f2 * p[i + 2]!) / (f1 + f2) : 0.5 * (p[i]! + p[i + 3]!);
  }
  return d;
}

function fromSlopes(
  x: Float64Array,
  y: Float64Array,
  h: Float64Array,
  m: Float64Array,
  d: Float64Array | null,
): Spline {
  const pieces = h.length;
  const c2 = new Float64Array(pieces);
  const c3 = new Float64Array(pieces);
  const c1 = new Float64Array(pieces);
  for (let i = 0; i < pieces; i++) {
    if (!d) {
      c1[i] = m[i]!;
      continue;
    }
    const t = (d[i]! + d[i + 1]! - 2 * m[i]!) / h[i]!;
    c1[i] = d[i]!;
    c2[i] = (m[i]! - d[i]!) / h[i]! - t;
    c3[i] = t / h[i]!;
  }
  const piece = (q: number): number => {
    let lo = 0;
    let hi = pieces - 1;
    while (lo < hi) {
      const mid = (lo + hi + 1) >> 1;
      if (x[mid]! <= q) lo = mid;
      else hi = mid - 1;
    }
    return lo;
  };
  return {
    first: x[0]!,
    last: x[pieces]!,
    at(q) {
      const i = piece(q);
      const t = q - x[i]!;
      return y[i]! + t * (c1[i]! + t * (c2[i]! + t * c3[i]!));
    },
    slope(q) {
      const i = piece(q);
      const t = q - x[i]!;
      return c1[i]! + t * (2 * c2[i]! + 3 * t * c3[i]!);
    },
    curvature(q) {
      const i = piece(q);
      return 2 * c2[i]! + 6 * (q - x[i]!) * c3[i]!;
    },
  };
}
