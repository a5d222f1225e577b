/** What the levels engine takes and gives. NaN is unknown in columns, null in records. Prices in the instrument's currency. */

/** Intraday bars, any order. */
export interface LevelBars {
  readonly n: number;
  /** Start of the bar, µs UTC. */
  readonly startUs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** Volume-weighted price of the bar, where the vendor gives one. */
  readonly vwap?: Float64Array;
}

/** Daily candles in order of day, adjusted for splits. The last one may be today's and still running. */
export interface DailyCandles {
  readonly n: number;
  /** Exchange day of each candle, `YYYY-MM-DD`, ascending. */
  readonly day: readonly string[];
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** A regular session in exchange time, µs UTC. */
export interface LevelSession {
  readonly day: string;
  readonly openUs: number;
  readonly closeUs: number;
}

export type Anchor =
  /** The regular open of the last session with a bar. */
  | { readonly kind: "session" }
  /** The first bar at or after a time. */
  | { readonly kind: "time"; readonly us: number }
  /** The regular open of a session day. */
  | { readonly kind: "date"; readonly day: string }
  /** The last day whose close was above every close of the `lookback` days before it. */
  | { readonly kind: "breakout"; readonly lookback?: number }
  /** A bar of the bars in order of time, as a cursor on a chart picks it. */
  | { readonly kind: "index"; readonly index: number };

export interface AnchoredVwap {
  readonly anchor: Anchor;
  readonly anchorUs: number | null;
  /** The anchor bar's own volume-weighted price, else its close. */
  readonly anchorPrice: number | null;
  readonly vwap: number | null;
  /** Standard deviation of price around the VWAP, weighted by volume. */
  readonly sigma: number | null;
  /** spot / vwap - 1, a fraction. */
  readonly distance: number | null;
  readonly bars: number;
  readonly warnings: readonly string[];
}

export interface ProfileOptions {
  /** Width of a bin; null takes a twentieth of `atr`, else a fiftieth of the range, in whole ticks. */
  readonly binSize: number | null;
  readonly tick: number;
  readonly atr: number | null;
  /** Share of volume in the value area. */
  readonly valueShare: number;
  readonly hvnQuantile: number;
  readonly lvnQuantile: number;
}

export interface VolumeProfile {
  readonly n: number;
  readonly binSize: number | null;
  /** Lower edge of each bin; the upper one is low + binSize. */
  readonly low: Float64Array;
  readonly volume: Float64Array;
  /** Middle of the bin with the most volume. */
  readonly poc: number | null;
  readonly valueLow: number | null;
  readonly valueHigh: number | null;
  /** Share of volume that is really in the value area. */
  readonly valueShare: number | null;
  /** Middles of the bins that are local peaks in the top fifth, local troughs in the bottom fifth. */
  readonly hvn: readonly number[];
  readonly lvn: readonly number[];
  readonly totalVolume: number;
  readonly warnings: readonly string[];
}

export interface DailyLevels {
  readonly today: string | null;
  /** Today's candle is still running. */
  readonly incomplete: boolean;
  readonly priorDay: string | null;
  readonly priorClose: number | null;
  readonly priorHigh: number | null;
  readonly priorLow: number | null;
  readonly open: number | null;
  /** open / prior close - 1. */
  readonly gap: number | null;
  /** Extremes of the sessions before today, by window. */
  readonly rolling: readonly { readonly window: number; readonly high: number; readonly low: number }[];
  /** Average true range, Wilder, of complete sessions. */
  readonly atr: number | null;
  readonly warnings: readonly string[];
}

/** A price range no session after it has traded through. */
export interface OpenGap {
  readonly day: string;
  readonly direction: "up" | "down";
  /** What is still open of it. */
  readonly low: number;
  readonly high: number;
}

export interface RelativeStrength {
  readonly lastDay: string | null;
  readonly ratio: number | null;
  /** Ratio over its own mean of 20 and 60 sessions, less 1. */
  readonly vsMean20: number | null;
  readonly vsMean60: number | null;
  /** Share of the last 252 ratios at or below the latest. */
  readonly percentile: number | null;
  readonly windows: readonly {
    readonly window: number;
    readonly beta: number | null;
    readonly correlation: number | null;
  }[];
  readonly returns: number;
  readonly warnings: readonly string[];
}

export type LevelKind =
  | "vwap"
  | "profile"
  | "nakedPoc"
  | "daily"
  | "rolling"
  | "gap"
  | "wall"
  | "zeroGamma"
  | "expectedMove";

export interface Level {
  readonly kind: LevelKind;
  readonly name: string;
  readonly price: number;
  /** price - spot, and the same as a fraction of spot and in average true ranges. */
  readonly distance: number;
  readonly distanceFraction: number;
  readonly distanceAtr: number | null;
}

/** Levels that come from options: the exposure and surface engines know them. */
export interface OptionLevels {
  readonly walls: readonly { readonly name: string; readonly strike: number }[];
  readonly zeroGamma: readonly number[];
  /** Bands of expected move: centre +- width in price, `name` says of what (straddle or 1 sigma) and to when. */
  readonly expectedMoves: readonly {
    readonly name: string;
    readonly centre: number;
    readonly width: number;
  }[];
}

export interface LevelsInput {
  readonly symbol: string;
  /** Exchange day of the snapshot. */
  readonly asOf: string;
  readonly spot: number | null;
  readonly bars: LevelBars;
  readonly sessions: readonly LevelSession[];
  readonly daily: DailyCandles;
  /** True once today's candle is final. */
  readonly todayComplete: boolean;
  readonly benchmark: { readonly symbol: string; readonly daily: DailyCandles } | null;
  readonly options: OptionLevels | null;
  readonly anchors?: readonly Anchor[];
  readonly profile?: Partial<ProfileOptions>;
  readonly rollingWindows?: readonly number[];
}

export interface LevelsResult {
  readonly symbol: string;
  readonly asOf: string;
  readonly spot: number | null;
  readonly daily: DailyLevels;
  readonly vwaps: readonly AnchoredVwap[];
  /** Of the last session. */
  readonly profile: VolumeProfile;
  readonly nakedPocs: readonly { readonly day: string; readonly price: number }[];
  readonly gaps: readonly OpenGap[];
  readonly relative: RelativeStrength | null;
  /** Nearest first, by |distance| in average true ranges. */
  readonly levels: readonly Level[];
  readonly warnings: readonly string[];
}
