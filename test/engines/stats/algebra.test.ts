import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  cholesky,
  choleskySolve,
  ddAdd,
  ddDiv,
  ddMul,
  ddSqrt,
  levenbergMarquardt,
  line,
  logNearest,
  ols,
  solve,
  twoProduct,
  twoSum,
} from "../../../engines/stats/index.ts";

const entry = fc.integer({ min: -500, max: 500 }).map((v) => v / 97);

describe("dense algebra", () => {
  it("solves a system it can, to the accuracy of its residual", () => {
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 16, maxLength: 16 }),
        fc.array(entry, { minLength: 4, maxLength: 4 }),
        (a, b) => {
          const x = solve(a, b, 4);
          if (!x) return;
          const size = Math.max(1, ...x.map(Math.abs));
          for (let i = 0; i < 4; i++) {
            let s = 0;
            for (let j = 0; j < 4; j++) s += a[4 * i + j]! * x[j]!;
            expect(Math.abs(s - b[i]!)).toBeLessThan(1e-11 * size);
          }
        },
      ),
    );
    expect(solve([1, 2, 2, 4], [1, 1], 2)).toBeNull();
    expect([...solve([0, 1, 1, 0], [2, 3], 2)!]).toEqual([3, 2]);
  });

  it("factors a positive definite matrix and refuses another", () => {
    const a = [4, 2, 0.6, 2, 5, 1, 0.6, 1, 3];
    const l = cholesky(a, 3)!;
    const x = choleskySolve(l, [1, 2, 3], 3);
    const want = solve(a, [1, 2, 3], 3)!;
    for (let i = 0; i < 3; i++) expect(x[i]).toBeCloseTo(want[i]!, 14);
    expect(cholesky([1, 2, 2, 1], 2)).toBeNull();
  });
});

describe("ols", () => {
  it("finds the textbook line with its standard errors", () => {
    // Anscombe's first set: y = 3.00009 + 0.50009 x, se 1.12475 and 0.11791, R2 0.66654.
    const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
    const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
    const fit = line(x, y);
    if (fit.kind !== "ok") throw new Error(fit.kind);
    expect(fit.beta[0]).toBeCloseTo(3.0000909, 6);
    expect(fit.beta[1]).toBeCloseTo(0.5000909, 6);
    expect(fit.stdErr![0]).toBeCloseTo(1.1247468, 6);
    expect(fit.stdErr![1]).toBeCloseTo(0.1179055, 6);
    expect(fit.r2).toBeCloseTo(0.6665425, 6);
    expect(fit.df).toBe(9);
  });

  it("leaves residuals orthogonal to the design", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(entry, entry, entry), { minLength: 5, maxLength: 30 }), (rows) => {
        const x = rows.flatMap(([a, b]) => [1, a, b]);
        const fit = ols(
          x,
          rows.map((r) => r[2]),
          rows.length,
          3,
        );
        if (fit.kind !== "ok") return;
        const big = Math.max(1, ...fit.beta.map(Math.abs));
        for (let j = 0; j < 3; j++) {
          let s = 0;
          rows.forEach((_, i) => {
            s += x[3 * i + j]! * fit.residuals[i]!;
          });
          expect(Math.abs(s)).toBeLessThan(1e-9 * big);
        }
      }),
    );
  });

  it("refuses too few rows, dependent columns, and what is not a number", () => {
    expect(ols([1, 2], [1], 1, 2).kind).toBe("too_few_rows");
    expect(line([2, 2, 2], [1, 2, 3]).kind).toBe("collinear");
    expect(line([1, 2, 3], [1, Number.NaN, 3]).kind).toBe("bad_input");
    const exact = line([1, 2], [1, 3]);
    expect(exact).toMatchObject({ kind: "ok", s2: null, stdErr: null });
  });
});

describe("levenbergMarquardt", () => {
  const free = { lower: [-10, -10], upper: [10, 10] };
  const rosenbrock = {
    size: 2,
    residuals(x: Float64Array, out: Float64Array): void {
      out[0] = 10 * (x[1]! - x[0]! ** 2);
      out[1] = 1 - x[0]!;
    },
  };

  it("solves Rosenbrock's valley with and without a Jacobian", () => {
    const numeric = levenbergMarquardt({ ...rosenbrock, ...free }, [-1.2, 1]);
    expect(numeric.x[0]).toBeCloseTo(1, 7);
    const exact = levenbergMarquardt(
      {
        ...rosenbrock,
        ...free,
        jacobian: (x, out) => out.set([-20 * x[0]!, 10, -1, 0]),
      },
      [-1.2, 1],
    );
    expect(exact.kind).toBe("converged");
    expect(exact.x[1]).toBeCloseTo(1, 10);
  });

  it("stops at the wall when the optimum lies behind it", () => {
    const r = levenbergMarquardt({ ...rosenbrock, lower: [-10, -10], upper: [0.5, 10] }, [-1.2, 1]);
    expect(r.x[0]).toBe(0.5);
    expect(r.x[1]).toBeCloseTo(0.25, 8);
  });

  it("says when the start has no value", () => {
    const r = levenbergMarquardt(
      { size: 1, residuals: (_x, out) => void (out[0] = Number.NaN), ...free },
      [0, 0],
    );
    expect(r.kind).toBe("bad_start");
  });
});

describe("double-double", () => {
  const value = fc
    .double({ min: -1e6, max: 1e6, noNaN: true, noDefaultInfinity: true })
    .map((v) => (Math.abs(v) < 1e-6 ? 1 : v));

  it("keeps sums and products exactly, against integers of any size", () => {
    // Doubles with 30-bit integers: hi + lo must be the exact integer.
    const int = fc.integer({ min: -(2 ** 52), max: 2 ** 52 });
    fc.assert(
      fc.property(int, int, (a, b) => {
        const s = twoSum(a, b);
        expect(BigInt(s.hi) + BigInt(s.lo)).toBe(BigInt(a) + BigInt(b));
        const p = twoProduct(a, b);
        expect(BigInt(p.hi) + BigInt(p.lo)).toBe(BigInt(a) * BigInt(b));
      }),
    );
  });

  it("undoes division and square root", () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const q = ddMul(ddDiv({ hi: a, lo: 0 }, { hi: b, lo: 0 }), { hi: b, lo: 0 });
        expect(Math.abs(q.hi - a + q.lo)).toBeLessThan(1e-28 * Math.abs(a) + 1e-300);
        const r = ddSqrt({ hi: Math.abs(a), lo: 0 });
        const back = ddAdd(ddMul(r, r), { hi: -Math.abs(a), lo: 0 });
        expect(Math.abs(back.hi)).toBeLessThan(1e-28 * Math.abs(a));
      }),
    );
  });

  it("gives logarithms that agree with Math.log to one unit and are exact at powers of two", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (x) => {
        const want = Math.log(x);
        expect(Math.abs(logNearest(x) - want)).toBeLessThanOrEqual(2.3e-16 * Math.abs(want) + 1e-300);
      }),
    );
    expect(logNearest(1)).toBe(0);
    expect(logNearest(2)).toBe(Math.LN2);
    expect(logNearest(1024)).toBe(10 * Math.LN2);
  });
});
