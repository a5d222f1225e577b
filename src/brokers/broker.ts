import type { InstrumentId, Micros } from "../../engines/market/index.ts";
import type { Execution, Sent, Terms } from "../../engines/orders/index.ts";
import type { BookEvent } from "../../engines/portfolio/index.ts";

/** What a broker can and cannot do; the preview says where it matters. */
export interface BrokerTraits {
  readonly name: string;
  /** A resend with the same client id is refused by the broker as a duplicate. */
  readonly idempotentIds: boolean;
  /** How long after a send a "no such order" may still be wrong. */
  readonly settleUs: number;
  /** Whose limit it changes: of any order, of single contracts only, of none. */
  readonly replace: "price" | "single" | "none";
  readonly maxLegs: number;
  readonly stockWithOptions: boolean;
  /** The venue cancels by itself when the session goes silent. */
  readonly deadMan: boolean;
  /** Whether an execution's id says that it is the corrected version of another; absent where ids don't. */
  readonly corrects?: (execId: string, other: string) => boolean;
}

/** Never a throw: a timeout, a closed socket and an answer that can't be read are all `unknown`. */
export type SubmitReply =
  | { readonly outcome: "acked"; readonly brokerId: string }
  | { readonly outcome: "rejected"; readonly reason: string }
  | { readonly outcome: "unknown"; readonly reason: string };

export interface CancelReply {
  readonly outcome: "asked" | "refused" | "unknown";
  readonly reason: string | null;
}

export interface BrokerOrder {
  readonly clientId: string | null;
  readonly brokerId: string;
  readonly status: "working" | "filled" | "cancelled" | "rejected" | "expired";
  readonly terms: Pick<Terms, "side" | "legs" | "qty" | "limit" | "tif"> | null;
  /** All of them: as long as the broker counts more than it lists, its answer is none yet. */
  readonly fills: readonly Execution[];
  readonly reason: string | null;
}

export type FindReply =
  | { readonly found: "order"; readonly order: BrokerOrder }
  /** Looked in open orders, closed ones and executions: it is not there. */
  | { readonly found: "none" }
  | { readonly found: "unanswered"; readonly reason: string };

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

export interface BrokerPosition {
  readonly instrument: InstrumentId;
  readonly qty: string;
  /** The broker's own mark per share, where it tells one: NAV is compared at these, never at ours. */
  readonly mark: number | null;
  /** What it cost per unit of underlying, where the broker tells it. */
  readonly average: string | null;
}
export interface BrokerAccount {
  /** The broker's own number of the account, and whether its money is play money; null where it does not tell. */
  readonly id: string | null;
  readonly paper: boolean | null;
  readonly cash: readonly { readonly ccy: string; readonly amount: string }[];
  readonly netLiquidation: number | null;
  /** Its currency: null where that is not told, absent where it is the desk's base currency. */
  readonly netCcy?: string | null;
}
/** Something that the account booked besides executions of orders. */
export interface AccountActivity {
  /** Unique for ever in the account. */
  readonly id: string;
  /** When; the end of its day where only that is told. */
  readonly us: Micros;
  /** `leave`: contracts end, `deliver`: what they deliver; `other`: a kind that can't be booked by what is told of it. */
  readonly kind: "dividend" | "fee" | "financing" | "transfer" | "leave" | "deliver" | "other";
  /** `DIV Cash Dividend SPY +1.50 USD` */
  readonly text: string;
  readonly instrument: InstrumentId | null;
  /** Change of the position in it, "0" where there is none, "all" where what is held leaves. */
  readonly qty: string;
  /** Change of the cash. */
  readonly amount: string;
  readonly ccy: string;
}
export interface DryRun {
  readonly text: string;
  readonly us: Micros;
}

/** What a broker says by itself. Duplicates and any order of arrival are allowed: the desk's fold takes care. */
export type BrokerEvent =
  /** What the account booked besides fills: expiry, exercise, assignment. */
  | { readonly k: "booked"; readonly event: BookEvent }
  | { readonly k: "acked"; readonly clientId: string; readonly brokerId: string }
  | { readonly k: "rejected"; readonly clientId: string; readonly reason: string }
  | { readonly k: "fill"; readonly clientId: string; readonly fill: Execution }
  | { readonly k: "bust"; readonly clientId: string; readonly execId: string }
  | { readonly k: "cancelled"; readonly clientId: string; readonly reason: string }
  | { readonly k: "expired"; readonly clientId: string; readonly reason: string }
  | {
      readonly k: "replaced";
      readonly clientId: string;
      readonly attempt: number;
      readonly brokerId: string;
    };

/**
 * One face for every broker. Calls answer once, by callback, so that a test decides when and whether. `submit` is the only call that can
 * make an order; it takes nothing but a {@link Sent}, and nobody calls it twice for one.
 */
export interface Broker {
  readonly traits: BrokerTraits;
  submit(order: Sent, reply: (r: SubmitReply) => void): void;
  /** Changes the limit of a working order. The client id stays the order's; `attempt` tells replacements apart. */
  replace(
    target: { readonly clientId: string; readonly brokerId: string | null; readonly attempt: number },
    limit: string,
    reply: (r: SubmitReply) => void,
  ): void;
  /** Asks to cancel. That it is cancelled comes as an event. */
  cancel(
    target: { readonly clientId: string; readonly brokerId: string | null },
    reply: (r: CancelReply) => void,
  ): void;
  /** By client id, in open orders, closed orders and executions. */
  find(clientId: string, reply: (r: FindReply) => void): void;
  openOrders(reply: (r: Answer<readonly BrokerOrder[]>) => void): void;
  executionsSince(
    us: Micros,
    reply: (r: Answer<readonly { clientId: string | null; fill: Execution }[]>) => void,
  ): void;
  /** What the account booked besides executions, oldest first; null where the broker lists no such thing. */
  activities(since: Micros, reply: (r: Answer<readonly AccountActivity[]> | null) => void): void;
  positions(reply: (r: Answer<readonly BrokerPosition[]>) => void): void;
  account(reply: (r: Answer<BrokerAccount>) => void): void;
  /** The broker's own check of an order, where it has one. */
  dryRun(terms: Terms, reply: (r: Answer<DryRun> | null) => void): void;
  onEvent(listener: (event: BrokerEvent) => void): void;
}
