import { createHash } from "node:crypto";
import type { InstrumentId, Micros } from "../../engines/market/index.ts";
import { type LedgerRecord, type Sent, signOf } from "../../engines/orders/index.ts";
import type { Broker, BrokerEvent, BrokerPosition, BrokerTraits } from "../../src/brokers/broker.ts";
import type { CommandResult, Draft, OrderCommand, OrderRow, PreviewView } from "../../src/desk/protocol.ts";
import { orderCommand } from "../../src/orders/commands.ts";
import { Execution } from "../../src/orders/execution/execution.ts";
import type { LeggingLimits } from "../../src/orders/execution/face.ts";
import { OrderDesk } from "../../src/orders/order-desk.ts";
import { previewView } from "../../src/orders/preview-view.ts";
import { storyOf } from "../../src/orders/story.ts";
import { ordersView } from "../../src/orders/views.ts";
import { ORDER_SETTINGS } from "../shell/boot.ts";
import { ids, QUOTES, SmallMarket } from "../sim/market.ts";

const digest = (name: string) => (text: string) => createHash(name).update(text).digest("hex");
const ACCOUNT = "rig";
const BASE = "rig@small";
export const [STOCK, CALL_100, CALL_105, CALL_110] = ids as unknown as readonly [
  InstrumentId,
  InstrumentId,
  InstrumentId,
  InstrumentId,
];

export interface RigOptions {
  readonly legging?: LeggingLimits;
  readonly traits?: Partial<BrokerTraits>;
  /** The broker takes a cancel, and its end does not come. */
  readonly cancels?: "later";
  /** What an earlier desk of the account left in the ledger, and its market. */
  readonly after?: Rig;
}

const TRAITS: BrokerTraits = {
  name: "rig",
  idempotentIds: true,
  settleUs: 1_000_000,
  replace: "price",
  maxLegs: 1,
  stockWithOptions: false,
  deadMan: false,
};

/** An order desk on a small market whose clock and broker a test moves by hand: nothing happens by itself. */
export class Rig {
  readonly market: SmallMarket;
  readonly records: LedgerRecord[];
  readonly desk: OrderDesk;
  readonly notes: string[] = [];
  readonly sent: Sent[] = [];
  readonly replaced: { readonly clientId: string; readonly limit: string }[] = [];
  readonly cancelled: string[] = [];
  private listener: (event: BrokerEvent) => void = () => undefined;
  private execs = 0;

  constructor({ legging, traits, cancels, after }: RigOptions = {}) {
    this.market = after?.market ?? new SmallMarket(ACCOUNT);
    this.records = after?.records.map((r) => JSON.parse(JSON.stringify(r)) as LedgerRecord) ?? [];
    this.execs = after?.execs ?? 0;
    const max = (of: (r: LedgerRecord) => string | null): number =>
      this.records.reduce((most, r) => Math.max(most, Number((of(r) ?? "_0").slice(1))), 0);
    const { defaults, limits } = ORDER_SETTINGS;
    this.desk = new OrderDesk({
      world: {
        digests: { sha1: digest("sha1"), sha256: digest("sha256") },
        context: () => this.market.context(),
        nowUs: () => this.market.nowUs,
        seq: () => this.records.length,
        monotonicMs: () => this.market.nowUs / 1000,
        after: () => () => undefined,
        note: (_level, text) => this.notes.push(text),
        changed: () => undefined,
        slowDown: () => null,
        define: () => true,
      },
      ledger: {
        append: (records, done) => {
          this.records.push(...records.map((r) => JSON.parse(JSON.stringify(r)) as LedgerRecord));
          done(null);
        },
      },
      broker: () => this.broker({ ...TRAITS, ...traits }, cancels === "later"),
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
      onward: true,
      readOnly: null,
      execution: (desk) => new Execution(desk, legging ?? ORDER_SETTINGS.legging),
      session: "small",
      day: "2015-12-24",
      records: [...this.records],
      lastOrder: max((r) => (r.k === "planned" ? r.order.id : null)),
      lastTicket: max((r) => (r.k === "ticket" ? r.ticket.id : null)),
    });
    this.desk.overlay();
  }

