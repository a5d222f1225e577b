/** Corporate actions and the ends of contracts: what they do to positions, lots and cash. */
import type { Instrument, InstrumentId, OptionInstrument } from "../market/index.ts";
import { moveCash, rateOf, settleVariation, trade } from "./booking.ts";
import { PortfolioCodes, PortfolioError } from "./errors.ts";
import {
  type CashMoved,
  type ContractAdjusted,
  type ContractExercised,
  type ContractExpired,
  type ContractLeft,
  type DividendPaid,
  isMargined,
  type ShareSplit,
  type VariationSettled,
} from "./events.ts";
import {
  add,
  addKnown,
  addQty,
  convert,
  decimal,
  type Money,
  mulDiv,
  notional,
  QTY_DECIMALS,
  QTY_SCALE,
  type Qty,
  qty,
  sub,
} from "./exact.ts";
import { type Books, type Position, positionKey, positionOf } from "./state.ts";
import { tradeAllocation } from "./structures.ts";

type Find = (id: InstrumentId) => Instrument;

function held(b: Books, account: string, instrument: InstrumentId): Position[] {
  const found: Position[] = [];
  for (const p of b.positions.values()) {
    if (p.instrument === instrument && p.qty !== 0 && (account === "*" || p.account === account))
      found.push(p);
  }
  return found;
}

/** Pays `perShare` on each position; a short pays. */
export function payDividend(b: Books, e: DividendPaid, find: Find): void {
  const i = find(e.instrument);
  for (const p of held(b, e.account, e.instrument)) {
    const amount = notional(p.qty, e.perShare, i.multiplier);
    moveCash(b, p.account, p.ccy, amount, "dividends", e.fx, e.id);
    payTo(b, p, amount, e.fx);
  }
}

/** A dividend that came as one sum: shared pro rata of what is held, the rest to the last; what was held once takes it where nothing is held. */
export function shareDividend(b: Books, e: CashMoved, amount: Money, find: Find): void {
  const stock = e.instrument === undefined ? null : find(e.instrument);
  if (stock === null || stock.ccy !== e.ccy)
    throw new PortfolioError(PortfolioCodes.badAction, `dividend ${e.id} names no instrument in ${e.ccy}`);
  const all = held(b, e.account, stock.id);
  const total = all.reduce((sum, p) => addQty(sum, p.qty), 0 as Qty);
  const once = (): Position =>
    [...b.positions.values()].find((p) => p.account === e.account && p.instrument === stock.id) ??
    positionOf(b, e.account, stock, "");
  const holders = total === 0 ? [once()] : all;
  let left = amount;
  for (const [n, p] of holders.entries()) {
    const part = n === holders.length - 1 ? left : mulDiv(amount, p.qty, total);
    left = sub(left, part);
    payTo(b, p, part, e.fx);
  }
}

function payTo(b: Books, p: Position, amount: Money, fx: number | null): void {
  p.dividends = add(p.dividends, amount);
  p.dividendsBase = addKnown(p.dividendsBase, convert(amount, rateOf(b, p.ccy, fx)));
  p.day.dividends = add(p.day.dividends, amount);
}

function checkRatio(numerator: number, denominator: number): void {
  if (
    !(
      Number.isSafeInteger(numerator) &&
      Number.isSafeInteger(denominator) &&
      numerator > 0 &&
      denominator > 0
    )
  ) {
    throw new PortfolioError(
      PortfolioCodes.badAction,
      `ratio ${numerator}:${denominator} is not of positive integers`,
    );
  }
}

/** Scales lots so that their sum is the scaled position exactly: each boundary between lots is scaled, not each lot. */
function scaleLots(p: Position, numerator: number, denominator: number): void {
  let before = 0 as Qty;
  let after = 0 as Qty;
  for (const lot of p.lots) {
    before = addQty(before, lot.qty);
    const boundary = mulDiv(before, numerator, denominator);
    lot.qty = addQty(boundary, -after as Qty);
    after = boundary;
  }
  p.qty = after;
}

function scaleAllocations(
  b: Books,
  p: Position,
  numerator: number,
  denominator: number,
  to: InstrumentId,
): void {
  for (const s of b.structures.values()) {
    if (s.account !== p.account || s.strategy !== p.strategy) continue;
    for (let k = 0; k < s.allocations.length; k++) {
      const a = s.allocations[k];
      if (a === undefined || a.instrument !== p.instrument) continue;
      a.qty = mulDiv(a.qty, numerator, denominator);
      a.instrument = to;
      const leg = s.legs[k];
      if (leg !== undefined) s.legs[k] = { instrument: to, ratio: leg.ratio };
    }
  }
}

