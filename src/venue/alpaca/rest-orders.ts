import type { VenueContext } from "../context.ts";
import { json, objectBody, type Reply, type Request } from "../net/http.ts";
import type { Exchange } from "../orders/exchange.ts";
import { withOutcome } from "../orders/outcome.ts";
import type { Order } from "../orders/types.ts";
import { TERMINAL } from "../orders/types.ts";
import { amount, checkOrder, invalid, subPenny } from "./order-check.ts";
import { decimal, isoOf, orderView } from "./order-view.ts";
import { limitOf, problem } from "./paging.ts";

const PATH = "/v2/orders";

/** Orders by REST. */
export class OrderRest {
  constructor(
    private readonly context: VenueContext,
    private readonly exchange: Exchange,
  ) {}

  handle(request: Request): Reply | null {
    const { method, query } = request;
    const path = decodeURIComponent(request.path);
    if (path === PATH) {
      if (method === "POST") return this.place(request);
      if (method === "GET") return this.list(query);
      return method === "DELETE" ? this.cancelAll() : null;
    }
    if (path === `${PATH}:by_client_order_id` && method === "GET") return this.byClientId(query);
    const one = /^\/v2\/orders\/([^/]+)$/.exec(path);
    if (one === null) return null;
    const order = this.known(one[1] as string);
    if (order === null) return problem(404, 40410000, `order not found for ${one[1]}`);
    if (method === "GET") return json(orderView(order));
    if (method === "PATCH") return this.replace(order, request);
    return method === "DELETE" ? this.cancel(order) : null;
  }

  private known(id: string): Order | null {
    return this.context.faults.take("unknownOrder", PATH) === null ? this.exchange.find(id) : null;
  }

  private place(request: Request): Reply {
    const unavailable = { status: 503, body: { code: 50010000, message: "service unavailable" } };
    return withOutcome(this.context, PATH, () => this.placed(request), unavailable);
  }

  private placed(request: Request): Reply {
    const body = objectBody(request);
    if (body === null) return problem(422, 40010001, "request body format is invalid");
    const draft = checkOrder(this.context, this.exchange, body);
    if ("status" in draft) return draft;
    return json(orderView(this.exchange.submit(draft)));
  }

  private byClientId(query: URLSearchParams): Reply {
    const id = query.get("client_order_id") ?? "";
    const hidden = this.context.faults.take("unknownOrder", PATH) !== null;
    // Without one of its own an order goes by its server's id.
    const found = hidden ? null : (this.exchange.byClientId(id).at(-1) ?? this.exchange.find(id));
    return found === null ? problem(404, 40410000, `order not found for ${id}`) : json(orderView(found));
  }

  private list(query: URLSearchParams): Reply {
    const status = query.get("status") ?? "open";
    const limit = limitOf(query.get("limit"), 50, 500);
    if (limit === null || !["open", "closed", "all"].includes(status))
      return invalid("invalid status or limit");
    const symbols = query.get("symbols")?.split(",") ?? null;
    const after = query.get("after");
    const until = query.get("until");
    const found = this.exchange.orders.filter((o) => {
      const closed = TERMINAL.has(o.status);
      if ((status === "open" && closed) || (status === "closed" && !closed)) return false;
      if (symbols !== null && !o.draft.legs.some((l) => symbols.includes(l.product.symbol))) return false;
      const at = isoOf(o.createdUs) as string;
      return (after === null || at > after) && (until === null || at < until);
    });
    const sorted = query.get("direction") === "asc" ? found : [...found].reverse();
    return json(sorted.slice(0, limit).map((o) => orderView(o)));
  }

  private cancel(order: Order): Reply {
    if (this.exchange.cancel(order)) return { status: 204 };
    return invalid(`order is already in "${order.status}" state`);
  }

  private cancelAll(): Reply {
    const rows = this.exchange
      .open()
      .map((o) => ({ id: o.id, status: this.cancel(o).status === 204 ? 200 : 500, body: orderView(o) }));
    return json(rows, 207);
  }

  private replace(order: Order, request: Request): Reply {
    const body = objectBody(request) ?? {};
    const qty = body["qty"] === undefined ? order.draft.qty : amount(body["qty"]);
    const limit = body["limit_price"] === undefined ? order.draft.limit : amount(body["limit_price"]);
    if (qty === null || qty <= 0 || (order.draft.type === "limit" && limit === null))
      return invalid("invalid qty or limit_price");
    if (limit !== null && subPenny(limit))
      return invalid(
        `invalid limit_price ${limit}. sub-penny increment does not fulfill minimum pricing criteria`,
      );
    const clientId = body["client_order_id"];
    if (typeof clientId === "string" && this.exchange.byClientId(clientId).length > 0)
      return problem(422, 40010001, "client_order_id must be unique");
    const same = qty === order.draft.qty && limit === order.draft.limit && typeof clientId !== "string";
    if (same) return problem(403, 40310000, "order parameters are not changed");
    if (qty <= order.filled) return invalid(`qty must be > filled_qty ${decimal(order.filled)}`);
    const next = this.exchange.replace(order, {
      ...order.draft,
      qty,
      limit,
      clientId: typeof clientId === "string" ? clientId : null,
    });
    return next === null ? invalid(`cannot replace order in "${order.status}" state`) : json(orderView(next));
  }
}
