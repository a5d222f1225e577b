import type { IncomingMessage } from "node:http";
import { toldUs, type VenueContext } from "../context.ts";
import { json, type Reply, type Request } from "../net/http.ts";
import type { Protocol } from "../net/protocol.ts";
import type { Wire } from "../net/wire.ts";
import { accepts, credentialsGiven } from "./auth.ts";
import { feedOf } from "./feeds.ts";
import { problem } from "./paging.ts";
import { DataRest } from "./rest-data.ts";
import { ReferenceRest } from "./rest-trading.ts";
import { DataStream, Endpoint } from "./stream.ts";
import { Tampering } from "./tampering.ts";
import { uuidOf } from "./uuid.ts";

const CONNECTIONS = 1;

/** Everything of the Alpaca kind: REST of both hosts and the market-data streams. */
export class Alpaca implements Protocol {
  readonly name = "alpaca";
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly data: DataRest;
  private readonly reference: ReferenceRest;

  constructor(private readonly context: VenueContext) {
    this.data = new DataRest(context);
    this.reference = new ReferenceRest(context);
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
    if (request.path === "/v2/account" && request.method === "GET") return json(this.account());
    return this.data.handle(request) ?? this.reference.handle(request);
  }

  private account(): object {
    const cash = "100000";
    const zero = "0";
    return {
      id: uuidOf("venue account"),
      account_number: "PA3VENUE0001",
      status: "ACTIVE",
      crypto_status: "ACTIVE",
      currency: "USD",
      cash,
      portfolio_value: cash,
      equity: cash,
      last_equity: cash,
      buying_power: "200000",
      regt_buying_power: "200000",
      options_buying_power: cash,
      multiplier: "2",
      initial_margin: zero,
      maintenance_margin: zero,
      last_maintenance_margin: zero,
      long_market_value: zero,
      short_market_value: zero,
      position_market_value: zero,
      sma: zero,
      shorting_enabled: true,
      trading_blocked: false,
      transfers_blocked: false,
      account_blocked: false,
      trade_suspended_by_user: false,
      options_approved_level: 3,
      options_trading_level: 3,
      created_at: new Date(Math.floor(toldUs(this.context) / 1000) - 86_400_000 * 90).toISOString(),
    };
  }

  socket(path: string, request: IncomingMessage): ((wire: Wire) => void) | null {
    const feed = feedOf(path);
    if (feed === null) return null;
    let endpoint = this.endpoints.get(feed.name);
    if (endpoint === undefined) this.endpoints.set(feed.name, (endpoint = new Endpoint(CONNECTIONS)));
    const at = endpoint;
    return (wire) => {
      new DataStream(this.context, wire, feed, at, request.headers);
    };
  }

  state(): object {
    const rows = [...this.endpoints].map(([name, e]) => [name, [...e.all()].map((s) => s.subscribed())]);
    return Object.fromEntries(rows) as object;
  }
}
