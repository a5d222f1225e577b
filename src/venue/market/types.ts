import type { Instrument } from "../../../engines/market/index.ts";

/** Anything that the venue quotes. */
export interface Product {
  /** Dense, in the order of listing. */
  readonly index: number;
  /** From its symbol: the seed of its own chance, whatever else is listed. */
  readonly salt: number;
  readonly instrument: Instrument;
  /** As the stock and coin vendors write it: `SPY`, `SPY261218C00600000`, `BTC/USD`. */
  readonly symbol: string;
  /** The product that a derivative stands on; null for the others. */
  readonly base: Product | null;
}

/** A side without a market has price 0 and size 0. Sizes in shares, contracts or coins. */
export interface Quote {
  readonly us: number;
  readonly bid: number;
  readonly bidSize: number;
  readonly ask: number;
  readonly askSize: number;
}

export interface Trade {
  readonly us: number;
  /** Unique in its product, ascending with time. */
  readonly id: number;
  readonly price: number;
  readonly size: number;
  /** The taker bought. */
  readonly bought: boolean;
}

/** Trades of one minute or day. `startUs` is its beginning. */
export interface Bar {
  readonly startUs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly count: number;
  readonly vwap: number;
}

export type MarketEvent =
  | { readonly kind: "quote"; readonly product: Product; readonly quote: Quote }
  | { readonly kind: "trade"; readonly product: Product; readonly trade: Trade }
  | { readonly kind: "bar"; readonly product: Product; readonly bar: Bar; readonly span: "minute" | "day" };

/** What an option's model says besides its quote. Greeks raw: per share, per 1.00 of vol and rate, per year. */
export interface OptionView {
  readonly iv: number;
  readonly price: number;
  readonly delta: number;
  readonly gamma: number;
  readonly theta: number;
  readonly vega: number;
  readonly rho: number;
  /** Forward of the expiry in the underlying's money. */
  readonly forward: number;
}

/** Which products a stretch of time is wanted of. */
export interface Wanted {
  readonly quotes: Iterable<Product>;
  readonly trades: Iterable<Product>;
}

/** A market to serve: the seeded model, or a recorded session. Times are the session's, microseconds UTC. */
export interface VenueMarket {
  /** Spot products, futures and coins, in the order of their listing. */
  readonly listed: readonly Product[];
  bySymbol(symbol: string): Product | null;
  byIndex(index: number): Product | null;
  /** The chain of an underlying product; empty when it has no options. */
  chain(base: Product): readonly Product[];
  /** The last quote at or before an instant; null before the first. */
  quoteAt(product: Product, us: number): Quote | null;
  lastTrade(product: Product, us: number): Trade | null;
  /** Number of a trade in its product: each is one more than the one before. */
  tradeSeq(product: Product, trade: Trade): number;
  /** Trades in [fromUs, toUs), ascending. */
  trades(product: Product, fromUs: number, toUs: number): readonly Trade[];
  /** Complete minute bars that start in [fromUs, toUs). */
  minuteBars(product: Product, fromUs: number, toUs: number): readonly Bar[];
  /** Daily bars of sessions that begin in [fromUs, toUs); the running one as it stands at toUs. */
  dailyBars(product: Product, fromUs: number, toUs: number): readonly Bar[];
  optionView(product: Product, us: number): OptionView | null;
  openInterest(product: Product): number | null;
  /** Events in [fromUs, toUs) in the order of their times. */
  advance(wanted: Wanted, fromUs: number, toUs: number): readonly MarketEvent[];
}
