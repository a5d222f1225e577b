import type { Instrument, InstrumentId, Micros } from "../../engines/market/index.ts";
import {
  type Fact,
  type LedgerRecord,
  type Mode,
  manualRunId,
  type NavStatus,
  type TradingState,
} from "../../engines/orders/index.ts";
import { applyEvent, type BookEvent, copyLedger, type Ledger } from "../../engines/portfolio/index.ts";
import type { Broker, BrokerOrder } from "../brokers/broker.ts";
import { ratesOf } from "./booking.ts";
import { Branches } from "./branches.ts";
import type { Difference } from "./difference.ts";
import { type ExecutionFace, NO_EXECUTION } from "./execution/face.ts";
import type { Rules } from "./judge.ts";
import type { LedgerPort } from "./ledger-port.ts";
import type { KeptTicket, OrderBook } from "./order-book.ts";
import type { Preview, PreviewRules } from "./previews.ts";
import { RecordedOrders } from "./recorded.ts";
import { Recorder } from "./recorder.ts";
import { askable, Sender } from "./sender.ts";
import type { TicketBody } from "./ticket-body.ts";
import type { OrderWorld } from "./world.ts";

/** Executions are asked for this far back from the last that was heard: word of one may have been lost. */
const BACK_US = 5 * 86_400_000_000;

/** What a desk on a market that is not recorded goes by. */
export interface LiveRules {
  /** Nothing may be sent until a trader says so. */
  readonly opensHalted: boolean;
  /** The kill key cancels what was made elsewhere too. */
  readonly killsOthers: boolean;
  /** Books that the day begins with, after what was booked before it. */
  readonly opening: (earlier: readonly BookEvent[]) => Ledger;
  readonly dayUs: Micros;
  /** What happens to working orders when this desk freezes or is lost, in words; null: nothing. */
  readonly guard: string | null;
}

/** What the order desk is opened with. */
export interface OrderDeskStart {
  readonly world: OrderWorld;
  readonly ledger: LedgerPort;
  /** A broker for a branch of the paper account, or the one there is. */
  readonly broker: (branch: number, lineage: ReadonlyMap<string, number>) => Broker;
  readonly rules: Rules;
  readonly previews: PreviewRules;
  readonly baseCcy: string;
  /** `paper@goog-2015-12-24` */
  readonly base: string;
  /** Time only goes on: nothing is looked back at, there is one branch. */
  readonly onward: boolean;
  readonly live?: LiveRules;
  /** What goes by the clock beside it; absent: nothing. */
  readonly execution?: (desk: OrderDesk) => ExecutionFace;
  /** Why this desk may only look at orders, null where it may trade. */
  readonly readOnly: string | null;
  readonly session: string;
  readonly day: string;
  /** What the ledger holds of this account, and the last numbers given in the whole folder. */
  readonly records: readonly LedgerRecord[];
  readonly lastOrder: number;
  readonly lastTicket: number;
}

/**
 * The order desk: tickets, previews, orders and trading state of one account beside the market desk. A fold of the ledger's records, so
 * that it is the same after any restart; what a trader does to it is in the command files beside.
 */
export class OrderDesk {
  readonly world: OrderWorld;
  readonly rules: Rules;
  readonly previewRules: PreviewRules;
  readonly branches: Branches;
  readonly recorder: Recorder;
  readonly execution: ExecutionFace;
  /** Orders of the live desk whose session is replayed; null on a desk whose time only goes on. */
  readonly recorded: RecordedOrders | null;
  readonly tickets = new Map<string, KeptTicket>();
  readonly previews = new Map<string, Preview>();
  /** Price steps collected on a working order's row, not sent yet. */
  readonly pending = new Map<string, number>();
  /** What the broker's books had otherwise at the last look. */
  /** NAV against the broker's at the last look. */
  navStatus: NavStatus = "PASS";
  differences: readonly Difference[] = [];
  /** A look at the broker's books is under way. */
  looking = false;
  /** What the broker booked by itself and these books can't take, in words; null where it does not tell what it books. */
  unread: readonly string[] | null = [];
  /** Working orders at the broker that were made elsewhere. */
  others: readonly BrokerOrder[] = [];
  /** The account that the broker answers for, as it said last. */
  actual: { readonly mode: Mode; readonly account: string };
  /** Whether its money is play money, as it said first. */
  saidPaper: boolean | null = null;
  sender: Sender;
  broker: Broker;
  branch: number;
  private readonly target: { book: OrderBook; scope: string; readonly base: string };
  private nextOrder: number;
  private nextTicket: number;
  private nextPreview = 1;
  private past: { readonly us: number; readonly book: OrderBook } | null = null;
  private overlaid: {
    readonly ledger: Ledger;
    readonly version: number;
    readonly book: OrderBook;
    /** Bookings that there were when these books were begun: earlier ones among them are in it. */
    begun: number;
    count: number;
  } | null = null;

