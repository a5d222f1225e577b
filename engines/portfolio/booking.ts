/** Moves of money and lots: the only place that changes cash, lots and realised P&L. */
import type { Instrument, Micros } from "../market/index.ts";
import { isMargined } from "./events.ts";
import {
  add,
  addKnown,
  addQty,
  convert,
  type Money,
  mulDiv,
  notional,
  type Qty,
  sub,
  ZERO,
} from "./exact.ts";
import { type Books, type CashAccount, cashOf, type Lot, type Position } from "./state.ts";

export type CashReason = "deposits" | "conversions" | "realised" | "fees" | "financing" | "dividends";

/** The rate that counts: 1 for the base currency itself, whatever was handed in. */
export function rateOf(b: Books, ccy: string, fx: number | null): number | null {
  if (ccy === b.base) return 1;
  return fx !== null && Number.isFinite(fx) && fx > 0 ? fx : null;
}

/** Adds the reason's column and its base value at the rate of the day; cash itself moves by the caller's rule. */
function attribute(
  b: Books,
  c: CashAccount,
  reason: CashReason,
  amount: Money,
  fx: number | null,
  id: string,
) {
  c[reason] = add(c[reason], reason === "fees" ? (-amount as Money) : amount);
  const base = convert(amount, rateOf(b, c.ccy, fx));
  if (base === null && amount !== 0) c.unknownFx.push(id);
  const known = amount === 0 ? ZERO : base;
  c.bookedBase = addKnown(c.bookedBase, known);
  if (reason === "deposits") c.depositsBase = addKnown(c.depositsBase, known);
}

/** Signed cash (+ received) with its reason. */
export function moveCash(
  b: Books,
  account: string,
  ccy: string,
  amount: Money,
  reason: Exclude<CashReason, "realised">,
  fx: number | null,
  id: string,
): void {
  const c = cashOf(b, account, ccy);
  c.cash = add(c.cash, amount);
  attribute(b, c, reason, amount, fx, id);
}

function realise(b: Books, p: Position, gain: Money, fx: number | null, id: string): void {
  p.realised = add(p.realised, gain);
  const base = gain === 0 ? ZERO : convert(gain, rateOf(b, p.ccy, fx));
  p.realisedBase = addKnown(p.realisedBase, base);
  attribute(b, cashOf(b, p.account, p.ccy), "realised", gain, fx, id);
}

function addFx(p: Position, returned: Money | null, cost: Money | null): void {
  p.fxRealised = addKnown(p.fxRealised, cost === null ? null : addKnown(returned, -cost as Money));
}

/** Takes `take` (signed like the lot) off the oldest lot and gives back its cost. */
function takeFromLot(p: Position, lot: Lot, take: Qty): { cost: Money; costBase: Money | null } {
  const whole = take === lot.qty;
  const cost = whole ? lot.cost : mulDiv(lot.cost, take, lot.qty);
  const costBase = whole || lot.costBase === null ? lot.costBase : mulDiv(lot.costBase, take, lot.qty);
  lot.qty = addQty(lot.qty, -take as Qty);
  lot.cost = sub(lot.cost, cost);
  lot.costBase = lot.costBase === null || costBase === null ? null : sub(lot.costBase, costBase);
  if (whole) p.lots.shift();
  p.qty = addQty(p.qty, -take as Qty);
  p.cost = sub(p.cost, cost);
  return { cost, costBase };
}

export interface Trade {
  readonly qty: Qty;
  readonly price: string | number;
  readonly atUs: Micros;
  readonly id: string;
  readonly fx: number | null;
}

/**
 * Books a signed quantity at a price: closes the oldest opposite lots first, opens a lot with the rest. Cash moves by the whole
 * notional, or for a margined contract by the realised difference only. Returns the signed notional.
 */
export function trade(b: Books, p: Position, i: Instrument, t: Trade): Money {
  const margined = isMargined(i);
  const rate = rateOf(b, p.ccy, t.fx);
  const total = notional(t.qty, t.price, i.multiplier);
  let left = t.qty;
  let leftNotional = total;
  let gained: Money = ZERO;
  while (left !== 0 && p.lots.length > 0) {
    const lot = p.lots[0] as Lot;
    if (Math.sign(lot.qty) === Math.sign(left)) break;
    const take = (Math.abs(lot.qty) <= Math.abs(left) ? lot.qty : -left) as Qty;
    const part =
      take === -left ? leftNotional : mulDiv(leftNotional, -take as Money, left as number as Money);
    const { cost, costBase } = takeFromLot(p, lot, take);
    const gain = -(part + cost) as Money;
    realise(b, p, gain, t.fx, t.id);
    gained = add(gained, gain);
    if (!margined) addFx(p, convert(cost, rate), costBase);
    left = addQty(left, take);
    leftNotional = sub(leftNotional, part);
  }
  if (left !== 0) {
    const costBase = margined ? ZERO : convert(leftNotional, rate);
    p.lots.push({ qty: left, cost: leftNotional, costBase, atUs: t.atUs, execId: t.id });
    p.qty = addQty(p.qty, left);
    p.cost = add(p.cost, leftNotional);
  }
  const c = cashOf(b, p.account, p.ccy);
  c.cash = margined ? add(c.cash, gained) : sub(c.cash, total);
  p.day.flow = sub(p.day.flow, total);
  return total;
}

/** Daily settlement: lots are carried at `price` from here, the move goes to cash as realised. Day P&L is untouched by it. */
export function settleVariation(
  b: Books,
  p: Position,
  i: Instrument,
  price: string,
  fx: number | null,
  id: string,
): Money {
  let moved: Money = ZERO;
  for (const lot of p.lots) {
    const carried = notional(lot.qty, price, i.multiplier);
    moved = add(moved, sub(carried, lot.cost));
    lot.cost = carried;
  }
  p.cost = add(p.cost, moved);
  realise(b, p, moved, fx, id);
  const c = cashOf(b, p.account, p.ccy);
  c.cash = add(c.cash, moved);
  return moved;
}
