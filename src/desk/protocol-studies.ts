/**
 * Models of the studies: exposure, flow, scenarios, levels; those of the surface are in protocol-surface.ts. Unknown is `null` (NaN in columns).
 */
import type {
  Coverage,
  Measure,
  SideTotals,
  SignConvention,
  SliceName,
  Wall,
} from "../../engines/exposure/index.ts";
import type { Confidence, FlowTotals, Method, Reason } from "../../engines/flow/index.ts";
import type { LevelKind } from "../../engines/levels/index.ts";
import type { InstrumentId, Micros, Slot } from "../../engines/market/index.ts";

/** One measure of an exposure ladder, by strike; NaN unknown. `net` is call + put, signed by the convention. */
export interface LadderMeasure {
  readonly call: Float64Array;
  readonly put: Float64Array;
  readonly net: Float64Array;
  readonly total: SideTotals;
}
/** Dealer-style exposure of one slice of a chain. Who holds what is a convention, not a fact: always shown as a heuristic. */
export interface ExposureView {
  readonly underlying: InstrumentId;
  readonly label: string;
  readonly ccy: string;
  readonly spot: number | null;
  readonly convention: SignConvention;
  readonly conventionLabel: string;
  /** The session whose close the open interest counts; null unknown. */
  readonly oiDay: string | null;
  readonly slice: SliceName;
  readonly slices: readonly { readonly name: SliceName; readonly expiries: number }[];
  /** Expiry days of the slice. */
  readonly expiries: readonly string[];
  /** Listed contracts of the whole chain. */
  readonly contracts: number;
  /** Ascending. */
  readonly strikes: Float64Array;
  readonly callOi: Float64Array;
  readonly putOi: Float64Array;
  /** Bit 1: open interest (or flow) of a contract here is unknown. Bit 2: none of its Greeks is known. */
  readonly partial: Uint8Array;
  readonly measures: Readonly<Record<Measure, LadderMeasure>>;
  readonly callWall: Wall | null;
  readonly putWall: Wall | null;
  readonly callWallAbove: Wall | null;
  readonly putWallBelow: Wall | null;
  readonly zeroGamma: {
    readonly nearest: number | null;
    readonly roots: readonly number[];
    readonly atSpot: number | null;
    /** Range of spots that was searched. */
    readonly low: number | null;
    readonly high: number | null;
  };
  /** First strike at which the running sum of net gamma from below changes sign: the older way, kept beside the roots. */
  readonly legacyFlip: number | null;
  readonly coverage: Coverage;
  readonly warnings: readonly string[];
}

export interface FlowTrade {
  /** Its place in the session's flow, the same in every playing. */
  readonly row: number;
  readonly us: Micros;
  readonly slot: Slot;
  readonly label: string;
  readonly price: number;
  readonly size: number;
  readonly side: "buy" | "sell" | "unknown";
  readonly method: Method;
  readonly confidence: Confidence;
  readonly reason: Reason;
  /** The quote it met. */
  readonly bid: number | null;
  readonly ask: number | null;
  /** Signed for the customer: + bought delta. Vega in currency per vol point. */
  readonly dollarDelta: number | null;
  readonly vega: number | null;
}
/** Sums of one group of trades: volumes in contracts by side, net delta in money, net vega per vol point. */
export interface FlowBin {
  readonly trades: number;
  readonly buy: number;
  readonly sell: number;
  readonly unknown: number;
  readonly netDelta: number | null;
  readonly netVega: number | null;
}
/** Who took which side of an underlying's options since the open, read off the quotes the trades met. */
export interface FlowView {
  readonly underlying: InstrumentId;
  readonly label: string;
  readonly ccy: string;
  /** What premiums are paid in: the coin of inverse options. */
  readonly premiumCcy: string;
  /** `bar`: a trade is a minute's bar of prints, one side for all of it. */
  readonly quality: "print" | "bar";
  /** Options listed on the underlying. */
  readonly contracts: number;
  readonly sinceUs: Micros;
  readonly zoneOffsetMin: number;
  readonly totals: FlowTotals;
  /** Newest first. */
  readonly trades: readonly FlowTrade[];
  readonly byStrike: readonly (FlowBin & { readonly strike: number })[];
  readonly byTime: readonly (FlowBin & { readonly startUs: number })[];
  readonly byExpiry: readonly (FlowBin & { readonly name: string })[];
  readonly byDelta: readonly (FlowBin & { readonly name: string })[];
  readonly warnings: readonly string[];
}

