import type { Verdict } from "./guard-types.ts";

export type HedgeType = "equity_put" | "vix_call" | "credit_put" | "bank_put" | "other";
interface HedgeLimits {
  readonly spread: number;
  readonly volume: number;
  readonly openInterest: number;
}
/** Limits by purpose (spec option-validator): largest spread / mid, least volume and open interest. At the limit passes. */
export const HEDGE_LIMITS: Readonly<Record<HedgeType, HedgeLimits>> = {
  equity_put: { spread: 0.08, volume: 100, openInterest: 500 },
  vix_call: { spread: 0.12, volume: 50, openInterest: 200 },
  credit_put: { spread: 0.1, volume: 50, openInterest: 200 },
  bank_put: { spread: 0.08, volume: 50, openInterest: 200 },
  other: { spread: 0.08, volume: 50, openInterest: 200 },
};
export const MAX_PREMIUM = 50_000;
export const MAX_BUDGET_SHARE = 0.25;
export const MIN_DTE = 14;
/** An order may be this share of the open interest. */
const MAX_OF_OPEN_INTEREST = 0.05;
const MAX_SPREAD_VOL_POINTS = 1.5;
const MAX_AGE_US = 5e6;

export interface HedgeCandidate {
  readonly bid: number | null;
  readonly ask: number | null;
  readonly askSize: number | null;
  readonly ageUs: number | null;
  readonly volume: number | null;
  readonly openInterest: number | null;
  readonly multiplier: number;
  readonly expectedMultiplier: number;
  readonly tick: number;
  /** Per 1.00 of vol per share. */
  readonly vega: number | null;
  readonly model: number | null;
  readonly dteDays: number;
  /** Of an adjusted contract: not 1. */
  readonly deliverable: number;
  /** Base currency per unit of the premium's currency; null unknown. */
  readonly fx: number | null;
}
export interface Finding {
  readonly check: string;
  readonly verdict: Exclude<Verdict, "pass">;
  readonly value: number | null;
  readonly limit: number | null;
}

/**
 * Checks of an automatic hedge buy, worst first: contract, market, price, liquidity, budget, lifecycle. The spread passes if it is within
 * any of: 0.05 or two ticks, the share of mid of its type, 1.5 vol points. What is unknown needs a yes. `budget` in base currency.
 */
export function validateHedge(
  c: HedgeCandidate,
  type: HedgeType,
  qty: number,
  budget: number | null,
): Finding[] {
  const limits = HEDGE_LIMITS[type];
  const found: Finding[] = [];
  const add = (
    check: string,
    verdict: Finding["verdict"],
    value: number | null = null,
    limit: number | null = null,
  ) => found.push({ check, verdict, value, limit });
  if (c.multiplier !== c.expectedMultiplier)
    add("invalid_multiplier", "deny", c.multiplier, c.expectedMultiplier);
  if (c.deliverable !== 1) add("adjusted_contract", "deny", c.deliverable, 1);
  const { bid, ask } = c;
  if (bid === null || ask === null || !(ask > 0))
    return [...found, { check: "no_quotes", verdict: "deny", value: null, limit: null }];
  if (bid > ask) add("crossed", "deny", bid - ask, 0);
  else if (bid === ask) add("locked", "confirm", 0, null);
  if (c.ageUs === null || c.ageUs > MAX_AGE_US) add("stale", "deny", c.ageUs, MAX_AGE_US);
  const mid = (bid + ask) / 2;
  const volPoints = c.vega === null ? 0 : (MAX_SPREAD_VOL_POINTS / 100) * c.vega;
  const widest = Math.max(0.05, 2 * c.tick, limits.spread * mid, volPoints);
  if (ask - bid > widest + 1e-12) add("spread_too_wide", "deny", ask - bid, widest);
  if (c.model !== null && c.vega !== null && ask > c.model + 0.02 * c.vega)
    add("above_fair", "confirm", ask, c.model);
  least("low_volume", c.volume, limits.volume);
  least("low_open_interest", c.openInterest, limits.openInterest);
  if (c.openInterest !== null && qty > MAX_OF_OPEN_INTEREST * c.openInterest)
    add("large_for_open_interest", "confirm", qty, MAX_OF_OPEN_INTEREST * c.openInterest);
  if (c.askSize !== null && qty > c.askSize) add("larger_than_displayed", "warn", qty, c.askSize);
  const premium = c.fx === null ? null : ask * qty * c.multiplier * c.fx;
  if (premium === null) add("premium_unknown", "confirm");
  else {
    if (premium > MAX_PREMIUM) add("premium_too_high", "deny", premium, MAX_PREMIUM);
    if (budget === null) add("budget_unknown", "confirm");
    else if (premium > MAX_BUDGET_SHARE * budget)
      add("premium_exceeds_budget", "deny", premium, MAX_BUDGET_SHARE * budget);
  }
  if (c.dteDays < MIN_DTE) add("expiry_too_close", "deny", c.dteDays, MIN_DTE);
  const rank = { deny: 2, confirm: 1, warn: 0 } as const;
  return found.toSorted((a, b) => rank[b.verdict] - rank[a.verdict]);

  function least(check: string, value: number | null, limit: number): void {
    if (value === null) add(check, "confirm", null, limit);
    else if (value < limit) add(check, "deny", value, limit);
  }
}

/** A listed contract that could stand in: itself a candidate, with what it saves in the crash that the hedge is for. */
export interface Alternative<T> {
  readonly contract: T;
  readonly candidate: HedgeCandidate;
  /** Loss covered in the crash scenario per contract, base currency. */
  readonly covered: number;
}

/** The best listed contracts that pass the same checks, by loss covered per premium paid. */
export function bestAlternatives<T>(
  listed: readonly Alternative<T>[],
  type: HedgeType,
  qty: number,
  budget: number | null,
  most = 3,
): Alternative<T>[] {
  const cost = (a: Alternative<T>) =>
    (a.candidate.ask ?? Number.NaN) * a.candidate.multiplier * (a.candidate.fx ?? Number.NaN);
  return listed
    .filter(
      (a) => validateHedge(a.candidate, type, qty, budget).every((f) => f.verdict === "warn") && cost(a) > 0,
    )
    .toSorted((a, b) => b.covered / cost(b) - a.covered / cost(a))
    .slice(0, most);
}
