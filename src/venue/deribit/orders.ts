import { tickAt } from "../../../engines/market/index.ts";
import { toldUs, type VenueContext } from "../context.ts";
import type { Product } from "../market/types.ts";
import { Exchange } from "../orders/exchange.ts";
import { exact } from "../orders/portfolio.ts";
import type { Draft, Order, OrderLeg, Side } from "../orders/types.ts";
import { TERMINAL } from "../orders/types.ts";
import { RpcError, rpc } from "./errors.ts";
import type { Facts } from "./facts.ts";
import { OrderViews, productOf, TIFS } from "./order-views.ts";
import { numberParam, optionalText, type Params, textParam } from "./params.ts";
import type { Method } from "./public.ts";

/** Where faults of its orders are named. */
export const ORDERS_PATH = "/ws/api/v2/orders";
const MOST_LABEL = 64;

/** Orders by the vendor's methods. Labels are never told apart: the same one twice is two orders. */
export class DeribitOrders {
  readonly exchange: Exchange;
  readonly views: OrderViews;

  constructor(
    private readonly context: VenueContext,
    private readonly facts: Facts,
  ) {
    this.exchange = new Exchange(context, ORDERS_PATH, 0, 0);
    this.views = new OrderViews(context, facts, this.exchange);
  }

  methods(): Readonly<Record<string, Method>> {
    return {
      "private/buy": (params) => this.submit(params, "buy"),
      "private/sell": (params) => this.submit(params, "sell"),
      "private/edit": (params) => this.edit(this.known(textParam(params, "order_id")), params),
      "private/edit_by_label": (params) => this.edit(this.oneByLabel(params), params),
      "private/cancel": (params) => this.cancel(this.known(textParam(params, "order_id"))),
      "private/cancel_by_label": (params) =>
        this.cancelAll((o) => o.draft.clientId === textParam(params, "label")),
      "private/cancel_all": () => this.cancelAll(() => true),
      "private/cancel_all_by_currency": (params) => this.cancelAll(this.ofCurrency(params)),
      "private/cancel_all_by_instrument": (params) =>
        this.cancelAll((o) => productOf(o).symbol === textParam(params, "instrument_name")),
      "private/get_open_orders": () => this.exchange.open().map((o) => this.views.order(o)),
      "private/get_open_orders_by_currency": (params) => this.openOrders(this.ofCurrency(params)),
      "private/get_open_orders_by_instrument": (params) =>
        this.openOrders((o) => productOf(o).symbol === textParam(params, "instrument_name")),
      "private/get_open_orders_by_label": (params) =>
        this.openOrders((o) => o.draft.clientId === optionalText(params, "label")),
      "private/get_order_state": (params) => this.views.order(this.known(textParam(params, "order_id"))),
      "private/get_order_state_by_label": (params) => this.byLabel(params).map((o) => this.views.order(o)),
      "private/get_order_history_by_currency": (params) =>
        this.exchange.orders
          .filter((o) => TERMINAL.has(o.status) && this.ofCurrency(params)(o))
          .map((o) => this.views.order(o)),
      "private/get_user_trades_by_order": (params) => {
        const order = this.known(textParam(params, "order_id"));
        return order.executions.filter((e) => !e.busted).map((e) => this.views.trade(order, e));
      },
      "private/get_user_trades_by_currency": (params) => this.userTrades(params, this.ofCurrency(params)),
      "private/get_user_trades_by_currency_and_time": (params) => {
        const [from, to] = [numberParam(params, "start_timestamp"), numberParam(params, "end_timestamp")];
        // Here everything is recent: the history is empty.
        if (params["historical"] === true) return { trades: [], has_more: false };
        const inside = (ms: number): boolean => ms >= from && ms <= to;
        return this.userTrades(params, this.ofCurrency(params), inside);
      },
      "private/get_user_trades_by_instrument": (params) =>
        this.userTrades(params, (o) => productOf(o).symbol === textParam(params, "instrument_name")),
      "private/get_positions": (params) => this.views.positions(optionalText(params, "currency") ?? "any"),
      "private/get_position": (params) =>
        this.views.position(this.facts.product(textParam(params, "instrument_name"))),
      "private/get_account_summary": (params) => this.views.summary(textParam(params, "currency")),
      "private/get_margins": (params) => this.margins(params),
      "private/get_transaction_log": (params) => this.views.log(params),
      "private/get_account_summaries": () => ({
        summaries: this.facts.currencies.map((c) => this.views.summary(c)),
      }),
    };
  }

