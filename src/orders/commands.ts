import type { CommandResult, Draft, OrderCommand, TicketEdit } from "../desk/protocol.ts";
import { amend, amendForget, amendSend, amendTo, change } from "./amend.ts";
import { confirmPreview } from "./confirm.ts";
import { crossTickets, netTickets } from "./execution/net.ts";
import { pairTickets, unpair } from "./execution/pair.ts";
import { nameOf } from "./judge.ts";
import { fitsPattern } from "./list.ts";
import type { KeptTicket } from "./order-book.ts";
import type { OrderDesk } from "./order-desk.ts";
import { otherId } from "./others.ts";
import { acceptGuard, fixGuard, openPreview } from "./preview-commands.ts";
import { halt, reconcile } from "./reconcile.ts";
import { RECORDED } from "./recorded.ts";
import { bodyOf, edited, resolve } from "./ticket.ts";

const done = (message: string | null = null, made?: string): CommandResult =>
  made === undefined ? { ok: true, message } : { ok: true, message, made };
const refuse = (message: string): CommandResult => ({ ok: false, message });

/** Whatever a trader may do to orders. Answers at once; what the broker and the disk say comes as rows that change. */
export function orderCommand(
  desk: OrderDesk,
  command: OrderCommand | { readonly name: "kill"; readonly reason: string },
): CommandResult {
  const locked = desk.locked();
  const safety = command.name === "kill" || command.name === "reduce";
  if (locked !== null && (desk.readOnly || !safety)) return refuse(locked);
  if ("order" in command && command.order.startsWith(RECORDED))
    return refuse(`${command.order} was recorded live: it is shown, and nothing of it is at a broker`);
  switch (command.name) {
    case "kill":
      return kill(desk, command.reason);
    case "reduce":
      return reduce(desk);
    case "resume":
      return resume(desk, command.typed);
    case "stage":
      return stage(desk, command.draft);
    case "ticket":
      return edit(desk, command.ticket, command.edit);
    case "preview":
      return openPreview(desk, command.tickets);
    case "confirm":
      return confirmPreview(desk, command);
    case "net":
      return netTickets(desk, command.tickets);
    case "cross":
      return crossTickets(desk, command.tickets);
    case "pair":
      return command.apart === true ? unpair(desk, command.tickets) : pairTickets(desk, command.tickets);
    case "job":
      return command.style === null
        ? desk.execution.unqueue(command.tickets)
        : desk.execution.queue(command.tickets, command.style);
    case "accept":
      return acceptGuard(desk, command.preview, command.guard);
    case "fix":
      return fixGuard(desk, command.preview, command.fix);
    case "leavePreview":
      desk.previews.delete(command.preview);
      return done();
    case "cancel":
      return cancel(desk, command.order);
    case "leave":
      return leave(desk, command.order, command.on);
    case "cancelAll":
      return cancelAll(desk, command.pattern);
    case "amend":
      return amend(desk, command.order, command.steps);
    case "change":
      return change(desk, command.order);
    case "amendTo":
      return amendTo(desk, command.order, command.price, command.qty);
    case "amendSend":
      return amendSend(desk, command.order);
    case "amendForget":
      return amendForget(desk, command.order);
    case "again":
      return again(desk, command.order);
    case "reconcile":
      return reconcile(desk, command.adopt);
  }
}

function stage(desk: OrderDesk, draft: Draft): CommandResult {
  const context = desk.world.context();
  const body = bodyOf(draft);
  const at = resolve(context, desk.book, body, desk.rules.defaults);
  if (at === null) return refuse("a leg is not in this session");
  const ticket = desk.newTicket(body);
  const slowed = desk.world.slowDown();
  const what = `${ticket.id} ${body.side.toUpperCase()} ${at.qty ?? "?"} ${nameOf(context, at).long} staged`;
  return done(slowed === null ? what : `${what}; ${slowed}`, ticket.id);
}

function edit(desk: OrderDesk, id: string, wish: TicketEdit): CommandResult {
  const ticket = desk.tickets.get(id);
  if (ticket === undefined) return refuse(`there is no ticket ${id}`);
  if (wish.edit === "drop") return drop(desk, ticket);
  if (ticket.over === "sent") return refuse(`${id} was sent: a new ticket can be made like it`);
  const record = { id, day: "", runId: ticket.runId };
  if (wish.edit === "restore") {
    if ((ticket.body.nets ?? []).length > 0)
      return refuse(`${id} stood for tickets that are back: net them again`);
    desk.write([{ k: "ticket", ticket: { ...record, body: ticket.body } }]);
    return done(`${id} is back`, id);
  }
  if (ticket.over === "netted") return refuse(`${id} was netted: drop what stands for it`);
  if (ticket.over === "dropped") return refuse(`${id} was dropped: restore it first`);
  const at = resolve(desk.world.context(), desk.book, ticket.body, desk.rules.defaults);
  if (at === null) return refuse("a leg is not in this session");
  const result = edited(at, wish);
  if (!result.ok) return refuse(result.message);
  desk.write([{ k: "ticket", ticket: { ...record, body: result.body } }]);
  return done(null, id);
}

