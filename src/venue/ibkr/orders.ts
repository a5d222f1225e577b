import { randomUUID } from "node:crypto";
import { toldUs, type VenueContext } from "../context.ts";
import { Exchange } from "../orders/exchange.ts";
import type { Draft, Execution, Order, OrderLeg, OrderStatus } from "../orders/types.ts";
import { ACCOUNT } from "./account.ts";
import { type Contracts, exchangeOf, secTypeOf, tickerOf } from "./contracts.ts";

const FIRST_ID = 1_500_000_000;
const CASH = 1_000_000;
const ACCEPT_MS = 4;
/** Of each leg of each execution. */
const COMMISSION = 1;
/** Where faults of its orders are named. */
export const ORDERS_PATH = "/iserver/account/orders";

type Body = Readonly<Record<string, unknown>>;

/** The broker's word for a status. */
const WORDS: Readonly<Record<OrderStatus, string>> = {
  pending: "PendingSubmit",
  working: "Submitted",
  pendingCancel: "PendingCancel",
  pendingReplace: "Submitted",
  filled: "Filled",
  canceled: "Cancelled",
  rejected: "Inactive",
  expired: "Cancelled",
  replaced: "Cancelled",
};
const COIDS_LIVE_US = 24 * 3_600_000_000;

export interface Row {
  readonly acct: string;
  readonly orderId: number;
  readonly [key: string]: unknown;
}

/** The account's orders in the broker's words: numbers for ids, rows for lists. */
export class IbkrOrders {
  readonly exchange: Exchange;
  private readonly numbers = new Map<Order, number>();
  private readonly byNumber = new Map<number, Order>();

  constructor(
    private readonly context: VenueContext,
    private readonly contracts: Contracts,
  ) {
    this.exchange = new Exchange(context, ORDERS_PATH, CASH, ACCEPT_MS);
    // Ahead of whoever is told of an execution: it is paid for by then.
    this.exchange.onEvent(({ kind, order }) => {
      const paid = order.draft.legs.length * COMMISSION;
      if (kind === "fill") this.exchange.portfolio.pay(paid);
      else if (kind === "bust") this.exchange.portfolio.pay(-paid);
    });
  }

  numberOf(order: Order): number {
    let n = this.numbers.get(order);
    if (n === undefined) {
      n = FIRST_ID + order.seq;
      this.numbers.set(order, n);
      this.byNumber.set(n, order);
    }
    return n;
  }

  find(number: number): Order | null {
    return this.byNumber.get(number) ?? null;
  }

  statusOf(o: Order): string {
    return WORDS[o.status];
  }

  /** A ticket of the broker's as a draft, or what it says of it. */
  draft(body: Body): Draft | string {
    const cOID = typeof body["cOID"] === "string" ? body["cOID"] : null;
    if (cOID !== null && this.registered(cOID))
      return `Order couldn't be submitted: Local order ID=${cOID} is already registered.`;
    const side = String(body["side"]).toUpperCase();
    if (side !== "BUY" && side !== "SELL") return "Invalid side";
    const qty = Number(body["quantity"]);
    if (!(qty > 0)) return "Invalid order quantity";
    const type = String(body["orderType"]).toUpperCase();
    if (type !== "LMT" && type !== "MKT") return `Order type ${type} is not supported by this venue`;
    const price = Number(body["price"]);
    if (type === "LMT" && (body["price"] === undefined || !Number.isFinite(price)))
      return "Missing order parameter: price";
    const legs =
      typeof body["conidex"] === "string"
        ? this.comboLegs(body["conidex"], side)
        : this.oneLeg(body["conid"], side);
    if (legs === null) return "Contract not found";
    const single = legs.length === 1;
    const tif = String(body["tif"] ?? "DAY").toUpperCase();
    return {
      clientId: cOID,
      legs,
      side: single ? (side === "BUY" ? "buy" : "sell") : "buy",
      qty,
      type: type === "LMT" ? "limit" : "market",
      limit: type === "MKT" ? null : single || side === "BUY" ? price : -price,
      tif: tif === "GTC" ? "gtc" : tif === "IOC" ? "ioc" : "day",
      extra: {
        side,
        price: type === "MKT" ? null : price,
        tif,
        orderType: type,
        conidex: body["conidex"] ?? null,
      },
    };
  }

  /** An id of the last 24 hours. */
  private registered(cOID: string): boolean {
    const since = toldUs(this.context) - COIDS_LIVE_US;
    return this.exchange.byClientId(cOID).some((o) => o.createdUs > since);
  }

  private oneLeg(conid: unknown, side: string): OrderLeg[] | null {
    const product = this.contracts.find(Number(conid));
    if (product === null) return null;
    return [{ product, side: side === "BUY" ? "buy" : "sell", ratio: 1, intent: null }];
  }

