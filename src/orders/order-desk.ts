import {
  type Fact,
  type LedgerRecord,
  manualRunId,
  type NavStatus,
  type TradingState,
} from "../../engines/orders/index.ts";
import { applyEvent, copyLedger, type Ledger } from "../../engines/portfolio/index.ts";
import type { Broker } from "../brokers/broker.ts";
import { Branches } from "./branches.ts";
import type { Rules } from "./judge.ts";
import type { LedgerPort } from "./ledger-port.ts";
import type { KeptTicket, OrderBook } from "./order-book.ts";
import type { Preview, PreviewRules } from "./previews.ts";
import { Recorder } from "./recorder.ts";
import { askable, Sender } from "./sender.ts";
import type { TicketBody } from "./ticket-body.ts";
import type { OrderWorld } from "./world.ts";

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
  readonly tickets = new Map<string, KeptTicket>();
  readonly previews = new Map<string, Preview>();
  /** Price steps collected on a working order's row, not sent yet. */
  readonly pending = new Map<string, number>();
  /** What the broker's books had otherwise at the last look. */
  differences: readonly string[] = [];
  /** NAV against the broker's at the last look. */
  navStatus: NavStatus = "PASS";
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
    count: number;
  } | null = null;

  constructor(private readonly start: OrderDeskStart) {
    const { world, base } = start;
    this.world = world;
    this.rules = start.rules;
    this.previewRules = start.previews;
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
    );
    if (first && start.readOnly === null)
      this.recorder.write([{ k: "branch", branch: 1, from: null, session: start.session }]);
    this.broker = start.broker(this.branch, this.branches.lineage(this.branch));
    this.sender = new Sender(this.broker, this.recorder, world, () => this.target.book);
    for (const record of start.records) this.foldTicket(record, true);
    if (start.readOnly === null) this.recover();
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
      desk.overlay = count === 0 ? null : copyLedger(ledger);
      this.overlaid = { ledger, version: ledger.version, book, count: 0 };
    } else if (count > kept.count) desk.overlay ??= copyLedger(ledger);
    const at = this.overlaid as NonNullable<typeof this.overlaid>;
    for (; at.count < count; at.count++) {
      const event = book.booked[at.count]?.event;
      if (event === undefined || desk.overlay === null) continue;
      const outcome = applyEvent(desk.overlay, event);
      if (outcome.result === "refused") this.world.note("error", `booking ${event.id}: ${outcome.message}`);
    }
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
    const [first] = this.book.orders.values();
    if (first !== undefined) this.sender.askExecutions(first.plannedUs);
  }
}
