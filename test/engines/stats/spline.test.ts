import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Spline, type SplineKind, spline } from "../../../engines/stats/index.ts";

const kinds: SplineKind[] = ["linear", "not-a-knot", "natural", "clamped", "pchip", "akima"];

function made(kind: SplineKind, x: number[], y: number[]): Spline {
  const r = spline(kind, x, y);
  if (r.kind !== "ok") throw new Error(r.kind);
  return r.spline;
}

const knots = fc
  .array(
    fc.record({
      step: fc.double({ min: 0.1, max: 50, noNaN: true }),
      y: fc.double({ min: -10, max: 10, noNaN: true }),
    }),
    {
      minLength: 2,
      maxLength: 14,
    },
  )
  .map((rows) => {
    let at = 0;
    return { x: rows.map((r) => (at += r.step)), y: rows.map((r) => r.y) };
  });

describe("spline", () => {
  it("passes through its knots, and its slope is the derivative of its value", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        knots,
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        (kind, { x, y }, u) => {
          const s = made(kind, x, y);
          const scale = 1 + Math.max(...y.map(Math.abs));
          x.forEach((xi, i) => expect(Math.abs(s.at(xi) - y[i]!)).toBeLessThan(1e-10 * scale));
          const q = x[0]! + u * (x[1]! - x[0]!);
          const h = 1e-5 * (x[1]! - x[0]!);
          const numeric = (s.at(q + h) - s.at(q - h)) / (2 * h);
          const bend = (s.slope(q + h) - s.slope(q - h)) / (2 * h);
          expect(Math.abs(s.slope(q) - numeric)).toBeLessThan(
            1e-5 * (1 + Math.abs(numeric) + scale / (x[1]! - x[0]!)),
          );
          expect(Math.abs(s.curvature(q) - bend)).toBeLessThan(1e-4 * (1 + Math.abs(bend)));
        },
      ),
    );
  });

  it("reproduces a cubic by not-a-knot, a line by every kind but clamped", () => {
    const x = [0, 1, 2.5, 3, 5, 8];
    const cubic = (t: number): number => 1 - 2 * t + 0.5 * t * t - 0.1 * t ** 3;
    const s = made("not-a-knot", x, x.map(cubic));
    for (const q of [-1, 0.3, 2.7, 6, 9]) {
      expect(s.at(q)).toBeCloseTo(cubic(q), 11);
      expect(s.slope(q)).toBeCloseTo(-2 + q - 0.3 * q * q, 11);
      expect(s.curvature(q)).toBeCloseTo(1 - 0.6 * q, 11);
    }
    for (const kind of kinds.filter((k) => k !== "clamped")) {
      for (const n of [2, 3, 4, 6]) {
        const line = made(
          kind,
          x.slice(0, n),
          x.slice(0, n).map((t) => 3 - 2 * t),
        );
        expect(line.at(1.7)).toBeCloseTo(-0.4, 12);
      }
    }
  });

  it("keeps end conditions: no curvature when natural, no slope when clamped", () => {
    const x = [0, 2, 3, 7, 9];
    const y = [1, 3, 2, 5, 4];
    const natural = made("natural", x, y);
    expect(natural.curvature(0)).toBeCloseTo(0, 12);
    expect(natural.curvature(9)).toBeCloseTo(0, 12);
    const clamped = made("clamped", x, y);
    expect(clamped.slope(0)).toBeCloseTo(0, 12);
    expect(clamped.slope(9)).toBeCloseTo(0, 12);
  });

  it("stays within its knots by pchip (Fritsch and Carlson: no overshoot)", () => {
    fc.assert(
      fc.property(knots, fc.double({ min: 0, max: 1, noNaN: true }), ({ x, y }, u) => {
        const s = made("pchip", x, y);
        for (let i = 0; i + 1 < x.length; i++) {
          const v = s.at(x[i]! + u * (x[i + 1]! - x[i]!));
          expect(v).toBeGreaterThanOrEqual(Math.min(y[i]!, y[i + 1]!) - 1e-9);
          expect(v).toBeLessThanOrEqual(Math.max(y[i]!, y[i + 1]!) + 1e-9);
        }
      }),
    );
  });

  it("refuses what it cannot join", () => {
    expect(spline("natural", [1], [2]).kind).toBe("too_few_points");
    expect(spline("natural", [1, 2], [2]).kind).toBe("too_few_points");
    expect(spline("natural", [1, 1], [2, 3]).kind).toBe("not_increasing");
    expect(spline("natural", [1, 2], [2, Number.NaN]).kind).toBe("bad_input");
  });
});
