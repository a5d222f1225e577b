import type { FeedRow } from "../../../src/desk/protocol.ts";
import type { Canvas } from "../../kit/canvas.ts";
import type { Column } from "../../kit/columns.ts";
import * as f from "../../kit/format.ts";
import { feedLook, type Theme } from "../../theme/theme.ts";

type C = Column<FeedRow, Theme>;

const ms = (v: number | null): string => (v === null ? f.NONE : f.age(v * 1000));
export const lag = (v: number | null): string =>
  v === null ? f.NONE : v < 1000 ? `${Math.round(v)}ms` : f.age(v * 1000);
const count = (v: number | null): string => (v === null ? f.NONE : f.short(v));

export const CHANNEL_COLUMNS: readonly C[] = [
  { id: "name", title: "FEED", rank: 1, min: 8, align: "left", flex: true, text: (r) => r.name },
  {
    id: "state",
    title: "STATE",
    rank: 2,
    min: 7,
    align: "left",
    text: (r, theme) => `${feedLook(theme, r.state).glyph} ${r.state}`,
    role: (r, theme) => feedLook(theme, r.state).role,
  },
  { id: "data", title: "DATA", rank: 3, min: 4, align: "right", text: (r) => ms(r.dataAgeMs) },
  {
    id: "ping",
    title: "PING",
    rank: 6,
    min: 4,
    align: "right",
    text: (r) => ms(r.pingAgeMs),
    role: () => "dim",
  },
  { id: "lag", title: "LAG", rank: 4, min: 5, align: "right", text: (r) => lag(r.lagMs) },
  { id: "rate", title: "MSG/S", rank: 5, min: 5, align: "right", text: (r) => f.short(r.eventsPerSecond) },
  {
    id: "subs",
    title: "SUBS",
    rank: 7,
    min: 7,
    align: "right",
    text: (r) => `${count(r.subscribed)}/${count(r.desired)}`,
    role: (r) => (r.subscribed !== null && r.desired !== null && r.subscribed < r.desired ? "warn" : "text"),
  },
  {
    id: "limit",
    title: "LIMIT",
    rank: 8,
    min: 5,
    align: "right",
    text: (r) => count(r.limit),
    role: () => "dim",
  },
];

/** Most troubles that stand above a channel's instruments. */
const TROUBLES = 4;

/** What a channel has been through: its note, its counters, its last troubles. Returns the lines used. */
export function paintChannel(canvas: Canvas, theme: Theme, row: FeedRow, offsetMin: number): number {
  const { s } = theme;
  const { glyph, role } = feedLook(theme, row.state);
  const x = canvas.text(0, 0, `${row.name}  ${glyph} ${row.state}  `, s[role]);
  const subs =
    row.desired === null
      ? ""
      : `${count(row.subscribed)} of ${count(row.desired)} subscribed, limit ${count(row.limit)}`;
  canvas.cut(x, 0, canvas.w - x, `${subs}  data ${ms(row.dataAgeMs)}  lag ${lag(row.lagMs)}`, s.text);
  let y = 1;
  if (row.note !== null) canvas.cut(0, y++, canvas.w, `${theme.g.folded} ${row.note}`, s.warn);
  const counted = (row.counters ?? []).map((c) => `${f.plainWords(c.name)} ${f.short(c.value)}`).join("  ");
  if (counted !== "") canvas.cut(0, y++, canvas.w, counted, s.dim);
  const troubles = row.troubles ?? [];
  if (troubles.length === 0) canvas.cut(0, y++, canvas.w, "No trouble so far.", s.dim);
  for (const t of troubles.slice(-TROUBLES).reverse()) {
    const times = t.times > 1 ? ` x${t.times}` : "";
    canvas.cut(0, y++, canvas.w, `${f.clock(t.us, offsetMin)}  ${t.text}${times}`, s.warn);
  }
  return y;
}
