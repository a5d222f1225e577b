import http from "node:http";
import https from "node:https";
import type { Clock } from "../../shell/clock.ts";
import type { Net } from "../net.ts";
import { httpTrouble, netTrouble } from "../trouble.ts";
import { Pace } from "./pace.ts";

export class GatewayError extends Error {
  constructor(
    message: string,
    readonly status: number | null,
    /** Nothing left this machine: no connection came about. */
    readonly unsent = false,
  ) {
    super(message);
  }
}

/** An answer with any status. */
export interface GatewayAnswer {
  readonly status: number;
  /** Null where it is no JSON. */
  readonly value: unknown;
}

const ANSWER_WITHIN_MS = 15_000;
/** The gateway takes 10 requests a second and locks out who sends more; a little room is kept for the trader's own. */
const EVERY_MS = 133;
/** Silence after being told of too many requests. */
const REST_MS = 10_000;
const MOST_BYTES = 32 * 1024 * 1024;
const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether a gateway's own certificate may be trusted: on this machine only. */
export const trustsOwnCertificate = (url: string): boolean => LOOPBACK.has(new URL(url).hostname);

export type Json = Readonly<Record<string, unknown>>;
type Query = Readonly<Record<string, string | number>>;

const PACES = new WeakMap<Clock, Map<string, Pace>>();

/** The limit is the gateway's, so that all who talk to one share it. */
function paceOf(url: string, clock: Clock): Pace {
  const byUrl = PACES.get(clock) ?? new Map<string, Pace>();
  PACES.set(clock, byUrl);
  const pace = byUrl.get(url) ?? new Pace(clock, EVERY_MS);
  byUrl.set(url, pace);
  return pace;
}

/** REST of the broker's gateway. No request is ever sent again by itself. */
export class Gateway {
  private readonly open = new Set<http.ClientRequest>();
  private closed = false;

  constructor(
    private readonly baseUrl: string,
    clock: Clock,
    private readonly net: Net | undefined = undefined,
    private readonly pace = paceOf(baseUrl, clock),
    private readonly answerWithinMs = ANSWER_WITHIN_MS,
  ) {}

  async get(path: string, query: Query = {}): Promise<unknown> {
    return valueOf(await this.bytes(path, query));
  }

  /** The answer as it came, for the capture. */
  bytes(path: string, query: Query = {}): Promise<Buffer> {
    const words = Object.entries(query).map(([k, v]) => `${k}=${encodeURIComponent(v)}`);
    return this.ask("GET", words.length === 0 ? path : `${path}?${words.join("&")}`, null);
  }

  async post(path: string, body: Json | null = null): Promise<unknown> {
    return valueOf(await this.ask("POST", path, body));
  }

  /** How long nothing goes out, ms: longer than a request's distance once the gateway was told too much. */
  get silentMs(): number {
    return this.pace.awayMs;
  }

  close(): void {
    this.closed = true;
    for (const request of this.open) request.destroy();
  }

  /** The answer whatever its status: of an order each means something else. Goes ahead of the market data. @throws GatewayError where none came. */
  async exchange(method: "GET" | "POST" | "DELETE", path: string, body: Json | null): Promise<GatewayAnswer> {
    const { status, bytes } = await this.inTurn(method, path, body, true);
    return { status, value: valueOf(bytes) };
  }

  private async inTurn(method: string, path: string, body: Json | null, urgent: boolean) {
    await this.pace.turn(urgent);
    if (this.closed) throw new GatewayError("closed", null, true);
    const answer = await (this.net === undefined
      ? this.once(method, path, body)
      : this.onceBy(this.net, method, path, body));
    if (answer.status === 429) this.pace.rest(REST_MS);
    return answer;
  }

  private async ask(method: string, path: string, body: Json | null): Promise<Buffer> {
    const { status, bytes } = await this.inTurn(method, path, body, false);
    if (status >= 200 && status < 300) return bytes;
    throw new GatewayError(wordsOf(valueOf(bytes)) ?? httpTrouble(status).reason, status);
  }

  private async onceBy(
    net: Net,
    method: string,
    path: string,
    body: Json | null,
  ): Promise<{ readonly status: number; readonly bytes: Buffer }> {
    const url = new URL(this.baseUrl + path);
    const headers = { "User-Agent": "voldesk", "Content-Type": "application/json" };
    const asked = { method, headers, ...(body !== null && { body: JSON.stringify(body) }) };
    try {
      const answer = await net.fetch(url, asked);
      return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
    } catch (error) {
      throw new GatewayError(`${url.host}: ${netTrouble(error)}`, null);
    }
  }

  private once(
    method: string,
    path: string,
    body: Json | null,
  ): Promise<{ readonly status: number; readonly bytes: Buffer }> {
    const url = new URL(this.baseUrl + path);
    const text = body === null ? "" : JSON.stringify(body);
    const options = {
      method,
      timeout: this.answerWithinMs,
      headers: {
        "User-Agent": "voldesk",
        ...(method === "POST" && {
          "Content-Type": "application/json",
          "Content-Length": Buffer.byteLength(text),
        }),
      },
      ...(url.protocol === "https:" && { rejectUnauthorized: !trustsOwnCertificate(this.baseUrl) }),
    };
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void =>
        reject(new GatewayError(`${url.host}: ${netTrouble(error)}`, null, UNSENT.has(codeOf(error))));
      const request = (url.protocol === "https:" ? https : http).request(url, options, (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        response.on("data", (part: Buffer) => {
          size += part.length;
          if (size > MOST_BYTES) request.destroy(new Error("the answer is too long"));
          else parts.push(part);
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, bytes: Buffer.concat(parts) }));
        response.on("error", fail);
      });
      this.open.add(request);
      request.on("close", () => this.open.delete(request));
      request.on("timeout", () => request.destroy(new Error("timed out")));
      request.on("error", fail);
      request.end(text);
    });
  }
}

/** Errors of opening a connection. */
const UNSENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
]);
const codeOf = (error: unknown): string => String((error as { readonly code?: unknown } | null)?.code ?? "");

function valueOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}

function wordsOf(value: unknown): string | null {
  const error = (value as { readonly error?: unknown } | null)?.error;
  if (typeof error !== "string" || error.length > 200) return null;
  return error.includes("no bridge") ? "there is no brokerage session: log in to the gateway" : error;
}
