/**
 * What the desk and a screen say to each other: in messages between threads, or over a Unix socket. Small view models go up,
 * subscriptions and commands go down. Live quotes do not travel here within one process: the screen reads the shared book.
 * Everything is structured-clonable; unknown is `null`, never 0.
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
import type {
  BookShared,
  Instrument,
  InstrumentId,
  Micros,
  Quality,
  Slot,
  TradingStatus,
} from "../../engines/market/index.ts";
import type { MarkSource } from "../../engines/portfolio/index.ts";

export const PROTOCOL = 1;

export type Mode = "replay" | "paper" | "live";
export type FeedState = "live" | "gap" | "stale" | "closed" | "unknown";
export type TradingState = "active" | "reducing" | "halted";

// ---- view models --------------------------------------------------------------------------------

export interface StatusView {
  readonly mode: Mode;
  /** `paper venue`, `replay`, or the broker and a masked account. */
  readonly account: string;
  readonly session: string;
  /** `minute bars`, `ticks`: what one event stands for in this session. */
  readonly sampling: string;
  readonly nowUs: Micros;
  readonly day: string;
  /** Zone letters at `nowUs`, e.g. ET, and minutes east of UTC. */
  readonly zone: string;
  readonly zoneOffsetMin: number;
  readonly halfDay: boolean;
  readonly speed: number | "max";
  readonly paused: boolean;
  readonly atEnd: boolean;
  readonly loop: boolean;
  readonly seq: number;
  readonly events: number;
  readonly firstUs: Micros;
  readonly lastUs: Micros;
  /** Regular open and close of the session's main calendar, where known: what `g open` goes to. */
  readonly openUs?: Micros | null;
  readonly closeUs?: Micros | null;
  readonly feed: FeedState;
  readonly lagMs: number | null;
  /** Session-time rate for a replay is wall-clock: events applied in the last second. */
  readonly eventsPerSecond: number;
  readonly shed: number;
  readonly nav: number | null;
  readonly dayPnl: number | null;
  readonly dayPnlFraction: number | null;
  readonly dollarDelta: number | null;
  readonly buyingPower: number | null;
  readonly baseCcy: string;
  readonly trading: TradingState;
  readonly workingOrders: number;
  readonly stagedTickets: number;
  /** Share of the indexing of this session that is done, 1 when every jump is cheap. */
  readonly indexed: number;
  readonly bookmarks: readonly Micros[];
}

export type { MarkSource };

export interface PositionRow {
  readonly key: string;
  readonly kind: "underlying" | "structure" | "position" | "leg" | "book";
  /** Nesting: 0 underlying or book, 1 structure or position, 2 leg. */
  readonly depth: number;
  readonly parent: string | null;
  readonly label: string;
  readonly slot: Slot | null;
  readonly underlying: InstrumentId | null;
  readonly qty: number | null;
  readonly avg: number | null;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly mid: number | null;
  readonly mark: number | null;
  readonly markSource: MarkSource | null;
  readonly quality: Quality | null;
  /** The mark is not what its first policy step would give: model instead of a fresh mid, an old print… */
  readonly estimated: boolean;
  readonly stale: boolean;
  readonly ageUs: number | null;
  readonly theo: number | null;
  readonly iv: number | null;
  readonly value: number | null;
  readonly dayPnl: number | null;
  readonly dayPnlReason: string | null;
  readonly pnl: number | null;
  readonly realised: number | null;
  readonly unrealised: number | null;
  /** Position Greeks in the units of ux.md section 4: shares, shares per 1.00, currency per day, currency per vol point. */
  readonly delta: number | null;
  readonly gamma: number | null;
  readonly theta: number | null;
  readonly vega: number | null;
  readonly dollarDelta: number | null;
  readonly dollarGamma1pct: number | null;
  readonly ccy: string;
  readonly decimals: number;
}

export interface PositionsView {
  readonly nowUs: Micros;
  readonly rows: readonly PositionRow[];
  readonly total: number;
}

export interface WatchRow {
  readonly slot: Slot;
  readonly label: string;
  readonly prior: number | null;
  readonly iv: number | null;
  readonly decimals: number;
}
export interface WatchView {
  readonly name: string;
  readonly rows: readonly WatchRow[];
}

export interface Bars {
  readonly startUs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}
