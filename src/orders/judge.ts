import {
  type InstrumentId,
  isOnGrid,
  type Micros,
  nameLegs,
  sessionOf,
  tickAt,
} from "../../engines/market/index.ts";
import {
  type FeeRow,
  type GuardInput,
  type GuardLeg,
  type GuardLimits,
  isTerminal,
  type Mode,
  type Previewed,
  runGuards,
  signOf,
  type Terms,
  type TradingState,
} from "../../engines/orders/index.ts";
import type { ViewContext } from "../desk/views/context.ts";
import { label, priceDecimals } from "../desk/views/names.ts";
import { contractFacts } from "./contract-facts.ts";
import { dayVolumeOf } from "./day-volume.ts";
import { executionOf } from "./execution/cost.ts";
import { jointly, moneyOf, type OrderFigures, orderFigures } from "./figures.ts";
import { knownLegs } from "./market.ts";
import type { KeptTicket, OrderBook } from "./order-book.ts";
import { bookFor, type Resolved, resolve, type TicketDefaults } from "./ticket.ts";

/** What the judging needs besides the market: settings and the account. */
export interface Rules {
  readonly mode: Mode;
  readonly account: string;
  /** The account that the broker answers for; orders are for the one above. */
  readonly actual?: () => { readonly mode: Mode; readonly account: string };
  readonly limits: GuardLimits;
  readonly defaults: TicketDefaults;
  readonly fees: readonly FeeRow[];
}

/** One order as it would be sent now, with all that a preview shows of it. */
export interface Judged {
  readonly ticket: KeptTicket;
  readonly at: Resolved;
  readonly qty: number;
  readonly limit: number;
  readonly figures: OrderFigures;
  readonly previewed: Previewed;
  readonly decimals: number;
}
/** Works out terms, figures and guards of tickets at this moment, which go out together: margin and worst loss are those of all of them. */
export function judgeAll(
  context: ViewContext,
  whole: OrderBook,
  rules: Rules,
  tickets: readonly KeptTicket[],
  limits: readonly number[] | null,
): readonly Judged[] | string {
  const sized: Sized[] = [];
  for (const [i, ticket] of tickets.entries()) {
    const one = sizeUp(context, whole, rules, ticket, limits?.[i] ?? null);
    if (typeof one === "string") return one;
    sized.push(one);
  }
  const figures = jointly(context, sized);
  return sized.map((one, i) => guarded(context, rules, { ...one, figures: figures[i] as OrderFigures }));
}

/** An order as it would be sent now, not guarded yet. */
interface Sized {
  readonly ticket: KeptTicket;
  readonly book: OrderBook;
  readonly at: Resolved;
  readonly qty: number;
  readonly limit: number;
  readonly figures: OrderFigures;
}

function sizeUp(
  context: ViewContext,
  whole: OrderBook,
  rules: Rules,
  ticket: KeptTicket,
  fixedLimit: number | null,
): Sized | string {
  const gone = replacedFault(whole, ticket);
  if (gone !== null) return gone;
  const book = bookFor(whole, ticket.body);
  const at = resolve(context, book, ticket.body, rules.defaults);
  if (at === null) return `${ticket.id}: a leg is not in this session`;
  const limit = fixedLimit ?? at.limit;
  if (limit === null) return `${ticket.id}: no market to take the limit from`;
  if (at.qty === null) return `${ticket.id}: no quantity`;
  const figures = orderFigures(context, at, at.qty, limit, rules.fees);
  return { ticket, book, at, qty: at.qty, limit, figures };
}

function guarded(context: ViewContext, rules: Rules, sized: Sized): Judged {
  const { ticket, book, at, qty, limit, figures } = sized;
  const terms = termsOf(context, rules, at, qty, limit);
  const tick = tickAt(at.grid, limit);
  const decimals = Math.max(...at.legs.map((leg) => priceDecimals(leg.instrument)));
  const guards = runGuards(
    guardInput(context, book, rules, { ticket, at, qty, limit, terms, figures, tick, decimals }),
  );
  const staged = { ticket: ticket.id, runId: ticket.runId };
  const { replaces } = ticket.body;
  const how = [
    ...(replaces === undefined ? [] : [`replaces ${replaces.order} of which ${replaces.filled} are filled`]),
    ...(ticket.body.work === true ? ["works by the plan"] : []),
    ...(ticket.body.crosses ?? []).map((c) => `${c.sleeve} crosses ${c.qty} ${c.id} at ${c.price}`),
  ].join("; ");
  const previewed: Previewed = { staged, terms, guards, net: at.net, tick, ...(how === "" ? {} : { how }) };
  return { ticket, at, qty, limit, figures, previewed, decimals };
}

