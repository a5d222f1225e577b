import type { Instrument } from "../../../engines/market/index.ts";
import type { FeedState } from "../../desk/protocol.ts";
import type { Clock } from "../../shell/clock.ts";
import { Timers } from "../../shell/timers.ts";
import { Reconciler } from "../alpaca/reconcile.ts";
import { allot } from "../budget.ts";
import type { ChannelView, Coverage, Feed, FeedOut, Want } from "../feed.ts";
import { type JsonObject, jsonObject } from "../json-object.ts";
import type { ApiKeys } from "../keys.ts";
import type { Net } from "../net.ts";
import { Pulse } from "../pulse.ts";
import { SilenceWatch } from "../silence.ts";
import { KeptSocket } from "../socket.ts";
import { BackFill, type Hole } from "./back-fill.ts";
import { DeribitLogin, EXPIRED, UNAUTHORISED } from "./login.ts";
import { coinOf, deribitName, isIndex } from "./names.ts";
import { Pauses } from "./pauses.ts";
import { Questions } from "./questions.ts";
import { Rpc, RpcError } from "./rpc.ts";

export const DERIBIT_URL = "wss://www.deribit.com/ws/api/v2";

export interface DeribitSetup {
  readonly name: string;
  readonly url: string;
  /** Null listens without an account: public channels only. */
  readonly keys: ApiKeys | null;
  /** Most instruments streamed at once. */
  readonly limit: number;
}
export interface DeribitOptions extends DeribitSetup {
  readonly clock: Clock;
  readonly chance: () => number;
  readonly out: FeedOut;
  readonly net?: Net;
}

const CHANNEL = "deribit:ws";
/** Heartbeats are asked for this often, s; the server takes no less than 10. */
const HEARTBEAT_S = 10;
/** No frame of any kind for this long: dead, whatever pings say. */
const SILENT_MS = 2.5 * HEARTBEAT_S * 1000;
/** Instruments of one subscribe request, which may hold 32 KB. */
const PART = 150;
/** Books of a whole coin are asked for this often where not all of it streams. */
const SUMMARY_EVERY_MS = 30_000;
/** New contracts are listed daily, and others expire. */
const LISTED_EVERY_MS = 15 * 60_000;
const FILL_CHANNEL = "deribit.trades:fill";
/** Wrong keys, no such account, not allowed: trying again cannot help. */
const FINAL: ReadonlySet<number> = new Set([13_004, 13_021]);
/** Streamed instruments that the exchange is asked about when the stream is silent. */
const ASKED = 3;
/** Codes that mean something to who reads them; the others speak in Deribit's own words. */
const WORDS: ReadonlyMap<number, string> = new Map([
  [UNAUTHORISED, EXPIRED],
  [10_028, "too many requests (10028): the server ended the connection"],
  [11_051, "the exchange is under maintenance (11051)"],
]);
type Phase = "connecting" | "greeting" | "ready" | "waiting" | "final";

/** Deribit: perpetuals and inverse options of BTC and ETH over one JSON-RPC socket. */
export class DeribitFeed implements Feed {
  readonly name: string;
  private readonly wants = new Reconciler();
  private readonly socket: KeptSocket;
  private readonly rpc: Rpc;
  /** Null without keys. */
  private readonly login: DeribitLogin | null;
  /** What is wrong with the sign-in while public data goes on. */
  private unsigned: string | null = null;
  private readonly pulse: Pulse;
  private readonly silence: SilenceWatch;
  private readonly covered = new Map<string, Coverage>();
  private readonly questions: Questions;
  private charts: readonly string[] = [];
  private readonly backFill: BackFill;
  private filled = 0;
  private phase: Phase = "connecting";
  private reason: string | null = null;
  private sinceUs: number | null = null;
  private heardMs = Number.NaN;
  private gap = false;
  private readonly pauses: Pauses;
  private closed = false;
  private readonly timers: Timers;

