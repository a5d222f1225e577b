import type { LedgerRecord } from "../../../engines/orders/index.ts";
import type { CommandResult, QueueStyle } from "../../desk/protocol.ts";

/** How a naked part is mended once a limit is reached: nothing of it is sent without a trader. */
export interface LeggingLimits {
  /** `hedge` stages a hedge in the underlying; `cancel` cancels what still works and stages what undoes the rest; `off` only tells. */
  readonly does: "hedge" | "cancel" | "off";
  readonly maxMs: number;
  /** Unhedged $ delta in base currency. */
  readonly maxNotional: number;
}

/** What goes by the clock beside an order desk, as the desk sees it: jobs, pairs that are watched, plans of limits. */
export interface ExecutionFace {
  /** Looks at the clock: the session has moved. */
  look(): void;
  /** Every record of the ledger comes by here, in order. */
  fold(record: LedgerRecord): void;
  queue(tickets: readonly string[], style: QueueStyle): CommandResult;
  unqueue(tickets: readonly string[]): CommandResult;
  /** Tickets that come up with one whose window is open. */
  dueWith(ticket: string): readonly string[];
  /** What is said below the row of a ticket or of an order; null: nothing. */
  noteOfTicket(ticket: string): string | null;
  noteOfOrder(order: string): string | null;
}

const refuse = (): CommandResult => ({ ok: false, message: "this desk has no queue" });

/** A desk without helpers. */
export const NO_EXECUTION: ExecutionFace = {
  look: () => undefined,
  fold: () => undefined,
  queue: refuse,
  unqueue: refuse,
  dueWith: () => [],
  noteOfTicket: () => null,
  noteOfOrder: () => null,
};
