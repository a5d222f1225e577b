import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface SeedCase {
  readonly id: string;
  readonly function: string;
  readonly input: unknown;
  readonly expected: unknown;
}
export interface SeedFile {
  readonly tolerance: { readonly abs: number; readonly rel: number };
  readonly cases: readonly SeedCase[];
}

const fixtures = join(dirname(fileURLToPath(import.meta.url)), "../fixtures/seeds");

/** Reference cases of an engine: the full file where VOLDESK_SHARED names a folder that has it, else the subset in the fixtures. */
export function loadSeeds(name: string): SeedFile {
  const shared = process.env["VOLDESK_SHARED"];
  const full = shared ? join(shared, "oracles/seeds", `${name}.json`) : "";
  return JSON.parse(
    readFileSync(full && existsSync(full) ? full : join(fixtures, `${name}.json`), "utf8"),
  ) as SeedFile;
}

/** Paths at which `actual` is not `expected`: numbers within abs + rel x |expected|, all else exactly, no missing or extra keys. */
export function differences(
  actual: unknown,
  expected: unknown,
  tolerance: { readonly abs: number; readonly rel: number },
  path = "",
): string[] {
  if (typeof expected === "number" && typeof actual === "number") {
    const ok = Math.abs(actual - expected) <= tolerance.abs + tolerance.rel * Math.abs(expected);
    return ok ? [] : [`${path}: ${actual} is not ${expected}`];
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (actual.length !== expected.length) return [`${path}: ${actual.length} rows, not ${expected.length}`];
    return expected.flatMap((e, i) => differences(actual[i], e, tolerance, `${path}[${i}]`));
  }
  if (isRecord(expected) && isRecord(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...keys].flatMap((k) => differences(actual[k], expected[k], tolerance, `${path}.${k}`));
  }
  return actual === expected ? [] : [`${path}: ${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`];
}

function isRecord(x: unknown): x is Record<string, unknown> {
  return typeof x === "object" && x !== null && !Array.isArray(x);
}
