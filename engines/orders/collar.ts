import type { TickStep } from "../market/index.ts";
import { tickAt } from "../market/index.ts";
import type { NetQuote } from "./package.ts";
import { type KnownLeg, type Side, signOf } from "./terms.ts";

/** Basis points from the reference, by class (options and packages have none, see {@link collarWidth}). */
export interface CollarBps {
  readonly etf: number;
  readonly equity: number;
  readonly future: number;
  readonly fxFuture: number;
  readonly other: number;
}
export const COLLAR_BPS: CollarBps = { etf: 10, equity: 12, future: 3, fxFuture: 2, other: 10 };

/** Currency futures by root: their collar is the narrowest. */
const FX_FUTURES: ReadonlySet<string> = new Set([
  "6E",
  "6B",
  "6J",
  "6C",
  "6A",
  "6S",
  "6N",
  "6M",
  "M6E",
  "M6B",
  "M6A",
]);

function bpsOf(leg: KnownLeg, bps: CollarBps): number {
  const { kind, symbol } = leg.instrument;
  if (kind === "future") return FX_FUTURES.has(symbol) ? bps.fxFuture : bps.future;
  if (kind === "etf" || kind === "equity") return bps[kind];
  return bps.other;
}

/**
 * How far an order may reach past the reference on its aggressive side, in price. Stocks, funds, futures and currencies: bps of the
 * reference, at least half the spread and a tick. Options and packages: max(2 ticks, 35 % of the spread, 1.5 vol points of vega),
 * never bps (contracts section 6). `vega` is per share of one unit per 1.00 of vol, in absolute value; null counts as none.
 */
export function collarWidth(
  legs: readonly KnownLeg[],
  net: NetQuote,
  grid: readonly TickStep[],
  vega: number | null,
  bps: CollarBps = COLLAR_BPS,
): number | null {
  if (net.mid === null || net.spread === null) return null;
  const tick = tickAt(grid, net.mid);
  const only = legs.length === 1 ? legs[0] : undefined;
  if (only !== undefined && only.instrument.kind !== "option") {
    return Math.max((Math.abs(net.mid) * bpsOf(only, bps)) / 1e4, net.spread / 2 + tick);
  }
  return Math.max(2 * tick, 0.35 * net.spread, 0.015 * Math.abs(vega ?? 0));
}

/** The farthest limit that the collar lets through: above the reference for a buy, below it for a sell. */
export function collarPrice(side: Side, net: NetQuote, width: number | null): number | null {
  return net.mid === null || width === null ? null : net.mid + signOf(side) * width;
}

/** Beyond the collar on the aggressive side. A passive limit is free. */
export function beyondCollar(side: Side, limit: number, edge: number): boolean {
  return signOf(side) * (limit - edge) > 1e-9;
}
