import type { FeedState } from "../../desk/protocol.ts";
import type { Clock } from "../../shell/clock.ts";
import type { ChannelView, FeedOut } from "../feed.ts";
import type { ApiKeys } from "../keys.ts";
import type { Net } from "../net.ts";
import { Pulse } from "../pulse.ts";
import { SilenceWatch } from "../silence.ts";
import { KeptSocket } from "../socket.ts";
import type { ChannelStory } from "../story.ts";
import type { Gap } from "./back-fill.ts";
import { readControl } from "./control.ts";
import { ERRORS } from "./errors.ts";
import { Reconciler } from "./reconcile.ts";

/** The other session is asked to have died: waits grow by this, up to the most, so many times. */
const HELD_STEP_MS = 500;
const HELD_MOST_MS = 5_000;
const HELD_TRIES = 15;
const ANSWER_WITHIN_MS = 10_000;
/** Streamed symbols that REST is asked about when the stream is silent. */
const CANARIES = 10;

export type StreamWorld = Pick<StreamOptions, "clock" | "chance" | "out" | "net">;

export interface StreamOptions {
  /** As the screen names it: `iex`, `indicative`, `crypto`. */
  readonly name: string;
  readonly url: string;
  readonly encoding: "json" | "msgpack";
  /** Subscription keys in a message. */
  readonly keys: readonly string[];
  /** Channel of the capture, whose decoder reads the frames. */
  readonly channel: string;
  readonly limit: number;
  readonly credentials: ApiKeys | null;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly out: FeedOut;
  readonly net?: Net;
  /** Newest event time that REST knows of some streamed symbols; NaN unknown. Asked when the stream is silent past its usual. */
  readonly newestByRest: (symbols: readonly string[]) => Promise<number>;
  /** Whether the market of this stream trades now. */
  readonly open: () => boolean;
  /** It is whole as soon as it is subscribed: of headlines nobody knows when the next one comes. */
  readonly rare?: boolean;
  /** The server began to stream these: how they stand is not told by itself. */
  readonly begun: (symbols: readonly string[]) => void;
  /** Everything is subscribed again after a break. */
  readonly back?: (symbols: readonly string[], gap: Gap) => void;
}

type Phase = "connecting" | "greeting" | "auth" | "ready" | "waiting" | "final";

/** One market-data socket of Alpaca: greets, authenticates, holds the subscriptions, and says how it is. */
export class AlpacaStream {
  readonly wants = new Reconciler();
  private readonly socket: KeptSocket;
  private readonly pulse: Pulse;
  private phase: Phase = "connecting";
  private reason: string | null = null;
  private heldTries = 0;
  private sinceUs: number | null = null;
  private gapUs: number | null = null;
  private cancelWait: (() => void) | null = null;
  private readonly silence: SilenceWatch;

  constructor(private readonly options: StreamOptions) {
    const { url, encoding, clock, chance, net, newestByRest, open } = options;
    const pulse = new Pulse(clock, options.out);
    this.pulse = pulse;
    this.silence = new SilenceWatch({
      clock,
      data: pulse.pace,
      due: () => this.phase === "ready" && open() && this.wants.subscribed > 0 && options.rare !== true,
      // Where nothing came yet, what happened since this connection stands in for it.
      heardUs: () => (pulse.newestUs === pulse.newestUs ? pulse.newestUs : (this.sinceUs ?? Number.NaN)),
      newest: () => newestByRest(this.wants.some(CANARIES)),
      asked: "the vendor's REST",
      unread: () => pulse.unread,
      canary: () => this.wants.some(1)[0],
      mute: (reason) => {
        pulse.muted(reason);
        this.socket.drop(reason);
      },
    });
    this.socket = new KeptSocket({
      url,
      headers: { "Content-Type": encoding === "msgpack" ? "application/msgpack" : "application/json" },
      clock,
      chance,
      ...(net && { net }),
      opened: () => this.opened(),
      message: (bytes) => this.message(bytes),
      down: (reason, final) => this.down(reason, final),
    });
  }

