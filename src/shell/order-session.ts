import { createHash } from "node:crypto";
import { PAPER_FEES } from "../../config/fees.ts";
import { type EventColumns, type InstrumentId, Kind, type Micros } from "../../engines/market/index.ts";
import { feesOn, type LedgerRecord } from "../../engines/orders/index.ts";
import { copyLedger } from "../../engines/portfolio/index.ts";
import { PaperBooks } from "../brokers/paper/books.ts";
import { PaperBroker } from "../brokers/paper/paper.ts";
import type { PaperRecord } from "../brokers/paper/records.ts";
import type { Command, CommandResult, OrderCommand, ViewName, Views } from "../desk/protocol.ts";
import type { StagedLeg, ViewContext } from "../desk/views/context.ts";
import { EVERYWHERE } from "../orders/branches.ts";
import { orderCommand } from "../orders/commands.ts";
import type { LedgerFault, LedgerPort } from "../orders/ledger-port.ts";
import { knownLegs, legQuote } from "../orders/market.ts";
import { OrderDesk } from "../orders/order-desk.ts";
import { previewView } from "../orders/preview-view.ts";
import { renew } from "../orders/previews.ts";
import { compareBooks } from "../orders/reconcile.ts";
import { storyOf } from "../orders/story.ts";
import { orderSummary, ordersView, ticketView } from "../orders/views.ts";
import type { OrderWorld } from "../orders/world.ts";
import type { OpenedDesk } from "./open-desk.ts";
import type { RowWatch } from "./player.ts";

/** What a state folder holds of an account when the desk opens, and where it writes on. */
export interface OrderLog extends LedgerPort {
  /** Why this desk may only look, null where it writes. */
  readonly readOnly: string | null;
  readonly kept: {
    readonly records: readonly LedgerRecord[];
    readonly paper: readonly { readonly scope: string; readonly record: PaperRecord }[];
    readonly lastOrder: number;
    readonly lastTicket: number;
  };
  close(): void;
  onAsk(answer: (ask: { readonly name: string; readonly arg: string | null }) => string): void;
  appendPaper(
    scope: string,
    records: readonly PaperRecord[],
    done: (fault: LedgerFault | null) => void,
  ): void;
}

/** What the order desk needs of the session around it. */
export type SessionWorld = Pick<
  OrderWorld,
  "context" | "nowUs" | "monotonicMs" | "after" | "changed" | "slowDown"
>;

const US_PER_MS = 1000;
/** Wall time between two renewals of an open preview. */
const RENEW_MS = 200;
/** Wall time between two looks at the broker's books. */
const COMPARE_MS = 60_000;

