import { type TermKind, termCurve } from "../../engines/pricing/index.ts";
import { type SplineKind, spline } from "../../engines/stats/index.ts";
import { type Adapter, type Answer, distance, first, has } from "./adapter.ts";

type Values = (number | null)[];
interface Case extends Readonly<Record<string, unknown>> {
  readonly days: readonly number[];
  readonly iv: readonly number[];
  readonly query: readonly number[];
  readonly univariate_extrapolated?: { readonly query: readonly number[]; readonly s0: readonly number[] };
}

/** Columns of the file and what they ask for; the interpolating UnivariateSpline is the not-a-knot cubic. */
const KINDS: Readonly<Record<string, TermKind>> = {
  linearIv: "linear-iv",
  linearTotalVariance: "linear-total-variance",
  "cubic_not-a-knot": "cubic-not-a-knot",
  cubic_natural: "cubic-natural",
  cubic_clamped: "cubic-clamped",
  pchip: "pchip",
  akima: "akima",
  univariate_s0: "cubic-not-a-knot",
};

/** The bare interpolant of a cubic kind; nothing for the linear ones. */
function bare(kind: TermKind, c: Case): (q: number) => number | null {
  if (kind.startsWith("linear")) return () => null;
  const made = spline(kind.replace(/^cubic-/, "") as SplineKind, c.days, c.iv);
  return made.kind === "ok" ? made.spline.at : () => null;
}

function answer(c: Case): { got: Record<string, Values>; want: Record<string, unknown> } {
  const got: Record<string, Values> = {};
  const want: Record<string, unknown> = {};
  for (const [column, kind] of Object.entries(KINDS)) {
    const made = termCurve(kind, c.days, c.iv, "continue");
    if (!(column in c) || made.kind !== "ok") continue;
    // Between wild knots a cubic can fall below 0: no volatility for a desk, but the file asks for the number.
    const raw = bare(kind, c);
    const at = (q: number): number | null => made.curve.iv(q) ?? raw(q);
    want[column] = c[column];
    got[column] = c.query.map(at);
    const slope = `${column}_d1`;
    if (slope in c) {
      want[slope] = c[slope];
      got[slope] = c.query.map((q) => made.curve.slope(q));
    }
    if (column === "univariate_s0" && c.univariate_extrapolated) {
      want["univariate_extrapolated"] = c.univariate_extrapolated.s0;
      got["univariate_extrapolated"] = c.univariate_extrapolated.query.map(at);
    }
  }
  return { got, want };
}

/** Term structures: 1e-12 in volatility (relative above 1, where extrapolation goes wild), 1e-13 in its slope per day. Smoothing splines are for information and not compared. */
export const termInterp: Adapter = {
  name: "term structure interpolation",
  recognises: (file) => has(first(file["cases"]), "days", "iv", "query"),
  *run(file): Iterable<Answer> {
    for (const [i, c] of (file["cases"] as readonly Case[]).entries()) {
      const { got, want } = answer(c);
      yield {
        id: i,
        got,
        ...distance(got, want, (v, path) =>
          path.includes("_d1.") ? 1e-13 : 1e-12 * Math.max(1, Math.abs(v)),
        ),
      };
    }
  },
};
