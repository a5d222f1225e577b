import type { InstrumentId, Micros } from "../market/index.ts";
import type { Regime } from "./cost-gate.ts";
import type { IntentOf } from "./intents.ts";
import type { LegQuote, NetQuote } from "./package.ts";
import type { KnownLeg, Mode, Side, Terms, Tif, TradingState } from "./terms.ts";

export type Verdict = "pass" | "warn" | "confirm" | "deny";
export const RANK: Readonly<Record<Verdict, number>> = { pass: 0, warn: 1, confirm: 2, deny: 3 };

/** What a trader may set a guard to besides the built-in severity. */
export type Severity = Exclude<Verdict, "pass"> | "off";
export interface GuardRule {
  /** Null: as built in. */
  readonly severity: Severity | null;
  /** Which orders it looks at; null: all. */
  readonly orders: "opening" | "closing" | null;
  readonly by: "manual" | "automatic" | null;
}

export type GuardCode =
  | "STATE"
  | "ACCOUNT"
  | "QUOTE"
  | "QUALITY"
  | "COLLAR"
  | "TICK"
  | "FATFINGER"
  | "INTENT"
  | "OPPOSITE"
  | "SIZE"
  | "PREMIUM"
  | "DELTA"
  | "LOSS"
  | "NAME"
  | "MARGIN"
  | "DUPLICATE"
  | "RATE"
  | "TURNOVER"
  | "GREEKS"
  | "DAYLOSS"
  | "LIQUIDITY"
  | "CONTRACT"
  | "FAIR"
  | "EXPIRY"
  | "ASSIGN"
  | "COST"
  | "ADV"
  | "UNKNOWN"
  | "SESSION";

/** What would put an order right. */
export type GuardFix =
  | { readonly text: string; readonly qty: number }
  | { readonly text: string; readonly limit: number }
  /** Another contract in place of the order's only one. */
  | { readonly text: string; readonly instrument: InstrumentId };

export interface GuardResult {
  readonly code: GuardCode;
  readonly verdict: Verdict;
  readonly text: string;
  readonly fixes: readonly GuardFix[];
  /** Share of the limit that the order uses, where it is a measure: its headroom is what is left. */
  readonly used: number | null;
}

/** Bounds, from the settings. Money in base currency, parts of NAV in per cent. */
export interface GuardLimits {
  readonly maxContracts: number;
  readonly maxShares: number;
  readonly maxPremium: number;
  readonly maxLossPct: number;
  readonly maxDeltaPct: number;
  readonly maxNamePct: number;
  readonly maxTurnoverPct: number;
  readonly dayLossPct: number;
  readonly maxVega: number;
  readonly duplicateMs: number;
  readonly ratePerMinute: number;
  readonly fatFingerPct: number;
  readonly spreadPct: number;
  readonly minVolume: number;
  readonly minOpenInterest: number;
  /** How markets are, as the trader says: what the gate of cost against benefit asks for grows with it. */
  readonly regime: Regime;
  /** What was set by code, where that is not what is built in. */
  readonly rules: Readonly<Partial<Record<GuardCode, GuardRule>>>;
}

export interface GuardLeg extends KnownLeg {
  /** What a trader calls it. */
  readonly label: string;
  readonly quote: LegQuote;
  readonly intent: IntentOf;
  /** Signed contracts or shares of the whole order. */
  readonly qty: number;
  readonly volume: number | null;
  readonly openInterest: number | null;
  /** Of an option; null where the spot is unknown. */
  readonly inTheMoney: boolean | null;
  /** Time value per share, null where unknown. */
  readonly extrinsic: number | null;
  /** Dividend per share that goes ex before the option ends; null where the schedule is not known. */
  readonly dividend: { readonly amount: number; readonly exDay: string } | null;
  /** Per share per 1.00 of vol, and what the model says the contract is worth; null unknown. */
  readonly vega: number | null;
  readonly model: number | null;
  /** A working order of ours on the other side of this contract. */
  readonly opposite: string | null;
}

/** All that a guard may look at. Unknown is null; a guard that needs it fails closed. */
export interface GuardInput {
  readonly terms: Terms;
  readonly by: "manual" | "automatic";
  readonly side: Side;
  readonly tif: Tif;
  readonly qty: number;
  readonly limit: number;
  readonly legs: readonly GuardLeg[];
  readonly net: NetQuote;
  readonly tick: number;
  readonly onGrid: boolean;
  readonly collarEdge: number | null;
  readonly decimals: number;
  readonly trading: TradingState;
  readonly deskMode: Mode;
  readonly deskAccount: string;
  readonly nowUs: Micros;
  readonly sessionOpen: boolean;
  /** Part of the session that is over, 0 to 1. */
  readonly sessionShare: number;
  /** Cash of the order at its limit, + received. */
  readonly cash: number | null;
  readonly maxLoss: number | "unbounded" | null;
  readonly stress20: number | null;
  /** $-delta of the order, and of the book on its underlying and in all before and after. */
  readonly dollarDelta: number | null;
  readonly nav: number | null;
  readonly dayPnl: number | null;
  /** Worst loss on the underlying as it is, and with the order. */
  readonly nameLossNow: number | "unbounded" | null;
  readonly nameLossAfter: number | "unbounded" | null;
  readonly availableAfter: number | null;
  readonly availableNow: number | null;
  readonly bookVegaAfter: number | null;
  readonly turnoverToday: number | null;
  /** Age of the last equal order, ms of session time; null where there is none. */
  readonly twinAgeMs: number | null;
  readonly ordersLastMinute: number;
  /** Orders of unknown outcome on the same underlying. */
  readonly unknownOrders: readonly string[];
  /** What the gate of cost against benefit says of it; null where its cost is unknown. */
  readonly worth: { readonly trade: boolean; readonly reason: string; readonly told: boolean } | null;
  /** Shares that trade on a usual day, of an order in one stock or fund; null for others and where it is unknown. */
  readonly dayVolume: number | null;
  readonly limits: GuardLimits;
}

/** A guard's finding before severities are looked up; null where it has nothing to say of this order. */
export interface Finding {
  readonly code: GuardCode;
  readonly verdict: Verdict;
  readonly text: string;
  readonly fixes?: readonly GuardFix[];
  readonly used?: number | null;
  /** No setting changes this one: it says that the order can't be meant. */
  readonly fixed?: true;
}
export type Guard = (i: GuardInput) => Finding | null;
