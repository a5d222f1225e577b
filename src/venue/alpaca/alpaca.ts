import type { IncomingMessage } from "node:http";
import type { VenueContext } from "../context.ts";
import type { Reply, Request } from "../net/http.ts";
import type { Protocol } from "../net/protocol.ts";
import type { Wire } from "../net/wire.ts";
import type { Booking, BookingRequest } from "../orders/bookings.ts";
import { Exchange } from "../orders/exchange.ts";
import { AccountRest } from "./account.ts";
import { accepts, credentialsGiven } from "./auth.ts";
import { feedOf } from "./feeds.ts";
import { problem } from "./paging.ts";
import { DataRest } from "./rest-data.ts";
import { OrderRest } from "./rest-orders.ts";
import { ReferenceRest } from "./rest-trading.ts";
import { DataStream, Endpoint } from "./stream.ts";
import { Tampering } from "./tampering.ts";
import { TradeStream } from "./trade-stream.ts";
import { uuidOf } from "./uuid.ts";

const CONNECTIONS = 1;
/** Where faults of its orders are named. */
const ORDERS = "/v2/orders";
const CASH = 100_000;
const ACCEPT_MS = 4;

/** Everything of the Alpaca kind: REST of both hosts and the market-data streams. */
export class Alpaca implements Protocol {
  readonly name = "alpaca";
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly data: DataRest;
  private readonly reference: ReferenceRest;
  private readonly exchange: Exchange;
  private readonly orders: OrderRest;
  private readonly account: AccountRest;

  constructor(private readonly context: VenueContext) {
    this.data = new DataRest(context);
    this.reference = new ReferenceRest(context);
    this.exchange = new Exchange(context, ORDERS, CASH, ACCEPT_MS);
    this.orders = new OrderRest(context, this.exchange);
    this.account = new AccountRest(context, this.exchange);
    new Tampering(context, () => [...this.endpoints.values()].flatMap((e) => [...e.all()])).watch();
  }

  /** Null when the path is not of this protocol. */
  rest(request: Request): Reply | null {
    if (!/^\/v(2|1beta1|1beta3)\//.test(request.path)) return null;
    const calls = this.context.stats.attempt("alpaca rest");
    const limited = this.limits(calls);
    if (!accepts(this.context.credentials, credentialsGiven(request.headers)))
      return problem(403, 40310000, "forbidden.");
    if (calls > this.context.plan.restPerMinute)
      return {
        status: 429,
        headers: { ...limited, "retry-after": "5" },
        body: { code: 42910000, message: "rate limit exceeded" },
      };
    const reply = this.answer(request) ?? problem(404, 40410000, `endpoint not found: ${request.path}`);
    return { ...reply, headers: { ...limited, ...reply.headers } };
  }

  private limits(calls: number): Record<string, string> {
    const most = Number.isFinite(this.context.plan.restPerMinute) ? this.context.plan.restPerMinute : 10_000;
    return {
      "x-ratelimit-limit": String(most),
      "x-ratelimit-remaining": String(Math.max(0, most - calls)),
      "x-ratelimit-reset": String(Math.ceil(this.context.clock.wallUs() / 1e6) + 60),
      "x-request-id": uuidOf(`${calls} ${this.context.clock.monotonicMs()}`),
    };
  }

  private answer(request: Request): Reply | null {
    return (
      this.orders.handle(request) ??
      this.account.handle(request) ??
      this.data.handle(request) ??
      this.reference.handle(request)
    );
  }

  socket(path: string, request: IncomingMessage): ((wire: Wire) => void) | null {
    if (path === "/stream") return (wire) => void new TradeStream(this.context, wire, this.exchange);
    const feed = feedOf(path);
    if (feed === null) return null;
    let endpoint = this.endpoints.get(feed.name);
    if (endpoint === undefined) this.endpoints.set(feed.name, (endpoint = new Endpoint(CONNECTIONS)));
    const at = endpoint;
    return (wire) => {
      new DataStream(this.context, wire, feed, at, request.headers);
    };
  }

  book(request: BookingRequest): readonly Booking[] {
    return this.exchange.bookings.make(request);
  }

  state(): object {
    const rows = [...this.endpoints].map(([name, e]) => [name, [...e.all()].map((s) => s.subscribed())]);
    return Object.fromEntries(rows) as object;
  }
}
