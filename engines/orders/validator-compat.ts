import { evenRound } from "./even-round.ts";
import { HEDGE_LIMITS, type HedgeType, MAX_BUDGET_SHARE, MAX_PREMIUM, MIN_DTE } from "./option-validator.ts";

/** Inputs of the original validator, as its files name them. */
export interface CompatValidation {
  readonly today: string;
  readonly hedge_type: string;
  readonly budget_remaining: number;
  readonly quantity: number;
  readonly quote: {
    readonly strike: number;
    readonly expiry: string;
    readonly option_type: string;
    readonly bid: number | null;
    readonly ask: number | null;
    readonly volume: number;
    readonly open_interest: number;
    readonly multiplier: number;
  };
}
export interface CompatVerdict {
  readonly is_valid: boolean;
  readonly failures: readonly string[];
  readonly alternative_strikes: readonly number[];
  readonly premium_estimate: number | null;
}

/**
 * The original's answers, with its known mistakes: crossed quotes pass, quote age is not looked at, alternatives are no listed strikes, and
 * every name's multiplier is 100.
 */
export function validateCompat(
  i: CompatValidation,
  daysBetween: (from: string, to: string) => number,
): CompatVerdict {
  const { bid, ask, volume, open_interest, multiplier, strike, option_type } = i.quote;
  const no = (failures: readonly string[]): CompatVerdict => ({
    is_valid: false,
    failures,
    alternative_strikes: alternatives(strike, option_type),
    premium_estimate: null,
  });
  if (bid === null || ask === null) return no(["no_quotes"]);
  const limits = HEDGE_LIMITS[i.hedge_type as HedgeType] ?? HEDGE_LIMITS.other;
  const mid = (bid + ask) / 2;
  const premium = ask * i.quantity * multiplier;
  const checks: readonly (readonly [string, boolean])[] = [
    ["spread_too_wide", mid > 0 && (ask - bid) / mid > limits.spread],
    ["low_volume", volume < limits.volume],
    ["low_open_interest", open_interest < limits.openInterest],
    ["premium_too_high", premium > MAX_PREMIUM],
    ["premium_exceeds_budget", premium > MAX_BUDGET_SHARE * i.budget_remaining],
    ["expiry_too_close", daysBetween(i.today, i.quote.expiry) < MIN_DTE],
    ["invalid_multiplier", multiplier !== 100],
  ];
  const failures = checks.filter(([, failed]) => failed).map(([name]) => name);
  if (failures.length > 0) return no(failures);
  return { is_valid: true, failures, alternative_strikes: [], premium_estimate: premium };
}

const alternatives = (strike: number, type: string): number[] =>
  [0.05, 0.1, 0.15].map((step) => evenRound(strike * (type === "put" ? 1 - step : 1 + step)));
