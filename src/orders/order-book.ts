import Big from "big.js";
import type { InstrumentId, Micros } from "../../engines/market/index.ts";
import {
  type Applied,
  applyFact,
  type Held,
  isTerminal,
  type LedgerRecord,
  mayLive,
  type OrderState,
  plannedState,
  remainingUnits,
  type TradingState,
  withWorking,
} from "../../engines/orders/index.ts";
import type { BookEvent, CashMoved } from "../../engines/portfolio/index.ts";
import { bookedFill, structureOf } from "./booking.ts";
import type { TicketBody } from "./ticket-body.ts";

/** A ticket as it is kept: what the trader said, not what it came to. */
export interface KeptTicket {
  readonly id: string;
  readonly runId: string;
  body: TicketBody;
  readonly stagedUs: Micros;
  /** Staged before this run of the desk. */
  old: boolean;
  over: "dropped" | "sent" | "netted" | null;
  /** One of the orders that a ticket is split into; never kept by itself. */
  readonly part?: { readonly of: string; readonly n: number; readonly count: number };
}

/** An entry of the paper or broker account's journal: what the portfolio books, and when it happened. */
export interface Booked {
  readonly us: Micros;
  readonly event: BookEvent;
}

/** Begins the id of a fee that came after its execution; then come the execution and what it cost in all. */
export const LATE_FEE = "fee:";

/** Facts that change what there is to go back to. */
const MOVES: ReadonlySet<string> = new Set([
  "planned",
  "sending",
  "acked",
  "fill",
  "bust",
  "afterBust",
  "cancelled",
  "expired",
  "rejected",
  "replaced",
  "booked",
]);

/** Orders, trading state and bookings of one account: a fold of its ledger records, in the order in which they were written. */
export class OrderBook {
  readonly orders = new Map<string, OrderState>();
  readonly byClient = new Map<string, string>();
  readonly booked: Booked[] = [];
  readonly records: LedgerRecord[] = [];
  /** Orders that stand against each other, by the name of their pair. */
  readonly pairs = new Map<string, string[]>();
  /** Open orders whose limit follows the market. */
  readonly worked = new Set<string>();
  /** Bookings of the broker's that are in the books, by its ids, and when the last were; null before the first look. */
  readonly heard = new Set<string>();
  heardUs: number | null = null;
  /** When the account's first record was written. */
  begunUs: number | null = null;
  trading: TradingState = "active";
  tradingReason: string | null = null;
  /** Session time of the last fact that a jump back would undo. */
  lastUs = 0;
  lastSeq = 0;
  private readonly named = new Set<string>();
  /** Fees that came after their executions, by execution: what it cost in all, and what was booked for it on top of its own. */
  private readonly fees = new Map<string, { readonly all: string; readonly booked: CashMoved[] }>();

  constructor(
    readonly account: string,
    readonly base: string,
  ) {}

  apply(record: LedgerRecord): Applied {
    this.records.push(record);
    this.begunUs ??= record.us;
    if (MOVES.has(record.k)) {
      this.lastUs = Math.max(this.lastUs, record.us);
      this.lastSeq = Math.max(this.lastSeq, record.seq);
    }
    switch (record.k) {
      case "planned": {
        const { order } = record;
        if (this.orders.has(order.id)) return NOTHING;
        this.orders.set(order.id, plannedState(order, record));
        this.byClient.set(order.clientId, order.id);
        if (order.pair !== undefined)
          this.pairs.set(order.pair, [...(this.pairs.get(order.pair) ?? []), order.id]);
        if (order.work !== undefined) this.worked.add(order.id);
        return CHANGED;
      }
      case "state":
        this.trading = record.state;
        this.tradingReason = record.reason;
        return CHANGED;
      case "booked":
        this.booked.push({ us: record.us, event: record.event });
        this.noteFee(record.event);
        return CHANGED;
      case "heard":
        for (const id of record.ids) this.heard.add(id);
        this.heardUs = record.us;
        return CHANGED;
      case "ticket":
      case "ticketOver":
      case "preview":
      case "key":
      case "branch":
      case "said":
      case "job":
      case "jobStep":
        return NOTHING;
      default: {
        const order = this.orders.get(record.id);
        if (order === undefined) return NOTHING;
        const done = applyFact(order, record, record);
        if (isTerminal(order.status)) this.worked.delete(record.id);
        if (done.changed && record.k === "fill") this.bookFill(order, record);
        if (done.changed && record.k === "bust") this.bookBust(record.execId, record.us);
        return done;
      }
    }
  }

  private bookFill(order: OrderState, record: LedgerRecord & { readonly k: "fill" }): void {
    const structure = structureOf(order.order, this.account, record.us);
    if (structure !== null && !this.named.has(structure.id)) {
      this.named.add(structure.id);
      this.booked.push({ us: record.us, event: structure });
    }
    this.booked.push({
      us: record.us,
      event: bookedFill(order.order, record.fill, this.account, this.base, record.rates),
    });
  }

  /** Everything is as if the execution had never been: what came later as its fee goes with it. */
  private bookBust(execId: string, us: Micros): void {
    const { account } = this;
    this.booked.push({ us, event: { kind: "bust", id: `bust:${execId}`, account, atUs: us, execId } });
    for (const fee of this.fees.get(execId)?.booked ?? []) {
      const amount = new Big(fee.amount).neg().toFixed();
      this.booked.push({ us, event: { ...fee, id: `bust:${fee.id}`, atUs: us, amount } });
    }
    this.fees.delete(execId);
  }

  private noteFee(event: BookEvent): void {
    if (event.kind !== "cash" || !event.id.startsWith(LATE_FEE)) return;
    const at = event.id.lastIndexOf(":");
    const execId = event.id.slice(LATE_FEE.length, at);
    const booked = [...(this.fees.get(execId)?.booked ?? []), event];
    this.fees.set(execId, { all: event.id.slice(at + 1), booked });
  }

  /** What an execution cost in all, where that was told after it; null where it has its own fee. */
  feeOf(execId: string): string | null {
    return this.fees.get(execId)?.all ?? null;
  }

  find(id: string): OrderState | undefined {
    return this.orders.get(id) ?? this.orders.get(this.byClient.get(id) ?? "");
  }

  /** Orders that live at the broker, or may. */
  live(): OrderState[] {
    return [...this.orders.values()].filter((o) => mayLive(o.status));
  }

  /** Those that are cancelled when the desk freezes. */
  guarded(): OrderState[] {
    return this.live().filter((o) => !o.leave);
  }

  open(): OrderState[] {
    return [...this.orders.values()].filter((o) => !isTerminal(o.status));
  }

  /** The book as if one order were gone: what takes its place is judged by that. */
  without(id: string): OrderBook {
    const book = new OrderBook(this.account, this.base);
    for (const [key, order] of this.orders) if (key !== id) book.orders.set(key, order);
    book.trading = this.trading;
    book.tradingReason = this.tradingReason;
    return book;
  }

  /** What working orders would still trade of a contract, on top of what is held. */
  working(id: InstrumentId, held: number): Held {
    let sum: Held = { qty: held, workingBuys: 0, workingSells: 0 };
    for (const o of this.live()) {
      for (const leg of o.order.terms.legs) {
        if (leg.instrument !== id) continue;
        sum = withWorking(sum, { side: o.order.terms.side, ratio: leg.ratio, remaining: remainingUnits(o) });
      }
    }
    return sum;
  }
}

const NOTHING: Applied = { changed: false, alarm: null };
const CHANGED: Applied = { changed: true, alarm: null };
