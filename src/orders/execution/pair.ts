import type { CommandResult } from "../../desk/protocol.ts";
import type { OrderDesk } from "../order-desk.ts";
import { rewrite, stagedBy } from "./together.ts";

/** What the name of a pair that a trader made begins with; a split package has the name of its ticket. */
export const PAIR = "pair ";

const refuse = (message: string): CommandResult => ({ ok: false, message });

/** Tickets become a pair: previewed and confirmed together, and watched until both have what they want. Those of one are taken apart. */
export function pairTickets(desk: OrderDesk, ids: readonly string[]): CommandResult {
  const tickets = stagedBy(desk, ids);
  if (typeof tickets === "string") return refuse(tickets);
  if (tickets.some((t) => t.body.pair !== undefined)) return unpair(desk, ids);
  if (tickets.length < 2) return refuse("a pair takes two tickets or more");
  const bound = tickets.find((t) => t.body.together !== undefined);
  if (bound !== undefined) return refuse(`${bound.id} goes with others already (${bound.body.together})`);
  const amends = tickets.find((t) => t.body.replaces !== undefined);
  if (amends !== undefined)
    return refuse(`${amends.id} takes the place of ${amends.body.replaces?.order}: it goes alone`);
  const name = `${PAIR}${tickets.map((t) => t.id).join("+")}`;
  for (const ticket of tickets) rewrite(desk, ticket, { pair: name, together: name });
  return {
    ok: true,
    message: `${name}: one preview, one confirmation; what fills of one alone is watched`,
    made: tickets[0]?.id ?? "",
  };
}

/** Takes a pair apart while nothing of it is sent. */
export function unpair(desk: OrderDesk, ids: readonly string[]): CommandResult {
  const tickets = stagedBy(desk, ids);
  if (typeof tickets === "string") return refuse(tickets);
  const names = new Set(tickets.flatMap((t) => t.body.pair ?? []));
  if (names.size === 0) return refuse("no pair there");
  for (const ticket of desk.staged()) {
    const { pair, together: _, ...body } = ticket.body;
    if (pair === undefined || !names.has(pair)) continue;
    desk.write([{ k: "ticket", ticket: { id: ticket.id, day: "", runId: ticket.runId, body } }]);
  }
  return { ok: true, message: `${[...names].join(", ")} taken apart` };
}
