import type { OrderRow, OrdersView } from "../../src/desk/protocol.ts";
import * as f from "../kit/format.ts";
import type { NoticeLevel } from "./pane.ts";

const SIDE = { buy: "BUY", sell: "SELL" } as const;
/** Confirmations whose answer is still awaited; older ones are forgotten. */
const MAX_AWAITED = 64;

const words = (row: OrderRow): string => `${SIDE[row.side]} ${f.units(Math.abs(row.qty))} ${row.what}`;
const price = (row: OrderRow, v: number | null): string => f.price(v, row.decimals);

/** What became of an order, in one sentence; null when nothing that has to be said. */
function sentence(row: OrderRow, before: OrderRow | undefined): { text: string; level: NoticeLevel } | null {
  const why = row.note === null ? "" : `: ${row.note}`;
  switch (row.state) {
    case "filled":
      return {
        text: `filled ${words(row)} @${price(row, row.avgFill ?? row.limit)}  ${row.id}`,
        level: "order",
      };
    case "partial":
      return {
        text: `partial ${row.id} ${f.units(row.filled)} of ${f.units(Math.abs(row.qty))} ${row.what} @${price(row, row.avgFill)}`,
        level: "order",
      };
    case "working":
      // A row that was working before has nothing new to say.
      return before?.state === "partial" || before?.state === "cancelling"
        ? null
        : { text: `working ${words(row)} @${price(row, row.limit)}  ${row.id}`, level: "order" };
    case "cancelled":
    case "expired":
      return { text: `${row.state} ${row.id} ${words(row)}${why}`, level: "order" };
    case "rejected":
    case "denied":
    case "busted":
      return { text: `${row.state} ${row.id} ${words(row)}${why}`, level: "error" };
    case "not sent":
      return { text: `not sent ${row.id} ${words(row)}${why}`, level: "warn" };
    case "UNKNOWN":
      return { text: `UNKNOWN ? ${row.id} ${words(row)}${why}`, level: "error" };
    case "staged":
    case "sending":
    case "cancelling":
      return null;
  }
}

/** Says each change of an order once, and how long the broker took to answer a `C`. */
export class OrderNotices {
  #rows: ReadonlyMap<string, OrderRow> | null = null;
  readonly #awaited = new Map<string, number>();

  /** `about` is the order that is spoken of: what was said of it before is over. */
  constructor(readonly say: (text: string, level: NoticeLevel, about: string) => void) {}

  /** `C` went out at this time of the host clock. */
  confirmed(order: string, atMs: number): void {
    if (this.#awaited.size >= MAX_AWAITED) this.#awaited.clear();
    this.#awaited.set(order, atMs);
  }

  receive(view: OrdersView, nowMs: number): void {
    const before = this.#rows;
    this.#rows = new Map(view.rows.map((row) => [row.id, row]));
    // What was there when the screen opened is no news.
    if (before === null) return;
    for (const row of view.rows) {
      const old = before.get(row.id);
      if (old !== undefined && old.state === row.state && old.filled === row.filled) continue;
      const said = sentence(row, old);
      if (said === null) continue;
      const sentMs = this.#awaited.get(row.id);
      this.#awaited.delete(row.id);
      // A cancel answers no `C`: what was awaited was the price that an amend sent.
      const took =
        sentMs === undefined || row.state === "cancelled"
          ? ""
          : `  (${Math.max(0, Math.round(nowMs - sentMs))} ms after C)`;
      this.say(said.text + took, said.level, row.id);
    }
  }
}
