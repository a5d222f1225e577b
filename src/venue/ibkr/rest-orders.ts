import { toldUs, type VenueContext } from "../context.ts";
import type { Product } from "../market/types.ts";
import { json, objectBody, type Reply, type Request } from "../net/http.ts";
import { withOutcome } from "../orders/outcome.ts";
import type { Draft, Order } from "../orders/types.ts";
import { TERMINAL } from "../orders/types.ts";
import { ACCOUNT } from "./account.ts";
import type { Contracts } from "./contracts.ts";
import type { Login } from "./login.ts";
import { type IbkrOrders, ORDERS_PATH, replyId } from "./orders.ts";

/** A limit further than this from the market is asked about. */
const BAND = 0.03;
const MOST_SUPPRESSED = 51;

interface Question {
  readonly messageId: string;
  readonly text: string;
}

/** Questions still to be answered before something is done. It dies when any other order request comes in between. */
interface Pending {
  readonly id: string;
  readonly questions: readonly Question[];
  readonly done: () => Reply;
}

const refuse = (error: string, status = 400): Reply => json({ error }, status);
const UNAVAILABLE = json({ error: "Service Unavailable", statusCode: 503 }, 503);

/** Placing with the question chain, amending, cancelling, lists. */
export class IbkrOrderRest {
  private pending: Pending | null = null;
  private readonly suppressed = new Set<string>();
  private listed = false;
  /** Statuses that the last list was narrowed to; the stream follows it. */
  filter: ReadonlySet<string> | null = null;

  constructor(
    private readonly context: VenueContext,
    private readonly contracts: Contracts,
    private readonly orders: IbkrOrders,
    private readonly login: Login,
  ) {
    login.onChange(() => {
      this.suppressed.clear();
      this.listed = false;
      this.pending = null;
    });
  }

  handle(path: string, request: Request): Reply | null {
    const { method } = request;
    if (path.startsWith("/iserver/reply/") && method === "POST") return this.reply(path.slice(15), request);
    if (path === "/iserver/questions/suppress") return this.suppress(request);
    if (path === "/iserver/questions/suppress/reset") {
      this.suppressed.clear();
      return json({ status: "submitted" });
    }
    if (path === "/iserver/account/orders" && method === "GET") return this.list(request.query);
    if (path === "/iserver/account/trades") return this.trades();
    const status = /^\/iserver\/account\/order\/status\/(\d+)$/.exec(path);
    if (status !== null) return this.status(Number(status[1]));
    const account = /^\/iserver\/account\/([A-Z]+\d+)\/(orders|orders\/whatif|order\/(-?\d+))$/.exec(path);
    if (account === null) return null;
    if (account[1] !== ACCOUNT) return refuse("Invalid account");
    if (!this.login.accountsAsked) return refuse("Bad Request: Please query /accounts first");
    if (account[2] === "orders") return this.place(request);
    if (account[2] === "orders/whatif") return this.whatif(request);
    const number = Number(account[3]);
    return method === "DELETE" ? this.cancel(number) : this.modify(number, request);
  }

  private place(request: Request): Reply {
    this.pending = null;
    const body = objectBody(request);
    const [ticket] = Array.isArray(body?.["orders"]) ? (body["orders"] as Record<string, unknown>[]) : [];
    if (ticket === undefined) return refuse("Bad Request: orders required");
    const draft = this.orders.draft(ticket);
    if (typeof draft === "string") return refuse(draft);
    return this.ask(this.questionsOf(draft), () =>
      withOutcome(this.context, ORDERS_PATH, () => this.submit(draft), UNAVAILABLE),
    );
  }

  private submit(draft: Draft): Reply {
    const order = this.orders.exchange.submit(draft);
    const local = draft.clientId === null ? {} : { local_order_id: draft.clientId };
    const order_id = String(this.orders.numberOf(order));
    return json([{ order_id, ...local, order_status: this.orders.statusOf(order), encrypt_message: "1" }]);
  }

  private questionsOf(draft: Draft): Question[] {
    const found: Question[] = [];
    const [leg] = draft.legs;
    const q = leg === undefined || draft.legs.length > 1 ? null : this.quote(leg.product);
    if (q !== null && draft.limit !== null && q.ask > 0) {
      const mid = (q.bid + q.ask) / 2;
      if (Math.abs(draft.limit / mid - 1) > BAND)
        found.push({
          messageId: "o163",
          text: "The following order exceeds the price percentage limit of 3%. Are you sure you want to submit this order?",
        });
    }
    const extra = this.context.faults.take("questions", ORDERS_PATH)?.params["n"] as number | undefined;
    const more = ["o451", "o383", "o403", "o2137"];
    for (let i = 0; i < (extra ?? 0); i++) {
      const messageId = more[i % more.length] as string;
      found.push({
        messageId,
        text: `Question ${i + 1} of the venue. Are you sure you want to submit this order?`,
      });
    }
    return found.filter((x) => !this.suppressed.has(x.messageId));
  }

  private quote(p: Product): { bid: number; ask: number } | null {
    return this.context.market.quoteAt(p, toldUs(this.context));
  }

  private ask(questions: readonly Question[], done: () => Reply): Reply {
    const [first, ...rest] = questions;
    if (first === undefined) return done();
    const id = replyId();
    this.pending = { id, questions: rest, done };
    return json([{ id, message: [first.text], isSuppressed: false, messageIds: [first.messageId] }]);
  }

