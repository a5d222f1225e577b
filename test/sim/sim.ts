import { createHash } from "node:crypto";
import { canonicalJson, isTerminal, type OrderState, type Terms } from "../../engines/orders/index.ts";
import type { Broker } from "../../src/brokers/broker.ts";
import type { CommandResult, OrderCommand } from "../../src/desk/protocol.ts";
import { orderCommand } from "../../src/orders/commands.ts";
import { Execution } from "../../src/orders/execution/execution.ts";
import { OrderDesk } from "../../src/orders/order-desk.ts";
import { ORDER_SETTINGS } from "../shell/boot.ts";
import { Crash, type Disk, memoryDisk, simLedger } from "./ledgers.ts";
import { ids, QUOTES, SmallMarket } from "./market.ts";
import { Scheduler } from "./scheduler.ts";
import { SimVenue } from "./venue.ts";

const digest = (name: string) => (text: string) => createHash(name).update(text).digest("hex");
const ACCOUNT = "sim";
const BASE = "sim@small";

/** Between two looks of the desk at its clock. */
const LOOK_MS = 1_000;
/** Of coming to rest: more than two minutes of the simulation's time. */
const ROUNDS = 40;

export interface SimOptions {
  readonly seed: number;
  /** The desk dies at these calls of ledger and broker, counted over the whole run. */
  readonly crashAt: readonly number[];
  readonly disk?: Disk;
  /** Share of appends that fail as on a full disk. */
  readonly fullDisk?: number;
  /** In the end so many rounds without a change are rest; where it is not given, all rounds are gone through. */
  readonly stillRounds?: number;
}
export interface SimResult {
  /** Broken promises, in words; empty is good. */
  readonly faults: readonly string[];
  readonly calls: number;
  readonly orders: number;
  readonly crashes: number;
  readonly sends: number;
  readonly kills: number;
  /** Orders that took another's place, and those that were parts of a package. */
  readonly amends: number;
  readonly parts: number;
}

/** The desk of one life between two crashes. */
interface Life {
  desk: OrderDesk;
  abandon(): void;
}

/**
 * One seed: a trader stages, previews, confirms (often twice), amends, cancels and kills; the venue answers as badly as it can; the desk dies
 * at given calls and is started again. In the end everything is compared with what the venue has.
 */
export class Simulation {
  private readonly s: Scheduler;
  private readonly market = new SmallMarket(ACCOUNT);
  private readonly venue: SimVenue;
  private readonly disk: Disk;
  private readonly faults: string[] = [];
  /** Terms by client id as the trader confirmed them. */
  private readonly confirmed = new Map<string, Terms>();
  private life = 0;
  private calls = 0;
  private crashes = 0;
  private sends = 0;
  private kills = 0;
  private full: boolean;
  private lookedMs = 0;
  private now: Life;

  constructor(private readonly o: SimOptions) {
    this.s = new Scheduler(o.seed);
    this.venue = new SimVenue(this.s);
    this.disk = o.disk ?? memoryDisk();
    this.full = (o.fullDisk ?? 0) > 0;
    this.now = this.start();
  }

  run(): SimResult {
    this.trade();
    this.settle();
    this.check();
    const orders = this.venue.orders.size;
    const { faults, calls, crashes, sends, kills } = this;
    const planned = [...this.now.desk.book.orders.values()].map((o) => o.order);
    const sent = planned.filter((o) => this.venue.orders.has(o.clientId));
    const amends = sent.filter((o) => this.replacedBy(o.ticket) !== null).length;
    const parts = sent.filter((o) => o.ordinal > 0).length;
    return { faults, calls, orders, crashes, sends, kills, amends, parts };
  }

