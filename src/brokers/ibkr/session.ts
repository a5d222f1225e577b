import type { BackoffLimits } from "../../feeds/backoff.ts";
import { Gateway, GatewayError, trustsOwnCertificate } from "../../feeds/ibkr/gateway.ts";
import { Login } from "../../feeds/ibkr/login.ts";
import { Pace } from "../../feeds/ibkr/pace.ts";
import { KeptSocket } from "../../feeds/socket.ts";
import type { Clock } from "../../shell/clock.ts";
import { messageOf, type Row, rowOf, textOf } from "../wire-values.ts";

export interface SessionOptions {
  readonly rest: string;
  readonly ws: string;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly backoff?: BackoffLimits;
  readonly answerWithinMs: number;
  /** Requests a minute where the gateway takes more than usual; null shares the usual limit with the market data. */
  readonly perMinute: number | null;
  readonly log: (level: "info" | "warn" | "error", text: string) => void;
  heard(topic: string, args: unknown): void;
  /** Orders are listened to from here on; what happened meanwhile was not heard. */
  up(): void;
}

/** Two missed heartbeats of ten seconds, and some. */
const SILENT_MS = 25_000;
const TIC_EVERY_MS = 50_000;
const SUBSCRIBE_AGAIN_MS = 5_000;
/** Of a request that the gateway has no room for. */
const TRIES = 3;

/** The brokerage session with its account, and the gateway's websocket with the order topics. Another program's session is never taken. */
export class IbkrSession {
  /** Null while orders can be sent and are heard of, else why not. */
  standing: string | null = "not connected to the gateway yet";
  account: string | null = null;
  paper: boolean | null = null;
  readonly gateway: Gateway;
  private readonly login: Login;
  private readonly socket: KeptSocket;
  private connected = false;
  private closed = false;
  /** Counts connections: what was begun on one is nothing to the next. */
  private connection = 0;
  private heardMs: number;
  private readonly timers = new Set<() => void>();

  constructor(private readonly options: SessionOptions) {
    const { rest, ws, clock, chance, perMinute, answerWithinMs } = options;
    const base = rest.replace(/\/$/, "");
    const pace = perMinute === null ? undefined : new Pace(clock, 60_000 / perMinute);
    this.heardMs = clock.monotonicMs();
    this.gateway = new Gateway(base, clock, undefined, pace, answerWithinMs);
    this.login = new Login(this.gateway, clock, (good) => this.loggedIn(good));
    const { login } = this;
    this.socket = new KeptSocket({
      url: ws,
      // Read at each try: a session lives until the next login.
      get headers() {
        return { Cookie: `api={"session":"${login.session ?? ""}"}`, "User-Agent": "voldesk" };
      },
      ...(options.backoff !== undefined && { backoff: options.backoff }),
      trustOwn: trustsOwnCertificate(base),
      clock,
      chance,
      opened: () => {
        this.connection++;
        this.heardMs = clock.monotonicMs();
      },
      message: (bytes) => this.message(bytes),
      down: (reason) => this.down(reason),
    });
  }

  start(): void {
    this.login.start();
    this.every(1_000, () => this.look());
    this.every(TIC_EVERY_MS, () => this.socket.send("tic"));
  }

  close(): void {
    this.closed = true;
    this.standing = "closed";
    for (const cancel of this.timers) cancel();
    this.login.close();
    this.gateway.close();
    this.socket.close();
  }

  private loggedIn(good: boolean): void {
    if (!good) {
      this.fall(this.login.standing ?? "the session is gone");
      if (this.connected) this.socket.drop(this.login.standing ?? "the session is gone");
    } else if (this.connected) this.socket.again("logged in anew");
    else {
      this.connected = true;
      this.socket.connect();
    }
  }

  private fall(reason: string): void {
    if (this.closed || this.standing === reason) return;
    this.standing = reason;
    this.options.log("warn", `ibkr: ${reason}`);
  }

  private lost(reason: string): void {
    this.fall(reason);
    this.socket.drop(reason);
  }

  private down(reason: string): void {
    this.connection++;
    this.fall(this.login.standing ?? `not connected to the gateway: ${reason}`);
    this.login.again();
  }

  private message(bytes: Buffer): void {
    this.heardMs = this.options.clock.monotonicMs();
    const message = messageOf(bytes);
    const topic = textOf(message?.["topic"]);
    if (message === null || topic === null) return;
    if (topic === "sts") return this.status(rowOf(message["args"]));
    if (topic === "sor" && message["error"] !== undefined)
      return this.later(SUBSCRIBE_AGAIN_MS, () => this.socket.send("sor+{}"));
    if (topic === "sor" || topic === "str") this.options.heard(topic, message["args"]);
  }

  private status(args: Row | null): void {
    if (args?.["competing"] === true) this.lost("another program took this user's session");
    else if (args?.["authenticated"] === false) this.lost("the broker ended the session");
    else if (args?.["authenticated"] === true && this.standing !== null) void this.prepare(this.connection);
  }

  /** What the gateway wants to be asked before it speaks of orders and positions, in its order. */
  private async prepare(connection: number): Promise<void> {
    try {
      const accounts = rowOf(await this.patiently("/iserver/accounts"));
      const account = textOf(accounts?.["selectedAccount"]);
      if (account === null) throw new Error("the gateway names no account");
      if (this.account !== null && this.account !== account)
        throw new Error(`the gateway's account is ${account} now and not ${this.account}`);
      this.account = account;
      this.paper = typeof accounts?.["isPaper"] === "boolean" ? accounts["isPaper"] : null;
      await this.patiently("/portfolio/accounts");
      // Without a filter, and by force: the stream follows what the last list was narrowed to.
      await this.patiently("/iserver/account/orders", { force: "true" });
    } catch (error) {
      if (connection === this.connection && !this.closed)
        this.lost(error instanceof Error ? error.message : String(error));
      return;
    }
    if (this.closed || connection !== this.connection) return;
    this.socket.send("sor+{}");
    this.socket.send('str+{"realtimeUpdatesOnly":true}');
    this.standing = null;
    this.options.log("info", "ibkr: the brokerage session is there, orders are listened to");
    this.options.up();
  }

  /** Too many requests is no lost session: a chain that builds may have used them up. The pace of requests rests before the next try. */
  private async patiently(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    for (let left = TRIES; ; left--)
      try {
        return await this.gateway.get(path, query);
      } catch (error) {
        if (left <= 1 || !(error instanceof GatewayError) || error.status !== 429) throw error;
      }
  }

  private look(): void {
    const silent = this.options.clock.monotonicMs() - this.heardMs;
    if (this.standing === null && silent > SILENT_MS)
      this.lost(`no heartbeat for ${Math.round(silent / 1000)} s`);
  }

  private every(ms: number, run: () => void): void {
    this.later(ms, () => {
      run();
      this.every(ms, run);
    });
  }

  private later(ms: number, run: () => void): void {
    const cancel = this.options.clock.after(ms, () => {
      this.timers.delete(cancel);
      if (!this.closed) run();
    });
    this.timers.add(cancel);
  }
}
