/** One text for one value: keys in order, no blanks that depend on anything, numbers finite or null. */
import { createHash } from "node:crypto";

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function ordered(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? (value === 0 ? 0 : value) : null;
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => compare(a, b)).map(([k, v]) => [k, ordered(v)]));
}

/** JSON with sorted keys, two blanks of indent and a last line break; NaN and infinities are null, −0 is 0, undefined is left out. */
export const canonicalJson = (value: unknown): string => `${JSON.stringify(ordered(value), null, 2)}\n`;

export const sha256 = (text: string | Uint8Array): string => createHash("sha256").update(text).digest("hex");
