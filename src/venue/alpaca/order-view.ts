import type { Order, OrderLeg } from "../orders/types.ts";
import { uuidOf } from "./uuid.ts";
import { Nanos } from "./values.ts";

export const decimal = (x: number): string => String(Math.round(x * 1e8) / 1e8);
export const isoOf = (us: number | null): string | null => (us === null ? null : new Nanos(us).toString());

/** The vendor's word for a status. */
export function statusWord(o: Order): string {
  switch (o.status) {
    case "pending":
      return "pending_new";
    case "working":
      return o.filled > 0 ? "partially_filled" : "new";
    case "pendingCancel":
      return "pending_cancel";
    case "pendingReplace":
      return "pending_replace";
    case "filled":
    case "canceled":
    case "rejected":
    case "expired":
    case "replaced":
      return o.status;
  }
}

const classOf = (leg: OrderLeg): string => {
  const { kind } = leg.product.instrument;
  return kind === "option" ? "us_option" : kind === "crypto" ? "crypto" : "us_equity";
};

/** The whole order object; of a package the parent has empty words and its legs are orders of their own. */
export function orderView(o: Order, nested = true): Record<string, unknown> {
  const { draft } = o;
  const [first] = draft.legs as [OrderLeg];
  const multi = draft.legs.length > 1;
  const clientId = draft.clientId ?? o.id;
  const shared = {
    created_at: isoOf(o.createdUs),
    updated_at: isoOf(o.updatedUs),
    submitted_at: isoOf(o.createdUs),
    filled_at: o.status === "filled" ? isoOf(o.endedUs) : null,
    expired_at: o.status === "expired" ? isoOf(o.endedUs) : null,
    canceled_at: o.status === "canceled" ? isoOf(o.endedUs) : null,
    failed_at: o.status === "rejected" ? isoOf(o.endedUs) : null,
    replaced_at: o.status === "replaced" ? isoOf(o.endedUs) : null,
    replaced_by: o.replacedBy,
    replaces: o.replaces,
  };
  const terms = {
    notional: null,
    order_class: multi ? "mleg" : ((draft.extra["order_class"] as string | undefined) ?? ""),
    order_type: draft.type,
    type: draft.type,
    time_in_force: draft.tif,
    limit_price: draft.limit === null ? null : decimal(draft.limit),
    stop_price: null,
    status: statusWord(o),
    extended_hours: false,
    trail_percent: null,
    trail_price: null,
    hwm: null,
    subtag: null,
    source: null,
  };
  const average = o.filled > 0 ? decimal(o.value / o.filled) : null;
  return {
    id: o.id,
    client_order_id: clientId,
    ...shared,
    asset_id: multi ? "" : uuidOf(first.product.symbol),
    symbol: multi ? "" : first.product.symbol,
    asset_class: multi ? "" : classOf(first),
    qty: decimal(draft.qty),
    filled_qty: decimal(o.filled),
    filled_avg_price: average,
    ...terms,
    side: multi ? "" : draft.side,
    position_intent: multi ? "" : first.intent,
    legs: multi && nested ? draft.legs.map((leg, i) => legView(o, leg, i, { ...shared, ...terms })) : null,
  };
}

function legView(o: Order, leg: OrderLeg, i: number, shared: object): object {
  const value = o.executions.reduce((s, e) => s + (e.legPrices[i] as number) * e.qty, 0);
  const id = uuidOf(`${o.id} ${i}`);
  return {
    id,
    client_order_id: id,
    ...shared,
    limit_price: null,
    asset_id: uuidOf(leg.product.symbol),
    symbol: leg.product.symbol,
    asset_class: classOf(leg),
    qty: decimal(o.draft.qty * leg.ratio),
    ratio_qty: decimal(leg.ratio),
    filled_qty: decimal(o.filled * leg.ratio),
    filled_avg_price: o.filled > 0 && value > 0 ? decimal(value / o.filled) : null,
    side: leg.side,
    position_intent: leg.intent,
    legs: null,
  };
}
