import type { Micros } from "../../engines/market/index.ts";
import {
  type Confirmed,
  type Fact,
  isTerminal,
  markSent,
  mayLive,
  type OrderState,
  type PlannedOrder,
  remainingUnits,
} from "../../engines/orders/index.ts";
import type { Broker, BrokerEvent, BrokerOrder } from "../brokers/broker.ts";
import { Executions } from "./executions.ts";
import { receipt } from "./ledger-port.ts";
import type { OrderBook } from "./order-book.ts";
import type { Recorder } from "./recorder.ts";
import type { Hands } from "./world.ts";

/** How often a broker that does not answer is asked for an order of unknown outcome, and how long between. */
const ASKS = 5;
const ASK_AGAIN_MS = 2_000;

export interface Planned {
  readonly confirmed: Confirmed;
  readonly order: PlannedOrder;
}

/** An order that is recorded and goes out in place of another: as far as that may be filled, and how long it may take. */
interface Waiting {
  readonly planned: Planned;
  readonly filled: number;
  readonly untilUs: Micros;
}

/**
 * The one place that sends. Each order: its record is durable, then exactly one `submit`, which is never repeated whatever comes back. A lost
 * answer is UNKNOWN and is cleared up by asking for the client id.
 */
export class Sender {
  readonly executions: Executions;
  /** Orders that go out when another has ended, by its id. */
  private readonly waiting = new Map<string, Waiting>();
  /** Orders from their record to the answer to `submit`: nobody can say of them yet that they are not there. */
  private readonly underWay = new Set<string>();
  /** When `submit` was called. What an earlier desk sent it may have sent just before it ended. */
  private readonly submittedUs = new Map<string, Micros>();
  private readonly bornUs: Micros;
  /** Who asked to cancel an order under way: the broker may have refused what it did not know yet. */
  private readonly cancelLater = new Map<string, string>();

  constructor(
    private readonly broker: Broker,
    private readonly recorder: Recorder,
    private readonly world: Hands,
    private readonly book: () => OrderBook,
  ) {
    this.executions = new Executions(broker, recorder, world, book);
    this.bornUs = world.nowUs();
    broker.onEvent((event) => this.hear(event));
  }

  send(planned: readonly Planned[], also: readonly Fact[]): void {
    const facts = planned.flatMap(({ order }): Fact[] => [
      { k: "planned", order },
      { k: "sending", id: order.id },
    ]);
    for (const { order } of planned) this.underWay.add(order.id);
    this.recorder.write([...also, ...facts], (fault) => {
      for (const { confirmed, order } of planned) {
        if (fault !== null) this.deny(order.id, `no durable record: ${fault.message}`);
        // The kill key may have come while the disk was busy.
        else if (!this.maySend(confirmed)) this.deny(order.id, "halted before it was sent");
        else this.submit(confirmed, order);
      }
    });
  }

  /**
   * An order that takes another's place: recorded, the other cancelled, and sent once the broker has confirmed that end with nothing more
   * filled than was read. In every other case nothing is sent.
   */
  sendAfter(planned: Planned, old: OrderState, untilUs: Micros, also: readonly Fact[]): void {
    const { order } = planned;
    const oldId = old.order.id;
    this.waiting.set(oldId, { planned, filled: old.filled, untilUs });
    const left: Fact[] = old.leave ? [{ k: "leave", id: order.id, on: true }] : [];
    this.recorder.write([...also, { k: "planned", order }, ...left], (fault) => {
      if (fault === null) return this.cancel(old, `amend by ${order.id}`);
      this.waiting.delete(oldId);
      this.deny(order.id, `no durable record: ${fault.message}`);
    });
  }

  /** What an order that is not sent yet waits for, null where it waits for nothing. */
  waitsFor(id: string): string | null {
    for (const [old, { planned }] of this.waiting)
      if (planned.order.id === id) return `goes out when the end of ${old} is certain; a cancel drops it`;
    return null;
  }

  /** From its record to the answer of the broker. What is recorded and not in hand waits for a person. */
  handles(id: string): boolean {
    return this.underWay.has(id) || this.waitsFor(id) !== null;
  }

  /** Nothing that waits is sent any more. */
  dropWaiting(reason: string): void {
    for (const { planned } of this.waiting.values()) this.deny(planned.order.id, `halted by ${reason}`);
    this.waiting.clear();
  }

