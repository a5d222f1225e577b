/** What comes from nobody's feed, as of the session's day; each with the name of its source or assumption. */
export interface MarketFacts {
  /** Continuous zero rate, ACT/365F, to `years`. */
  rate(ccy: string, years: number): { readonly value: number; readonly source: string };
  /** Continuous dividend or borrow yield of an underlying. */
  dividendYield(symbol: string): { readonly value: number; readonly source: string };
  /** Base currency per unit of `ccy`, null where no rate is known. */
  fx(ccy: string): { readonly value: number; readonly source: string } | null;
}
