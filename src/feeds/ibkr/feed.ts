import type { Instrument } from "../../../engines/market/index.ts";
import { IBKR_FIELDS } from "../../../store/capture/decode/ibkr-gateway.ts";
import type { FeedState } from "../../desk/protocol.ts";
import type { Clock } from "../../shell/clock.ts";
import { Timers } from "../../shell/timers.ts";
import { allot } from "../budget.ts";
import type { ChannelView, Coverage, Feed, FeedOut, Want } from "../feed.ts";
import { jsonObject } from "../json-object.ts";
import type { Net } from "../net.ts";
import { Pulse } from "../pulse.ts";
import { SilenceWatch } from "../silence.ts";
import { KeptSocket } from "../socket.ts";
import { ChainBuilder, type ChainDefiner } from "./chain.ts";
import { type ConidCache, Contracts } from "./contracts.ts";
import { type FutureDefiner, FutureFinder } from "./futures.ts";
import { Gateway, trustsOwnCertificate } from "./gateway.ts";
import { Lines, PRICE_FIELDS } from "./lines.ts";
import { Login } from "./login.ts";
import type { IbkrSetup } from "./setup.ts";

export const GATEWAY_URL = "https://localhost:5000/v1/api";

export interface IbkrOptions extends Omit<IbkrSetup, "cacheDir"> {
  readonly cache: ConidCache;
  readonly define: ChainDefiner;
  readonly futures: FutureDefiner;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly out: FeedOut;
  readonly net?: Net;
  /** Whether a calendar's market trades now. */
  readonly open: (calendar: string) => boolean;
}

const CHANNEL = "ibkr.gateway:ws";
/** Two missed heartbeats of ten seconds, and some. */
const SILENT_MS = 25_000;
/** A socket that tells nothing of the session for this long is one of the session before. */
const GREETING_MS = 15_000;
const TIC_EVERY_MS = 50_000;
const ROTATE_EVERY_MS = 2_000;
const ROTATE_PART = 50;
/** Lines that the gateway is asked about when all of them are silent. */
const ASKED = 5;
/** Two such answers within this are no coincidence. */
const SUSPECTED_MS = 8_000;

type Phase = "login" | "greeting" | "ready" | "waiting";

/** Interactive Brokers by its gateway: one brokerage session, one socket, a limited number of lines, the rest by snapshots. */
export class IbkrFeed implements Feed {
  readonly name: string;
  private readonly gateway: Gateway;
  private readonly contracts: Contracts;
  private readonly login: Login;
  private readonly socket: KeptSocket;
  private readonly lines: Lines;
  private readonly chain: ChainBuilder;
  private readonly futures: FutureFinder;
  private readonly pulse: Pulse;
  private readonly silence: SilenceWatch;
  private readonly covered = new Map<string, Coverage>();
  private rotation: readonly Want[] = [];
  private turn = 0;
  private phase: Phase = "login";
  private connected = false;
  private reason: string | null = null;
  private sinceUs: number | null = null;
  /** When the gateway told a price that its stream did not, ms; NaN while it does not. */
  private suspected = Number.NaN;
  private calendars: ReadonlySet<string> = new Set();
  private heardMs = Number.NaN;
  private openedMs = Number.NaN;
  /** Chains that somebody wants: none can be asked for without a brokerage session. */
  private readonly wantedChains = new Set<Instrument>();
  private gap = false;
  private closed = false;
  private readonly timers: Timers;

  constructor(private readonly options: IbkrOptions) {
    const { name, url, clock, chance, cache, out, net } = options;
    this.name = name;
    const pulse = new Pulse(clock, out);
    this.pulse = pulse;
    this.timers = new Timers(clock);
    this.gateway = new Gateway(url, clock, net);
    this.contracts = new Contracts(this.gateway, cache);
    this.login = new Login(this.gateway, clock, (good) => this.loggedIn(good));
    const { login } = this;
    this.socket = new KeptSocket({
      url: `${url.replace(/^http/, "ws")}/ws`,
      // Read at each try: a session lives until the next login.
      get headers() {
        return { Cookie: `api={"session":"${login.session ?? ""}"}`, "User-Agent": "voldesk" };
      },
      trustOwn: trustsOwnCertificate(url),
      clock,
      chance,
      ...(net && { net }),
      opened: () => this.opened(),
      message: (bytes) => this.message(bytes),
      down: (reason) => this.down(reason),
    });
    this.lines = new Lines(this.contracts, {
      send: (text) => this.socket.send(text),
      name: (text) => out.frame(CHANNEL, Buffer.from(text), out.nowUs()),
      nowMs: () => clock.monotonicMs(),
    });
    this.chain = new ChainBuilder(this.contracts, this.lines, cache, options.define, out);
    const { futures, rollDays } = options;
    this.futures = new FutureFinder(this.contracts, this.lines, cache, futures, rollDays, out);
    this.silence = new SilenceWatch({
      clock,
      data: pulse.pace,
      due: () => this.phase === "ready" && this.lines.proven > 0 && this.trades(),
      heardUs: () => pulse.dataUs ?? 0,
      newest: () => this.untold(),
      asked: "the gateway's REST",
      unread: () => pulse.unread,
      canary: () => this.lines.some(1)[0]?.symbol,
      mute: (reason) => {
        pulse.muted(reason);
        this.lost(reason);
      },
    });
  }