  get name(): string {
    return this.options.name;
  }
  get story(): ChannelStory {
    return this.pulse.story;
  }

  start(): void {
    this.socket.connect();
    this.silence.start();
  }

  desire(symbols: readonly string[]): void {
    this.wants.desire(symbols);
    this.push();
  }

  reconnect(): void {
    this.heldTries = 0;
    this.socket.again("reconnect by hand");
  }

  close(): void {
    this.cancelWait?.();
    this.silence.stop();
    this.socket.close();
  }

  /** The machine slept or its clock jumped: nothing from before can be believed. */
  distrust(reason: string): void {
    if (this.phase !== "final") this.socket.drop(reason);
  }

  get view(): ChannelView {
    const { name, limit } = this.options;
    const { subscribed, asked } = this.wants;
    const most = this.wants.limit ?? (Number.isFinite(limit) ? limit : null);
    const sinceUs = this.phase === "ready" ? this.sinceUs : null;
    const beside = this.options.rare === true;
    const final = this.phase === "final" && !beside;
    const facts = { name, state: this.state(), final, sinceUs, subscribed, desired: asked, limit: most };
    return this.pulse.view({ ...facts, beside, note: this.note() }, this.socket.pongMs);
  }

  /** Since when a symbol streams without a break, µs; null while it does not. */
  since(symbol: string): number | null {
    return this.state() === "live" ? this.wants.since(symbol) : null;
  }

  private state(): FeedState {
    if (this.phase === "final") return "closed";
    if (this.phase !== "ready") return this.gapUs === null ? "unknown" : "gap";
    if (this.pulse.isMute) return "stale";
    if (!this.options.open()) return "closed";
    const heard = this.pulse.dataUs !== null || this.wants.asked === 0 || this.options.rare === true;
    return this.wants.settled && heard ? "live" : "gap";
  }

  private note(): string | null {
    if (this.phase === "final") return this.reason;
    const waiting = this.socket.waiting(this.reason);
    if (waiting !== null) return waiting;
    if (this.phase !== "ready") return this.reason;
    if (this.pulse.isMute) return this.pulse.muteNote;
    const refused = this.wants.refusals();
    if (this.wants.limit !== null)
      return `the plan streams ${this.wants.limit} symbols, ${this.wants.asked - this.wants.subscribed} are left out`;
    if (refused.size === 0) return null;
    const [[symbol, why] = ["", ""]] = refused;
    return `${refused.size} refused: ${symbol} (${why})${refused.size > 1 ? " …" : ""}`;
  }

  private opened(): void {
    this.phase = "greeting";
    this.story.connected();
    this.wants.reset();
    this.await("no greeting");
  }

  private await(what: string): void {
    this.cancelWait?.();
    this.cancelWait = this.options.clock.after(ANSWER_WITHIN_MS, () =>
      this.socket.drop(`${what} within ${ANSWER_WITHIN_MS / 1000} s`),
    );
  }

  private message(bytes: Buffer): void {
    const { out, channel } = this.options;
    const nowUs = out.nowUs();
    const { rows, refused, eventUs } = out.frame(channel, bytes, nowUs);
    this.story.heard(bytes.length, rows);
    if (rows > 0) return this.pulse.data(nowUs, rows, eventUs);
    this.pulse.unread += refused;
    for (const control of readControl(bytes)) this.control(control);
  }

  private control(m: Readonly<Record<string, unknown>>): void {
    if (m["T"] === "success" && m["msg"] === "connected" && this.phase === "greeting")
      return this.authenticate();
    if (m["T"] === "success" && m["msg"] === "authenticated") return this.authenticated();
    if (m["T"] === "subscription") return this.acknowledged(m);
    if (m["T"] === "error") this.refusal(Number(m["code"]), typeof m["msg"] === "string" ? m["msg"] : "");
  }

  private authenticate(): void {
    this.phase = "auth";
    const { id = "voldesk", secret = "voldesk" } = this.options.credentials ?? {};
    this.say({ action: "auth", key: id, secret });
    this.await("no answer to the keys");
  }

