import type { Verdict } from "./guard-types.ts";

export type HedgeType = "equity_put" | "vix_call" | "credit_put" | "bank_put" | "other";
/** Largest spread as a share of mid, least volume of the day, least open interest. */
export interface LiquidityLimits {
  readonly spread: number;
  readonly volume: number;
  readonly openInterest: number;
}
/** Limits by purpose (spec option-validator): largest spread / mid, least volume and open interest. At the limit passes. */
export const HEDGE_LIMITS: Readonly<Record<HedgeType, LiquidityLimits>> = {
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
export type CheckName =
  | "invalid_multiplier"
  | "adjusted_contract"
  | "no_quotes"
  | "crossed"
  | "locked"
  | "stale"
  | "above_fair"
  | "spread_too_wide"
  | "low_volume"
  | "low_open_interest"
  | "large_for_open_interest"
  | "larger_than_displayed"
  | "premium_unknown"
  | "premium_too_high"
  | "budget_unknown"
  | "premium_exceeds_budget"
  | "expiry_too_close";
export interface Finding {
  readonly check: CheckName;
  readonly verdict: Exclude<Verdict, "pass">;
  readonly value: number | null;
  readonly limit: number | null;
}

const note = (
  check: Finding["check"],
  verdict: Finding["verdict"],
  value: number | null = null,
  limit: number | null = null,
): Finding => ({ check, verdict, value, limit });

/** Whether it is the contract that one thinks it is. */
export function contractFindings(
  c: Pick<HedgeCandidate, "multiplier" | "expectedMultiplier" | "deliverable">,
): Finding[] {
  const found: Finding[] = [];
  if (c.multiplier !== c.expectedMultiplier)
    found.push(note("invalid_multiplier", "deny", c.multiplier, c.expectedMultiplier));
  if (c.deliverable !== 1) found.push(note("adjusted_contract", "deny", c.deliverable, 1));
  return found;
}

/** An offer more than 2 vol points above what the model says, where it can say. */
export function fairFindings(c: Pick<HedgeCandidate, "ask" | "model" | "vega">): Finding[] {
  const { ask, model, vega } = c;
  if (ask === null || model === null || vega === null || ask <= model + 0.02 * vega) return [];
  return [note("above_fair", "confirm", ask, model)];
}

/**
 * Whether it trades enough. The spread passes within any of: 0.05 or two ticks, the share of mid, 1.5 vol points. What is unknown needs a
 * yes. `size` is what the side that is traded against displays.
 */
export function liquidityFindings(
  c: Pick<HedgeCandidate, "bid" | "ask" | "tick" | "vega" | "volume" | "openInterest">,
  size: number | null,
  limits: LiquidityLimits,
  qty: number,
): Finding[] {
  const found: Finding[] = [];
  const { bid, ask } = c;
  if (bid !== null && ask !== null && ask >= bid) {
    const mid = (bid + ask) / 2;
    const volPoints = c.vega === null ? 0 : (MAX_SPREAD_VOL_POINTS / 100) * c.vega;
    const widest = Math.max(0.05, 2 * c.tick, limits.spread * mid, volPoints);
    if (ask - bid > widest + 1e-12) found.push(note("spread_too_wide", "deny", ask - bid, widest));
  }
  found.push(...least("low_volume", c.volume, limits.volume));
  found.push(...least("low_open_interest", c.openInterest, limits.openInterest));
  const part = c.openInterest === null ? null : MAX_OF_OPEN_INTEREST * c.openInterest;
  if (part !== null && qty > part) found.push(note("large_for_open_interest", "confirm", qty, part));
  if (size !== null && qty > size) found.push(note("larger_than_displayed", "warn", qty, size));
  return found;
}

function least(check: Finding["check"], value: number | null, limit: number): Finding[] {
  if (value === null) return [note(check, "confirm", null, limit)];
  return value < limit ? [note(check, "deny", value, limit)] : [];
}

function budgetFindings(c: HedgeCandidate, ask: number, qty: number, budget: number | null): Finding[] {
  const premium = c.fx === null ? null : ask * qty * c.multiplier * c.fx;
  if (premium === null) return [note("premium_unknown", "confirm")];
  const found: Finding[] = [];
  if (premium > MAX_PREMIUM) found.push(note("premium_too_high", "deny", premium, MAX_PREMIUM));
  if (budget === null) found.push(note("budget_unknown", "confirm"));
  else if (premium > MAX_BUDGET_SHARE * budget)
    found.push(note("premium_exceeds_budget", "deny", premium, MAX_BUDGET_SHARE * budget));
  return found;
}

/** Checks of an automatic hedge buy, worst first: contract, market, price, liquidity, budget, lifecycle. `budget` in base currency. */
export function validateHedge(
  c: HedgeCandidate,
  type: HedgeType | LiquidityLimits,
  qty: number,
  budget: number | null,
): Finding[] {
  const limits = typeof type === "string" ? HEDGE_LIMITS[type] : type;
  const found = contractFindings(c);
  const { bid, ask } = c;
  if (bid === null || ask === null || !(ask > 0)) return [...found, note("no_quotes", "deny")];
  if (bid > ask) found.push(note("crossed", "deny", bid - ask, 0));
  else if (bid === ask) found.push(note("locked", "confirm", 0, null));
  if (c.ageUs === null || c.ageUs > MAX_AGE_US) found.push(note("stale", "deny", c.ageUs, MAX_AGE_US));
  found.push(...fairFindings(c), ...liquidityFindings(c, c.askSize, limits, qty));
  found.push(...budgetFindings(c, ask, qty, budget));
  if (c.dteDays < MIN_DTE) found.push(note("expiry_too_close", "deny", c.dteDays, MIN_DTE));
  const rank = { deny: 2, confirm: 1, warn: 0 } as const;
  return found.toSorted((a, b) => rank[b.verdict] - rank[a.verdict]);
}

/** A listed contract that could stand in: itself a candidate, with what it saves in the crash that the hedge is for. */
export interface Alternative<T> {
  readonly contract: T;
  readonly candidate: HedgeCandidate;
  /** Loss covered in the crash scenario per contract, base currency. */
  readonly covered: number;
}

/** The best listed contracts that `fits` lets through, by loss covered per premium paid; none that covers nothing. */
export function bestAlternatives<T>(
  listed: readonly Alternative<T>[],
  fits: (candidate: HedgeCandidate) => boolean,
  most = 3,
): Alternative<T>[] {
  const cost = (a: Alternative<T>) =>
    (a.candidate.ask ?? Number.NaN) * a.candidate.multiplier * (a.candidate.fx ?? Number.NaN);
  return listed
    .filter((a) => a.covered > 0 && cost(a) > 0 && fits(a.candidate))
    .toSorted((a, b) => b.covered / cost(b) - a.covered / cost(a))
    .slice(0, most);
}
