import { toldUs, type VenueContext } from "./context.ts";
import type { FaultRequest } from "./faults/kinds.ts";
import { FAULT_KINDS } from "./faults/kinds.ts";
import { json, objectBody, type Reply, type Request } from "./net/http.ts";
import { BOOKINGS, type Booking, type BookingRequest } from "./orders/bookings.ts";

/** The venue's own paths: what it saw, and what is to go wrong. */
export class Admin {
  constructor(
    private readonly context: VenueContext,
    private readonly protocols: () => object,
    private readonly book: (request: BookingRequest) => readonly Booking[],
  ) {}

  handle(request: Request): Reply | null {
    const { path, method } = request;
    if (!path.startsWith("/_venue")) return null;
    if (path === "/_venue/state" && method === "GET") return json(this.state());
    if (path === "/_venue/faults") return this.faults(request);
    if (path === "/_venue/bookings") return this.bookings(request);
    const one = /^\/_venue\/faults\/(\d+)$/.exec(path);
    if (one !== null && method === "DELETE")
      return this.context.faults.remove(Number(one[1]))
        ? { status: 204 }
        : json({ message: "no such fault" }, 404);
    return json({ message: "there are /_venue/state, /_venue/faults and /_venue/bookings" }, 404);
  }

  private faults(request: Request): Reply {
    const { faults } = this.context;
    if (request.method === "GET")
      return json({
        active: faults.list(),
        kinds: Object.fromEntries(Object.entries(FAULT_KINDS).map(([k, v]) => [k, v.does])),
      });
    if (request.method === "DELETE") {
      faults.clear();
      return { status: 204 };
    }
    if (request.method !== "POST") return { status: 405 };
    try {
      return json(faults.add(objectBody(request) as unknown as FaultRequest), 201);
    } catch (error) {
      return json({ message: (error as Error).message }, 400);
    }
  }

  private bookings(request: Request): Reply {
    if (request.method === "GET")
      return json(Object.fromEntries(Object.entries(BOOKINGS).map(([k, v]) => [k, v.does])));
    if (request.method !== "POST") return { status: 405 };
    try {
      return json(this.book(objectBody(request) as unknown as BookingRequest).map(booked), 201);
    } catch (error) {
      return json({ message: (error as Error).message }, 400);
    }
  }

  private state(): object {
    const { session, stats, hub, faults } = this.context;
    return {
      nowUs: session.nowUs(),
      toldUs: toldUs(this.context),
      speed: session.speed,
      fullFeeds: this.context.plan.fullFeeds,
      events: hub.events,
      subscribed: { quotes: hub.quotes.size, trades: hub.trades.size, bars: hub.bars.size },
      attemptsPerMinute: stats.perMinute(),
      counts: stats.counts(),
      faults: { active: faults.list(), injected: Object.fromEntries(faults.injected) },
      ...this.protocols(),
    };
  }
}

const booked = ({ product, ...rest }: Booking): object => ({ ...rest, symbol: product?.symbol ?? null });
