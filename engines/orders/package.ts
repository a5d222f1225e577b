import {
  type Quality,
  roundToTick,
  stepTicks,
  type TickStep,
  type TradingStatus,
  tickAt,
} from "../market/index.ts";
import { type KnownLeg, type Side, weightsOf } from "./terms.ts";

/** One leg's market at one instant. A bid of 0 is "no bid"; null is unknown. */
export interface LegQuote {
  readonly bid: number | null;
  readonly ask: number | null;
  readonly bidSize: number | null;
  readonly askSize: number | null;
  /** Since when unconfirmed, null where it was never seen. */
  readonly ageUs: number | null;
  readonly maxAgeUs: number;
  readonly quality: Quality;
  readonly status: TradingStatus;
}

/** Market of one unit as bought, per share. */
export interface NetQuote {
  readonly bid: number | null;
  readonly mid: number | null;
  readonly ask: number | null;
  /** Units that the displayed sizes give to a seller and a buyer; null where a size is unknown. */
  readonly bidUnits: number | null;
  readonly askUnits: number | null;
  /** Sum of the legs' spreads: what a package at a net near zero is judged by. */
  readonly spread: number | null;
}

/** Options packages trade in cents whatever their legs do (complex order books of the US option exchanges). */
const PACKAGE_GRID: readonly TickStep[] = [{ from: 0, tick: 0.01 }];

/** The price grid of a unit: its instrument's, or cents for a package; in a coin the finest of its legs. */
export function gridOf(legs: readonly KnownLeg[]): readonly TickStep[] {
  const only = legs.length === 1 ? legs[0] : undefined;
  if (only !== undefined) return only.instrument.ticks;
  const inCoin = legs.some(({ instrument: i }) => i.kind === "option" && i.premiumStyle === "inverse");
  if (!inCoin) return PACKAGE_GRID;
  return [{ from: 0, tick: Math.min(...legs.flatMap((l) => l.instrument.ticks.map((t) => t.tick))) }];
}

/** Natural net of a unit: what buying all its legs now costs and selling them brings. Mid is half way, never assumed as a fill. */
export function netQuote(legs: readonly KnownLeg[], quotes: readonly LegQuote[]): NetQuote {
  const weights = weightsOf(legs);
  let bid: number | null = 0;
  let ask: number | null = 0;
  let spread: number | null = 0;
  let bidUnits: number | null = Number.POSITIVE_INFINITY;
  let askUnits: number | null = Number.POSITIVE_INFINITY;
  legs.forEach((leg, i) => {
    const q = quotes[i] as LegQuote;
    const w = weights[i] as number;
    const long = w > 0;
    bid = plus(bid, times(w, long ? q.bid : q.ask));
    ask = plus(ask, times(w, long ? q.ask : q.bid));
    spread = plus(spread, width(q, Math.abs(w)));
    bidUnits = fewer(bidUnits, long ? q.bidSize : q.askSize, leg.ratio);
    askUnits = fewer(askUnits, long ? q.askSize : q.bidSize, leg.ratio);
  });
  const mid = bid === null || ask === null ? null : clean((bid + ask) / 2);
  return {
    bid: bid === null ? null : clean(bid),
    ask: ask === null ? null : clean(ask),
    mid,
    bidUnits,
    askUnits,
    spread: spread === null ? null : clean(spread),
  };
}

/** Sums of doubles back to the 1e-8 that prices have. */
const clean = (x: number): number => Math.round(x * 1e8) / 1e8 || 0;
const plus = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b);
const times = (w: number, x: number | null) => (x === null ? null : w * x);
const width = (q: LegQuote, w: number) => (q.bid === null || q.ask === null ? null : (q.ask - q.bid) * w);
const fewer = (units: number | null, size: number | null, ratio: number) =>
  units === null || size === null ? null : Math.min(units, Math.floor(size / Math.abs(ratio)));

// ---- prices as traders say them ---------------------------------------------------------------------

export type Anchor = "mid" | "bid" | "ask";
export type PriceWish =
  | { readonly by: "limit"; readonly price: string }
  | {
      readonly by: "anchor";
      readonly anchor: Anchor;
      readonly offset: number;
      readonly unit: "t" | "c" | "%";
      readonly follows: boolean;
    };

export interface Priced {
  /** On the grid; null where the anchor has no price. */
  readonly limit: number | null;
  /** Set where the patient side moved the price. */
  readonly rounded: "down" | "up" | null;
}

/** A limit on the grid from a wish, rounded to the patient side: a buy down, a sell up. */
export function priceWish(wish: PriceWish, net: NetQuote, grid: readonly TickStep[], side: Side): Priced {
  if (wish.by === "limit") return onGrid(Number(wish.price), grid, side);
  const base = net[wish.anchor];
  if (base === null) return { limit: null, rounded: null };
  if (wish.unit === "t") {
    const start = onGrid(base, grid, side);
    return { limit: stepTicks(grid, start.limit as number, Math.round(wish.offset)), rounded: start.rounded };
  }
  const unit = wish.unit === "c" ? 0.01 : (net.spread ?? 0) / 100;
  return onGrid(base + wish.offset * unit, grid, side);
}

function onGrid(price: number, grid: readonly TickStep[], side: Side): Priced {
  const limit = roundToTick(grid, price, side);
  const off = Math.abs(limit - price);
  return { limit, rounded: off < 1e-8 ? null : limit < price ? "down" : "up" };
}

/** `mid-1t`, `bid`, `ask+5c`. */
export function anchorWords(wish: PriceWish): string | null {
  if (wish.by === "limit") return null;
  const { anchor, offset, unit } = wish;
  return offset === 0 ? anchor : `${anchor}${offset > 0 ? "+" : "-"}${Math.abs(offset)}${unit}`;
}

/** `1t under mid, 5t under ask`: ticks of the grid at the limit. */
export function distanceWords(
  limit: number,
  net: NetQuote,
  grid: readonly TickStep[],
  side: Side,
): string | null {
  const far = side === "buy" ? net.ask : net.bid;
  if (net.mid === null || far === null) return null;
  const tick = tickAt(grid, limit);
  const say = (from: number, name: string) => {
    const ticks = Math.round(((limit - from) / tick) * 2) / 2;
    if (ticks === 0) return `at ${name}`;
    return `${Math.abs(ticks)}t ${ticks < 0 ? "under" : "over"} ${name}`;
  };
  return `${say(net.mid, "mid")}, ${say(far, side === "buy" ? "ask" : "bid")}`;
}

// ---- quantities as traders say them ------------------------------------------------------------------

export type QtyWish =
  | { readonly by: "count"; readonly n: number }
  | { readonly by: "money"; readonly amount: number }
  | { readonly by: "percent"; readonly percent: number };

/** Whole units of a wish, null where they cannot be known. Money buys as many as it covers, never more. */
export function qtyWish(
  wish: QtyWish,
  limit: number | null,
  multiplier: number,
  held: number | null,
): number | null {
  if (wish.by === "count") return wish.n;
  if (wish.by === "percent") return held === null ? null : Math.floor((Math.abs(held) * wish.percent) / 100);
  if (limit === null || limit === 0) return null;
  return Math.floor(wish.amount / (Math.abs(limit) * multiplier) + 1e-9);
}
