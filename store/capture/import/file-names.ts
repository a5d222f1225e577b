import { basename } from "node:path";
import { CaptureError } from "../errors.ts";

export interface NamedFile {
  readonly symbol: string;
  /** ISO days in the name, first to last. */
  readonly days: readonly string[];
  readonly rest: string;
}

/** Reads `<symbol>_<day>[_<day>][_<what>].csv[.gz]`, days as 20131008 or 2013-10-08; a part after the symbol may stand between. */
export function readFileName(file: string): NamedFile {
  const parts = basename(file)
    .replace(/\.gz$/, "")
    .replace(/\.[a-z]+$/, "")
    .split("_");
  const days = parts
    .map((p) => /^(\d{4})-?(\d\d)-?(\d\d)$/.exec(p))
    .filter((m) => m !== null)
    .map((m) => `${m[1]}-${m[2]}-${m[3]}`);
  const rest = parts.slice(1).filter((p) => !/^\d{4}-?\d\d-?\d\d$/.test(p));
  return { symbol: (parts[0] ?? "").toUpperCase(), days, rest: rest.join("_") };
}

export function need(value: string | null | undefined, file: string, option: string): string {
  if (value !== null && value !== undefined && value !== "") return value;
  throw new CaptureError("CAP-012", file, `Say it with ${option}.`, "its name does not tell");
}
