import { formatPriceExact, formatQty, parsePrice, parseQty } from "../market/index.ts";
import type { Terms } from "./terms.ts";

/** A digest as lower-case hex; the caller hands in SHA-1 or SHA-256. */
export type Digest = (text: string) => string;
export interface Digests {
  readonly sha1: Digest;
  readonly sha256: Digest;
}

/** Cannot occur in ids, sides, decimals or names of sleeves. */
const BREAK = "\u001f";

/** `100`, `100.0` and `1e2`-free text of one quantity agree. */
export const canonicalQty = (text: string): string => formatQty(parseQty(text));
export const canonicalPrice = (text: string): string => formatPriceExact(parsePrice(text));

/** What is traded, legs in the order of the order: `1:OPT/…,-1:OPT/…`. */
const what = (terms: Terms): string => terms.legs.map((l) => `${l.ratio}:${l.instrument}`).join(",");

/**
 * SHA-1 over run, instrument, side, canonical quantity, sleeve and ordinal: the same intent has the same id after any restart, and two
 * equal intents of one run stay two.
 */
export function clientOrderId(sha1: Digest, runId: string, terms: Terms, ordinal: number): string {
  const parts = [runId, what(terms), terms.side, canonicalQty(terms.qty), terms.strategy, String(ordinal)];
  if (parts.some((part) => part.includes(BREAK))) throw new RangeError("an order's field holds a separator");
  return sha1(parts.join(BREAK));
}

/** A manual ticket is its own run. `branch` tells the paper ledgers of a replay apart. */
export function manualRunId(day: string, branch: string | null, ticket: string): string {
  return [day, "manual", ...(branch === null ? [] : [branch]), ticket].join("/");
}

/** SHA-256 of the inputs that a job decided on: its id is the same for the same inputs. */
export function jobRunId(
  sha256: Digest,
  day: string,
  tag: string,
  inputsHash: string,
  version: string,
): string {
  return sha256([day, tag, inputsHash, version].join(BREAK));
}

/** Canonical JSON: keys sorted, no blanks, numbers by their shortest decimal text. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== "object") {
    if (typeof value === "number" && !Number.isFinite(value))
      throw new RangeError(`${value} has no canonical form`);
    return JSON.stringify(value) ?? "null";
  }
  let text = "";
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === "" ? "" : ","}${canonicalJson(item)}`;
    return `[${text}]`;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(value).sort(byText))
    if (fields[key] !== undefined)
      text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(fields[key])}`;
  return `{${text}}`;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export interface HashedGuard {
  readonly code: string;
  readonly verdict: string;
}
export interface HashedRow {
  readonly terms: Terms;
  readonly guards: readonly HashedGuard[];
  /** What else is done with it: `replaces O7 of which 4 are filled`. Absent: it is sent as it stands. */
  readonly how?: string;
}

/**
 * What a preview promises: account, mode, legs, ratios, intents, quantity, limit, time in force and each guard's verdict, of each of its
 * orders. Not the values of quotes.
 */
export function previewHash(sha256: Digest, rows: readonly HashedRow[]): string {
  return sha256(
    canonicalJson(
      rows.map(({ terms, guards, how }) => ({
        ...terms,
        how,
        qty: canonicalQty(terms.qty),
        limit: canonicalPrice(terms.limit),
        // By code: they are listed by what is used of their bounds, and that follows quotes.
        guards: guards.map((g) => `${g.code} ${g.verdict}`).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
      })),
    ),
  );
}
