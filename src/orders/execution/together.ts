import type { KeptTicket } from "../order-book.ts";
import type { OrderDesk } from "../order-desk.ts";

/** Tickets with those that go out with them, each once, in the order in which they were staged. */
export function withPartners(desk: OrderDesk, tickets: readonly KeptTicket[]): KeptTicket[] {
  const names = new Set(tickets.flatMap((t) => t.body.together ?? []));
  const due = new Set(tickets.flatMap((t) => desk.execution.dueWith(t.id)));
  const named = new Set(tickets);
  const goes = (t: KeptTicket): boolean =>
    named.has(t) || due.has(t.id) || (t.body.together !== undefined && names.has(t.body.together));
  return due.size + names.size === 0 ? [...tickets] : desk.staged().filter(goes);
}

/** What is staged by the ids that were named, or a sentence about the first that is not. */
export function stagedBy(desk: OrderDesk, ids: readonly string[]): KeptTicket[] | string {
  const found: KeptTicket[] = [];
  for (const id of new Set(ids)) {
    const ticket = desk.tickets.get(id);
    if (ticket === undefined) return `there is no ticket ${id}`;
    if (ticket.over !== null) return `${id} was ${ticket.over}`;
    found.push(ticket);
  }
  return found;
}

/** Writes a ticket's new words. */
export function rewrite(desk: OrderDesk, ticket: KeptTicket, change: Partial<KeptTicket["body"]>): void {
  desk.write([
    {
      k: "ticket",
      ticket: { id: ticket.id, day: "", runId: ticket.runId, body: { ...ticket.body, ...change } },
    },
  ]);
}
