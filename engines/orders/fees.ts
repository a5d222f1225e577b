import {
  addMoney,
  type Ccy,
  type IsoDay,
  type Money,
  moneyDecimals,
  parseMoney,
  roundMoney,
  timesMoney,
  zeroMoney,
} from "../market/index.ts";
import type { KnownLeg } from "./terms.ts";

/** One row of a dated fee table: amounts per contract or share, exact decimal text. */
export interface FeeRow {
  /** First day it holds. */
  readonly from: IsoDay;
  readonly name: string;
  readonly class: "option" | "stock" | "future" | "other";
  readonly ccy: string;
  readonly perUnit: string;
  readonly min: string;
  /** On sales only: regulators' fees. */
  readonly salesOnly: boolean;
}
export type FeeTable = readonly FeeRow[];

export function feeClass(leg: KnownLeg): FeeRow["class"] {
  const { kind } = leg.instrument;
  if (kind === "option" || kind === "future") return kind;
  return kind === "equity" || kind === "etf" ? "stock" : "other";
}

/** Rows in force on a day: of each name and class the last that began. */
export function feesOn(table: FeeTable, day: IsoDay): FeeRow[] {
  const last = new Map<string, FeeRow>();
  for (const row of table.toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))) {
    if (row.from <= day) last.set(`${row.class} ${row.ccy} ${row.name}`, row);
  }
  return [...last.values()];
}

/** Decimals that fees are charged in: cents, of a coin the millionths that the books keep. */
const feeDecimals = (ccy: Ccy): number => (moneyDecimals(ccy) > 6 ? 6 : 2);

/**
 * Fees of one leg for a signed whole quantity, each row rounded to the cent (in a coin to the millionth), half away from zero, and at least its
 * minimum. A currency that the table does not have costs 0.
 */
export function legFees(rows: readonly FeeRow[], leg: KnownLeg, signedQty: number): Money {
  const ccy = leg.instrument.ccy as Ccy;
  let sum = zeroMoney(ccy);
  const n = Math.abs(signedQty);
  for (const row of rows) {
    if (row.class !== feeClass(leg) || row.ccy !== ccy || (row.salesOnly && signedQty > 0)) continue;
    const fee = roundMoney(timesMoney(parseMoney(row.perUnit, ccy), n), feeDecimals(ccy));
    const min = parseMoney(row.min, ccy);
    sum = addMoney(sum, fee.units < min.units ? min : fee);
  }
  return sum;
}
