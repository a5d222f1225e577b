import type { Micros } from "../../engines/market/index.ts";
import {
  type Confirmed,
  clientOrderId,
  type Fact,
  type OrderState,
  type PlannedOrder,
} from "../../engines/orders/index.ts";
import type { CommandResult, OrderCommand } from "../desk/protocol.ts";
import type { ViewContext } from "../desk/views/context.ts";
import { tradedLegs } from "./booking.ts";
import { type Way, wayOf } from "./change.ts";
import { crossFacts } from "./execution/net.ts";
import { planOf } from "./execution/work.ts";
import { type Judged, nameOf, underlyingOf } from "./judge.ts";
import type { OrderDesk } from "./order-desk.ts";
import { press } from "./previews.ts";
import type { Planned } from "./sender.ts";

type ConfirmKey = Extract<OrderCommand, { name: "confirm" }>;

/** The deliberate key. What passes the gate is written down and sent once; the preview is spent by it. */
export function confirmPreview(desk: OrderDesk, key: ConfirmKey): CommandResult {
  const preview = desk.previews.get(key.preview);
  if (preview === undefined) return { ok: false, message: "that preview is gone: preview again" };
  const { world } = desk;
  const context = world.context();
  const pressed = press(
    context,
    desk.book,
    desk.rules,
    desk.previewRules,
    world.digests.sha256,
    preview,
    key,
    world.monotonicMs(),
  );
  if (!pressed.ok) return { ok: false, message: pressed.message };
  const old = replacedBy(desk, pressed.rows);
  if (old !== null && old.way === "same")
    return { ok: false, message: `${old.state.order.id} is like that already: edit the ticket` };
  preview.state = "sent";
  const tickets = preview.tickets.map((t) => t.id);
  const facts = (sent: readonly string[]): Fact[] => [
    { k: "key", of: [...tickets, ...sent], text: `C on ${preview.id}`, screenHash: key.screenHash },
    ...tickets.map((ticket): Fact => ({ k: "ticketOver", ticket, why: "sent" })),
    ...preview.tickets.flatMap((t): Fact[] => crossFacts(desk, t.id, t.body.crosses ?? [])),
  ];
  if (old?.way === "price") {
    const { state } = old;
    const { id } = state.order;
    const { limit } = (pressed.confirmed[0] as Confirmed).terms;
    preview.sent = [id];
    preview.message = `sent as the new limit of ${id}`;
    desk.write(facts(preview.sent));
    desk.sender.replace(state, limit);
    return { ok: true, message: `${id} ${state.limit}→${limit} sent`, made: id };
  }
  const planned: Planned[] = pressed.confirmed.map((confirmed, i) => {
    const row = pressed.rows[i] as Judged;
    const id = desk.orderId();
    const clientId = clientOrderId(world.digests.sha1, confirmed.runId, confirmed.terms, i);
    const order: PlannedOrder = {
      id,
      clientId,
      runId: confirmed.runId,
      ordinal: i,
      ticket: row.ticket.part?.of ?? confirmed.ticket,
      terms: confirmed.terms,
      what: nameOf(context, row.at).long,
      underlying: underlyingOf(row.at),
      previewHash: confirmed.previewHash,
      multiplier: row.at.multiplier,
      arrivalMid: row.at.net.mid,
      ...standsAgainst(row),
      ...groupsOf(context, row, id),
    };
    return { confirmed, order };
  });
  preview.sent = planned.map((p) => p.order.id);
  preview.message = `sent as ${preview.sent.join(", ")}`;
  if (old === null) desk.sender.send(planned, facts(preview.sent));
  else
    desk.sender.sendAfter(
      planned[0] as Planned,
      old.state,
      (preview.atUs + preview.lifeUs) as Micros,
      facts(preview.sent),
    );
  return { ok: true, message: preview.message, made: preview.sent[0] ?? "" };
}

/** What it stands against, and the plan that its limit follows. */
function standsAgainst(row: Judged): Pick<PlannedOrder, "pair" | "work"> {
  const pair = row.at.body.pair ?? row.ticket.part?.of;
  const work = planOf(row);
  return { ...(pair === undefined ? {} : { pair }), ...(work === null ? {} : { work }) };
}

/** The order whose place a confirmed ticket takes, and how; null where it takes none. */
function replacedBy(
  desk: OrderDesk,
  rows: readonly Judged[],
): { readonly state: OrderState; readonly way: Way } | null {
  const [row] = rows;
  const replaces = row?.at.body.replaces;
  const state = replaces === undefined ? undefined : desk.book.orders.get(replaces.order);
  return row === undefined || state === undefined ? null : { state, way: wayOf(desk, row, state) };
}

/** Where fills are booked: legs that close a structure in it, opening legs of a package in the structure that they make. */
function groupsOf(context: ViewContext, row: Judged, order: string): Pick<PlannedOrder, "groups" | "makes"> {
  const { legs, side, from } = row.at.body;
  const { structures } = context.desk.held.books;
  const closes = from?.startsWith("s:") ? structures.get(from.slice(2)) : undefined;
  const opening = legs.filter((_, i) => row.previewed.terms.legs[i]?.intent === "open");
  const makes =
    opening.length > 1 ? { name: nameOf(context, row.at).short, legs: tradedLegs(opening, side) } : null;
  return {
    makes,
    groups: legs.map((leg, i) => {
      if (row.previewed.terms.legs[i]?.intent === "open") {
        const at = opening.indexOf(leg);
        return makes === null ? null : { ticket: order, leg: at };
      }
      const at = closes?.legs.findIndex((l) => l.instrument === leg.instrument) ?? -1;
      const ticket = closes?.tickets[0];
      return at < 0 || ticket === undefined ? null : { ticket, leg: at };
    }),
  };
}
