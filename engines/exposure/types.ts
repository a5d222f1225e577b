/** What the exposure engine takes and gives. Unknown numbers are NaN in columns and null in records, never 0. */

/**
 * Who is assumed to hold what. All are heuristics: open interest has no side.
 * - `callsPlusPutsMinus`: dealers long every call, short every put (calls written and puts bought by customers).
 * - `shortAll`: dealers short everything.
 * - `longAll`: dealers long everything.
 * - `customerFlow`: dealers hold the opposite of the signed customer flow in the `flow` column; open interest is not used.
 */
export type SignConvention = "callsPlusPutsMinus" | "shortAll" | "longAll" | "customerFlow";

export const CONVENTION_LABELS: Readonly<Record<SignConvention, string>> = {
  callsPlusPutsMinus: "dealers + calls, - puts",
  shortAll: "dealers short all",
  longAll: "dealers long all",
  customerFlow: "dealers opposite to signed customer flow",
};

export type Measure = "gamma" | "vanna" | "charm" | "delta";
export const MEASURES: readonly Measure[] = ["gamma", "vanna", "charm", "delta"];

/** Unit of each measure, in the chain's currency. */
export const MEASURE_UNITS: Readonly<Record<Measure, string>> = {
  gamma: "$ delta per 1 % of spot",
  vanna: "$ delta per 1 vol point",
  charm: "$ delta per calendar day",
  delta: "$ delta",
};

export type SliceName = "near" | "monthly" | "all" | "zeroDte";

/** An expiry of the chain. SPX and SPXW on one date are two expiries: the key is (root, instant). */
export interface ExposureExpiry {
  readonly root: string;
  /** Contract expiry date in the exchange's zone, `YYYY-MM-DD`. */
  readonly day: string;
  /** Expiry instant in µs UTC; NaN unknown: then nothing is computed from vols for this expiry. */
  readonly expiryUs: number;
  /** Forward of the underlying at the snapshot's spot; NaN unknown. */
  readonly forward: number;
  /** Discount factor; NaN unknown. */
  readonly df: number;
}

/** Rows of a chain, one column per field, `n` rows valid, any order. Optional columns may be left out. */
export interface ExposureColumns {
  readonly n: number;
  readonly expiries: readonly ExposureExpiry[];
  /** Index into `expiries`, -1 when the vendor's expiry could not be read. */
  readonly expiry: Int32Array;
  readonly strike: Float64Array;
  /** 0 call, 1 put, anything else is refused. */
  readonly put: Uint8Array;
  /** Contracts; NaN unknown. */
  readonly openInterest: Float64Array;
  /** Units of underlying per contract; NaN unknown. */
  readonly multiplier: Float64Array;
  /** Fraction per year; NaN or 0 unknown. */
  readonly iv: Float64Array;
  /** Vendor Greeks, raw and per share: gamma per 1.00 of spot, vanna per 1.00 vol, charm per year. NaN unknown. */
  readonly gamma?: Float64Array;
  readonly delta?: Float64Array;
  readonly vanna?: Float64Array;
  readonly charm?: Float64Array;
  /** Net contracts bought by customers today, for `customerFlow`. NaN unknown. */
  readonly flow?: Float64Array;
}

export interface ExposureMarket {
  readonly symbol: string;
  /** Exchange day of the snapshot. */
  readonly asOf: string;
  /** The instant the chain was taken, µs UTC: time to expiry counts from here. */
  readonly chainUs: number;
  readonly spot: number | null;
  readonly spotUs: number | null;
  /** The underlying's price in the chain's own snapshot, if the vendor gave one. */
  readonly chainSpot: number | null;
  /** The session whose close the open interest counts; null unknown. */
  readonly oiDay: string | null;
}

