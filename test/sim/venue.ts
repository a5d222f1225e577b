import { type InstrumentId, type Micros } from "../../engines/market/index.ts";
import { type Execution, type Sent, signOf, type Terms } from "../../engines/orders/index.ts";
import type {
  Broker,
  BrokerEvent,
  BrokerOrder,
  BrokerTraits,
  FindReply,
  SubmitReply,
} from "../../src/brokers/broker.ts";
import type { Scheduler } from "./scheduler.ts";

interface VenueOrder {
  readonly clientId: string;
  readonly terms: Terms;
  limit: string;
  status: BrokerOrder["status"];
  readonly fills: Execution[];
  left: number;
}

/**
 * A broker that outlives the desk and answers as badly as a broker may: acknowledgements lost before and after acceptance, late, twice or
 * never; rejects; fills before the acknowledgement and after the cancel; busts; look-ups without an answer.
 */
export class SimVenue {
  readonly orders = new Map<string, VenueOrder>();
  /** How often each client id was submitted: never more than once. */
  readonly submits = new Map<string, number>();
  readonly busts: string[] = [];
  private execs = 0;
  /** Set while a desk runs: where events go. */
  listener: ((event: BrokerEvent) => void) | null = null;

  constructor(private readonly s: Scheduler) {}

  /** A desk's connection: `cut` is called before and after each call takes effect and may end the desk there. */
  connect(alive: () => boolean, cut: () => void): Broker {
    const { s } = this;
    const reply = <T>(to: (value: T) => void, value: T): void => {
      s.after(s.up(50), () => {
        if (alive()) to(value);
      });
    };
    this.listener = null;
    return {
      traits: TRAITS,
      submit: (order, to) => {
        cut();
        // On its way: nobody finds it at the broker yet.
        s.after(s.up(30), () => {
          const [first, more] = this.take(order);
          for (const r of [first, ...more]) if (r !== null) reply(to, r);
        });
        cut();
      },
      replace: (target, limit, to) => {
        cut();
        const o = this.orders.get(target.clientId);
        const works = o?.status === "working";
        const lost = s.chance(0.2);
        const done = works && !(lost && s.chance(0.5));
        if (done) o.limit = limit;
        cut();
        if (lost) return reply(to, { outcome: "unknown", reason: "no answer" });
        reply<SubmitReply>(
          to,
          works
            ? { outcome: "acked", brokerId: `V${target.clientId.slice(0, 6)}` }
            : { outcome: "rejected", reason: "gone" },
        );
      },
      cancel: (target, to) => {
        cut();
        const o = this.orders.get(target.clientId);
        if (o?.status !== "working") {
          cut();
          return reply(to, { outcome: "refused", reason: "not working" });
        }
        if (!s.chance(0.15)) this.end(o, "cancelled");
        cut();
        reply(
          to,
          s.chance(0.2) ? { outcome: "unknown", reason: "no answer" } : { outcome: "asked", reason: null },
        );
      },
      find: (clientId, to) => {
        cut();
        if (s.chance(0.3)) return reply(to, { found: "unanswered", reason: "429" });
        const o = this.orders.get(clientId);
        reply<FindReply>(to, o === undefined ? { found: "none" } : { found: "order", order: told(o) });
      },
      openOrders: (to) => {
        cut();
        const open = [...this.orders.values()].filter((o) => o.status === "working");
        reply(to, { ok: true, value: open.map(told) });
      },
      executionsSince: (_us, to) => {
        cut();
        const all = [...this.orders.values()].flatMap((o) =>
          o.fills.map((fill) => ({ clientId: o.clientId, fill })),
        );
        reply(to, { ok: true, value: all });
      },
      activities: (_since, to) => to(null),
      positions: (to) => {
        cut();
        reply(to, { ok: true, value: this.positions() });
      },
      account: (to) =>
        reply(to, { ok: true, value: { id: "sim", paper: true, cash: [], netLiquidation: null } }),
      dryRun: (_terms, to) => to(null),
      onEvent: (listener) => {
        this.listener = (event) => {
          if (alive()) listener(event);
        };
      },
    };
  }

  positions(): { instrument: InstrumentId; qty: string; mark: null; average: null }[] {
    const net = new Map<InstrumentId, number>();
    for (const o of this.orders.values())
      for (const f of o.fills) net.set(f.instrument, (net.get(f.instrument) ?? 0) + Number(f.qty));
    return [...net]
      .filter(([, q]) => q !== 0)
      .map(([instrument, q]) => ({ instrument, qty: String(q), mark: null, average: null }));
  }

