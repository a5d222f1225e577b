import { randomUUID } from "node:crypto";
import { type Micros, sessionOf } from "../../../engines/market/index.ts";
import { toldUs, type VenueContext } from "../context.ts";
import { covers } from "../faults/places.ts";
import type { Product } from "../market/types.ts";
import { Bookings } from "./bookings.ts";
import { agreed, type Match, match } from "./matching.ts";
import { exact, Portfolio } from "./portfolio.ts";
import {
  type Draft,
  type Execution,
  type Order,
  type OrderEvent,
  type OrderEventKind,
  TERMINAL,
} from "./types.ts";

const CANCEL_MS = 4;
const REPLACE_MS = 6;

/** One account's orders against the market, with every outcome that a client must be able to bear. */
export class Exchange {
  readonly orders: Order[] = [];
  readonly executions: Execution[] = [];
  readonly portfolio: Portfolio;
  /** What the account books besides executions. */
  readonly bookings: Bookings;
  private readonly byId = new Map<string, Order>();
  private readonly byClient = new Map<string, Order[]>();
  private readonly listeners = new Set<(event: OrderEvent) => void>();
  private readonly atWork = new Set<Order>();
  private lastFill: OrderEvent | null = null;
  /** Events that wait to be told in another order; null when they go out as they come. */
  private held: OrderEvent[] | null = null;

  /** `path`: where faults of this account are named. */
  constructor(
    private readonly context: VenueContext,
    readonly path: string,
    cash: number,
    /** From an order's arrival to its being at work; 0 where the answer tells of the order at work already. */
    private readonly acceptMs: number,
  ) {
    this.portfolio = new Portfolio(cash);
    this.bookings = new Bookings(context, this.portfolio);
    context.hub.onRound(() => this.round());
    context.faults.onAdded((fault) => {
      if (!covers(fault.on, path)) return;
      if (fault.kind === "tradeBust") this.bust();
      else if (fault.kind === "repeatFill" && this.lastFill !== null) this.send(this.lastFill);
    });
  }

