import type { LedgerRecord } from "../../engines/orders/index.ts";
import type { PaperRecord } from "../brokers/paper/records.ts";
import type { LedgerFault, LedgerPort } from "../orders/ledger-port.ts";

/** What a state folder holds of an account when the desk opens, and where it writes on. */
export interface OrderLog extends LedgerPort {
  /** Why this desk may only look, null where it writes. */
  readonly readOnly: string | null;
  readonly kept: {
    readonly records: readonly LedgerRecord[];
    readonly paper: readonly { readonly scope: string; readonly record: PaperRecord }[];
    readonly lastOrder: number;
    readonly lastTicket: number;
  };
  /** Takes a broker's account for this desk alone; the process that has it, null where it is ours now. */
  lockAccount(name: string, done: (heldBy: number | null) => void): void;
  /** Resolves when all that was appended is on disk and the locks are given back. */
  close(): Promise<void>;
  onAsk(answer: (ask: { readonly name: string; readonly arg: string | null }) => string): void;
  appendPaper(
    scope: string,
    records: readonly PaperRecord[],
    done: (fault: LedgerFault | null) => void,
  ): void;
}

/** A log that keeps nothing beyond the process. */
export function memoryLog(): OrderLog {
  return {
    readOnly: null,
    lockAccount: (_name, done) => done(null),
    close: async () => undefined,
    onAsk: () => undefined,
    kept: { records: [], paper: [], lastOrder: 0, lastTicket: 0 },
    append: (_records, done) => done(null),
    appendPaper: (_scope, _records, done) => done(null),
  };
}
