import type { Leg, Micros } from "../../engines/market/index.ts";
import { type Execution, type PlannedOrder, signOf } from "../../engines/orders/index.ts";
import type { FillBooked, StructureNamed } from "../../engines/portfolio/index.ts";

/** An execution as the portfolio books it: under the structure that the order closes, or the one that it makes. */
export function bookedFill(order: PlannedOrder, fill: Execution, account: string, base: string): FillBooked {
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
    fx: known,
    feeFx: known,
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

/** Legs of one unit as they are traded: a sale negates the ratios. */
export const tradedLegs = (legs: readonly Leg[], side: "buy" | "sell"): Leg[] =>
  legs.map((leg) => ({ instrument: leg.instrument, ratio: signOf(side) * leg.ratio }));