  onEvent(listener: (event: OrderEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  find(id: string): Order | null {
    return this.byId.get(id) ?? null;
  }

  /** Several where the protocol does not keep them apart. */
  byClientId(clientId: string): readonly Order[] {
    return this.byClient.get(clientId) ?? [];
  }

  open(): readonly Order[] {
    return this.orders.filter((o) => !TERMINAL.has(o.status));
  }

  submit(draft: Draft, replaces: string | null = null, filled = 0, value = 0): Order {
    const us = toldUs(this.context);
    const order: Order = {
      id: randomUUID(),
      seq: this.orders.length + 1,
      draft,
      status: "pending",
      filled,
      value,
      createdUs: us,
      updatedUs: us,
      endedUs: null,
      replaces,
      replacedBy: null,
      executions: [],
      reason: null,
    };
    this.orders.push(order);
    this.byId.set(order.id, order);
    if (draft.clientId !== null)
      this.byClient.set(draft.clientId, [...this.byClientId(draft.clientId), order]);
    this.tell("pending", order);
    const first = this.context.faults.take("fillBeforeAck", this.path) !== null;
    if (first || this.acceptMs === 0) this.accept(order);
    else this.context.clock.after(this.acceptMs, () => this.accept(order));
    return order;
  }

  private accept(order: Order): void {
    if (order.status !== "pending") return;
    order.status = "working";
    this.atWork.add(order);
    if (this.context.faults.take("skipNew", this.path) === null) this.tell("new", order);
    if (this.context.faults.take("rejectAfterAck", this.path) !== null)
      return this.end(order, "rejected", "rejected by the venue");
    this.tryMatch(order);
    const { tif, type } = order.draft;
    // What cannot be had at once is gone.
    if (
      !TERMINAL.has(order.status) &&
      (tif === "ioc" || tif === "fok" || (type === "market" && this.shut(order)))
    )
      this.end(order, "canceled", null);
  }

  private shut(order: Order): boolean {
    return order.draft.legs.some((l) => this.quote(l.product) === null);
  }

  private quote(product: Product) {
    const us = toldUs(this.context);
    const i = product.instrument;
    const over = (i.kind === "option" || i.kind === "future") && us >= i.lastTradeUs;
    if (over || sessionOf(i.calendar, us as Micros) === null) return null;
    return this.context.market.quoteAt(product, us);
  }

  private round(): void {
    if (this.atWork.size === 0) return;
    const us = toldUs(this.context);
    for (const order of [...this.atWork]) {
      const ended = order.draft.tif === "day" && us >= dayEnd(order);
      if (ended) this.end(order, "expired", null);
      else if (order.status === "working") this.tryMatch(order);
    }
  }

  private tryMatch(order: Order): void {
    const { faults } = this.context;
    if (faults.has("noFills", this.path)) return;
    const found = match(order, (leg) => this.quote(leg.product));
    if (found === null) return;
    const cut = order.draft.qty > 1 ? faults.take("partialThenCancel", this.path) : null;
    if (cut === null) {
      const parts = (faults.take("mixedPartials", this.path)?.params["parts"] as number | undefined) ?? 1;
      if (parts > 1 && found.qty >= parts) return this.fillInParts(order, found, parts);
      return this.fill(order, found.qty, found.price, found.legPrices);
    }
    this.fill(order, Math.max(1, Math.floor(order.draft.qty / 2)), found.price, found.legPrices);
    if (!TERMINAL.has(order.status)) this.end(order, "canceled", "canceled by the venue");
  }

  /** Each part a cent better than the one before; every event tells the order as it was after its own part. */
  private fillInParts(order: Order, { qty, price, legPrices }: Match, parts: number): void {
    this.held = [];
    const size = Math.floor(qty / parts);
    for (let i = 0; i < parts; i++) {
      const better = exact((order.draft.side === "buy" ? -0.01 : 0.01) * i);
      const last = i === parts - 1;
      this.fill(
        order,
        last ? exact(qty - size * i) : size,
        exact(price + better),
        legPrices.map((p) => exact(p + better)),
      );
    }
    const [first, ...others] = this.held;
    this.held = null;
    for (const event of [...others, ...(first === undefined ? [] : [first])]) this.send(event);
  }

  private fill(order: Order, qty: number, price: number, legPrices: readonly number[]): void {
    const us = toldUs(this.context);
    order.filled = exact(order.filled + qty);
    order.value = exact(order.value + qty * price);
    order.updatedUs = us;
    for (const [i, leg] of order.draft.legs.entries())
      this.portfolio.book(
        leg.product,
        (leg.side === "buy" ? 1 : -1) * leg.ratio * qty,
        legPrices[i] as number,
      );
    const execution: Execution = {
      id: randomUUID(),
      orderId: order.id,
      us,
      price,
      qty,
      cumulative: order.filled,
      legPrices,
      busted: false,
    };
    order.executions.push(execution);
    this.executions.push(execution);
    if (order.filled >= order.draft.qty) {
      order.status = "filled";
      order.endedUs = us;
      this.atWork.delete(order);
    }
    this.tell("fill", order, execution);
  }

  private end(order: Order, status: "canceled" | "rejected" | "expired", reason: string | null): void {
    order.status = status;
    order.reason = reason;
    order.updatedUs = toldUs(this.context);
    order.endedUs = order.updatedUs;
    this.atWork.delete(order);
    this.tell(status, order);
  }

  /** False when it is too late to cancel. */
  cancel(order: Order): boolean {
    if (TERMINAL.has(order.status)) return false;
    const { faults, clock } = this.context;
    order.status = "pendingCancel";
    order.updatedUs = toldUs(this.context);
    this.tell("pendingCancel", order);
    const silent = faults.take("cancelSilent", this.path)?.params["ms"] as number | undefined;
    clock.after(silent ?? CANCEL_MS, () => {
      if (order.status !== "pendingCancel") return;
      if (faults.take("fillAfterCancel", this.path) === null) return this.end(order, "canceled", null);
      order.status = "working";
      this.fillAtLimit(order);
    });
    return true;
  }

  /** A fill that the present quotes need not allow: the other side was there a moment ago. */
  private fillAtLimit(order: Order): void {
    const { price, legPrices } = agreed(order, (leg) => this.quote(leg.product));
    this.fill(order, exact(order.draft.qty - order.filled), price, legPrices);
  }

  /** The order that takes another's place; null when that one can't be changed any more. `qty` is the new total. */
  replace(order: Order, draft: Draft): Order | null {
    if (order.status !== "working") return null;
    const { faults, clock } = this.context;
    order.status = "pendingReplace";
    this.tell("pendingReplace", order);
    const next = this.successor(order, draft);
    clock.after(REPLACE_MS, () => {
      if (faults.take("replaceRace", this.path) !== null) {
        order.status = "working";
        order.replacedBy = null;
        this.fillAtLimit(order);
        this.tell("replaceRejected", order);
        next.status = "rejected";
        next.endedUs = toldUs(this.context);
        return this.tell("rejected", next);
      }
      order.status = "replaced";
      order.endedUs = toldUs(this.context);
      this.atWork.delete(order);
      this.tell("replaced", order);
      next.filled = order.filled;
      next.value = order.value;
      next.status = "pending";
      this.accept(next);
    });
    return next;
  }

  private successor(order: Order, draft: Draft): Order {
    const us = toldUs(this.context);
    const next: Order = {
      ...order,
      id: randomUUID(),
      seq: this.orders.length + 1,
      draft,
      status: "pending",
      createdUs: us,
      updatedUs: us,
      endedUs: null,
      replaces: order.id,
      replacedBy: null,
      executions: [],
    };
    order.replacedBy = next.id;
    this.orders.push(next);
    this.byId.set(next.id, next);
    if (draft.clientId !== null)
      this.byClient.set(draft.clientId, [...this.byClientId(draft.clientId), next]);
    return next;
  }

  /** Same id, new terms, as protocols without chains do it. */
  amend(order: Order, change: Partial<Pick<Draft, "qty" | "limit" | "extra">>): boolean {
    if (order.status !== "working" || (change.qty ?? order.draft.qty) <= order.filled) return false;
    order.draft = { ...order.draft, ...change };
    order.updatedUs = toldUs(this.context);
    this.tell("new", order);
    this.tryMatch(order);
    return true;
  }

  private bust(): void {
    const execution = this.executions.findLast((e) => !e.busted);
    const order = execution === undefined ? undefined : this.byId.get(execution.orderId);
    if (execution === undefined || order === undefined) return;
    execution.busted = true;
    order.filled = exact(order.filled - execution.qty);
    order.value = exact(order.value - execution.qty * execution.price);
    for (const [i, leg] of order.draft.legs.entries())
      this.portfolio.book(
        leg.product,
        (leg.side === "buy" ? -1 : 1) * leg.ratio * execution.qty,
        execution.legPrices[i] as number,
      );
    this.tell("bust", order, execution);
  }

  private tell(kind: OrderEventKind, order: Order, execution: Execution | null = null): void {
    const event: OrderEvent = { kind, order, us: toldUs(this.context), execution, eventId: randomUUID() };
    if (kind === "fill") {
      this.lastFill = event;
      if (this.context.faults.take("dropFill", this.path) !== null) return;
    }
    if (this.held !== null) return void this.held.push({ ...event, order: { ...order } });
    this.send(event);
    if (this.context.faults.take("ackDuplicate", this.path) !== null) this.send(event);
  }

  private send(event: OrderEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

/** Close of the session that the order came in, or of the next one. */
function dayEnd(order: Order): number {
  const calendar = order.draft.legs[0]?.product.instrument.calendar ?? "NYSE";
  return sessionOf(calendar, order.createdUs as Micros)?.closeUs ?? Number.POSITIVE_INFINITY;
}
