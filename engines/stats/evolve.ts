import type { Random } from "./random.ts";

export interface EvolveOptions {
  /** Members per dimension; at least 20 members in all. Default 12. */
  readonly popPerDim?: number;
  /** Bound on evaluations of f. Default 10,000 per dimension. */
  readonly maxEvaluations?: number;
  /** Stops when the population spans at most this share of the box in every dimension. Default 1e-12. */
  readonly xTol?: number;
  /** Stops when the population's values span at most this share of what they spanned at the start. Default 1e-15. */
  readonly fTol?: number;
  /** Stops as soon as the best value is at or below this. */
  readonly target?: number;
}

export interface EvolveResult {
  readonly kind: "converged" | "target" | "max_evaluations";
  readonly x: Float64Array;
  readonly f: number;
  readonly evaluations: number;
  readonly generations: number;
}

/** Length of the memory of successful factors, and the share of members that count as leaders. */
const MEMORY = 10;
const LEADERS = 0.15;

/**
 * Global minimum of f in a box by success-history adaptive differential evolution (SHADE: Tanabe and Fukunaga 2013, after JADE of
 * Zhang and Sanderson 2009): mutation current-to-pbest/1 with an archive of defeated members, binomial crossover, factors learnt
 * from the steps that paid. Starts from a Latin hypercube. The path depends on `random` alone, so a seed reproduces it. A value of
 * f that is not a number counts as +Infinity. Bounds must be finite with lower <= upper in every dimension; else a RangeError.
 */
export function evolve(
  f: (x: Float64Array) => number,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  random: Random,
  options: EvolveOptions = {},
): EvolveResult {
  checkBox(lower, upper);
  const dim = lower.length;
  const { popPerDim = 12, maxEvaluations = 10_000 * dim, xTol = 1e-12, fTol = 1e-15 } = options;
  const { target = -Infinity } = options;
  const size = Math.max(20, Math.floor(popPerDim * dim));
  const leaders = Math.max(2, Math.round(LEADERS * size));
  const value = (x: Float64Array): number => {
    const v = f(x);
    return Number.isNaN(v) ? Infinity : v;
  };

  const pop = latinHypercube(size, lower, upper, random);
  const values = Float64Array.from(pop, value);
  const spread = span(values);
  const flat = spread < Infinity ? fTol * spread : 0;
  const trials = pop.map((x) => x.slice());
  const archive: Float64Array[] = [];
  const memory = newMemory();
  const ranks = Array.from({ length: size }, (_, i) => i);
  let evaluations = size;
  let generations = 0;
  const done = (kind: EvolveResult["kind"]): EvolveResult => {
    let best = 0;
    for (let i = 1; i < size; i++) if (values[i]! < values[best]!) best = i;
    return { kind, x: pop[best]!.slice(), f: values[best]!, evaluations, generations };
  };

  for (;;) {
    ranks.sort((a, b) => values[a]! - values[b]! || a - b);
    if (values[ranks[0]!]! <= target) return done("target");
    if (span(values) <= flat || narrow(pop, lower, upper, xTol)) return done("converged");
    if (evaluations + size > maxEvaluations) return done("max_evaluations");
    generations++;
    const lesson = newLesson();
    const factors = ranks.map(() => drawFactors(memory, random));
    for (let i = 0; i < size; i++) {
      const { scale, crossover } = factors[i]!;
      const x = pop[i]!;
      const leader = pop[ranks[random.below(leaders)]!]!;
      let r1 = random.below(size);
      while (r1 === i) r1 = random.below(size);
      let r2 = random.below(size + archive.length);
      while (r2 === i || r2 === r1) r2 = random.below(size + archive.length);
      const other = r2 < size ? pop[r2]! : archive[r2 - size]!;
      const forced = random.below(dim);
      const trial = trials[i]!;
      for (let d = 0; d < dim; d++) {
        if (d !== forced && random.uniform() >= crossover) {
          trial[d] = x[d]!;
          continue;
        }
        const v = x[d]! + scale * (leader[d]! - x[d]!) + scale * (pop[r1]![d]! - other[d]!);
        // Half way to the wall: clamping would pile members up on it.
        trial[d] = v < lower[d]! ? (lower[d]! + x[d]!) / 2 : v > upper[d]! ? (upper[d]! + x[d]!) / 2 : v;
      }
    }
    for (let i = 0; i < size; i++) {
      const v = value(trials[i]!);
      evaluations++;
      if (v > values[i]!) continue;
      if (v < values[i]!) {
        learn(lesson, factors[i]!, values[i]! - v);
        if (archive.length < size) archive.push(pop[i]!.slice());
        else archive[random.below(size)]!.set(pop[i]!);
      }
      pop[i]!.set(trials[i]!);
      values[i] = v;
    }
    remember(memory, lesson);
  }
}

