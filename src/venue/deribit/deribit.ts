import type { VenueContext } from "../context.ts";
import type { Reply, Request } from "../net/http.ts";
import type { Protocol } from "../net/protocol.ts";
import type { Wire } from "../net/wire.ts";
import type { Booking, BookingRequest } from "../orders/bookings.ts";
import { RpcError, rpc } from "./errors.ts";
import { Facts } from "./facts.ts";
import { DeribitOrders, LateReply, LostReply } from "./orders.ts";
import type { Params } from "./params.ts";
import { type Method, publicMethods } from "./public.ts";
import { DeribitSession } from "./session.ts";
import { EXPIRES_S, Tokens } from "./tokens.ts";

const WS_PATH = "/ws/api/v2";
const REST = "/api/v2/";

/** JSON-RPC over websocket and over HTTP. */
export class Deribit implements Protocol {
  readonly name = "deribit";
  private readonly facts: Facts;
  private readonly tokens: Tokens;
  private readonly orders: DeribitOrders;
  private readonly methods: Readonly<Record<string, Method>>;
  private readonly sessions = new Set<DeribitSession>();

  constructor(private readonly context: VenueContext) {
    this.facts = new Facts(context);
    this.tokens = new Tokens(context);
    this.orders = new DeribitOrders(context, this.facts);
    this.methods = { ...publicMethods(context, this.facts), ...this.orders.methods() };
  }

  socket(path: string): ((wire: Wire) => void) | null {
    if (path.replace(/\/$/, "") !== WS_PATH) return null;
    return (wire) => {
      const session = new DeribitSession(
        this.context,
        wire,
        this.facts,
        this.tokens,
        this.methods,
        this.orders,
      );
      this.sessions.add(session);
      wire.onClose(() => this.sessions.delete(session));
    };
  }

  rest(request: Request): Reply | null {
    if (!request.path.startsWith(REST.slice(0, -1))) return null;
    const usIn = this.context.clock.wallUs();
    const call = callOf(request);
    const times = (): object => {
      const usOut = this.context.clock.wallUs();
      return { usIn, usOut, usDiff: usOut - usIn, testnet: false };
    };
    try {
      if (call === null) throw new RpcError(-32700, "Parse error");
      const result = this.run(call.method, call.params, request);
      return { status: 200, body: { jsonrpc: "2.0", id: call.id, result, ...times() } };
    } catch (error) {
      if (error instanceof LostReply) return { status: 0, reset: true };
      if (error instanceof LateReply)
        return {
          status: 200,
          body: { jsonrpc: "2.0", id: call?.id, result: error.result, ...times() },
          afterMs: error.ms,
        };
      if (!(error instanceof RpcError)) throw error;
      const { code, message, data } = error;
      const body = {
        jsonrpc: "2.0",
        id: call?.id,
        error: { code, message, ...(data === null ? {} : { data }) },
      };
      return { status: code === 10028 ? 429 : 400, body: { ...body, ...times() } };
    }
  }

  private run(method: string, params: Params, request: Request): unknown {
    this.context.stats.attempt(`deribit http ${method}`);
    if (method === "public/auth") {
      const grant = this.tokens.grant(params);
      const { token, refresh, scope } = grant;
      return {
        access_token: token,
        expires_in: EXPIRES_S,
        refresh_token: refresh,
        scope,
        token_type: "bearer",
      };
    }
    const signed = `${request.method}\n${request.url}\n${request.body}\n`;
    if (method.startsWith("private/") && !this.tokens.header(request.headers.authorization ?? "", signed))
      throw rpc.unauthorized();
    const run = this.methods[method];
    if (run === undefined && /(subscribe|heartbeat)/.test(method)) throw rpc.mustBeWebsocket();
    if (run === undefined) throw rpc.methodNotFound();
    return run(params);
  }

  book(request: BookingRequest): readonly Booking[] {
    return this.orders.exchange.bookings.make(request);
  }

  state(): object {
    return {
      sessions: [...this.sessions].map((s) => ({ authenticated: s.authenticated, channels: s.subscribed() })),
    };
  }
}

interface Call {
  readonly id: unknown;
  readonly method: string;
  readonly params: Params;
}

/** The method in the path with its query, or a request object in the body. */
function callOf(request: Request): Call | null {
  const named = request.path.slice(REST.length);
  if (request.method === "GET")
    return { id: undefined, method: named, params: Object.fromEntries(request.query) };
  try {
    const body = JSON.parse(request.body === "" ? "{}" : request.body) as Partial<Call>;
    const method = typeof body.method === "string" ? body.method : named;
    return { id: body.id, method, params: body.params ?? {} };
  } catch {
    return null;
  }
}
