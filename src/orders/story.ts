import type { LedgerRecord } from "../../engines/orders/index.ts";
import { anchorWords } from "../../engines/orders/index.ts";
import type { StoryLine, StoryView } from "../desk/protocol.ts";
import type { TicketBody } from "./ticket-body.ts";

/** The whole story of an order from the ledger: key, ticket, preview, record, what was sent and what came back, oldest first. */
export function storyOf(records: readonly LedgerRecord[], id: string): StoryView | null {
  const planned = records.find((r) => r.k === "planned" && (r.order.id === id || r.order.clientId === id));
  const ticket = planned?.k === "planned" ? planned.order.ticket : id;
  const order = planned?.k === "planned" ? planned.order.id : id;
  const previews = new Set(
    records.flatMap((r) =>
      r.k === "preview" && ticket !== null && r.tickets.includes(ticket) ? [r.preview] : [],
    ),
  );
  const jobs = new Set(
    records.flatMap((r) =>
      r.k === "job" && ticket !== null && r.job.tickets.includes(ticket) ? [r.job.id] : [],
    ),
  );
  const concerns = (r: LedgerRecord): boolean => {
    if ("id" in r) return r.id === order;
    if (r.k === "planned") return r.order.id === order;
    if (r.k === "ticket") return r.ticket.id === ticket;
    if (r.k === "ticketOver") return r.ticket === ticket;
    if (r.k === "job") return ticket !== null && r.job.tickets.includes(ticket);
    if (r.k === "jobStep") return jobs.has(r.job);
    if (r.k === "preview") return previews.has(r.preview) && r.tickets.includes(ticket ?? "");
    if (r.k === "key") return r.of.includes(order) || (ticket !== null && r.of.includes(ticket));
    return false;
  };
  const lines = toldOnce(records.filter(concerns)).map(line);
  if (lines.length === 0) return null;
  const title = planned?.k === "planned" ? `${order} ${planned.order.what}` : `${order}`;
  return { id: order, title, lines };
}

/** Brokers tell an order's acceptance again with every look: of those with the same id the story keeps the first. */
function toldOnce(records: readonly LedgerRecord[]): LedgerRecord[] {
  let id: string | null = null;
  return records.filter((r) => {
    if (r.k === "notThere" || r.k === "unknown") id = null;
    if (r.k !== "acked") return true;
    const again = r.brokerId === id;
    id = r.brokerId;
    return !again;
  });
}

/** A ticket as its trader said it: `buy 2 of OPT/… at mid-1t day, in place of O7 of which 4 are filled`. */
function bodyWords(body: TicketBody): string {
  const { qty, price, legs, side, tif, from, replaces } = body;
  const size =
    qty === null
      ? "the usual size"
      : qty.by === "count"
        ? `${qty.n}`
        : qty.by === "money"
          ? `${qty.amount} in money`
          : `${qty.percent} % of the position`;
  const at = price.by === "limit" ? price.price : `${anchorWords(price)}${price.follows ? " following" : ""}`;
  const more = [
    from === null ? null : `from ${from}`,
    replaces === undefined ? null : `in place of ${replaces.order} of which ${replaces.filled} are filled`,
    body.pair ?? null,
    body.nets === undefined ? null : `for ${body.nets.join(", ")}`,
    ...(body.crosses ?? []).map((c) => `${c.sleeve} crosses ${c.qty} at ${c.price}`),
    body.sleeve === undefined ? null : `sleeve ${body.sleeve}`,
    body.work === true ? "by the plan" : null,
    body.mends === undefined ? null : `mends ${body.mends}`,
    body.benefit === undefined ? null : `worth ${body.benefit}`,
  ].filter((text) => text !== null);
  const what = legs.map((l) => (l.ratio === 1 ? l.instrument : `${l.ratio} ${l.instrument}`)).join(", ");
  return [`${side} ${size} of ${what} at ${at} ${tif}`, ...more].join("; ");
}