/** Splits shares; the cost of lots stays. A fraction of a share is sold at `cashInLieu` if given. */
export function splitShares(b: Books, e: ShareSplit, find: Find): void {
  checkRatio(e.numerator, e.denominator);
  const i = find(e.instrument);
  if (i.kind === "option" || i.kind === "future") {
    throw new PortfolioError(
      PortfolioCodes.badAction,
      `${e.instrument} is a contract: adjust it, do not split it`,
    );
  }
  for (const p of held(b, e.account, e.instrument)) {
    scaleAllocations(b, p, e.numerator, e.denominator, p.instrument);
    scaleLots(p, e.numerator, e.denominator);
    const fraction = (p.qty % QTY_SCALE) as Qty;
    if (e.cashInLieu === null || fraction === 0) continue;
    trade(b, p, i, { qty: -fraction as Qty, price: e.cashInLieu, atUs: e.atUs, id: e.id, fx: e.fx });
  }
}

/** Moves positions from one contract to its adjusted successor; cost and P&L go along, day P&L still counts from the old one. */
export function adjustContract(b: Books, e: ContractAdjusted, find: Find): void {
  checkRatio(e.numerator, e.denominator);
  const to = find(e.to);
  if (to.ccy !== find(e.from).ccy) {
    throw new PortfolioError(PortfolioCodes.badAction, `${e.to} is in another currency than ${e.from}`);
  }
  for (const p of held(b, e.account, e.from)) {
    if (b.positions.has(positionKey(p.account, e.to, p.strategy))) {
      throw new PortfolioError(PortfolioCodes.badAction, `${e.to} is held already; adjust before trading it`);
    }
  }
  for (const p of held(b, e.account, e.from)) {
    scaleAllocations(b, p, e.numerator, e.denominator, e.to);
    b.positions.delete(p.key);
    const moved: Position = { ...p, key: positionKey(p.account, e.to, p.strategy), instrument: e.to };
    scaleLots(moved, e.numerator, e.denominator);
    b.positions.set(moved.key, moved);
  }
}

/** Daily settlement of every position in a margined contract. */
export function bookVariation(b: Books, e: VariationSettled, find: Find): void {
  const i = find(e.instrument);
  if (!isMargined(i)) {
    throw new PortfolioError(PortfolioCodes.badAction, `${e.instrument} has no daily variation`);
  }
  for (const p of held(b, e.account, e.instrument)) settleVariation(b, p, i, e.settlement, e.fx, e.id);
}

/**
 * Payoff per unit of underlying at settlement price `s`: max(s − K, 0) or max(K − s, 0); of an inverse contract that in coin,
 * divided by `s`. Exact decimal text for a linear contract.
 */
export function payoffText(i: OptionInstrument, s: string): string {
  const d = decimal(s);
  if (d.digits < 0n || (d.digits === 0n && i.premiumStyle === "inverse")) {
    throw new PortfolioError(PortfolioCodes.badNumber, `settlement ${s} of ${i.id} is not positive`);
  }
  const k = decimal(i.strike);
  const decimals = Math.max(d.decimals, k.decimals);
  const spot = d.digits * 10n ** BigInt(decimals - d.decimals);
  const strike = k.digits * 10n ** BigInt(decimals - k.decimals);
  const gain = i.type === "C" ? spot - strike : strike - spot;
  if (gain <= 0n) return "0";
  if (i.premiumStyle !== "inverse") return `${gain}e-${decimals}`;
  const units = (gain * 10n ** BigInt(QTY_DECIMALS)) / spot;
  return `${units}e-${QTY_DECIMALS}`;
}

/** In the money by 0.01 or more: exercised by itself at expiry. */
function autoExercised(payoff: string): boolean {
  const d = decimal(payoff);
  return d.digits * 100n >= 10n ** BigInt(d.decimals);
}

interface Ending {
  readonly account: string;
  readonly atUs: ContractExpired["atUs"];
  readonly id: string;
  readonly fx: number | null;
}

