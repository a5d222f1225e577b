import { normInvRough } from "../../../engines/stats/index.ts";

/**
 * Chance by position instead of by order: the same (seed, stream, a, b) gives the same number whenever it is asked for, so that a quote
 * of 10:31:07 is one and the same in the stream, in a snapshot, in a bar and in the history.
 */
export function hash32(seed: number, stream: number, a: number, b: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  h = mix(h ^ Math.imul(stream + 0x7f4a7c15, 0xc2b2ae35));
  h = mix(h ^ Math.imul(a | 0, 0x27d4eb2f));
  return mix(h ^ Math.imul(b | 0, 0x165667b1)) >>> 0;
}

/** The finaliser of MurmurHash3: every input bit reaches every output bit. */
function mix(x: number): number {
  let z = x | 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return z ^ (z >>> 16);
}

/** Uniform in (0, 1), never an end. */
export function uniformAt(seed: number, stream: number, a: number, b: number): number {
  return (hash32(seed, stream, a, b) + 0.5) / 4294967296;
}

/** Standard normal, within ±6.3. */
export function normalAt(seed: number, stream: number, a: number, b: number): number {
  return normInvRough(uniformAt(seed, stream, a, b));
}

/** Streams of chance, so that no two uses share numbers. Factors and names take a block of each. */
export const Stream = {
  day: 1_000,
  minute: 2_000,
  inside: 3_000,
  quoteCount: 10,
  quoteTime: 11,
  quoteShape: 12,
  quoteSize: 13,
  tradeCount: 20,
  tradeTime: 21,
  tradeSide: 22,
  tradeSize: 23,
  tradeVenue: 24,
  openInterest: 30,
  daily: 31,
} as const;
