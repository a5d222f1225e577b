import type { Instrument, InstrumentId } from "../../../engines/market/index.ts";
import {
  type InternalCross,
  type NetOrder,
  type NettingClass,
  type NettingFacts,
  type NettingPlan,
  netSleeves,
  type SleeveIntent,
} from "../../../engines/orders/index.ts";
import type { FillBooked } from "../../../engines/portfolio/index.ts";
import type { CommandResult } from "../../desk/protocol.ts";
import { label } from "../../desk/views/names.ts";
import { feesOf } from "../figures.ts";
import { strategyOf } from "../judge.ts";
import { instrumentOf } from "../market.ts";
import type { KeptTicket } from "../order-book.ts";
import type { OrderDesk } from "../order-desk.ts";
import { FIRST_PRICE, heldOf, type Resolved, resolve } from "../ticket.ts";
import { stagedBy } from "./together.ts";

/** Below it nothing is sent unless it closes, in base currency (spec execution). */
const LEAST_NOTIONAL = 2_500;
/** Crosses are booked at the mid on this grid, so that what one sleeve pays another gets to the last digit. */
const GRID = 1e4;

const refuse = (message: string): CommandResult => ({ ok: false, message });

interface Netting {
  readonly plan: NettingPlan;
  readonly tickets: readonly KeptTicket[];
  readonly at: ReadonlyMap<string, Resolved>;
}

/** Tickets of single contracts by what is left of them once their sleeves have crossed, or why they can't be netted. */
function nettingOf(desk: OrderDesk, ids: readonly string[]): Netting | string {
  const tickets = stagedBy(desk, ids);
  if (typeof tickets === "string") return tickets;
  if (tickets.length < 2) return "netting takes two tickets or more";
  const context = desk.world.context();
  const at = new Map<string, Resolved>();
  const intents: SleeveIntent[] = [];
  for (const ticket of tickets) {
    if (ticket.body.together !== undefined) return `${ticket.id} goes with others (${ticket.body.together})`;
    if (ticket.body.replaces !== undefined) return `${ticket.id} takes the place of an order: it goes alone`;
    const one = resolve(context, desk.book, ticket.body, desk.rules.defaults);
    const [leg, more] = ticket.body.legs;
    if (one === null || one.qty === null) return `${ticket.id} has no size`;
    if (leg === undefined || more !== undefined)
      return `${ticket.id} has several legs: only single contracts net`;
    at.set(ticket.id, one);
    const buys = (ticket.body.side === "buy") === leg.ratio > 0;
    intents.push({
      id: leg.instrument,
      side: buys ? "buy" : "sell",
      qty: one.qty * Math.abs(leg.ratio),
      sleeve: ticket.body.sleeve ?? strategyOf(context, desk.rules.account, one),
      urgency: "normal",
    });
  }
  return {
    tickets,
    at,
    plan: netSleeves(intents, (id) => factsOf(desk, id as InstrumentId), LEAST_NOTIONAL),
  };
}

function factsOf(desk: OrderDesk, id: InstrumentId): NettingFacts | undefined {
  const context = desk.world.context();
  const instrument = instrumentOf(context.desk, id);
  if (instrument === null) return undefined;
  const mid = midOf(desk, id);
  const fx = instrument.ccy === context.facts.baseCcy ? 1 : context.source().fx(instrument.ccy);
  return {
    price: mid,
    multiplier: instrument.multiplier,
    fx,
    class: CLASSES[instrument.kind] ?? "OTHER",
    tier: 1,
    held: heldOf(context, desk.rules.account, id),
  };
}

const CLASSES: Readonly<Partial<Record<Instrument["kind"], NettingClass>>> = {
  future: "FUT",
  etf: "ETF",
  equity: "STK",
};

/** Half way between the two sides, on the grid that crosses are booked on; null without both. */
function midOf(desk: OrderDesk, id: InstrumentId): number | null {
  const { desk: market } = desk.world.context();
  const slot = market.slot(id);
  if (slot === null) return null;
  const bid = market.book.bid[slot] ?? Number.NaN;
  const ask = market.book.ask[slot] ?? Number.NaN;
  const mid = (bid + ask) / 2;
  return bid > 0 && ask >= bid ? Math.round(mid * GRID) / GRID : null;
}

/**
 * Replaces tickets of one contract by what is left of them: a ticket for each sleeve that still wants something, previewed and confirmed
 * together. What crosses inside is booked at mid with that confirmation.
 */
export function netTickets(desk: OrderDesk, ids: readonly string[]): CommandResult {
  const found = nettingOf(desk, ids);
  if (typeof found === "string") return refuse(found);
  const { plan, tickets } = found;
  const [bad] = plan.rejected;
  if (bad !== undefined) return refuse(`${bad.id}: ${bad.reason}`);
  const crossed = plan.orders.filter(
    (o) => tickets.filter((t) => t.body.legs[0]?.instrument === o.id).length > 1,
  );
  const said = [
    ...plan.netted.map(
      (id) => `${nameOf(desk, id)} nets to nothing: :cross ${idsOn(tickets, id)} books it inside at mid`,
    ),
    ...plan.filtered.map((id) => `${nameOf(desk, id)} is below ${LEAST_NOTIONAL}: left as it is`),
  ];
  if (crossed.length === 0)
    return said.length === 0 ? refuse("nothing to net there") : refuse(said.join("; "));
  const made = crossed.flatMap((order) => replaceBy(desk, tickets, order, plan.crosses));
  const saved = savings(desk, plan.crosses);
  const inside = plan.crosses.filter((c) => c.qty > 0 && crossed.some((o) => o.id === c.id));
  const units = inside.reduce((sum, c) => sum + c.qty, 0);
  return {
    ok: true,
    message: [
      `${made.map((t) => t.id).join(", ")} for ${tickets.length} tickets: ${units} cross inside at mid`,
      saved === null ? "what it saves is unknown" : `saves about ${saved.toFixed(2)} of spread and fees`,
      ...said,
    ].join("; "),
    made: made[0]?.id ?? "",
  };
}

