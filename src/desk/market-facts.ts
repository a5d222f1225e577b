import type { IsoDay } from "../../engines/market/index.ts";

/** What comes from nobody's feed, as of the session's day; each with the name of its source or assumption. */
export interface MarketFacts {
  /** Continuous zero rate, ACT/365F, to `years`. */
  rate(ccy: string, years: number): { readonly value: number; readonly source: string };
  /** Continuous dividend or borrow yield of an underlying. */
  dividendYield(symbol: string): { readonly value: number; readonly source: string };
  /** Cash dividends on the schedule of a name, by ex-day; empty says that none is known or paid. */
  dividends(symbol: string): readonly NamedDividend[];
  /** Base currency per unit of `ccy`, null where no rate is known. */
  fx(ccy: string): { readonly value: number; readonly source: string } | null;
  /** Scheduled events of a name that this session knows of and that are still to come. */
  events(symbol: string): readonly NamedEvent[];
  /** Part of an index's move that a name takes on: as on file, else from imported daily candles; null where neither tells. */
  beta(symbol: string): { readonly value: number; readonly index: string; readonly source: string } | null;
}

export interface NamedDividend {
  readonly exDay: string;
  readonly amount: number;
  readonly status: "declared" | "estimated";
}

export interface NamedEvent {
  readonly label: string;
  readonly day: IsoDay;
  readonly at: "before-open" | "session" | "after-close";
  readonly status: "declared" | "estimated";
  readonly source: string;
}