  constructor(private readonly start: OrderDeskStart) {
    const { world, base } = start;
    this.world = world;
    this.rules = { ...start.rules, actual: () => this.actual };
    this.previewRules = start.previews;
    this.recorded = start.onward ? null : new RecordedOrders(start.rules.account, start.baseCcy);
    this.execution = start.execution?.(this) ?? NO_EXECUTION;
    this.actual = start.rules;
    this.branches = new Branches(start.rules.account, start.baseCcy, base, [...start.records]);
    this.nextOrder = start.lastOrder + 1;
    this.nextTicket = start.lastTicket + 1;
    const first = this.branches.count === 0;
    this.branch = first ? 1 : this.branches.newest;
    this.target = { book: this.branches.fold(this.branch), scope: this.branches.scopeOf(this.branch), base };
    this.recorder = new Recorder(
      { append: (records, done) => this.append(records, done) },
      world,
      this.target,
      (fault) => {
        world.note("error", `orders are halted: the ledger can't be written (${fault.message})`);
        this.setState("halted", `the ledger can't be written: ${fault.message}`);
      },
      (record, alarm) =>
        world.note(
          "error",
          `${"id" in record ? record.id : ""}: ${alarm === "late" ? "a fill after the end" : "more filled than ordered"} was booked`,
        ),
      (fill) => {
        const ccy = this.instrument(fill.instrument)?.ccy ?? null;
        return ratesOf(fill, ccy, start.baseCcy, (name) => world.context().source().fx(name));
      },
    );
    if (first && start.readOnly === null)
      this.recorder.write([{ k: "branch", branch: 1, from: null, session: start.session }]);
    this.broker = start.broker(this.branch, this.branches.lineage(this.branch));
    this.sender = new Sender(this.broker, this.recorder, world, () => this.target.book);
    for (const record of start.records) this.foldTicket(record, true);
    if (start.readOnly === null) this.recover();
    if (start.live?.opensHalted && start.readOnly === null && this.book.trading !== "halted")
      this.setState("halted", "a live desk opens so: :resume ACTIVE allows orders");
  }

  get killsOthers(): boolean {
    return this.start.live?.killsOthers ?? false;
  }

  get guard(): string | null {
    return this.start.live?.guard ?? null;
  }

  instrument(id: InstrumentId): Instrument | null {
    const { desk } = this.world.context();
    return desk.instruments[desk.slot(id) ?? -1] ?? null;
  }

  private append(records: readonly LedgerRecord[], done: Parameters<LedgerPort["append"]>[1]): void {
    for (const record of records) {
      this.branches.records.push(record);
      if (record.k === "branch") this.branches.note(record);
      this.foldTicket(record, false);
    }
    this.start.ledger.append(records, done);
  }

  get readOnly(): boolean {
    return this.start.readOnly !== null;
  }

  /** Orders of the branch that is being traded. */
  get book(): OrderBook {
    return this.target.book;
  }

  /** Session time is before something that this branch did: its orders are in the future. */
  get lookingBack(): boolean {
    return !this.start.onward && this.world.nowUs() < this.target.book.lastUs;
  }

  /** The book as it stood at the session time of now. */
  get shown(): OrderBook {
    if (!this.lookingBack) return this.target.book;
    const us = this.world.nowUs();
    if (this.past?.us !== us) this.past = { us, book: this.branches.fold(this.branch, us) };
    return this.past.book;
  }

  /** Why order keys do nothing here and now, null where they work. */
  locked(): string | null {
    if (this.start.readOnly !== null) return this.start.readOnly;
    if (!this.lookingBack) return null;
    const ids = [...this.book.orders.keys()].filter((id) => !this.shown.orders.has(id));
    const kept = ids.length === 0 ? "what it did" : ids.length === 1 ? ids[0] : `${ids[0]}–${ids.at(-1)}`;
    return `You are looking back. space runs on from here as branch ${this.branches.newest + 1}; branch ${this.branch} keeps ${kept}.`;
  }

