import type { IncomingHttpHeaders } from "node:http";
import { unpack } from "msgpackr";
import type { VenueContext } from "../context.ts";
import type { Sink } from "../hub.ts";
import type { MarketEvent, Product } from "../market/types.ts";
import type { Wire } from "../net/wire.ts";
import { credentialsGiven } from "./auth.ts";
import { Books } from "./books.ts";
import { EventWriter } from "./event-writer.ts";
import type { Feed } from "./feeds.ts";
import { channelOf, Following } from "./following.ts";
import { Headlines } from "./headlines.ts";
import { MsgpackWriter } from "./msgpack.ts";
import { Subscriptions } from "./subscriptions.ts";
import { toJson, type WireObject, type WireValue } from "./values.ts";

const AUTH_TIMEOUT_MS = 10_000;
/** Most messages in one frame. */
const BATCH = 500;
/** A client that lets this much pile up is too slow. */
const SLOW_BYTES = 64_000_000;

export const ERROR_WORDS: Readonly<Record<number, string>> = {
  400: "invalid syntax",
  401: "not authenticated",
  402: "auth failed",
  403: "already authenticated",
  404: "auth timeout",
  405: "symbol limit exceeded",
  406: "connection limit exceeded",
  407: "slow client",
  408: "v2 not enabled",
  409: "insufficient subscription",
  410: "invalid subscribe action for this feed",
  411: "insufficient scope",
  412: "option messages are only available in MsgPack format",
  413: "star subscription is not allowed for option quotes",
  500: "internal error",
};

/** Sockets by endpoint, for the limit of one. */
export class Endpoint {
  private readonly sockets = new Set<DataStream>();
  lastDeathMs = Number.NEGATIVE_INFINITY;

  constructor(readonly limit: number) {}

  full(): boolean {
    return this.sockets.size >= this.limit;
  }
  enter(s: DataStream): void {
    this.sockets.add(s);
  }
  leave(s: DataStream, nowMs: number): void {
    if (this.sockets.delete(s)) this.lastDeathMs = nowMs;
  }
  all(): Iterable<DataStream> {
    return this.sockets;
  }
}

/** One market-data socket: auth, subscriptions, data. */
export class DataStream implements Sink {
  private authed = false;
  private readonly binary: boolean;
  private readonly packer = new MsgpackWriter();
  private readonly subs: Subscriptions;
  private readonly writer: EventWriter;
  private readonly following: Following;
  private readonly books = new Books();
  private readonly headlines: Headlines;
  private stopNews: () => void = () => {};
  private batch: WireObject[] = [];
  private stopAuth: () => void = () => {};

  constructor(
    private readonly context: VenueContext,
    private readonly wire: Wire,
    private readonly feed: Feed,
    private readonly endpoint: Endpoint,
    headers: IncomingHttpHeaders,
  ) {
    this.binary = (headers["content-type"] ?? "").includes("msgpack");
    this.subs = new Subscriptions(feed, context.plan);
    this.writer = new EventWriter(context, feed, wire.path);
    this.headlines = new Headlines(context.market, context.session.nowUs());
    this.following = new Following(context, this.subs, this.writer, this);
    if (feed.kind === "news") this.stopNews = context.hub.onRound((nowUs) => this.news(nowUs));
    wire.onMessage((data) => this.message(data));
    wire.onClose(() => this.gone());
    this.control({ T: "success", msg: "connected" });
    this.stopAuth = context.clock.after(AUTH_TIMEOUT_MS, () => {
      if (!this.authed) {
        this.error(404);
        wire.close();
      }
    });
    const given = credentialsGiven(headers);
    if (given !== null) this.auth(given.key, given.secret);
  }

  private encode(value: WireValue): string | Buffer {
    return this.binary ? this.packer.encode(value) : toJson(value);
  }

  private control(message: WireObject): void {
    this.wire.send(this.encode([message]));
  }

  private error(code: number): void {
    this.context.stats.count(`alpaca ${this.feed.name} error ${code}`);
    this.control({ T: "error", code, msg: ERROR_WORDS[code] ?? "error" });
  }

  private message(data: Buffer): void {
    const message = this.read(data);
    if (message === null) return this.error(400);
    const { action } = message;
    if (action === "auth") return this.auth(message["key"], message["secret"]);
    if (!this.authed) return this.error(401);
    if (action === "subscribe" || action === "unsubscribe")
      return this.subscribe(message, action === "subscribe");
    this.error(400);
  }

  /** JSON in a binary frame is taken as well. */
  private read(data: Buffer): Readonly<Record<string, unknown>> | null {
    try {
      const text = data[0] === 0x7b || !this.binary;
      const value: unknown = text ? JSON.parse(data.toString("utf8")) : unpack(data);
      return typeof value === "object" && value !== null && !Array.isArray(value)
        ? (value as Record<string, unknown>)
        : null;
    } catch {
      return null;
    }
  }

