import { textWidth } from "../terminal/width.ts";
import type { Role } from "../theme/roles.ts";

/**
 * One column. `rank` 1 goes last when the width gets short; `flex` takes the width that is left and may be cut (text only), `whole` keeps it
 * as wide as its texts, always or in a table of so many cells: other columns go first.
 */
export interface Column<R, C> {
  readonly id: string;
  readonly title: string | ((context: C) => string);
  readonly rank: number;
  readonly align: "left" | "right" | "decimal";
  readonly min: number;
  readonly flex?: boolean;
  readonly whole?: true | number;
  /** Columns of one set go together when there is no room for all of them. */
  readonly set?: string;
  /** Blank cells between the column before and this one; 1 unless given. */
  readonly gap?: number;
  readonly text: (row: R, context: C) => string;
  /** What is copied of a cell that is painted with more than it says. */
  readonly copied?: (row: R, context: C) => string;
  readonly role?: (row: R, context: C) => Role;
  /** Changes of this column's text flash. */
  readonly flash?: boolean;
}

/** Which columns fit in `width`, at the widths given: the highest ranks are dropped first. */
export function fitColumns<R, C>(
  columns: readonly Column<R, C>[],
  widths: readonly number[],
  width: number,
): number[] {
  const order = columns.map((_, i) => i);
  const byRank = order.toSorted((a, b) => (columns[b]?.rank ?? 0) - (columns[a]?.rank ?? 0) || b - a);
  const need = (list: readonly number[]) =>
    list.reduce((sum, i, n) => sum + (widths[i] ?? 0) + (n === 0 ? 0 : (columns[i]?.gap ?? 1)), 0);
  let kept = order;
  for (const drop of byRank) {
    if (need(kept) <= width || kept.length <= 1) break;
    const set = columns[drop]?.set;
    kept = kept.filter((i) => i !== drop && (set === undefined || columns[i]?.set !== set));
  }
  return kept;
}

/** How long a text keeps its column as wide as it was, ms: a figure that comes and goes moves nothing, one that is gone gives its room back. */
const KEEP_MS = 30_000;

/** Widths of a table's columns: as wide as what stood in them for the last half minute to a minute, no number cut. */
export class ColumnWidths<R, C> {
  #shown: number[] = [];
  /** Widest since {@link #since}: what stays when that time is over. */
  #lately: number[] = [];
  #since = 0;
  #total = 0;

  constructor(readonly columns: readonly Column<R, C>[]) {}

  of(index: number): number {
    return this.#shown[index] ?? 0;
  }

  /** Texts that are about to be painted in a table of so many cells. */
  see(rows: readonly string[][], context: C, total: number, nowMs: number): void {
    const start = () => this.columns.map((c) => Math.max(c.min, textWidth(titleOf(c, context))));
    if (this.#total !== total) {
      this.#total = total;
      this.#shown = start();
      this.#lately = start();
      this.#since = nowMs;
    } else if (nowMs - this.#since >= KEEP_MS) {
      this.#shown = this.#lately;
      this.#lately = start();
      this.#since = nowMs;
    }
    for (const [i, column] of this.columns.entries()) {
      if (column.flex && !isWhole(column, total)) continue;
      let widest = 0;
      for (const row of rows) widest = Math.max(widest, textWidth(row[i] as string));
      this.#lately[i] = Math.max(this.#lately[i] ?? 0, widest);
      this.#shown[i] = Math.max(this.#shown[i] ?? 0, widest);
    }
  }
}

export function titleOf<R, C>(column: Column<R, C>, context: C): string {
  return typeof column.title === "string" ? column.title : column.title(context);
}

const isWhole = ({ whole }: { readonly whole?: true | number }, width: number): boolean =>
  whole === true || (whole !== undefined && width >= whole);

/** Pads the texts of a column so that their decimal points stand below each other. */
export function alignPoints(rows: readonly string[][], column: number): void {
  let most = 0;
  for (const row of rows) most = Math.max(most, fraction(row[column] as string));
  if (most === 0) return;
  for (const row of rows) {
    const text = row[column] as string;
    const missing = most - fraction(text);
    if (missing > 0 && text !== "") row[column] = text + " ".repeat(missing);
  }
}

/** Cells from the decimal point to the end, 0 when there is none. */
function fraction(text: string): number {
  const dot = text.lastIndexOf(".");
  return dot < 0 ? 0 : text.length - dot;
}
