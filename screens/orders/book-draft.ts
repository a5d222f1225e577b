import type { Leg } from "../../engines/market/index.ts";
import type { Draft, PositionsView } from "../../src/desk/protocol.ts";
import { draftOf } from "../command/draft.ts";
import type { InstrumentIndex } from "../command/instruments.ts";
import type { Order } from "../command/order-terms.ts";
import type { DeskClient } from "../desk-client.ts";
import { type OrderTarget, positionTarget } from "./target.ts";

/** The position or structure that holds exactly these legs, bought or sold; null when none does. */
export function heldTarget(legs: readonly Leg[], view: PositionsView, desk: DeskClient): OrderTarget | null {
  const same = (of: readonly Leg[], sign: number): boolean =>
    of.length === legs.length &&
    legs.every((leg) => of.some((o) => o.instrument === leg.instrument && o.ratio === sign * leg.ratio));
  for (const row of view.rows) {
    if (row.kind !== "position" && row.kind !== "structure") continue;
    const target = positionTarget(row, view.rows, desk);
    if (target?.held == null || target.held === 0) continue;
    if (same(target.legs, 1)) return target;
    if (same(target.legs, -1)) return { ...target, legs, held: -target.held };
  }
  return null;
}

/** What an order line stages; a sentence when it can't be. `held` is what the book holds in its legs. */
export function bookDraft(
  order: Order,
  index: InstrumentIndex,
  held: (legs: readonly Leg[]) => OrderTarget | null,
): Draft | string {
  // Close and roll are read as a purchase first: the book says the side.
  const plain = draftOf({ ...order, verb: order.verb === "sell" ? "sell" : "buy" }, index);
  if (plain === null) return "A contract of this order is not in the session any more.";
  if (order.verb === "buy" || order.verb === "sell") return plain;
  const { legs } = plain;
  const position = held(legs);
  if (position?.held == null) return "Nothing is held in that: see Positions (1).";
  const long = position.held > 0;
  if (order.verb === "close")
    return { ...plain, side: long ? "sell" : "buy", purpose: "close", from: position.from };
  const next = rollLeg(order, index);
  if (typeof next === "string") return next;
  const [old] = legs;
  if (!old) return "A roll takes an option.";
  const sign = long ? 1 : -1;
  return {
    ...plain,
    legs: [
      { instrument: old.instrument, ratio: -sign },
      { instrument: next.instrument, ratio: sign },
    ],
    side: "buy",
    purpose: "roll",
    from: position.from,
  };
}

/** The contract that an option is rolled to: the same strike and type in the expiry named. */
function rollLeg(order: Order, index: InstrumentIndex): Pick<Leg, "instrument"> | string {
  const leg = order.what.kind === "legs" ? order.what.legs[0] : undefined;
  const instrument = leg && index.at(leg.slot)?.instrument;
  if (instrument?.kind !== "option" || order.to === null)
    return "A roll takes an option and the expiry to go to.";
  const found = index.contract(instrument.symbol, order.to, instrument.strike, instrument.type);
  return found
    ? { instrument: found.instrument.id }
    : `No ${instrument.strike} in that expiry: t r rolls to another strike.`;
}
