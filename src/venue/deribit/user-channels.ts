import type { OrderEvent, OrderEventKind } from "../orders/types.ts";
import { type OrderViews, productOf } from "./order-views.ts";

const KINDS = new Set(["orders", "trades", "changes"]);
/** What a client hears of: an order's changes, not the venue's steps between them. */
const TOLD: ReadonlySet<OrderEventKind> = new Set(["new", "fill", "canceled", "rejected", "expired", "bust"]);

/** `user.orders.BTC-PERPETUAL.raw`, `user.trades.option.BTC.100ms`, `user.changes.any.any.raw`, `user.portfolio.btc`. */
export function userChannel(name: string): boolean {
  const parts = name.split(".");
  if (parts[1] === "portfolio") return parts.length === 3;
  return KINDS.has(parts[1] ?? "") && (parts.length === 4 || parts.length === 5);
}

/** Whether a channel of the account speaks of an instrument. */
export function concerns(name: string, symbol: string): boolean {
  const parts = name.split(".");
  if (parts[1] === "portfolio") return false;
  if (parts.length === 4) return parts[2] === symbol;
  const [kind, currency] = [parts[2], parts[3]];
  const own = symbol.endsWith("PERPETUAL") ? "future" : "option";
  return (kind === "any" || kind === own) && (currency === "any" || symbol.startsWith(`${currency}-`));
}

/** `raw` gives one order, an interval a list; trades are always a list. */
export function userData(name: string, event: OrderEvent, orders: OrderViews): unknown {
  const { order, execution, kind } = event;
  if (!TOLD.has(kind)) return null;
  const what = name.split(".")[1];
  const trades = kind === "fill" && execution !== null ? [orders.trade(order, execution)] : [];
  if (what === "trades") return trades.length === 0 ? null : trades;
  const one = orders.order(order);
  if (what === "orders") return name.endsWith(".raw") ? one : [one];
  const positions = trades.length === 0 ? [] : orders.positions("any");
  return { instrument_name: productOf(order).symbol, orders: [one], trades, positions };
}
