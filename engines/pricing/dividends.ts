import { isoDayNumber } from "../market/index.ts";
import { discountFactor, type RateCurve, type Standing } from "./rates.ts";
import type { CashDividend } from "./types.ts";

/** One cash dividend per share. Its holder of record owned the share before `exDay`. */
export interface Dividend {
  /** ISO day from whose open the share trades without it. */
  readonly exDay: string;
  readonly amount: number;
  readonly ccy: string;
  readonly status: "declared" | "estimated";
  /** ISO day on which it was declared, where known: before it the amount is an estimate. */
  readonly declaredOn?: string;
  readonly source: string;
}

/** What one name is taken to pay: cash amounts by date, and a continuous yield on top (indices, FX carry, assumptions). */
export interface DividendSchedule {
  readonly symbol: string;
  /** ISO day of what is known. */
  readonly asOf: string;
  /** Continuous yield per year, a fraction. 0 when all is in `cash`. */
  readonly yield: number;
  readonly standing: Standing;
  readonly source: string;
  /** By ex-day, ascending. Empty says "pays nothing", which is a statement too. */
  readonly cash: readonly Dividend[];
}

/**
 * The cash dividends that a holder on `today` (an ISO day, whose own ex-date is past) receives or misses up to and including
 * `lastDay`, as times in years of 365 days. Null when a day is no date.
 */
export function cashDividends(
  schedule: DividendSchedule,
  today: string,
  lastDay: string,
): readonly CashDividend[] | null {
  const from = isoDayNumber(today);
  const to = isoDayNumber(lastDay);
  if (from === null || to === null) return null;
  const flows: CashDividend[] = [];
  for (const d of schedule.cash) {
    const at = isoDayNumber(d.exDay);
    if (at === null) return null;
    if (at > from && at <= to) flows.push({ t: (at - from) / 365, amount: d.amount });
  }
  return flows;
}

/** Is the dividend declared as far as one could know on `today`? */
export function declaredBy(d: Dividend, today: string): boolean {
  return d.status === "declared" && (d.declaredOn === undefined || d.declaredOn <= today);
}

/** Present value of the cash flows at or before t: sum of amount * df(t_i). */
export function presentValue(flows: readonly CashDividend[], curve: RateCurve, t: number): number {
  let pv = 0;
  for (const f of flows) if (f.t <= t) pv += f.amount * discountFactor(curve, f.t);
  return pv;
}

/**
 * Forward of a share by cost of carry: F = (S - PV of cash dividends) e^(-q t) / df(t). Same currency as S. Null when S is not
 * positive or the dividends outweigh it.
 */
export function carryForward(
  spot: number,
  curve: RateCurve,
  flows: readonly CashDividend[],
  dividendYield: number,
  t: number,
): number | null {
  if (!(spot > 0 && spot < Infinity) || !Number.isFinite(dividendYield) || !(t >= 0)) return null;
  const net = spot - presentValue(flows, curve, t);
  return net > 0 ? (net * Math.exp(-dividendYield * t)) / discountFactor(curve, t) : null;
}
