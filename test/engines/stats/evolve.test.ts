import { describe, expect, it } from "vitest";
import { evolve, seeded } from "../../../engines/stats/index.ts";
import { oracle } from "./oracle.ts";

interface Row {
  dim: number;
  bounds: [number, number];
  optimumF: number;
  scipy: { nfev: number };
}
const file = oracle<{ functions: Record<string, Row> }>("diff_evolution.json");

const functions: Record<string, (x: Float64Array) => number> = {
  sphere: (x) => x.reduce((s, v) => s + v * v, 0),
  rosenbrock: (x) => {
    let s = 0;
    for (let i = 0; i + 1 < x.length; i++) s += 100 * (x[i + 1]! - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2;
    return s;
  },
  rastrigin: (x) => x.reduce((s, v) => s + v * v - 10 * Math.cos(2 * Math.PI * v), 10 * x.length),
  ackley: (x) => {
    const q = x.reduce((s, v) => s + v * v, 0) / x.length;
    const c = x.reduce((s, v) => s + Math.cos(2 * Math.PI * v), 0) / x.length;
    return -20 * Math.exp(-0.2 * Math.sqrt(q)) - Math.exp(c) + 20 + Math.E;
  },
};

describe("evolve", () => {
  for (const [name, row] of Object.entries(file.functions)) {
    it(`reaches the optimum of ${name} on at least 9 of 10 seeds within four times SciPy's evaluations`, () => {
      const lower = new Array<number>(row.dim).fill(row.bounds[0]);
      const upper = new Array<number>(row.dim).fill(row.bounds[1]);
      let reached = 0;
      for (let seed = 1; seed <= 10; seed++) {
        const r = evolve(functions[name]!, lower, upper, seeded(seed));
        if (r.f - row.optimumF <= 1e-8 && r.evaluations <= 4 * row.scipy.nfev) reached++;
      }
      expect(reached).toBeGreaterThanOrEqual(9);
    });
  }

  it("follows the seed alone, stays in the box, stops at a target", () => {
    const f = functions.rastrigin!;
    const a = evolve(f, [-5, -5], [5, 5], seeded(7));
    expect(evolve(f, [-5, -5], [5, 5], seeded(7))).toEqual(a);
    const inside = evolve((x) => -x[0]! - x[1]!, [1, -2], [3, 4], seeded(1));
    expect(inside.x[0]).toBeCloseTo(3, 6);
    expect(inside.x[1]).toBeCloseTo(4, 6);
    expect(inside.x[0]!).toBeLessThanOrEqual(3);
    const early = evolve(f, [-5, -5], [5, 5], seeded(7), { target: 1 });
    expect(early.kind).toBe("target");
    expect(early.evaluations).toBeLessThan(a.evaluations);
    expect(evolve(f, [-5, -5], [5, 5], seeded(7), { maxEvaluations: 100 })).toMatchObject({
      kind: "max_evaluations",
    });
  });

  it("treats a value that is no number as the worst, and refuses a broken box", () => {
    const r = evolve((x) => (x[0]! < 0 ? Number.NaN : x[0]! ** 2), [-1], [1], seeded(2));
    expect(r.f).toBeLessThan(1e-12);
    expect(() => evolve(() => 0, [1], [0], seeded(1))).toThrow(RangeError);
    expect(() => evolve(() => 0, [0], [Infinity], seeded(1))).toThrow(RangeError);
  });
});

describe("seeded", () => {
  it("gives uniform doubles that depend on the seed", () => {
    const r = seeded(42);
    const n = 100_000;
    let sum = 0;
    let squares = 0;
    let outside = 0;
    for (let i = 0; i < n; i++) {
      const u = r.uniform();
      if (!(u >= 0 && u < 1)) outside++;
      sum += u;
      squares += u * u;
    }
    expect(outside).toBe(0);
    expect(Math.abs(sum / n - 1 / 2)).toBeLessThan(0.005);
    expect(Math.abs(squares / n - 1 / 3)).toBeLessThan(0.005);
    expect(seeded(42).uniform()).not.toBe(seeded(43).uniform());
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 7000; i++) counts[r.below(7)]!++;
    for (const c of counts) expect(Math.abs(c - 1000)).toBeLessThan(150);
  });
});
