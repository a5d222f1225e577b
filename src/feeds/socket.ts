import type { IncomingMessage } from "node:http";
import type { RawData } from "ws";
import type { Clock } from "../shell/clock.ts";
import { Backoff, type BackoffLimits } from "./backoff.ts";
import { type FeedSocket, type Net, systemNet } from "./net.ts";
import { httpTrouble, netTrouble } from "./trouble.ts";

/** Transport is mute when a ping gets no pong within this (contracts section 8: found within 5 s). */
export const PING_EVERY_MS = 2_000;
export const PONG_WITHIN_MS = 3_000;
const OPEN_WITHIN_MS = 15_000;
/** `readyState` of an open websocket. */
const OPEN = 1;
/** Larger messages than a burst of 50,000 quotes in one array are no market data. */
const MAX_PAYLOAD = 64 * 1024 * 1024;

export interface SocketOptions {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Takes a certificate that nobody vouches for: a gateway's own, on this machine. */
  readonly trustOwn?: boolean;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly backoff?: BackoffLimits;
  readonly net?: Net;
  opened(): void;
  message(bytes: Buffer): void;
  /** It broke, or could not be opened; the next try comes by itself unless `final`. */
  down(reason: string, final: boolean): void;
}

/**
 * One websocket that is kept open: one loop of reconnecting per endpoint, its own pings with a deadline, and an end that does not wait for
 * a peer which may be dead.
 */
export class KeptSocket {
  private ws: FeedSocket | null = null;
  private readonly backoff: Backoff;
  private closed = false;
  private final = false;
  private openedMs = Number.NaN;
  private pingMs = Number.NaN;
  private cancel: (() => void) | null = null;
  private cancelPing: (() => void) | null = null;
  /** When the last pong came, on the monotonic clock. */
  pongMs = Number.NaN;
  private nextTryMs: number | null = null;

  constructor(private readonly options: SocketOptions) {
    this.backoff = new Backoff(options.chance, options.backoff);
  }

  /** Why it is down and when the next try comes; null while there is none to come. */
  waiting(reason: string | null): string | null {
    if (this.nextTryMs === null) return null;
    const seconds = Math.max(0, Math.ceil((this.nextTryMs - this.options.clock.monotonicMs()) / 1000));
    return `${reason ?? "not connected"}; try ${this.backoff.count + 1} in ${seconds} s`;
  }

  connect(): void {
    this.cancel?.();
    this.cancel = null;
    this.nextTryMs = null;
    if (this.closed) return;
    const { url, headers, clock, net = systemNet } = this.options;
    let ws: FeedSocket;
    try {
      ws = net.socket(url, {
        headers: { ...headers },
        perMessageDeflate: false,
        maxPayload: MAX_PAYLOAD,
        handshakeTimeout: OPEN_WITHIN_MS,
        skipUTF8Validation: true,
        rejectUnauthorized: this.options.trustOwn !== true,
      });
    } catch (error) {
      // An address that is none stays none; a fault of the machine passes.
      return this.lost(netTrouble(error), (error as { code?: unknown }).code === undefined);
    }
    this.ws = ws;
    const mine = (run: () => void) => () => {
      if (this.ws === ws) run();
    };
    ws.on(
      "open",
      mine(() => {
        this.openedMs = clock.monotonicMs();
        this.pongMs = this.openedMs;
        this.watchPongs();
        this.options.opened();
      }),
    );
    ws.on("message", (data: RawData) => {
      if (this.ws === ws) this.options.message(asBuffer(data));
    });
    ws.on(
      "pong",
      mine(() => {
        this.pongMs = clock.monotonicMs();
        this.pingMs = Number.NaN;
      }),
    );
    ws.on("unexpected-response", (_request: unknown, response: IncomingMessage) => {
      const { statusCode = 0, headers: answer } = response;
      response.resume();
      if (this.ws !== ws) return;
      const { reason, final } = httpTrouble(statusCode);
      const after = Number(answer["retry-after"]);
      this.lost(reason, final, after > 0 ? after * 1000 : 0);
    });
    ws.on("error", (error: Error) => {
      if (this.ws === ws) this.lost(netTrouble(error), false);
    });
    ws.on("close", (code: number, text: Buffer) => {
      if (this.ws === ws) this.lost(closeWords(code, text.toString("utf8")), false);
    });
  }

  send(data: string | Buffer): void {
    if (this.ws?.readyState === OPEN) this.ws.send(data);
  }

  /** Ends this connection now; the next try comes by itself, no sooner than `leastMs`. */
  drop(reason: string, leastMs = 0): void {
    this.lost(reason, false, leastMs);
  }

  /** Ends it for good: trying again would not help. */
  giveUp(reason: string): void {
    this.lost(reason, true);
  }

  /** By hand: at once, whatever was final. */
  again(reason: string): void {
    this.final = false;
    this.lost(reason, false);
    this.connect();
  }

  /** A clean goodbye, so that the server knows that this session is over. */
  close(): void {
    this.closed = true;
    this.cancel?.();
    this.cancelPing?.();
    const ws = this.ws;
    this.ws = null;
    if (ws === null) return;
    ws.on("error", () => {});
    if (ws.readyState === OPEN) {
      ws.close(1000);
      this.options.clock.after(500, () => ws.terminate());
    } else ws.terminate();
  }

  private lost(reason: string, final: boolean, leastMs = 0): void {
    const { ws } = this;
    if (this.closed || this.final) return;
    this.ws = null;
    this.cancelPing?.();
    ws?.on("error", () => {});
    ws?.terminate();
    const now = this.options.clock.monotonicMs();
    if (this.openedMs === this.openedMs) this.backoff.ended(now - this.openedMs);
    this.openedMs = Number.NaN;
    this.pongMs = Number.NaN;
    this.final = final;
    this.options.down(reason, final);
    if (final || this.closed) return;
    const wait = this.backoff.next(leastMs);
    this.nextTryMs = now + wait;
    this.cancel?.();
    this.cancel = this.options.clock.after(wait, () => this.connect());
  }

  private watchPongs(): void {
    const { clock } = this.options;
    this.pingMs = Number.NaN;
    let lastMs = clock.monotonicMs();
    const look = (): void => {
      const now = clock.monotonicMs();
      // After a sleep of this machine the deadline counts anew: the pong may lie in the queue.
      if (now - lastMs > PONG_WITHIN_MS) this.pingMs = Number.NaN;
      lastMs = now;
      if (now - this.pingMs >= PONG_WITHIN_MS) {
        this.lost("no answer to a ping for 3 s: the connection is dead", false);
        return;
      }
      if (this.pingMs !== this.pingMs && now - this.pongMs >= PING_EVERY_MS - 250) {
        this.pingMs = now;
        if (this.ws?.readyState === OPEN) this.ws.ping();
      }
      this.cancelPing = clock.after(500, look);
    };
    this.cancelPing = clock.after(500, look);
  }
}

function asBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

function closeWords(code: number, text: string): string {
  if (code === 1000 || code === 1001) return "the server closed the connection";
  if (code === 1006) return "the connection broke";
  if (code === 1009) return "a message was too big";
  return `the server closed the connection (${code}${text === "" ? "" : `, ${text}`})`;
}
