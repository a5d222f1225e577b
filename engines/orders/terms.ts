import type { Instrument, InstrumentId } from "../market/index.ts";

export type Side = "buy" | "sell";
export type Tif = "day" | "gtc" | "ioc" | "opg" | "cls";
export type Intent = "open" | "close";
export type TradingState = "active" | "reducing" | "halted";
export type Mode = "replay" | "paper" | "live";

/** One leg of ONE unit as bought: the side of the order negates it, never the quantity. */
export interface OrderLeg {
  readonly instrument: InstrumentId;
  readonly ratio: number;
  readonly intent: Intent;
}

/** All that is agreed with a broker, and nothing else. Prices and quantities are canonical decimal text. */
export interface Terms {
  readonly account: string;
  readonly mode: Mode;
  readonly side: Side;
  readonly legs: readonly OrderLeg[];
  /** Units: contracts, shares or packages. Positive. */
  readonly qty: string;
  /** Per unit as bought and per share, + debit to the buyer. */
  readonly limit: string;
  readonly tif: Tif;
  /** Sleeve that the fill belongs to. */
  readonly strategy: string;
}

/** A leg with its instrument at hand. */
export interface KnownLeg {
  readonly instrument: Instrument;
  readonly ratio: number;
}

export const signOf = (side: Side): 1 | -1 => (side === "buy" ? 1 : -1);

/** Shares or units of underlying that one unit of the package is priced by: the largest multiplier of its legs. */
export function unitMultiplier(legs: readonly KnownLeg[]): number {
  return legs.reduce((most, leg) => Math.max(most, leg.instrument.multiplier), 0);
}

/** What a leg's price weighs in the net price of one unit per share: ratio x multiplier / unit multiplier. */
export function weightsOf(legs: readonly KnownLeg[]): number[] {
  const unit = unitMultiplier(legs);
  return legs.map((leg) => (leg.ratio * leg.instrument.multiplier) / unit);
}
