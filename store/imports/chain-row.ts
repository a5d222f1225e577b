import type { IsoDay, Micros } from "../../engines/market/index.ts";

export interface ChainRow {
  /** Underlying. */
  readonly symbol: string;
  readonly root: string;
  /** The source's own name of the contract. */
  readonly contract: string | null;
  /** Trade date of the quotes. */
  readonly asOf: IsoDay | null;
  readonly expiry: IsoDay;
  /** Instant of expiry, µs UTC, where the source tells it. */
  readonly expiryUs: Micros | null;
  readonly type: "C" | "P";
  readonly strike: number;
  /** 0 beside a live ask: no bid. Null on both sides: no quote. */
  readonly bid: number | null;
  readonly ask: number | null;
  readonly bidSize: number | null;
  readonly askSize: number | null;
  readonly last: number | null;
  readonly volume: number | null;
  readonly openInterest: number | null;
  /** Fraction per year. */
  readonly iv: number | null;
  readonly delta: number | null;
  readonly gamma: number | null;
  readonly theta: number | null;
  readonly vega: number | null;
  /** Underlying at the time of the quotes, as far as the source knows. */
  readonly spot: number | null;
  readonly quoteUs: Micros | null;
}
