/** The ledger: applies events once, in order; busts by folding the journal again; seals what is final. */
import type { Instrument, InstrumentId } from "../market/index.ts";
import {
  adjustContract,
  bookVariation,
  exerciseContract,
  expireContract,
  leaveContract,
  payDividend,
  shareDividend,
  splitShares,
} from "./actions.ts";
import { moveCash, rateOf, trade } from "./booking.ts";
import { type PortfolioCode, PortfolioCodes, PortfolioError } from "./errors.ts";
import type { BookEvent, CashConverted, CashMoved, FillBooked, InstrumentLookup } from "./events.ts";
import {
  ExactError,
  type Money,
  money,
  NO_QTY,
  notional,
  type Qty,
  qty,
  toContracts,
  ZERO,
} from "./exact.ts";
import {
  type Books,
  copyBooks,
  emptyBooks,
  instrumentOf,
  type Ledger,
  type Position,
  positionOf,
} from "./state.ts";
import { allocate, allocateFill, nameStructure, structureOf } from "./structures.ts";

/** An empty ledger with `base` as the currency of totals. `lookup` must know each instrument before an event names it. */
export function createLedger(base: string, lookup: InstrumentLookup): Ledger {
  return {
    books: emptyBooks(base),
    sealed: emptyBooks(base),
    journal: [],
    known: new Map(),
    sealedIds: new Set(),
    lookup,
    version: 0,
  };
}

/** Signed quantity and cost of a position at one moment. */
export interface Holding {
  readonly qty: number;
  readonly cost: Money;
}
/** One position that an event changed, with before and after. */
export interface PositionChange {
  readonly key: string;
  readonly before: Holding | null;
  readonly after: Holding | null;
}
/** What became of an event. Money in `changes` is in millionths. */
export type Outcome =
  | {
      readonly result: "applied";
      readonly changes: readonly PositionChange[];
      /** Ids of later events that lost their ground by a bust or correction (an exercise of what was never bought) and are left out. */
      readonly dropped: readonly string[];
    }
  | { readonly result: "duplicate" }
  | { readonly result: "refused"; readonly code: PortfolioCode; readonly message: string };

const eventKey = (e: BookEvent) => `${e.account}|${e.id}`;

function bookFill(b: Books, e: FillBooked, find: (id: InstrumentId) => Instrument): void {
  const i = find(e.instrument);
  const q = qty(e.qty);
  if (q === 0) throw new PortfolioError(PortfolioCodes.badNumber, `fill ${e.id} has quantity 0`);
  const fees = money(e.fees);
  notional(q, e.price, i.multiplier);
  const p = positionOf(b, e.account, i, e.strategy);
  const moved = trade(b, p, i, { qty: q, price: e.price, atUs: e.atUs, id: e.id, fx: e.fx });
  allocateFill(b, p, e.ticketId, e.legIndex, q, moved, rateOf(b, p.ccy, e.fx));
  if (fees === 0) return;
  moveCash(b, e.account, e.feeCcy, -fees as Money, "fees", e.feeFx, e.id);
  p.fees[e.feeCcy] = ((p.fees[e.feeCcy] ?? ZERO) + fees) as Money;
}

const REASON = {
  deposit: "deposits",
  withdrawal: "deposits",
  fee: "fees",
  financing: "financing",
  dividend: "dividends",
} as const;

function bookCash(b: Books, e: CashMoved, find: (id: InstrumentId) => Instrument): void {
  const amount = money(e.amount);
  if ((e.reason === "deposit" && amount < 0) || (e.reason === "withdrawal" && amount > 0)) {
    throw new PortfolioError(PortfolioCodes.badNumber, `${e.reason} of ${e.amount} has the wrong sign`);
  }
  moveCash(b, e.account, e.ccy, amount, REASON[e.reason], e.fx, e.id);
  if (e.reason === "dividend") shareDividend(b, e, amount, find);
}

function bookConversion(b: Books, e: CashConverted): void {
  const sold = money(e.sold);
  const bought = money(e.bought);
  if (sold <= 0 || bought <= 0 || e.soldCcy === e.boughtCcy) {
    throw new PortfolioError(
      PortfolioCodes.badNumber,
      `conversion ${e.id} needs two currencies and positive amounts`,
    );
  }
  moveCash(b, e.account, e.soldCcy, -sold as Money, "conversions", e.soldFx, e.id);
  moveCash(b, e.account, e.boughtCcy, bought, "conversions", e.boughtFx, e.id);
}

function openSession(
  b: Books,
  calendar: string,
  day: Position["day"]["day"],
  find: (id: InstrumentId) => Instrument,
) {
  if (day === null) return;
  b.sessions.set(calendar, day);
  for (const p of b.positions.values()) {
    if (find(p.instrument).calendar !== calendar) continue;
    p.day = { day, openInstrument: p.instrument, openQty: p.qty, flow: ZERO, dividends: ZERO };
  }
  for (const s of b.structures.values()) {
    for (const a of s.allocations) {
      if (find(a.instrument).calendar !== calendar) continue;
      a.openQty = a.qty;
      a.flow = ZERO;
    }
  }
}

/** Books one event that is not about another execution; it may throw half way, so the caller hands in a copy. */
function book(b: Books, e: BookEvent, find: (id: InstrumentId) => Instrument): void {
  switch (e.kind) {
    case "fill":
      return bookFill(b, e, find);
    case "cash":
      return bookCash(b, e, find);
    case "convert":
      return bookConversion(b, e);
    case "dividend":
      return payDividend(b, e, find);
    case "split":
      return splitShares(b, e, find);
    case "adjust":
      return adjustContract(b, e, find);
    case "variation":
      return bookVariation(b, e, find);
    case "expire":
      return expireContract(b, e, find);
    case "exercise":
    case "assign":
      return exerciseContract(b, e, find);
    case "leave":
      return leaveContract(b, e, find);
    case "session":
      return openSession(b, e.calendar, e.day, find);
    case "structure":
      return nameStructure(b, e);
    case "allocate":
      return allocate(b, e, find);
    case "dissolve":
      structureOf(b, e.structure);
      b.structures.delete(e.structure);
      return;
    case "bust":
    case "correct":
      throw new PortfolioError(PortfolioCodes.badAction, "an execution is amended by the ledger");
  }
}

