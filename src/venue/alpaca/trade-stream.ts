import { unpack } from "msgpackr";
import type { VenueContext } from "../context.ts";
import type { Wire } from "../net/wire.ts";
import type { Exchange } from "../orders/exchange.ts";
import type { OrderEvent, OrderEventKind } from "../orders/types.ts";
import { accepts } from "./auth.ts";
import { decimal, isoOf, orderView } from "./order-view.ts";
import { Nanos } from "./values.ts";

/** The vendor's word for what happened. */
const WORDS: Readonly<Record<OrderEventKind, string>> = {
  pending: "pending_new",
  new: "new",
  fill: "fill",
  pendingCancel: "pending_cancel",
  canceled: "canceled",
  pendingReplace: "pending_replace",
  replaced: "replaced",
  replaceRejected: "order_replace_rejected",
  cancelRejected: "order_cancel_rejected",
  rejected: "rejected",
  expired: "expired",
  bust: "trade_bust",
};
const STREAM = "trade_updates";

/** The stream of order events. Frames are binary with JSON inside, as on the paper host. */
export class TradeStream {
  private authed = false;
  private listening = false;

  constructor(
    private readonly context: VenueContext,
    private readonly wire: Wire,
    private readonly exchange: Exchange,
  ) {
    wire.onMessage((data) => this.message(data));
    wire.onClose(exchange.onEvent((event) => this.event(event)));
  }

  private message(data: Buffer): void {
    const m = read(data);
    const action = m?.["action"];
    if (m === null || typeof action !== "string")
      return this.out({ action: "error", data: { error_message: "invalid message" } });
    const inner = (m["data"] ?? {}) as Record<string, unknown>;
    if (action === "authenticate" || action === "auth") return this.auth(m, inner);
    if (!this.authed) return this.authorization("unauthorized", action);
    if (action !== "listen")
      return this.out({ action: "error", data: { error_message: `unknown action ${action}` } });
    const asked = Array.isArray(inner["streams"]) ? inner["streams"] : [];
    this.listening = asked.includes(STREAM);
    this.out({ stream: "listening", data: { streams: this.listening ? [STREAM] : [] } });
  }

  private auth(m: Readonly<Record<string, unknown>>, inner: Readonly<Record<string, unknown>>): void {
    const key = String(inner["key_id"] ?? m["key"] ?? "");
    const secret = String(inner["secret_key"] ?? m["secret"] ?? "");
    this.authed = accepts(this.context.credentials, { key, secret });
    this.authorization(this.authed ? "authorized" : "unauthorized", "authenticate");
  }

  private authorization(status: string, action: string): void {
    this.out({ stream: "authorization", data: { status, action } });
  }

  private event(event: OrderEvent): void {
    if (!this.listening) return;
    const { order, execution, kind } = event;
    const partial = kind === "fill" && execution !== null && execution.cumulative < order.draft.qty;
    const executed = execution === null ? {} : this.executed(event);
    this.out({
      stream: STREAM,
      data: {
        event: partial ? "partial_fill" : WORDS[kind],
        event_id: event.eventId,
        execution_id: execution?.id ?? event.eventId,
        at: isoOf(event.us),
        timestamp: new Nanos(event.us, 123).toString(),
        ...executed,
        order: orderView(order),
      },
    });
  }

  private executed(event: OrderEvent): object {
    const [leg] = event.order.draft.legs;
    const held = leg === undefined ? 0 : this.exchange.portfolio.held(leg.product);
    const { price, qty } = event.execution as { price: number; qty: number };
    return { price: decimal(price), qty: decimal(qty), position_qty: decimal(held) };
  }

  private out(message: object): void {
    this.wire.send(Buffer.from(JSON.stringify(message)), true);
  }
}

function read(data: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = data[0] === 0x7b ? JSON.parse(data.toString("utf8")) : unpack(data);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