  private draft(params: Params, side: Side): Draft {
    const product = this.facts.product(textParam(params, "instrument_name"));
    const amount = numberParam(params, "amount", numberParam(params, "contracts", 0));
    const facts = this.facts.instrument(product) as { min_trade_amount: number };
    if (amount < facts.min_trade_amount)
      throw rpc.invalidParams("amount", "must be at least the minimum trade amount");
    const steps = amount / facts.min_trade_amount;
    if (Math.abs(steps - Math.round(steps)) > 1e-6) throw new RpcError(10021, "invalid_amount");
    const label = optionalText(params, "label");
    if (label !== null && label.length > MOST_LABEL) throw rpc.invalidParams("label", "too long");
    const type = optionalText(params, "type") ?? "limit";
    if (type !== "limit" && type !== "market") throw new RpcError(10033, "not_implemented");
    const tif = TIFS[optionalText(params, "time_in_force") ?? "good_til_cancelled"];
    if (tif === undefined) throw rpc.invalidParams("time_in_force", "unknown");
    const until = params["valid_until"];
    if (typeof until === "number" && until < this.facts.nowMs()) throw new RpcError(13888, "timed_out");
    const limit = type === "limit" ? this.price(product, params) : null;
    if (
      params["reduce_only"] === true &&
      this.exchange.portfolio.held(product) * (side === "buy" ? 1 : -1) >= 0
    )
      throw new RpcError(11030, "other_reject", { reason: "reduce_only" });
    const leg: OrderLeg = { product, side, ratio: 1, intent: null };
    return {
      clientId: label,
      legs: [leg],
      side,
      qty: amount,
      type,
      limit,
      tif,
      extra: { post_only: params["post_only"] === true },
    };
  }

  /** Margin of an order that is not sent: what is bought is paid for, what is sold binds 15 % of the coin and what it is worth. */
  private margins(params: Params): object {
    const product = this.facts.product(textParam(params, "instrument_name"));
    const amount = numberParam(params, "amount");
    const price = this.price(product, params);
    const { mark_price: mark } = this.facts.ticker(product) as { mark_price: number };
    const band = (by: number): number => exact(Math.max(0.0001, mark + by));
    return {
      buy: exact(amount * price),
      sell: exact(amount * (0.15 + mark)),
      min_price: band(-0.1),
      max_price: band(0.1),
    };
  }

  private price(product: Product, params: Params): number {
    const price = numberParam(params, "price");
    if (price <= 0) throw new RpcError(10023, "invalid_price");
    const tick = tickAt(product.instrument.ticks, price);
    if (Math.abs(price / tick - Math.round(price / tick)) > 1e-6)
      throw new RpcError(10043, "price_wrong_tick");
    return price;
  }

  private submit(params: Params, side: Side): object {
    const { faults, clock } = this.context;
    if (faults.take("ackLost", ORDERS_PATH, true)?.params["when"] === "before") {
      faults.take("ackLost", ORDERS_PATH);
      throw new LostReply();
    }
    const draft = this.draft(params, side);
    this.crossedPostOnly(draft, params);
    const later = faults.take("orderLater", ORDERS_PATH)?.params["ms"] as number | undefined;
    if (later !== undefined) {
      clock.after(later, () => void this.exchange.submit(draft));
      throw new RpcError(13888, "timed_out");
    }
    const early = faults.has("fillBeforeAck", ORDERS_PATH);
    const order = this.exchange.submit(draft);
    if (faults.take("ackLost", ORDERS_PATH) !== null) throw new LostReply();
    if (faults.take("ackError", ORDERS_PATH) !== null) throw new RpcError(11094, "internal_server_error");
    const late = faults.take("ackLate", ORDERS_PATH)?.params["ms"] as number | undefined;
    const answer = {
      order: this.views.order(order),
      trades: order.executions.map((e) => this.views.trade(order, e)),
    };
    if (late !== undefined || early) throw new LateReply(answer, late ?? 100);
    return answer;
  }