  start(): void {
    this.login.start();
    this.silence.start();
    this.timers.every(1_000, () => this.look());
    this.timers.every(TIC_EVERY_MS, () => this.socket.send("tic"));
    this.timers.every(ROTATE_EVERY_MS, () => void this.rotate());
  }

  desire(wants: readonly Want[]): void {
    this.covered.clear();
    const { limit, rotated } = this.options;
    const mine = wants.filter((w) => w.instrument.kind !== "crypto");
    const share = allot(mine, { channel: this.name, limit }, rotated, this.covered);
    this.lines.desire(share.streamed);
    this.calendars = new Set(share.streamed.map((w) => w.instrument.calendar));
    // Lines tell only what changed: a message that was lost is made good by asking for all of it again.
    this.rotation = [...share.rotated, ...share.streamed];
  }

  chains(underlyings: readonly Instrument[]): void {
    for (const u of underlyings) if (u.kind !== "crypto" && u.kind !== "fx") this.wantedChains.add(u);
    if (this.phase === "ready") this.askForChains();
  }

  channels(): readonly ChannelView[] {
    const { name } = this;
    const { limit } = this.options;
    const { proven, asked } = this.lines;
    const sinceUs = this.phase === "ready" ? this.sinceUs : null;
    const facts = { name, state: this.state(), sinceUs, subscribed: proven, desired: asked, limit };
    return [this.pulse.view({ ...facts, note: this.note() }, this.socket.pongMs)];
  }

  coverage(instrument: Instrument): Coverage {
    const refused = this.lines.refusal(instrument.id);
    const told = this.covered.get(instrument.id) ?? { how: "none", reason: "nobody asked for it", why: null };
    if (refused !== null) return { ...told, how: "none", reason: refused };
    const rounds = Math.ceil(this.rotation.length / ROTATE_PART);
    return told.how === "snapshot" ? { ...told, roundMs: rounds * ROTATE_EVERY_MS } : told;
  }

  streamedSince(instrument: Instrument): number | null {
    return this.state() === "live" ? this.lines.since(instrument.id) : null;
  }

  channelOf(instrument: Instrument): string | null {
    return instrument.kind === "crypto" ? null : this.name;
  }

  reconnect(channel = this.name): boolean {
    if (channel !== this.name) return false;
    this.login.again();
    if (this.connected) this.socket.again("reconnect by hand");
    return true;
  }

  distrust(reason: string): void {
    if (this.connected) this.lost(reason);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.timers.stop();
    this.silence.stop();
    this.login.close();
    this.chain.stop();
    this.gateway.close();
    this.socket.close();
  }

  private state(): FeedState {
    if (this.phase !== "ready") return this.gap ? "gap" : "unknown";
    if (this.lines.asked === 0) return "live";
    if (this.pulse.isMute) return "stale";
    if (!this.trades()) return "closed";
    return this.pulse.dataUs !== null ? "live" : "gap";
  }

  /** Whether any market of what streams trades now. */
  private trades(): boolean {
    for (const calendar of this.calendars) if (this.options.open(calendar)) return true;
    return false;
  }

  private note(): string | null {
    if (this.login.standing !== null) return this.login.standing;
    if (this.phase !== "ready") return this.socket.waiting(this.reason) ?? this.reason;
    if (this.pulse.isMute) return this.pulse.muteNote;
    const refused = this.lines.refusals();
    const [first] = refused;
    return first === undefined ? null : `${refused.size} refused: ${first[0]} (${first[1]})`;
  }

  private loggedIn(good: boolean): void {
    const { out } = this.options;
    if (!good) {
      const text = `${this.name}: ${this.login.standing ?? ""}`;
      out.event({ kind: "note", level: "warn", source: "feed", text });
      if (this.connected) this.socket.drop(this.login.standing ?? "the session is gone");
      return;
    }
    // After a login the old socket may stay open and tell nothing: everything begins anew, at once.
    if (this.connected) this.socket.again("logged in anew");
    else {
      this.connected = true;
      this.socket.connect();
    }
  }

  private opened(): void {
    this.phase = "greeting";
    this.pulse.story.connected();
    this.openedMs = this.heardMs = this.options.clock.monotonicMs();
  }

  private ready(): void {
    if (this.phase === "ready") return;
    this.phase = "ready";
    this.reason = null;
    this.gap = false;
    this.sinceUs = this.options.out.nowUs();
    this.pulse.begin();
    this.lines.begin();
    this.askForChains();
  }

