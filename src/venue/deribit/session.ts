import type { VenueContext } from "../context.ts";
import type { Sink } from "../hub.ts";
import type { MarketEvent, Product } from "../market/types.ts";
import type { Wire } from "../net/wire.ts";
import type { OrderEvent } from "../orders/types.ts";
import { type Channel, openChannel } from "./channels.ts";
import { Credits } from "./credits.ts";
import { RpcError, rpc } from "./errors.ts";
import type { Facts } from "./facts.ts";
import { Heartbeat } from "./heartbeat.ts";
import { productOf } from "./order-views.ts";
import { type DeribitOrders, LateReply, LostReply } from "./orders.ts";
import { listParam, numberParam, type Params } from "./params.ts";
import type { Method } from "./public.ts";
import { EXPIRES_S, type Grant, type Tokens } from "./tokens.ts";
import { concerns, userChannel, userData } from "./user-channels.ts";

interface RawRequest {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
}

/** Undefined for what is no JSON. */
function parsed(data: Buffer): RawRequest | null | undefined {
  try {
    return JSON.parse(data.toString("utf8")) as RawRequest | null;
  } catch {
    return undefined;
  }
}

/** One JSON-RPC websocket: auth, heartbeat, channels. */
export class DeribitSession implements Sink {
  private grant: Grant | null = null;
  private readonly channels = new Map<string, Channel>();
  private readonly user = new Set<string>();
  /** Subscribed by the call that is being answered. */
  private readonly fresh: Channel[] = [];
  private readonly byQuote = new Map<Product, Set<Channel>>();
  private readonly byTrade = new Map<Product, Set<Channel>>();
  private readonly credits: Credits;
  private readonly heartbeat: Heartbeat;
  private readonly stopRounds: () => void;
  private readonly offOrders: () => void;
  private cancelOnDisconnect = false;
  private readonly own: Readonly<Record<string, Method>>;

  constructor(
    private readonly context: VenueContext,
    private readonly wire: Wire,
    private readonly facts: Facts,
    private readonly tokens: Tokens,
    private readonly methods: Readonly<Record<string, Method>>,
    private readonly orders: DeribitOrders,
  ) {
    this.offOrders = orders.exchange.onEvent((event) => this.orderEvent(event));
    this.credits = new Credits(context.clock.monotonicMs());
    this.heartbeat = new Heartbeat(context.clock, wire, (m) => this.out(m));
    this.own = this.ownMethods();
    this.stopRounds = context.hub.onRound((nowUs) => this.round(nowUs));
    wire.onMessage((data) => this.message(data));
    wire.onClose(() => this.gone());
  }

  get authenticated(): boolean {
    return this.tokens.valid(this.grant);
  }

  private message(data: Buffer): void {
    const usIn = this.context.clock.wallUs();
    const request = parsed(data);
    if (request === undefined) return this.fail(null, new RpcError(-32700, "Parse error"), usIn);
    if (typeof request !== "object" || request === null || typeof request.method !== "string")
      return this.fail(request?.id ?? null, new RpcError(-32600, "Invalid Request"), usIn);
    try {
      const result = this.call(request.method, (request.params ?? {}) as Params);
      this.out({ jsonrpc: "2.0", id: request.id, result, ...this.times(usIn) });
      for (const channel of this.fresh.splice(0)) this.present(channel);
    } catch (error) {
      if (error instanceof LostReply) return;
      if (error instanceof LateReply) return this.answerLater(request.id, error, usIn);
      if (!(error instanceof RpcError)) throw error;
      this.fail(request.id, error, usIn);
      if (error.code === 10028) this.wire.close(1008, "too_many_requests");
    }
  }

  private answerLater(id: unknown, late: LateReply, usIn: number): void {
    this.context.clock.after(late.ms, () =>
      this.out({ jsonrpc: "2.0", id, result: late.result, ...this.times(usIn) }),
    );
  }

  private call(method: string, params: Params): unknown {
    const { faults, clock, stats } = this.context;
    stats.attempt(`deribit ${method}`);
    if (faults.take("tooManyRequests", this.wire.path) !== null) throw rpc.tooMany();
    const forced = method === "public/auth" ? null : faults.take("rpcError", this.wire.path);
    if (forced !== null)
      throw new RpcError(forced.params["code"] as number, forced.params["message"] as string);
    if (!this.credits.spend(method, clock.monotonicMs())) throw rpc.tooMany();
    const own = this.own[method];
    if (method.startsWith("private/") && !this.allowed(params)) throw rpc.unauthorized();
    const run = own ?? this.methods[method];
    if (run === undefined) throw rpc.methodNotFound();
    return run(params);
  }

  private allowed(params: Params): boolean {
    const token = params["access_token"];
    return this.authenticated || (typeof token === "string" && this.tokens.valid(this.tokens.find(token)));
  }

