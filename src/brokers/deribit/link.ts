import { TokenBucket } from "../../feeds/alpaca/rest.ts";
import type { BackoffLimits } from "../../feeds/backoff.ts";
import { DeribitLogin, EXPIRED, UNAUTHORISED } from "../../feeds/deribit/login.ts";
import { Rpc, RpcError } from "../../feeds/deribit/rpc.ts";
import type { ApiKeys } from "../../feeds/keys.ts";
import { KeptSocket } from "../../feeds/socket.ts";
import type { Clock } from "../../shell/clock.ts";
import { messageOf, type Row, rowOf } from "../wire-values.ts";
import { DeribitHttp } from "./http.ts";

export interface LinkOptions {
  readonly rest: string;
  readonly ws: string;
  readonly keys: ApiKeys;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly backoff?: BackoffLimits;
  /** Looks a minute; null for what the account's credits give. */
  readonly perMinute: number | null;
  readonly answerWithinMs: number;
  readonly cancelOnDisconnect: boolean;
  /** How often the sign-in is proven where not as usual. */
  readonly proofMs?: number | undefined;
  readonly log: (level: "info" | "warn" | "error", text: string) => void;
  heard(channel: string, data: unknown): void;
  /** Orders are listened to from here on; what happened meanwhile was not heard. */
  up(): void;
}

/** It was not sent at all, for sure. */
export class Unsent extends Error {}

const HEARTBEAT_S = 10;
const SILENT_MS = 2.5 * HEARTBEAT_S * 1000;
/** Orders a second and at once of the lowest tier; other calls, with room left for the market data of the same account. */
const ORDERS = { perMinute: 300, burst: 20 } as const;
const CALLS = { perMinute: 900, burst: 40 } as const;
const CHANNELS = ["user.orders.any.any.raw", "user.trades.any.any.raw"] as const;
/** Keys that are wrong, or that may not do this. */
const FINAL: ReadonlySet<number> = new Set([13_004, 13_021]);

/** The account's one JSON-RPC socket: signed in, heartbeat, order channels; a signed HTTP path for looks and cancels beside it. */
export class DeribitLink {
  /** Null while orders can be sent and are heard of, else why not. */
  standing: string | null = "not connected yet";
  /** The server's clock minus this machine's, ms. */
  private aheadMs = 0;
  private readonly socket: KeptSocket;
  private readonly rpc: Rpc;
  private readonly login: DeribitLogin;
  private readonly http: DeribitHttp;
  private readonly orders: TokenBucket;
  private readonly calls: TokenBucket;
  private heardMs: number;
  private connection = 0;
  private closed = false;
  private readonly timers = new Set<() => void>();
  /** Calls that wait for their turn: a close lets them go on, and fail. */
  private readonly waits = new Set<() => void>();

  constructor(private readonly options: LinkOptions) {
    const { ws: url, rest, keys, clock, chance, answerWithinMs } = options;
    this.heardMs = clock.monotonicMs();
    this.orders = new TokenBucket(clock, ORDERS.perMinute, ORDERS.burst);
    this.calls = new TokenBucket(clock, options.perMinute ?? CALLS.perMinute, CALLS.burst);
    this.http = new DeribitHttp(rest, keys, clock, answerWithinMs);
    this.socket = new KeptSocket({
      url,
      clock,
      chance,
      ...(options.backoff !== undefined && { backoff: options.backoff }),
      opened: () => void this.greet(),
      message: (bytes) => this.message(bytes),
      down: (reason, final) => this.down(reason, final),
    });
    this.rpc = new Rpc((text) => this.socket.send(text), clock, answerWithinMs);
    this.login = new DeribitLogin({
      rpc: this.rpc,
      clock,
      keys,
      proofMs: options.proofMs,
      lapsed: () => this.stand(EXPIRED, "warn"),
      renewed: () => void this.listen("signed in again, orders are listened to"),
      failed: (error) => this.failed(error, this.connection),
    });
  }

  connect(): void {
    this.socket.connect();
    this.every(1000, () => this.look());
  }

  serverMs(): number {
    return this.options.clock.wallUs() / 1000 + this.aheadMs;
  }

  /** A call that makes no order: over the socket, over HTTP while that is gone. @throws RpcError */
  async call(method: string, params: Row = {}): Promise<unknown> {
    return await this.either(this.calls, method, params);
  }

  /** A cancel waits its turn at the matching engine, and goes by whatever way there is. @throws RpcError */
  async cancel(method: string, params: Row): Promise<unknown> {
    return await this.either(this.orders, method, params);
  }

  private async either(bucket: TokenBucket, method: string, params: Row): Promise<unknown> {
    await this.wait(bucket.take());
    if (this.closed) throw new RpcError("closed", null);
    return this.standing === null ? await this.watched(method, params) : await this.http.ask(method, params);
  }

