import { type LegQuote, type NetQuote, netQuote } from "./package.ts";
import { type KnownLeg, type Side, signOf } from "./terms.ts";

/** What the matcher knows of a working order. */
export interface WorkingOrder {
  readonly side: Side;
  readonly legs: readonly KnownLeg[];
  readonly limit: number;
  readonly remaining: number;
}

export interface PaperFill {
  readonly units: number;
  /** Net price per unit as bought. */
  readonly net: number;
  /** Price of each leg. */
  readonly prices: readonly number[];
}

/** A quote that may be matched against: live, not crossed, the side that is needed there. */
function tradable(leg: KnownLeg, q: LegQuote, side: Side): boolean {
  if (q.status !== "open" || q.ageUs === null || q.ageUs > q.maxAgeUs) return false;
  if (q.bid !== null && q.ask !== null && q.ask > 0 && q.bid > q.ask) return false;
  const need = signOf(side) * leg.ratio > 0 ? q.ask : q.bid;
  return need !== null && need > 0;
}

/**
 * Fill against the quote (contracts section 6): only when the opposite side crosses the limit, a package at its natural net, each leg at
 * its own bid or ask; never at mid. At most the displayed size; where that is unknown, or the quote is a bar's and has no size, all.
 * `taken` is what this order already took of the same displayed quote.
 */
export function matchQuote(o: WorkingOrder, quotes: readonly LegQuote[], taken: number): PaperFill | null {
  if (!o.legs.every((leg, i) => tradable(leg, quotes[i] as LegQuote, o.side))) return null;
  const net = netQuote(o.legs, quotes);
  const natural = o.side === "buy" ? net.ask : net.bid;
  if (natural === null || signOf(o.side) * (natural - o.limit) > 1e-9) return null;
  const units = Math.min(o.remaining, Math.max(0, displayed(o.side, net) - taken));
  if (units <= 0) return null;
  const prices = o.legs.map((leg, i) => {
    const q = quotes[i] as LegQuote;
    return (signOf(o.side) * leg.ratio > 0 ? q.ask : q.bid) as number;
  });
  return { units, net: natural, prices };
}

function displayed(side: Side, net: NetQuote): number {
  const units = side === "buy" ? net.askUnits : net.bidUnits;
  return units === null || units === 0 ? Number.POSITIVE_INFINITY : units;
}

/**
 * Fill against a print: a single leg whose price traded THROUGH the limit, at the limit, at most the print's size. A print at the limit
 * fills nothing: nobody knows the place in the queue.
 */
export function matchTrade(o: WorkingOrder, price: number, size: number): PaperFill | null {
  if (o.legs.length !== 1 || !(size > 0)) return null;
  if (signOf(o.side) * (price - o.limit) > -1e-9) return null;
  const units = Math.min(o.remaining, size);
  return units > 0 ? { units, net: o.limit, prices: [o.limit] } : null;
}
