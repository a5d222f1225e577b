/** What comes from nobody's feed, as of the session's day; each with the name of its source or assumption. */
export interface MarketFacts {
  /** Continuous zero rate, ACT/365F, to `years`. */
  rate(ccy: string, years: number): { readonly value: number; readonly source: string };
  /** Continuous dividend or borrow yield of an underlying. */
  dividendYield(symbol: string): { readonly value: number; readonly source: string };
  /** Base currency per unit of `ccy`, null where no rate is known. */
  fx(ccy: string): { readonly value: number; readonly source: string } | null;
}

const YEAR_US = 365 * 86_400 * 1e6;
const MINUTE_US = 60_000_000;

/** ACT/365F to the minute: the clock of IV, theta, marks and scenarios alike (contracts section 5). 0 after expiry. */
export function yearsTo(expiryUs: number, nowUs: number): number {
  const minutes = Math.floor((expiryUs - nowUs) / MINUTE_US);
  return minutes > 0 ? (minutes * MINUTE_US) / YEAR_US : 0;
}
