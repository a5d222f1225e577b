import type { ErrorCode } from "../../config/errors.ts";

/** One line of input: a JSON object from outside, nothing of it trusted. */
export type Line = Readonly<Record<string, unknown>>;

/** A line that cannot be answered. `unreadable` lines make the command end with exit code 2; a bad value does not. */
export class LineError extends Error {
  readonly code: ErrorCode;
  readonly unreadable: boolean;

  constructor(code: ErrorCode, message: string, unreadable: boolean) {
    super(message);
    this.code = code;
    this.unreadable = unreadable;
  }
}

const missing = (key: string): LineError =>
  new LineError("CALC-002", `${key} is missing. Add it to the line.`, true);
const wrong = (key: string, expected: string): LineError =>
  new LineError("CALC-003", `${key} must be ${expected}.`, true);

/** Values a number can take in JSON only as a string. */
const SPELT: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Infinity,
  "-Infinity": -Infinity,
};

function asNumber(value: unknown): number | null {
  if (typeof value === "number") return value;
  return typeof value === "string" ? (SPELT[value] ?? null) : null;
}

export function number(line: Line, key: string): number {
  const value = line[key];
  if (typeof value === "number") return value;
  if (value === undefined || value === null) throw missing(key);
  const n = asNumber(value);
  if (n === null) throw wrong(key, "a number");
  return n;
}

/** The number, or null where the key is absent or null. */
export function optional(line: Line, key: string): number | null {
  return line[key] === undefined || line[key] === null ? null : number(line, key);
}

/** One number or a list of them. */
export function numbers(line: Line, key: string): Float64Array {
  const value = line[key];
  if (value === undefined || value === null) throw missing(key);
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const out = new Float64Array(list.length);
  for (const [i, v] of list.entries()) {
    const n = asNumber(v);
    if (n === null) throw wrong(key, "a number or a list of numbers");
    out[i] = n;
  }
  return out;
}

export function optionalNumbers(line: Line, key: string): Float64Array | null {
  return line[key] === undefined || line[key] === null ? null : numbers(line, key);
}

/** +1 for a call, -1 for a put. */
export function side(line: Line): 1 | -1 {
  const type = line["type"];
  if (type === "call" || type === "C") return 1;
  if (type === "put" || type === "P") return -1;
  throw type === undefined ? missing("type") : wrong("type", `"call" or "put"`);
}

/** Spot, rate and yield of a line: `S r [q]`, or `F df [q]` with the spot and rate that follow from them. */
export interface Spot {
  readonly S: number;
  readonly K: number;
  readonly T: number;
  readonly r: number;
  readonly q: number;
}

export function spot(line: Line): Spot {
  const K = number(line, "K");
  const T = number(line, "T");
  const q = optional(line, "q") ?? 0;
  if (line["S"] === undefined && line["F"] !== undefined) {
    const F = number(line, "F");
    const df = number(line, "df");
    if (!(df > 0 && df < Infinity)) throw badValue("df must be above 0.");
    return { S: F * df * Math.exp(q * T), K, T, r: T > 0 ? -Math.log(df) / T : 0, q };
  }
  return { S: number(line, "S"), K, T, r: number(line, "r"), q };
}

export const badValue = (message: string): LineError => new LineError("CALC-005", message, false);
