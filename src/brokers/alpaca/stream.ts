import { readMsgpack } from "../../../store/capture/decode/msgpack.ts";
import type { ApiKeys } from "../../feeds/keys.ts";
import { KeptSocket } from "../../feeds/socket.ts";
import type { Clock } from "../../shell/clock.ts";
import { parsed, readUpdate, type WireUpdate } from "./wire.ts";

const STREAM = "trade_updates";
const ANSWER_WITHIN_MS = 10_000;

export interface TradeStreamOptions {
  readonly url: string;
  readonly keys: ApiKeys;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly firstWaitMs: number;
  readonly mostWaitMs: number;
  update(update: WireUpdate): void;
  /** From now on nothing is missed; what happened before must be asked for. */
  listening(): void;
  log(level: "info" | "warn" | "error", text: string): void;
}

/** The stream of order events: signs in, listens, and says when it was away. */
export class TradeStream {
  private readonly socket: KeptSocket;
  private hears = false;
  private wasHeard = false;
  private reason: string | null = "not connected yet";
  private cancelWait: (() => void) | null = null;
  /** Messages that made no sense; they are counted and passed over. */
  strange = 0;

  constructor(private readonly options: TradeStreamOptions) {
    const { url, clock, chance, firstWaitMs: firstMs, mostWaitMs: mostMs } = options;
    this.socket = new KeptSocket({
      url,
      clock,
      chance,
      backoff: { firstMs, mostMs, stableMs: 30_000 },
      opened: () => this.opened(),
      message: (bytes) => this.message(bytes),
      down: (reason, final) => this.down(reason, final),
    });
  }

  connect(): void {
    this.socket.connect();
  }

  /** Why order events are not heard, null while they are. */
  get trouble(): string | null {
    return this.hears ? null : this.reason;
  }

  close(): void {
    this.hears = false;
    this.cancelWait?.();
    this.socket.close();
  }

  private opened(): void {
    const { id, secret } = this.options.keys;
    this.say({ action: "authenticate", data: { key_id: id, secret_key: secret } });
    this.expect("no answer to the keys");
  }

  private expect(what: string): void {
    this.cancelWait?.();
    this.cancelWait = this.options.clock.after(ANSWER_WITHIN_MS, () => this.socket.drop(what));
  }

  private message(bytes: Buffer): void {
    // One byte alone is a heartbeat. Paper sends text in binary frames: what counts is the content.
    if (bytes.length < 2) return;
    const m = (bytes[0] === 0x7b ? parsed(bytes) : readMsgpack(bytes)) as Readonly<
      Record<string, unknown>
    > | null;
    const data = (m?.["data"] ?? {}) as Readonly<Record<string, unknown>>;
    if (m?.["stream"] === STREAM) return this.update(data);
    if (m?.["stream"] === "authorization") return this.authorization(data);
    if (m?.["stream"] === "listening") return this.listening(data["streams"]);
    this.strange++;
    if (m?.["action"] === "error") this.options.log("warn", `order events: ${words(data["error_message"])}`);
  }

  private update(data: unknown): void {
    const update = readUpdate(data);
    if (update === null) this.strange++;
    else this.options.update(update);
  }

  private authorization(data: Readonly<Record<string, unknown>>): void {
    if (data["status"] !== "authorized")
      return this.socket.giveUp("the keys are refused: check them, and that they are of this account");
    this.say({ action: "listen", data: { streams: [STREAM] } });
    this.expect("no answer to listening");
  }

  private listening(streams: unknown): void {
    this.cancelWait?.();
    if (!Array.isArray(streams) || !streams.includes(STREAM))
      return this.socket.drop("the server does not tell of orders");
    if (this.wasHeard) this.options.log("info", "order events are heard again");
    this.hears = true;
    this.wasHeard = true;
    this.reason = null;
    this.options.listening();
  }

  private down(reason: string, final: boolean): void {
    this.cancelWait?.();
    if (this.hears || final) this.options.log(final ? "error" : "warn", `order events: ${reason}`);
    this.hears = false;
    this.reason = reason;
  }

  private say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }
}

const words = (value: unknown): string =>
  typeof value === "string" ? value.slice(0, 200) : "unknown trouble";
