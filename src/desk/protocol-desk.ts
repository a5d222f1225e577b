/**
 * Models of the desk's own panes: status, positions, watch, chart, tape, chain, feeds, log. Unknown is `null` (NaN in columns).
 */
import type { InstrumentId, Micros, Quality, Slot, TradingStatus } from "../../engines/market/index.ts";
import type { DaySplit, MarkSource } from "../../engines/portfolio/index.ts";

export type Mode = "replay" | "paper" | "live";
export type FeedState = "live" | "gap" | "stale" | "closed" | "unknown";
export type TradingState = "active" | "reducing" | "halted";

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
  /** Why a live feed is not better, where that is known. */
  readonly feedWhy: string | null;
  /** While its market is closed: when it opens next, on which day of the exchange's wall, minutes east of UTC then. Null past the calendar. */
  readonly opensNext: { readonly us: Micros; readonly day: string; readonly zoneOffsetMin: number } | null;
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
  /** This and the counts are null until the ledger is read. */
  readonly trading: TradingState | null;
  /** Why orders can't be sent to a broker over the wire, or are not heard of, now; null while all is well. */
  readonly ordersWhy: string | null;
  readonly workingOrders: number | null;
  readonly stagedTickets: number | null;
  /** Share of the indexing of this session that is done, 1 when every jump is cheap. */
  readonly indexed: number;
  readonly bookmarks: readonly Micros[];
  /** How long a quote of this session stands without being confirmed: older ones are stale. */
  readonly quoteMaxAgeUs: number;
}

export type { DaySplit, MarkSource };

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
  /** How its quote is followed; null for rows of more than one contract. */
  readonly feed?: FollowState | null;
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
  /** $ delta x beta; null without a beta. */
  readonly betaDollarDelta: number | null;
  /** Day P&L by cause; adds up to `dayPnl`, null with it. */
  readonly split: DaySplit | null;
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
  /** How its quote is followed. */
  readonly feed?: FollowState;
  readonly how?: FollowHow;
}
export interface WatchView {
  readonly name: string;
  /** Every list there is, this one among them. */
  readonly lists: readonly string[];
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
  /** Prints of all names that are kept: what went before them has left the tape. */
  readonly kept: number;
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
  /** How each quote is followed; null where nothing is listed. */
  readonly feed?: readonly (FollowState | null)[];
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

/** One leg of a package that is looked at, not traded: ratios as given, quotes of now. */
export interface PackageLeg {
  readonly instrument: InstrumentId;
  readonly label: string;
  readonly ratio: number;
  readonly bid: number | null;
  readonly ask: number | null;
  /** Per share. */
  readonly delta: number | null;
}
/** Legs put together: their market, and what one of it may gain or lose. Unknown is null with its reason. */
export interface PackageView {
  /** `15jan 760/780 CV`; `custom 3 legs` where no pattern has a name. */
  readonly name: string;
  readonly long: string;
  readonly pattern: string;
  readonly legs: readonly PackageLeg[];
  /** What the ratios have in common: net prices are of one unit, Greeks of all. */
  readonly units: number;
  /** Per unit per share, + debit paid. */
  readonly net: { readonly bid: number | null; readonly mid: number | null; readonly ask: number | null };
  /** Per share of one unit. */
  readonly deltaPerShare: number | null;
  /** Of all units, as positions show them. */
  readonly delta: number | null;
  readonly gamma: number | null;
  readonly theta: number | null;
  readonly vega: number | null;
  readonly dollarDelta: number | null;
  readonly dollarGamma1pct: number | null;
  /** Per unit per share at the net mid; null with `unbounded…` false is unknown. */
  readonly maxLoss: number | null;
  readonly maxLossUnbounded: boolean;
  readonly maxGain: number | null;
  readonly maxGainUnbounded: boolean;
  readonly breakEvens: readonly number[];
  /** First expiry: where loss, gain and break-evens hold; by the model where a leg lives on. */
  readonly horizon: string | null;
  readonly modelled: boolean;
  readonly reason: string | null;
  readonly decimals: number;
}

/** How an instrument stands on the way from unknown to live. `closed`: its market is. */
export type FollowState = "unknown" | "snapshot" | "live" | "gap" | "stale" | "closed";
/** `streamed`, asked for in turn by `snapshot`, or `none`: where it stands in the subscription budget. */
export type FollowHow = "streamed" | "snapshot" | "none";

/** One instrument and how it is followed. */
export interface FollowRow {
  readonly slot: Slot;
  readonly label: string;
  readonly state: FollowState;
  readonly how: FollowHow;
  /** Why not better, or what refuses it. */
  readonly reason: string | null;
  /** What it is followed for: `canary`, `order`, `position`, `underlying`, `watch`, `chain`, `rest`. */
  readonly why: string | null;
  readonly channel: string | null;
  readonly quality: Quality;
  readonly trading: TradingStatus;
  readonly ageMs: number | null;
  readonly lagMs: number | null;
}
export interface FollowsView {
  readonly rows: readonly FollowRow[];
  /** How many there are of each, the whole desk over. */
  readonly counts: Readonly<Record<FollowHow, number>>;
}

export interface FeedTrouble {
  readonly us: number;
  readonly text: string;
  readonly times: number;
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
  /** What went wrong lately, oldest first; what was counted since the desk opened. */
  readonly troubles?: readonly FeedTrouble[];
  readonly counters?: readonly { readonly name: string; readonly value: number }[];
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
