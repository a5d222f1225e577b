import Big from "big.js";

/** A JSON object as it came: nothing is sure of it but that it is one. */
export type Row = Readonly<Record<string, unknown>>;

export const isRow = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const rowsOf = (value: unknown): readonly Row[] => (Array.isArray(value) ? value.filter(isRow) : []);
export const rowOf = (value: unknown): Row | null => (isRow(value) ? value : null);

const STRICT = new TextDecoder("utf-8", { fatal: true });

/** A JSON object of a message; null where it is none, or where a byte of it is damaged: it might be one of a number or an id. */
export function messageOf(bytes: Buffer): Row | null {
  try {
    return rowOf(JSON.parse(STRICT.decode(bytes)));
  } catch {
    return null;
  }
}

/** Text that is not empty, or an id that came as a number; null for anything else. */
export function textOf(value: unknown): string | null {
  if (typeof value === "string") return value === "" ? null : value;
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : null;
}

const DECIMAL = /^[+-]?\d{1,16}(?:\.\d{1,18})?$/;

/**
 * Canonical decimal text of a number or of decimal text, rounded to `decimals` (half away from zero), no trailing zeros; null where it is
 * neither. Thousands separated by commas are read as such: one broker writes them.
 */
export function decimalOf(value: unknown, decimals = 8): string | null {
  if (typeof value === "number" ? !Number.isFinite(value) : typeof value !== "string") return null;
  const plain = typeof value === "string" ? value.trim().replaceAll(",", "") : value;
  if (typeof plain === "string" && !DECIMAL.test(plain)) return null;
  const text = new Big(plain as number | string).round(decimals, Big.roundHalfUp).toFixed();
  return /^-0(?:\.0*)?$/.test(text) ? "0" : text;
}

export const negated = (decimal: string): string =>
  decimal === "0" ? "0" : decimal.startsWith("-") ? decimal.slice(1) : `-${decimal}`;

/** Exact sum of decimal texts. */
export const sumOf = (decimals: readonly string[]): string =>
  decimals.reduce((sum, d) => sum.plus(d), new Big(0)).toFixed();

/** Whether `a` is less than `b` in size, whatever their signs. */
export const smaller = (a: string, b: string): boolean => new Big(a).abs().lt(new Big(b).abs());