function line(r: LedgerRecord): StoryLine {
  return { us: r.us, seq: r.seq, ...words(r) };
}

function words(r: LedgerRecord): { readonly kind: StoryLine["kind"]; readonly text: string } {
  switch (r.k) {
    case "key":
      return {
        kind: "key",
        text: r.screenHash === null ? r.text : `${r.text}, screen ${r.screenHash.slice(0, 12)}`,
      };
    case "ticket":
      return {
        kind: "ticket",
        text: `${r.ticket.id} staged or changed: ${bodyWords(r.ticket.body as TicketBody)}`,
      };
    case "ticketOver":
      return { kind: "ticket", text: `${r.ticket} ${r.why}` };
    case "preview":
      return {
        kind: "preview",
        text: `${r.preview} hash ${r.hash.slice(0, 12)}${r.guards.map((g) => `; ${g}`).join("")}`,
      };
    case "planned": {
      const { terms, clientId } = r.order;
      const { side, qty, limit, tif } = terms;
      return {
        kind: "ledger",
        text: [
          `recorded: ${side} ${qty} ${r.order.what} at ${limit} ${tif}, client id ${clientId}`,
          r.order.ordinal > 0 ? `order ${r.order.ordinal + 1} of those confirmed with it` : null,
          r.order.pair === undefined ? null : `stands against others: ${r.order.pair}`,
          r.order.work === undefined ? null : `its limit follows the market up to ${r.order.work.edge}`,
        ]
          .filter((text) => text !== null)
          .join("; "),
      };
    }
    case "sending":
      return { kind: "sent", text: "on disk, to be sent once" };
    case "acked":
      return { kind: "broker", text: `accepted as ${r.brokerId}` };
    case "rejected":
      return { kind: "broker", text: `rejected: ${r.reason}` };
    case "denied":
      return { kind: "state", text: `denied here, nothing was sent: ${r.reason}` };
    case "unknown":
      return { kind: "state", text: `outcome unknown: ${r.reason}` };
    case "notThere":
      return { kind: "broker", text: "the broker has no such order: it was not sent" };
    case "skipped":
      return { kind: "state", text: r.reason };
    case "fill": {
      const { fill: f } = r;
      return {
        kind: "fill",
        text: `${f.qty} ${f.instrument} at ${f.price}, fees ${f.fees}, execution ${f.execId}`,
      };
    }
    case "bust":
      return { kind: "fill", text: `execution ${r.execId} was busted` };
    case "afterBust":
      return { kind: "broker", text: r.works ? "what is left of it works on" : "it is over as it is" };
    case "leave":
      return {
        kind: "state",
        text: r.on
          ? "goes on working when the desk freezes"
          : "is cancelled by the guard when the desk freezes",
      };
    case "cancelAsked":
      return { kind: "sent", text: `cancel asked by ${r.by}` };
    case "cancelRefused":
      return { kind: "broker", text: `cancel refused: ${r.reason}` };
    case "cancelled":
    case "expired":
      return { kind: "broker", text: `${r.k}: ${r.reason}` };
    case "replaceAsked":
      return { kind: "sent", text: `new limit ${r.limit} asked, attempt ${r.attempt}` };
    case "replaced":
      return { kind: "broker", text: `limit replaced, attempt ${r.attempt}` };
    case "replaceFailed":
      return { kind: "broker", text: `limit not replaced: ${r.reason}` };
    case "said":
      return { kind: "note", text: r.text };
    case "state":
      return { kind: "state", text: `${r.state}: ${r.reason}` };
    case "branch":
      return { kind: "note", text: `branch ${r.branch}` };
    case "job":
      return { kind: "ticket", text: `queued as job ${r.job.id} with ${r.job.tickets.join(", ")}` };
    case "jobStep":
      return { kind: "ticket", text: `job ${r.status}: ${r.reason}` };
    case "heard":
      return { kind: "ledger", text: r.text };
    case "booked":
      return { kind: "ledger", text: `booked ${r.event.kind} ${r.event.id}` };
  }
}
