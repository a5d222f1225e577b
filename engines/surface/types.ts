import type { CashDividend, ExerciseStyle, SviParams } from "../pricing/index.ts";
import type { TermEvent } from "./term-curve.ts";

/**
 * What the surface engine takes and gives. Vols and their differences are per 1.00 (0.01 is a vol point), moves are fractions, times
 * are years of ACT/365F unless a name says otherwise. Unknown numbers are NaN in columns and null in records, never 0.
 */

/** Absolute delta from 0 to 1 in fifths; the last holds 1. */
export const DELTA_BUCKETS = ["d00_20", "d20_40", "d40_60", "d60_80", "d80_100"] as const;
export type DeltaBucket = (typeof DELTA_BUCKETS)[number];

/** The constant maturities of a desk, in calendar days. */
export const DEFAULT_TENORS: readonly number[] = [7, 14, 30, 60, 90, 180];

/** An expiry of the chain. SPX and SPXW on one date are two expiries: the key is (root, instant). */
export interface SurfaceExpiry {
  readonly root: string;
  /** Contract expiry date in the exchange's zone, `YYYY-MM-DD`. */
  readonly day: string;
  /** Expiry instant, µs UTC. An expiry without one is left out. */
  readonly expiryUs: number;
  /** Discount factor from the rate curve; NaN unknown: then 1, and named. */
  readonly df: number;
  readonly style: ExerciseStyle;
  /** Forward from a future or carry, for when parity cannot tell; NaN unknown. */
  readonly forward?: number;
  /** Cash dividends before expiry, of American forwards. */
  readonly dividends?: readonly CashDividend[];
}

/** Rows of a chain, one column per field, rows 0..n-1 valid, any order. Quotes may change between fits; what is listed may not. */
export interface SurfaceColumns {
  readonly n: number;
  readonly expiries: readonly SurfaceExpiry[];
  /** Index into `expiries`, -1 when it could not be read. */
  readonly expiry: Int32Array;
  readonly strike: Float64Array;
  /** 0 call, 1 put, anything else is refused. */
  readonly put: Uint8Array;
  /** NaN: no such side; 0 bid: no bid. */
  readonly bid: Float64Array;
  readonly ask: Float64Array;
  /** Vendor's vol per 1.00, used for an expiry none of whose contracts has two sides. NaN unknown. */
  readonly iv?: Float64Array;
}

export interface SurfaceMarket {
  readonly symbol: string;
  /** Exchange day of the snapshot. */
  readonly asOf: string;
  /** The instant the chain shows, µs UTC: time to expiry counts from here. */
  readonly chainUs: number;
  readonly spot: number | null;
  readonly spotUs: number | null;
  /** The underlying's price in the chain's own snapshot, if the vendor gave one. */
  readonly chainSpot: number | null;
  /** Scheduled events by time from `chainUs`: variance between expiries is not spread evenly over a stretch that holds one. */
  readonly events?: readonly TermEvent[];
}

export interface SurfaceOptions {
  /** Constant maturities in calendar days; whole positive numbers, others are dropped. */
  readonly tenors: readonly number[];
  /** Largest half-spread in vol over vol of a quote that is fitted. */
  readonly maxRelativeVolSpread: number;
  /** Error of the model itself, in vol: keeps tight quotes from taking the whole fit. */
  readonly modelError: number;
  /** Shortest time between two fits of one expiry, µs. */
  readonly refitEveryUs: number;
  /** Largest |spot / chainSpot - 1| without a warning. */
  readonly spotTolerance: number;
  /** Largest distance in time of spot and chain without a warning, µs. */
  readonly timeToleranceUs: number;
}

/**
 * How a smile was found: `svi` raw SVI by least squares; `constrained` the same with a penalty on negative density, where the first
 * had one between quotes; `ssvi` the arbitrage-free three-parameter slice, where that does not help or quotes are few; `flat` one
 * vol, where there are one or two quotes.
 */
export type SmileKind = "svi" | "constrained" | "ssvi" | "flat";

/** By put-call parity; from a future or carry that was given; or nothing but spot over the discount. */
export type ForwardSource = "parity" | "given" | "spot";

/** Total variance by log-moneyness ln(K/F) at one time to expiry, as raw SVI parameters whatever the kind. */
export interface Smile {
  readonly kind: SmileKind;
  readonly params: SviParams;
  readonly T: number;
  readonly forward: number;
  readonly forwardSource: ForwardSource;
  readonly df: number;
  /** Log-moneyness of the outermost quotes fitted: beyond them the smile is the model's, not the market's. */
  readonly kMin: number;
  readonly kMax: number;
}

/** A point of a smile at an exact undiscounted forward delta: N(d1) of a call, N(d1) - 1 of a put. */
export interface DeltaPoint {
  readonly strike: number;
  readonly vol: number;
}

