import type { Micros } from "../../../engines/market/index.ts";
import type { Execution, KnownLeg, Terms } from "../../../engines/orders/index.ts";
import type { BookEvent } from "../../../engines/portfolio/index.ts";
import type { BrokerOrder } from "../broker.ts";

/** What the paper broker keeps, in the order in which it happened: its own memory, apart from the desk's ledger. */
export type PaperRecord =
  | { readonly p: "booked"; readonly us: Micros; readonly event: BookEvent }
  | { readonly p: "accepted"; readonly us: Micros; readonly clientId: string; readonly terms: Terms }
  | {
      readonly p: "fill";
      readonly us: Micros;
      readonly clientId: string;
      readonly units: number;
      readonly fills: readonly Execution[];
    }
  | { readonly p: "replaced"; readonly us: Micros; readonly clientId: string; readonly limit: string }
  | {
      readonly p: "ended";
      readonly us: Micros;
      readonly clientId: string;
      readonly status: "cancelled" | "expired";
      readonly reason: string;
    };

export interface PaperStore {
  append(records: readonly PaperRecord[], done: (fault: { readonly message: string } | null) => void): void;
}

export interface PaperOrder {
  readonly clientId: string;
  /** When it was taken. */
  readonly us: Micros;
  terms: Terms;
  readonly legs: readonly KnownLeg[];
  status: BrokerOrder["status"];
  reason: string | null;
  filled: number;
  readonly fills: Execution[];
  /** Units taken of the quote that stands, and a key of that quote. */
  taken: { readonly quote: string; readonly units: number };
}

/** Orders of the paper broker: a fold of its records. */
export function foldPaper(
  orders: Map<string, PaperOrder>,
  record: PaperRecord,
  legsOf: (terms: Terms) => readonly KnownLeg[] | null,
): void {
  if (record.p === "accepted") {
    const { clientId, us, terms } = record;
    const legs = legsOf(terms);
    if (legs === null) return;
    const taken = { quote: "", units: 0 };
    orders.set(clientId, {
      clientId,
      us,
      terms,
      legs,
      status: "working",
      reason: null,
      filled: 0,
      fills: [],
      taken,
    });
    return;
  }
  const o = record.p === "booked" ? undefined : orders.get(record.clientId);
  if (o === undefined || record.p === "booked") return;
  if (record.p === "fill") {
    o.fills.push(...record.fills);
    o.filled += record.units;
    if (o.filled >= Number(o.terms.qty)) o.status = "filled";
  } else if (record.p === "replaced") o.terms = { ...o.terms, limit: record.limit };
  else {
    o.status = record.status;
    o.reason = record.reason;
  }
}

export const brokerIdOf = (clientId: string): string => `P-${clientId.slice(0, 10)}`;

/** An order as the broker tells of it. */
export function told(o: PaperOrder): BrokerOrder {
  const { clientId, terms, status, fills, reason } = o;
  return { clientId, brokerId: brokerIdOf(clientId), status, terms, fills, reason };
}
