import type { Instrument, InstrumentId, IsoDay, Leg, Micros } from "../market/index.ts";

/**
 * What can change a ledger. Amounts, prices and quantities are exact decimal text. `id` is unique per account: an event with a known
 * id changes nothing. `fx` is base currency per unit of the event's currency at that instant; null is unknown (the base figures that
 * depend on it become null), and it is ignored where the currency is the base itself.
 */
interface Stamped {
  readonly id: string;
  readonly account: string;
  readonly atUs: Micros;
}

/** An execution, signed quantity (+ bought), price per share or unit of underlying in the instrument's currency. */
export interface FillBooked extends Stamped {
  readonly kind: "fill";
  readonly instrument: InstrumentId;
  readonly strategy: string;
  readonly qty: string;
  readonly price: string;
  readonly fees: string;
  readonly feeCcy: string;
  readonly ticketId: string | null;
  readonly legIndex: number | null;
  readonly fx: number | null;
  readonly feeFx: number | null;
}

/** The exchange busts an execution: everything is as if it had never been. */
export interface FillBusted extends Stamped {
  readonly kind: "bust";
  readonly execId: string;
}
/** The exchange corrects an execution's quantity or price. */
export interface FillCorrected extends Stamped {
  readonly kind: "correct";
  readonly execId: string;
  readonly qty: string;
  readonly price: string;
}

/**
 * Signed cash, + received. `deposit` and `withdrawal` move capital; the others are income or cost. A `dividend` names its
 * instrument and is shared by the positions in it.
 */
export interface CashMoved extends Stamped {
  readonly kind: "cash";
  readonly ccy: string;
  readonly amount: string;
  readonly reason: "deposit" | "withdrawal" | "fee" | "financing" | "dividend";
  readonly instrument?: InstrumentId;
  readonly fx: number | null;
}

/** Cash exchanged between two currencies: `sold` leaves, `bought` arrives, both positive. */
export interface CashConverted extends Stamped {
  readonly kind: "convert";
  readonly soldCcy: string;
  readonly sold: string;
  readonly boughtCcy: string;
  readonly bought: string;
  readonly soldFx: number | null;
  readonly boughtFx: number | null;
}

/** Cash dividend per share on what is held when the ex-date opens; a short position pays it. All accounts: `account` is "*". */
export interface DividendPaid extends Stamped {
  readonly kind: "dividend";
  readonly instrument: InstrumentId;
  readonly perShare: string;
  readonly exDate: IsoDay;
  readonly fx: number | null;
}

/**
 * `numerator` new shares for each `denominator` old ones. A fraction of a share is kept, or paid out at `cashInLieu` per new share.
 * Options of the name are moved by their own `adjust` events.
 */
export interface ShareSplit extends Stamped {
  readonly kind: "split";
  readonly instrument: InstrumentId;
  readonly numerator: number;
  readonly denominator: number;
  readonly cashInLieu: string | null;
  readonly fx: number | null;
}

/** A contract becomes another (adjusted strike, multiplier or deliverable): `numerator` new for each `denominator` old contracts. */
export interface ContractAdjusted extends Stamped {
  readonly kind: "adjust";
  readonly from: InstrumentId;
  readonly to: InstrumentId;
  readonly numerator: number;
  readonly denominator: number;
}

/** Daily settlement of a margined contract: the move since the last settlement goes to cash. */
export interface VariationSettled extends Stamped {
  readonly kind: "variation";
  readonly instrument: InstrumentId;
  readonly settlement: string;
  readonly fx: number | null;
}

/**
 * A contract ends. `settlement` is the underlying's official settlement price (for a future: its own). In the money by 0.01 or more
 * exercises by itself.
 */
export interface ContractExpired extends Stamped {
  readonly kind: "expire";
  readonly instrument: InstrumentId;
  readonly settlement: string;
  readonly fx: number | null;
}

/** A holder exercises (`exercise`, long) or is assigned (`assign`, short). `contracts` is positive. */
export interface ContractExercised extends Stamped {
  readonly kind: "exercise" | "assign";
  readonly instrument: InstrumentId;
  readonly strategy: string;
  readonly contracts: string;
  /** Underlying's price, needed by a cash-settled contract only. */
  readonly settlement: string | null;
  readonly fx: number | null;
}

/**
 * Contracts leave an account at `price` per unit of underlying, as its keeper booked it: 0 where they lapse or where what they deliver is booked
 * by itself. `qty` is the signed change of the position.
 */
export interface ContractLeft extends Stamped {
  readonly kind: "leave";
  readonly instrument: InstrumentId;
  readonly strategy: string;
  readonly qty: string;
  readonly price: string;
  readonly fx: number | null;
}

/** The exchange session `day` opens for everything on `calendar`: day P&L starts from what is held now. */
export interface SessionOpened extends Stamped {
  readonly kind: "session";
  readonly calendar: string;
  readonly day: IsoDay;
}

/**
 * Names a structure; with a ticket, that ticket's fills are allocated to it by leg index. Ratios are reduced by their gcd.
 */
export interface StructureNamed extends Stamped {
  readonly kind: "structure";
  readonly structure: string;
  readonly name: string | null;
  readonly strategy: string;
  readonly legs: readonly Leg[];
  readonly tickets: readonly string[];
}
/** Moves `qty` (signed) of a position into a leg, or out of it with the opposite sign; at the position's average unless `price` says. */
export interface StructureAllocated extends Stamped {
  readonly kind: "allocate";
  readonly structure: string;
  readonly leg: number;
  readonly qty: string;
  readonly price: string | null;
}
/** Forgets a structure; its positions are ungrouped, no money moves. */
export interface StructureDissolved extends Stamped {
  readonly kind: "dissolve";
  readonly structure: string;
}

/** Everything that can be booked. */
export type BookEvent =
  | FillBooked
  | FillBusted
  | FillCorrected
  | CashMoved
  | CashConverted
  | DividendPaid
  | ShareSplit
  | ContractAdjusted
  | VariationSettled
  | ContractExpired
  | ContractExercised
  | ContractLeft
  | SessionOpened
  | StructureNamed
  | StructureAllocated
  | StructureDissolved;

/** Finds the facts of an instrument. */
export type InstrumentLookup = (id: InstrumentId) => Instrument | undefined;

/** Daily settled: no market value, variation goes to cash. */
export function isMargined(i: Instrument): boolean {
  return i.kind === "future" || (i.kind === "option" && i.premiumStyle === "futures");
}

/** What totals are grouped by: an option's or future's underlying, else the instrument itself. */
export function underlyingOf(i: Instrument): InstrumentId {
  if (i.kind === "option") return i.underlying;
  if (i.kind === "future") return i.underlying ?? i.id;
  return i.id;
}
