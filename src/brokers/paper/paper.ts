import {
  formatMoney,
  formatPriceExact,
  type Instrument,
  type InstrumentId,
  type Micros,
  priceOf,
} from "../../../engines/market/index.ts";
import {
  type Execution,
  type FeeRow,
  type KnownLeg,
  type LegQuote,
  legFees,
  matchQuote,
  matchTrade,
  type PaperFill,
  type Sent,
  signOf,
  type Terms,
} from "../../../engines/orders/index.ts";
import type { BookEvent } from "../../../engines/portfolio/index.ts";
import type {
  Answer,
  Broker,
  BrokerAccount,
  BrokerEvent,
  BrokerOrder,
  BrokerPosition,
  BrokerTraits,
  CancelReply,
  DryRun,
  FindReply,
  SubmitReply,
} from "../broker.ts";
import type { PaperBooks } from "./books.ts";
import {
  brokerIdOf,
  foldPaper,
  type PaperOrder,
  type PaperRecord,
  type PaperStore,
  told,
} from "./records.ts";

/** The market as the paper broker sees it: the desk's book at this moment. */
export interface PaperMarket {
  nowUs(): Micros;
  legs(terms: Terms): readonly KnownLeg[] | null;
  quote(id: InstrumentId): LegQuote;
  /** Price of an underlying, null where it has none. */
  spot(id: InstrumentId): number | null;
  /** End of the session that an order of these legs, taken at `sinceUs`, lives in. */
  closeUs(legs: readonly KnownLeg[], sinceUs: Micros): Micros;
}

export interface PaperRules {
  readonly account: string;
  readonly latencyUs: number;
  readonly fees: readonly FeeRow[];
}

interface Timer {
  readonly dueUs: number;
  readonly run: () => void;
}

/**
 * The embedded broker: takes orders after a latency, matches them against the feed by the paper-fill rules, and keeps its own log. Session
 * time only; the caller tells it of each row that concerns it and of time that passed.
 */
export class PaperBroker implements Broker {
  readonly traits: BrokerTraits = {
    name: "paper",
    idempotentIds: true,
    settleUs: 0,
    replace: "price",
    maxLegs: 4,
    stockWithOptions: true,
    deadMan: false,
  };
  private readonly orders = new Map<string, PaperOrder>();
  private timers: Timer[] = [];
  private watched: ReadonlySet<InstrumentId> = new Set();
  private listener: (event: BrokerEvent) => void = () => undefined;

  constructor(
    private readonly store: PaperStore,
    private readonly market: PaperMarket,
    private readonly rules: PaperRules,
    private readonly books: PaperBooks,
    kept: readonly PaperRecord[],
  ) {
    for (const record of kept) this.fold(record);
  }

  onEvent(listener: (event: BrokerEvent) => void): void {
    this.listener = listener;
  }

  // ---- the broker's face ------------------------------------------------------------------------------

  submit(order: Sent, reply: (r: SubmitReply) => void): void {
    this.later(() => this.accept(order, reply));
  }

  replace(target: { readonly clientId: string }, limit: string, reply: (r: SubmitReply) => void): void {
    this.later(() => {
      const order = this.orders.get(target.clientId);
      if (order?.status !== "working") return reply({ outcome: "rejected", reason: notWorking(order) });
      const { clientId } = order;
      this.keep({ p: "replaced", us: this.market.nowUs(), clientId, limit }, (fault) => {
        if (fault !== null) return reply({ outcome: "unknown", reason: fault.message });
        reply({ outcome: "acked", brokerId: brokerIdOf(clientId) });
        this.matchNow(order);
      });
    });
  }

  cancel(target: { readonly clientId: string }, reply: (r: CancelReply) => void): void {
    this.later(() => {
      const order = this.orders.get(target.clientId);
      if (order?.status !== "working") return reply({ outcome: "refused", reason: notWorking(order) });
      reply({ outcome: "asked", reason: null });
      this.end(order, "cancelled", "cancelled as asked");
    });
  }