  private askForChains(): void {
    for (const u of this.wantedChains) {
      this.futures.ask(u);
      this.chain.ask(u);
    }
  }

  private message(bytes: Buffer): void {
    const { out, clock } = this.options;
    const nowUs = out.nowUs();
    this.heardMs = clock.monotonicMs();
    // The topic may stand anywhere in a message.
    const text = bytes.toString("latin1");
    const smd = /"topic":\s*"smd\+(\d+)/.exec(text);
    if (smd === null) return this.control(bytes);
    const { rows, eventUs } = out.frame(CHANNEL, bytes, nowUs);
    this.pulse.story.heard(bytes.length, rows);
    if (rows > 0) this.pulse.data(nowUs, rows, eventUs);
    const error = rows > 0 ? null : (jsonObject(bytes)?.["error"] ?? null);
    this.lines.heard(Number(smd[1]), nowUs, text, typeof error === "string" ? error : null);
  }

  private control(bytes: Buffer): void {
    const message = jsonObject(bytes);
    if (message === null || !["topic", "message", "error"].some((key) => key in message)) this.pulse.unread++;
    if (message?.["topic"] !== "sts") return;
    const args = message["args"] as
      | { readonly authenticated?: unknown; readonly competing?: unknown }
      | undefined;
    if (args?.competing === true) this.lost("another program took this user's session");
    else if (args?.authenticated === true) this.ready();
    else if (args?.authenticated === false) this.lost("the broker ended the session");
  }

  private lost(reason: string): void {
    this.socket.drop(reason);
    this.login.again();
  }

  private down(cause: string): void {
    const { out } = this.options;
    const reason = this.pulse.ended(cause);
    this.pulse.story.trouble(out.nowUs(), reason);
    if (this.phase === "ready") {
      this.pulse.story.broke();
      this.gap = true;
      out.event({ kind: "gap", channel: this.name, fromUs: out.nowUs() as never, toUs: null, reason });
    } else if (this.reason !== reason)
      out.event({ kind: "note", level: "warn", source: "feed", text: `${this.name}: ${reason}` });
    this.reason = reason;
    this.phase = "waiting";
    this.sinceUs = null;
    this.lines.end();
    this.login.again();
  }

  private look(): void {
    this.lines.renew();
    const connected = this.phase === "ready" || this.phase === "greeting";
    const silent = this.options.clock.monotonicMs() - this.heardMs;
    if (connected && silent > SILENT_MS) this.lost(`no heartbeat for ${Math.round(silent / 1000)} s`);
    const waited = this.options.clock.monotonicMs() - this.openedMs;
    if (this.phase === "greeting" && waited > GREETING_MS)
      this.lost(`the gateway said nothing of its session for ${Math.round(waited / 1000)} s`);
  }

  /**
   * Whether the gateway, when asked, tells prices that its stream did not: twice in a row, since one may be on its way. The times that it
   * tells prove nothing, they move without a price. The first answer about a contract is empty.
   */
  private async untold(): Promise<number> {
    const conids = this.lines.some(ASKED).flatMap((l) => l.conid ?? []);
    if (conids.length === 0) return Number.NaN;
    const query = { conids: conids.join(","), fields: PRICE_FIELDS.join(",") };
    const rows = await this.gateway.get("/iserver/marketdata/snapshot", query);
    const differ =
      Array.isArray(rows) && rows.some((r) => typeof r === "object" && r !== null && this.lines.differs(r));
    const before = this.suspected;
    const now = this.options.clock.monotonicMs();
    this.suspected = differ ? now : Number.NaN;
    return differ && now - before < SUSPECTED_MS ? Number.POSITIVE_INFINITY : Number.NaN;
  }

  /** What has no line is asked for in turn. The first answer about a contract is empty: it only begins to be looked up. */
  private async rotate(): Promise<void> {
    if (this.phase !== "ready" || this.rotation.length === 0) return;
    const part = Array.from(
      { length: Math.min(ROTATE_PART, this.rotation.length) },
      (_, i) => this.rotation[(this.turn + i) % this.rotation.length] as Want,
    );
    this.turn = (this.turn + part.length) % this.rotation.length;
    try {
      const conids: number[] = [];
      for (const { instrument } of part) {
        const conid = await this.contracts.conid(instrument);
        if (conid === null) continue;
        this.lines.announce(conid, instrument);
        conids.push(conid);
      }
      if (conids.length === 0 || this.closed) return;
      const query = { conids: conids.join(","), fields: IBKR_FIELDS.join(",") };
      const bytes = await this.gateway.bytes("/iserver/marketdata/snapshot", query);
      if (!this.closed) this.options.out.frame(CHANNEL, bytes, this.options.out.nowUs(), "snapshot");
    } catch {
      // Said by the login's next look; the turn comes round again.
    }
  }
}