  /** `28812380@SMART;;;265598/1,756733/-1`: a negative ratio is sold when the combo is bought. */
  private comboLegs(conidex: string, side: string): OrderLeg[] | null {
    const parts = conidex.split(";;;")[1]?.split(",") ?? [];
    const legs: OrderLeg[] = [];
    for (const part of parts) {
      const [conid, ratio] = part.split("/").map(Number);
      const product = this.contracts.find(conid ?? 0);
      if (product === null || ratio === undefined || !Number.isInteger(ratio) || ratio === 0) return null;
      const bought = ratio > 0 === (side === "BUY");
      legs.push({ product, side: bought ? "buy" : "sell", ratio: Math.abs(ratio), intent: null });
    }
    return legs.length < 2 ? null : legs;
  }

  /** A row of the orders list and of `sor`. */
  row(o: Order): Row {
    const { draft } = o;
    const [leg] = draft.legs as readonly [OrderLeg];
    const conid = this.contracts.conidOf(leg.product);
    const limit = draft.extra["price"];
    const left = draft.qty - o.filled;
    return {
      acct: ACCOUNT,
      account: ACCOUNT,
      conid,
      conidex: draft.extra["conidex"] ?? String(conid),
      orderId: this.numberOf(o),
      cashCcy: leg.product.instrument.ccy,
      sizeAndFills: `${o.filled}/${draft.qty}`,
      orderDesc: `${draft.extra["side"] === "BUY" ? "Bought" : "Sold"} ${draft.qty} ${limit === null ? "Market" : `Limit ${limit}`}, ${draft.extra["tif"]}`,
      description1: tickerOf(leg.product),
      ticker: tickerOf(leg.product),
      secType: draft.legs.length > 1 ? "BAG" : secTypeOf(leg.product),
      listingExchange: exchangeOf(leg.product),
      remainingQuantity: left,
      filledQuantity: o.filled,
      totalSize: draft.qty,
      companyName: leg.product.base?.symbol ?? leg.product.symbol,
      status: this.statusOf(o),
      order_ccp_status: o.status === "filled" ? "2" : "0",
      avgPrice: o.filled === 0 ? "0.0" : String(Math.round((o.value / o.filled) * 1e6) / 1e6),
      origOrderType: draft.type === "limit" ? "LIMIT" : "MARKET",
      orderType: draft.type === "limit" ? "Limit" : "Market",
      supportsTaxOpt: "1",
      lastExecutionTime: compact(o.updatedUs),
      lastExecutionTime_r: Math.floor(o.updatedUs / 1000),
      order_ref: draft.clientId ?? undefined,
      timeInForce: draft.extra["tif"] === "DAY" ? "CLOSE" : draft.extra["tif"],
      side: draft.extra["side"],
      price: limit === null ? "" : limit,
      bgColor: "#FFFFFF",
      fgColor: "#0000CC",
    };
  }

  /** Executions as the broker lists them: one a leg. */
  trades(e: Execution): object[] {
    const order = this.exchange.find(e.orderId) as Order;
    return order.draft.legs.map((leg, i) => {
      const conid = this.contracts.conidOf(leg.product);
      const price = e.legPrices[i] as number;
      const units = "multiplier" in leg.product.instrument ? leg.product.instrument.multiplier : 1;
      const size = e.qty * leg.ratio;
      return {
        execution_id: `0000e0d5.${e.id.slice(0, 8)}.0${i + 1}.01`,
        symbol: tickerOf(leg.product),
        supports_tax_opt: "1",
        side: leg.side === "buy" ? "B" : "S",
        order_description: `${leg.side === "buy" ? "Bot" : "Sold"} ${size} @ ${price} on ${exchangeOf(leg.product)}`,
        trade_time: stamp(e.us),
        trade_time_r: Math.floor(e.us / 1000),
        size,
        price: String(price),
        order_ref: order.draft.clientId ?? undefined,
        order_id: this.numberOf(order),
        submitter: "venue",
        exchange: exchangeOf(leg.product),
        commission: this.context.faults.has("commissionLate", ORDERS_PATH) ? "" : COMMISSION.toFixed(1),
        net_amount: Math.round(price * size * units * 100) / 100,
        account: ACCOUNT,
        accountCode: ACCOUNT,
        account_allocation_name: ACCOUNT,
        company_name: leg.product.base?.symbol ?? leg.product.symbol,
        contract_description_1: tickerOf(leg.product),
        sec_type: secTypeOf(leg.product),
        listing_exchange: exchangeOf(leg.product),
        conid,
        conidEx: String(conid),
        clearing_id: "IB",
        clearing_name: "IB",
        liquidation_trade: "0",
      };
    });
  }
}

export const replyId = (): string => randomUUID();

/** `20231211-18:00:49`, UTC. */
const stamp = (us: number): string => {
  const iso = new Date(us / 1000).toISOString();
  return `${iso.slice(0, 10).replaceAll("-", "")}-${iso.slice(11, 19)}`;
};

/** `231211180049`, UTC. */
const compact = (us: number): string => new Date(us / 1000).toISOString().slice(2, 19).replace(/\D/g, "");