  /** The replay runs on from a moment in the past: a branch with its own paper ledger begins; the old one is kept. */
  fork(): string | null {
    if (!this.lookingBack || this.start.readOnly !== null) return null;
    const from = this.branch;
    this.branch = this.branches.newest + 1;
    this.recorder.write([{ k: "branch", branch: this.branch, from, session: this.start.session }]);
    this.target.book = this.branches.fold(this.branch);
    this.target.scope = this.branches.scopeOf(this.branch);
    this.past = null;
    this.previews.clear();
    this.pending.clear();
    this.broker = this.start.broker(this.branch, this.branches.lineage(this.branch));
    this.sender = new Sender(this.broker, this.recorder, this.world, () => this.target.book);
    this.world.note("info", `branch ${this.branch} begins here; branch ${from} is kept`);
    return `branch ${this.branch} begins here; branch ${from} is kept`;
  }

  /** Puts the account's bookings on top of the session's own books, as of the session time of now. */
  overlay(): void {
    const { desk } = this.world.context();
    const { book } = this;
    const us = this.world.nowUs();
    let count = book.booked.length;
    while (!this.start.onward && count > 0 && (book.booked[count - 1]?.us ?? 0) > us) count--;
    const { ledger } = desk;
    const kept = this.overlaid;
    const again =
      kept === null ||
      kept.ledger !== ledger ||
      kept.version !== ledger.version ||
      kept.book !== book ||
      kept.count > count;
    if (again) {
      desk.overlay = count === 0 ? null : this.newBooks(ledger);
      this.overlaid = { ledger, version: ledger.version, book, begun: book.booked.length, count: 0 };
    } else if (count > kept.count && desk.overlay === null) {
      desk.overlay = this.newBooks(ledger);
      kept.begun = book.booked.length;
    }
    const at = this.overlaid as NonNullable<typeof this.overlaid>;
    for (; at.count < count; at.count++) {
      const event = book.booked[at.count]?.event;
      if (event === undefined || desk.overlay === null) continue;
      if (this.isEarlier(event)) {
        if (at.count < at.begun) continue;
        this.overlaid = null;
        return this.overlay();
      }
      const outcome = applyEvent(desk.overlay, event);
      if (outcome.result === "refused") this.world.note("error", `booking ${event.id}: ${outcome.message}`);
    }
  }

  private isEarlier(event: BookEvent): boolean {
    return this.start.live !== undefined && event.atUs < this.start.live.dayUs;
  }

  /** What was booked before the day is part of what it opens with: the day's P&L counts from there. */
  private newBooks(ledger: Ledger): Ledger {
    const { live } = this.start;
    if (live === undefined) return copyLedger(ledger);
    return live.opening(this.book.booked.flatMap(({ event }) => (this.isEarlier(event) ? [event] : [])));
  }

  write(facts: readonly Fact[]): void {
    this.recorder.write(facts);
  }

  setState(state: TradingState, reason: string): void {
    this.write([{ k: "state", state, reason }]);
  }

  newTicket(body: TicketBody): KeptTicket {
    const id = `T${this.nextTicket++}`;
    const runId = manualRunId(this.start.day, this.rules.mode === "replay" ? this.target.scope : null, id);
    this.write([{ k: "ticket", ticket: { id, day: this.start.day, runId, body } }]);
    return this.tickets.get(id) as KeptTicket;
  }

  orderId(): string {
    return `O${this.nextOrder++}`;
  }

  previewId(): string {
    return `V${this.nextPreview++}`;
  }

  staged(): KeptTicket[] {
    return [...this.tickets.values()].filter((t) => t.over === null);
  }

  private foldTicket(record: LedgerRecord, old: boolean): void {
    this.execution.fold(record);
    if (record.k === "ticket") {
      const { id, runId, body } = record.ticket;
      const kept = this.tickets.get(id);
      if (kept !== undefined) kept.body = body as TicketBody;
      else
        this.tickets.set(id, { id, runId, body: body as TicketBody, stagedUs: record.us, old, over: null });
      if (kept !== undefined) kept.over = null;
    } else if (record.k === "ticketOver") {
      const kept = this.tickets.get(record.ticket);
      if (kept !== undefined) kept.over = record.why;
    }
  }

  /** What was under way when the desk stopped: orders that may be at the broker are asked for, nothing is sent. */
  private recover(): void {
    for (const state of this.book.orders.values()) {
      if (!askable(state)) continue;
      if (state.status === "SENDING")
        this.write([{ k: "unknown", id: state.order.id, reason: "the desk stopped before an answer came" }]);
      this.sender.resolve(state.order.id);
    }
    this.catchUp();
  }

  /** Executions that nobody heard of: since the oldest order that is still open, or some days before the last thing that was heard. */
  catchUp(): void {
    const [first] = this.book.orders.values();
    if (first === undefined) return;
    const open = this.book.open().map((o) => o.plannedUs);
    const since = Math.min(...open, this.book.lastUs - BACK_US);
    this.sender.executions.ask(Math.max(first.plannedUs, since) as Micros);
  }
}
