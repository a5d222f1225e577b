import { readFileSync } from "node:fs";

/** Reads a compact copy of an oracle file; the shape is the test's business. */
export function oracle<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../fixtures/oracles/${name}`, import.meta.url), "utf8")) as T;
}

/** Relative distance, 0 when both are 0. */
export const relative = (got: number, want: number): number =>
  got === want ? 0 : Math.abs(got - want) / Math.abs(want);
