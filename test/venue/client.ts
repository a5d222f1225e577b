import { unpack } from "msgpackr";
import WebSocket from "ws";
import type { Venue } from "../../src/venue/venue.ts";
import { pause, until } from "../harness/until.ts";

export type Message = Record<string, unknown>;

/** A plain websocket client that keeps what it got and waits for what it wants. */
export class Client {
  readonly messages: Message[] = [];
  /** Raw frames as they came. */
  readonly frames: Buffer[] = [];
  closed: { code: number } | null = null;

  private constructor(
    readonly ws: WebSocket,
    private readonly read: (data: Buffer, binary: boolean) => unknown,
  ) {
    ws.on("message", (data: Buffer, binary: boolean) => {
      this.frames.push(data);
      try {
        const value = this.read(data, binary);
        for (const m of Array.isArray(value) ? value : [value]) this.messages.push(m as Message);
      } catch {
        this.messages.push({ T: "unreadable" });
      }
    });
    ws.on("close", (code) => {
      this.closed = { code };
    });
    ws.on("error", () => {});
    ws.setMaxListeners(0);
  }

  static open(
    venue: Venue,
    path: string,
    options: {
      msgpack?: boolean;
      tls?: boolean;
      headers?: Record<string, string>;
      deflate?: boolean;
      autoPong?: boolean;
    } = {},
  ): Client {
    const base = options.tls ? `wss://127.0.0.1:${venue.tlsPort}` : `ws://127.0.0.1:${venue.port}`;
    const ws = new WebSocket(base + path, {
      headers: { ...(options.msgpack ? { "content-type": "application/msgpack" } : {}), ...options.headers },
      rejectUnauthorized: false,
      perMessageDeflate: options.deflate ?? false,
    });
    return new Client(ws, (data) => (options.msgpack ? unpack(data) : JSON.parse(data.toString("utf8"))));
  }

  send(value: unknown): void {
    const go = (): void =>
      this.ws.send(typeof value === "string" || Buffer.isBuffer(value) ? value : JSON.stringify(value));
    if (this.ws.readyState === this.ws.OPEN) go();
    else this.ws.once("open", go);
  }

  /** Waits until what was told gives something. */
  until<T>(found: () => T | undefined | null | false): Promise<T> {
    return until(String(found), found, () => this.messages.slice(-3));
  }

  /** The first message with these values, now or later. */
  async get(like: Message, from = 0): Promise<Message> {
    return this.until(() =>
      this.messages.slice(from).find((m) => Object.entries(like).every(([k, v]) => m[k] === v)),
    );
  }

  close(): void {
    this.ws.terminate();
  }
}

export const KEYS = { "APCA-API-KEY-ID": "k", "APCA-API-SECRET-KEY": "s" };

/** A data stream that is signed in. */
export async function signedIn(
  venue: Venue,
  path: string,
  options: Parameters<typeof Client.open>[2] = {},
): Promise<Client> {
  const client = Client.open(venue, path, options);
  const told = (like: Message): number =>
    client.messages.filter((m) => Object.entries(like).every(([k, v]) => m[k] === v)).length;
  for (let tries = 0; ; ) {
    client.send({ action: "auth", key: "k", secret: "s" });
    tries++;
    await client.until(() => told({ msg: "authenticated" }) > 0 || told({ code: 406 }) === tries);
    if (told({ msg: "authenticated" }) > 0) return client;
    // The venue has not noticed yet that the test before hung up.
    await pause(20);
  }
}

export async function get(
  venue: Venue,
  path: string,
): Promise<{ status: number; body: never; headers: Headers }> {
  const response = await fetch(`http://127.0.0.1:${venue.port}${path}`, { headers: KEYS });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === "" ? null : JSON.parse(text)) as never,
  };
}