/** Why a ticket can't take the place of its order any more, null where it can or takes none. */
function replacedFault(book: OrderBook, ticket: KeptTicket): string | null {
  const { replaces } = ticket.body;
  if (replaces === undefined) return null;
  const { order, filled } = replaces;
  const state = book.orders.get(order);
  if (state === undefined || isTerminal(state.status))
    return `${ticket.id}: ${order} is ${state?.status.toLowerCase() ?? "gone"}, there is nothing to change`;
  return state.filled === filled
    ? null
    : `${ticket.id}: ${state.filled - filled} more of ${order} are filled: amend ${order} again for what is left`;
}

function termsOf(context: ViewContext, rules: Rules, at: Resolved, qty: number, limit: number): Terms {
  return {
    account: rules.account,
    mode: rules.mode,
    side: at.body.side,
    legs: at.legs.map((leg, i) => {
      const intent = at.intents[i];
      return {
        instrument: leg.instrument.id,
        ratio: leg.ratio,
        intent: intent?.ok ? intent.intent : "close",
      };
    }),
    qty: String(qty),
    limit: String(limit),
    tif: at.body.tif,
    strategy: at.body.sleeve ?? strategyOf(context, rules.account, at),
  };
}

/** The sleeve of what is held of the first leg, else the desk's own. */
export function strategyOf(context: ViewContext, account: string, at: Resolved): string {
  const first = at.legs[0]?.instrument.id;
  for (const p of context.desk.held.books.positions.values())
    if (p.account === account && p.instrument === first && p.qty !== 0) return p.strategy;
  return "desk";
}

interface Parts {
  readonly ticket: KeptTicket;
  readonly at: Resolved;
  readonly qty: number;
  readonly limit: number;
  readonly terms: Terms;
  readonly figures: OrderFigures;
  readonly tick: number;
  readonly decimals: number;
}

function guardInput(context: ViewContext, book: OrderBook, rules: Rules, p: Parts): GuardInput {
  const { at, qty, limit, terms, figures } = p;
  const value = context.value();
  const { session, nowUs } = context;
  const side = at.body.side;
  const name = underlyingOf(at);
  const open = [...book.orders.values()].filter((o) => !isTerminal(o.status));
  return {
    terms,
    by: "manual",
    side,
    tif: at.body.tif,
    qty,
    limit,
    legs: at.legs.map((leg, i) => guardLeg(context, book, at, i, signOf(side) * leg.ratio * qty)),
    net: at.net,
    tick: p.tick,
    onGrid: isOnGrid(at.grid, limit),
    collarEdge: at.collarEdge,
    decimals: p.decimals,
    trading: tradingOf(book),
    deskMode: (rules.actual?.() ?? rules).mode,
    deskAccount: (rules.actual?.() ?? rules).account,
    nowUs,
    sessionOpen:
      (nowUs >= session.openUs && nowUs < session.closeUs) ||
      at.legs.every((leg) => sessionOf(leg.instrument.calendar, nowUs) !== null),
    sessionShare: sessionShare(context),
    cash: figures.cost,
    maxLoss: figures.maxLoss,
    stress20: figures.stress20,
    dollarDelta: greater(figures.dollarDelta, figures.own),
    nav: value.nav,
    dayPnl: value.book.figures.dayPnl,
    nameLossNow:
      context.facts.margin.of(context.desk, value).groups.find((g) => g.underlying === name)?.worstLoss ?? 0,
    nameLossAfter: figures.nameLossAfter,
    availableNow: context.facts.margin.of(context.desk, value).available,
    availableAfter: figures.margin.available,
    bookVegaAfter: plus(value.book.figures.vega, figures.vega),
    turnoverToday: plus(turnover(context, book), figures.cost === null ? null : Math.abs(figures.cost)),
    twinAgeMs: twinAge(book, terms, nowUs),
    ordersLastMinute: [...book.orders.values()].filter((o) => nowUs - o.plannedUs < 60e6).length,
    unknownOrders: open
      .filter((o) => o.status === "UNKNOWN" && (o.order.underlying === null || o.order.underlying === name))
      .map((o) => o.order.id),
    worth: worthOf(context, book, rules, p),
    dayVolume: dayVolumeOf(
      context,
      at.legs.map((leg) => leg.instrument),
    ),
    limits: rules.limits,
  };
}

