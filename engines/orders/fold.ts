import type { Micros } from "../market/index.ts";
import {
  addQty,
  formatPriceExact,
  type Price,
  parsePrice,
  parseQty,
  type Qty,
  qtyNumber,
} from "../market/index.ts";
import type { Execution, OrderFact, PlannedOrder, Stamp } from "./records.ts";
import { signOf } from "./terms.ts";

/** Recorded states of an order (spec run-ledger). PENDING: recorded, never sent. UNKNOWN: sent, and the answer is lost. */
export type OrderStatus =
  | "PENDING"
  | "SENDING"
  | "ACKED"
  | "PARTIAL"
  | "FILLED"
  | "CANCELLED"
  | "REJECTED"
  | "DENIED"
  | "EXPIRED"
  | "SKIPPED"
  | "UNKNOWN";

const TERMINAL: ReadonlySet<OrderStatus> = new Set([
  "FILLED",
  "CANCELLED",
  "REJECTED",
  "DENIED",
  "EXPIRED",
  "SKIPPED",
]);
export const isTerminal = (status: OrderStatus): boolean => TERMINAL.has(status);
/** Lives at the broker, or may. */
export const mayLive = (status: OrderStatus): boolean =>
  status === "SENDING" || status === "ACKED" || status === "PARTIAL" || status === "UNKNOWN";

export interface OrderState {
  readonly order: PlannedOrder;
  status: OrderStatus;
  /** Limit in force: the last replacement that the broker took. */
  limit: string;
  /** The newest first attempt is 0; replacements count up. */
  attempt: number;
  /** A replacement that is on its way. */
  replacing: { readonly attempt: number; readonly limit: string } | null;
  brokerId: string | null;
  readonly fills: Map<string, Execution>;
  /** Executions that were taken back, known or not: word of that may overtake the execution itself. */
  readonly busted: Set<string>;
  /**
   * All of it was executed, and some of that was taken back: word of that may have been overtaken by later executions, so only the broker can say
   * whether the rest works on, ended otherwise, or the order was over before.
   */
  doubted: boolean;
  /** Signed quantity executed of each leg. */
  readonly legQty: Qty[];
  /** Whole units of which every leg is executed. */
  filled: number;
  cancelAsked: boolean;
  /** Goes on working when the desk freezes. */
  leave: boolean;
  /** Fills that came after the end, which were booked all the same. */
  lateFills: number;
  reason: string | null;
  plannedUs: Micros;
  sentUs: Micros | null;
  changedUs: Micros;
}

/** What a fact did. `late` is a fill after the end and `over` one beyond the ordered quantity: both are booked and raise an alarm. */
export interface Applied {
  readonly changed: boolean;
  readonly alarm: "late" | "over" | null;
}
const SAME: Applied = { changed: false, alarm: null };
const DONE: Applied = { changed: true, alarm: null };

export function plannedState(order: PlannedOrder, at: Stamp): OrderState {
  return {
    order,
    status: "PENDING",
    limit: order.terms.limit,
    attempt: 0,
    replacing: null,
    brokerId: null,
    fills: new Map(),
    busted: new Set(),
    doubted: false,
    legQty: order.terms.legs.map(() => 0 as Qty),
    filled: 0,
    cancelAsked: false,
    leave: false,
    lateFills: 0,
    reason: null,
    plannedUs: at.us,
    sentUs: null,
    changedUs: at.us,
  };
}

/**
 * Applies a fact to its order. Facts may jump ahead (a fill before the acknowledgement says that it was accepted); an end is final but for
 * executions, which count whenever they come. A fact that is known, or that an end overtook, changes nothing.
 */
export function applyFact(s: OrderState, fact: OrderFact, at: Stamp): Applied {
  const done = change(s, fact, at);
  if (done.changed) s.changedUs = at.us;
  return done;
}

function change(s: OrderState, fact: OrderFact, at: Stamp): Applied {
  switch (fact.k) {
    case "planned":
      return SAME;
    case "fill":
      return fill(s, fact.fill);
    case "bust":
      return bust(s, fact.execId);
    case "afterBust":
      return afterBust(s, fact.works);
    case "sending":
      if (s.status !== "PENDING") return SAME;
      s.sentUs = at.us;
      return to(s, "SENDING", null);
    case "acked":
      return acked(s, fact.brokerId);
    case "notThere":
      return s.status === "SENDING" || s.status === "UNKNOWN" ? to(s, "PENDING", "not at the broker") : SAME;
    case "unknown":
      return s.status === "SENDING" ? to(s, "UNKNOWN", fact.reason) : SAME;
    case "denied":
      return s.status === "PENDING" || s.status === "SENDING" ? to(s, "DENIED", fact.reason) : SAME;
    case "skipped":
      return s.status === "PENDING" ? to(s, "SKIPPED", fact.reason) : SAME;
    case "leave":
      if (isTerminal(s.status) || s.leave === fact.on) return SAME;
      s.leave = fact.on;
      return DONE;
    case "cancelAsked":
      if (isTerminal(s.status) || s.cancelAsked) return SAME;
      s.cancelAsked = true;
      return DONE;
    case "cancelRefused":
      // Why it ended is worth more than that there was nothing left to cancel.
      if (isTerminal(s.status)) return SAME;
      s.cancelAsked = false;
      s.reason = fact.reason;
      return DONE;
    case "rejected":
      return ended(s, "REJECTED", fact.reason);
    case "cancelled":
      return ended(s, "CANCELLED", fact.reason);
    case "expired":
      return ended(s, "EXPIRED", fact.reason);
    case "replaceAsked":
      if (isTerminal(s.status)) return SAME;
      s.replacing = { attempt: fact.attempt, limit: fact.limit };
      return DONE;
    case "replaced":
      return replaced(s, fact.attempt, fact.brokerId);
    case "replaceFailed":
      if (s.replacing?.attempt !== fact.attempt) return SAME;
      if (!fact.unknown) s.replacing = null;
      s.reason = fact.reason;
      return DONE;
  }
}

