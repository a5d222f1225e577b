/** What an account may use: the vendor's tiers, as figures. They change; these are settings of the venue. */
export interface Plan {
  readonly stockSymbols: number;
  readonly optionQuotes: number;
  /** `sip` and `opra`. */
  readonly fullFeeds: boolean;
  /** Data requests a minute. */
  readonly restPerMinute: number;
}

const NONE = Number.POSITIVE_INFINITY;

export const PLANS = {
  basic: { stockSymbols: 30, optionQuotes: 200, fullFeeds: false, restPerMinute: 200 },
  plus: { stockSymbols: NONE, optionQuotes: 1_000, fullFeeds: true, restPerMinute: 10_000 },
  unlimited: { stockSymbols: NONE, optionQuotes: NONE, fullFeeds: true, restPerMinute: NONE },
} as const satisfies Record<string, Plan>;

export type PlanName = keyof typeof PLANS;