export interface ExposureOptions {
  readonly convention: SignConvention;
  /** `computed`: from the contract's own vol at the snapshot's spot, the vendor's where there is no vol. `vendor`: the other way round. */
  readonly greeks: "computed" | "vendor";
  readonly slices: readonly SliceName[];
  /** Expiry days of the `near` slice. */
  readonly nearN: number;
  /** Strikes in `top`. */
  readonly topN: number;
  /** Overrides every slice: only these expiry days. */
  readonly includeDays: readonly string[] | null;
  /** Spots at which gamma is repriced; null takes {@link defaultSpotGrid}. Ascending. */
  readonly spotGrid: Float64Array | null;
  /** What a contract's vol does when spot moves: stay with the strike, or with the moneyness. */
  readonly dynamics: "stickyStrike" | "stickyMoneyness";
  /** The exchange's calendar; null falls back to what the chain lists. */
  readonly isSession: ((day: string) => boolean) | null;
  /** Largest |spot / chainSpot - 1| without a warning. */
  readonly spotTolerance: number;
  /** Largest distance in time of spot and chain without a warning, µs. */
  readonly timeToleranceUs: number;
}

/** `call` and `put` are signed contributions under the convention: net = call + put. NaN unknown. */
export interface SideColumns {
  readonly call: Float64Array;
  readonly put: Float64Array;
  readonly net: Float64Array;
}

/** Exposure by (expiry, strike) or by strike. */
export interface ExposureTable {
  readonly n: number;
  /** Index into the result's `expiries`; -1 where expiries are summed. */
  readonly expiry: Int32Array;
  readonly strike: Float64Array;
  readonly callOi: Float64Array;
  readonly putOi: Float64Array;
  readonly measures: Readonly<Record<Measure, SideColumns>>;
  /** Bit 1: a listed contract here had no open interest (or flow). Bit 2: none of its Greeks is known. */
  readonly partial: Uint8Array;
}

export interface SideTotals {
  readonly call: number | null;
  readonly put: number | null;
  readonly net: number | null;
}

export interface Coverage {
  readonly contracts: number;
  readonly withOpenInterest: number;
  /** Open interest in the slice, and the shares of it whose gamma is known, is computed here, can be repriced. */
  readonly openInterest: number;
  readonly gammaKnown: number | null;
  readonly gammaComputed: number | null;
  readonly repriced: number | null;
  /** Share of open interest whose only Greek is a vendor's zero with no vol: unknown rather than nil. */
  readonly vendorZero: number | null;
}

export interface Wall {
  readonly strike: number;
  readonly value: number;
}

export interface ZeroGamma {
  /** Every spot in the grid's range where the repriced net gamma changes sign, nearest to spot first. */
  readonly roots: readonly number[];
  readonly nearest: number | null;
  /** Repriced net gamma at the snapshot's spot, same unit as the gamma measure. */
  readonly atSpot: number | null;
  readonly spots: Float64Array;
  readonly net: Float64Array;
  readonly dynamics: "stickyStrike" | "stickyMoneyness";
}

export interface ExposureSlice {
  readonly name: SliceName;
  /** Indices into the result's `expiries`. */
  readonly expiries: readonly number[];
  readonly ladder: ExposureTable;
  readonly totals: Readonly<Record<Measure, SideTotals>>;
  /** The strike with the most call (put) gamma, wherever it lies. */
  readonly callWall: Wall | null;
  readonly putWall: Wall | null;
  /** The strike with the most call gamma at or above spot, and with the most put gamma at or below it: resistance and support. */
  readonly callWallAbove: Wall | null;
  readonly putWallBelow: Wall | null;
  /** Strikes by |net gamma|, greatest first, ties to the lower strike. */
  readonly top: readonly Wall[];
  readonly zeroGamma: ZeroGamma;
  /** First strike where the running sum of net gamma from below has changed sign; leading zeros are ignored. A heuristic, not a spot. */
  readonly legacyFlipStrike: number | null;
  readonly coverage: Coverage;
  readonly warnings: readonly string[];
}

export interface ExposureResult {
  readonly symbol: string;
  readonly asOf: string;
  readonly chainUs: number;
  readonly spot: number | null;
  readonly spotUs: number | null;
  readonly oiDay: string | null;
  readonly convention: { readonly id: SignConvention; readonly label: string; readonly heuristic: true };
  readonly greeks: ExposureOptions["greeks"];
  readonly expiries: readonly ExposureExpiry[];
  /** By (expiry, strike), ascending, all live expiries. */
  readonly table: ExposureTable;
  readonly slices: readonly ExposureSlice[];
  readonly warnings: readonly string[];
}
