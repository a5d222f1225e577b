import type { Clock } from "../../shell/clock.ts";
import type { ApiKeys } from "../keys.ts";
import { type Answered, type Net, systemNet } from "../net.ts";
import { httpTrouble, netTrouble } from "../trouble.ts";

/** A request that failed, in plain words; `final` where the same request can never succeed. */
export class RestError extends Error {
  constructor(
    message: string,
    readonly status: number | null,
    readonly final: boolean,
  ) {
    super(message);
  }
}

/** Why a request failed, as a clause. */
export const wordsOf = (error: unknown): string =>
  error instanceof RestError ? error.message : `the answer is not as expected (${String(error)})`;

export interface RestOptions {
  readonly dataUrl: string;
  readonly tradingUrl: string;
  readonly credentials: ApiKeys | null;
  readonly clock: Clock;
  readonly perMinute: number;
  readonly net?: Net;
}

const ANSWER_WITHIN_MS = 15_000;
const TRIES = 3;
/** Longest wait that a server may ask for, ms. */
const MOST_WAIT_MS = 60_000;

/** Tokens come back at a steady pace; whoever finds none waits in line. */
export class TokenBucket {
  private tokens: number;
  private atMs: number;
  private readyMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly perMinute: number,
    private readonly burst = Math.max(1, Math.floor(perMinute / 6)),
  ) {
    this.tokens = this.burst;
    this.atMs = clock.monotonicMs();
  }

  /** Milliseconds until the next request may go; it is counted as gone. */
  take(): number {
    const now = this.clock.monotonicMs();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.atMs) * this.perMinute) / 60_000);
    this.atMs = now;
    this.tokens -= 1;
    const wait = this.tokens >= 0 ? 0 : (-this.tokens * 60_000) / this.perMinute;
    return Math.max(wait, this.readyMs - now);
  }

  /** The server asks for silence. */
  rest(ms: number): void {
    this.readyMs = Math.max(this.readyMs, this.clock.monotonicMs() + ms);
  }
}

export type Query = Readonly<Record<string, string | number | undefined>>;

/** Alpaca's REST: only reading, so a request may be sent again. Keys go into headers and nowhere else. */
export class AlpacaRest {
  private readonly bucket: TokenBucket;
  private readonly stops = new AbortController();

  constructor(private readonly options: RestOptions) {
    this.bucket = new TokenBucket(options.clock, options.perMinute);
  }

  data(path: string, query: Query = {}): Promise<Buffer> {
    return this.get(this.options.dataUrl, path, query);
  }
  trading(path: string, query: Query = {}): Promise<Buffer> {
    return this.get(this.options.tradingUrl, path, query);
  }

  close(): void {
    this.stops.abort();
  }

  private async get(base: string, path: string, query: Query): Promise<Buffer> {
    const url = new URL(path, base);
    for (const [key, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(key, String(value));
    let last: RestError = new RestError("not asked", null, false);
    for (let turn = 0; turn < TRIES; turn++) {
      await this.wait(this.bucket.take());
      const answer = await this.once(url);
      if (Buffer.isBuffer(answer)) return answer;
      last = answer;
      if (last.final || this.stops.signal.aborted || turn === TRIES - 1) break;
      if (last.status !== 429) await this.wait(500 * 2 ** turn);
    }
    throw last;
  }

  private async once(url: URL): Promise<Buffer | RestError> {
    const { credentials, net = systemNet } = this.options;
    const headers: Record<string, string> =
      credentials === null
        ? {}
        : { "APCA-API-KEY-ID": credentials.id, "APCA-API-SECRET-KEY": credentials.secret };
    try {
      const signal = AbortSignal.any([this.stops.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
      const response = await net.fetch(url, { headers, signal });
      const body = Buffer.from(await response.arrayBuffer());
      return response.ok ? body : this.refused(response, body);
    } catch (error) {
      return new RestError(`${url.host}: ${netTrouble(error)}`, null, this.stops.signal.aborted);
    }
  }

  private refused(response: Answered, body: Buffer): RestError {
    const { status } = response;
    const after = Number(response.headers.get("retry-after"));
    if (status === 429) this.bucket.rest(Math.min(MOST_WAIT_MS, after > 0 ? after * 1000 : 1000));
    const passing = status === 429 || status === 408 || status >= 500;
    const said = sentence(body);
    const words = said === null ? httpTrouble(status).reason : `${said} (HTTP ${status})`;
    return new RestError(words, status, !passing);
  }

  private wait(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.options.clock.after(ms, resolve);
    });
  }
}

function sentence(body: Buffer): string | null {
  try {
    const { message } = JSON.parse(body.toString("utf8")) as { message?: unknown };
    return typeof message === "string" && message.length < 200 ? message : null;
  } catch {
    return null;
  }
}