function to(s: OrderState, status: OrderStatus, reason: string | null): Applied {
  s.status = status;
  s.reason = reason;
  return DONE;
}

function ended(s: OrderState, status: "REJECTED" | "CANCELLED" | "EXPIRED", reason: string): Applied {
  if (isTerminal(s.status) && !s.doubted) return SAME;
  s.doubted = false;
  s.cancelAsked = false;
  s.replacing = null;
  return to(s, status, reason);
}

function acked(s: OrderState, brokerId: string): Applied {
  if (s.status === "PENDING" || s.status === "SENDING" || s.status === "UNKNOWN") {
    s.brokerId = brokerId;
    return to(s, s.fills.size > 0 ? "PARTIAL" : "ACKED", null);
  }
  if (s.brokerId !== null) return SAME;
  s.brokerId = brokerId;
  return DONE;
}

function replaced(s: OrderState, attempt: number, brokerId: string): Applied {
  if (s.replacing?.attempt !== attempt) return SAME;
  s.limit = s.replacing.limit;
  s.attempt = attempt;
  s.replacing = null;
  s.brokerId = brokerId;
  return DONE;
}

function fill(s: OrderState, execution: Execution): Applied {
  if (s.fills.has(execution.execId) || s.busted.has(execution.execId)) return SAME;
  const late = isTerminal(s.status) && s.status !== "FILLED";
  s.fills.set(execution.execId, execution);
  s.legQty[execution.legIndex] = addQty(s.legQty[execution.legIndex] as Qty, parseQty(execution.qty));
  s.filled = wholeUnits(s);
  if (late) s.lateFills++;
  const over = isOver(s);
  if (!isTerminal(s.status)) to(s, isFilled(s) ? "FILLED" : "PARTIAL", null);
  if (s.status === "FILLED") s.cancelAsked = false;
  if (isFilled(s)) s.doubted = false;
  return { changed: true, alarm: late ? "late" : over ? "over" : null };
}

/** The exchange takes an execution back: the order has traded less than it seemed, and what its end was stays. */
function bust(s: OrderState, execId: string): Applied {
  s.busted.add(execId);
  const execution = s.fills.get(execId);
  if (execution === undefined) return SAME;
  s.fills.delete(execId);
  const back = -parseQty(execution.qty) as Qty;
  s.legQty[execution.legIndex] = addQty(s.legQty[execution.legIndex] as Qty, back);
  s.filled = wholeUnits(s);
  s.reason = `execution ${execId} was busted`;
  s.doubted = s.status === "FILLED" && !isFilled(s);
  return DONE;
}

function afterBust(s: OrderState, works: boolean): Applied {
  if (!s.doubted) return SAME;
  s.doubted = false;
  return works ? to(s, s.fills.size > 0 ? "PARTIAL" : "ACKED", s.reason) : DONE;
}

const legTarget = (s: OrderState, i: number): number =>
  signOf(s.order.terms.side) * (s.order.terms.legs[i]?.ratio ?? 0) * parseQty(s.order.terms.qty);

function wholeUnits(s: OrderState): number {
  const units = s.order.terms.legs.map((leg, i) => Math.abs(qtyNumber(s.legQty[i] as Qty) / leg.ratio));
  const least = Math.min(...units);
  return s.order.terms.legs.length === 1 ? least : Math.floor(least + 1e-9);
}
const isFilled = (s: OrderState): boolean =>
  s.legQty.every((q, i) => Math.abs(q) >= Math.abs(legTarget(s, i)));
const isOver = (s: OrderState): boolean => s.legQty.some((q, i) => Math.abs(q) > Math.abs(legTarget(s, i)));

/** Units not executed yet, by executions and never by a status message. */
export function remainingUnits(s: OrderState): number {
  return Math.max(0, qtyNumber(parseQty(s.order.terms.qty)) - s.filled);
}

/** Average net price per unit as bought over whole executions, null before the first. */
export function averagePrice(s: OrderState, multipliers: readonly number[]): number | null {
  if (s.fills.size === 0) return null;
  const most = Math.max(...multipliers);
  let net = 0;
  for (const [i, leg] of s.order.terms.legs.entries()) {
    let [qty, money] = [0, 0];
    for (const f of s.fills.values()) {
      if (f.legIndex !== i) continue;
      qty += Number(f.qty);
      money += Number(f.qty) * Number(f.price);
    }
    if (qty === 0) return null;
    net += (leg.ratio * (multipliers[i] as number) * (money / qty)) / most;
  }
  return Math.round(net * 1e8) / 1e8;
}

/** Text of a price as the ledger writes it. */
export const priceText = (price: Price): string => formatPriceExact(price);
export const priceFromText = (text: string): Price => parsePrice(text);
