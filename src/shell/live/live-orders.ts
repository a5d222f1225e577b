import { PAPER_FEES } from "../../../config/fees.ts";
import {
  type Instrument,
  type InstrumentId,
  type Micros,
  nextOpen,
  sessionOf,
} from "../../../engines/market/index.ts";
import { feesOn, type KnownLeg, type LedgerRecord, type Mode } from "../../../engines/orders/index.ts";
import type { BrokerAccount, BrokerPosition } from "../../brokers/broker.ts";
import { openBroker } from "../../brokers/registry.ts";
import type { RealBroker } from "../../brokers/setup.ts";
import type { CommandResult, Draft } from "../../desk/protocol.ts";
import type { DeskFacts, ViewContext } from "../../desk/views/context.ts";
import { takeActivities } from "../../orders/activities.ts";
import { adoptBooks } from "../../orders/adopt.ts";
import { holderOf } from "../../orders/holder.ts";
import type { LedgerFault } from "../../orders/ledger-port.ts";
import { type BrokerSide, wireSide } from "../broker-side.ts";
import type { Clock } from "../clock.ts";
import type { OrderLog } from "../order-log.ts";
import { OrderSession } from "../order-session.ts";
import { type OrderAsked, OrdersToCome } from "../orders-to-come.ts";
import { PaperSide } from "../paper-side.ts";
import { AccountOpening, hasBegun, type TradedAccount } from "./account-opening.ts";
import { DeadMan } from "./dead-man.ts";
import type { Journal } from "./journal.ts";
import { journaled } from "./journaled.ts";
import type { BrokerBoot, LiveBoot } from "./live-boot.ts";
import { namedIn } from "./named-in.ts";
import type { OpenedLive } from "./open-live.ts";

export interface LiveOrdersOptions {
  readonly boot: LiveBoot;
  readonly opened: OpenedLive;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly nowUs: () => Micros;
  readonly context: () => ViewContext;
  readonly changed: () => void;
  readonly stopped: () => boolean;
}

/** What an order session is opened with. */
interface Opening {
  readonly log: OrderLog;
  readonly side: BrokerSide;
  readonly account: string;
  readonly mode: Mode;
  readonly base: string;
}

/** How the way to a broker is. */
export interface OrderLink {
  /** Its account has answered. */
  readonly opened: boolean;
  /** Why orders can't be sent or are not heard of now, null while all is well. */
  readonly why: string | null;
}

const US_PER_MS = 1000;

/**
 * Orders of a live desk: opened once their ledger is read and, where a broker is over the wire, its account has answered. Each of their records is
 * an event of the session's own sequence as well.
 */
export class LiveOrders {
  session: OrderSession | null = null;
  private readonly toCome: OrdersToCome;
  private traded: Pick<DeskFacts, "account" | "mode" | "margin"> | null = null;
  private broker: RealBroker | null = null;
  private opening: AccountOpening | null = null;
  private deadMan: DeadMan | null = null;
  private log: OrderLog | null = null;

  constructor(private readonly o: LiveOrdersOptions) {
    this.toCome = new OrdersToCome((ms, run) => o.clock.after(ms, run));
    const { killed } = o.boot;
    if (killed) this.toCome.command({ name: "kill", reason: killed }, () => undefined);
  }

  /** Why trading was stopped, where it was before there were orders. */
  get killed(): string | null {
    return this.toCome.killedBy;
  }

  /** The facts of the desk with the account that is traded. */
  facts(facts: DeskFacts): DeskFacts {
    const staged = (context: ViewContext) => this.session?.stagedLegs(context) ?? [];
    return { ...facts, ...this.traded, staged };
  }

  opened(log: OrderLog | LedgerFault): void {
    if ("append" in log) {
      this.log = log;
      log.onAsk(({ name }) => this.askedEarly(name));
      this.openAccount(log, this.o.boot.broker ?? null);
    } else {
      this.o.opened.desk.note("error", "orders", this.toCome.never(log), log.code);
    }
    this.o.changed();
  }

  command(command: OrderAsked, answer: (result: CommandResult) => void): void {
    if (this.session === null) this.toCome.command(command, answer);
    else answer(this.session.command(command));
  }

  /** An alert's ticket: it does not wait. */
  stage(draft: Draft): CommandResult {
    return this.session?.command({ name: "stage", draft }) ?? { ok: false, message: this.toCome.reason };
  }