/** How vols answer a move: keep their strike, move with the spot (sticky delta), or gain as the spot falls. */
export type ScenarioDynamics = "stickyStrike" | "stickyMoneyness" | "spotVolBeta";
/** Axes as numbers: percent of spot, vol points, calendar days from now. The desk adds 0 to each and sorts. */
export interface ScenarioParams {
  /** Null: the whole book. */
  readonly underlying: InstrumentId | null;
  readonly spotPct: readonly number[];
  readonly volPts: readonly number[];
  readonly days: readonly number[];
  readonly dynamics: ScenarioDynamics;
  /** Moves of each name's own spot, or of an index that moves each by its beta. */
  readonly spotAxis: "own" | "index";
  /** Staged tickets as if they were filled at their marks. */
  readonly staged: boolean;
  /** A vol move alike on all terms, or scaled by √(30 d / T). */
  readonly volTerm: "parallel" | "sqrtTime";
}
export interface ScenarioLegRow {
  readonly key: string;
  /** The staged ticket it belongs to; null for what is held. */
  readonly ticket: string | null;
  readonly label: string;
  readonly qty: number;
  readonly mark: number | null;
  /** Vol the mark implies, per 1.00; null for what is no option. */
  readonly sigma: number | null;
  /** How the model was tied to the mark: by its vol, by a constant difference, or not at all for want of a mark. */
  readonly basis: "mark" | "offset" | "model" | null;
  /** Why it could not be priced; its P&L is then NaN. */
  readonly reason: string | null;
  readonly pnl: Float64Array;
}
/** P&L in base currency by cell: index (spot x vols + vol) x days + day. */
export interface ScenariosView {
  readonly nowUs: Micros;
  readonly underlying: InstrumentId | null;
  /** The underlying's name, or `book`. */
  readonly label: string;
  readonly ccy: string;
  /** Price of the one underlying there is; null in a book of several. */
  readonly spot: number | null;
  /** Names with open positions: what can be asked for. */
  readonly underlyings: readonly { readonly id: InstrumentId; readonly label: string }[];
  readonly spotPct: Float64Array;
  readonly volPts: Float64Array;
  readonly days: Float64Array;
  readonly dynamics: ScenarioDynamics;
  readonly volTerm: "parallel" | "sqrtTime";
  readonly spotAxis: "own" | "index";
  /** Betas by name; null where none is on file. `index` is the one they are to. */
  readonly betas: readonly {
    readonly label: string;
    readonly beta: number | null;
    readonly index: string | null;
    readonly source: string | null;
  }[];
  /** Vol points a 30-day vol gains per −1 % of spot, by name, from its own smile; null: the rule's own. */
  readonly spotVolBeta: readonly { readonly label: string; readonly beta: number | null }[];
  /** Tickets that are staged, whether they are in the figures or not. */
  readonly tickets: readonly string[];
  readonly staged: boolean;
  /** Of the account, base currency; by spot move at present vols, today. */
  readonly margin: {
    readonly initial: number | null;
    readonly cushion: number | null;
    readonly initialBySpot: Float64Array;
    /** Funds less maintenance; below 0 is a margin call. */
    readonly cushionBySpot: Float64Array;
    readonly reason: string | null;
  };
  /** Sum of the legs that could be priced: short of `missing` legs. */
  readonly pnl: Float64Array;
  readonly missing: number;
  /** Cell of the least P&L. */
  readonly worst: number | null;
  /** By day: spot moves in percent at which nothing is gained or lost from now, present vols. */
  readonly breakEvensPct: readonly (readonly number[])[];
  /** P&L of one day passing. */
  readonly burnPerDay: number | null;
  /** Options tied to their marks; how many by a constant difference, and how many without a mark. */
  readonly base: { readonly options: number; readonly offset: number; readonly model: number };
  /** By day: legs past their expiry, intrinsic there. */
  readonly expired: Int32Array;
  readonly legs: readonly ScenarioLegRow[];
}
export interface LevelRow {
  readonly kind: LevelKind;
  readonly name: string;
  readonly price: number;
  /** price - spot; the same as a fraction of spot, in average true ranges, and in days' implied moves. */
  readonly distance: number | null;
  readonly fraction: number | null;
  readonly atr: number | null;
  readonly dayMoves: number | null;
}
/** Price levels of an underlying, nearest first. */
export interface LevelsView {
  readonly slot: Slot;
  readonly label: string;
  readonly ccy: string;
  readonly spot: number | null;
  readonly decimals: number;
  /** Null without a daily history. */
  readonly atr: number | null;
  /** One session's standard deviation at the at-the-money vol, in price. */
  readonly dayMove: number | null;
  readonly rows: readonly LevelRow[];
  /** Volume by price since the open; a bin goes from `low` to `low + binSize`. */
  readonly profile: {
    readonly binSize: number | null;
    readonly low: Float64Array;
    readonly volume: Float64Array;
    readonly poc: number | null;
    readonly valueLow: number | null;
    readonly valueHigh: number | null;
  };
  /** Today's open over the prior close, less 1. */
  readonly gap: number | null;
  /** Against a benchmark, from daily closes; null without their history. */
  readonly relative: {
    readonly benchmark: string;
    readonly lastDay: string | null;
    /** Ratio of prices over its own mean of 20 and 60 sessions, less 1. */
    readonly vsMean20: number | null;
    readonly vsMean60: number | null;
    readonly percentile: number | null;
    readonly beta20: number | null;
    readonly beta60: number | null;
    readonly correlation20: number | null;
    readonly correlation60: number | null;
    readonly warnings: readonly string[];
  } | null;
  /** What a daily history would bring and how to get one; null where it is there. */
  readonly lacking: string | null;
  readonly oiDay: string | null;
  /** Expiry of the expected moves. */
  readonly expiryLabel: string | null;
  readonly warnings: readonly string[];
}