/** A ticket that stands for others gives them back; those that go out together are dropped together. */
function drop(desk: OrderDesk, ticket: KeptTicket): CommandResult {
  const { id } = ticket;
  if (ticket.over !== null) return refuse(`${id} was ${ticket.over}`);
  const { nets = [], together } = ticket.body;
  const all =
    nets.length === 0 || together === undefined
      ? [ticket]
      : desk.staged().filter((t) => t.body.together === together);
  const back = nets.flatMap((of) => desk.tickets.get(of) ?? []).filter((t) => t.over === "netted");
  desk.write([
    ...all.map((t) => ({ k: "ticketOver" as const, ticket: t.id, why: "dropped" as const })),
    ...back.map((t) => ({
      k: "ticket" as const,
      ticket: { id: t.id, day: "", runId: t.runId, body: t.body },
    })),
  ]);
  const dropped = all.map((t) => t.id).join(", ");
  if (back.length > 0) return done(`${dropped} dropped; ${back.map((t) => t.id).join(", ")} are back`, id);
  return done(`${dropped} dropped; it can be restored`, id);
}

/** Nothing is asked. */
function kill(desk: OrderDesk, reason: string): CommandResult {
  const n = halt(desk, reason);
  const orders = n === 1 ? "1 cancel" : `${n} cancels`;
  desk.world.note("warn", `HALTED by ${reason}: ${orders} sent`);
  return done(`HALTED by ${reason}. ${orders} sent. :resume to trade again`);
}

function reduce(desk: OrderDesk): CommandResult {
  if (desk.book.trading === "halted") return refuse("halted already: only :resume leads up from there");
  desk.setState("reducing", "reduce-only by key");
  return done("REDUCING: only closing orders. :resume to open again");
}

function resume(desk: OrderDesk, typed: string): CommandResult {
  if (typed !== "ACTIVE") return refuse("type ACTIVE to allow orders");
  const { broken } = desk.recorder;
  if (broken !== null) {
    // Whether it can by now is known once something was written.
    desk.setState(desk.book.trading, desk.book.tradingReason ?? "");
    return refuse(
      `the ledger can't be written: ${broken.message}; it is tried again, then type ACTIVE again`,
    );
  }
  desk.setState("active", "typed");
  return done("ACTIVE: orders are allowed");
}

function cancel(desk: OrderDesk, id: string): CommandResult {
  const other = desk.others.find((o) => otherId(o) === id);
  if (other !== undefined) {
    desk.sender.cancelOther(other);
    return done(`cancel of ${id}, made elsewhere, sent`, id);
  }
  const state = desk.book.find(id);
  if (state === undefined) return refuse(`there is no order ${id}`);
  if (!desk.book.open().includes(state)) return refuse(`${id} is ${state.status.toLowerCase()} already`);
  desk.sender.cancel(state, "key");
  return done(`cancel of ${id} sent`, id);
}

/** For an order that is to outlive the desk: the guard does not cancel it. The kill key does. */
function leave(desk: OrderDesk, id: string, on: boolean | null): CommandResult {
  const state = desk.book.find(id);
  if (state === undefined) return refuse(`there is no order ${id}`);
  if (!desk.book.open().includes(state)) return refuse(`${id} is ${state.status.toLowerCase()} already`);
  const now = on ?? !state.leave;
  desk.write([{ k: "leave", id: state.order.id, on: now }]);
  const guard = desk.guard ?? "nothing cancels by itself here";
  return done(now ? `${id} is left at work when the desk freezes (${guard})` : `${id}: ${guard}`, id);
}

function cancelAll(desk: OrderDesk, pattern: string | null): CommandResult {
  const live = desk.book.live().filter((o) => fitsPattern(pattern, o.order.underlying));
  for (const state of live) desk.sender.cancel(state, "cancel all");
  return done(live.length === 0 ? "nothing works here" : `${live.length} cancels sent`);
}

/** A new ticket with the terms of an order; it is staged, not sent. */
function again(desk: OrderDesk, id: string): CommandResult {
  const state = desk.book.find(id);
  if (state === undefined) return refuse(`there is no order ${id}`);
  const { terms } = state.order;
  return stage(desk, {
    legs: terms.legs.map((leg) => ({ instrument: leg.instrument, ratio: leg.ratio })),
    side: terms.side,
    purpose: "auto",
    qty: { by: "count", n: Number(terms.qty) },
    price: { by: "limit", price: state.limit },
    tif: terms.tif,
    from: null,
  });
}
