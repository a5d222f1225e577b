import { createHash } from "node:crypto";
import { PAPER_FEES } from "../../config/fees.ts";
import type { EventColumns, InstrumentId, Micros } from "../../engines/market/index.ts";
import { feesOn, type OrderState } from "../../engines/orders/index.ts";
import type { Desk } from "../desk/desk.ts";
import type {
  Command,
  CommandResult,
  ExplainTarget,
  Explanation,
  OrderCommand,
  ViewName,
  Views,
} from "../desk/protocol.ts";
import type { DeskFacts, StagedLeg, ViewContext } from "../desk/views/context.ts";
import { EVERYWHERE } from "../orders/branches.ts";
import { orderCommand } from "../orders/commands.ts";
import { Execution } from "../orders/execution/execution.ts";
import { orderExplained } from "../orders/explain.ts";
import { type LiveRules, OrderDesk } from "../orders/order-desk.ts";
import { previewView } from "../orders/preview-view.ts";
import { renew } from "../orders/previews.ts";
import { compareBooks, lookForOthers } from "../orders/reconcile.ts";
import { RECORDED } from "../orders/recorded.ts";
import { reservingOrders } from "../orders/reserved.ts";
import { storyOf } from "../orders/story.ts";
import { orderSummary, ordersView, ticketView } from "../orders/views.ts";
import type { OrderWorld } from "../orders/world.ts";
import type { OrderSettings } from "./boot.ts";
import type { BrokerSide } from "./broker-side.ts";
import type { OrderLog } from "./order-log.ts";
import type { RowWatch } from "./watched-rows.ts";

/** What the order desk needs of the session around it, replayed or live. */
export interface OrderHost
  extends Pick<
    OrderWorld,
    "context" | "nowUs" | "monotonicMs" | "after" | "changed" | "slowDown" | "define" | "stopped"
  > {
  readonly desk: Desk;
  readonly facts: Pick<DeskFacts, "mode" | "session" | "baseCcy" | "margin">;
  readonly settings: OrderSettings;
  /** The account as the books and every order name it. */
  readonly account: string;
  /** Where its records are kept: `paper@goog-2015-12-24`. */
  readonly base: string;
  readonly session: string;
  /** Time only goes on: there are no branches. */
  readonly onward: boolean;
  readonly side: BrokerSide;
  /** Null in a replay. */
  readonly live: LiveRules | null;
}

const US_PER_MS = 1000;
/** Wall time between two renewals of an open preview. */
const RENEW_MS = 200;
/** Wall time between two looks at the broker's books; a difference is looked at again sooner, since fills may be on their way. */
const COMPARE_MS = 60_000;
const AGAIN_MS = 5_000;

/** The order desk of a session, whatever its time does: commands, views, and a broker that sees the rows as they are applied. */
export class OrderSession implements RowWatch {
  readonly desk: OrderDesk;
  private compareMs = Number.NEGATIVE_INFINITY;
  private renewedMs = Number.NEGATIVE_INFINITY;
  /** Calls off the sooner look. */
  private again: () => void = () => {};

  constructor(
    private readonly host: OrderHost,
    private readonly log: OrderLog,
  ) {
    const { desk, facts, settings, account, base, side } = host;
    this.desk = new OrderDesk({
      world: {
        context: () => host.context(),
        nowUs: () => host.nowUs(),
        monotonicMs: () => host.monotonicMs(),
        after: (ms, run) => host.after(ms, run),
        changed: () => host.changed(),
        slowDown: () => host.slowDown(),
        stopped: () => host.stopped?.() ?? false,
        digests: { sha1: digest("sha1"), sha256: digest("sha256") },
        seq: () => desk.seq,
        note: (level, text) => desk.note(level, "orders", text),
        define: (id) => host.define(id),
      },
      ledger: log,
      broker: (branch, lineage) => side.open(`${base}#${branch}`, lineage),
      rules: {
        mode: facts.mode,
        account,
        limits: settings.limits,
        defaults: settings.defaults,
        fees: feesOn(PAPER_FEES, facts.session.day),
      },
      previews: {
        lifeUs: settings.previewMs * US_PER_MS,
        shownMs: settings.shownMs,
        typedAbove: settings.typedAbove,
      },
      baseCcy: facts.baseCcy,
      execution: (orders) => new Execution(orders, settings.legging),
      base,
      onward: host.onward,
      ...(host.live === null ? {} : { live: host.live }),
      readOnly: log.readOnly,
      session: host.session,
      day: facts.session.day,
      ...log.kept,
      records: log.kept.records.filter(
        (r) => r.scope === base || r.scope === EVERYWHERE || r.scope.startsWith(`${base}#`),
      ),
    });
    // A desk that looks back sees what worked then.
    facts.margin.working = {
      key: () => this.desk.shown.live().map(reserveKey).join(),
      orders: () => reservingOrders(desk, this.desk.shown, facts.margin.fx),
    };
    log.onAsk(({ name, arg }) => this.asked(name, arg));
  }