  private start(): Life {
    const life = ++this.life;
    const alive = () => this.life === life;
    const cut = (): void => {
      if (!alive()) throw new Crash();
      if (this.o.crashAt.includes(++this.calls)) throw new Crash();
    };
    const records = this.disk.records;
    const max = (prefix: string, id: (r: (typeof records)[number]) => string | null): number =>
      records.reduce((most, r) => Math.max(most, Number((id(r) ?? `${prefix}0`).slice(1))), 0);
    const ledger = simLedger(
      this.disk,
      this.s,
      alive,
      cut,
      () => this.full && this.s.chance(this.o.fullDisk ?? 0),
    );
    const broker = this.watched(this.venue.connect(alive, cut));
    const { defaults, limits } = ORDER_SETTINGS;
    this.market.desk.overlay = null;
    for (;;) {
      try {
        const desk = new OrderDesk({
          world: {
            digests: { sha1: digest("sha1"), sha256: digest("sha256") },
            context: () => this.market.context(),
            nowUs: () => this.market.nowUs,
            seq: () => this.calls,
            monotonicMs: () => this.s.ms,
            after: (ms, run) =>
              this.s.after(ms, () => {
                if (alive()) run();
              }),
            note: () => undefined,
            changed: () => undefined,
            slowDown: () => null,
            define: () => true,
          },
          ledger,
          broker: () => broker,
          rules: {
            mode: "paper",
            account: ACCOUNT,
            limits: { ...limits, ratePerMinute: 1e6, duplicateMs: 0 },
            defaults,
            fees: [],
          },
          previews: { lifeUs: 15_000_000, shownMs: 300, typedAbove: null },
          baseCcy: "USD",
          base: BASE,
          onward: false,
          readOnly: null,
          execution: (orders) => new Execution(orders, ORDER_SETTINGS.legging),
          session: "small",
          day: "2015-12-24",
          records,
          lastOrder: max("O", (r) => (r.k === "planned" ? r.order.id : null)),
          lastTicket: max("T", (r) => (r.k === "ticket" ? r.ticket.id : null)),
        });
        return { desk, abandon: () => ledger.abandon() };
      } catch (error) {
        // It died while it was starting: the next start is another life.
        if (!(error instanceof Crash)) throw error;
        ledger.abandon();
        this.crashes++;
        this.disk.reopen();
        return this.start();
      }
    }
  }

  /** Nothing may go out of a desk that is halted, whenever it was confirmed. */
  private watched(broker: Broker): Broker {
    return {
      ...broker,
      submit: (order, reply) => {
        this.sends++;
        if (this.now.desk.book.trading === "halted")
          this.faults.push(`${order.clientId} was sent while halted`);
        this.checkPlace(order.clientId);
        broker.submit(order, reply);
      },
      replace: (target, limit, reply) => {
        if (this.now.desk.book.trading === "halted")
          this.faults.push(`${target.clientId} was changed while halted`);
        broker.replace(target, limit, reply);
      },
    };
  }

  /** The order whose place a ticket takes, null where it takes none. */
  private replacedBy(ticket: string | null): string | null {
    return this.now.desk.tickets.get(ticket ?? "")?.body.replaces?.order ?? null;
  }

  /** What takes another's place never works beside it. */
  private checkPlace(clientId: string): void {
    const { book } = this.now.desk;
    const old = this.replacedBy(book.find(clientId)?.order.ticket ?? null);
    const at = old === null ? undefined : book.orders.get(old)?.order.clientId;
    if (at !== undefined && this.venue.orders.get(at)?.status === "working")
      this.faults.push(`${clientId} was sent while ${at}, whose place it takes, works`);
  }