  find(clientId: string, reply: (r: FindReply) => void): void {
    const order = this.orders.get(clientId);
    reply(order === undefined ? { found: "none" } : { found: "order", order: told(order) });
  }

  openOrders(reply: (r: Answer<readonly BrokerOrder[]>) => void): void {
    reply({ ok: true, value: this.atWork().map(told) });
  }

  executionsSince(
    us: Micros,
    reply: (r: Answer<readonly { clientId: string | null; fill: Execution }[]>) => void,
  ): void {
    const all = this.allFills().filter(({ fill }) => fill.us >= us);
    reply({ ok: true, value: all.map(({ order, fill }) => ({ clientId: order.clientId, fill })) });
  }

  /** It tells of each as it happens. */
  activities(_since: Micros, reply: (r: null) => void): void {
    reply(null);
  }

  positions(reply: (r: Answer<readonly BrokerPosition[]>) => void): void {
    reply({ ok: true, value: this.books.positions() });
  }

  account(reply: (r: Answer<BrokerAccount>) => void): void {
    const { account: id } = this.rules;
    reply({ ok: true, value: { id, paper: true, cash: this.books.cash(), netLiquidation: null } });
  }

  dryRun(_terms: Terms, reply: (r: Answer<DryRun> | null) => void): void {
    reply(null);
  }

  // ---- time and the feed ------------------------------------------------------------------------------

  get busy(): boolean {
    return this.timers.length > 0 || this.atWork().length > 0;
  }

  /** Whether a row of this instrument can fill something. */
  watches(id: InstrumentId): boolean {
    return this.watched.has(id);
  }

  /** Session time of the next thing it does by itself. */
  dueUs(): number | null {
    return this.timers.length === 0 ? null : Math.min(...this.timers.map((t) => t.dueUs));
  }

  /** Session time has come to `nowUs`: answers that were on their way arrive, day orders end with the session. */
  advance(nowUs: Micros): void {
    const due = this.timers.filter((t) => t.dueUs <= nowUs);
    this.timers = this.timers.filter((t) => t.dueUs > nowUs);
    for (const timer of due) timer.run();
    for (const o of this.atWork())
      if (o.legs.some((leg) => isOver(leg.instrument, nowUs)))
        this.end(o, "expired", "a contract has expired");
    this.expire(nowUs);
    for (const o of this.atWork())
      if (o.terms.tif !== "gtc" && nowUs >= this.market.closeUs(o.legs, o.us))
        this.end(o, "expired", "the session is over");
  }

  /**
   * Contracts end at their expiry: in the money by 0.01 they exercise by themselves, by contract in cash or in shares. The settlement is the
   * underlying's price then; where there is none they wait.
   */
  private expire(nowUs: Micros): void {
    for (const i of this.books.expired(nowUs)) {
      const of = i.kind === "option" ? i.underlying : i.id;
      const settlement = this.market.spot(of);
      if (settlement === null) continue;
      const { account } = this.rules;
      const event: BookEvent = {
        kind: "expire",
        id: `expire:${i.id}`,
        account,
        atUs: nowUs,
        instrument: i.id,
        settlement: formatPriceExact(priceOf(settlement)),
        fx: null,
      };
      this.keep({ p: "booked", us: nowUs, event }, () => this.listener({ k: "booked", event }));
    }
  }

  quoted(id: InstrumentId): void {
    for (const o of this.atWork()) if (o.legs.some((leg) => leg.instrument.id === id)) this.matchNow(o);
  }

  traded(id: InstrumentId, price: number, size: number): void {
    for (const o of this.atWork()) {
      if (o.legs[0]?.instrument.id !== id) continue;
      const fill = matchTrade(workingOf(o), price, size);
      if (fill !== null) this.fill(o, fill);
    }
  }

  // ---- inside -----------------------------------------------------------------------------------------

  private atWork(): PaperOrder[] {
    return [...this.orders.values()].filter((o) => o.status === "working");
  }

  private allFills() {
    return [...this.orders.values()].flatMap((order) => order.fills.map((fill) => ({ order, fill })));
  }