  /** The broker's own word on an order that has ended: executions that came late count before its place is taken. */
  private afterEnd(old: OrderState): void {
    const waiting = this.waiting.get(old.order.id);
    if (waiting === undefined || !isTerminal(old.status)) return;
    this.waiting.delete(old.order.id);
    const { order } = waiting.planned;
    this.underWay.add(order.id);
    this.broker.find(old.order.clientId, (reply) => {
      if (reply.found === "order") this.adopt(old, reply.order);
      const why = this.unfit(waiting, old, reply.found === "order" ? reply.order.status : null);
      if (why !== null) return this.deny(order.id, why);
      this.recorder.write([{ k: "sending", id: order.id }], (fault) => {
        if (fault !== null) this.deny(order.id, `no durable record: ${fault.message}`);
        else if (!this.maySend(waiting.planned.confirmed)) this.deny(order.id, "halted before it was sent");
        else this.submit(waiting.planned.confirmed, order);
      });
    });
  }

  /** Why an order can't take another's place after all, null where it can. */
  private unfit(w: Waiting, old: OrderState, told: BrokerOrder["status"] | null): string | null {
    const { id } = old.order;
    if (this.book().orders.get(w.planned.order.id)?.status !== "PENDING") return "it was dropped";
    if (old.filled !== w.filled) return `${old.filled - w.filled} more of ${id} were filled before its end`;
    if (told !== "cancelled") return `${id} is ${told ?? "not found"} at the broker, not cancelled`;
    if (this.world.nowUs() > w.untilUs) return `the cancel of ${id} took longer than the preview holds`;
    return this.maySend(w.planned.confirmed) ? null : "halted before it was sent";
  }

  private maySend(confirmed: Confirmed): boolean {
    const { trading } = this.book();
    if (this.stopped) return false;
    if (trading === "active") return true;
    return trading === "reducing" && confirmed.terms.legs.every((leg) => leg.intent === "close");
  }

  /** The kill key was pressed, and word of it is still on its way. */
  private get stopped(): boolean {
    return this.world.stopped?.() ?? false;
  }

  private submit(confirmed: Confirmed, order: PlannedOrder): void {
    const { id } = order;
    this.submittedUs.set(id, this.world.nowUs());
    this.broker.submit(markSent(confirmed, receipt(order.clientId)), (reply) => {
      this.underWay.delete(id);
      if (reply.outcome === "acked") this.accepted(id, reply.brokerId);
      else if (reply.outcome === "rejected")
        this.recorder.write([{ k: "rejected", id, reason: reply.reason }]);
      else {
        this.recorder.write([{ k: "unknown", id, reason: reply.reason }]);
        this.world.after(this.broker.traits.settleUs / 1000, () => this.resolve(id));
      }
    });
  }

  private accepted(id: string, brokerId: string): void {
    this.recorder.write([{ k: "acked", id, brokerId }]);
    const by = this.cancelLater.get(id);
    this.cancelLater.delete(id);
    const state = this.book().orders.get(id);
    if (by !== undefined && state !== undefined && !isTerminal(state.status)) this.cancel(state, by);
  }

  private deny(id: string, reason: string): void {
    this.underWay.delete(id);
    if (isTerminal(this.book().orders.get(id)?.status ?? "PENDING")) return;
    this.recorder.write([{ k: "denied", id, reason }]);
  }

  /** Asks what became of an order: open, closed, executions. Only a positive "no such order" past the broker's delay counts as one. */
  resolve(id: string, asks = ASKS): void {
    const state = this.book().orders.get(id);
    if (state === undefined || (isTerminal(state.status) && !state.doubted)) return;
    this.broker.find(state.order.clientId, (reply) => {
      if (reply.found === "order") return this.adopt(state, reply.order);
      if (reply.found === "none" && !this.underWay.has(id)) {
        const old = this.world.nowUs() - (this.submittedUs.get(id) ?? this.bornUs);
        if (old >= this.broker.traits.settleUs) {
          if (mayLive(state.status)) this.recorder.write([{ k: "notThere", id }]);
          return;
        }
      }
      if (asks > 1) this.world.after(ASK_AGAIN_MS, () => this.resolve(id, asks - 1));
    });
  }

