import { PAPER_FEES } from "../../../config/fees.ts";
import {
  type Instrument,
  type InstrumentId,
  type Micros,
  nextOpen,
  sessionOf,
} from "../../../engines/market/index.ts";
import { feesOn, type KnownLeg, type LedgerRecord } from "../../../engines/orders/index.ts";
import type { CommandResult, OrderCommand } from "../../desk/protocol.ts";
import type { ViewContext } from "../../desk/views/context.ts";
import type { LedgerFault } from "../../orders/ledger-port.ts";
import type { Clock } from "../clock.ts";
import type { OrderLog } from "../order-log.ts";
import { OrderSession } from "../order-session.ts";
import { OrdersToCome } from "../orders-to-come.ts";
import { PaperSide } from "../paper-side.ts";
import type { Journal } from "./journal.ts";
import type { LiveBoot } from "./live-boot.ts";
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
}

const US_PER_MS = 1000;

/** Orders of a live desk: opened once their ledger is read. Each of its records is an event of the session's own sequence as well. */
export class LiveOrders {
  session: OrderSession | null = null;
  private readonly toCome = new OrdersToCome();

  constructor(private readonly o: LiveOrdersOptions) {}

  opened(log: OrderLog | LedgerFault): void {
    if ("append" in log) this.open(log);
    else {
      this.toCome.reason = log.message;
      this.o.opened.desk.note("error", "orders", log.message, log.code);
    }
    this.o.changed();
  }

  command(command: OrderCommand | { readonly name: "kill"; readonly reason: string }): CommandResult {
    return (this.session ?? this.toCome).command(command);
  }

  /** Contracts that live orders and staged tickets are about. */
  instruments(): InstrumentId[] {
    const desk = this.session?.desk;
    if (desk === undefined) return [];
    const orders = desk.book.open().flatMap((o) => o.order.terms.legs.map((leg) => leg.instrument));
    const tickets = desk.staged().flatMap((t) => t.body.legs.map((leg) => leg.instrument as InstrumentId));
    return [...orders, ...tickets];
  }

  private open(log: OrderLog): void {
    const { boot, opened, journal, clock, nowUs, context, changed } = this.o;
    const { desk, account } = opened;
    const base = `${account}@${boot.feed.name}`;
    this.define(log.kept.records.filter((r) => r.scope.startsWith(base)));
    const { facts } = context();
    const side = new PaperSide({
      desk,
      log,
      account,
      fees: feesOn(PAPER_FEES, opened.session.day),
      latencyUs: boot.settings.orders.paperLatencyMs * US_PER_MS,
      quoteMaxAgeUs: facts.valuer.quoteMaxAgeUs,
      nowUs,
      closeUs: closeOf,
    });
    this.session = new OrderSession(
      {
        desk,
        facts,
        settings: boot.settings.orders,
        account,
        base,
        session: opened.head.name,
        onward: true,
        side,
        context,
        nowUs,
        monotonicMs: () => clock.monotonicMs(),
        after: (ms, run) => clock.after(ms, run),
        changed,
        slowDown: () => null,
      },
      journaled(log, journal),
    );
    journal.watch = this.session;
    this.session.moved(true);
    this.toCome.opened(this.session);
  }

  /** Contracts of kept orders, tickets and bookings are known before anything else of them is. */
  private define(records: readonly LedgerRecord[]): void {
    const { opened, journal } = this.o;
    const make = (id: InstrumentId): void => {
      const made = opened.instrument(id);
      if (made === null) return;
      if (made.kind === "option") make(made.underlying);
      opened.sink.slot(made.id, (): Instrument => made);
    };
    for (const id of namedIn(records)) make(id);
    journal.drain();
  }
}

/** Every record is an event of the session too, so that a replay knows of the orders what the desk knew, when it knew it. */
function journaled(log: OrderLog, journal: Journal): OrderLog {
  return {
    readOnly: log.readOnly,
    kept: log.kept,
    close: () => log.close(),
    onAsk: (answer) => log.onAsk(answer),
    append: (records, done) => {
      for (const data of records) journal.event({ kind: "orderUpdate", data });
      log.append(records, done);
    },
    appendPaper: (scope, records, done) => log.appendPaper(scope, records, done),
  };
}

/** The first end of a session that its legs' exchanges have after an order was taken. */
function closeOf(legs: readonly KnownLeg[], sinceUs: Micros): Micros {
  const ends = legs.map(({ instrument: { calendar } }) => {
    const session = sessionOf(calendar, sinceUs) ?? nextOpen(calendar, sinceUs);
    return session.closeUs;
  });
  return Math.min(...ends) as Micros;
}
