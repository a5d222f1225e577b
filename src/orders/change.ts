import { type OrderState, type PriceWish, remainingUnits } from "../../engines/orders/index.ts";
import type { BrokerTraits } from "../brokers/broker.ts";
import type { Judged } from "./judge.ts";
import type { KeptTicket } from "./order-book.ts";
import type { OrderDesk } from "./order-desk.ts";
import { replaceable } from "./sender.ts";

export type Changing =
  | { readonly ok: true; readonly ticket: KeptTicket }
  | { readonly ok: false; readonly message: string };

/**
 * A ticket that takes the place of a working order: what is not filled of it, to be edited and previewed like any other. `total` is the
 * size of the whole order, what is filled included.
 */
export function changeTicket(
  desk: OrderDesk,
  state: OrderState,
  total: number | null,
  price: PriceWish | null,
): Changing {
  const { id, terms } = state.order;
  if (!replaceable(state)) return { ok: false, message: `${id} can't be changed now` };
  const left = total === null ? remainingUnits(state) : total - state.filled;
  if (!(Number.isInteger(left) && left > 0))
    return { ok: false, message: `${state.filled} of ${id} are filled: a cancel takes what is left of it` };
  for (const other of desk.staged())
    if (other.body.replaces?.order === id)
      desk.write([{ k: "ticketOver", ticket: other.id, why: "dropped" }]);
  const ticket = desk.newTicket({
    legs: terms.legs.map((leg) => ({ instrument: leg.instrument, ratio: leg.ratio })),
    side: terms.side,
    purpose: "auto",
    qty: { by: "count", n: left },
    price: price ?? { by: "limit", price: String(desk.pending.get(id) ?? state.limit) },
    tif: terms.tif,
    from: null,
    replaces: { order: id, filled: state.filled },
    ...(state.order.pair === undefined ? {} : { pair: state.order.pair }),
  });
  return { ok: true, ticket };
}

/** How an amendment reaches the broker: a new limit alone keeps the order and its place, all else is a new order after its end. */
export type Way = "same" | "price" | "anew";

export function wayOf(desk: OrderDesk, row: Judged, state: OrderState): Way {
  const { terms } = row.previewed;
  const same = Number(terms.qty) === remainingUnits(state) && terms.tif === state.order.terms.tif;
  if (!same) return "anew";
  if (Number(terms.limit) === Number(state.limit)) return "same";
  return changesLimit(desk.broker.traits, terms.legs.length) ? "price" : "anew";
}

/** Whether a broker changes the limit of an order of so many legs and keeps the order. */
export const changesLimit = ({ replace }: Pick<BrokerTraits, "replace">, legs: number): boolean =>
  replace === "price" || (replace === "single" && legs === 1);

/** What a preview says of it. */
export function wayWords(desk: OrderDesk, row: Judged): string[] {
  const { replaces } = row.at.body;
  const state = replaces === undefined ? undefined : desk.book.orders.get(replaces.order);
  if (replaces === undefined || state === undefined) return [];
  const { order, filled } = replaces;
  const now = `${order} works ${remainingUnits(state)} at ${state.limit} ${state.order.terms.tif.toUpperCase()}`;
  switch (wayOf(desk, row, state)) {
    case "same":
      return [`${now}: nothing changes`];
    case "price":
      return [`${now}: its limit changes at ${desk.broker.traits.name}, the order stays`];
    case "anew":
      return [
        `${now}: confirming cancels it, and this goes out when its end is certain${filled === 0 ? "" : ` (${filled} are filled)`}; fills meanwhile send nothing`,
      ];
  }
}
