import { spline } from "../stats/index.ts";

/** How a term structure is joined between its expiries. Cubic kinds name their end condition. */
export type TermKind =
  | "linear-iv"
  | "linear-total-variance"
  | "cubic-not-a-knot"
  | "cubic-natural"
  | "cubic-clamped"
  | "pchip"
  | "akima";

/** What lies outside the expiries: the end value, the end piece continued, or nothing. */
export type TermEnds = "flat" | "continue" | "none";

/** An interpolated term structure of implied volatility over days to expiry. */
export interface TermCurve {
  readonly kind: TermKind;
  readonly firstDays: number;
  readonly lastDays: number;
  /** Volatility per 1.00 at `days`; null outside under `none`, or where total variance would not be positive. */
  iv(days: number): number | null;
  /** d iv / d days. At an expiry the piece to its right counts (the last piece at the last expiry). */
  slope(days: number): number | null;
}

export type TermResult =
  | { readonly kind: "ok"; readonly curve: TermCurve }
  | { readonly kind: "too_few_points" | "not_increasing" | "bad_input" };

/**
 * Interpolates volatilities `iv` (per 1.00) known at `days` (> 0, strictly increasing). Linear total variance joins iv^2 * days
 * linearly, which is free of calendar arbitrage when the knots are; the other kinds join iv itself. One expiry gives the flat curve.
 * Refusals: no point, days not positive or not increasing, iv not positive or not finite.
 */
export function termCurve(
  kind: TermKind,
  days: ArrayLike<number>,
  iv: ArrayLike<number>,
  ends: TermEnds = "flat",
): TermResult {
  const n = days.length;
  if (n < 1 || iv.length !== n) return { kind: "too_few_points" };
  for (let i = 0; i < n; i++) {
    if (!(days[i]! > 0 && days[i]! < Infinity && iv[i]! > 0 && iv[i]! < Infinity))
      return { kind: "bad_input" };
  }
  if (n === 1) return { kind: "ok", curve: flatCurve(kind, days[0]!, iv[0]!, ends) };
  const y = Float64Array.from(iv, (v, i) => (kind === "linear-total-variance" ? v * v * days[i]! : v));
  const fitted = spline(splineKind(kind), days, y);
  if (fitted.kind !== "ok") return fitted;

  const s = fitted.spline;
  const ivAt =
    kind === "linear-total-variance" ? (d: number) => Math.sqrt(s.at(d) / d) : (d: number) => s.at(d);
  const slopeAt =
    kind === "linear-total-variance"
      ? (d: number) => {
          const v = ivAt(d);
          return (s.slope(d) - v * v) / (2 * d * v);
        }
      : (d: number) => s.slope(d);
  const first = s.first;
  const last = s.last;
  const outside = (d: number): boolean => d < first || d > last;
  const positive = (v: number): number | null => (v > 0 ? v : null);
  const curve: TermCurve = {
    kind,
    firstDays: first,
    lastDays: last,
    iv(d) {
      if (Number.isNaN(d) || (ends === "none" && outside(d))) return null;
      if (ends === "flat") return positive(ivAt(Math.min(Math.max(d, first), last)));
      return positive(ivAt(d));
    },
    slope(d) {
      if (Number.isNaN(d) || (ends === "none" && outside(d))) return null;
      if (ends === "flat" && outside(d)) return 0;
      const v = slopeAt(d);
      return Number.isFinite(v) ? v : null;
    },
  };
  return { kind: "ok", curve };
}

function splineKind(kind: TermKind): Parameters<typeof spline>[0] {
  switch (kind) {
    case "linear-iv":
    case "linear-total-variance":
      return "linear";
    case "cubic-not-a-knot":
      return "not-a-knot";
    case "cubic-natural":
      return "natural";
    case "cubic-clamped":
      return "clamped";
    case "pchip":
    case "akima":
      return kind;
  }
}

function flatCurve(kind: TermKind, days: number, iv: number, ends: TermEnds): TermCurve {
  const inside = (d: number): boolean => ends !== "none" || d === days;
  return {
    kind,
    firstDays: days,
    lastDays: days,
    iv: (d) => (inside(d) ? iv : null),
    slope: (d) => (inside(d) ? 0 : null),
  };
}