  /** What `voldesk orders …` asks while the account has not answered yet; the session takes over once it is there. */
  private askedEarly(name: string): string {
    let text = this.toCome.reason;
    if (name === "kill")
      this.toCome.command({ name, reason: "voldesk orders kill" }, (result) => {
        text = result.message ?? text;
      });
    this.o.changed();
    return text;
  }

  /** What there is to say of orders while there are none. */
  meanwhile(): Pick<OrdersToCome, "summary" | "view"> {
    return this.toCome;
  }

  /** The way to a broker over the wire; null where orders go to the embedded paper one, or nowhere. */
  link(): OrderLink | null {
    const { broker: boot, stateDir } = this.o.boot;
    if (!boot || stateDir === null) return null;
    if (this.session === null) return { opened: false, why: this.toCome.reason };
    return { opened: true, why: this.broker?.standing ?? null };
  }

  /** Contracts that live orders and staged tickets are about. */
  instruments(): InstrumentId[] {
    const desk = this.session?.desk;
    if (desk === undefined) return [];
    const orders = desk.book.open().flatMap((o) => o.order.terms.legs.map((leg) => leg.instrument));
    const tickets = desk.staged().flatMap((t) => t.body.legs.map((leg) => leg.instrument));
    return [...orders, ...tickets];
  }

  async close(): Promise<void> {
    this.toCome.close();
    this.opening?.close();
    this.deadMan?.close();
    await this.broker?.close();
    // After the broker's last word, which is on disk then.
    await this.log?.close();
  }

  private openAccount(log: OrderLog, broker: BrokerBoot | null): void {
    if (broker === null) return this.openPaper(log);
    // Real money until the broker says otherwise.
    const mode = broker.venue ? "paper" : "live";
    this.traded = { account: `${broker.label} ?`, mode, margin: this.o.opened.marginOf("none") };
    this.wait(`orders open when ${broker.label} answers for its account`);
    // Its records would be stamped with a time that is a guess.
    if (typeof this.o.boot.awaits === "string") return;
    const { clock, nowUs, opened } = this.o;
    try {
      this.broker = openBroker(broker.setup, {
        clock,
        instruments: {
          byId: (id) => opened.instrument(id),
          bySymbol: (symbol) => opened.instrument(symbol),
        },
        log: (level, text) => {
          opened.desk.note(level, "broker", text);
          this.o.changed();
        },
      });
    } catch (error) {
      return this.wait((error as Error).message, "error");
    }
    const wire = this.broker;
    this.opening = new AccountOpening({
      boot: broker,
      broker: wire,
      log,
      clock,
      nowUs,
      begins: (account) => !hasBegun(log.kept.records, `${account}@${broker.label}`),
      waiting: (why) => this.wait(why, "warn"),
      opened: (account) => this.openWire(log, wire, broker, account),
    });
  }

  private wait(why: string, level: "info" | "warn" | "error" = "info"): void {
    if (why !== this.toCome.reason) this.o.opened.desk.note(level, "orders", why);
    this.toCome.waitsFor(why, level);
    this.o.changed();
  }

  private openPaper(log: OrderLog): void {
    const { boot, opened, nowUs, context } = this.o;
    const { desk, account } = opened;
    const base = `${account}@${boot.feed.name}`;
    // Before its broker: that one remembers orders by their contracts.
    this.defineKept(log, base);
    const side = new PaperSide({
      desk,
      log,
      account,
      fees: feesOn(PAPER_FEES, opened.session.day),
      latencyUs: boot.settings.orders.paperLatencyMs * US_PER_MS,
      quoteMaxAgeUs: context().facts.valuer.quoteMaxAgeUs,
      nowUs,
      closeUs: closeOf,
    });
    this.open({ log, side, account, base, mode: "paper" });
  }

  private openWire(log: OrderLog, wire: RealBroker, broker: BrokerBoot, traded: TradedAccount): void {
    const { account, mode, label, readOnly, begins } = traded;
    const margin = this.o.opened.marginOf(account);
    this.traded = { account: label, mode, margin };
    const base = `${account}@${broker.label}`;
    this.defineKept(log, base);
    const kept = readOnly === log.readOnly ? log : lookingLog(log, readOnly);
    this.open({ log: kept, side: wireSide(wire), account, base, mode });
    if (begins !== null && readOnly === null) this.takeOver(traded.answer, begins);
    if (readOnly === null && !wire.traits.deadMan) this.watchOver(broker, base);
  }

