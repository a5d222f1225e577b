import Big from "big.js";
import { MarketError } from "./errors.ts";
import type { Brand, Ccy } from "./ids.ts";

/**
 * Exact prices, quantities and money: safe integers of a fixed sub unit inside, decimal text at the edge. Chosen over minor units
 * because shares trade at hundredths of a cent and fees come in smaller parts still; over a decimal type because integers cost
 * nanoseconds. Every operation is exact or throws MKT-005 / MKT-006; only what says "rounded" rounds, half away from zero.
 */

/** A price in 1e-8 of its currency. Range ±90,071,992. */
export type Price = Brand<number, "Price">;
/** A signed quantity in 1e-8 of a contract, share or coin, so that a satoshi is whole. Range ±90,071,992. */
export type Qty = Brand<number, "Qty">;

/** An amount of one currency: an integer of its sub unit, see {@link moneyDecimals}. Signed: + received. */
export interface Money {
  readonly ccy: Ccy;
  readonly units: number;
}

export const PRICE_DECIMALS = 8;
export const QTY_DECIMALS = 8;

const FIAT: ReadonlySet<string> = new Set(
  "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS INR JPY KRW MXN NOK NZD PLN SEK SGD TRY USD ZAR".split(
    " ",
  ),
);

/** Decimals of the sub unit: 6 for money of a state (±9,007,199,254 units), 8 for coins (±90,071,992). */
export function moneyDecimals(ccy: Ccy): number {
  return FIAT.has(ccy) ? 6 : 8;
}

const DECIMAL = /^[+-]?\d{1,16}(\.\d{1,18})?$/;

/** Decimal text to an integer of 10^-decimals, exactly. */
function toUnits(text: string, decimals: number, code: "MKT-005" | "MKT-006", what: string): number {
  const trimmed = text.trim();
  if (!DECIMAL.test(trimmed)) throw new MarketError(code, `${what} "${text}" is not a decimal number`);
  const scaled = new Big(trimmed).times(new Big(10).pow(decimals));
  const units = Number(scaled.toFixed());
  if (!Number.isSafeInteger(units)) {
    const why = scaled.round(0, 0).eq(scaled)
      ? "is outside the exact range"
      : `has more than ${decimals} decimals`;
    throw new MarketError(code, `${what} ${trimmed} ${why}`);
  }
  return units === 0 ? 0 : units;
}