  private reply(id: string, request: Request): Reply {
    const pending = this.pending;
    this.pending = null;
    if (pending === null || pending.id !== id) return refuse(`reply id not found: '${id}'`);
    if (objectBody(request)?.["confirmed"] !== true) return refuse("Order not confirmed");
    return this.ask(pending.questions, pending.done);
  }

  private suppress(request: Request): Reply {
    const ids = objectBody(request)?.["messageIds"];
    if (!Array.isArray(ids) || ids.length > MOST_SUPPRESSED) return refuse("Bad Request: messageIds");
    for (const id of ids) this.suppressed.add(String(id));
    return json({ status: "submitted" });
  }

  private known(number: number): Order | null {
    return this.context.faults.take("unknownOrder", ORDERS_PATH) === null ? this.orders.find(number) : null;
  }

  private modify(number: number, request: Request): Reply {
    this.pending = null;
    const order = this.known(number);
    if (order === null) return refuse(`OrderID ${number} doesn't exist`);
    const body = objectBody(request) ?? {};
    const qty = Number(body["quantity"] ?? order.draft.qty);
    const price =
      body["price"] === undefined ? (order.draft.extra["price"] as number | null) : Number(body["price"]);
    const flipped = order.draft.legs.length > 1 && order.draft.extra["side"] === "SELL";
    const limit = price === null ? null : flipped ? -price : price;
    if (!this.orders.exchange.amend(order, { qty, limit, extra: { ...order.draft.extra, price } }))
      return refuse("Order cannot be modified");
    const order_id = String(number);
    return json([{ order_id, order_status: this.orders.statusOf(order), encrypt_message: "1" }]);
  }

  private cancel(number: number): Reply {
    this.pending = null;
    const { exchange } = this.orders;
    if (number === -1) {
      for (const o of exchange.open()) exchange.cancel(o);
      return json({ msg: "Request was submitted", order_id: -1, conid: -1, account: ACCOUNT });
    }
    const order = this.known(number);
    if (order === null || !exchange.cancel(order)) return refuse(`OrderID ${number} doesn't exist`);
    const [leg] = order.draft.legs;
    const conid = leg === undefined ? -1 : this.contracts.conidOf(leg.product);
    return json({ msg: "Request was submitted", order_id: number, conid, account: ACCOUNT });
  }

  /** The first list of a session is empty: it only sets the work going. */
  private list(query: URLSearchParams): Reply {
    const force = query.get("force") === "true";
    const words = (query.get("filters") ?? "").split(",").filter((w) => w !== "");
    this.filter =
      words.length === 0 || force ? null : new Set(words.map((w) => w.toLowerCase().replaceAll("_", "")));
    if (!this.listed || force) {
      this.listed = true;
      return json({ orders: [], snapshot: false });
    }
    const hidden = this.context.faults.take("unknownOrder", ORDERS_PATH) !== null;
    const found = hidden ? [] : this.orders.exchange.orders.filter((o) => this.passes(o));
    return json({ orders: found.map((o) => this.orders.row(o)), snapshot: true });
  }

  passes(o: Order): boolean {
    return this.filter === null || this.filter.has(this.orders.statusOf(o).toLowerCase());
  }

  private trades(): Reply {
    return json(
      this.orders.exchange.executions.filter((e) => !e.busted).flatMap((e) => this.orders.trades(e)),
    );
  }

  private status(number: number): Reply {
    const o = this.known(number);
    if (o === null) return UNAVAILABLE;
    const row = this.orders.row(o);
    return json({
      sub_type: null,
      request_id: String(o.seq),
      order_id: number,
      conidex: row["conidex"],
      conid: row["conid"],
      symbol: row["ticker"],
      side: o.draft.extra["side"] === "BUY" ? "B" : "S",
      contract_description_1: row["description1"],
      listing_exchange: row["listingExchange"],
      order_status: row["status"],
      order_type: o.draft.type === "limit" ? "LIMIT" : "MARKET",
      size: String(o.draft.qty - o.filled),
      total_size: String(o.draft.qty),
      cum_fill: String(o.filled),
      average_price: row["avgPrice"],
      limit_price: String(row["price"]),
      tif: o.draft.extra["tif"],
      account: ACCOUNT,
      order_not_editable: TERMINAL.has(o.status),
      order_time: row["lastExecutionTime"],
    });
  }

  private whatif(request: Request): Reply {
    const body = objectBody(request);
    const [ticket] = Array.isArray(body?.["orders"]) ? (body["orders"] as Record<string, unknown>[]) : [];
    const draft = this.orders.draft({ ...ticket, cOID: undefined });
    if (typeof draft === "string") return refuse(draft);
    const { cash } = this.orders.exchange.portfolio;
    const [leg] = draft.legs;
    const units =
      leg !== undefined && "multiplier" in leg.product.instrument ? leg.product.instrument.multiplier : 1;
    const price = draft.limit ?? (leg === undefined ? 0 : (this.quote(leg.product)?.ask ?? 0));
    const amount = Math.abs(price) * draft.qty * units;
    const text = (x: number): string => x.toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
    const change = draft.side === "buy" ? amount / 2 : 0;
    const margin = { current: text(0), change: text(change), after: text(change) };
    return json({
      amount: { amount: `${text(amount)} USD`, commission: "1 USD", total: `${text(amount + 1)} USD` },
      equity: { current: text(cash), change: text(-1), after: text(cash - 1) },
      initial: margin,
      maintenance: margin,
      position: { current: "0", change: String(draft.qty), after: String(draft.qty) },
      warn: null,
      error: null,
    });
  }
}