/** The journal folded again from the seal, with busted fills left out and corrected ones replaced. */
function refold(l: Ledger, journal: readonly BookEvent[]): { books: Books; dropped: string[] } {
  let books = copyBooks(l.sealed);
  const dropped: string[] = [];
  const find = (id: InstrumentId) => instrumentOf(l.lookup, id);
  for (const e of amended(journal)) {
    const next = copyBooks(books);
    try {
      book(next, e, find);
      books = next;
    } catch (error) {
      if (!(error instanceof PortfolioError)) throw error;
      dropped.push(e.id);
    }
  }
  return { books, dropped };
}

function amended(journal: readonly BookEvent[]): BookEvent[] {
  const last = new Map<string, BookEvent>();
  for (const e of journal) {
    if (e.kind === "bust" || e.kind === "correct") last.set(`${e.account}|${e.execId}`, e);
  }
  const out: BookEvent[] = [];
  for (const e of journal) {
    if (e.kind === "bust" || e.kind === "correct") continue;
    const a = last.get(eventKey(e));
    if (a === undefined) out.push(e);
    else if (a.kind === "correct" && e.kind === "fill") out.push({ ...e, qty: a.qty, price: a.price });
  }
  return out;
}

function checkAmendment(l: Ledger, e: BookEvent & { execId: string }): void {
  const key = `${e.account}|${e.execId}`;
  if (l.sealedIds.has(key)) {
    throw new PortfolioError(PortfolioCodes.sealed, `execution ${e.execId} belongs to a closed day`);
  }
  const at = l.known.get(key);
  if (at === undefined || l.journal[at]?.kind !== "fill") {
    throw new PortfolioError(PortfolioCodes.unknownExecution, `unknown execution ${e.execId}`);
  }
  if (e.kind === "correct" && (qty(e.qty) === 0 || notional(qty(e.qty), e.price, 1) === undefined)) {
    throw new PortfolioError(PortfolioCodes.badNumber, `correction of ${e.execId} has quantity 0`);
  }
}

function holdings(b: Books): Map<string, Holding> {
  const out = new Map<string, Holding>();
  for (const p of b.positions.values()) out.set(p.key, { qty: toContracts(p.qty), cost: p.cost });
  return out;
}

function changesBetween(before: Map<string, Holding>, b: Books): PositionChange[] {
  const changes: PositionChange[] = [];
  for (const p of b.positions.values()) {
    const old = before.get(p.key) ?? null;
    if (old === null || old.qty !== toContracts(p.qty) || old.cost !== p.cost) {
      changes.push({ key: p.key, before: old, after: { qty: toContracts(p.qty), cost: p.cost } });
    }
  }
  for (const [key, old] of before) if (!b.positions.has(key)) changes.push({ key, before: old, after: null });
  return changes;
}

/**
 * Applies one event. An id that is known changes nothing (`duplicate`); a bad event is `refused` with a code and one sentence and
 * leaves the ledger as it was. Busts and corrections give the books that would be if the execution had never been, or had been so
 * from the start; they cost one pass over the journal since the last seal, all else one copy of the books.
 */
export function applyEvent(l: Ledger, e: BookEvent): Outcome {
  const key = eventKey(e);
  if (l.known.has(key) || l.sealedIds.has(key)) return { result: "duplicate" };
  const find = (id: InstrumentId) => instrumentOf(l.lookup, id);
  try {
    const before = holdings(l.books);
    let dropped: string[] = [];
    if (e.kind === "bust" || e.kind === "correct") {
      checkAmendment(l, e);
      const again = refold(l, [...l.journal, e]);
      l.books = again.books;
      dropped = again.dropped;
    } else {
      const next = copyBooks(l.books);
      book(next, e, find);
      l.books = next;
    }
    l.known.set(key, l.journal.length);
    l.journal.push(e);
    l.version++;
    return { result: "applied", changes: changesBetween(before, l.books), dropped };
  } catch (error) {
    if (error instanceof PortfolioError)
      return { result: "refused", code: error.code, message: error.message };
    if (error instanceof ExactError) {
      return {
        result: "refused",
        code: PortfolioCodes.badNumber,
        message: `${e.kind} ${e.id}: ${error.message}`,
      };
    }
    throw error;
  }
}

/** Makes everything booked so far final: frees the journal, refuses later busts of it. Call at the end of a session day. */
export function sealLedger(l: Ledger): void {
  l.sealed = copyBooks(l.books);
  for (const key of l.known.keys()) l.sealedIds.add(key);
  l.known.clear();
  l.journal = [];
}

/** A checkpoint: independent copy, cheap to keep, structured-clonable apart from `lookup`. */
export function copyLedger(l: Ledger): Ledger {
  return {
    books: copyBooks(l.books),
    sealed: copyBooks(l.sealed),
    journal: [...l.journal],
    known: new Map(l.known),
    sealedIds: new Set(l.sealedIds),
    lookup: l.lookup,
    version: l.version,
  };
}

/** Positions held now, in the order of booking. */
export function openPositions(l: Ledger): Position[] {
  return [...l.books.positions.values()].filter((p) => p.qty !== (NO_QTY as Qty));
}
