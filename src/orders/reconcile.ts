import { isTerminal, mayLive } from "../../engines/orders/index.ts";
import type { CommandResult } from "../desk/protocol.ts";
import type { OrderDesk } from "./order-desk.ts";

/** Asks the broker for every order that may live there; its answers are adopted as they come. */
export function reconcile(desk: OrderDesk): CommandResult {
  const asked = [...desk.book.orders.values()].filter((o) => !isTerminal(o.status) && mayLive(o.status));
  for (const state of asked) desk.sender.resolve(state.order.id);
  // The oldest order comes first: nothing can have traded before it.
  const [first] = desk.book.orders.values();
  if (first !== undefined) desk.sender.askExecutions(first.plannedUs);
  return { ok: true, message: `${desk.broker.traits.name} asked about ${asked.length} orders` };
}
