import type { FeedRow, FeedsView } from "../../../src/desk/protocol.ts";
import type { Pane, PaneHost, PaneSpec } from "../../app/pane.ts";
import { want } from "../../app/pane.ts";
import * as f from "../../kit/format.ts";
import { type Column, Table } from "../../kit/table.ts";
import { Waiting } from "../../kit/waiting.ts";
import { feedLook, type Theme } from "../../theme/theme.ts";
import { tableActions, tableCopied } from "../table-actions.ts";

type C = Column<FeedRow, Theme>;

const ms = (v: number | null): string => (v === null ? f.NONE : f.age(v * 1000));
const lag = (v: number | null): string =>
  v === null ? f.NONE : v < 1000 ? `${Math.round(v)}ms` : f.age(v * 1000);
const count = (v: number | null): string => (v === null ? f.NONE : f.short(v));

const COLUMNS: readonly C[] = [
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

function create(host: PaneHost): Pane {
  const waiting = new Waiting();
  let view: FeedsView | null = null;
  const table = new Table<FeedRow, Theme>(COLUMNS, (r) => r.name);
  const receive = (next: FeedsView): void => {
    view = next;
    table.setRows(next.feeds);
  };
  return {
    wants: () => [want("feeds", {}, receive)],
    title: () => "",
    paint: (canvas, ctx) => {
      const { s, g } = ctx.theme;
      if (!view) {
        waiting.paint(canvas, ctx, "its feeds");
        return;
      }
      const notes = view.feeds.filter((r) => r.note !== null);
      const height = Math.min(canvas.h, view.feeds.length + 1);
      table.paint(canvas.sub(0, 0, canvas.w, height), ctx.theme, ctx);
      let y = height;
      if (ctx.link) canvas.cut(0, y++, canvas.w, `${g.folded} screen  ${ctx.link}`, s.dim);
      for (const r of notes) canvas.cut(0, y++, canvas.w, `${g.folded} ${r.name}  ${r.note}`, s.warn);
      if (view.counters.length === 0) {
        canvas.cut(0, y + 1, canvas.w, "No bad input: every counter of the book is zero.", s.dim);
        return;
      }
      y++;
      canvas.text(0, y++, "COUNTED", s.header);
      for (const { name, value } of view.counters) {
        if (y >= canvas.h) break;
        canvas.right(12, y, f.units(value), s.text);
        canvas.cut(13, y++, canvas.w - 13, name, s.dim);
      }
    },
    actions: tableActions(table),
    explain: () => {
      const row = table.selected;
      return row ? { view: "feeds", row: row.name, column: table.selectedColumn?.id ?? "state" } : null;
    },
    copied: () => tableCopied(table, host.theme()),
    cursor: () => (table.cursorLine < 0 ? null : { x: 0, y: table.cursorLine }),
  };
}

export const feedsPane: PaneSpec = {
  id: "feeds",
  key: "F",
  name: "Feeds",
  min: { cols: 50, rows: 6 },
  create,
};
