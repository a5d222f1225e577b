import type { Instrument, InstrumentId, IsoDay, Leg, Micros } from "../market/index.ts";
import { PortfolioCodes, PortfolioError } from "./errors.ts";
import type { BookEvent, InstrumentLookup } from "./events.ts";
import { type Money, NO_QTY, type Qty, ZERO } from "./exact.ts";

/** What was opened by one execution and is still held. */
export interface Lot {
  /** Signed. */
  qty: Qty;
  /** Signed notional paid: qty x price x multiplier. Of a margined contract: at its last settlement. */
  cost: Money;
  /** `cost` at the FX rate of the trade; null where that rate was unknown. Margined contracts tie up no capital: 0. */
  costBase: Money | null;
  readonly atUs: Micros;
  readonly execId: string;
}

/** What day P&L counts from: holdings at the prior close and what the session's own bookings moved. */
export interface DayRecord {
  day: IsoDay | null;
  /** Holdings when the session opened; another instrument id if the contract was adjusted since. */
  openInstrument: InstrumentId;
  openQty: Qty;
  /** Minus the notional of the session's bookings: what they paid (−) or received (+), fees apart. */
  flow: Money;
  dividends: Money;
}

/** One contract or share held under one strategy tag in one account. */
export interface Position {
  readonly key: string;
  readonly account: string;
  readonly instrument: InstrumentId;
  readonly strategy: string;
  readonly ccy: string;
  /** FIFO, all of one sign. */
  lots: Lot[];
  qty: Qty;
  cost: Money;
  /** Gross of fees, instrument's currency. Includes settled variation of margined contracts. */
  realised: Money;
  realisedBase: Money | null;
  /** FX gain of capital returned by closed lots, base currency. */
  fxRealised: Money | null;
  dividends: Money;
  dividendsBase: Money | null;
  fees: { [ccy: string]: Money };
  day: DayRecord;
}

/** Cash of one account in one currency and what it came from. */
export interface CashAccount {
  readonly account: string;
  readonly ccy: string;
  cash: Money;
  deposits: Money;
  conversions: Money;
  realised: Money;
  /** Paid, positive. */
  fees: Money;
  financing: Money;
  dividends: Money;
  /** Everything booked (deposits … dividends, fees negative) at the FX rates of its day; null once a rate was unknown. */
  bookedBase: Money | null;
  depositsBase: Money | null;
  /** Ids of events whose FX rate was unknown. */
  unknownFx: string[];
}

/** One leg's share of a position; the day's figures as in {@link DayRecord}. */
export interface Allocation {
  instrument: InstrumentId;
  qty: Qty;
  cost: Money;
  realised: Money;
  realisedBase: Money | null;
  openQty: Qty;
  flow: Money;
}

/** An allocation of nothing. */
export function emptyAllocation(instrument: InstrumentId): Allocation {
  return {
    instrument,
    qty: NO_QTY,
    cost: ZERO,
    realised: ZERO,
    realisedBase: ZERO,
    openQty: NO_QTY,
    flow: ZERO,
  };
}

/** Ours, not the broker's: a named grouping of allocations. `units` come from what is allocated, see structures.ts. */
export interface StructureState {
  readonly id: string;
  readonly account: string;
  readonly strategy: string;
  readonly name: string | null;
  legs: Leg[];
  allocations: Allocation[];
  readonly tickets: readonly string[];
}

/** The booked state: plain data, so that it can be copied, hashed and kept in a checkpoint. Map order is the order of booking. */
export interface Books {
  readonly base: string;
  readonly positions: Map<string, Position>;
  readonly cash: Map<string, CashAccount>;
  readonly structures: Map<string, StructureState>;
  /** Session day of each calendar. */
  readonly sessions: Map<string, IsoDay>;
}

/** Books, the journal since the last seal and what is needed to bust an execution. One writer. */
export interface Ledger {
  books: Books;
  /** Books as of the last seal: an execution before it can't be busted any more. */
  sealed: Books;
  journal: BookEvent[];
  /** Journal position of each event id since the seal. */
  readonly known: Map<string, number>;
  /** Ids sealed away, still refused as duplicates. */
  readonly sealedIds: Set<string>;
  readonly lookup: InstrumentLookup;
  /** Rises with every change; plans made for an older version are out of date. */
  version: number;
}

/** Books with nothing in them. */
export function emptyBooks(base: string): Books {
  return { base, positions: new Map(), cash: new Map(), structures: new Map(), sessions: new Map() };
}

/** Key of a position in {@link Books}. */
export function positionKey(account: string, instrument: InstrumentId, strategy: string): string {
  return `${account}|${instrument}|${strategy}`;
}
/** Key of a cash account in {@link Books}. */
export function cashKey(account: string, ccy: string): string {
  return `${account}|${ccy}`;
}

/** Deep copy, independent of the original. */
export function copyBooks(b: Books): Books {
  const copy = emptyBooks(b.base);
  for (const [k, p] of b.positions) {
    copy.positions.set(k, {
      ...p,
      lots: p.lots.map((l) => ({ ...l })),
      fees: { ...p.fees },
      day: { ...p.day },
    });
  }
  for (const [k, c] of b.cash) copy.cash.set(k, { ...c, unknownFx: [...c.unknownFx] });
  for (const [k, s] of b.structures) {
    copy.structures.set(k, { ...s, legs: [...s.legs], allocations: s.allocations.map((a) => ({ ...a })) });
  }
  for (const [k, d] of b.sessions) copy.sessions.set(k, d);
  return copy;
}

/** Facts of an instrument; a {@link PortfolioError} if it is unknown or has no multiplier. */
export function instrumentOf(lookup: InstrumentLookup, id: InstrumentId): Instrument {
  const i = lookup(id);
  if (i === undefined) {
    throw new PortfolioError(PortfolioCodes.unknownInstrument, `unknown instrument ${id}`);
  }
  if (!(i.multiplier > 0) || !Number.isFinite(i.multiplier)) {
    throw new PortfolioError(PortfolioCodes.missingFact, `${id} has no multiplier`);
  }
  return i;
}

/** The position, made empty if it is not there yet. */
export function positionOf(b: Books, account: string, i: Instrument, strategy: string): Position {
  const key = positionKey(account, i.id, strategy);
  const held = b.positions.get(key);
  if (held !== undefined) return held;
  const fresh: Position = {
    key,
    account,
    instrument: i.id,
    strategy,
    ccy: i.ccy,
    lots: [],
    qty: NO_QTY,
    cost: ZERO,
    realised: ZERO,
    realisedBase: ZERO,
    fxRealised: ZERO,
    dividends: ZERO,
    dividendsBase: ZERO,
    fees: {},
    day: {
      day: b.sessions.get(i.calendar) ?? null,
      openInstrument: i.id,
      openQty: NO_QTY,
      flow: ZERO,
      dividends: ZERO,
    },
  };
  b.positions.set(key, fresh);
  return fresh;
}

/** The cash account, made empty if it is not there yet. */
export function cashOf(b: Books, account: string, ccy: string): CashAccount {
  const key = cashKey(account, ccy);
  const held = b.cash.get(key);
  if (held !== undefined) return held;
  const fresh: CashAccount = {
    account,
    ccy,
    cash: ZERO,
    deposits: ZERO,
    conversions: ZERO,
    realised: ZERO,
    fees: ZERO,
    financing: ZERO,
    dividends: ZERO,
    bookedBase: ZERO,
    depositsBase: ZERO,
    unknownFx: [],
  };
  b.cash.set(key, fresh);
  return fresh;
}
