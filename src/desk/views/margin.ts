import {
  type BookMarginOptions,
  type BookValue,
  CASH_ACCOUNT,
  type MarginOrder,
  type MarginResult,
  marginOfBook,
  REG_T,
} from "../../../engines/portfolio/index.ts";
import type { Desk } from "../desk.ts";

/** Session time between two computations of margin: it costs half a millisecond, and nobody reads it faster. */
const EVERY_US = 1_000_000;

const NOTHING_WORKS = { key: () => "", orders: () => [] };

/** Margin and buying power of the account, worked out about once a second and whenever something was booked or the desk jumped. */
export class MarginCache {
  private readonly rules: BookMarginOptions;
  private at: { readonly us: number; readonly key: string; readonly margin: MarginResult } | null = null;
  /** What works and reserves, and a word that changes with it; set by who has orders. */
  working: { readonly key: () => string; readonly orders: () => readonly MarginOrder[] } = NOTHING_WORKS;

  constructor(
    account: string,
    kind: "cash" | "regT",
    readonly fx: (ccy: string) => number | null,
  ) {
    this.rules = { account, profile: kind === "cash" ? CASH_ACCOUNT : REG_T, fx };
  }

  of(desk: Desk, value: BookValue): MarginResult {
    const { at } = this;
    const key = `${desk.held.version} ${this.working.key()}`;
    const elapsed = at === null ? Number.POSITIVE_INFINITY : value.nowUs - at.us;
    if (at !== null && elapsed >= 0 && elapsed < EVERY_US && at.key === key) return at.margin;
    const margin = marginOfBook(value, { ...this.rules, orders: this.working.orders() });
    this.at = { us: value.nowUs, key, margin };
    return margin;
  }

  /** Margin of the account as it would be; worked out each time. */
  whatIf(value: BookValue, whatIf: NonNullable<BookMarginOptions["whatIf"]>): MarginResult {
    return marginOfBook(value, { ...this.rules, orders: this.working.orders(), whatIf });
  }
}
