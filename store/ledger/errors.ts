import { type ErrorCode, VoldeskError } from "../../config/errors.ts";

/** What stands in the way of a ledger, as one sentence. */
export class LedgerError extends VoldeskError {
  constructor(code: ErrorCode & `LDG-${string}`, what: string, advice: string, where: string) {
    super(code, what, advice, where);
  }
}
