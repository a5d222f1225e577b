import type { LedgerFile, LedgerPart } from "./ledger.ts";

/**
 * Appends in the order in which they were asked, whatever the disk does. What failed is not known to be on disk and its owner is told so; it
 * stays in line and is written with the next append, so that the log of a disk that works again tells what the desk did meanwhile.
 */
export class Backlog {
  private waiting: LedgerPart[] = [];

  constructor(private readonly ledger: LedgerFile) {}

  /** Throws what SQLite throws. A part that breaks a rule of the ledger (a client id twice) is refused and does not stay. */
  append(part: LedgerPart, wallUs: number): void {
    const parts = [...this.waiting, part];
    try {
      this.ledger.appendAll(parts, wallUs);
      this.waiting = [];
    } catch (error) {
      if (!refused(error)) this.waiting = parts;
      throw error;
    }
  }

  /** Writes what is in line, if the disk takes it by now. */
  retry(wallUs: number): void {
    if (this.waiting.length === 0) return;
    this.ledger.appendAll(this.waiting, wallUs);
    this.waiting = [];
  }
}

const refused = (error: unknown): boolean =>
  ((error as { code?: string }).code ?? "").startsWith("SQLITE_CONSTRAINT");
