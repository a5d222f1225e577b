import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { Admin } from "./admin.ts";
import { Alpaca } from "./alpaca/alpaca.ts";
import type { VenueContext } from "./context.ts";
import { Deribit } from "./deribit/deribit.ts";
import { Ibkr } from "./ibkr/ibkr.ts";
import { type Reply, type Request, readRequest, sendReply } from "./net/http.ts";
import type { Protocol } from "./net/protocol.ts";
import { Wire } from "./net/wire.ts";
import type { Booking, BookingRequest } from "./orders/bookings.ts";

/** Largest message that is read from a client. */
const MAX_PAYLOAD = 16_000_000;

/** Sockets and requests to the protocol they belong to. */
export class House {
  private readonly sockets = new Set<Duplex>();
  private readonly upgrades = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD,
    autoPong: false,
    perMessageDeflate: { threshold: 256 },
  });
  private readonly protocols: readonly Protocol[];
  private readonly admin: Admin;

  constructor(private readonly context: VenueContext) {
    this.protocols = [new Deribit(context), new Ibkr(context), new Alpaca(context)];
    const states = (): object => Object.fromEntries(this.protocols.map((p) => [p.name, p.state()]));
    this.admin = new Admin(context, states, (request) => this.book(request));
  }

  /** @throws Error in words when nothing can be booked so. */
  book(request: BookingRequest): readonly Booking[] {
    const protocol = this.protocols.find((p) => p.name === request.on);
    const names = this.protocols.map((p) => p.name).join(", ");
    if (protocol === undefined) throw new Error(`no account "${String(request.on)}"; there are ${names}`);
    return protocol.book(request);
  }

  serve(server: Server): void {
    server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
    server.on("request", (req, res) => void this.request(req, res));
    server.on("upgrade", (req, socket, head) => this.upgrade(req, socket as Socket, head));
  }

  private async request(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const request = await readRequest(req).catch(() => null);
    if (request === null) return sendReply(res, { status: 400 });
    const reply = this.answer(request);
    if (reply.afterMs === undefined) sendReply(res, reply);
    else this.context.clock.after(reply.afterMs, () => sendReply(res, reply));
  }

  answer(request: Request): Reply {
    const own = this.admin.handle(request);
    if (own !== null) return own;
    const { faults, stats } = this.context;
    stats.attempt(`rest ${request.path}`);
    if (faults.take("restReset", request.path) !== null) return { status: 0, reset: true };
    const failing = faults.take("rest", request.path);
    if (failing !== null) return refusal(failing.params);
    const reply = this.protocolReply(request);
    const slow = faults.take("restSlow", request.path);
    return slow === null ? reply : { ...reply, afterMs: slow.params["ms"] as number };
  }

  private protocolReply(request: Request): Reply {
    for (const protocol of this.protocols) {
      const reply = protocol.rest(request);
      if (reply !== null) return reply;
    }
    return { status: 404, body: { message: "not found" } };
  }

  private upgrade(req: IncomingMessage, socket: Socket, head: Buffer): void {
    // A client that is gone before its answer: nobody else listens to this socket while it is refused.
    socket.on("error", () => socket.destroy());
    const path = (req.url ?? "/").split("?")[0] as string;
    const taken = this.admit(path, req);
    if (typeof taken !== "function") return refuseUpgrade(socket, taken);
    this.upgrades.handleUpgrade(req, socket, head, (ws) => taken(ws, socket));
  }

  /** What takes the websocket of an upgrade, or how it is refused. */
  admit(path: string, req: IncomingMessage): ((ws: WebSocket, socket: Socket) => void) | Reply {
    const { faults, stats, clock } = this.context;
    stats.attempt(`upgrade ${path}`);
    const refused = faults.take("refuseUpgrade", path);
    if (refused !== null) return refusal(refused.params);
    for (const protocol of this.protocols) {
      const taken = protocol.socket(path, req);
      if (typeof taken === "function")
        return (ws, socket) => taken(new Wire(ws, socket, path, faults, clock));
      if (taken !== null) return taken;
    }
    return { status: 404 };
  }

  close(): void {
    for (const client of this.upgrades.clients) client.terminate();
    for (const socket of this.sockets) socket.destroy();
  }
}

function refusal(params: Readonly<Record<string, unknown>>): Reply {
  const after = params["retryAfter"] as number | undefined;
  return {
    status: params["status"] as number,
    ...(after === undefined ? {} : { headers: { "retry-after": String(after) } }),
    body: { message: "too many requests or a fault of the venue" },
  };
}

function refuseUpgrade(socket: Socket, reply: Reply): void {
  const headers = Object.entries({ connection: "close", "content-length": "0", ...reply.headers });
  socket.end(`HTTP/1.1 ${reply.status} Refused\r\n${headers.map(([k, v]) => `${k}: ${v}\r\n`).join("")}\r\n`);
}