function worthOf(context: ViewContext, book: OrderBook, rules: Rules, p: Parts): GuardInput["worth"] {
  const found = executionOf(context, book, p, rules.limits.regime);
  return found === null ? null : { trade: found.worth, reason: found.gate, told: found.benefit !== null };
}

/** Part of the session that is over, 0 to 1. */
export function sessionShare({ session, nowUs }: ViewContext): number {
  return Math.min(1, Math.max(0, (nowUs - session.openUs) / (session.closeUs - session.openUs)));
}

const plus = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b);
const tradingOf = (book: OrderBook): TradingState => book.trading;

export function underlyingOf(at: Resolved): InstrumentId | null {
  const names = new Set(
    at.legs.map((l) => (l.instrument.kind === "option" ? l.instrument.underlying : l.instrument.id)),
  );
  return names.size === 1 ? ([...names][0] as InstrumentId) : null;
}

function guardLeg(context: ViewContext, book: OrderBook, at: Resolved, i: number, qty: number): GuardLeg {
  const leg = at.legs[i] as GuardLeg;
  const quote = at.quotes[i] as GuardLeg["quote"];
  return {
    label: label(leg.instrument, context.session.day),
    instrument: leg.instrument,
    ratio: leg.ratio,
    quote,
    intent: at.intents[i] as GuardLeg["intent"],
    qty,
    ...contractFacts(context, leg.instrument, quote),
    opposite: oppositeOf(book, leg.instrument.id, qty),
  };
}

/** A single-leg order of ours that works on the other side: the two could meet. */
function oppositeOf(book: OrderBook, id: InstrumentId, qty: number): string | null {
  for (const o of book.live()) {
    const only = o.order.terms.legs.length === 1 ? o.order.terms.legs[0] : undefined;
    if (only?.instrument !== id) continue;
    if (signOf(o.order.terms.side) * only.ratio * qty < 0) return o.order.id;
  }
  return null;
}

/** What was traded, in base currency; null where a rate is missing. */
function turnover(context: ViewContext, book: OrderBook): number | null {
  let sum = 0;
  for (const o of book.orders.values()) {
    if (o.fills.size === 0) continue;
    const legs = knownLegs(context.desk, o.order.terms.legs);
    // A contract that is not followed any more was in base currency, as far as is known.
    const rate = legs === null ? 1 : moneyOf(context, legs).rate;
    if (rate === null) return null;
    for (const f of o.fills.values())
      sum += Math.abs(Number(f.qty) * Number(f.price)) * o.order.multiplier * rate;
  }
  return sum;
}

/** Of both ways to count delta in an inverse option the greater one is held against the bound. */
function greater(adjusted: number | null, own: OrderFigures["own"]): number | null {
  const plain = own?.plainDelta ?? null;
  return plain === null || adjusted === null || Math.abs(adjusted) >= Math.abs(plain) ? adjusted : plain;
}

function twinAge(book: OrderBook, terms: Terms, nowUs: Micros): number | null {
  let newest: number | null = null;
  const key = (t: Terms) => `${t.side} ${t.qty} ${t.legs.map((l) => `${l.ratio}:${l.instrument}`).join()}`;
  for (const o of book.orders.values()) {
    if (o.status === "DENIED" || o.status === "REJECTED" || key(o.order.terms) !== key(terms)) continue;
    const age = (nowUs - o.plannedUs) / 1000;
    newest = newest === null ? age : Math.min(newest, age);
  }
  return newest;
}

/** `GOOG 15jan16 760/780 call vertical`, and its legs as traded in lowest terms. */
export function nameOf(
  context: ViewContext,
  at: Resolved,
): { readonly long: string; readonly short: string } {
  return nameLegs(at.legs, context.session.day);
}
