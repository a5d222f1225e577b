/** An oracle file as read: JSON from outside, its shape is checked by the adapter that takes it. */
export type OracleFile = Readonly<Record<string, unknown>>;

/** One case answered. `ratio` is the distance over the tolerance: at most 1 passes; Infinity where no number can say it. */
export interface Answer {
  readonly id: string | number;
  readonly got: unknown;
  readonly ratio: number;
  /** The value that is furthest off, e.g. `gamma` or `vol.3`. */
  readonly at: string;
}

/** One kind of oracle file: how it is recognised and how its cases run through the engines. */
export interface Adapter {
  readonly name: string;
  recognises(file: OracleFile): boolean;
  run(file: OracleFile): Iterable<Answer>;
}

export const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> =>
  typeof x === "object" && x !== null && !Array.isArray(x);

export const has = (x: unknown, ...keys: string[]): boolean => isRecord(x) && keys.every((k) => k in x);

/** The first of a list of cases, or undefined. */
export const first = (x: unknown): unknown => (Array.isArray(x) ? (x as unknown[])[0] : undefined);

/** Distance of one value from its reference, over the tolerance for it. */
export type Tolerance = (want: number, path: string) => number;

export const absolute =
  (t: number): Tolerance =>
  () =>
    t;
export const relative =
  (t: number): Tolerance =>
  (want) =>
    t * Math.abs(want);
/** Absolute below 1, relative above. */
export const either =
  (t: number): Tolerance =>
  (want) =>
    t * Math.max(1, Math.abs(want));

export interface Distance {
  readonly ratio: number;
  readonly at: string;
}

/** Ratio of one number; equal numbers are 0 apart whatever the tolerance, not-a-number is infinitely far. */
export function ratioOf(got: unknown, want: number, tolerance: number): number {
  if (typeof got !== "number" || Number.isNaN(got)) return Infinity;
  if (got === want) return 0;
  const e = Math.abs(got - want);
  return tolerance > 0 ? e / tolerance : Infinity;
}

/** The worst of a tree of values against its reference: numbers by tolerance, all else equal, no key or entry missing. */
export function distance(got: unknown, want: unknown, tolerance: Tolerance, path = ""): Distance {
  if (typeof want === "number") return { ratio: ratioOf(got, want, tolerance(want, path)), at: path };
  let worst: Distance = { ratio: 0, at: path };
  const take = (d: Distance): void => {
    if (d.ratio > worst.ratio) worst = d;
  };
  const under = (key: string | number): string => (path === "" ? `${key}` : `${path}.${key}`);
  if (Array.isArray(want)) {
    if (!Array.isArray(got) || got.length !== want.length) return { ratio: Infinity, at: path };
    for (const [i, w] of want.entries()) take(distance(got[i], w, tolerance, under(i)));
    return worst;
  }
  if (isRecord(want)) {
    if (!isRecord(got)) return { ratio: Infinity, at: path };
    for (const [key, w] of Object.entries(want)) take(distance(got[key], w, tolerance, under(key)));
    for (const key of Object.keys(got)) if (!(key in want)) take({ ratio: Infinity, at: under(key) });
    return worst;
  }
  return { ratio: got === want ? 0 : Infinity, at: path };
}

/** The worse of two. */
export const worse = (a: Distance, b: Distance): Distance => (b.ratio > a.ratio ? b : a);
