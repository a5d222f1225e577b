import type { InstrumentId, Leg, Micros } from "../market/index.ts";
import type { BookEvent } from "../portfolio/index.ts";
import type { JobStatus, QueuedJob } from "./jobs.ts";
import type { WorkPlan } from "./marketable.ts";
import type { Terms, TradingState } from "./terms.ts";

/**
 * What the ledger keeps: an append-only log. Orders, tickets and trading state are folds of it. `seq` is the desk's sequence number and
 * `us` its session time when it happened.
 */
export interface Stamp {
  readonly seq: number;
  readonly us: Micros;
}

/** An order as it was confirmed: written before it is sent, never changed. */
export interface PlannedOrder {
  /** `O7` */
  readonly id: string;
  readonly clientId: string;
  readonly runId: string;
  readonly ordinal: number;
  readonly ticket: string | null;
  readonly terms: Terms;
  /** `GOOG 15jan16 760/780 call vertical` */
  readonly what: string;
  readonly underlying: InstrumentId | null;
  readonly previewHash: string;
  /** Units of underlying that the net price is per. */
  readonly multiplier: number;
  /** Net mid per unit when it was confirmed: what slippage is measured from. */
  readonly arrivalMid: number | null;
  /** Where each leg is booked: a structure's own ticket and leg of it. Null: ungrouped. */
  readonly groups: readonly ({ readonly ticket: string; readonly leg: number } | null)[];
  /** The structure that its opening legs make, in lowest terms as traded. */
  readonly makes: { readonly name: string; readonly legs: readonly Leg[] } | null;
  /** Orders with one name stand against each other: parts of a split package, or a pair. */
  readonly pair?: string;
  /** The limit follows the market by itself up to `edge`; absent: it stands. */
  readonly work?: WorkPlan;
}

/** One execution of one leg, as the broker tells it. */
export interface Execution {
  readonly execId: string;
  readonly legIndex: number;
  readonly instrument: InstrumentId;
  /** Signed contracts or shares. */
  readonly qty: string;
  readonly price: string;
  readonly fees: string;
  readonly feeCcy: string;
  readonly us: Micros;
}

export interface FillRates {
  readonly fx: number | null;
  readonly feeFx: number | null;
}

export type OrderFact =
  | { readonly k: "planned"; readonly order: PlannedOrder }
  | { readonly k: "sending"; readonly id: string }
  | { readonly k: "acked"; readonly id: string; readonly brokerId: string }
  | { readonly k: "rejected"; readonly id: string; readonly reason: string }
  /** Stopped here: nothing was sent. */
  | { readonly k: "denied"; readonly id: string; readonly reason: string }
  | { readonly k: "unknown"; readonly id: string; readonly reason: string }
  /** The broker says positively, past its delay, that there is no such order: it was never sent. */
  | { readonly k: "notThere"; readonly id: string }
  | { readonly k: "skipped"; readonly id: string; readonly reason: string }
  | {
      readonly k: "fill";
      readonly id: string;
      readonly fill: Execution;
      /** Base currency per unit of the instrument's currency and of the fee's, as they were then; absent: that of the base itself. */
      readonly rates?: FillRates;
    }
  | { readonly k: "bust"; readonly id: string; readonly execId: string }
  /** What the broker says of an order of which all seemed executed before some of it was taken back: the rest works on, or it is over. */
  | { readonly k: "afterBust"; readonly id: string; readonly works: boolean }
  /** Whether it goes on working when the desk freezes: the guard leaves it alone then. */
  | { readonly k: "leave"; readonly id: string; readonly on: boolean }
  | { readonly k: "cancelAsked"; readonly id: string; readonly by: string }
  | { readonly k: "cancelRefused"; readonly id: string; readonly reason: string }
  | { readonly k: "cancelled"; readonly id: string; readonly reason: string }
  | { readonly k: "expired"; readonly id: string; readonly reason: string }
  | { readonly k: "replaceAsked"; readonly id: string; readonly attempt: number; readonly limit: string }
  | { readonly k: "replaced"; readonly id: string; readonly attempt: number; readonly brokerId: string }
  | {
      readonly k: "replaceFailed";
      readonly id: string;
      readonly attempt: number;
      readonly reason: string;
      /** The broker may have done it or not. */
      readonly unknown: boolean;
    };

/** A ticket as it stands: the draft's own words, kept as the desk knows them. */
export interface TicketRecord {
  readonly id: string;
  readonly day: string;
  readonly runId: string;
  readonly body: unknown;
}

export type DeskFact =
  | { readonly k: "ticket"; readonly ticket: TicketRecord }
  | { readonly k: "ticketOver"; readonly ticket: string; readonly why: "dropped" | "sent" | "netted" }
  | {
      readonly k: "preview";
      readonly preview: string;
      readonly tickets: readonly string[];
      readonly hash: string;
      readonly guards: readonly string[];
    }
  /** A deliberate key, with the hash of the screen that it was pressed on. */
  | {
      readonly k: "key";
      readonly of: readonly string[];
      readonly text: string;
      readonly screenHash: string | null;
    }
  | { readonly k: "state"; readonly state: TradingState; readonly reason: string }
  | { readonly k: "branch"; readonly branch: number; readonly from: number | null; readonly session: string }
  /** What the paper account booked besides fills: expiry, exercise, assignment. */
  | { readonly k: "booked"; readonly event: BookEvent }
  | { readonly k: "said"; readonly id: string; readonly text: string }
  /** Tickets wait for a window of their exchange's session; the record of a known id is that job anew. */
  | { readonly k: "job"; readonly job: QueuedJob }
  | { readonly k: "jobStep"; readonly job: string; readonly status: JobStatus; readonly reason: string }
  /** Bookings of the broker's that are in the books from here on, by its ids for them. */
  | { readonly k: "heard"; readonly ids: readonly string[]; readonly text: string };

export type Fact = OrderFact | DeskFact;
/** One line of the log. `scope` is the account, in a replay with session and branch. */
export type LedgerRecord = Fact & Stamp & { readonly scope: string };
