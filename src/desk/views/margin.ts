import {
  type BookMarginOptions,
  type BookValue,
  CASH_ACCOUNT,
  type MarginResult,
  marginOfBook,
  REG_T,
} from "../../../engines/portfolio/index.ts";
import type { Desk } from "../desk.ts";

/** Session time between two computations of margin: it costs half a millisecond, and nobody reads it faster. */
const EVERY_US = 1_000_000;

/** Margin and buying power of the account, worked out about once a second and whenever something was booked or the desk jumped. */
export class MarginCache {
  private readonly rules: BookMarginOptions;
  private at: { readonly us: number; readonly version: number; readonly margin: MarginResult } | null = null;

  constructor(account: string, kind: "cash" | "regT", fx: (ccy: string) => number | null) {
    this.rules = { account, profile: kind === "cash" ? CASH_ACCOUNT : REG_T, fx };
  }

  of(desk: Desk, value: BookValue): MarginResult {
    const { at } = this;
    const elapsed = at === null ? Number.POSITIVE_INFINITY : value.nowUs - at.us;
    if (at !== null && elapsed >= 0 && elapsed < EVERY_US && at.version === desk.held.version)
      return at.margin;
    const margin = marginOfBook(value, this.rules);
    this.at = { us: value.nowUs, version: desk.held.version, margin };
    return margin;
  }

  /** Margin of the account as it would be; worked out each time. */
  whatIf(value: BookValue, whatIf: NonNullable<BookMarginOptions["whatIf"]>): MarginResult {
    return marginOfBook(value, { ...this.rules, whatIf });
  }
}