  /** A broker that does not cancel by itself when the desk freezes gets a guard that does. */
  private watchOver({ setup, guardMs }: BrokerBoot, base: string): void {
    const { boot, clock, opened } = this.o;
    if (guardMs === null || boot.stateDir === null) return;
    this.deadMan = new DeadMan({
      setup,
      stateDir: boot.stateDir,
      base,
      silentMs: guardMs,
      clock,
      orders: () =>
        (this.session?.desk.book.guarded() ?? []).map((o) => ({
          clientId: o.order.clientId,
          brokerId: o.brokerId,
        })),
      note: (level, text) => opened.desk.note(level, "guard", text),
      woken: (text) => void this.session?.command({ name: "kill", reason: text }),
    });
  }

  /** The first time with an account: what it holds is what the books begin with. */
  private takeOver(account: BrokerAccount, positions: readonly BrokerPosition[]): void {
    const desk = this.session?.desk;
    if (desk === undefined) return;
    // Nothing is compared with books that have not begun.
    desk.looking = true;
    takeActivities(holderOf(desk), true, () => {
      desk.looking = false;
      for (const { instrument } of positions) this.define(instrument);
      const before = (this.o.opened.session.openUs - 1) as Micros;
      desk.differences = adoptBooks(holderOf(desk), positions, account, before);
      this.o.changed();
    });
  }

  private open({ log, side, account, base, mode }: Opening): void {
    const { boot, opened, journal, clock, nowUs, context, changed } = this.o;
    const { orders } = boot.settings;
    const { openHalted } = orders;
    const { facts } = context();
    this.session = new OrderSession(
      {
        desk: opened.desk,
        facts: { mode, session: opened.session, baseCcy: facts.baseCcy, margin: facts.margin },
        settings: orders,
        account,
        base,
        session: opened.head.name,
        onward: true,
        side,
        live: {
          opensHalted: openHalted === "always" || (openHalted === "live" && mode === "live"),
          killsOthers: orders.killOthers,
          opening: opened.opening,
          dayUs: opened.session.openUs,
          guard: this.guardWords(),
        },
        define: (id) => this.define(id),
        context,
        nowUs,
        monotonicMs: () => clock.monotonicMs(),
        after: (ms, run) => clock.after(ms, run),
        changed: () => {
          this.deadMan?.touch();
          changed();
        },
        slowDown: () => null,
        stopped: () => this.o.stopped(),
      },
      journaled(log, journal, mode === "live" || (boot.broker ?? null) !== null ? account : null),
    );
    const { session } = this;
    journal.watch = session;
    this.toCome.opened(session, () => session.moved(true));
    changed();
  }

  /** What happens to working orders when this desk freezes. */
  private guardWords(): string | null {
    const { broker, stateDir } = this.o.boot;
    if (this.broker === null || !broker) return null;
    if (this.broker.traits.deadMan) return `${broker.label} cancels by itself when the desk falls silent`;
    if (broker.guardMs === null || stateDir === null) return null;
    return `the guard cancels when the desk is silent for ${broker.guardMs / 1000} s`;
  }

  /** Contracts of kept orders, tickets and bookings are known before anything else of them is. */
  private defineKept(log: OrderLog, base: string): void {
    const records: LedgerRecord[] = log.kept.records.filter((r) => r.scope.startsWith(base));
    for (const id of namedIn(records)) this.define(id);
  }

  private define(id: InstrumentId): boolean {
    const { opened, journal } = this.o;
    if (opened.desk.slot(id) !== null) return true;
    const made = opened.instrument(id);
    if (made === null) return false;
    if (made.kind === "option") this.define(made.underlying);
    opened.sink.slot(made.id, (): Instrument => made);
    journal.drain();
    return opened.desk.slot(id) !== null;
  }
}

/** The log of a desk that may only look at an account: what it hears is not written down by it. */
const lookingLog = (log: OrderLog, readOnly: string | null): OrderLog => ({
  readOnly,
  kept: log.kept,
  lockAccount: (name, done) => log.lockAccount(name, done),
  close: () => log.close(),
  onAsk: (answer) => log.onAsk(answer),
  append: (_records, done) => done(null),
  appendPaper: (_scope, _records, done) => done(null),
});

/** The first end of a session that its legs' exchanges have after an order was taken. */
function closeOf(legs: readonly KnownLeg[], sinceUs: Micros): Micros {
  const ends = legs.map(({ instrument: { calendar } }) => {
    const session = sessionOf(calendar, sinceUs) ?? nextOpen(calendar, sinceUs);
    return session.closeUs;
  });
  return Math.min(...ends) as Micros;
}
