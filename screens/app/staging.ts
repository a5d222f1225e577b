import type { Draft, OrderSide } from "../../src/desk/protocol.ts";
import type { ModeHost } from "../orders/mode.ts";
import type { OrderTarget } from "../orders/target.ts";
import { TicketMode } from "../orders/ticket.ts";

/**
 * Puts a draft on the desk as a ticket. Its strip opens at once under the row with the cursor, and waits for the desk in it: no key waits
 * for the network. With `then` the ticket is previewed as soon as it is made. A pane stages by `host.stage(draft)`, which comes here.
 */
export function stageDraft(host: ModeHost, draft: Draft, words: string, then?: "preview"): void {
  const mode = new TicketMode(host, words);
  host.push(mode);
  void host.send({ name: "stage", draft }, "order").then((result) => {
    if (!result.ok || result.made === undefined) {
      host.leave(mode);
      return;
    }
    // Left meanwhile: the ticket is staged all the same, and waits in pane 9.
    if (!host.isOpen(mode)) return;
    mode.show(result.made);
    if (then === "preview") void host.preview([result.made], mode);
  });
}

/** A draft of one key: what the row trades, at the desk's default price and quantity. */
export const keyDraft = (target: OrderTarget, side: OrderSide, purpose: Draft["purpose"]): Draft => ({
  legs: target.legs,
  side,
  purpose,
  qty: null,
  price: null,
  tif: "day",
  from: target.from,
});
