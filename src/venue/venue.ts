import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { VoldeskError } from "../../config/errors.ts";
import { seeded } from "../../engines/stats/index.ts";
import { type Clock, systemClock } from "../shell/clock.ts";
import { Admin } from "./admin.ts";
import { Alpaca } from "./alpaca/alpaca.ts";
import type { Credentials, VenueContext } from "./context.ts";
import { Deribit } from "./deribit/deribit.ts";
import { Faults } from "./faults/faults.ts";
import { playScript } from "./faults/player.ts";
import type { ScriptStep } from "./faults/script.ts";
import { Hub } from "./hub.ts";
import { Ibkr } from "./ibkr/ibkr.ts";
import { openMarket } from "./market/open.ts";
import { selfSigned } from "./net/certificate.ts";
import { type Reply, type Request, readRequest, sendReply } from "./net/http.ts";
import type { Protocol } from "./net/protocol.ts";
import { Wire } from "./net/wire.ts";
import { PLANS, type PlanName } from "./plan.ts";
import { SessionClock, startOf } from "./session-clock.ts";
import { Stats } from "./stats.ts";

/** Largest message that is read from a client. */
const MAX_PAYLOAD = 16_000_000;
const GATEWAY_RATE = 10;

export interface VenueOptions {
  /** 0 picks a free one. */
  readonly port?: number;
  readonly tlsPort?: number;
  readonly host?: string;
  readonly seed?: number;
  /** Trade date, and the time of day at which it begins. */
  readonly day?: string;
  readonly at?: string;
  readonly speed?: number;
  /** Names to list instead of the usual ones. */
  readonly symbols?: readonly string[];
  /** Folder of a recorded session to play instead of the model. */
  readonly capture?: string;
  readonly plan?: PlanName;
  /** Requests a second that the IBKR gateway takes; 10 as the real one. */
  readonly gatewayRate?: number;
  readonly credentials?: Credentials;
  readonly script?: readonly ScriptStep[];
  readonly clock?: Clock;
}

export interface Venue {
  readonly port: number;
  readonly tlsPort: number;
  /** Trade date and the session's time at the start. */
  readonly day: string;
  readonly startUs: number;
  readonly speed: number;
  readonly faults: Faults;
  /** The venue's own time. */
  nowUs(): number;
  close(): Promise<void>;
}

/** Starts a venue. @throws VoldeskError VEN-001 for a port that is taken, CLI-004 for a day or symbol that is none. */
export async function startVenue(options: VenueOptions = {}): Promise<Venue> {
  const clock = options.clock ?? systemClock;
  const opened = openMarket(options, (choice) => startOf(choice, clock.wallUs()));
  const session = new SessionClock(clock, opened.startUs, options.speed ?? 1);
  const faults = new Faults(clock);
  const stats = new Stats(clock);
  const hub = new Hub(opened.market, session, clock, faults);
  const context: VenueContext = {
    clock,
    session,
    market: opened.market,
    hub,
    faults,
    stats,
    plan: PLANS[options.plan ?? "unlimited"],
    gatewayRate: options.gatewayRate ?? GATEWAY_RATE,
    credentials: options.credentials ?? null,
    chance: seeded(options.seed ?? 1).uniform,
  };
  const house = new House(context);
  const { key, cert } = selfSigned(clock.wallUs() / 1000);
  const servers = [createServer(), createTlsServer({ key, cert })] as const;
  for (const server of servers) house.serve(server);
  const host = options.host ?? "127.0.0.1";
  const port = await listen(servers[0], options.port ?? 0, host);
  const tlsPort = await listen(servers[1], options.tlsPort ?? 0, host).catch((error: unknown) => {
    servers[0].close();
    throw error;
  });
  const stopScript = playScript(options.script ?? [], context);
  return {
    port,
    tlsPort,
    day: opened.day,
    startUs: opened.startUs,
    speed: session.speed,
    faults,
    nowUs: () => session.nowUs(),
    close: async () => {
      stopScript();
      hub.stop();
      opened.close();
      house.close();
      await Promise.all(servers.map((s) => new Promise((done) => s.close(done))));
    },
  };
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      fail(
        new VoldeskError(
          "VEN-001",
          error.code === "EADDRINUSE" ? "somebody listens there already" : `cannot listen (${error.code})`,
          "Choose another port, or 0 for a free one.",
          `${host}:${port}`,
        ),
      ),
    );
    server.listen(port, host, done);
  });
  return (server.address() as AddressInfo).port;
}

/** Sockets and requests to the protocol they belong to. */
class House {
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
    this.admin = new Admin(context, () => Object.fromEntries(this.protocols.map((p) => [p.name, p.state()])));
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

  private answer(request: Request): Reply {
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
    const path = (req.url ?? "/").split("?")[0] as string;
    const { faults, stats } = this.context;
    stats.attempt(`upgrade ${path}`);
    const refused = faults.take("refuseUpgrade", path);
    if (refused !== null) return refuseUpgrade(socket, refusal(refused.params));
    for (const protocol of this.protocols) {
      const taken = protocol.socket(path, req);
      if (taken === null) continue;
      if (typeof taken !== "function") return refuseUpgrade(socket, taken);
      return this.upgrades.handleUpgrade(req, socket, head, (ws) =>
        taken(new Wire(ws, socket, path, faults, this.context.clock)),
      );
    }
    refuseUpgrade(socket, { status: 404 });
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
