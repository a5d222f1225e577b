import type { FollowHow, FollowRow } from "../../../src/desk/protocol.ts";
import type { Column } from "../../kit/columns.ts";
import * as f from "../../kit/format.ts";
import type { Role } from "../../theme/roles.ts";
import { feedLook, type Theme } from "../../theme/theme.ts";
import { compare, matches, type Sorting } from "../positions/rows.ts";
import { lag } from "./channels.ts";

type C = Column<FollowRow, Theme>;

const QUALITY = ["realtime", "delayed", "indicative", "single venue", "frozen", "bar"] as const;
const HOW: Readonly<Record<FollowHow, string>> = { streamed: "stream", snapshot: "snapshot", none: "none" };

function look(theme: Theme, row: FollowRow): { readonly glyph: string; readonly role: Role } {
  return row.state === "snapshot" ? { glyph: theme.g.flat, role: "text" } : feedLook(theme, row.state);
}

export const FOLLOW_COLUMNS: readonly C[] = [
  { id: "label", title: "SYM", rank: 1, min: 8, align: "left", text: (r) => r.label },
  {
    id: "state",
    title: "STATE",
    rank: 2,
    min: 10,
    align: "left",
    text: (r, theme) => `${look(theme, r).glyph} ${r.state}`,
    role: (r, theme) => look(theme, r).role,
  },
  {
    id: "how",
    title: "HOW",
    rank: 3,
    min: 8,
    align: "left",
    text: (r) => HOW[r.how],
    role: (r) => (r.how === "none" ? "warn" : "text"),
  },
  {
    id: "age",
    title: "AGE",
    rank: 4,
    min: 4,
    align: "right",
    text: (r) => (r.ageMs === null ? f.NONE : f.age(r.ageMs * 1000)),
  },
  { id: "lag", title: "LAG", rank: 6, min: 5, align: "right", text: (r) => lag(r.lagMs) },
  {
    id: "quality",
    title: "QUALITY",
    rank: 7,
    min: 8,
    align: "left",
    text: (r) => QUALITY[r.quality] ?? f.NONE,
    role: (r) => (r.quality === 0 ? "dim" : "text"),
  },
  {
    id: "trading",
    title: "TRADING",
    rank: 8,
    min: 7,
    align: "left",
    text: (r) => r.trading,
    role: (r) => (r.trading === "open" ? "dim" : "warn"),
  },
  {
    id: "why",
    title: "FOR",
    rank: 9,
    min: 5,
    align: "left",
    text: (r) => r.why ?? f.NONE,
    role: () => "dim",
  },
  {
    id: "channel",
    title: "CHANNEL",
    rank: 10,
    min: 7,
    align: "left",
    text: (r) => r.channel ?? f.NONE,
    role: () => "dim",
  },
  {
    id: "reason",
    title: "REASON",
    rank: 5,
    min: 6,
    align: "left",
    flex: true,
    text: (r) => r.reason ?? "",
    role: () => "dim",
  },
];

const VALUES: Readonly<Record<string, (row: FollowRow) => number | string | null>> = {
  label: (r) => r.label,
  state: (r) => r.state,
  how: (r) => r.how,
  age: (r) => r.ageMs,
  lag: (r) => r.lagMs,
  quality: (r) => r.quality,
  trading: (r) => r.trading,
  why: (r) => r.why,
  channel: (r) => r.channel,
  reason: (r) => r.reason,
};

/** Rows whose words hold the filter, in the order asked for; equal ones as they became known. */
export function arranged(
  rows: readonly FollowRow[],
  sorting: Sorting | null,
  filter: string,
): readonly FollowRow[] {
  const words = (r: FollowRow): string =>
    `${r.label} ${r.state} ${HOW[r.how]} ${QUALITY[r.quality]} ${r.trading} ${r.why ?? ""} ${r.channel ?? ""} ${r.reason ?? ""}`;
  const found = filter === "" ? rows : rows.filter((r) => matches(words(r), filter));
  const value = sorting === null ? undefined : VALUES[sorting.column];
  if (sorting === null || value === undefined) return found;
  return found.toSorted((a, b) => compare(value(a), value(b), sorting.descending));
}

/** The next way to sort after this one: by the column, turned, then as they became known. */
export function nextSorting(now: Sorting | null, column: string): Sorting | null {
  if (now?.column !== column) return { column, descending: false };
  return now.descending ? null : { column, descending: true };
}