  /** A call that makes or changes an order: now and once, or not at all. @throws Unsent, RpcError */
  async order(method: string, params: Row): Promise<unknown> {
    if (this.standing !== null) throw new Unsent(`${this.standing}; nothing was sent`);
    if (this.orders.take() > 0) throw new Unsent("more orders at once than Deribit takes; nothing was sent");
    return await this.watched(method, params);
  }

  private async watched(method: string, params: Row): Promise<unknown> {
    try {
      return await this.rpc.ask(method, params);
    } catch (error) {
      if (error instanceof RpcError && error.code === UNAUTHORISED) this.login.lapse();
      throw error;
    }
  }

  /** Leaves in good order: what works goes on working even where cancel on disconnect is armed. */
  close(): void {
    if (this.closed) return;
    if (this.standing === null) this.rpc.tell("private/logout");
    this.closed = true;
    this.standing = "closed";
    for (const cancel of this.timers) cancel();
    for (const go of this.waits) go();
    this.login.end();
    this.rpc.drop("closed");
    this.http.close();
    this.socket.close();
  }

  /** Keys, heartbeat, clock, the dead man's switch, then the order channels: only then may an order be sent. */
  private async greet(): Promise<void> {
    const connection = ++this.connection;
    this.heardMs = this.options.clock.monotonicMs();
    try {
      await this.login.signIn();
      await this.rpc.ask("public/set_heartbeat", { interval: HEARTBEAT_S });
      await this.askClock();
      if (this.options.cancelOnDisconnect)
        await this.rpc.ask("private/enable_cancel_on_disconnect", { scope: "connection" });
    } catch (error) {
      return this.failed(error, connection);
    }
    await this.listen("signed in, orders are listened to", connection);
  }

  /** The order channels, with every sign-in anew; what happened meanwhile is asked for. */
  private async listen(done: string, connection = this.connection): Promise<void> {
    try {
      const got = await this.rpc.ask("private/subscribe", { channels: CHANNELS });
      const missing = CHANNELS.filter((c) => !(Array.isArray(got) && got.includes(c)));
      if (missing.length > 0) throw new RpcError(`not subscribed to ${missing.join(" and ")}`, null);
    } catch (error) {
      return this.failed(error, connection);
    }
    if (this.closed || connection !== this.connection) return;
    this.standing = null;
    this.options.log("info", `deribit: ${done}`);
    this.options.up();
  }

  private async askClock(): Promise<void> {
    const before = this.options.clock.wallUs() / 1000;
    const told = await this.rpc.ask("public/get_time");
    const after = this.options.clock.wallUs() / 1000;
    if (typeof told === "number") this.aheadMs = told - (before + after) / 2;
  }

  private failed(error: unknown, connection: number): void {
    if (this.closed || connection !== this.connection) return;
    const { message, code } = error instanceof RpcError ? error : { message: String(error), code: null };
    if (code !== null && FINAL.has(code)) this.socket.giveUp(`the keys are refused: ${message}`);
    else this.socket.drop(message);
  }

  private down(reason: string, final: boolean): void {
    this.connection++;
    this.login.end();
    this.stand(`not connected to Deribit: ${reason}`, final ? "error" : "warn", reason);
    this.rpc.drop(reason);
  }

  /** Orders can't be sent now, and why. */
  private stand(why: string, level: "warn" | "error", told = why): void {
    if (this.closed) return;
    if (this.standing !== why) this.options.log(level, `deribit: ${told}`);
    this.standing = why;
  }

  private message(bytes: Buffer): void {
    this.heardMs = this.options.clock.monotonicMs();
    const message = messageOf(bytes);
    if (message === null || this.rpc.answered(message)) return;
    const params = rowOf(message["params"]);
    if (message["method"] === "heartbeat" && params?.["type"] === "test_request")
      this.rpc.tell("public/test");
    if (message["method"] === "subscription" && typeof params?.["channel"] === "string")
      this.options.heard(params["channel"], params["data"]);
  }

  private look(): void {
    const silent = this.options.clock.monotonicMs() - this.heardMs;
    if (this.standing === null && silent > SILENT_MS)
      this.socket.drop(`nothing heard for ${Math.round(silent / 1000)} s, not even a heartbeat`);
  }

  private wait(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const go = (): void => {
        this.waits.delete(go);
        resolve();
      };
      this.waits.add(go);
      this.later(ms, go);
    });
  }

  private every(ms: number, run: () => void): void {
    this.later(ms, () => {
      if (this.closed) return;
      run();
      this.every(ms, run);
    });
  }

  private later(ms: number, run: () => void): void {
    const cancel = this.options.clock.after(ms, () => {
      this.timers.delete(cancel);
      run();
    });
    this.timers.add(cancel);
  }
}
