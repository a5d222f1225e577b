import type { DaySplit, PositionRow } from "../../../src/desk/protocol.ts";

const SUMMED = [
  "value",
  "dayPnl",
  "pnl",
  "realised",
  "unrealised",
  "theta",
  "vega",
  "dollarDelta",
  "dollarGamma1pct",
  "betaDollarDelta",
] as const;
const IN_ONE_NAME = ["delta", "gamma"] as const;

/** The marked rows that count: one below a marked row is in that one already. */
export function counted(rows: readonly PositionRow[], marks: ReadonlySet<string>): PositionRow[] {
  const byKey = new Map(rows.map((r) => [r.key, r]));
  const above = (row: PositionRow): boolean => {
    for (let at = row.parent; at !== null; at = byKey.get(at)?.parent ?? null) if (marks.has(at)) return true;
    return marks.has("book") && row.kind !== "book";
  };
  return rows.filter((r) => marks.has(r.key) && !above(r));
}

const sum = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>((total, x) => (total === null || x === null ? null : total + x), 0);

function sumSplit(rows: readonly PositionRow[]): DaySplit | null {
  const first = rows[0]?.split;
  if (!first || rows.some((r) => r.split === null)) return null;
  const parts = Object.keys(first) as (keyof DaySplit)[];
  return Object.fromEntries(
    parts.map((p) => [p, sum(rows.map((r) => r.split?.[p] ?? null)) ?? 0]),
  ) as unknown as DaySplit;
}

/** Totals of the marked rows as a row of its own; unknown where a part is. Shares only within one underlying. */
export function markedRow(rows: readonly PositionRow[], marks: ReadonlySet<string>): PositionRow | null {
  const chosen = counted(rows, marks);
  const [first] = chosen;
  if (!first) return null;
  const names = new Set(chosen.map((r) => r.underlying));
  const one = names.size === 1 && first.underlying !== null;
  const totals = (fields: readonly (typeof SUMMED | typeof IN_ONE_NAME)[number][]) =>
    Object.fromEntries(fields.map((field) => [field, sum(chosen.map((r) => r[field]))]));
  return {
    ...first,
    key: `marked:${chosen.map((r) => r.key).join("\t")}`,
    kind: "book",
    depth: 0,
    parent: null,
    slot: null,
    label: `MARKED ${chosen.length}`,
    underlying: one ? first.underlying : null,
    ...totals(SUMMED),
    delta: null,
    gamma: null,
    ...(one ? totals(IN_ONE_NAME) : {}),
    split: sumSplit(chosen),
    stale: false,
    dayPnlReason: chosen.find((r) => r.dayPnlReason !== null)?.dayPnlReason ?? null,
  };
}