  constructor(private readonly options: DeribitOptions) {
    const { name, url, clock, chance, net, out } = options;
    this.name = name;
    const pulse = new Pulse(clock, out);
    this.pulse = pulse;
    this.pauses = new Pauses(pulse.pace);
    this.timers = new Timers(clock);
    this.socket = new KeptSocket({
      url,
      clock,
      chance,
      ...(net && { net }),
      opened: () => void this.greet(),
      message: (bytes) => this.message(bytes),
      down: (reason, final) => this.down(reason, final),
    });
    this.rpc = new Rpc((text) => this.socket.send(text), clock);
    const { rpc } = this;
    this.login =
      options.keys === null
        ? null
        : new DeribitLogin({
            rpc,
            clock,
            keys: options.keys,
            lapsed: () => this.lapsed(EXPIRED),
            renewed: () => this.renewed(),
            failed: (error) => this.unrenewed(error),
          });
    this.questions = new Questions({
      name,
      rpc: this.rpc,
      out,
      ready: () => this.phase === "ready",
      failed: (error) => this.failed(error),
    });
    this.backFill = new BackFill({
      ask: (hole, count) => this.fill(hole, count),
      after: (ms, run) => this.timers.after(ms, run),
      done: () => this.filledUp(),
    });
    this.silence = new SilenceWatch({
      clock,
      data: pulse.pace,
      due: () => this.phase === "ready" && this.wants.subscribed > 0,
      heardUs: () => (pulse.newestUs === pulse.newestUs ? pulse.newestUs : (this.sinceUs ?? Number.NaN)),
      newest: () => this.questions.newestTrade(this.wants.some(ASKED)),
      asked: "the exchange when asked",
      unread: () => pulse.unread,
      canary: () => this.wants.some(1)[0],
      mute: (reason) => {
        pulse.muted(reason);
        this.socket.drop(reason);
      },
    });
  }

  start(): void {
    this.socket.connect();
    this.silence.start();
    this.timers.every(1000, () => this.look());
    this.timers.every(SUMMARY_EVERY_MS, () => void this.summaries());
    this.timers.every(LISTED_EVERY_MS, () => void this.questions.instruments());
  }

  desire(wants: readonly Want[]): void {
    this.covered.clear();
    const mine = wants.filter((w) => deribitName(w.instrument) !== null);
    const share = allot(
      mine,
      { channel: this.name, limit: this.options.limit },
      Number.POSITIVE_INFINITY,
      this.covered,
    );
    this.wants.desire(share.streamed.flatMap((w) => deribitName(w.instrument) ?? []));
    this.charts = mine.flatMap((w) =>
      w.instrument.kind === "crypto" ? (deribitName(w.instrument) ?? []) : [],
    );
    // Options of a coin whose chain nobody follows (held, watched) may lose a change in a pause just as well.
    this.questions.follow(mine.flatMap((w) => (w.instrument.kind === "option" ? w.instrument.symbol : [])));
    void this.push();
    void this.questions.bars(this.charts);
  }

  chains(underlyings: readonly Instrument[]): void {
    this.questions.follow(underlyings.flatMap((u) => coinOf(u) ?? []));
  }

  channels(): readonly ChannelView[] {
    const { name } = this;
    const { limit } = this.options;
    const { subscribed, asked } = this.wants;
    const sinceUs = this.phase === "ready" ? this.sinceUs : null;
    const final = this.phase === "final";
    const facts = { name, state: this.state(), final, sinceUs, subscribed, desired: asked, limit };
    return [this.pulse.view({ ...facts, note: this.note() }, this.socket.pongMs)];
  }

  coverage(instrument: Instrument): Coverage {
    const name = deribitName(instrument);
    if (isIndex(instrument)) return { how: "streamed", reason: null, why: "underlying" };
    if (name === null) return { how: "none", reason: `${this.name} does not list it`, why: null };
    const refused = this.wants.refusals().get(name);
    const told = this.covered.get(instrument.id) ?? { how: "none", reason: "nobody asked for it", why: null };
    if (refused !== undefined) return { ...told, how: "none", reason: refused };
    if (instrument.kind === "option" && this.questions.isListed(name) === false)
      return { ...told, how: "none", reason: `${this.name} does not list it any more` };
    return told.how === "snapshot" ? { ...told, roundMs: SUMMARY_EVERY_MS } : told;
  }

