import type { PositionRow } from "../../../src/desk/protocol.ts";

/** Orders of sorting: as the desk gives them, or by a column. */
export interface Sorting {
  readonly column: string;
  readonly descending: boolean;
}

/** A sorting as it is kept: `-day` or `+label`; nothing where there is none or it names no column. */
export const sortingWords = (sorting: Sorting | null): string =>
  sorting === null ? "" : `${sorting.descending ? "-" : "+"}${sorting.column}`;
export function sortingOf(text: string | null): Sorting | null {
  const column = text?.slice(1) ?? "";
  return column in SORT_VALUES ? { column, descending: text?.startsWith("-") === true } : null;
}

/** Words of a filter: every one must be in the label of the row or of a row above it; `!` in front excludes. */
export function matches(text: string, filter: string): boolean {
  const label = text.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .filter((w) => w !== "" && w !== "!")
    .every((w) => (w.startsWith("!") ? !label.includes(w.slice(1)) : label.includes(w)));
}

type Value = (row: PositionRow) => number | string | null;

export const SORT_VALUES: Readonly<Record<string, Value>> = {
  label: (r) => r.label,
  qty: (r) => r.qty,
  avg: (r) => r.avg,
  bid: (r) => r.bid,
  ask: (r) => r.ask,
  mark: (r) => r.mark,
  age: (r) => r.ageUs,
  day: (r) => r.dayPnl,
  pnl: (r) => r.pnl,
  delta: (r) => r.delta,
  gamma: (r) => r.gamma,
  theta: (r) => r.theta,
  vega: (r) => r.vega,
  iv: (r) => r.iv,
  theo: (r) => r.theo,
  value: (r) => r.value,
  realised: (r) => r.realised,
  unrealised: (r) => r.unrealised,
  "by.delta": (r) => r.split?.delta ?? null,
  "by.gamma": (r) => r.split?.gamma ?? null,
  "by.theta": (r) => r.split?.theta ?? null,
  "by.vega": (r) => r.split?.vega ?? null,
  "by.trades": (r) => r.split?.trades ?? null,
  "by.dividends": (r) => r.split?.dividends ?? null,
  "by.rest": (r) => r.split?.rest ?? null,
};

/** Unknown last, whatever the direction. */
export function compare(a: number | string | null, b: number | string | null, descending: boolean): number {
  const none = (v: number | string | null) => v === null || Number.isNaN(v);
  if (none(a) || none(b)) return Number(none(a)) - Number(none(b));
  const order = (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
  return descending ? -order : order;
}

export interface Arranged {
  readonly rows: readonly PositionRow[];
  /** Positions and structures that match, of how many. */
  readonly matching: number;
  readonly total: number;
}

/** The rows to show: a tree in the desk's order, siblings sorted, folded branches left out, filtered rows with all above them. */
export function arrange(
  all: readonly PositionRow[],
  sorting: Sorting | null,
  filter: string,
  folded: (row: PositionRow) => boolean,
): Arranged {
  const children = new Map<string | null, PositionRow[]>();
  const byKey = new Map(all.map((row) => [row.key, row]));
  for (const row of all) {
    const parent = row.parent !== null && byKey.has(row.parent) ? row.parent : null;
    const list = children.get(parent);
    if (list) list.push(row);
    else children.set(parent, [row]);
  }
  const value = sorting ? SORT_VALUES[sorting.column] : undefined;
  const rows: PositionRow[] = [];
  let matching = 0;
  let total = 0;

  // Walks one level; returns whether anything below matched.
  const walk = (parent: string | null, above: string, shown: boolean): boolean => {
    let list: readonly PositionRow[] = children.get(parent) ?? [];
    if (value && sorting) {
      const books = list.filter((r) => r.kind === "book");
      const others = list.filter((r) => r.kind !== "book");
      others.sort((a, b) => compare(value(a), value(b), sorting.descending));
      list = [...others, ...books];
    }
    let any = false;
    for (const row of list) {
      const text = `${above} ${row.label}`;
      const counts = row.kind === "position" || row.kind === "structure";
      const hit = filter === "" || row.kind === "book" || matches(text, filter);
      if (counts) {
        total++;
        if (hit) matching++;
      }
      const at = rows.length;
      if (shown) rows.push(row);
      const below = walk(row.key, text, shown && !folded(row));
      if (shown && !hit && !below) rows.splice(at);
      any ||= (hit && row.kind !== "book") || below;
    }
    return any;
  };
  walk(null, "", true);
  return { rows, matching, total };
}