export interface PriceLevel {
  readonly name: string;
  readonly price: number;
}
export interface ChartView {
  readonly slot: Slot;
  readonly label: string;
  readonly barMinutes: number;
  /** `trade` bars, or `mid` where nothing trades. */
  readonly basis: "trade" | "mid";
  readonly bars: Bars;
  /** NaN where no volume traded yet. */
  readonly vwap: Float64Array;
  readonly levels: readonly PriceLevel[];
  readonly zoneOffsetMin: number;
  readonly openUs: Micros | null;
  readonly closeUs: Micros | null;
  readonly decimals: number;
}

export interface TapePrint {
  readonly seq: number;
  readonly us: Micros;
  readonly slot: Slot;
  readonly label: string;
  readonly price: number;
  readonly size: number;
  readonly change: "up" | "down" | "flat";
  readonly side: "ask" | "bid" | "mid" | "unknown";
  /** A bar of prints, not one print. */
  readonly bar: boolean;
}
export interface TapeView {
  readonly underlying: InstrumentId | null;
  readonly prints: readonly TapePrint[];
}

export interface ChainExpiry {
  readonly key: string;
  readonly root: string;
  readonly expiry: string;
  readonly expiryUs: Micros;
  readonly strikes: number;
}
export interface ChainSide {
  /** -1 where not listed. */
  readonly slot: Int32Array;
  readonly iv: Float64Array;
  readonly delta: Float64Array;
  readonly openInterest: Float64Array;
  /** Net contracts held. */
  readonly held: Float64Array;
}
export interface ChainView {
  readonly underlying: InstrumentId;
  readonly label: string;
  readonly spot: number | null;
  readonly expiries: readonly ChainExpiry[];
  readonly expiry: string;
  /** `15jan16` */
  readonly expiryLabel: string;
  readonly dteDays: number;
  readonly forward: number | null;
  readonly atmIv: number | null;
  readonly straddle: number | null;
  /** One standard deviation of the underlying to expiry, in price. */
  readonly oneSigma: number | null;
  readonly strikes: Float64Array;
  readonly calls: ChainSide;
  readonly puts: ChainSide;
  readonly decimals: number;
}

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
  readonly quotedStrikes: Float64Array;
  readonly quotedVols: Float64Array;
}
export interface SurfaceView {
  readonly underlying: InstrumentId;
  readonly label: string;
  readonly spot: number | null;
  /** Expiries with a fit. */
  readonly fitted: number;
  readonly expiries: readonly SurfaceExpiryRow[];
  readonly tenors: readonly SurfaceTenor[];
  readonly smile: SurfaceSmile | null;
  readonly shape: "contango" | "flat" | "backwardation" | null;
  /** d vol / d ln T with its standard error, and how much 90 days stand over 30 on the line. */
  readonly slope: {
    readonly perLogTime: number;
    readonly error: number | null;
    readonly steepness: number;
  } | null;
  readonly butterfly: number;
  readonly calendar: readonly { readonly near: string; readonly far: string; readonly worst: number }[];
  readonly warnings: readonly string[];
}

export interface FeedRow {
  readonly name: string;
  readonly state: FeedState;
  readonly dataAgeMs: number | null;
  readonly pingAgeMs: number | null;
  readonly lagMs: number | null;
  readonly eventsPerSecond: number;
  readonly subscribed: number | null;
  readonly desired: number | null;
  readonly limit: number | null;
  readonly note: string | null;
}
export interface FeedsView {
  readonly feeds: readonly FeedRow[];
  /** Counters of the book: crossed, outOfOrder, badPrice…, nonzero ones only. */
  readonly counters: readonly { readonly name: string; readonly value: number }[];
}

export interface LogEntry {
  readonly id: number;
  readonly us: Micros;
  readonly level: "info" | "warn" | "error";
  readonly source: string;
  readonly code: string | null;
  readonly text: string;
  /** What to do about it. */
  readonly advice: string | null;
}
export interface LogView {
  readonly entries: readonly LogEntry[];
}

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
  /** A vol move alike on all terms, or scaled by √(30 d / T). */
  readonly volTerm: "parallel" | "sqrtTime";
}
export interface ScenarioLegRow {
  readonly key: string;
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
  readonly oiDay: string | null;
  /** Expiry of the expected moves. */
  readonly expiryLabel: string | null;
  readonly warnings: readonly string[];
}

