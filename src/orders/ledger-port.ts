import type { Durable, LedgerRecord } from "../../engines/orders/index.ts";

/** Why a record could not be made durable: nothing may be sent on it. */
export interface LedgerFault {
  readonly code: string;
  readonly message: string;
}

/**
 * The ledger as the order desk sees it. Small on purpose: a test cuts it at any call. `append` is one transaction; `done` gets null once
 * it is on disk, and a fault where it is not known to be.
 */
export interface LedgerPort {
  append(records: readonly LedgerRecord[], done: (fault: LedgerFault | null) => void): void;
}

/** What a durable planned order is exchanged for. Made only by who was told that the record is on disk. */
export const receipt = (clientId: string): Durable => ({ durable: true, clientId });