  private crossedPostOnly(draft: Draft, params: Params): void {
    if (params["reject_post_only"] !== true || params["post_only"] !== true || draft.limit === null) return;
    const q = this.context.market.quoteAt((draft.legs[0] as OrderLeg).product, toldUs(this.context));
    const crosses =
      q !== null && (draft.side === "buy" ? draft.limit >= q.ask && q.ask > 0 : draft.limit <= q.bid);
    if (crosses) throw new RpcError(11054, "post_only_reject");
  }

  private known(id: string): Order {
    const hidden = this.context.faults.take("unknownOrder", ORDERS_PATH) !== null;
    const order = hidden ? null : this.exchange.find(id);
    if (order === null) throw new RpcError(10004, "order_not_found");
    return order;
  }

  private byLabel(params: Params): readonly Order[] {
    if (this.context.faults.take("unknownOrder", ORDERS_PATH) !== null) return [];
    return this.exchange.byClientId(textParam(params, "label")).filter(this.ofCurrency(params));
  }

  private oneByLabel(params: Params): Order {
    const [order, ...more] = this.byLabel(params).filter((o) => !TERMINAL.has(o.status));
    if (order === undefined) throw new RpcError(10004, "order_not_found");
    if (more.length > 0)
      throw new RpcError(11030, "other_reject", { reason: "multiple orders with the label" });
    return order;
  }

  private edit(order: Order, params: Params): object {
    const qty = numberParam(params, "amount", order.draft.qty);
    const limit = params["price"] === undefined ? order.draft.limit : this.price(productOf(order), params);
    if (TERMINAL.has(order.status)) throw new RpcError(11044, "not_open_order");
    if (!this.exchange.amend(order, { qty, limit, extra: { ...order.draft.extra, replaced: true } }))
      throw new RpcError(10021, "invalid_amount");
    return {
      order: this.views.order(order),
      trades: order.executions.map((e) => this.views.trade(order, e)),
    };
  }

  private cancel(order: Order): object {
    if (!this.exchange.cancel(order)) throw new RpcError(11044, "not_open_order");
    return { ...(this.views.order(order) as object), order_state: "cancelled" };
  }

  cancelAll(mine: (o: Order) => boolean): number {
    const open = this.exchange.open().filter(mine);
    for (const o of open) this.exchange.cancel(o);
    return open.length;
  }

  private openOrders(mine: (o: Order) => boolean): object[] {
    return this.exchange
      .open()
      .filter(mine)
      .map((o) => this.views.order(o));
  }

  private ofCurrency(params: Params): (o: Order) => boolean {
    const currency = optionalText(params, "currency");
    return (o) => currency === null || currency === "any" || this.facts.currencyOf(productOf(o)) === currency;
  }

  private userTrades(
    params: Params,
    mine: (o: Order) => boolean,
    inside: (ms: number) => boolean = () => true,
  ): object {
    const count = Math.min(1000, numberParam(params, "count", 10));
    const rows = this.exchange.executions
      .filter((e) => !e.busted && inside(Math.floor(e.us / 1000)))
      .map((e) => ({ e, o: this.exchange.find(e.orderId) as Order }))
      .filter(({ o }) => mine(o))
      .map(({ e, o }) => this.views.trade(o, e));
    const sorted = params["sorting"] === "asc" ? rows : [...rows].reverse();
    return { trades: sorted.slice(0, count), has_more: sorted.length > count };
  }
}

/** The answer never comes. */
export class LostReply extends Error {}

/** The answer comes later than its events. */
export class LateReply extends Error {
  constructor(
    readonly result: unknown,
    readonly ms: number,
  ) {
    super("late");
  }
}
