/** A seeded chance in [0, 1). */
export type Chance = () => number;

/** Frames of one decoder: good ones, from which bad ones are made. */
export interface Corpus {
  readonly channel: string;
  /** Frames that come before all others. */
  readonly first: readonly Buffer[];
  /** A message as a tree. */
  readonly make: (chance: Chance) => unknown;
  readonly encode: (tree: unknown) => Buffer;
}

export const json = (tree: unknown): Buffer => Buffer.from(JSON.stringify(tree) ?? "");
export const pick = <T>(chance: Chance, list: readonly T[]): T =>
  list[Math.floor(chance() * list.length)] as T;
export const price = (chance: Chance): number =>
  Math.round(chance() * 1e6) / pick(chance, [1, 10, 100, 1000]);
export const size = (chance: Chance): number => Math.floor(chance() * 1000);
export const list =
  (make: (chance: Chance) => unknown) =>
  (chance: Chance): unknown =>
    Array.from({ length: 1 + Math.floor(chance() * 3) }, () => make(chance));