  private ownMethods(): Readonly<Record<string, Method>> {
    return {
      "public/auth": (params) => this.auth(params),
      "public/test": (params) => {
        this.heartbeat.answered();
        return this.methods["public/test"]?.(params);
      },
      "public/set_heartbeat": (params) => this.heartbeat.set(numberParam(params, "interval")),
      "public/disable_heartbeat": () => this.heartbeat.set(0),
      "public/subscribe": (params) => this.subscribe(listParam(params, "channels")),
      "private/subscribe": (params) => this.subscribe(listParam(params, "channels")),
      "public/unsubscribe": (params) => this.unsubscribe(listParam(params, "channels")),
      "private/unsubscribe": (params) => this.unsubscribe(listParam(params, "channels")),
      "public/unsubscribe_all": () => this.unsubscribeAll(),
      "private/unsubscribe_all": () => this.unsubscribeAll(),
      "private/enable_cancel_on_disconnect": () => this.setCancel(true),
      "private/disable_cancel_on_disconnect": () => this.setCancel(false),
      "private/get_cancel_on_disconnect": () => ({ enabled: this.cancelOnDisconnect, scope: "connection" }),
      "private/logout": () => {
        // Leaving in good order leaves the orders where they are.
        this.cancelOnDisconnect = false;
        this.wire.close(1000, "logout");
      },
    };
  }

  private setCancel(on: boolean): "ok" {
    this.cancelOnDisconnect = on;
    return "ok";
  }

  private auth(params: Params): object {
    this.grant = this.tokens.grant(params);
    return {
      access_token: this.grant.token,
      expires_in: EXPIRES_S,
      refresh_token: this.grant.refresh,
      scope: this.grant.scope,
      token_type: "bearer",
      enabled_features: [],
    };
  }

  /** The list of what is subscribed: names that don't exist, and raw ones before auth, are left out without a word. */
  private subscribe(names: readonly string[]): string[] {
    const done: string[] = [];
    const gap = (): boolean => this.context.faults.take("bookGap", this.wire.path) !== null;
    for (const name of names) {
      if (name.startsWith("user.")) {
        if (this.authenticated && userChannel(name)) {
          this.user.add(name);
          done.push(name);
        }
        continue;
      }
      const channel = this.channels.get(name) ?? openChannel(name, this.facts, gap);
      if (channel === null || (channel.raw && !this.authenticated)) continue;
      done.push(name);
      if (this.channels.has(name)) continue;
      this.channels.set(name, channel);
      this.follow(channel, true);
      this.fresh.push(channel);
    }
    return done;
  }

  private unsubscribe(names: readonly string[]): string[] {
    const left: string[] = [];
    for (const name of names) {
      if (this.user.delete(name)) left.push(name);
      const channel = this.channels.get(name);
      if (channel === undefined) continue;
      this.channels.delete(name);
      this.follow(channel, false);
      left.push(name);
    }
    return left;
  }

  private unsubscribeAll(): "ok" {
    this.unsubscribe([...this.channels.keys(), ...this.user]);
    return "ok";
  }

  private follow(channel: Channel, on: boolean): void {
    const { hub } = this.context;
    const sides = [
      { products: channel.quotes, by: this.byQuote, interest: hub.quotes },
      { products: channel.trades, by: this.byTrade, interest: hub.trades },
    ];
    for (const { products, by, interest } of sides)
      for (const p of products) {
        const set = by.get(p) ?? new Set();
        by.set(p, set);
        if (on) set.add(channel);
        else set.delete(channel);
        interest.change(p, this, set.size > 0);
      }
  }

  /** What stands at the moment comes first, so that a quiet name has a price as well. */
  private present(channel: Channel): void {
    const { market, session } = this.context;
    for (const product of channel.quotes) {
      const quote = market.quoteAt(product, session.nowUs());
      if (quote !== null) this.tell(channel, channel.event({ kind: "quote", product, quote }));
    }
  }

  event(event: MarketEvent): void {
    const by = event.kind === "quote" ? this.byQuote : this.byTrade;
    for (const channel of by.get(event.product) ?? []) this.tell(channel, channel.event(event));
  }

  flush(): void {}

  private orderEvent(event: OrderEvent): void {
    if (!this.authenticated) return;
    const product = productOf(event.order);
    for (const name of this.user)
      if (concerns(name, product.symbol)) {
        const data = userData(name, event, this.orders.views);
        if (data !== null)
          this.out({ jsonrpc: "2.0", method: "subscription", params: { channel: name, data } });
      }
  }

  private round(nowUs: number): void {
    for (const channel of this.channels.values()) this.tell(channel, channel.round(nowUs));
  }

  private tell(channel: Channel, data: unknown): void {
    if (data === null || data === undefined) return;
    if (channel.raw && !this.authenticated) return;
    const params = { channel: channel.name, data };
    this.wire.sendData(
      JSON.stringify({ jsonrpc: "2.0", method: "subscription", params }),
      this.context.chance(),
    );
  }

  private times(usIn: number): object {
    const usOut = this.context.clock.wallUs();
    return { usIn, usOut, usDiff: usOut - usIn, testnet: false };
  }

  private fail(id: unknown, error: RpcError, usIn: number): void {
    const { code, message, data } = error;
    this.out({
      jsonrpc: "2.0",
      id,
      error: { code, message, ...(data === null ? {} : { data }) },
      ...this.times(usIn),
    });
  }

  private out(message: object): void {
    this.wire.send(JSON.stringify(message));
  }

  subscribed(): string[] {
    return [...this.channels.keys(), ...this.user];
  }

  private gone(): void {
    this.heartbeat.stop();
    this.stopRounds();
    this.offOrders();
    if (this.cancelOnDisconnect) this.orders.cancelAll(() => true);
    this.context.hub.drop(this);
  }
}