const idsOn = (tickets: readonly KeptTicket[], id: string): string =>
  tickets
    .filter((t) => t.body.legs[0]?.instrument === id)
    .map((t) => t.id)
    .join(" ");

function nameOf(desk: OrderDesk, id: string): string {
  const context = desk.world.context();
  const instrument = instrumentOf(context.desk, id as InstrumentId);
  return instrument === null ? id : label(instrument, context.session.day);
}

function replaceBy(
  desk: OrderDesk,
  tickets: readonly KeptTicket[],
  order: NetOrder,
  crosses: readonly InternalCross[],
): KeptTicket[] {
  const own = tickets.filter((t) => t.body.legs[0]?.instrument === order.id);
  const together = order.left.length > 1 ? `net of ${own.map((t) => t.id).join("+")}` : null;
  desk.write(own.map((t) => ({ k: "ticketOver" as const, ticket: t.id, why: "netted" as const })));
  return order.left.map(({ sleeve, qty }, i) =>
    desk.newTicket({
      legs: [{ instrument: order.id as InstrumentId, ratio: 1 }],
      side: order.side,
      purpose: "auto",
      qty: { by: "count", n: qty },
      price: FIRST_PRICE,
      tif: "day",
      from: null,
      sleeve,
      nets: own.map((t) => t.id),
      ...(together === null ? {} : { together }),
      // The first carries all of them: the tickets go out together or not at all.
      ...(i === 0 ? { crosses: crosses.filter((c) => c.id === order.id) } : {}),
    }),
  );
}

/** Half a spread and the fees of every contract that is not bought and not sold; null where a market is unknown. */
export function savings(desk: OrderDesk, crosses: readonly InternalCross[]): number | null {
  const context = desk.world.context();
  let sum = 0;
  for (const c of crosses) {
    const instrument = instrumentOf(context.desk, c.id as InstrumentId);
    const slot = context.desk.slot(c.id as InstrumentId);
    if (instrument === null || slot === null) return null;
    const spread = (context.desk.book.ask[slot] as number) - (context.desk.book.bid[slot] as number);
    const fx = instrument.ccy === context.facts.baseCcy ? 1 : context.source().fx(instrument.ccy);
    if (!(spread >= 0) || fx === null) return null;
    const fees = feesOf(
      desk.rules.fees,
      [{ instrument, ratio: 1 }],
      c.qty > 0 ? "buy" : "sell",
      Math.abs(c.qty),
    );
    sum += ((Math.abs(c.qty) * spread * instrument.multiplier) / 2 + fees) * fx;
  }
  return sum;
}

/** Books tickets that net to nothing inside, at the mid of now: nothing is sent, and no sleeve loses what is its own. */
export function crossTickets(desk: OrderDesk, ids: readonly string[]): CommandResult {
  const found = nettingOf(desk, ids);
  if (typeof found === "string") return refuse(found);
  const { plan, tickets } = found;
  if (desk.book.trading !== "active") return refuse(`${desk.book.trading}: nothing is booked`);
  const [bad] = plan.rejected;
  if (bad !== undefined) return refuse(`${bad.id}: ${bad.reason}`);
  if (plan.netted.length === 0 || plan.orders.length > 0 || plan.filtered.length > 0)
    return refuse("they do not net to nothing: :net makes a ticket of what is left");
  const by = tickets.map((t) => t.id);
  desk.write([
    { k: "key", of: by, text: `crossed inside: ${by.join(", ")}`, screenHash: null },
    ...crossFacts(desk, by.join("+"), plan.crosses),
    ...by.map((ticket) => ({ k: "ticketOver" as const, ticket, why: "netted" as const })),
  ]);
  const units = plan.crosses.filter((c) => c.qty > 0).reduce((sum, c) => sum + c.qty, 0);
  return { ok: true, message: `${units} crossed inside at mid: nothing was sent` };
}

/** What sleeves sell to each other, as the books take it. It sums to nothing: the broker's net does not move. */
export function crossFacts(desk: OrderDesk, name: string, crosses: readonly InternalCross[]) {
  const context = desk.world.context();
  return crosses.map((c, i) => {
    const instrument = c.id as InstrumentId;
    const ccy = instrumentOf(context.desk, instrument)?.ccy ?? context.facts.baseCcy;
    const event: FillBooked = {
      kind: "fill",
      id: `cross:${name}:${i}`,
      account: desk.rules.account,
      atUs: desk.world.nowUs(),
      instrument,
      strategy: c.sleeve,
      qty: String(c.qty),
      price: String(c.price),
      fees: "0",
      feeCcy: ccy,
      ticketId: null,
      legIndex: null,
      fx: ccy === context.facts.baseCcy ? 1 : context.source().fx(ccy),
      feeFx: null,
    };
    return { k: "booked" as const, event };
  });
}