  private broker(traits: BrokerTraits, cancelsLater: boolean): Broker {
    return {
      traits,
      submit: (order, reply) => {
        this.sent.push(order);
        reply({ outcome: "acked", brokerId: `B${this.sent.length}` });
      },
      replace: ({ clientId }, limit, reply) => {
        this.replaced.push({ clientId, limit });
        reply({ outcome: "acked", brokerId: `B-${limit}` });
      },
      cancel: ({ clientId }, reply) => {
        this.cancelled.push(clientId);
        reply({ outcome: "asked", reason: null });
        if (!cancelsLater) this.listener({ k: "cancelled", clientId, reason: "asked" });
      },
      find: (_clientId, reply) => reply({ found: "unanswered", reason: "a rig" }),
      openOrders: (reply) => reply({ ok: true, value: [] }),
      executionsSince: (_us, reply) => reply({ ok: true, value: [] }),
      activities: (_since, reply) => reply(null),
      positions: (reply) => reply({ ok: true, value: this.positions() }),
      account: (reply) =>
        reply({ ok: true, value: { id: ACCOUNT, paper: true, cash: [], netLiquidation: null } }),
      dryRun: (_terms, reply) => reply(null),
      onEvent: (listener) => {
        this.listener = listener;
      },
    };
  }

  /** The broker's net, from what was filled there. */
  private positions(): BrokerPosition[] {
    const net = new Map<InstrumentId, number>();
    for (const r of this.records)
      if (r.k === "fill") net.set(r.fill.instrument, (net.get(r.fill.instrument) ?? 0) + Number(r.fill.qty));
    return [...net]
      .filter(([, n]) => n !== 0)
      .map(([instrument, n]) => ({ instrument, qty: String(n), mark: null, average: null }));
  }

  /** Session time goes on, with quotes that are fresh again, and the desk looks at its clock. */
  pass(seconds: number, quotes: readonly (readonly [number, number])[] = QUOTES): void {
    this.market.nowUs = (this.market.nowUs + seconds * 1e6) as Micros;
    this.market.quote(quotes);
    this.desk.execution.look();
    this.desk.overlay();
  }

  command(command: OrderCommand): CommandResult {
    const result = orderCommand(this.desk, command);
    this.desk.overlay();
    return result;
  }

  /** The id of a new ticket. */
  stage(over: Partial<Draft> = {}): string {
    const draft: Draft = {
      legs: [{ instrument: STOCK, ratio: 1 }],
      side: "buy",
      purpose: "auto",
      qty: { by: "count", n: 100 },
      price: null,
      tif: "day",
      from: null,
      ...over,
    };
    const result = this.command({ name: "stage", draft });
    if (!result.ok || result.made === undefined) throw new Error(result.message ?? "not staged");
    return result.made;
  }

  preview(...tickets: string[]): PreviewView {
    const made = this.command({ name: "preview", tickets });
    const view = previewView(this.desk, this.market.context(), { preview: made.made ?? "" });
    if (view === null) throw new Error(made.message ?? "no preview");
    return view;
  }

  /** Previews, accepts what asks for it, reads it and presses the key. */
  confirm(...tickets: string[]): CommandResult {
    const { id, hash, guards } = this.preview(...tickets);
    for (const g of guards)
      if (g.verdict === "confirm") this.command({ name: "accept", preview: id, guard: g.code });
    this.pass(1);
    return this.command({
      name: "confirm",
      preview: id,
      hash,
      shownMs: 1000,
      screenHash: "s",
      typedQty: null,
    });
  }

  rows(): readonly OrderRow[] {
    return ordersView(this.desk, this.market.context()).rows;
  }
  row(id: string): OrderRow {
    const row = this.rows().find((r) => r.id === id);
    if (row === undefined) throw new Error(`no row ${id}`);
    return row;
  }
  story(id: string): string[] {
    return storyOf(this.records, id)?.lines.map((l) => l.text) ?? [];
  }

  /** The broker fills units of an order. */
  fill(id: string, units: number, price = "1"): void {
    const state = this.desk.book.orders.get(id);
    if (state === undefined) throw new Error(`no order ${id}`);
    const { clientId, terms } = state.order;
    terms.legs.forEach((leg, legIndex) => {
      this.listener({
        k: "fill",
        clientId,
        fill: {
          execId: `X${++this.execs}`,
          legIndex,
          instrument: leg.instrument,
          qty: String(signOf(terms.side) * leg.ratio * units),
          price,
          fees: "0",
          feeCcy: "USD",
          us: this.market.nowUs,
        },
      });
    });
    this.desk.execution.look();
    this.desk.overlay();
  }

  /** The venue takes the newest execution of an order back. */
  bust(id: string): void {
    const state = this.desk.book.orders.get(id);
    if (state === undefined) throw new Error(`no order ${id}`);
    this.listener({ k: "bust", clientId: state.order.clientId, execId: `X${this.execs}` });
    this.desk.overlay();
  }

  /** What a sleeve holds of a contract. */
  held(strategy: string, instrument: InstrumentId): number {
    let sum = 0;
    for (const p of this.market.desk.held.books.positions.values())
      if (p.account === ACCOUNT && p.strategy === strategy && p.instrument === instrument) sum += p.qty / 1e8;
    return sum;
  }
}
