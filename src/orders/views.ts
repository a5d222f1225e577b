import { tickAt } from "../../engines/market/index.ts";
import {
  averagePrice,
  isTerminal,
  type OrderState as Kept,
  mayLive,
  orderIntent,
  remainingUnits,
  signOf,
} from "../../engines/orders/index.ts";
import type { LegView, OrderRow, OrderState, OrdersView, TicketView } from "../desk/protocol.ts";
import type { ViewContext } from "../desk/views/context.ts";
import { label, priceDecimals } from "../desk/views/names.ts";
import { orderAt, pendingFault } from "./amend.ts";
import { nameOf, underlyingOf } from "./judge.ts";
import { placesOf } from "./market.ts";
import type { KeptTicket } from "./order-book.ts";
import type { OrderDesk } from "./order-desk.ts";
import { otherRow } from "./others.ts";
import { RECORDED } from "./recorded.ts";
import { priceWords, type Resolved, resolve } from "./ticket.ts";
import { positionWarnings } from "./warnings.ts";

export function legViews(context: ViewContext, at: Resolved, qty: number | null): LegView[] {
  return at.legs.map((leg, i) => {
    const q = at.quotes[i] as Resolved["quotes"][number];
    const intent = at.intents[i];
    return {
      instrument: leg.instrument.id,
      label: label(leg.instrument, context.session.day),
      qty: signOf(at.body.side) * leg.ratio * (qty ?? 1),
      intent: intent?.ok ? intent.intent : null,
      bid: q.bid,
      bidSize: q.bidSize,
      ask: q.ask,
      askSize: q.askSize,
      ageMs: q.ageUs === null ? null : q.ageUs / 1000,
      fresh: q.ageUs !== null && q.ageUs <= q.maxAgeUs,
      source: context.session.sampling,
      decimals: priceDecimals(leg.instrument),
    };
  });
}

const decimalsOf = (at: Resolved): number => Math.max(...at.legs.map((leg) => priceDecimals(leg.instrument)));

export function ticketView(desk: OrderDesk, context: ViewContext, id: string): TicketView | null {
  const ticket = desk.tickets.get(id);
  if (ticket === undefined) return null;
  const at = resolve(context, desk.book, ticket.body, desk.rules.defaults);
  if (at === null) return null;
  const { limit, qty, net } = at;
  const intents = at.intents.flatMap((i) => (i.ok ? [i.intent] : []));
  const words = priceWords(at);
  const crossing = at.intents.find((i) => !i.ok);
  return {
    id,
    stage: stageOf(desk, ticket),
    side: at.body.side,
    what: nameOf(context, at).long,
    underlying: underlyingOf(at) ?? (at.legs[0] as Resolved["legs"][number]).instrument.id,
    qty,
    qtyIsDefault: at.qtyIsDefault,
    intent: intents.length === at.intents.length ? orderIntent(intents) : null,
    limit,
    anchor: words.anchor,
    distance: words.distance,
    follows: at.body.price.by === "anchor" && at.body.price.follows,
    tif: at.body.tif,
    net: { bid: net.bid, mid: net.mid, ask: net.ask },
    tick: tickAt(at.grid, limit ?? net.mid ?? 0),
    decimals: decimalsOf(at),
    cost: limit === null || qty === null ? null : -signOf(at.body.side) * limit * at.multiplier * qty || 0,
    ccy: at.legs[0]?.instrument.ccy ?? "",
    ccyDecimals: placesOf(at.legs[0]?.instrument.ccy ?? ""),
    delta: at.deltaPerUnit === null || qty === null ? null : signOf(at.body.side) * at.deltaPerUnit * qty,
    legs: legViews(context, at, qty),
    warning:
      crossing !== undefined && !crossing.ok ? `crosses zero: ${crossing.closable} to close` : words.warning,
    replaces: ticket.body.replaces?.order ?? null,
    old: ticket.old,
    stagedUs: ticket.stagedUs,
  };
}

function stageOf(desk: OrderDesk, ticket: KeptTicket): TicketView["stage"] {
  if (ticket.over !== null) return "dropped";
  for (const p of desk.previews.values())
    if (p.tickets.includes(ticket) && (p.state === "open" || p.state === "moved")) return "previewed";
  return "staged";
}

export function ordersView(desk: OrderDesk, context: ViewContext): OrdersView {
  const book = desk.shown;
  const orders = [...book.orders.values()].toReversed();
  const staged = desk.staged().toReversed();
  return {
    trading: desk.book.trading,
    tradingReason: desk.book.tradingReason,
    account: desk.rules.account,
    rows: [
      ...staged.flatMap((t) => ticketRow(desk, context, t) ?? []),
      ...orders.map((o) => orderRow(desk, context, o)),
      ...desk.others.map((o) => otherRow(context, o)),
      ...recordedRows(desk, context),
    ],
    working: book.live().length,
    unknown: orders.filter((o) => o.status === "UNKNOWN").length,
    tickets: staged.length,
    external: desk.others.length,
    branch: desk.branch,
    branches: desk.branches.count,
    guard: desk.guard,
    left: book.live().flatMap((o) => (o.leave ? [o.order.id] : [])),
    locked: desk.locked(),
    warnings: positionWarnings(context, desk.rules.account),
  };
}