/** The order desk of a replay: a paper account whose broker matches against the rows as they are applied. */
export class OrderSession implements RowWatch {
  readonly desk: OrderDesk;
  /** Session time as the broker sees it: that of the row being applied, or of the clock between rows. */
  private us: Micros;
  private comparedMs = Number.NEGATIVE_INFINITY;
  private renewedMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly opened: OpenedDesk,
    private readonly world: SessionWorld,
    private readonly log: OrderLog,
  ) {
    this.us = world.nowUs();
    const { facts, settings, session, player } = opened;
    const { orders } = settings;
    const account = facts.account;
    const base = `${account}@${session.manifest.name}`;
    const fees = feesOn(PAPER_FEES, facts.session.day);
    this.desk = new OrderDesk({
      world: {
        ...world,
        digests: { sha1: digest("sha1"), sha256: digest("sha256") },
        seq: () => player.desk.seq,
        note: (level, text) => player.desk.note(level, "orders", text),
        known: (id) => player.desk.slot(id) !== null,
      },
      ledger: log,
      broker: (branch, lineage) => this.paper(`${base}#${branch}`, lineage, fees),
      rules: { mode: facts.mode, account, limits: orders.limits, defaults: orders.defaults, fees },
      previews: {
        lifeUs: orders.previewMs * US_PER_MS,
        shownMs: orders.shownMs,
        typedAbove: orders.typedAbove,
      },
      baseCcy: facts.baseCcy,
      base,
      readOnly: log.readOnly,
      session: session.manifest.name,
      day: facts.session.day,
      ...log.kept,
      records: log.kept.records.filter(
        (r) => r.scope === base || r.scope === EVERYWHERE || r.scope.startsWith(`${base}#`),
      ),
    });
    player.watch = this;
    log.onAsk(({ name, arg }) => this.asked(name, arg));
  }

  /** What `voldesk orders …` asks from another process. */
  private asked(name: string, arg: string | null): string {
    const command: OrderCommand | Extract<Command, { name: "kill" }> | null =
      name === "kill"
        ? { name, reason: "voldesk orders kill" }
        : name === "resume"
          ? { name, typed: arg ?? "" }
          : name === "cancelAll"
            ? { name, pattern: arg }
            : name === "reconcile"
              ? { name }
              : null;
    if (command === null) return `the desk does not know "${name}"`;
    return this.command(command).message ?? "done";
  }

  private paper(
    scope: string,
    lineage: ReadonlyMap<string, number>,
    fees: ReturnType<typeof feesOn>,
  ): PaperBroker {
    const { desk } = this.opened.player;
    const { facts } = this.opened;
    const kept = this.paperLog.filter(({ scope: from, record }) => record.us <= (lineage.get(from) ?? -1));
    const books = new PaperBooks(copyLedger(desk.ledger), facts.account);
    return new PaperBroker(
      {
        append: (records, done) => {
          for (const record of records) this.paperLog.push({ scope, record });
          this.log.appendPaper(scope, records, done);
        },
      },
      {
        nowUs: () => this.us,
        legs: (terms) => knownLegs(desk, terms.legs),
        spot: (id) => {
          const slot = desk.slot(id);
          const price = slot === null ? Number.NaN : desk.book.spot(slot);
          return price > 0 ? price : null;
        },
        quote: (id) => legQuote(desk, id, this.us, facts.valuer.quoteMaxAgeUs),
        closeUs: () => facts.session.closeUs,
      },
      { latencyUs: this.opened.settings.orders.paperLatencyMs * US_PER_MS, fees, account: facts.account },
      books,
      kept.map(({ record }) => record),
    );
  }

  private get paperLog(): { scope: string; record: PaperRecord }[] {
    this.paperKept ??= [...this.log.kept.paper];
    return this.paperKept;
  }
  private paperKept: { scope: string; record: PaperRecord }[] | null = null;

  private get broker(): PaperBroker {
    return this.desk.broker as PaperBroker;
  }

  // ---- rows as they are applied -------------------------------------------------------------------------

  fromSeq(): number | null {
    return this.broker.busy ? this.desk.book.lastSeq : null;
  }
  watches(slot: number): boolean {
    const instrument = this.opened.player.desk.instruments[slot];
    return instrument !== undefined && this.broker.watches(instrument.id);
  }
  dueUs(): number | null {
    return this.broker.dueUs();
  }
  advance(us: number): void {
    this.us = us as Micros;
    this.broker.advance(this.us);
  }
  applied(columns: EventColumns, row: number): void {
    const id = this.opened.player.desk.instruments[columns.slot[row] as number]?.id as
      | InstrumentId
      | undefined;
    if (id === undefined) return;
    if (columns.kind[row] === Kind.trade)
      this.broker.traded(id, columns.a[row] as number, columns.b[row] as number);
    this.broker.quoted(id);
  }

  // ---- the session around it ----------------------------------------------------------------------------

  /** Time or position moved. A replay that runs on from the past begins a branch. */
  moved(running: boolean): void {
    if (running && this.desk.lookingBack) this.desk.fork();
    if (!this.desk.lookingBack) {
      this.us = this.world.nowUs();
      this.broker.advance(this.us);
    }
    this.desk.overlay();
    this.renewPreviews();
    this.compare();
  }

  /** Once a minute the broker's books are looked at, and what differs at two looks in a row is acted on. */
  private compare(): void {
    const nowMs = this.world.monotonicMs();
    if (nowMs - this.comparedMs < COMPARE_MS || this.desk.lookingBack || this.desk.readOnly) return;
    this.comparedMs = nowMs;
    compareBooks(this.desk);
  }

  private renewPreviews(): void {
    const open = [...this.desk.previews.values()].filter((p) => p.state === "open" || p.state === "moved");
    const nowMs = this.world.monotonicMs();
    if (open.length === 0 || nowMs - this.renewedMs < RENEW_MS) return;
    this.renewedMs = nowMs;
    const { desk } = this;
    const context = this.world.context();
    for (const preview of open)
      renew(context, desk.book, desk.rules, desk.world.digests.sha256, preview, nowMs);
  }

  command(command: OrderCommand | Extract<Command, { name: "kill" }>): CommandResult {
    if (!this.desk.lookingBack) this.us = this.world.nowUs();
    const result = orderCommand(this.desk, command);
    this.desk.overlay();
    return result;
  }

  close(): void {
    this.log.close();
  }

  /** Legs of the tickets that are staged and not sent, whole tickets' sizes. */
  stagedLegs(context: ViewContext): StagedLeg[] {
    return this.desk.staged().flatMap((ticket) =>
      (ticketView(this.desk, context, ticket.id)?.legs ?? []).flatMap((leg): StagedLeg[] => {
        const instrument = context.desk.instruments[context.desk.slot(leg.instrument) ?? -1];
        return instrument === undefined ? [] : [{ ticket: ticket.id, instrument, qty: leg.qty }];
      }),
    );
  }

  summary() {
    return orderSummary(this.desk);
  }

  view<V extends ViewName>(
    context: ViewContext,
    view: V,
    params: Views[V]["params"],
  ): Views[V]["model"] | null {
    return (ORDER_VIEWS[view as keyof typeof ORDER_VIEWS]?.(this.desk, context, params as never) ?? null) as
      | Views[V]["model"]
      | null;
  }
}

const ORDER_VIEWS = {
  orders: (desk: OrderDesk, context: ViewContext) => ordersView(desk, context),
  ticket: (desk: OrderDesk, context: ViewContext, p: Views["ticket"]["params"]) =>
    ticketView(desk, context, p.ticket),
  preview: (desk: OrderDesk, context: ViewContext, p: Views["preview"]["params"]) =>
    previewView(desk, context, p.preview),
  story: (desk: OrderDesk, _context: ViewContext, p: Views["story"]["params"]) =>
    storyOf(desk.branches.records, p.order),
};
export const isOrderView = (view: ViewName): boolean => Object.hasOwn(ORDER_VIEWS, view);

const digest = (name: "sha1" | "sha256") => (text: string) => createHash(name).update(text).digest("hex");

/** A log that keeps nothing beyond the process. */
export function memoryLog(): OrderLog {
  return {
    readOnly: null,
    close: () => undefined,
    onAsk: () => undefined,
    kept: { records: [], paper: [], lastOrder: 0, lastTicket: 0 },
    append: (_records, done) => done(null),
    appendPaper: (_scope, _records, done) => done(null),
  };
}