  /** What becomes of an order, and what the desk hears of it. */
  private take(order: Sent): readonly [SubmitReply | null, readonly SubmitReply[]] {
    const { s } = this;
    const { clientId, terms } = order;
    this.submits.set(clientId, (this.submits.get(clientId) ?? 0) + 1);
    const acked: SubmitReply = { outcome: "acked", brokerId: `V${clientId.slice(0, 6)}` };
    const lost: SubmitReply = { outcome: "unknown", reason: "connection reset" };
    const kind = s.pick([
      "ack",
      "ack",
      "ack",
      "lostBefore",
      "lostAfter",
      "reject",
      "fillFirst",
      "twice",
      "silent",
    ] as const);
    if (kind === "reject") return [{ outcome: "rejected", reason: "no" }, []];
    if (kind === "lostBefore") return [lost, []];
    const o: VenueOrder = {
      clientId,
      terms,
      limit: terms.limit,
      status: "working",
      fills: [],
      left: Number(terms.qty),
    };
    // A second order under one id would be a duplicate: kept apart so that the check sees it.
    this.orders.set(this.orders.has(clientId) ? `${clientId}-again` : clientId, o);
    if (kind === "fillFirst") this.fill(o);
    this.live(o);
    if (kind === "lostAfter" || kind === "silent") return [lost, []];
    return [acked, kind === "twice" ? [acked] : []];
  }

  private live(o: VenueOrder): void {
    const { s } = this;
    s.after(s.up(3000), () => {
      if (o.status !== "working") {
        // Filled just before the cancel reached the book.
        if (o.status === "cancelled" && o.left > 0 && s.chance(0.3)) this.fill(o);
        return;
      }
      if (s.chance(0.7)) this.fill(o);
      else if (s.chance(0.1)) this.end(o, "expired");
      const last = o.fills.at(-1);
      if (last !== undefined && s.chance(0.05)) this.bust(o, last);
      this.live(o);
    });
  }

  private fill(o: VenueOrder): void {
    const units = 1 + this.s.up(o.left);
    o.left -= units;
    const n = ++this.execs;
    const fills = o.terms.legs.map((leg, legIndex): Execution => {
      const qty = signOf(o.terms.side) * leg.ratio * units;
      const execId = `X${n}-${legIndex}`;
      const money = { price: "1", fees: "0", feeCcy: "USD" };
      return {
        execId,
        legIndex,
        instrument: leg.instrument,
        qty: String(qty),
        ...money,
        us: this.s.nowUs as Micros,
      };
    });
    o.fills.push(...fills);
    // What trades after the cancel stays cancelled: the end is the end.
    if (o.left === 0 && o.status === "working") o.status = "filled";
    for (const fill of fills)
      for (let k = this.s.chance(0.2) ? 2 : 1; k > 0; k--)
        this.tell({ k: "fill", clientId: o.clientId, fill });
  }

  private bust(o: VenueOrder, fill: Execution): void {
    if (o.terms.legs.length > 1 || o.status !== "working") return;
    o.left += Math.abs(Number(fill.qty));
    o.fills.splice(o.fills.indexOf(fill), 1);
    this.busts.push(fill.execId);
    this.tell({ k: "bust", clientId: o.clientId, execId: fill.execId });
  }

  private end(o: VenueOrder, status: "cancelled" | "expired"): void {
    o.status = status;
    this.tell({ k: status, clientId: o.clientId, reason: "by the venue" });
  }

  /** Events are late, lost while nobody listens, and may overtake each other. */
  private tell(event: BrokerEvent): void {
    this.s.after(this.s.up(200), () => this.listener?.(event));
  }
}

const TRAITS: BrokerTraits = {
  name: "sim",
  idempotentIds: true,
  settleUs: 31_000,
  replace: "price",
  maxLegs: 4,
  stockWithOptions: false,
  deadMan: false,
};

function told(o: VenueOrder): BrokerOrder {
  return {
    clientId: o.clientId,
    brokerId: `V${o.clientId.slice(0, 6)}`,
    status: o.status,
    terms: { ...o.terms, limit: o.limit },
    fills: [...o.fills],
    reason: null,
  };
}