/** Two ways to say how far the market expects to move; they are not the same number: one sigma is about 1.25 straddles. */
export interface ExpectedMove {
  /** Price of the straddle struck at the forward: the discounted mean absolute move. */
  readonly straddle: number;
  /** The same over spot; null without a spot. */
  readonly straddleOfSpot: number | null;
  /** One standard deviation of ln(S_T/F): vol x sqrt(T). */
  readonly oneSigma: number;
}

/** What a smile says, whether of a listed expiry or of a constant maturity. A delta that is not between quotes is null. */
export interface SmileFigures {
  readonly T: number;
  readonly forward: number;
  /** Vol at the forward, not at spot. */
  readonly atmVol: number;
  readonly put25: DeltaPoint | null;
  readonly call25: DeltaPoint | null;
  readonly put10: DeltaPoint | null;
  readonly call10: DeltaPoint | null;
  /** Put vol less call vol; the risk reversal is its negative, call less put. */
  readonly skew25: number | null;
  readonly skew10: number | null;
  readonly riskReversal25: number | null;
  readonly riskReversal10: number | null;
  /** Mean of call and put vol less the vol at the forward. */
  readonly butterfly25: number | null;
  readonly butterfly10: number | null;
  readonly expectedMove: ExpectedMove;
}

/** How good a fit is, and on what it stands. */
export interface FitQuality {
  /** Weighted root mean square and largest error in vol (0.01 is a vol point). */
  readonly rmse: number;
  readonly maxError: number;
  /** Out-of-the-money quotes fitted, and the share of them within their own spread of the smile. */
  readonly used: number;
  readonly withinSpread: number;
  /** What quotes leave open at the forward: mean half-spread in vol of the four nearest; null for vendor vols. */
  readonly atmError: number | null;
  readonly twoSided: number;
  readonly oneSided: number;
  readonly crossed: number;
  /** Two-sided but too wide in vol to be fitted. */
  readonly wide: number;
  /** Vols came from the vendor, not from quotes. */
  readonly vendorVols: boolean;
  readonly fitUs: number;
  readonly ageUs: number;
}

export interface ExpiryRow {
  readonly expiry: SurfaceExpiry;
  readonly dte: number | null;
  readonly minutesLeft: number;
  readonly smile: Smile | null;
  readonly figures: SmileFigures | null;
  /** Robust spread of the pairs' own forwards, in price; null unless by parity. */
  readonly forwardResidual: number | null;
  /** Continuous yield that takes spot to the forward: dividends and borrow together. */
  readonly impliedYield: number | null;
  /** Call mid + put mid at the listed strike nearest the forward. */
  readonly listedStraddle: { readonly strike: number; readonly mark: number } | null;
  readonly quality: FitQuality | null;
  /** Grid points between the outermost quotes where the smile's density is negative, and strikes whose quotes can be locked in. */
  readonly butterfly: { readonly smile: number; readonly quotes: number };
  readonly warnings: readonly string[];
}

/** `interpolated` between two expiries, `listed` on one, `extrapolated` a little beyond the first or last, `none`. */
export type TenorKind = "interpolated" | "listed" | "extrapolated" | "none";

export interface BucketRow {
  readonly type: "call" | "put";
  readonly bucket: DeltaBucket;
  /** Mean over the bucket's deltas that lie between quotes, and at its centre. */
  readonly meanVol: number | null;
  readonly centreVol: number | null;
  /** Fitted quotes of the neighbouring expiries with a delta in the bucket. */
  readonly quotes: number;
}

export interface TenorRow {
  readonly days: number;
  readonly kind: TenorKind;
  /** Indices into the result's expiries; equal when listed or extrapolated, null when none. */
  readonly near: number | null;
  readonly far: number | null;
  readonly figures: SmileFigures | null;
  readonly buckets: readonly BucketRow[];
  /** Age of the older of the fits used. */
  readonly ageUs: number | null;
  readonly warnings: readonly string[];
}

export interface CalendarViolation {
  /** Indices into the result's expiries. */
  readonly near: number;
  readonly far: number;
  /** Grid points between quotes of both at which the later total variance is the smaller, of `of`. */
  readonly points: number;
  readonly of: number;
  /** Deepest shortfall of total variance, as vol of the later expiry. */
  readonly worst: number;
}

export interface SurfaceResult {
  readonly symbol: string;
  readonly asOf: string;
  readonly chainUs: number;
  readonly spot: number | null;
  readonly spotUs: number | null;
  readonly expiries: readonly ExpiryRow[];
  readonly tenors: readonly TenorRow[];
  readonly violations: {
    readonly butterflySmile: number;
    readonly butterflyQuotes: number;
    readonly calendar: readonly CalendarViolation[];
  };
  readonly warnings: readonly string[];
}