  /** Does something that may end the desk; a desk that ended is started again. */
  private guarded<T>(work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.crashes++;
      this.life++;
      this.now.abandon();
      this.disk.reopen();
      this.now = this.start();
      return null;
    }
  }

  private tick(): boolean {
    const more = this.guarded(() => this.s.step());
    this.market.nowUs = Math.max(this.market.nowUs, this.s.nowUs) as never;
    if (this.s.ms - this.lookedMs >= LOOK_MS) {
      this.lookedMs = this.s.ms;
      this.guarded(() => this.now.desk.execution.look());
    }
    return more !== false;
  }

  private pause(ms: number): void {
    const until = this.s.ms + ms;
    let waiting = true;
    this.s.after(ms, () => {
      waiting = false;
    });
    while (waiting && this.s.ms <= until + 1) this.tick();
  }

  private command(
    command: OrderCommand | { readonly name: "kill"; readonly reason: string },
  ): CommandResult | null {
    return this.guarded(() => {
      const result = orderCommand(this.now.desk, command);
      this.now.desk.overlay();
      return result;
    });
  }

  private trade(): void {
    const { s } = this;
    for (let n = 2 + s.up(3); n > 0; n--) {
      this.order();
      this.pause(s.up(800));
      const live = this.now.desk.book.live();
      const one = live.length > 0 ? s.pick(live).order.id : null;
      if (one !== null && s.chance(0.3)) {
        this.command({ name: "amend", order: one, steps: s.chance(0.5) ? 1 : -1 });
        this.command({ name: "amendSend", order: one });
      }
      if (one !== null && s.chance(0.3)) this.amend(one);
      if (one !== null && s.chance(0.3)) this.command({ name: "cancel", order: one });
      if (s.chance(0.1)) {
        this.kills++;
        this.command({ name: "kill", reason: "key" });
        this.pause(s.up(300));
        this.command({ name: "resume", typed: "ACTIVE" });
      }
      this.pause(s.up(2000));
    }
  }

  /** Another size: the old order ends, and then the new one goes out. */
  private amend(order: string): void {
    this.market.quote(QUOTES);
    const made = this.command({ name: "amendTo", order, price: null, qty: String(1 + this.s.up(5)) });
    if (made?.made?.startsWith("T")) this.confirm(made.made);
  }

  /** One contract, a vertical, or stock against a call, which goes out as two orders. */
  private legs() {
    const { s } = this;
    const a = 1 + s.up(2);
    const leg = (i: number, ratio: number) => ({ instrument: ids[i] as never, ratio });
    if (s.chance(0.3)) return [leg(a, 1), leg(a + 1, -1)];
    if (s.chance(0.2)) return [leg(0, 100), leg(a, -1)];
    return [leg(s.up(4), 1)];
  }

  private order(): void {
    const { s } = this;
    const legs = this.legs();
    this.market.quote(QUOTES);
    const staged = this.command({
      name: "stage",
      draft: {
        legs,
        side: "buy",
        purpose: "auto",
        qty: { by: "count", n: 1 + s.up(4) },
        price: { by: "anchor", anchor: "mid", offset: 0, unit: "t", follows: true },
        tif: "day",
        from: null,
      },
    });
    if (!staged?.made) return;
    if (s.chance(0.2)) this.command({ name: "ticket", ticket: staged.made, edit: { edit: "work" } });
    this.confirm(staged.made);
  }

  /** Previews a ticket, accepts what asks, and presses the key, often more than once. */
  private confirm(ticket: string): void {
    const { s } = this;
    const made = this.command({ name: "preview", tickets: [ticket] });
    const preview = this.now.desk.previews.get(made?.made ?? "");
    if (preview === undefined) return;
    for (const row of preview.rows)
      for (const g of row.previewed.guards)
        if (g.verdict === "confirm") this.command({ name: "accept", preview: preview.id, guard: g.code });
    this.pause(350);
    const key = {
      name: "confirm",
      preview: preview.id,
      hash: preview.hash,
      shownMs: 350,
      screenHash: "s",
      typedQty: null,
    } as const;
    const first = this.command(key);
    if (first?.ok)
      for (const [i, id] of preview.sent.entries()) this.remember(id, preview.rows[i]?.previewed.terms);
    let sent = first?.ok ? 1 : 0;
    for (let again = s.up(3); again > 0; again--) if (this.command(key)?.ok) sent++;
    // The kill key comes while the disk is at work on it.
    if (s.chance(0.08)) {
      this.command({ name: "kill", reason: "key" });
      this.kills++;
      this.pause(s.up(300));
      this.command({ name: "resume", typed: "ACTIVE" });
    }
    // Somebody asks before the first answer came.
    if (s.chance(0.3)) this.command({ name: "reconcile" });
    if (sent > 1) this.faults.push(`${preview.id} was sent ${sent} times`);
  }

  /** A new limit alone changes the order that is there: its terms stay those that it was sent with. */
  private remember(id: string, terms: Terms | undefined): void {
    const state = this.now.desk.book.orders.get(id);
    if (state === undefined || terms === undefined || this.confirmed.has(state.order.clientId)) return;
    this.confirmed.set(state.order.clientId, terms);
  }

  /** The world comes to rest: the disk works, the broker answers, everything unknown is asked for, until nothing changes any more. */
  private settle(): void {
    this.full = false;
    let before = "";
    for (let round = 0, still = 0; round < ROUNDS && still < (this.o.stillRounds ?? ROUNDS); round++) {
      for (let n = 0; n < 400 && this.tick(); n++);
      this.command({ name: "resume", typed: "ACTIVE" });
      this.command({ name: "reconcile" });
      this.pause(3000);
      const now = this.stand();
      // Where it is to die is still to come.
      const toCome = this.o.crashAt.some((at) => at > this.calls);
      still = now === before && !toCome ? still + 1 : 0;
      before = now;
    }
  }

  /** How all orders stand, here and at the venue. */
  private stand(): string {
    const here = [...this.now.desk.book.orders.values()].map((o) => `${o.status} ${o.fills.size}`);
    const there = [...this.venue.orders.values()].map((o) => `${o.status} ${o.fills.length} ${o.limit}`);
    return [this.venue.submits.size, this.crashes, ...here, ...there].join();
  }

  private check(): void {
    const { book } = this.now.desk;
    for (const [clientId, n] of this.venue.submits)
      if (n > 1) this.faults.push(`${clientId} was submitted ${n} times`);
    for (const [key, o] of this.venue.orders) {
      if (key !== o.clientId) this.faults.push(`${o.clientId} has two orders at the venue`);
      const state = book.find(o.clientId);
      if (state === undefined) {
        this.faults.push(`${o.clientId} is at the venue and not in the ledger`);
        continue;
      }
      this.compare(
        state,
        o.status,
        o.fills.map((f) => f.execId),
        o.terms,
      );
    }
    const tickets = new Map<string, number>();
    for (const state of book.orders.values()) {
      const { clientId, ticket, ordinal } = state.order;
      const part = `${ticket ?? ""}.${ordinal}`;
      if (!this.venue.orders.has(clientId) && state.fills.size > 0)
        this.faults.push(`${clientId} has fills from nowhere`);
      if (!this.venue.orders.has(clientId) && !isTerminal(state.status) && state.status !== "PENDING")
        this.faults.push(`${clientId} is ${state.status} and not at the venue`);
      if (this.venue.orders.has(clientId)) tickets.set(part, (tickets.get(part) ?? 0) + 1);
    }
    for (const [ticket, n] of tickets) if (n > 1) this.faults.push(`${ticket} has ${n} orders at the venue`);
    this.checkDisk(book.orders);
  }

  private compare(state: OrderState, status: string, execs: readonly string[], terms: Terms): void {
    const id = state.order.clientId;
    const wanted =
      {
        working: ["ACKED", "PARTIAL"],
        filled: ["FILLED"],
        cancelled: ["CANCELLED", "FILLED"],
        expired: ["EXPIRED"],
      }[status] ?? [];
    if (!wanted.includes(state.status))
      this.faults.push(`${id} is ${status} at the venue, ${state.status} here`);
    if (canonicalJson(state.order.terms) !== canonicalJson(terms))
      this.faults.push(`${id} was altered on its way`);
    const said = this.confirmed.get(id);
    if (said !== undefined && canonicalJson(said) !== canonicalJson(terms))
      this.faults.push(`${id} is not what was confirmed`);
    const mine = [...state.fills.keys()]
      .filter((e) => !this.venue.busts.includes(e))
      .sort((a, b) => (a < b ? -1 : 1));
    const theirs = [...execs].sort((a, b) => (a < b ? -1 : 1));
    if (mine.join() !== theirs.join())
      this.faults.push(`${id} has fills ${mine.join()} here, ${theirs.join()} at the venue`);
  }

  /** What is on disk tells the same story as the desk in memory. */
  private checkDisk(orders: ReadonlyMap<string, OrderState>): void {
    const planned = this.disk.records.filter((r) => r.k === "planned").length;
    if (planned < [...orders.values()].filter((o) => this.venue.submits.has(o.order.clientId)).length)
      this.faults.push("an order was sent that is not on disk");
  }
}
