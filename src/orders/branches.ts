import type { LedgerRecord } from "../../engines/orders/index.ts";
import { OrderBook } from "./order-book.ts";

/** Scope of what holds for every account of a state folder: a kill from the command line. */
export const EVERYWHERE = "*";

interface Branch {
  readonly branch: number;
  readonly from: number | null;
  /** Session time at which it left the one it comes from. */
  readonly us: number;
}

/**
 * The paper ledgers of one replayed session: a branch begins where another is left, with all that happened there until then, and goes its own
 * way. None is ever merged or dropped.
 */
export class Branches {
  private readonly all: Branch[] = [];

  constructor(
    private readonly account: string,
    private readonly baseCcy: string,
    /** Scope of what all branches share. */
    readonly base: string,
    readonly records: LedgerRecord[],
  ) {
    for (const record of records) if (record.k === "branch") this.note(record);
  }

  note(record: Extract<LedgerRecord, { k: "branch" }>): void {
    this.all.push({ branch: record.branch, from: record.from, us: record.us });
  }

  get count(): number {
    return this.all.length;
  }

  get newest(): number {
    return this.all.at(-1)?.branch ?? 0;
  }

  scopeOf(branch: number): string {
    return `${this.base}#${branch}`;
  }

  /** Scopes that a branch is made of, each with the last session time that counts there. */
  lineage(branch: number): Map<string, number> {
    const parts = new Map<string, number>();
    let until = Number.POSITIVE_INFINITY;
    for (let at: number | null = branch; at !== null; ) {
      parts.set(this.scopeOf(at), until);
      const found: Branch | undefined = this.all.find((b) => b.branch === at);
      until = Math.min(until, found?.us ?? until);
      at = found?.from ?? null;
    }
    return parts;
  }

  /** Orders and bookings of a branch as they stood at a session time. */
  fold(branch: number, untilUs = Number.POSITIVE_INFINITY): OrderBook {
    const book = new OrderBook(this.account, this.baseCcy);
    const parts = this.lineage(branch);
    for (const record of this.records) {
      const shared = record.scope === this.base || record.scope === EVERYWHERE;
      if (shared || record.us <= Math.min(parts.get(record.scope) ?? -1, untilUs)) book.apply(record);
    }
    return book;
  }
}
