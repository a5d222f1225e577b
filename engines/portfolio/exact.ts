/**
 * Exact quantities and money: branded safe integers inside, decimal text at the edge. Marks and analytics stay IEEE doubles;
 * everything that is booked goes through here.
 */
import type { Brand } from "../market/index.ts";

/** Money in millionths of a currency unit. Range ±9,007,199,254 units; beyond it {@link ExactError}. */
export type Money = Brand<number, "PortfolioMoney">;
/** Signed contracts, shares or units in hundred-millionths. Range ±90,071,992 units. */
export type Qty = Brand<number, "PortfolioQty">;

/** Decimals of booked money. */
export const MONEY_DECIMALS = 6;
/** Decimals of booked quantities. */
export const QTY_DECIMALS = 8;
/** Millionths in a currency unit. */
export const MONEY_SCALE = 10 ** MONEY_DECIMALS;
/** Hundred-millionths in a contract or share. */
export const QTY_SCALE = 10 ** QTY_DECIMALS;
/** No money. */
export const ZERO = 0 as Money;
/** No contracts. */
export const NO_QTY = 0 as Qty;

/** Text that is no decimal number, or a result outside the exact range. */
export class ExactError extends Error {
  override readonly name = "ExactError";
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/i;

interface Decimal {
  readonly digits: bigint;
  readonly decimals: number;
}

/** `"-12.50"` → −1250 with 2 decimals. Also takes a finite double, read by its shortest decimal text. */
export function decimal(text: string | number): Decimal {
  const m = DECIMAL.exec(typeof text === "number" ? String(text) : text.trim());
  if (m === null) throw new ExactError(`"${text}" is not a decimal number`);
  const fraction = m[3] ?? "";
  const exponent = Number(m[4] ?? 0);
  const digits = BigInt(`${m[1] === "-" ? "-" : ""}${m[2]}${fraction}`);
  const decimals = fraction.length - exponent;
  if (decimals < 0) return { digits: digits * 10n ** BigInt(-decimals), decimals: 0 };
  return { digits, decimals };
}

/** Integer quotient rounded half away from zero. */
function roundDiv(n: bigint, d: bigint): bigint {
  const negative = n < 0n !== d < 0n;
  const a = n < 0n ? -n : n;
  const b = d < 0n ? -d : d;
  const q = (2n * a + b) / (2n * b);
  return negative ? -q : q;
}

function safe(n: bigint, what: string): number {
  const x = Number(n);
  if (!Number.isSafeInteger(x)) throw new ExactError(`${what} is outside the exact range`);
  return x;
}

function scaled(text: string | number, target: number, what: string): number {
  const d = decimal(text);
  const shift = target - d.decimals;
  if (shift >= 0) return safe(d.digits * 10n ** BigInt(shift), what);
  const unit = 10n ** BigInt(-shift);
  if (d.digits % unit !== 0n) throw new ExactError(`${what} ${text} has more than ${target} decimals`);
  return safe(d.digits / unit, what);
}

/** Money of decimal text or a double's shortest decimal text. More than 6 decimals is an error, never rounded away. */
export function money(text: string | number): Money {
  return scaled(text, MONEY_DECIMALS, "amount") as Money;
}
/** Quantity of decimal text. More than 8 decimals is an error. */
export function qty(text: string | number): Qty {
  return scaled(text, QTY_DECIMALS, "quantity") as Qty;
}
/** Nearest money to a double; for market values, not for booked amounts. */
export function nearestMoney(units: number): Money {
  const x = Math.round(units * MONEY_SCALE);
  if (!Number.isSafeInteger(x)) throw new ExactError(`amount ${units} is outside the exact range`);
  return (x === 0 ? 0 : x) as Money;
}
/** Rounded to a millionth as a double, without a range: what a screen shows may be larger than what can be booked. */
export function roundUnits(units: number): number {
  return Math.round(units * MONEY_SCALE) / MONEY_SCALE || 0;
}
/** Currency units as a double. */
export function toUnits(m: Money): number {
  return m / MONEY_SCALE;
}
/** Contracts or shares as a double. */
export function toContracts(q: Qty): number {
  return q / QTY_SCALE;
}

/** Sum; an {@link ExactError} where it leaves the exact range. */
export function add(a: Money, b: Money): Money {
  const x = a + b;
  if (!Number.isSafeInteger(x)) throw new ExactError("amount is outside the exact range");
  return x as Money;
}
/** Difference; an {@link ExactError} where it leaves the exact range. */
export function sub(a: Money, b: Money): Money {
  return add(a, -b as Money);
}
/** Sum of two amounts that may be unknown. */
export function addKnown(a: Money | null, b: Money | null): Money | null {
  return a === null || b === null ? null : add(a, b);
}
/** Sum of quantities; an {@link ExactError} where it leaves the exact range. */
export function addQty(a: Qty, b: Qty): Qty {
  const x = a + b;
  if (!Number.isSafeInteger(x)) throw new ExactError("quantity is outside the exact range");
  return x as Qty;
}

/** `a * b / c` on integers, rounded half away from zero, without losing digits on the way. */
export function mulDiv<T extends number>(a: T, b: number, c: number): T {
  const p = a * b;
  if (Number.isSafeInteger(p) && p % c === 0) return (p / c || 0) as T;
  return (safe(roundDiv(BigInt(a) * BigInt(b), BigInt(c)), "amount") || 0) as T;
}

/**
 * Signed notional `qty x price x multiplier`, rounded half away from zero to a millionth. `price` and `multiplier` are read by
 * their decimal text, so 8.1 is 8.1 and not its binary neighbour.
 */
export function notional(q: Qty, price: string | number, multiplier: number): Money {
  const p = decimal(price);
  const m = decimal(multiplier);
  const n = BigInt(q) * p.digits * m.digits;
  const shift = QTY_DECIMALS + p.decimals + m.decimals - MONEY_DECIMALS;
  const x = shift > 0 ? roundDiv(n, 10n ** BigInt(shift)) : n * 10n ** BigInt(-shift);
  return (safe(x, "notional") || 0) as Money;
}

/** Money converted at a rate (base per unit), rounded to a millionth; null where the rate is unknown. */
export function convert(m: Money, rate: number | null): Money | null {
  if (rate === null) return null;
  if (rate === 1) return m;
  return nearestMoney((m / MONEY_SCALE) * rate);
}
