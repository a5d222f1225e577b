import type { Ccy, InstrumentId, IsoDay, Micros } from "./ids.ts";

/** A price grid: the step that holds from `from` (inclusive) upwards. Ascending by `from`, first entry at 0. */
export interface TickStep {
  readonly from: number;
  readonly tick: number;
}

interface Listed {
  readonly id: InstrumentId;
  /** What a trader types and reads: `GOOG`, `EURUSD`, `VIX`. For an option the root. */
  readonly symbol: string;
  readonly ccy: Ccy;
  /** Key of a session table, see calendar.ts: `NYSE`, `CBOE`, `CBOE-SPX`, `EUREX`, `24H`. */
  readonly calendar: string;
  readonly ticks: readonly TickStep[];
}

export interface SpotInstrument extends Listed {
  readonly kind: "equity" | "etf" | "index" | "fx" | "crypto";
  readonly multiplier: 1;
}

export interface FutureInstrument extends Listed {
  readonly kind: "future";
  readonly underlying: InstrumentId | null;
  readonly multiplier: number;
  readonly lastTradeUs: Micros;
  readonly expiryUs: Micros;
  readonly expiry: IsoDay;
}

export type OptionType = "C" | "P";

export interface OptionInstrument extends Listed {
  readonly kind: "option";
  readonly underlying: InstrumentId;
  readonly type: OptionType;
  readonly strike: number;
  /** Contract expiry date in the exchange's zone. SPX and SPXW on one date are two expiries: key on (symbol, expiryUs). */
  readonly expiry: IsoDay;
  readonly style: "european" | "american";
  readonly settlement: { readonly time: "AM" | "PM"; readonly how: "cash" | "physical" };
  readonly lastTradeUs: Micros;
  readonly expiryUs: Micros;
  /** Units of underlying per contract. Missing is an error at the edge, never 1. */
  readonly multiplier: number;
  /** `upfront` equity style, `futures` margined daily, `inverse` paid in the coin. */
  readonly premiumStyle: "upfront" | "futures" | "inverse";
  /** Deliverable version: 1 as listed, 2.. after an adjustment. */
  readonly deliverable: number;
}

/** What a premium is multiplied by to be in the currency of the strike: an inverse option is paid in the coin, at `spot` each. */
export const premiumUnit = (option: OptionInstrument, spot: number): number =>
  option.premiumStyle === "inverse" ? spot : 1;

export type Instrument = SpotInstrument | FutureInstrument | OptionInstrument;

/** One leg of a structure: `ratio` is a signed integer, the ratios of a structure are reduced by their gcd. */
export interface Leg {
  readonly instrument: InstrumentId;
  readonly ratio: number;
}

/** A grouping of positions that is ours, not the broker's: legs and how many units of it are held (signed by the ratios). */
export interface Structure {
  readonly id: string;
  readonly name: string | null;
  readonly legs: readonly Leg[];
  readonly units: number;
}