/** Integer of 10^-decimals to decimal text, at least `min` decimals, no further trailing zeros. */
function toText(units: number, decimals: number, min: number): string {
  const digits = String(Math.abs(units)).padStart(decimals + 1, "0");
  const whole = digits.slice(0, -decimals);
  const fraction = digits.slice(-decimals).replace(/0+$/, "").padEnd(min, "0");
  return `${units < 0 ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

function safe(units: number, what: string): number {
  if (!Number.isSafeInteger(units)) throw new MarketError("MKT-005", `${what} is outside the exact range`);
  return units === 0 ? 0 : units;
}

/** n / d rounded half away from zero. */
function divideRounded(n: bigint, d: bigint): bigint {
  const a = n < 0n ? -n : n;
  const q = (2n * a + d) / (2n * d);
  return n < 0n ? -q : q;
}

// ---- prices and quantities ------------------------------------------------------------------------

/** Errors: MKT-006 for text that is no decimal, finer than 1e-8, or out of range. */
export function parsePrice(text: string): Price {
  return toUnits(text, PRICE_DECIMALS, "MKT-006", "price") as Price;
}
/** `8.3` → "8.30" with `minDecimals` 2. */
export function formatPriceExact(price: Price, minDecimals = 0): string {
  return toText(price, PRICE_DECIMALS, minDecimals);
}
/** The price nearest to a double: where a market price becomes an order price. Errors: MKT-006 for NaN or out of range. */
export function priceOf(value: number): Price {
  const units = Math.round(value * 1e8);
  if (!Number.isSafeInteger(units)) throw new MarketError("MKT-006", `price ${value} has no exact form`);
  return (units === 0 ? 0 : units) as Price;
}
/** The double nearest to a price. */
export function priceNumber(price: Price): number {
  return price / 1e8;
}

/** Errors: MKT-006 as {@link parsePrice}. */
export function parseQty(text: string): Qty {
  return toUnits(text, QTY_DECIMALS, "MKT-006", "quantity") as Qty;
}
export function formatQty(qty: Qty): string {
  return toText(qty, QTY_DECIMALS, 0);
}
/** Whole contracts or shares. Errors: MKT-006 when not an integer. */
export function wholeQty(n: number): Qty {
  if (!Number.isSafeInteger(n * 1e8) || !Number.isInteger(n)) {
    throw new MarketError("MKT-006", `quantity ${n} is not a whole number in range`);
  }
  return (n === 0 ? 0 : n * 1e8) as Qty;
}
export function qtyNumber(qty: Qty): number {
  return qty / 1e8;
}
export function addQty(a: Qty, b: Qty): Qty {
  return safe(a + b, "quantity") as Qty;
}
export function negateQty(a: Qty): Qty {
  return (a === 0 ? 0 : -a) as Qty;
}
/** a times an integer, as a leg's ratio. */
export function timesQty(a: Qty, n: number): Qty {
  if (!Number.isInteger(n)) throw new MarketError("MKT-006", `ratio ${n} is not an integer`);
  return safe(a * n, "quantity") as Qty;
}

// ---- money -----------------------------------------------------------------------------------------

export function zeroMoney(ccy: Ccy): Money {
  return { ccy, units: 0 };
}
/** Errors: MKT-005 for text that is no decimal, finer than the currency's sub unit, or out of range. */
export function parseMoney(text: string, ccy: Ccy): Money {
  return { ccy, units: toUnits(text, moneyDecimals(ccy), "MKT-005", `amount in ${ccy}`) };
}
/** Exact decimal text, at least `minDecimals`: `-12.50`. No currency sign, no thousands. */
export function formatMoney(money: Money, minDecimals = 2): string {
  return toText(money.units, moneyDecimals(money.ccy), minDecimals);
}
/** The double nearest to an amount: for screens and ratios, never to be booked. */
export function moneyNumber(money: Money): number {
  return money.units / 10 ** moneyDecimals(money.ccy);
}

function sameCcy(a: Money, b: Money): void {
  if (a.ccy !== b.ccy)
    throw new MarketError("MKT-005", `amounts in ${a.ccy} and ${b.ccy} cannot be put together`);
}
/** Errors: MKT-005 when the currencies differ or the sum is out of range. */
export function addMoney(a: Money, b: Money): Money {
  sameCcy(a, b);
  return { ccy: a.ccy, units: safe(a.units + b.units, "sum") };
}
export function subMoney(a: Money, b: Money): Money {
  sameCcy(a, b);
  return { ccy: a.ccy, units: safe(a.units - b.units, "difference") };
}
export function negateMoney(a: Money): Money {
  return { ccy: a.ccy, units: a.units === 0 ? 0 : -a.units };
}
/** Times an integer. Errors: MKT-005. */
export function timesMoney(a: Money, n: number): Money {
  if (!Number.isInteger(n)) throw new MarketError("MKT-005", `factor ${n} is not an integer`);
  return { ccy: a.ccy, units: safe(a.units * n, "product") };
}
/** -1, 0 or 1. Errors: MKT-005 when the currencies differ. */
export function compareMoney(a: Money, b: Money): -1 | 0 | 1 {
  sameCcy(a, b);
  return a.units < b.units ? -1 : a.units > b.units ? 1 : 0;
}
/** Rounded to `decimals`, half away from zero: a fee to the cent. */
export function roundMoney(a: Money, decimals: number): Money {
  const places = moneyDecimals(a.ccy) - decimals;
  if (places <= 0) return a;
  const unit = 10n ** BigInt(places);
  return { ccy: a.ccy, units: safe(Number(divideRounded(BigInt(a.units), unit) * unit), "amount") };
}

/**
 * Shares an amount by integer weights so that the parts add up to it exactly: each gets the whole units it is due, what is left over
 * goes unit by unit to the largest remainders, earlier entries first. Errors: MKT-005 for weights that are negative, not integers, or all 0.
 */
export function allocateMoney(a: Money, weights: readonly number[]): Money[] {
  if (!weights.every((w) => Number.isSafeInteger(w) && w >= 0)) {
    throw new MarketError("MKT-005", "weights of an allocation are not whole numbers from 0");
  }
  const total = weights.reduce((sum, w) => sum + BigInt(w), 0n);
  if (total === 0n) throw new MarketError("MKT-005", "an allocation over no weight");
  const sign = a.units < 0 ? -1n : 1n;
  const amount = BigInt(a.units) * sign;
  const due = weights.map((w, i) => {
    const product = amount * BigInt(w);
    return { i, whole: product / total, rest: product % total };
  });
  let left = amount - due.reduce((sum, d) => sum + d.whole, 0n);
  for (const d of due.toSorted((x, y) => (x.rest === y.rest ? x.i - y.i : x.rest > y.rest ? -1 : 1))) {
    if (left === 0n) break;
    d.whole += 1n;
    left -= 1n;
  }
  return due.map((d) => ({ ccy: a.ccy, units: Number(d.whole * sign) || 0 }));
}

/**
 * price x quantity x multiplier, rounded half away from zero to the currency's sub unit (exact for every price on a tick of 1e-4 and
 * whole quantities). The multiplier is read by its shortest decimal text. Errors: MKT-005.
 */
export function notionalMoney(price: Price, qty: Qty, multiplier: number, ccy: Ccy): Money {
  const m = new Big(multiplier);
  const decimals = Math.max(0, m.c.length - 1 - m.e);
  const whole = BigInt(m.times(new Big(10).pow(decimals)).toFixed());
  const product = BigInt(price) * BigInt(qty) * whole;
  const shift = PRICE_DECIMALS + QTY_DECIMALS + decimals - moneyDecimals(ccy);
  const units = Number(divideRounded(product, 10n ** BigInt(shift)));
  return { ccy, units: safe(units, "notional") };
}