  /** What `voldesk orders …` asks from another process. */
  private asked(name: string, arg: string | null): string {
    if (name === "others") return JSON.stringify(this.desk.others);
    const command: OrderCommand | Extract<Command, { name: "kill" }> | null =
      name === "kill"
        ? { name, reason: "voldesk orders kill" }
        : name === "resume"
          ? { name, typed: arg ?? "" }
          : name === "cancelAll"
            ? { name, pattern: arg }
            : name === "reconcile"
              ? { name, adopt: arg === "adopt" }
              : null;
    if (command === null) return `the desk does not know "${name}"`;
    return this.command(command).message ?? "done";
  }

  // ---- rows as they are applied -------------------------------------------------------------------------

  fromSeq(): number | null {
    if (!this.host.side.busy) return null;
    return this.host.onward ? 0 : this.desk.book.lastSeq;
  }
  watches(slot: number): boolean {
    const instrument = this.host.desk.instruments[slot];
    return instrument !== undefined && this.host.side.watches(instrument.id);
  }
  dueUs(): number | null {
    return this.host.side.dueUs();
  }
  advance(us: number): void {
    this.host.side.advance(us as Micros);
  }
  applied(columns: EventColumns, row: number): void {
    const id = this.host.desk.instruments[columns.slot[row] as number]?.id as InstrumentId | undefined;
    if (id !== undefined) this.host.side.applied(id, columns, row);
  }

  // ---- the session around it ----------------------------------------------------------------------------

  /** Time or position moved. A replay that runs on from the past begins a branch. */
  moved(running: boolean): void {
    if (running && this.desk.lookingBack) this.desk.fork();
    if (!this.desk.lookingBack) this.host.side.advance(this.host.nowUs());
    this.desk.execution.look();
    this.desk.overlay();
    this.renewPreviews();
    this.compare();
  }

  /** Once a minute the broker's books are looked at, and what differs at two looks in a row is acted on. */
  private compare(): void {
    const nowMs = this.host.monotonicMs();
    if (nowMs < this.compareMs || this.desk.lookingBack || this.desk.readOnly) return;
    this.compareMs = nowMs + COMPARE_MS;
    const before = this.desk.differences;
    if (this.host.onward) {
      this.desk.catchUp();
      lookForOthers(this.desk);
    }
    compareBooks(this.desk);
    this.again();
    this.again = this.host.after(AGAIN_MS, () => {
      if (this.desk.differences !== before && this.desk.differences.length > 0) this.compareMs = nowMs;
    });
  }

  private renewPreviews(): void {
    const open = [...this.desk.previews.values()].filter((p) => p.state === "open" || p.state === "moved");
    const nowMs = this.host.monotonicMs();
    if (open.length === 0 || nowMs - this.renewedMs < RENEW_MS) return;
    this.renewedMs = nowMs;
    const { desk } = this;
    const context = this.host.context();
    for (const preview of open)
      renew(context, desk.book, desk.rules, desk.world.digests.sha256, preview, nowMs);
  }

  command(command: OrderCommand | Extract<Command, { name: "kill" }>): CommandResult {
    if (!this.desk.lookingBack) this.host.side.at(this.host.nowUs());
    const result = orderCommand(this.desk, command);
    this.desk.overlay();
    return result;
  }

  close(): void {
    this.again();
    void this.log.close();
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

  explain(context: ViewContext, target: ExplainTarget): Explanation | null {
    return orderExplained(this.desk, context, target.row, target.column);
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

const reserveKey = (o: OrderState): string => `${o.order.id} ${o.limit} ${o.filled}`;

const ORDER_VIEWS = {
  orders: (desk: OrderDesk, context: ViewContext) => ordersView(desk, context),
  ticket: (desk: OrderDesk, context: ViewContext, p: Views["ticket"]["params"]) =>
    ticketView(desk, context, p.ticket),
  preview: (desk: OrderDesk, context: ViewContext, p: Views["preview"]["params"]) =>
    previewView(desk, context, p),
  story: (desk: OrderDesk, context: ViewContext, p: Views["story"]["params"]) =>
    p.order.startsWith(RECORDED)
      ? storyOf(desk.recorded?.records(context.desk) ?? [], p.order.slice(RECORDED.length))
      : storyOf(desk.branches.records, p.order),
};
export const isOrderView = (view: ViewName): boolean => Object.hasOwn(ORDER_VIEWS, view);

const digest = (name: "sha1" | "sha256") => (text: string) => createHash(name).update(text).digest("hex");
