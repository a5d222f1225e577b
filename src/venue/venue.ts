import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { VoldeskError } from "../../config/errors.ts";
import { seeded } from "../../engines/stats/index.ts";
import { type Clock, systemClock } from "../shell/clock.ts";
import type { Credentials, VenueContext } from "./context.ts";
import { Faults } from "./faults/faults.ts";
import { playScript } from "./faults/player.ts";
import type { ScriptStep } from "./faults/script.ts";
import { House } from "./house.ts";
import { Hub } from "./hub.ts";
import { openMarket } from "./market/open.ts";
import { selfSigned } from "./net/certificate.ts";
import type { BookingRequest } from "./orders/bookings.ts";
import { PLANS, type PlanName } from "./plan.ts";
import { SessionClock, startOf } from "./session-clock.ts";
import { Stats } from "./stats.ts";

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
  /** Makes an account book something by itself. @throws Error in words */
  book(request: BookingRequest): void;
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
    book: (request) => void house.book(request),
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
