import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TermCurve, type TermEnds, type TermKind, termCurve } from "../../../engines/pricing/term.ts";
import { oracle } from "../stats/oracle.ts";

type Case = { days: number[]; iv: number[]; query: number[] } & Record<string, number[]>;
const { cases } = oracle<{ cases: Case[] }>("term_interp.json");
const columns: Record<string, TermKind> = {
  linearIv: "linear-iv",
  linearTotalVariance: "linear-total-variance",
  "cubic_not-a-knot": "cubic-not-a-knot",
  cubic_natural: "cubic-natural",
  cubic_clamped: "cubic-clamped",
  pchip: "pchip",
  akima: "akima",
};

function made(kind: TermKind, days: number[], iv: number[], ends?: TermEnds): TermCurve {
  const r = termCurve(kind, days, iv, ends);
  if (r.kind !== "ok") throw new Error(r.kind);
  return r.curve;
}

describe("termCurve", () => {
  for (const [column, kind] of Object.entries(columns)) {
    it(`agrees with the reference for ${kind}, value and slope`, () => {
      for (const c of cases) {
        const curve = made(kind, c.days, c.iv);
        c.query.forEach((q, i) => {
          expect(Math.abs(curve.iv(q)! - c[column]![i]!)).toBeLessThanOrEqual(1e-12);
          const d1 = c[`${column}_d1`];
          if (d1) expect(Math.abs(curve.slope(q)! - d1[i]!)).toBeLessThanOrEqual(1e-13);
        });
      }
    });
  }

  it("has the slope of its own values", () => {
    const c = cases[0]!;
    for (const kind of Object.values(columns)) {
      const curve = made(kind, c.days, c.iv);
      for (const q of [9.5, 60, 130, 200]) {
        const h = 1e-4;
        expect(curve.slope(q)).toBeCloseTo((curve.iv(q + h)! - curve.iv(q - h)!) / (2 * h), 8);
      }
    }
  });

  it("keeps total variance rising between expiries when it rises at them", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.integer({ min: 1, max: 60 }), fc.double({ min: 1e-4, max: 0.05, noNaN: true })),
          { minLength: 2, maxLength: 8 },
        ),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, u) => {
          let d = 0;
          let w = 0;
          const days = rows.map(([step]) => (d += step));
          const iv = rows.map(([, dw], i) => Math.sqrt(((w += dw) * 365) / days[i]!));
          const curve = made("linear-total-variance", days, iv);
          const a = days[0]! + u * (d - days[0]!);
          const b = Math.min(a + 1, d);
          expect(curve.iv(b)! ** 2 * b).toBeGreaterThanOrEqual(curve.iv(a)! ** 2 * a * (1 - 1e-12));
        },
      ),
    );
  });

  it("treats the outside as asked, one expiry as flat, and refuses bad input", () => {
    const [days, iv] = [
      [10, 30],
      [0.2, 0.3],
    ];
    expect(made("linear-iv", days, iv).iv(50)).toBe(0.3);
    expect(made("linear-iv", days, iv).slope(50)).toBe(0);
    expect(made("linear-iv", days, iv, "continue").iv(50)).toBeCloseTo(0.4, 12);
    expect(made("linear-iv", days, iv, "none").iv(50)).toBeNull();
    expect(made("linear-iv", days, iv, "continue").iv(-40)).toBeNull();
    expect(made("pchip", [10], [0.2]).iv(99)).toBe(0.2);
    expect(made("pchip", [10], [0.2], "none").iv(99)).toBeNull();
    expect(termCurve("pchip", [], []).kind).toBe("too_few_points");
    expect(termCurve("pchip", [10, 10], [0.2, 0.2]).kind).toBe("not_increasing");
    expect(termCurve("pchip", [10, 20], [0.2, 0]).kind).toBe("bad_input");
    expect(termCurve("pchip", [0, 20], [0.2, 0.2]).kind).toBe("bad_input");
  });
});
