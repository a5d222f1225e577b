import { toldUs, type VenueContext } from "../context.ts";
import type { Product } from "../market/types.ts";
import type { Booking } from "../orders/bookings.ts";
import type { Exchange } from "../orders/exchange.ts";
import { exact } from "../orders/portfolio.ts";
import type { Draft, Execution, Order, OrderLeg, OrderStatus } from "../orders/types.ts";
import type { Facts } from "./facts.ts";
import { numberParam, type Params, textParam } from "./params.ts";

const STATES: Readonly<Record<OrderStatus, string>> = {
  pending: "open",
  working: "open",
  pendingCancel: "open",
  pendingReplace: "open",
  filled: "filled",
  canceled: "cancelled",
  rejected: "rejected",
  expired: "cancelled",
  replaced: "cancelled",
};

export const TIFS: Readonly<Record<string, Draft["tif"]>> = {
  good_til_cancelled: "gtc",
  good_til_day: "day",
  fill_or_kill: "fok",
  immediate_or_cancel: "ioc",
};

/** Coins that an account begins with, of each kind. */
const START = 10;

/** Of an execution in coins: what is traded there pays 0.0003 of the size. */
const feeOf = (e: Execution): number => Math.round(e.qty * 0.0003 * 1e8) / 1e8;

export const productOf = (o: Order): Product => (o.draft.legs[0] as OrderLeg).product;

const isOption = (p: Product): boolean => p.instrument.kind === "option";

/** Orders, trades, positions and balances in the vendor's words. */
export class OrderViews {
  constructor(
    private readonly context: VenueContext,
    private readonly facts: Facts,
    private readonly exchange: Exchange,
  ) {}

  order(o: Order): object {
    const { draft } = o;
    const product = productOf(o);
    const market = draft.type === "market";
    return {
      order_id: o.id,
      label: draft.clientId ?? "",
      instrument_name: product.symbol,
      order_state: STATES[o.status],
      order_type: draft.type,
      direction: draft.side,
      price: market ? "market_price" : draft.limit,
      amount: draft.qty,
      contracts: product.instrument.kind === "option" ? draft.qty : draft.qty / 10,
      filled_amount: o.filled,
      average_price: o.filled === 0 ? 0 : Math.round((o.value / o.filled) * 1e6) / 1e6,
      time_in_force: Object.entries(TIFS).find(([, v]) => v === draft.tif)?.[0],
      post_only: draft.extra["post_only"],
      reduce_only: false,
      creation_timestamp: Math.floor(o.createdUs / 1000),
      last_update_timestamp: Math.floor(o.updatedUs / 1000),
      replaced: draft.extra["replaced"] === true,
      ...(o.status === "canceled" ? { cancel_reason: "user_request" } : {}),
      api: true,
      web: false,
      is_liquidation: false,
      is_rebalance: false,
      risk_reducing: false,
      mmp: false,
      max_show: draft.qty,
    };
  }

  trade(o: Order, e: Execution): object {
    const product = productOf(o);
    const currency = this.facts.currencyOf(product);
    return {
      trade_id: `${currency}-${e.id.slice(0, 8)}`,
      trade_seq: Math.floor(e.us / 1000) % 100_000_000,
      timestamp: Math.floor(e.us / 1000),
      instrument_name: product.symbol,
      price: e.price,
      amount: e.qty,
      contracts: product.instrument.kind === "option" ? e.qty : e.qty / 10,
      direction: o.draft.side,
      order_id: o.id,
      order_type: o.draft.type,
      label: o.draft.clientId ?? undefined,
      state: STATES[o.status],
      fee: feeOf(e),
      fee_currency: currency,
      liquidity: "T",
      index_price: this.facts.indexPrice(currency),
      mark_price: e.price,
      post_only: false,
      reduce_only: false,
      self_trade: false,
      matching_id: null,
      api: true,
      mmp: false,
      risk_reducing: false,
      tick_direction: 1,
    };
  }

  positions(currency: string): object[] {
    return [...this.exchange.portfolio.positions.keys()]
      .filter((p) => currency === "any" || this.facts.currencyOf(p) === currency)
      .map((p) => this.position(p));
  }