  streamedSince(instrument: Instrument): number | null {
    const name = isIndex(instrument) ? `${coinOf(instrument)}-PERPETUAL` : deribitName(instrument);
    return this.state() === "live" ? this.wants.since(name ?? "") : null;
  }

  channelOf(instrument: Instrument): string | null {
    return deribitName(instrument) === null && !isIndex(instrument) ? null : this.name;
  }

  reconnect(channel = this.name): boolean {
    if (channel !== this.name) return false;
    this.socket.again("reconnect by hand");
    return true;
  }

  distrust(reason: string): void {
    if (this.phase !== "final") this.socket.drop(reason);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.timers.stop();
    this.silence.stop();
    this.login?.end();
    this.rpc.drop("closed");
    this.socket.close();
  }

  private state(): FeedState {
    if (this.phase === "final") return "closed";
    if (this.phase !== "ready") return this.gap ? "gap" : "unknown";
    if (this.pulse.isMute) return "stale";
    return this.wants.settled && (this.pulse.dataUs !== null || this.wants.asked === 0) ? "live" : "gap";
  }

  private note(): string | null {
    if (this.phase === "final") return this.reason;
    const waiting = this.socket.waiting(this.reason);
    if (waiting !== null) return waiting;
    if (this.phase !== "ready") return this.reason;
    if (this.pulse.isMute) return this.pulse.muteNote;
    if (this.unsigned !== null) return this.unsigned;
    const refused = this.wants.refusals();
    const [first] = refused;
    return first === undefined ? null : `${refused.size} not listed, ${first[0]} is one`;
  }

  /** Keys first, then the heartbeat, then everything that is wanted: the server remembers nothing. */
  private async greet(): Promise<void> {
    this.phase = "greeting";
    this.pulse.story.connected();
    this.wants.reset();
    this.heardMs = this.options.clock.monotonicMs();
    const { out } = this.options;
    try {
      await this.login?.signIn();
      await this.rpc.ask("public/set_heartbeat", { interval: HEARTBEAT_S });
    } catch (error) {
      return this.failed(error);
    }
    this.phase = "ready";
    this.reason = null;
    this.gap = false;
    this.sinceUs = out.nowUs();
    this.pulse.begin();
    await this.push();
    void this.questions.clock();
    await this.questions.instruments();
    await this.summaries();
    await this.questions.bars(this.charts);
  }

  /** Without a sign-in prices are public and go on: said, and no reason to doubt them. */
  private lapsed(reason: string): void {
    this.unsigned = `${reason}; prices are public and go on`;
    this.pulse.story.trouble(this.options.out.nowUs(), reason);
    this.questions.say("warn", this.unsigned);
  }

  private renewed(): void {
    this.unsigned = null;
    this.questions.say("info", "signed in again");
  }

  private unrenewed(error: unknown): void {
    const { message, code } = error instanceof RpcError ? error : { message: String(error), code: null };
    if (code !== null && FINAL.has(code)) this.lapsed(`the keys are refused: ${message} (${code})`);
    else this.failed(error);
  }

  private failed(error: unknown): void {
    if (this.closed || this.phase === "waiting" || this.phase === "final") return;
    const { message, code } = error instanceof RpcError ? error : { message: String(error), code: null };
    if (code !== null && FINAL.has(code)) this.socket.giveUp(`the keys are refused: ${message}`);
    else this.socket.drop(WORDS.get(code ?? 0) ?? message);
  }

