import { optionsStandOn } from "../../../engines/market/index.ts";
import type { FeedRow, FeedsView, FollowRow, FollowsView } from "../../../src/desk/protocol.ts";
import type { PaintContext, Pane, PaneHost, PaneSpec, Want } from "../../app/pane.ts";
import { want } from "../../app/pane.ts";
import type { Canvas } from "../../kit/canvas.ts";
import * as f from "../../kit/format.ts";
import { Table } from "../../kit/table.ts";
import { Waiting } from "../../kit/waiting.ts";
import type { Theme } from "../../theme/theme.ts";
import type { Sorting } from "../positions/rows.ts";
import { tableActions, tableCopied } from "../table-actions.ts";
import { CHANNEL_COLUMNS, paintChannel } from "./channels.ts";
import { arranged, FOLLOW_COLUMNS, nextSorting } from "./follows.ts";

/** The channels; the instruments of all of them; one channel with its own instruments. */
type Face = { readonly face: "channels" } | { readonly face: "instruments"; readonly channel: string | null };

function create(host: PaneHost): Pane {
  const waiting = new Waiting();
  let view: FeedsView | null = null;
  let follows: FollowsView | null = null;
  let face: Face = { face: "channels" };
  let filter = "";
  let sorting: Sorting | null = null;
  /** First line of the table on screen. */
  let below = 0;
  const channels = new Table<FeedRow, Theme>(CHANNEL_COLUMNS, (r) => r.name);
  const rows = new Table<FollowRow, Theme>(FOLLOW_COLUMNS, (r) => `${r.slot}`);

  const receive = (next: FeedsView): void => {
    view = next;
    channels.setRows(next.feeds);
  };
  const arrange = (): void => rows.setRows(arranged(follows?.rows ?? [], sorting, filter));
  const receiveRows = (next: FollowsView): void => {
    follows = next;
    arrange();
  };
  const show = (next: Face): void => {
    face = next;
    follows = null;
    filter = "";
    rows.moveTo(0);
    arrange();
  };
  const point = (): void => {
    const slot = rows.selected?.slot ?? null;
    const instrument = slot === null ? undefined : host.desk.slot(slot)?.instrument;
    if (instrument) host.setFocus(slot, optionsStandOn(instrument));
  };
  const inChannels = tableActions(channels);
  const inRows = tableActions(rows, point);
  const either =
    (act: keyof Pane["actions"]): ((key: string) => void) =>
    (key) =>
      (face.face === "channels" ? inChannels : inRows)[act]?.(key);
  const setFilter = (text: string): void => {
    filter = text;
    arrange();
  };
  const channelShown = (): string | null =>
    face.face === "instruments" ? face.channel : (channels.selected?.name ?? null);

  const paintCounters = (canvas: Canvas, from: number, theme: Theme): void => {
    const { s } = theme;
    let y = from;
    const counters = view?.counters ?? [];
    if (counters.length === 0) {
      canvas.cut(0, y + 1, canvas.w, "No bad input: every counter of the book is zero.", s.dim);
      return;
    }
    canvas.text(0, ++y, "COUNTED", s.header);
    for (const { name, value } of counters) {
      if (++y >= canvas.h) break;
      canvas.right(12, y, f.units(value), s.text);
      canvas.cut(13, y, canvas.w - 13, f.plainWords(name), s.dim);
    }
  };
  const paintChannels = (canvas: Canvas, ctx: PaintContext, { feeds }: FeedsView): void => {
    const { s, g } = ctx.theme;
    const notes = feeds.filter((r) => r.note !== null);
    const height = Math.min(canvas.h, feeds.length + 1);
    below = 0;
    channels.paint(canvas.sub(0, 0, canvas.w, height), ctx.theme, ctx);
    let y = height;
    if (ctx.link) canvas.cut(0, y++, canvas.w, `${g.folded} screen  ${ctx.link}`, s.dim);
    for (const r of notes) canvas.cut(0, y++, canvas.w, `${g.folded} ${r.name}  ${r.note}`, s.warn);
    paintCounters(canvas, y, ctx.theme);
  };
  const paintRows = (canvas: Canvas, ctx: PaintContext, channel: string | null): void => {
    const { s } = ctx.theme;
    const row = view?.feeds.find((r) => r.name === channel);
    const offset = host.status()?.zoneOffsetMin ?? 0;
    below = row === undefined ? 0 : paintChannel(canvas, ctx.theme, row, offset) + 1;
    if (follows === null) canvas.cut(1, below, canvas.w - 2, "asking the desk…", s.dim);
    else if (rows.rows.length === 0) {
      const { length } = follows.rows;
      const none = length === 0 ? "No instrument comes by it." : `0 of ${length} match. Esc clears.`;
      canvas.cut(1, below, canvas.w - 2, none, s.dim);
    } else rows.paint(canvas.sub(0, below, canvas.w, Math.max(0, canvas.h - below)), ctx.theme, ctx);
  };

  return {
    wants: () => {
      const own: Want[] = [want("feeds", {}, receive)];
      if (face.face === "instruments") own.push(want("follows", { channel: face.channel }, receiveRows));
      return own;
    },
    title: ({ theme }) => {
      if (face.face === "channels") return "";
      const words = [face.channel ?? "instruments"];
      if (follows !== null) {
        const { streamed, snapshot, none } = follows.counts;
        words.push(`${rows.rows.length} of ${follows.rows.length}`);
        words.push(`stream ${streamed}  snapshot ${snapshot}  none ${none}`);
      }
      const by = FOLLOW_COLUMNS.find((c) => c.id === sorting?.column);
      if (by) words.push(`${sorting?.descending ? theme.g.open : theme.g.up}${String(by.title)}`);
      if (filter !== "") words.push(`/${filter}`);
      return words.join("  ");
    },
    foot: () =>
      face.face === "channels"
        ? "Enter a channel  m instruments  r connect again"
        : "o sort  / filter  r connect again  Esc back",
    paint: (canvas, ctx) => {
      if (!view) waiting.paint(canvas, ctx, "its feeds");
      else if (face.face === "channels") paintChannels(canvas, ctx, view);
      else paintRows(canvas, ctx, face.channel);
    },
    back: () => {
      if (filter !== "") setFilter("");
      else if (face.face === "channels") return false;
      else show({ face: "channels" });
      return true;
    },
    actions: {
      up: either("up"),
      down: either("down"),
      top: either("top"),
      bottom: either("bottom"),
      pageUp: either("pageUp"),
      pageDown: either("pageDown"),
      left: either("left"),
      right: either("right"),
      view: () =>
        show(face.face === "channels" ? { face: "instruments", channel: null } : { face: "channels" }),
      open: () => {
        const name = channels.selected?.name;
        if (face.face === "channels" && name !== undefined) show({ face: "instruments", channel: name });
        else if (face.face === "instruments") point();
      },
      sort: () => {
        if (face.face === "channels") return;
        sorting = nextSorting(sorting, rows.selectedColumn?.id ?? "label");
        arrange();
      },
      filter: () => {
        if (face.face === "channels") show({ face: "instruments", channel: null });
        host.prompt({
          label: "/",
          text: filter,
          onEdit: setFilter,
          onDone: () => {},
          onCancel: () => setFilter(""),
        });
      },
      refresh: () => {
        const channel = channelShown();
        void host.command(channel === null ? { name: "reconnect" } : { name: "reconnect", channel });
      },
    },
    explain: () => {
      const table = face.face === "channels" ? channels : rows;
      const column = table.selectedColumn?.id ?? "state";
      if (face.face === "channels")
        return channels.selected ? { view: "feeds", row: channels.selected.name, column } : null;
      return rows.selected ? { view: "follows", row: `${rows.selected.slot}`, column } : null;
    },
    rowSlot: (n) =>
      face.face === "channels" ? null : ((n === null ? rows.selected : rows.rows[n - 1])?.slot ?? null),
    copied: () =>
      face.face === "channels" ? tableCopied(channels, host.theme()) : tableCopied(rows, host.theme()),
    cursor: () => {
      const { cursorLine } = face.face === "channels" ? channels : rows;
      return cursorLine < 0 ? null : { x: 0, y: below + cursorLine };
    },
  };
}

export const feedsPane: PaneSpec = {
  id: "feeds",
  key: "F",
  name: "Feeds",
  min: { cols: 50, rows: 6 },
  create,
};