  position(product: Product): object {
    const held = this.exchange.portfolio.positions.get(product);
    const ticker = this.facts.ticker(product) as { mark_price: number; greeks?: object };
    const size = held?.qty ?? 0;
    const index = this.facts.indexPrice(this.facts.currencyOf(product));
    const view = this.context.market.optionView(product, toldUs(this.context));
    return {
      instrument_name: product.symbol,
      kind: product.instrument.kind === "option" ? "option" : "future",
      size,
      direction: size === 0 ? "zero" : size > 0 ? "buy" : "sell",
      average_price: held?.average ?? 0,
      average_price_usd: (held?.average ?? 0) * index,
      mark_price: ticker.mark_price,
      index_price: index,
      delta: view === null ? size / index : size * view.delta,
      gamma: view === null ? 0 : size * view.gamma,
      vega: view === null ? 0 : (size * view.vega) / 100,
      theta: view === null ? 0 : (size * view.theta) / 365,
      initial_margin: 0,
      maintenance_margin: 0,
      floating_profit_loss: size * (ticker.mark_price - (held?.average ?? 0)),
      realized_profit_loss: held?.realised ?? 0,
      total_profit_loss: size * (ticker.mark_price - (held?.average ?? 0)),
      settlement_price: ticker.mark_price,
      open_orders_margin: 0,
      leverage: 50,
    };
  }

  private bookedIn(currency: string): readonly Booking[] {
    return this.exchange.bookings.all.filter(
      ({ product }) => (product === null ? "BTC" : this.facts.currencyOf(product)) === currency,
    );
  }

  /** Transactions, newest first, page by page; executions are among them. */
  log(params: Params): object {
    const currency = textParam(params, "currency");
    const [from, to] = [numberParam(params, "start_timestamp"), numberParam(params, "end_timestamp")];
    const count = Math.min(250, numberParam(params, "count", 100));
    const skip = numberParam(params, "continuation", 0);
    const trades = this.exchange.executions
      .map((e) => ({ e, o: this.exchange.find(e.orderId) as Order }))
      .filter(({ e, o }) => !e.busted && this.facts.currencyOf(productOf(o)) === currency)
      .map(({ e, o }) => ({
        type: "trade",
        timestamp: Math.floor(e.us / 1000),
        instrument_name: productOf(o).symbol,
        change: -e.qty * e.price - feeOf(e),
      }));
    const booked = this.bookedIn(currency).map((b) => ({
      type:
        b.kind === "settle" || b.kind === "expire" ? "delivery" : b.kind === "transfer" ? "deposit" : b.kind,
      timestamp: Math.floor(b.us / 1000),
      ...(b.product === null
        ? {}
        : { instrument_name: b.product.symbol, position: 0, amount: Math.abs(b.qty) }),
      change: b.amount,
      cashflow: b.amount,
    }));
    const rows = [...trades, ...booked]
      .sort((a, b) => a.timestamp - b.timestamp)
      .map((row, n) => ({ id: n + 1, currency, username: "venue", user_seq: n + 1, ...row }))
      .filter((row) => row.timestamp >= from && row.timestamp <= to)
      .reverse();
    return {
      logs: rows.slice(skip, skip + count),
      continuation: rows.length > skip + count ? skip + count : null,
    };
  }

  /**
   * In the coin. Options pay their premium; an inverse contract of A dollars bought at P is worth A/P − A/X at X, so that A/P is booked and
   * the net amount over the mark taken off.
   */
  summary(currency: string): object {
    const start = this.facts.currencies.some((c) => c === currency) ? START : 0;
    let booked = start;
    for (const e of this.exchange.executions) {
      const order = this.exchange.find(e.orderId) as Order;
      const p = productOf(order);
      if (e.busted || this.facts.currencyOf(p) !== currency) continue;
      const sign = order.draft.side === "buy" ? 1 : -1;
      booked += isOption(p) ? -sign * e.qty * e.price - feeOf(e) : (sign * e.qty) / e.price;
    }
    for (const b of this.bookedIn(currency)) booked += b.amount;
    let options = 0;
    let inverse = 0;
    for (const { product, qty } of this.exchange.portfolio.positions.values()) {
      if (this.facts.currencyOf(product) !== currency) continue;
      const { mark_price: mark } = this.facts.ticker(product) as { mark_price: number };
      if (isOption(product)) options += qty * mark;
      else inverse -= qty / mark;
    }
    const equity = exact(booked + options + inverse);
    const balance = exact(booked + inverse);
    return {
      currency,
      balance,
      equity,
      available_funds: balance,
      available_withdrawal_funds: balance,
      margin_balance: equity,
      initial_margin: 0,
      maintenance_margin: 0,
      total_pl: exact(equity - start),
      session_upl: 0,
      session_rpl: 0,
      options_value: exact(options),
      portfolio_margining_enabled: false,
      type: "main",
      id: 1,
    };
  }
}
