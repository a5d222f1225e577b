/** Cash by account and currency, the money identity, and FX gains of cash. */
import { isMargined } from "./events.ts";
import { add, addKnown, type Money, nearestMoney, roundUnits, sub, toUnits, ZERO } from "./exact.ts";
import type { PlanRow, ValuationPlan } from "./plan.ts";
import type { CashAccount } from "./state.ts";

/** One account's cash in one currency, in currency units, with what it came from. */
export interface CashValue {
  readonly account: string;
  readonly ccy: string;
  readonly cash: number;
  /** In base currency; null without an FX rate. */
  readonly cashBase: number | null;
  readonly deposits: number;
  readonly conversions: number;
  readonly realised: number;
  /** Paid, positive. */
  readonly fees: number;
  readonly financing: number;
  readonly dividends: number;
  /** Gain of the cash itself from FX rates, base currency. With the positions' `fxPnl` it is the currency's whole FX P&L. */
  readonly fxPnl: number | null;
}

const ofCash = (c: CashAccount) => (r: PlanRow) =>
  r.position.account === c.account && r.position.ccy === c.ccy;

/**
 * FX gain of cash = cash x rate − booked at the rates of its days + what is tied up in positions at the rates of theirs − their own
 * realised FX gain.
 */
function cashFxPnl(c: CashAccount, rows: readonly PlanRow[], rate: number | null): number | null {
  let tiedUp: Money | null = ZERO;
  for (const r of rows) {
    tiedUp = addKnown(tiedUp, r.costBase);
    tiedUp = addKnown(tiedUp, r.position.fxRealised === null ? null : (-r.position.fxRealised as Money));
  }
  if (rate === null || c.bookedBase === null || tiedUp === null) return null;
  return roundUnits(toUnits(c.cash) * rate - toUnits(c.bookedBase) + toUnits(tiedUp));
}

/** Every cash account of the plan's ledger with its base value at `rate`. */
export function valueCash(plan: ValuationPlan, rate: (ccy: string) => number | null): CashValue[] {
  return [...plan.ledger.books.cash.values()].map((c) => {
    const fx = rate(c.ccy);
    return {
      account: c.account,
      ccy: c.ccy,
      cash: toUnits(c.cash),
      cashBase: c.cash === 0 ? 0 : fx === null ? null : roundUnits(toUnits(c.cash) * fx),
      deposits: toUnits(c.deposits),
      conversions: toUnits(c.conversions),
      realised: toUnits(c.realised),
      fees: toUnits(c.fees),
      financing: toUnits(c.financing),
      dividends: toUnits(c.dividends),
      fxPnl: cashFxPnl(c, plan.rows.filter(ofCash(c)), fx),
    };
  });
}

/** Both sides of the money identity of one account and currency, exact. */
export interface Identity {
  readonly account: string;
  readonly ccy: string;
  /** Cash + market value + variation of margined contracts that is not settled yet. */
  readonly have: Money;
  /** Deposits + conversions + realised + unrealised − fees + financing + dividends. */
  readonly explained: Money;
}

/**
 * The money identity at given marks (per unit of underlying). `have` and `explained` are equal to the last millionth whatever was
 * booked; a difference is a defect of the ledger. Throws if a held instrument has no mark.
 */
export function moneyIdentity(plan: ValuationPlan, markOf: (row: PlanRow) => number): Identity[] {
  return [...plan.ledger.books.cash.values()].map((c) => {
    let value: Money = ZERO;
    let unrealised: Money = ZERO;
    let variation: Money = ZERO;
    for (const r of plan.rows.filter(ofCash(c))) {
      if (r.position.qty === 0) continue;
      const worth = nearestMoney((r.position.qty / 1e8) * markOf(r) * r.instrument.multiplier);
      const gain = sub(worth, r.position.cost);
      unrealised = add(unrealised, gain);
      if (isMargined(r.instrument)) variation = add(variation, gain);
      else value = add(value, worth);
    }
    const booked = c.deposits + c.conversions + c.realised - c.fees + c.financing + c.dividends;
    return {
      account: c.account,
      ccy: c.ccy,
      have: add(add(c.cash, value), variation),
      explained: add(booked as Money, unrealised),
    };
  });
}
