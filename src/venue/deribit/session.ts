import type { VenueContext } from "../context.ts";
import type { Sink } from "../hub.ts";
import type { MarketEvent, Product } from "../market/types.ts";
import type { Wire } from "../net/wire.ts";
import { type Channel, openChannel } from "./channels.ts";
import { Credits } from "./credits.ts";
import { RpcError, rpc } from "./errors.ts";
import type { Facts } from "./facts.ts";
import { listParam, numberParam, type Params } from "./params.ts";
import type { Method } from "./public.ts";
import { EXPIRES_S, type Grant, type Tokens } from "./tokens.ts";

const LEAST_HEARTBEAT_S = 10;

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
  /** Subscribed by the call that is being answered. */
  private readonly fresh: Channel[] = [];
  private readonly byQuote = new Map<Product, Set<Channel>>();
  private readonly byTrade = new Map<Product, Set<Channel>>();
  private readonly credits: Credits;
  private heartbeatS = 0;
  private awaitingTest = false;
  private stopHeartbeat: () => void = () => {};
  private readonly stopRounds: () => void;
  private readonly own: Readonly<Record<string, Method>>;

  constructor(
    private readonly context: VenueContext,
    private readonly wire: Wire,
    private readonly facts: Facts,
    private readonly tokens: Tokens,
    private readonly methods: Readonly<Record<string, Method>>,
  ) {
    this.credits = new Credits(context.clock.monotonicMs());
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
      if (!(error instanceof RpcError)) throw error;
      this.fail(request.id, error, usIn);
      if (error.code === 10028) this.wire.close(1008, "too_many_requests");
    }
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
        this.awaitingTest = false;
        return this.methods["public/test"]?.(params);
      },
      "public/set_heartbeat": (params) => this.setHeartbeat(numberParam(params, "interval")),
      "public/disable_heartbeat": () => this.setHeartbeat(0),
      "public/subscribe": (params) => this.subscribe(listParam(params, "channels")),
      "private/subscribe": (params) => this.subscribe(listParam(params, "channels")),
      "public/unsubscribe": (params) => this.unsubscribe(listParam(params, "channels")),
      "private/unsubscribe": (params) => this.unsubscribe(listParam(params, "channels")),
      "public/unsubscribe_all": () => this.unsubscribeAll(),
      "private/unsubscribe_all": () => this.unsubscribeAll(),
      "private/logout": () => this.wire.close(1000, "logout"),
    };
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

  private setHeartbeat(seconds: number): "ok" {
    if (seconds !== 0 && seconds < LEAST_HEARTBEAT_S)
      throw rpc.invalidParams("interval", "interval must be greater than or equal to 10");
    this.stopHeartbeat();
    this.heartbeatS = seconds;
    this.awaitingTest = false;
    if (seconds > 0) this.beatLater();
    return "ok";
  }

  private beatLater(): void {
    this.stopHeartbeat = this.context.clock.after(this.heartbeatS * 1000, () => {
      // The last one was not answered: nobody is there.
      if (this.awaitingTest) return this.wire.terminate();
      this.beat("heartbeat");
      this.beat("test_request");
      this.awaitingTest = true;
      this.beatLater();
    });
  }

  private beat(type: string): void {
    this.out({ jsonrpc: "2.0", method: "heartbeat", params: { type } });
  }

  /** The list of what is subscribed: names that don't exist, and raw ones before auth, are left out without a word. */
  private subscribe(names: readonly string[]): string[] {
    const done: string[] = [];
    const gap = (): boolean => this.context.faults.take("bookGap", this.wire.path) !== null;
    for (const name of names) {
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
      const channel = this.channels.get(name);
      if (channel === undefined) continue;
      this.channels.delete(name);
      this.follow(channel, false);
      left.push(name);
    }
    return left;
  }

  private unsubscribeAll(): "ok" {
    this.unsubscribe([...this.channels.keys()]);
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
    return [...this.channels.keys()];
  }

  private gone(): void {
    this.stopHeartbeat();
    this.stopRounds();
    this.context.hub.drop(this);
  }
}
