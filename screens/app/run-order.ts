import type { Command, QueueStyle, TicketEdit } from "../../src/desk/protocol.ts";
import { priceWish, qtyWish } from "../command/draft.ts";
import type { Order } from "../command/order-terms.ts";
import type { Statement } from "../command/statement.ts";
import { bookDraft, heldTarget } from "../orders/book-draft.ts";
import { positionsNow } from "./order-actions.ts";
import type { ScreenFace } from "./screen-face.ts";

/** An order line stages and opens the preview. It never sends. */
export async function runOrder(screen: ScreenFace, order: Order): Promise<void> {
  if (order.what.kind === "ref") {
    await runRef(screen, order, order.what.id);
    return;
  }
  const asks = order.verb === "close" || order.verb === "roll";
  const book = asks ? await positionsNow(screen) : null;
  const draft = bookDraft(order, screen.orders.index(), (legs) =>
    book === null ? null : heldTarget(legs, book, screen.desk),
  );
  if (typeof draft === "string") screen.notify(draft, "warn");
  else screen.orders.stage(draft, `staging ${order.verb.toUpperCase()}`, "preview");
}

/** `buy T1 5 @ 8.25` changes a ticket and previews it; `buy O7` makes a ticket like an order. */
async function runRef(screen: ScreenFace, order: Order, id: string): Promise<void> {
  const row = screen.orders.view?.rows.find((r) => r.id === id);
  if (!row) {
    screen.notify(`There is no ${id}: 9 shows tickets and orders.`, "warn");
    return;
  }
  if (order.verb !== row.side) {
    screen.notify(
      `${id} is a ${row.side.toUpperCase()}: :${row.side} ${id}, or r in its ticket flips it.`,
      "warn",
    );
    return;
  }
  let ticket = id;
  if (id.startsWith("O")) {
    const result = await screen.send({ name: "again", order: id });
    if (!result.ok || result.made === undefined) return;
    ticket = result.made;
  }
  const edits: TicketEdit[] = [];
  if (order.qty !== null) edits.push({ edit: "qty", qty: qtyWish(order.qty) });
  if (order.price !== null) edits.push({ edit: "price", price: priceWish(order.price) });
  for (const edit of edits) {
    const result = await screen.send({ name: "ticket", ticket, edit });
    if (!result.ok) return;
  }
  screen.orders.ticket(ticket);
  const { top } = screen.orders.stack;
  if (top) await screen.orders.preview([ticket], top);
}

export function runCancel(screen: ScreenFace, { what }: Statement & { kind: "cancel" }): void {
  if (what === "all") void screen.send({ name: "cancelAll", pattern: null }, "order");
  else if (what.endsWith("*")) void screen.send({ name: "cancelAll", pattern: what }, "order");
  else void screen.send({ name: "cancel", order: what }, "order");
}

/** A price inside the collar collects on the order's row; what needs a preview opens one. */
export async function runAmend(
  screen: ScreenFace,
  { id, price, size }: Statement & { kind: "amend" },
): Promise<void> {
  const result = await screen.send({
    name: "amendTo",
    order: id,
    price: price === null ? null : priceWish(price),
    qty: size === null ? null : `${size}`,
  });
  if (!result.ok) return;
  if (result.made === undefined || result.made === id) screen.focusPane("orders");
  else await screen.orders.preview([result.made], screen.orders.stack.top);
}

const STYLES: Readonly<Record<string, QueueStyle>> = {
  any: "ANY",
  midday: "MIDDAY",
  open: "OPEN_AUCTION",
  close: "CLOSE_AUCTION",
};

function ticketCommands(
  { verb, word }: Statement & { kind: "tickets" },
  tickets: readonly string[],
): Command[] {
  const each = (edit: TicketEdit): Command[] => tickets.map((ticket) => ({ name: "ticket", ticket, edit }));
  const off = word === "off";
  switch (verb) {
    case "net":
    case "cross":
      return [{ name: verb, tickets }];
    case "pair":
      return [{ name: "pair", tickets, apart: off }];
    case "job":
      return [{ name: "job", tickets, style: STYLES[word ?? ""] ?? null }];
    case "work":
      return each({ edit: "work" });
    case "sleeve":
      return each({ edit: "sleeve", sleeve: off ? null : word });
    case "worth":
      return each({ edit: "benefit", amount: off ? null : Number(word) });
  }
}

/** What is said of staged tickets: those named, else the marked ones of the orders pane or the one under its cursor. */
export async function runTickets(
  screen: ScreenFace,
  statement: Statement & { kind: "tickets" },
): Promise<void> {
  const tickets =
    statement.tickets.length > 0 ? statement.tickets : (screen.panes.pane("orders")?.tickets?.() ?? []);
  if (tickets.length === 0) {
    screen.notify(`${statement.verb} which tickets? Name them: T1 T2`, "warn");
    return;
  }
  for (const command of ticketCommands(statement, tickets)) {
    const result = await screen.send(command, "order");
    if (!result.ok) return;
  }
}
