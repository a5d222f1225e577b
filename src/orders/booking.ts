import type { Leg, Micros } from "../../engines/market/index.ts";
import { type Execution, type FillRates, type PlannedOrder, signOf } from "../../engines/orders/index.ts";
import type { FillBooked, StructureNamed } from "../../engines/portfolio/index.ts";

/** An execution as the portfolio books it: under the structure that the order closes, or the one that it makes. */
export function bookedFill(
  order: PlannedOrder,
  fill: Execution,
  account: string,
  base: string,
  rates: FillRates | undefined,
): FillBooked {
  const group = order.groups[fill.legIndex] ?? null;
  const known = fill.feeCcy === base ? 1 : null;
  return {
    kind: "fill",
    id: fill.execId,
    account,
    atUs: fill.us,
    instrument: fill.instrument,
    strategy: order.terms.strategy,
    qty: fill.qty,
    price: fill.price,
    fees: fill.fees,
    feeCcy: fill.feeCcy,
    ticketId: group?.ticket ?? order.id,
    legIndex: group?.leg ?? null,
    fx: rates === undefined ? known : rates.fx,
    feeFx: rates === undefined ? known : rates.feeFx,
  };
}

/** The structure that an order of several opening legs makes, null where it makes none. */
export function structureOf(order: PlannedOrder, account: string, us: Micros): StructureNamed | null {
  if (order.makes === null) return null;
  return {
    kind: "structure",
    id: `structure:${order.id}`,
    account,
    atUs: us,
    structure: `made:${order.id}`,
    name: order.makes.name,
    strategy: order.terms.strategy,
    legs: order.makes.legs,
    tickets: [order.id],
  };
}

/** What an execution's currencies are worth in the base; null where it is all in the base, which needs no telling. */
export function ratesOf(
  fill: Execution,
  ccy: string | null,
  base: string,
  rate: (ccy: string) => number | null,
): FillRates | null {
  if (ccy === null || (ccy === base && fill.feeCcy === base)) return null;
  const of = (name: string) => (name === base ? 1 : rate(name));
  return { fx: of(ccy), feeFx: of(fill.feeCcy) };
}

/** Legs of one unit as they are traded: a sale negates the ratios. */
export const tradedLegs = (legs: readonly Leg[], side: "buy" | "sell"): Leg[] =>
  legs.map((leg) => ({ instrument: leg.instrument, ratio: signOf(side) * leg.ratio }));