function ticketRow(desk: OrderDesk, context: ViewContext, ticket: KeptTicket): OrderRow | null {
  const t = ticketView(desk, context, ticket.id);
  if (t === null) return null;
  const job = desk.execution.noteOfTicket(t.id);
  return {
    id: t.id,
    state: "staged",
    side: t.side,
    qty: t.qty ?? 0,
    what: t.what,
    underlying: t.underlying,
    filled: null,
    limit: t.limit,
    pending: null,
    mid: t.net.mid,
    awayTicks: away(t.side, t.limit, t.net.mid, t.tick),
    avgFill: null,
    ageMs: Math.max(0, (context.nowUs - t.stagedUs) / 1000),
    decimals: t.decimals,
    tif: t.tif,
    external: false,
    note:
      [
        ...(t.replaces === null ? [] : [placeWords(desk, t.replaces)]),
        ...bodyNotes(ticket),
        ...(job === null ? [] : [job]),
        ...(t.old ? ["old: preview it again"] : t.warning === null ? [] : [t.warning]),
      ].join("; ") || null,
    legs: t.legs,
  };
}

function placeWords(desk: OrderDesk, id: string): string {
  const old = desk.book.orders.get(id);
  if (old === undefined || !isTerminal(old.status)) return `in place of ${id}`;
  return `${id} is ${old.status.toLowerCase()}: nothing to take the place of, drop it`;
}

function bodyNotes({ body }: KeptTicket): string[] {
  const { pair, nets, mends, sleeve, work, benefit } = body;
  return [
    ...(pair === undefined ? [] : [pair]),
    ...(nets === undefined ? [] : [`net of ${nets.join(", ")}`]),
    ...(mends === undefined ? [] : [`mends ${mends}`]),
    ...(sleeve === undefined ? [] : [`sleeve ${sleeve}`]),
    ...(work === true ? ["works by the plan"] : []),
    ...(benefit === undefined ? [] : [`worth ${benefit}`]),
  ];
}

/** Ticks from the mid, negative on the patient side. */
function away(side: "buy" | "sell", limit: number | null, mid: number | null, tick: number): number | null {
  if (limit === null || mid === null || !(tick > 0)) return null;
  return Math.round(((signOf(side) * (limit - mid)) / tick) * 10) / 10 || 0;
}

function orderRow(desk: OrderDesk, context: ViewContext, o: Kept): OrderRow {
  const { order } = o;
  const at = orderAt(desk, o);
  const limit = Number(o.limit);
  const price = desk.pending.get(order.id);
  const fault = at === null || price === undefined ? null : pendingFault(desk, at, price);
  const multipliers = at?.legs.map((leg) => leg.instrument.multiplier) ?? [];
  return {
    id: order.id,
    state: stateOf(o, desk.sender.handles(order.id)),
    side: order.terms.side,
    qty: Number(order.terms.qty),
    what: order.what,
    underlying: order.underlying,
    filled: o.filled,
    limit,
    pending: price === undefined ? null : { price, ok: fault === null, text: fault },
    // Of an order that is over the market says nothing any more.
    mid: isTerminal(o.status) ? null : (at?.net.mid ?? null),
    awayTicks:
      at === null || isTerminal(o.status)
        ? null
        : away(order.terms.side, limit, at.net.mid, tickAt(at.grid, limit)),
    avgFill: at === null ? null : averagePrice(o, multipliers),
    ageMs: Math.max(0, (context.nowUs - (isTerminal(o.status) ? o.changedUs : o.plannedUs)) / 1000),
    decimals: at === null ? 2 : decimalsOf(at),
    tif: order.terms.tif,
    external: false,
    note:
      desk.sender.waitsFor(order.id) ??
      desk.execution.noteOfOrder(order.id) ??
      noteOf(o, desk.sender.handles(order.id)),
    legs: at === null ? [] : orderLegs(context, at, o),
  };
}

/** What the desk of then had at work: shown, and no more than that. */
function recordedRows(desk: OrderDesk, context: ViewContext): OrderRow[] {
  const book = desk.recorded?.at(context.desk) ?? null;
  if (book === null) return [];
  return [...book.orders.values()].toReversed().map((o) => ({
    ...orderRow(desk, context, o),
    id: `${RECORDED}${o.order.id}`,
    pending: null,
    external: true,
    note: `recorded live${o.reason === null ? "" : `: ${o.reason}`}`,
  }));
}

/** Legs with the intents that were agreed on: what is held has moved since. */
function orderLegs(context: ViewContext, at: Resolved, o: Kept): LegView[] {
  const legs = legViews(context, at, remainingUnits(o) || Number(o.order.terms.qty));
  return legs.map((leg, i) => ({ ...leg, intent: o.order.terms.legs[i]?.intent ?? null }));
}

function stateOf(o: Kept, inHand: boolean): OrderState {
  if (mayLive(o.status) && o.cancelAsked && o.status !== "UNKNOWN") return "cancelling";
  switch (o.status) {
    case "PENDING":
      return inHand ? "sending" : "not sent";
    case "SENDING":
      return "sending";
    case "ACKED":
      return "working";
    case "PARTIAL":
      return "partial";
    case "FILLED":
      return remainingUnits(o) > 0 ? "busted" : "filled";
    case "CANCELLED":
      return "cancelled";
    case "REJECTED":
      return "rejected";
    case "DENIED":
    case "SKIPPED":
      return "denied";
    case "EXPIRED":
      return "expired";
    case "UNKNOWN":
      return "UNKNOWN";
  }
}

function noteOf(o: Kept, inHand: boolean): string | null {
  if (o.status === "PENDING")
    return inHand ? null : "recorded, not at the broker: stage it again or cancel it";
  if (o.status === "UNKNOWN")
    return `outcome unknown (${o.reason ?? "no answer"}): reconcile asks the broker`;
  if (o.leave && !isTerminal(o.status) && o.reason === null) return "left at work when the desk freezes";
  if (o.replacing !== null) return `new limit ${o.replacing.limit} is on its way`;
  return o.reason;
}

/** What the status line says of orders. */
export function orderSummary(desk: OrderDesk) {
  return {
    trading: desk.book.trading,
    workingOrders: desk.shown.live().length,
    stagedTickets: desk.staged().length,
  };
}
