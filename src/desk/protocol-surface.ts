/**
 * Models of the surface and term structure. Vols per 1.00; unknown is `null` (NaN in columns).
 */
import type { InstrumentId } from "../../engines/market/index.ts";

/** Vols of one smile, per 1.00; null where a delta is not between quotes. Deltas are undiscounted forward deltas. */
export interface SmileColumns {
  readonly atm: number | null;
  readonly put25: number | null;
  readonly call25: number | null;
  readonly put10: number | null;
  readonly call10: number | null;
  readonly riskReversal25: number | null;
  readonly butterfly25: number | null;
}
/** A constant maturity, in calendar days. */
export interface SurfaceTenor extends SmileColumns {
  readonly days: number;
  readonly kind: "interpolated" | "listed" | "extrapolated" | "none";
  /** Vol of the stretch from the tenor before to this one. */
  readonly forwardVol: number | null;
  readonly ageUs: number | null;
}
/** A listed expiry as fitted. */
export interface SurfaceExpiryRow extends SmileColumns {
  readonly key: string;
  readonly label: string;
  readonly dteDays: number | null;
  readonly forward: number | null;
  readonly oneSigma: number | null;
  readonly straddle: number | null;
  readonly kind: string | null;
  /** Weighted root mean square error of the fit, in vol. */
  readonly rmse: number | null;
  readonly used: number | null;
  readonly withinSpread: number | null;
  readonly ageUs: number | null;
  readonly warnings: readonly string[];
}
export interface SurfaceSmile {
  readonly expiry: string;
  readonly label: string;
  readonly forward: number;
  readonly strikes: Float64Array;
  readonly fit: Float64Array;
  /** The same expiry's smile at the session before, at these strikes; NaN where it had none. */
  readonly dayBefore: Float64Array;
  readonly quotedStrikes: Float64Array;
  readonly quotedVols: Float64Array;
}
/** The surface of an earlier session beside today's. Without one `day` is null and `source` says why. */
export interface SurfaceThen {
  readonly day: string | null;
  readonly source: string;
  /** In the order of today's tenors; empty without a day. */
  readonly tenors: readonly SmileColumns[];
  /** Vol at the forward by calendar days to expiry, ascending. */
  readonly curve: { readonly days: Float64Array; readonly vol: Float64Array };
}
/** Place of a vol among its own earlier sessions, 0 to 1: share below it, and between their lowest and highest. */
export interface SurfaceStanding {
  readonly percentile: number;
  readonly rank: number | null;
  readonly sessions: number;
}
export interface TermEventRow {
  readonly label: string;
  readonly day: string;
  readonly status: "declared" | "estimated";
  readonly source: string;
  /** Calendar days until it is priced in. */
  readonly days: number;
  /** Total variance it adds, and its root: the move it is priced at. Null: not to be told from the curve. */
  readonly variance: number | null;
  readonly move: number | null;
}
/** Futures on the vol index of an underlying, per 1.00 of vol. */
export interface SurfaceFutures {
  readonly name: string;
  /** Day of the settlements that these are; null: prices of the session. */
  readonly settled: string | null;
  readonly index: number | null;
  readonly rows: readonly {
    readonly label: string;
    readonly days: number;
    readonly vol: number;
    readonly optionForwardVol: number | null;
    readonly basis: number | null;
    readonly rollDown: number | null;
  }[];
  readonly frontSlope: number | null;
  readonly frontBasis: number | null;
  readonly constant30: number | null;
  readonly warnings: readonly string[];
}
export interface SurfaceTerm {
  /** Fitted expiries: days to expiry, vol at the forward, and what spreads leave open (NaN unknown). */
  readonly curve: { readonly days: Float64Array; readonly vol: Float64Array; readonly error: Float64Array };
  readonly tenors: readonly {
    readonly days: number;
    readonly vol: number | null;
    readonly cleanVol: number | null;
    readonly error: number | null;
    readonly forwardVol: number | null;
    /** Change of vol in a day if the curve stays where it is. */
    readonly rollDown: number | null;
  }[];
  /** Vol of the stretch between neighbouring expiries; null where total variance falls. */
  readonly forwards: readonly {
    readonly from: string;
    readonly to: string;
    readonly days: number;
    readonly vol: number | null;
  }[];
  readonly ratios: Readonly<Record<"7/30" | "30/90" | "30/180", number | null>>;
  readonly shape: "contango" | "flat" | "backwardation" | null;
  /** d vol / d ln T with its standard error, and how much 90 days stand over 30 on the line. */
  readonly slope: {
    readonly perLogTime: number;
    readonly error: number | null;
    readonly steepness: number;
    readonly points: number;
  } | null;
  readonly confidence: { readonly grade: "high" | "low"; readonly reasons: readonly string[] };
  readonly events: readonly TermEventRow[];
  readonly futures: SurfaceFutures | null;
  readonly warnings: readonly string[];
}
export interface SurfaceView {
  readonly underlying: InstrumentId;
  readonly label: string;
  readonly spot: number | null;
  /** Options listed on the underlying, expired ones too. */
  readonly contracts: number;
  /** Expiries with a fit. */
  readonly fitted: number;
  /** Age of the oldest fit on show. */
  readonly fitAgeUs: number | null;
  readonly expiries: readonly SurfaceExpiryRow[];
  readonly tenors: readonly SurfaceTenor[];
  readonly smile: SurfaceSmile | null;
  /** Vols of the expiries (rows) at exact deltas (columns), NaN where a delta is not between quotes. */
  readonly heat: {
    readonly titles: readonly string[];
    readonly vols: Float64Array;
    /** Less the same expiry's vol at that delta the session before; NaN unknown. */
    readonly change: Float64Array;
  };
  readonly term: SurfaceTerm;
  readonly then: Readonly<Record<"1d" | "1w", SurfaceThen>>;
  /** By tenor; where all are null, why. */
  readonly standing: {
    readonly reason: string | null;
    readonly tenors: readonly (SurfaceStanding | null)[];
  };
  readonly butterfly: number;
  readonly calendar: readonly { readonly near: string; readonly far: string; readonly worst: number }[];
  readonly warnings: readonly string[];
}