  private auth(key: unknown, secret: unknown): void {
    if (this.authed) return this.error(403);
    const { faults, clock, credentials, plan, stats } = this.context;
    stats.attempt(`alpaca auth ${this.feed.name}`);
    const forced = faults.take("authError", this.wire.path);
    if (forced !== null) return this.error(forced.params["code"] as number);
    if (typeof key !== "string" || typeof secret !== "string" || key === "" || secret === "")
      return this.error(402);
    if (credentials !== null && (key !== credentials.key || secret !== credentials.secret))
      return this.error(402);
    if (!plan.fullFeeds && (this.feed.name === "sip" || this.feed.name === "opra")) return this.error(409);
    if (this.feed.kind === "options" && !this.binary) return this.error(412);
    const held = faults.take("connectionLimit", this.wire.path, true);
    const deadMs = clock.monotonicMs() - this.endpoint.lastDeathMs;
    if (this.endpoint.full() || (held !== null && deadMs < (held.params["deadMs"] as number)))
      return this.error(406);
    this.stopAuth();
    this.authed = true;
    this.endpoint.enter(this);
    this.control({ T: "success", msg: "authenticated" });
  }

  private subscribe(message: Readonly<Record<string, unknown>>, adds: boolean): void {
    const before = new Map(this.feed.channels.map((c) => [c, new Set(this.subs.of(c))]));
    const refused = this.subs.apply(message, adds);
    if (refused !== null) return this.error(refused);
    const early = adds && this.context.faults.take("dataBeforeAck", this.wire.path) !== null;
    if (!early) this.ack();
    const lingers = adds ? null : this.context.faults.take("dataAfterUnsubscribe", this.wire.path);
    const lingerMs = lingers === null ? null : (lingers.params["ms"] as number);
    this.following.change(before, lingerMs);
    if (early) {
      this.presentQuotes();
      this.ack();
    }
  }

  private ack(): void {
    const state: Record<string, string[]> = this.subs.ack();
    const partial = this.context.faults.take("partialAck", this.wire.path)?.params["lacks"];
    if (partial === "key") delete state[this.feed.channels[1] ?? ""];
    else if (partial === "symbol") for (const list of Object.values(state)) list.pop();
    else if (typeof partial === "string")
      for (const [channel, list] of Object.entries(state)) state[channel] = list.filter((s) => s !== partial);
    this.control({ T: "subscription", ...state });
  }

  private presentQuotes(): void {
    const { market, session } = this.context;
    for (const symbol of this.subs.of("quotes"))
      for (const product of this.writer.products(symbol)) {
        const quote = market.quoteAt(product, session.nowUs());
        if (quote !== null) this.event({ kind: "quote", product, quote });
      }
    this.flush();
  }

  event(event: MarketEvent): void {
    const { product } = event;
    if (event.kind === "quote" && this.following.wants("orderbooks", product))
      this.batch.push(...this.books.messages(product, event.quote));
    if (!this.following.wants(channelOf(event), product) && !this.writer.lingers(product)) return;
    const message = this.writer.message(event, (m) => this.batch.push(m));
    if (message !== null) this.batch.push(message);
  }

  flush(): void {
    const extra = this.writer.extras();
    if (extra.length > 0) this.batch.push(...extra);
    if (this.batch.length === 0) return;
    const { faults, chance } = this.context;
    const batch = this.batch;
    this.batch = [];
    if (faults.take("reorder", this.wire.path) !== null) batch.sort(() => chance() - 0.5);
    for (let at = 0; at < batch.length; at += BATCH)
      this.wire.sendData(this.encode(batch.slice(at, at + BATCH)), chance());
    const huge = faults.take("hugeFrame", this.wire.path)?.params["bytes"] as number | undefined;
    if (huge !== undefined) this.sendHuge(batch, huge);
    if (this.wire.bufferedBytes > SLOW_BYTES) this.tooSlow();
  }

  private sendHuge(batch: readonly WireObject[], bytes: number): void {
    const one = this.encode([batch[0] as WireObject]).length;
    const many = Array<WireObject>(Math.ceil(bytes / one)).fill(batch[0] as WireObject);
    this.wire.sendData(this.encode(many), this.context.chance());
  }

  tooSlow(): void {
    this.error(407);
    this.wire.close();
  }

  /** A message outside the normal course: halts, corrections. */
  say(channel: string, product: Product, message: WireObject): void {
    if (!this.authed || !this.following.wants(channel, product)) return;
    this.wire.send(this.encode([message]));
  }

  get feedName(): string {
    return this.feed.name;
  }
  get kind(): Feed["kind"] {
    return this.feed.kind;
  }
  subscribed(): Record<string, string[]> {
    return this.subs.ack();
  }

  private news(nowUs: number): void {
    const asked = this.subs.of("news");
    for (const item of this.headlines.due(nowUs))
      if (asked.has("*") || item.symbols.some((s) => asked.has(s))) this.batch.push(item.message);
    this.flush();
  }

  private gone(): void {
    this.stopNews();
    this.stopAuth();
    this.endpoint.leave(this, this.context.clock.monotonicMs());
    this.context.hub.drop(this);
  }
}
