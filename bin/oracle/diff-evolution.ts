import { evolve, seeded } from "../../engines/stats/index.ts";
import { type Adapter, type Answer, first, has, isRecord, ratioOf } from "./adapter.ts";

interface Problem {
  readonly dim: number;
  readonly bounds: readonly [number, number];
  readonly optimumF: number;
  readonly probe: readonly { readonly x: readonly number[]; readonly f: number }[];
  readonly scipy: { readonly nfev: number };
}

type Objective = (x: ArrayLike<number>) => number;

function sum(x: ArrayLike<number>, term: (v: number, i: number) => number): number {
  let s = 0;
  for (let i = 0; i < x.length; i++) s += term(x[i]!, i);
  return s;
}

const OBJECTIVES: Readonly<Record<string, Objective>> = {
  sphere: (x) => sum(x, (v) => v * v),
  rosenbrock: (x) => {
    let s = 0;
    for (let i = 0; i + 1 < x.length; i++) s += 100 * (x[i + 1]! - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2;
    return s;
  },
  rastrigin: (x) => sum(x, (v) => v * v - 10 * Math.cos(2 * Math.PI * v)) + 10 * x.length,
  ackley: (x) =>
    -20 * Math.exp(-0.2 * Math.sqrt(sum(x, (v) => v * v) / x.length)) -
    Math.exp(sum(x, (v) => Math.cos(2 * Math.PI * v)) / x.length) +
    20 +
    Math.E,
};

const SEEDS = 10;
const MUST_REACH = 9;
const NEAR = 1e-8;

/** The optimum must be met to 1e-8 within four times the reference's evaluations on 9 of 10 seeds. */
function optimum(name: string, f: Objective, p: Problem): Answer {
  const lower = new Array<number>(p.dim).fill(p.bounds[0]);
  const upper = new Array<number>(p.dim).fill(p.bounds[1]);
  const limit = 4 * p.scipy.nfev;
  const runs = Array.from({ length: SEEDS }, (_, i) => {
    const r = evolve(f, lower, upper, seeded(i + 1));
    return { f: r.f, x: Array.from(r.x), evaluations: r.evaluations };
  });
  const ratios = runs.map((r) => Math.max((r.f - p.optimumF) / NEAR, r.evaluations / limit, 0));
  ratios.sort((a, b) => a - b);
  const best = runs.reduce((a, b) => (b.f < a.f ? b : a));
  const reached = runs.filter((r) => r.f - p.optimumF <= NEAR && r.evaluations <= limit).length;
  const got = {
    ...best,
    reached,
    seeds: SEEDS,
    mostEvaluations: Math.max(...runs.map((r) => r.evaluations)),
  };
  return { id: `${name}.optimum`, got, ratio: ratios[MUST_REACH - 1]!, at: "optimum" };
}

/** Differential evolution: probe values 1e-12 relative, and the optimum by seeds. A function by another name fails. */
export const diffEvolution: Adapter = {
  name: "differential evolution",
  recognises: (file) =>
    isRecord(file["functions"]) && has(first(Object.values(file["functions"])), "dim", "bounds", "probe"),
  *run(file): Iterable<Answer> {
    for (const [name, p] of Object.entries(file["functions"] as Readonly<Record<string, Problem>>)) {
      const f = OBJECTIVES[name];
      if (!f) {
        yield { id: name, got: null, ratio: Infinity, at: "unknown function" };
        continue;
      }
      for (const [i, { x, f: want }] of p.probe.entries()) {
        const got = f(x);
        yield { id: `${name}.probe.${i}`, got, ratio: ratioOf(got, want, 1e-12 * Math.abs(want)), at: "f" };
      }
      yield optimum(name, f, p);
    }
  },
};