function closeAt(b: Books, p: Position, i: Instrument, q: Qty, price: string, e: Ending): void {
  const before = p.qty;
  const moved = trade(b, p, i, { qty: q, price, atUs: e.atUs, id: e.id, fx: e.fx });
  closeAllocations(b, p, before, q, moved, rateOf(b, p.ccy, e.fx));
}

/** A contract that ends takes its share out of every structure that held it. */
function closeAllocations(
  b: Books,
  p: Position,
  before: Qty,
  q: Qty,
  moved: Money,
  rate: number | null,
): void {
  for (const s of b.structures.values()) {
    if (s.account !== p.account || s.strategy !== p.strategy) continue;
    for (const a of s.allocations) {
      if (a.instrument !== p.instrument || a.qty === 0) continue;
      const part = q === -before ? (-a.qty as Qty) : mulDiv(a.qty, q, before);
      tradeAllocation(a, part, mulDiv(moved, part, q), rate);
    }
  }
}

/**
 * Physical delivery: the option leaves at 0 (its premium is realised) and the shares arrive or leave at the strike. Cash in total is
 * the strike x shares, as the clearing house moves it.
 */
function deliver(b: Books, p: Position, i: OptionInstrument, q: Qty, find: Find, e: Ending): void {
  const stock = find(i.underlying);
  const shares = mulDiv(-q as Qty, i.type === "C" ? i.multiplier : -i.multiplier, 1);
  closeAt(b, p, i, q, "0", e);
  const target = positionOf(b, p.account, stock, p.strategy);
  trade(b, target, stock, { qty: shares, price: String(i.strike), atUs: e.atUs, id: e.id, fx: e.fx });
}

/** Ends a contract for everybody who holds it. */
export function expireContract(b: Books, e: ContractExpired, find: Find): void {
  const i = find(e.instrument);
  if (i.kind === "future") {
    for (const p of held(b, e.account, e.instrument)) {
      const q = -p.qty as Qty;
      closeAt(b, p, i, q, e.settlement, e);
    }
    return;
  }
  if (i.kind !== "option")
    throw new PortfolioError(PortfolioCodes.badAction, `${e.instrument} does not expire`);
  const payoff = payoffText(i, e.settlement);
  const exercised = autoExercised(payoff);
  if (exercised && i.settlement.how === "physical") find(i.underlying);
  for (const p of held(b, e.account, e.instrument)) {
    const q = -p.qty as Qty;
    if (!exercised) closeAt(b, p, i, q, "0", e);
    else if (i.settlement.how === "cash") closeAt(b, p, i, q, payoff, e);
    else deliver(b, p, i, q, find, e);
  }
}

/** Exercise of a long or assignment of a short position, in part or whole. */
export function exerciseContract(b: Books, e: ContractExercised, find: Find): void {
  const i = find(e.instrument);
  if (i.kind !== "option")
    throw new PortfolioError(PortfolioCodes.badAction, `${e.instrument} is not an option`);
  const p = b.positions.get(positionKey(e.account, e.instrument, e.strategy));
  const contracts = qty(e.contracts);
  const side = e.kind === "exercise" ? 1 : -1;
  if (!(contracts > 0) || p === undefined || p.qty * side < contracts) {
    throw new PortfolioError(PortfolioCodes.notHeld, `${e.kind} of ${e.contracts} ${e.instrument}: not held`);
  }
  const q = (-side * contracts) as Qty;
  if (i.settlement.how === "physical") {
    deliver(b, p, i, q, find, e);
    return;
  }
  if (e.settlement === null) {
    throw new PortfolioError(
      PortfolioCodes.badNumber,
      `${e.kind} of ${e.instrument} needs a settlement price`,
    );
  }
  closeAt(b, p, i, q, payoffText(i, e.settlement), e);
}

/** Contracts leave as the account's keeper says, in part or whole. */
export function leaveContract(b: Books, e: ContractLeft, find: Find): void {
  const p = b.positions.get(positionKey(e.account, e.instrument, e.strategy));
  const q = qty(e.qty);
  if (q === 0 || p === undefined || Math.sign(q) === Math.sign(p.qty) || Math.abs(q) > Math.abs(p.qty)) {
    throw new PortfolioError(PortfolioCodes.notHeld, `${e.qty} of ${e.instrument} can't leave: not held`);
  }
  closeAt(b, p, find(e.instrument), q, e.price, e);
}
