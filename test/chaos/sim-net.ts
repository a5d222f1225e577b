import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { ClientOptions, WebSocket } from "ws";
import type { Answered, Asked, FeedSocket, Net } from "../../src/feeds/net.ts";
import type { Clock } from "../../src/shell/clock.ts";
import type { House } from "../../src/venue/house.ts";

/** From one end to the other, and from a request to its answer. */
const WIRE_MS = 1;
const REST_MS = 4;

const State = { connecting: 0, open: 1, closing: 2, closed: 3 } as const;

/** One end of a websocket that is no more than two queues in memory. What `ws` emits, it emits. */
class End extends EventEmitter {
  readonly OPEN = State.open;
  readonly bufferedAmount = 0;
  readyState: number = State.connecting;
  peer: End | null = null;
  private queue: (() => void)[] = [];
  private due = false;
  private held = false;
  private pieces: Buffer[] = [];

  constructor(private readonly clock: Clock) {
    super();
    // As with `ws`, an error that nobody listens to must not end the program of a simulation.
    this.on("error", () => {});
  }

  send(data: string | Buffer, options: { binary?: boolean; fin?: boolean } = {}): void {
    if (this.readyState !== State.open) return;
    const bytes = Buffer.from(data as string);
    const { binary = typeof data !== "string", fin = true } = options;
    this.peer?.arrives(() => this.peer?.message(bytes, binary, fin));
  }
  ping(data: Buffer = Buffer.alloc(0)): void {
    this.peer?.arrives(() => this.peer?.emit("ping", data));
  }
  pong(data: Buffer): void {
    this.peer?.arrives(() => this.peer?.emit("pong", data));
  }
  close(code = 1005, reason = ""): void {
    if (this.readyState >= State.closing) return;
    this.readyState = State.closing;
    this.peer?.arrives(() => {
      this.peer?.ended(code, reason);
      this.arrives(() => this.ended(code, reason));
    });
  }
  terminate(): void {
    if (this.readyState === State.closed) return;
    this.peer?.arrives(() => this.peer?.ended(1006, ""));
    this.ended(1006, "");
  }
  /** As a reset of TCP. */
  broken(code: string): void {
    this.peer?.arrives(() => {
      this.peer?.emit("error", Object.assign(new Error(code), { code }));
      this.peer?.ended(1006, "");
    });
    this.ended(1006, "");
  }
  pause(): void {
    this.held = true;
  }
  resume(): void {
    this.held = false;
    this.schedule();
  }

  /** Puts what happens at this end in order with what was sent before. */
  arrives(what: () => void): void {
    this.queue.push(what);
    this.schedule();
  }

  private schedule(): void {
    if (this.due || this.queue.length === 0) return;
    this.due = true;
    this.clock.after(WIRE_MS, () => this.deliver());
  }

  private deliver(): void {
    this.due = false;
    if (this.held) return;
    const now = this.queue;
    this.queue = [];
    for (const what of now) what();
  }

  private message(bytes: Buffer, binary: boolean, fin: boolean): void {
    if (this.readyState !== State.open) return;
    if (!fin || this.pieces.length > 0) this.pieces.push(bytes);
    if (!fin) return;
    const whole = this.pieces.length > 0 ? Buffer.concat(this.pieces) : bytes;
    this.pieces = [];
    this.emit("message", whole, binary);
  }

  private ended(code: number, reason: string): void {
    if (this.readyState === State.closed) return;
    this.readyState = State.closed;
    this.emit("close", code, Buffer.from(reason));
  }
}

/** The network between a feed and a venue that are in one process and share a simulated clock. */
export class SimNet implements Net {
  /** Answers of REST that are on their way. */
  pending = 0;

  constructor(
    private readonly house: House,
    private readonly clock: Clock,
  ) {}

  socket(url: string, options: ClientOptions): FeedSocket {
    const [client, server] = [new End(this.clock), new End(this.clock)];
    client.peer = server;
    server.peer = client;
    const at = new URL(url);
    const headers = lowerCase((options.headers ?? {}) as unknown as Record<string, string>);
    client.arrives(() => {
      const request = { url: at.pathname + at.search, headers, method: "GET" } as unknown as IncomingMessage;
      const taken = this.house.admit(at.pathname, request);
      if (typeof taken !== "function") {
        const answer = { statusCode: taken.status, headers: taken.headers ?? {}, resume: () => {} };
        client.emit("unexpected-response", {}, answer);
        return;
      }
      client.readyState = server.readyState = State.open;
      const socket = {
        resetAndDestroy: () => server.broken("ECONNRESET"),
        write: () => server.broken("WS_ERR_INVALID_OPCODE"),
      };
      client.emit("open");
      taken(server as unknown as WebSocket, socket as unknown as Socket);
    });
    return client as unknown as FeedSocket;
  }

  fetch(url: URL, asked: Asked): Promise<Answered> {
    this.pending++;
    return new Promise((resolve, reject) => {
      const reply = this.house.answer({
        method: asked.method ?? "GET",
        path: url.pathname,
        query: url.searchParams,
        url: url.pathname + url.search,
        headers: lowerCase(asked.headers),
        body: asked.body ?? "",
      });
      this.clock.after(REST_MS + (reply.afterMs ?? 0), () => {
        this.pending--;
        if (reply.reset === true)
          return reject(Object.assign(new Error("ECONNRESET"), { code: "ECONNRESET" }));
        resolve(answered(reply));
      });
    });
  }
}

function answered({ status, headers = {}, body }: ReturnType<House["answer"]>): Answered {
  const given = lowerCase(headers);
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const bytes = new Uint8Array(Buffer.from(text));
  return {
    ok: status >= 200 && status < 300,
    status,
    headers: { get: (name) => given[name.toLowerCase()] ?? null },
    arrayBuffer: () => Promise.resolve(bytes.buffer),
  };
}

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([k, v]) => [k.toLowerCase(), v]));