  private later(run: () => void): void {
    this.timers.push({ dueUs: this.market.nowUs() + this.rules.latencyUs, run });
    if (this.rules.latencyUs === 0) this.advance(this.market.nowUs());
  }

  private accept(order: Sent, reply: (r: SubmitReply) => void): void {
    const { clientId, terms } = order;
    const reject = (reason: string) => reply({ outcome: "rejected", reason });
    if (this.orders.has(clientId)) return reject("that client id has an order already");
    const legs = this.market.legs(terms);
    if (legs === null) return reject("a contract is not known here");
    const us = this.market.nowUs();
    if (us >= this.market.closeUs(legs, us) && terms.tif !== "gtc") return reject("the session is over");
    this.keep({ p: "accepted", us, clientId, terms }, (fault) => {
      if (fault !== null) return reply({ outcome: "unknown", reason: fault.message });
      reply({ outcome: "acked", brokerId: brokerIdOf(clientId) });
      const taken = this.orders.get(clientId) as PaperOrder;
      this.matchNow(taken);
      if (terms.tif === "ioc" && taken.status === "working")
        this.end(taken, "cancelled", "not filled at once (ioc)");
    });
  }

  private matchNow(o: PaperOrder): void {
    if (o.status !== "working") return;
    const quotes = o.legs.map((leg) => this.market.quote(leg.instrument.id));
    const key = quotes.map((q) => `${q.bid} ${q.bidSize} ${q.ask} ${q.askSize}`).join("|");
    const taken = o.taken.quote === key ? o.taken.units : 0;
    const fill = matchQuote(workingOf(o), quotes, taken);
    if (fill === null) return;
    o.taken = { quote: key, units: taken + fill.units };
    this.fill(o, fill);
  }

  private fill(o: PaperOrder, fill: PaperFill): void {
    const us = this.market.nowUs();
    const n = o.fills.length;
    const fills = o.legs.map((leg, legIndex): Execution => {
      const traded = signOf(o.terms.side) * leg.ratio * fill.units;
      return {
        execId: `${o.clientId.slice(0, 12)}-${n}-${legIndex}`,
        legIndex,
        instrument: leg.instrument.id,
        qty: String(traded),
        price: formatPriceExact(priceOf(fill.prices[legIndex] as number)),
        fees: formatMoney(legFees(this.rules.fees, leg, traded)),
        feeCcy: leg.instrument.ccy,
        us,
      };
    });
    this.keep({ p: "fill", us, clientId: o.clientId, units: fill.units, fills }, () => {
      for (const one of fills) this.listener({ k: "fill", clientId: o.clientId, fill: one });
    });
  }

  private end(o: PaperOrder, status: "cancelled" | "expired", reason: string): void {
    this.keep({ p: "ended", us: this.market.nowUs(), clientId: o.clientId, status, reason }, () =>
      this.listener({ k: status, clientId: o.clientId, reason }),
    );
  }

  /** True for the broker at once; told to the desk once it is on disk. */
  private keep(record: PaperRecord, told: (fault: { readonly message: string } | null) => void): void {
    this.fold(record);
    this.store.append([record], told);
  }

  private fold(record: PaperRecord): void {
    if (record.p === "booked") return this.books.book(record.event);
    const terms = record.p === "fill" ? this.orders.get(record.clientId)?.terms : undefined;
    if (record.p === "fill" && terms !== undefined)
      for (const one of record.fills) this.books.fill(terms, one);
    foldPaper(this.orders, record, (terms) => this.market.legs(terms));
    this.watched = new Set(this.atWork().flatMap((o) => o.legs.map((leg) => leg.instrument.id)));
  }
}

const isOver = (i: Instrument, nowUs: Micros): boolean =>
  (i.kind === "option" || i.kind === "future") && i.expiryUs <= nowUs;

const notWorking = (o: PaperOrder | undefined): string =>
  o === undefined ? "no such order" : `it is ${o.status}`;

const workingOf = (o: PaperOrder) => ({
  side: o.terms.side,
  legs: o.legs,
  limit: Number(o.terms.limit),
  remaining: Number(o.terms.qty) - o.filled,
});
