import { roundToTick, stepTicks } from "../../engines/market/index.ts";
import { beyondCollar, gridOf, type OrderState, priceWish, signOf } from "../../engines/orders/index.ts";
import type { CommandResult, PriceWish } from "../desk/protocol.ts";
import { changesLimit, changeTicket } from "./change.ts";
import type { OrderDesk } from "./order-desk.ts";
import { replaceable } from "./sender.ts";
import { insideCollar, type Resolved, resolve } from "./ticket.ts";

const refuse = (message: string): CommandResult => ({ ok: false, message });

/** An order against the market of now, as if it were a ticket. */
export function orderAt(desk: OrderDesk, state: OrderState): Resolved | null {
  const { terms } = state.order;
  const body = {
    legs: terms.legs.map((leg) => ({ instrument: leg.instrument, ratio: leg.ratio })),
    side: terms.side,
    purpose: "auto" as const,
    qty: { by: "count" as const, n: Number(terms.qty) },
    price: { by: "limit" as const, price: state.limit },
    tif: terms.tif,
    from: null,
  };
  return resolve(desk.world.context(), desk.book, body, desk.rules.defaults);
}

type Target =
  | { readonly ok: true; readonly state: OrderState; readonly at: Resolved }
  | { readonly ok: false; readonly message: string };

function target(desk: OrderDesk, id: string): Target {
  const state = desk.book.find(id);
  if (state === undefined) return { ok: false, message: `there is no order ${id}` };
  if (!replaceable(state)) return { ok: false, message: `${id} can't be changed now` };
  const at = orderAt(desk, state);
  return at === null
    ? { ok: false, message: `${id}: a leg is not in this session` }
    : { ok: true, state, at };
}

/** What is wrong with a price for an order, null where it may be sent by one `C`. */
export function pendingFault(desk: OrderDesk, at: Resolved, price: number): string | null {
  const { trading } = desk.book;
  const edge = at.collarEdge;
  const { traits } = desk.broker;
  if (traits.replace === "none") return `${traits.name} can't change orders`;
  if (!changesLimit(traits, at.legs.length))
    return `by a ticket only: ${traits.name} can't change the limit of a package`;
  if (trading === "halted") return "halted: :resume allows orders";
  if (edge === null) return "no two-sided market to measure the price by";
  if (beyondCollar(at.body.side, price, edge)) return `beyond the collar: ${insideCollar(at, edge)}`;
  const old = at.quotes.find((q) => q.ageUs === null || q.ageUs > q.maxAgeUs);
  return old === undefined ? null : "a leg's quote is old";
}

export function amend(desk: OrderDesk, id: string, steps: number): CommandResult {
  const t = target(desk, id);
  if (!t.ok) return refuse(t.message);
  const from = desk.pending.get(id) ?? Number(t.state.limit);
  return collect(desk, id, t.at, stepTicks(gridOf(t.at.legs), from, steps), Number(t.state.limit));
}

/** Opens a ticket over what is left of a working order: any of it may be changed there, and all of it is previewed. */
export function change(desk: OrderDesk, id: string): CommandResult {
  const t = target(desk, id);
  if (!t.ok) return refuse(t.message);
  const changing = changeTicket(desk, t.state, null, null);
  if (!changing.ok) return refuse(changing.message);
  desk.pending.delete(id);
  return { ok: true, message: null, made: changing.ticket.id };
}

/** A price collects on the row; another size makes a ticket that is previewed. */
export function amendTo(
  desk: OrderDesk,
  id: string,
  price: PriceWish | null,
  qty: string | null,
): CommandResult {
  const t = target(desk, id);
  if (!t.ok) return refuse(t.message);
  if (qty !== null && Number(qty) !== Number(t.state.order.terms.qty)) {
    const changing = changeTicket(desk, t.state, Number(qty), price);
    if (!changing.ok) return refuse(changing.message);
    return { ok: true, message: null, made: changing.ticket.id };
  }
  if (price === null) return refuse("no price given");
  const { limit } = priceWish(price, t.at.net, t.at.grid, t.at.body.side);
  if (limit === null) return refuse("no market to take the price from");
  return collect(desk, id, t.at, limit, Number(t.state.limit));
}

function collect(desk: OrderDesk, id: string, at: Resolved, price: number, now: number): CommandResult {
  const to = roundToTick(at.grid, price, at.body.side);
  if (to === now) desk.pending.delete(id);
  else desk.pending.set(id, to);
  desk.world.changed();
  return { ok: true, message: null, made: id };
}

/** Sends the collected price: same size, inside the collar. Durable first, asked once. */
export function amendSend(desk: OrderDesk, id: string): CommandResult {
  const t = target(desk, id);
  if (!t.ok) return refuse(t.message);
  const price = desk.pending.get(id);
  if (price === undefined) return refuse(`${id} has no new price: step its limit first`);
  const fault = pendingFault(desk, t.at, price);
  if (fault !== null) return refuse(`${id}: ${fault}`);
  // Towards the market is new risk, away from it never is.
  if (
    desk.book.trading === "reducing" &&
    signOf(t.at.body.side) * (price - Number(t.state.limit)) > 0 &&
    opens(t.state)
  )
    return refuse(`${id}: reducing, only closing orders`);
  desk.pending.delete(id);
  desk.sender.replace(t.state, String(price));
  return { ok: true, message: `${id} ${t.state.limit}→${price} sent`, made: id };
}

const opens = (state: OrderState): boolean => state.order.terms.legs.some((leg) => leg.intent === "open");

export function amendForget(desk: OrderDesk, id: string): CommandResult {
  desk.pending.delete(id);
  desk.world.changed();
  return { ok: true, message: null };
}
