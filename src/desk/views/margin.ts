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
  private at: { readonly us: number; readonly version: number; readonly margin: MarginResult } | null = null;

  constructor(
    private readonly account: string,
    private readonly profile: "cash" | "regT",
    private readonly fx: (ccy: string) => number | null,
  ) {}

  of(desk: Desk, value: BookValue): MarginResult {
    const { at } = this;
    const elapsed = at === null ? Number.POSITIVE_INFINITY : value.nowUs - at.us;
    if (at !== null && elapsed >= 0 && elapsed < EVERY_US && at.version === desk.ledger.version)
      return at.margin;
    const margin = this.asked(value, {});
    this.at = { us: value.nowUs, version: desk.ledger.version, margin };
    return margin;
  }

  /** Margin of the account as it would be; worked out each time. */
  whatIf(value: BookValue, whatIf: NonNullable<BookMarginOptions["whatIf"]>): MarginResult {
    return this.asked(value, { whatIf });
  }

  private asked(value: BookValue, more: Pick<BookMarginOptions, "whatIf">): MarginResult {
    const profile = this.profile === "cash" ? CASH_ACCOUNT : REG_T;
    return marginOfBook(value, { account: this.account, profile, fx: this.fx, ...more });
  }
}
