import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const fixtures = resolve(import.meta.dirname, "../../fixtures/oracles");

/** The compact set of this repository and, where VOLDESK_SHARED names a folder, the full one. */
export function oracleFiles(name: string): { label: string; path: string }[] {
  const files = [{ label: `${name} fixture`, path: join(fixtures, `${name}.json`) }];
  const shared = process.env.VOLDESK_SHARED;
  const full = shared ? join(shared, "oracles", `${name}_dev.json`) : "";
  if (full && existsSync(full)) files.push({ label: `${name} full`, path: full });
  return files;
}

export function readOracle<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8")) as T;
}

/** "NaN", "Infinity" and "-Infinity" stand for those doubles in edge cases. */
export function double(x: number | string): number {
  return typeof x === "string" ? Number(x) : x;
}