/** Params and model of each view a screen can subscribe to. */
export interface Views {
  status: { params: Record<never, never>; model: StatusView };
  positions: { params: Record<never, never>; model: PositionsView };
  watch: { params: { readonly list: string }; model: WatchView };
  chart: { params: { readonly slot: Slot | null; readonly barMinutes: number }; model: ChartView };
  tape: { params: { readonly underlying: InstrumentId | null; readonly limit: number }; model: TapeView };
  chain: {
    params: { readonly underlying: InstrumentId | null; readonly expiry: string | null };
    model: ChainView;
  };
  exposure: {
    params: {
      readonly underlying: InstrumentId | null;
      readonly slice: SliceName;
      readonly convention: SignConvention;
    };
    model: ExposureView;
  };
  flow: {
    params: { readonly underlying: InstrumentId | null; readonly limit: number; readonly minutes: 5 | 15 };
    model: FlowView;
  };
  scenarios: { params: ScenarioParams; model: ScenariosView };
  surface: {
    params: { readonly underlying: InstrumentId | null; readonly expiry: string | null };
    model: SurfaceView;
  };
  levels: {
    /** `anchorUs`: the session time of a second VWAP's anchor. */
    params: { readonly slot: Slot | null; readonly anchorUs: number | null };
    model: LevelsView;
  };
  feeds: { params: Record<never, never>; model: FeedsView };
  log: { params: { readonly limit: number }; model: LogView };
}
export type ViewName = keyof Views;

// ---- explain ------------------------------------------------------------------------------------

export interface ExplainTarget {
  readonly view: ViewName;
  readonly row: string;
  readonly column: string;
}
/** One number and where it comes from; inputs are explained one level deeper each. */
export interface Explanation {
  readonly title: string;
  readonly value: string;
  readonly unit: string | null;
  /** Plain sentences: source, time, age, policy and why it was taken, the formula with the numbers in it. */
  readonly lines: readonly string[];
  readonly inputs: readonly Explanation[];
  readonly usedBy: readonly string[];
}

// ---- commands -----------------------------------------------------------------------------------

export type Command =
  | { readonly name: "pause" }
  | { readonly name: "run" }
  | { readonly name: "speed"; readonly speed: number | "max" }
  | { readonly name: "step"; readonly by: "event" | "second" | "minute"; readonly count: number }
  | { readonly name: "jump"; readonly to: { readonly us: Micros } | { readonly seq: number } }
  | { readonly name: "loop"; readonly on: boolean }
  | { readonly name: "bookmark" }
  | {
      readonly name: "watch";
      readonly list: string;
      readonly add: readonly string[];
      readonly remove: readonly string[];
    }
  | { readonly name: "kill"; readonly reason: string };

export interface CommandResult {
  readonly ok: boolean;
  /** One sentence for the notification row. */
  readonly message: string | null;
}

// ---- messages -----------------------------------------------------------------------------------

export interface SlotInfo {
  readonly slot: Slot;
  readonly instrument: Instrument;
  readonly status: TradingStatus;
}

export type ToDesk =
  | { readonly t: "hello"; readonly protocol: number }
  | {
      readonly [V in ViewName]: {
        readonly t: "subscribe";
        readonly sub: number;
        readonly view: V;
        readonly params: Views[V]["params"];
      };
    }[ViewName]
  | { readonly t: "unsubscribe"; readonly sub: number }
  | { readonly t: "command"; readonly id: number; readonly command: Command }
  | { readonly t: "explain"; readonly id: number; readonly target: ExplainTarget }
  | { readonly t: "quit" };

export type FromDesk =
  | {
      readonly t: "welcome";
      readonly protocol: number;
      readonly slots: readonly SlotInfo[];
      readonly book: BookShared | null;
    }
  | {
      readonly [V in ViewName]: {
        readonly t: "view";
        readonly sub: number;
        readonly view: V;
        readonly model: Views[V]["model"];
      };
    }[ViewName]
  | { readonly t: "slots"; readonly slots: readonly SlotInfo[] }
  | { readonly t: "result"; readonly id: number; readonly result: CommandResult }
  | { readonly t: "explained"; readonly id: number; readonly explanation: Explanation | null }
  | { readonly t: "opening"; readonly what: string; readonly share: number }
  | {
      readonly t: "fatal";
      readonly code: string;
      readonly message: string;
      readonly advice: string;
      readonly exitCode: number;
    };