  private authenticated(): void {
    this.cancelWait?.();
    this.phase = "ready";
    this.reason = null;
    this.heldTries = 0;
    this.sinceUs = this.options.out.nowUs();
    this.pulse.begin();
    this.push();
  }

  /** All that is wanted is confirmed: the gap has an end, and what it swallowed can be asked for. */
  private closeGap(): void {
    const { gapUs, options } = this;
    if (gapUs === null || this.phase !== "ready" || !this.wants.settled) return;
    this.gapUs = null;
    const gap = { fromUs: gapUs, toUs: options.out.nowUs() };
    const symbols = this.wants.some(Number.POSITIVE_INFINITY);
    const reason = `${symbols.length} of ${this.wants.asked} back`;
    options.out.event({
      kind: "gap",
      channel: options.name,
      fromUs: gap.fromUs as never,
      toUs: gap.toUs as never,
      reason,
    });
    options.back?.(symbols, gap);
  }

  private push(): void {
    if (this.phase !== "ready") return;
    const request = this.wants.next();
    if (request === null) return;
    this.say({
      action: request.action,
      ...Object.fromEntries(this.options.keys.map((k) => [k, request.symbols])),
    });
    this.await("no answer to the subscription");
  }

  private acknowledged(m: Readonly<Record<string, unknown>>): void {
    this.cancelWait?.();
    const of = (key: string): string[] =>
      Array.isArray(m[key]) ? (m[key] as unknown[]).filter((s) => typeof s === "string") : [];
    // A symbol counts when all its channels do: quotes without trades is half a market.
    const [first = "", ...others] = this.options.keys.slice(0, 2);
    const rest = others.map((k) => new Set(of(k)));
    const state = new Set(of(first).filter((s) => rest.every((set) => set.has(s))));
    const begun = this.wants.acknowledged(state, this.options.out.nowUs());
    if (begun.length > 0) this.options.begun(begun);
    this.push();
    this.closeGap();
  }

  private refusal(code: number, msg: string): void {
    const known = ERRORS[code];
    const words = known?.words ?? `the server says ${code} ${msg}`;
    this.cancelWait?.();
    if (known?.kind !== "harmless") {
      this.story.refused();
      this.story.trouble(this.options.out.nowUs(), words);
    }
    switch (known?.kind) {
      case "final":
        return this.socket.giveUp(words);
      case "held":
        return this.heldByOther(words);
      case "limit":
      case "request":
        this.wants.failed(words, known.kind === "limit");
        return this.push();
      case "harmless":
        return;
      default:
        this.socket.drop(words);
    }
  }

  /** On the same socket, since a new one would be one more session. */
  private heldByOther(words: string): void {
    this.reason = words;
    if (++this.heldTries > HELD_TRIES) {
      this.heldTries = 0;
      return this.socket.drop(words);
    }
    const wait = Math.min(HELD_MOST_MS, HELD_STEP_MS * this.heldTries);
    this.cancelWait = this.options.clock.after(wait, () => this.authenticate());
  }

  private say(message: unknown): void {
    // JSON is taken by every endpoint, in a binary frame where the stream is MessagePack.
    const text = JSON.stringify(message);
    this.socket.send(this.options.encoding === "msgpack" ? Buffer.from(text) : text);
  }

  private down(cause: string, final: boolean): void {
    const { name, out } = this.options;
    const reason = this.pulse.ended(cause);
    this.cancelWait?.();
    const was = this.phase;
    const text = `${name}: ${reason}`;
    this.story.trouble(out.nowUs(), reason);
    if (was === "ready") {
      this.story.broke();
      this.gapUs ??= this.pulse.dataUs ?? this.sinceUs ?? out.nowUs();
      out.event({ kind: "gap", channel: name, fromUs: this.gapUs as never, toUs: null, reason });
    } else if (this.reason !== reason || final)
      out.event({ kind: "note", level: final ? "error" : "warn", source: "feed", text });
    this.reason = reason;
    this.phase = final ? "final" : "waiting";
    this.sinceUs = null;
    this.wants.reset();
  }
}
