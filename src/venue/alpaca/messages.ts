import type { Bar, MarketEvent, Product, Quote, Trade } from "../market/types.ts";
import { Nanos, type WireObject } from "./values.ts";

/** The vendor's short keys, without `T` and `S`: as in REST answers. Stream messages put those two in front. */

const STOCK_VENUES = ["V", "Q", "N", "P", "Z", "K"] as const;
const OPTION_VENUES = ["C", "A", "N", "X", "W", "M"] as const;

/** Steady for a moment, different from one to the next. */
const pick = (list: readonly string[], n: number): string => list[Math.floor(n) % list.length] as string;

/** Digits below the microsecond, as real feeds have them. */
const digits = (us: number): number => (us * 7) % 1000;
export const timeOf = (us: number): Nanos => new Nanos(us, digits(us));

const isCoin = (p: Product): boolean => p.instrument.kind === "crypto";
const isOption = (p: Product): boolean => p.instrument.kind === "option";
/** Listed in New York or on Nasdaq. */
const tape = (p: Product): string => (p.instrument.kind === "etf" ? "B" : "C");

/** How a feed sees the market. */
export interface FeedView {
  /** One exchange (`V`) instead of all. */
  readonly singleVenue: boolean;
}

export function quoteKeys(p: Product, q: Quote, view: FeedView): WireObject {
  if (isCoin(p)) return { bp: q.bid, bs: q.bidSize, ap: q.ask, as: q.askSize, t: timeOf(q.us) };
  const option = isOption(p);
  const venues = option ? OPTION_VENUES : STOCK_VENUES;
  const bx = q.bid === 0 ? " " : view.singleVenue ? "V" : pick(venues, q.us / 1000);
  const ax = view.singleVenue ? "V" : pick(venues, q.us / 7000);
  const { bid: bp, bidSize: bs, ask: ap, askSize: as, us } = q;
  if (option) return { bx, bp, bs, ax, ap, as, t: timeOf(us), c: "A" };
  return { bx, bp, bs, ax, ap, as, c: ["R"], t: timeOf(us), z: tape(p) };
}

export function tradeKeys(p: Product, t: Trade, view: FeedView): WireObject {
  if (isCoin(p)) return { p: t.price, s: t.size, t: timeOf(t.us), i: t.id, tks: t.bought ? "B" : "S" };
  if (isOption(p))
    return {
      t: timeOf(t.us),
      p: t.price,
      s: t.size,
      x: pick(OPTION_VENUES, t.us / 1000),
      c: t.size > 20 ? "a" : "I",
    };
  return {
    i: t.id,
    x: view.singleVenue ? "V" : pick(STOCK_VENUES, t.us / 1000),
    p: t.price,
    s: t.size,
    c: t.size < 100 ? ["@", "I"] : ["@"],
    t: timeOf(t.us),
    z: tape(p),
  };
}

export const barKeys = (b: Bar): WireObject => ({
  o: b.open,
  h: b.high,
  l: b.low,
  c: b.close,
  v: b.volume,
  t: new Nanos(b.startUs),
  n: b.count,
  vw: b.vwap,
});

/** A stream message. `symbol` differs from the product's where a test symbol stands for it. */
export function streamMessage(event: MarketEvent, symbol: string, view: FeedView): WireObject {
  const { product } = event;
  switch (event.kind) {
    case "quote":
      return { T: "q", S: symbol, ...quoteKeys(product, event.quote, view) };
    case "trade":
      return { T: "t", S: symbol, ...tradeKeys(product, event.trade, view) };
    case "bar":
      return { T: event.span === "day" ? "d" : "b", S: symbol, ...barKeys(event.bar) };
  }
}