interface Factors {
  readonly scale: number;
  readonly crossover: number;
}

interface Memory {
  readonly scale: Float64Array;
  readonly crossover: Float64Array;
  next: number;
}

const newMemory = (): Memory => ({
  scale: new Float64Array(MEMORY).fill(0.5),
  crossover: new Float64Array(MEMORY).fill(0.5),
  next: 0,
});

/** Scale from a Cauchy, crossover from a normal law, each about a remembered success. */
function drawFactors(memory: Memory, random: Random): Factors {
  const slot = random.below(MEMORY);
  let scale = 0;
  while (!(scale > 0)) scale = memory.scale[slot]! + 0.1 * Math.tan(Math.PI * (random.uniform() - 0.5));
  const normal = Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  const crossover = memory.crossover[slot]! + 0.1 * normal;
  return { scale: Math.min(scale, 1), crossover: Math.min(Math.max(crossover, 0), 1) };
}

/** Sums over the steps of one generation that paid, weighted by what they gained. */
interface Lesson {
  weight: number;
  scale: number;
  scale2: number;
  crossover: number;
}

const newLesson = (): Lesson => ({ weight: 0, scale: 0, scale2: 0, crossover: 0 });

function learn(lesson: Lesson, { scale, crossover }: Factors, gain: number): void {
  const weight = Math.min(gain, Number.MAX_VALUE / 1e6);
  lesson.weight += weight;
  lesson.scale += weight * scale;
  lesson.scale2 += weight * scale * scale;
  lesson.crossover += weight * crossover;
}

function remember(memory: Memory, lesson: Lesson): void {
  if (!(lesson.weight > 0) || !(lesson.scale > 0)) return;
  memory.scale[memory.next] = lesson.scale2 / lesson.scale;
  memory.crossover[memory.next] = lesson.crossover / lesson.weight;
  memory.next = (memory.next + 1) % MEMORY;
}

function checkBox(lower: ArrayLike<number>, upper: ArrayLike<number>): void {
  if (lower.length < 1 || lower.length !== upper.length)
    throw new RangeError("bounds must have one entry per dimension");
  for (let d = 0; d < lower.length; d++) {
    if (!Number.isFinite(lower[d]!) || !Number.isFinite(upper[d]!) || lower[d]! > upper[d]!) {
      throw new RangeError(`bounds of dimension ${d} must be finite and in order`);
    }
  }
}

/** One member per stratum of every dimension, strata shuffled independently. */
function latinHypercube(
  size: number,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  random: Random,
): Float64Array[] {
  const pop = Array.from({ length: size }, () => new Float64Array(lower.length));
  for (let d = 0; d < lower.length; d++) {
    const order = Array.from({ length: size }, (_, i) => i);
    for (let i = size - 1; i > 0; i--) {
      const j = random.below(i + 1);
      const t = order[i]!;
      order[i] = order[j]!;
      order[j] = t;
    }
    for (let i = 0; i < size; i++) {
      pop[i]![d] = lower[d]! + ((order[i]! + random.uniform()) / size) * (upper[d]! - lower[d]!);
    }
  }
  return pop;
}

/** Range of the finite values; Infinity while most are not finite. */
function span(values: Float64Array): number {
  let lo = Infinity;
  let hi = -Infinity;
  let finite = 0;
  for (const v of values) {
    if (!Number.isFinite(v)) continue;
    finite++;
    lo = Math.min(lo, v);
    hi = Math.max(hi, v);
  }
  return 2 * finite > values.length ? hi - lo : Infinity;
}

function narrow(
  pop: readonly Float64Array[],
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  xTol: number,
): boolean {
  for (let d = 0; d < lower.length; d++) {
    let lo = Infinity;
    let hi = -Infinity;
    for (const x of pop) {
      lo = Math.min(lo, x[d]!);
      hi = Math.max(hi, x[d]!);
    }
    if (hi - lo > xTol * (upper[d]! - lower[d]!)) return false;
  }
  return true;
}