  private async push(): Promise<void> {
    if (this.phase !== "ready") return;
    const request = this.wants.next();
    if (request === null) return;
    const { action, symbols } = request;
    const state = new Set(this.wants.held());
    try {
      for (let i = 0; i < symbols.length; i += PART) {
        const part = symbols.slice(i, i + PART);
        const channels = part.flatMap((s) => [`quote.${s}`, `trades.${s}.100ms`, `ticker.${s}.100ms`]);
        const answer = await this.rpc.ask(`public/${action}`, { channels });
        const got = new Set(Array.isArray(answer) ? answer : []);
        for (const s of part) {
          if (action === "unsubscribe") state.delete(s);
          else if (got.has(`quote.${s}`) && got.has(`trades.${s}.100ms`)) state.add(s);
        }
      }
    } catch (error) {
      return this.failed(error);
    }
    this.wants.acknowledged(state, this.options.out.nowUs());
    await this.push();
  }

  private fill({ name, from, to }: Hole, count: number): Promise<unknown> {
    const asked = { instrument_name: name, start_seq: from, end_seq: to, count, sorting: "asc" };
    return this.rpc.ask("public/get_last_trades_by_instrument", asked, FILL_CHANNEL);
  }

  private filledUp(): void {
    if (this.filled > 0)
      this.questions.say("info", `${this.filled} trades that did not come were asked for by their numbers`);
    this.pulse.story.backFilled(this.filled);
    this.filled = 0;
  }

  private message(bytes: Buffer): void {
    const { out, clock } = this.options;
    const nowUs = out.nowUs();
    const nowMs = clock.monotonicMs();
    this.heardMs = nowMs;
    // Market data needs no second look; answers and heartbeats are the few others.
    const streamed = bytes.includes('"subscription"');
    const message = streamed ? null : jsonObject(bytes);
    const channel = (message && this.rpc.channelOf(message)) ?? CHANNEL;
    const { rows, refused, eventUs } = out.frame(channel, bytes, nowUs, streamed ? "stream" : "snapshot");
    if (channel === FILL_CHANNEL) this.filled += rows;
    this.pulse.story.heard(bytes.length, rows);
    if (rows === 0) this.pulse.unread += refused;
    // An answer to a question is no sign of life of the stream.
    if (rows > 0 && streamed) {
      this.pauses.data(nowMs, this.pulse.newestUs - eventUs);
      this.pulse.data(nowUs, rows, eventUs);
    }
    if (streamed && bytes.includes('"trades.')) this.backFill.heard(tradesOf(bytes));
    if (message === null || this.rpc.answered(message)) return;
    const params = message["params"] as { readonly type?: unknown } | undefined;
    if (params === undefined && !("id" in message)) this.pulse.unread++;
    if (message["method"] === "heartbeat" && params?.type === "test_request") this.rpc.tell("public/test");
  }

  private down(cause: string, final: boolean): void {
    const { out } = this.options;
    const reason = this.pulse.ended(cause);
    const text = `${this.name}: ${reason}`;
    this.pulse.story.trouble(out.nowUs(), reason);
    if (this.phase === "ready") {
      this.pulse.story.broke();
      this.gap = true;
      out.event({ kind: "gap", channel: this.name, fromUs: out.nowUs() as never, toUs: null, reason });
    } else if (this.reason !== reason || final)
      out.event({ kind: "note", level: final ? "error" : "warn", source: "feed", text });
    this.reason = reason;
    this.phase = final ? "final" : "waiting";
    this.sinceUs = null;
    this.login?.end();
    this.unsigned = null;
    this.wants.reset();
    this.rpc.drop(reason);
  }

  private summaries(): Promise<void> {
    this.pauses.asked();
    return this.questions.summaries();
  }

  private look(): void {
    const nowMs = this.options.clock.monotonicMs();
    const silent = nowMs - this.heardMs;
    if (this.phase === "ready" && silent > SILENT_MS)
      this.socket.drop(`nothing heard for ${Math.round(silent / 1000)} s, not even a heartbeat`);
    if (this.phase === "ready" && this.pauses.take(nowMs)) void this.questions.summaries();
  }
}

/** What a message of a trades channel carries. */
const tradesOf = (bytes: Buffer): unknown =>
  (jsonObject(bytes)?.["params"] as JsonObject | undefined)?.["data"];