  /** Takes over what the broker says of an order: its id, executions by their own ids, its end. */
  private adopt(state: OrderState, told: BrokerOrder): void {
    const { id } = state.order;
    const facts: Fact[] = [];
    if (told.status !== "rejected" && (state.brokerId !== told.brokerId || state.status === "UNKNOWN"))
      facts.push({ k: "acked", id, brokerId: told.brokerId });
    facts.push(...this.executions.news(state, told.fills));
    const reason = told.reason ?? told.status;
    const over = told.status === "cancelled" || told.status === "expired" || told.status === "rejected";
    if (over && (!isTerminal(state.status) || state.doubted))
      facts.push({ k: told.status as "cancelled", id, reason });
    else if (state.doubted) facts.push({ k: "afterBust", id, works: told.status === "working" });
    if (told.status === "working" && state.replacing !== null && told.terms !== null) {
      const { attempt, limit } = state.replacing;
      facts.push(
        told.terms.limit === limit
          ? { k: "replaced", id, attempt, brokerId: told.brokerId }
          : { k: "replaceFailed", id, attempt, reason: "the broker has the old limit", unknown: false },
      );
    }
    if (facts.length > 0) this.recorder.write(facts);
    this.afterEnd(state);
  }

  cancel(state: OrderState, by: string): void {
    const { order, brokerId } = state;
    if (state.status === "PENDING")
      return this.recorder.write([{ k: "skipped", id: order.id, reason: `never sent; dropped by ${by}` }]);
    if (this.underWay.has(order.id)) this.cancelLater.set(order.id, by);
    if (!state.cancelAsked) this.recorder.write([{ k: "cancelAsked", id: order.id, by }]);
    this.broker.cancel({ clientId: order.clientId, brokerId }, (reply) => {
      if (reply.outcome === "asked") return;
      const reason = reply.reason ?? "no answer to the cancel";
      this.recorder.write([{ k: "cancelRefused", id: order.id, reason }]);
      this.resolve(order.id);
    });
  }

  /** An order that was made elsewhere: not in the ledger, so the broker's answer is all there is. */
  cancelOther({ clientId, brokerId }: BrokerOrder): void {
    this.broker.cancel({ clientId: clientId ?? "", brokerId }, (reply) => {
      if (reply.outcome !== "asked")
        this.world.note("warn", `${brokerId}, made elsewhere: ${reply.reason ?? "no answer to the cancel"}`);
    });
  }

  /** A new limit for a working order: durable first, then asked once. */
  replace(state: OrderState, limit: string): void {
    const { id, clientId } = state.order;
    const attempt = state.attempt + 1;
    this.recorder.write([{ k: "replaceAsked", id, attempt, limit }], (fault) => {
      // The kill key may have come while the disk was busy.
      const halted = this.stopped || this.book().trading === "halted";
      const why = fault?.message ?? (halted ? "halted before it was sent" : null);
      if (why !== null)
        return this.recorder.write([{ k: "replaceFailed", id, attempt, reason: why, unknown: false }]);
      this.broker.replace({ clientId, brokerId: state.brokerId, attempt }, limit, (reply) => {
        if (reply.outcome === "acked")
          return this.recorder.write([{ k: "replaced", id, attempt, brokerId: reply.brokerId }]);
        const unknown = reply.outcome === "unknown";
        this.recorder.write([{ k: "replaceFailed", id, attempt, reason: reply.reason, unknown }]);
        if (unknown) this.world.after(this.broker.traits.settleUs / 1000, () => this.resolve(id));
      });
    });
  }

  private hear(event: BrokerEvent): void {
    if (event.k === "booked") return this.recorder.write([event]);
    const book = this.book();
    const id = book.byClient.get(event.clientId);
    if (id === undefined) return;
    const { clientId: _, ...fact } = event;
    const state = book.orders.get(id);
    if (fact.k === "fill" && state !== undefined) {
      const news = this.executions.news(state, [fact.fill]);
      if (news.length === 0) return;
      this.recorder.write(news);
    } else this.recorder.write([{ ...fact, id }]);
    if (state?.doubted === true) this.resolve(id);
    if (state !== undefined) this.afterEnd(state);
  }
}

/** The broker may have something to say of it: it lives there, or was sent and is said not to be there. */
export const askable = (state: OrderState): boolean =>
  mayLive(state.status) || state.doubted || (state.status === "PENDING" && state.sentUs !== null);

/** Whether a limit may be sent for an order without a preview: same size, still working. */
export const replaceable = (state: OrderState): boolean =>
  (state.status === "ACKED" || state.status === "PARTIAL") &&
  state.replacing === null &&
  !state.cancelAsked &&
  remainingUnits(state) > 0;
