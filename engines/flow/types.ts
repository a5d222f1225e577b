/** What the flow engine takes and gives. NaN is unknown in columns. Times are whole µs UTC. */

/** The contracts trades and quotes point at by index (`slot`). */
export interface FlowContracts {
  readonly n: number;
  /** Names of expiries, in the order results list them. */
  readonly expiries: readonly string[];
  /** Index into `expiries`; -1 when the slot is no option: its trades are refused. */
  readonly expiry: Int32Array;
  readonly strike: Float64Array;
  readonly put: Uint8Array;
  /** Units of underlying per contract; NaN unknown: its trades are refused. */
  readonly multiplier: Float64Array;
}

/** Top of book of the contracts. Where delta and vega are given they stand until the next row of that contract. */
export interface FlowQuotes {
  readonly n: number;
  readonly us: Float64Array;
  readonly slot: Int32Array;
  readonly bid: Float64Array;
  readonly ask: Float64Array;
  readonly bidSize?: Float64Array | Float32Array;
  readonly askSize?: Float64Array | Float32Array;
  readonly delta?: Float64Array | Float32Array;
  /** Per 1.00 of vol, per share. */
  readonly vega?: Float64Array | Float32Array;
}

/** What a print's condition codes say, as far as direction and counting go. */
export const Print = {
  regular: 0,
  /** A leg of a package, or tied to stock: its price says nothing about this contract's side. */
  multiLeg: 1,
  /** Reported late, out of sequence or in extended hours: the quote of that time is not the one it met. */
  late: 2,
  /** Takes an earlier print back. */
  cancel: 3,
  /** Openings, crosses and averages: a real size at a price nobody crossed the spread for. */
  notCrossing: 4,
} as const;
export type Print = (typeof Print)[keyof typeof Print];

export interface FlowTrades {
  readonly n: number;
  readonly us: Float64Array;
  readonly slot: Int32Array;
  readonly price: Float64Array;
  readonly size: Float64Array;
  /** {@link Print} of each trade; regular when left out. */
  readonly print?: Uint8Array;
  /** Sequence number or trade id, unique within a contract; NaN none. Two trades of one id are one trade sent twice. */
  readonly id?: Float64Array;
}

/** Prices of the underlying, for delta-weighted flow. */
export interface FlowSpots {
  readonly n: number;
  readonly us: Float64Array;
  readonly price: Float64Array;
}

export type Side = "buy" | "sell" | "unknown";
/** How a side was found. `depth`: at the midpoint, the customer takes the deeper side. */
export const METHODS = ["none", "quote", "mid", "depth", "tick"] as const;
export type Method = (typeof METHODS)[number];
export const CONFIDENCES = ["none", "low", "medium", "high"] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** Why a side is unknown, weak, or why the trade was not counted at all. */
export const REASONS = [
  "",
  "missing_quote",
  "invalid_quote",
  "stale_quote",
  "one_sided_quote",
  "locked_quote",
  "inside_spread",
  "trade_through",
  "multi_leg",
  "late",
  "not_crossing",
  "dropped_missing_size",
  "dropped_zero_size",
  "dropped_invalid_price",
  "dropped_unknown_contract",
  "dropped_missing_multiplier",
  "dropped_outside_session",
  "dropped_duplicate_id",
  "dropped_missing_time",
  "cancel",
  "cancel_unmatched",
] as const;
export type Reason = (typeof REASONS)[number];

/** By |delta| at the trade: [0, .2), [.2, .4), [.4, .6), [.6, .8), [.8, 1]; 0 is "no delta". */
export const DELTA_BUCKETS = ["unknown", "d00_20", "d20_40", "d40_60", "d60_80", "d80_100"] as const;
export type DeltaBucket = (typeof DELTA_BUCKETS)[number];

export interface FlowOptions {
  /** `desk`: quote rule, midpoint, depth, tick test. `strict`: at or through the touch only, the rest unknown. */
  readonly rule: "desk" | "strict";
  /** A trade at t meets the last quote of t - lag or before. 1 µs is "strictly before", 0 lets a quote of the same time count. */
  readonly quoteLagUs: number;
  /** Oldest quote a side is read from, µs since it was last sent; null where an unchanged quote is known to stand. */
  readonly maxQuoteAgeUs: number | null;
  /** False when a "trade" is a bar of trades: confidence is then one level lower. */
  readonly prints: boolean;
  /** Exchange session the flow belongs to; trades outside are dropped. Null takes every trade. */
  readonly session: { readonly day: string; readonly startUs: number; readonly endUs: number } | null;
}

/** Columns summed in every flow table. Volumes in contracts, notionals in premium money. */
export const FLOW_FIELDS = [
  "trades",
  "buyVolume",
  "sellVolume",
  "unknownVolume",
  "buyNotional",
  "sellNotional",
  "unknownNotional",
  "unknownTrades",
  "quotedTrades",
  /** Signed delta x size x multiplier x spot, bought +. */
  "netDelta",
  /** Signed vega x size x multiplier, per 1.00 of vol. */
  "netVega",
  "deltaTrades",
  "vegaTrades",
  "highVolume",
  "mediumVolume",
  "lowVolume",
] as const;
export type FlowField = (typeof FLOW_FIELDS)[number];

/** Sums by some key. Key columns not part of the grouping are -1, or NaN for strike and time. */
export interface FlowTable {
  readonly n: number;
  readonly slot: Int32Array;
  readonly expiry: Int32Array;
  readonly strike: Float64Array;
  /** Index into DELTA_BUCKETS. */
  readonly bucket: Int32Array;
  /** Start of the time bin, µs UTC. */
  readonly startUs: Float64Array;
  readonly sums: Readonly<Record<FlowField, Float64Array>>;
}

export interface FlowTotals extends Readonly<Record<FlowField, number>> {
  readonly netNotional: number;
  readonly totalNotional: number;
  /** Share of counted trades without a side, and with a valid quote; null when nothing was counted. */
  readonly unknownShare: number | null;
  readonly quoteCoverage: number | null;
  readonly deltaCoverage: number | null;
  readonly vegaCoverage: number | null;
}
