import { BookRow, optionsStandOn, type Slot } from "../../../engines/market/index.ts";
import type { FollowHow, StatusView, WatchRow, WatchView } from "../../../src/desk/protocol.ts";
import type { Pane, PaneHost, PaneSpec } from "../../app/pane.ts";
import { want } from "../../app/pane.ts";
import { ColumnChooser } from "../../kit/column-chooser.ts";
import type { Column } from "../../kit/columns.ts";
import * as f from "../../kit/format.ts";
import { feedGlyph, feedOf, isDim, isStale, seenUs } from "../../kit/freshness.ts";
import { SHORT_BELOW, shortName } from "../../kit/names.ts";
import { Table } from "../../kit/table.ts";
import { Waiting } from "../../kit/waiting.ts";
import type { Glyphs } from "../../theme/glyphs.ts";
import { signRole } from "../../theme/theme.ts";
import { QUALITY_LETTER } from "../positions/columns.ts";
import { choosing, tableActions, tableCopied } from "../table-actions.ts";

interface Line {
  readonly row: WatchRow;
  readonly quote: BookRow;
  /** Last change of the mid: which way it went. */
  move: "up" | "down" | "flat";
  mid: number;
}
interface Context {
  readonly glyphs: Glyphs;
  readonly status: StatusView | null;
  readonly name: (row: WatchRow) => string;
}
type C = Column<Line, Context>;

const mid = (q: BookRow): number => (q.bid > 0 && q.ask > 0 ? (q.bid + q.ask) / 2 : q.last);
const ageUs = (l: Line, c: Context): number | null => {
  const seen = seenUs(l.quote, true);
  return c.status === null || seen === 0 ? null : c.status.nowUs - seen;
};
const feed = (l: Line, c: Context) => feedOf(l.row.feed, isStale(l.quote, c.status, true));
const HOW: Readonly<Record<FollowHow, string>> = { streamed: "stream", snapshot: "turns", none: "none" };
const change = (l: Line): number | null =>
  l.row.prior === null || l.row.prior === 0 || Number.isNaN(mid(l.quote))
    ? null
    : mid(l.quote) / l.row.prior - 1;
const size = f.lots;

const COLUMNS: readonly C[] = [
  {
    id: "label",
    title: "SYM",
    rank: 1,
    min: 8,
    align: "left",
    flex: true,
    whole: true,
    text: (l, c) => `${c.name(l.row)} ${feedGlyph(feed(l, c), c.glyphs) ?? c.glyphs[l.move]}`,
  },
  {
    id: "bidSize",
    title: "x",
    rank: 8,
    min: 3,
    align: "right",
    text: (l) => size(l.quote.bidSize),
    role: () => "dim",
  },
  {
    id: "bid",
    title: "BID",
    rank: 2,
    min: 6,
    align: "decimal",
    text: (l) => f.bid(l.quote, l.row.decimals),
    role: () => "bid",
    flash: true,
  },
  {
    id: "ask",
    title: "ASK",
    rank: 3,
    min: 6,
    align: "decimal",
    text: (l) => f.ask(l.quote, l.row.decimals),
    role: () => "ask",
    flash: true,
  },
  {
    id: "askSize",
    title: "x",
    rank: 9,
    min: 3,
    align: "right",
    text: (l) => size(l.quote.askSize),
    role: () => "dim",
  },
  {
    id: "last",
    title: "LAST",
    rank: 7,
    min: 6,
    align: "decimal",
    text: (l) => f.price(l.quote.last, l.row.decimals),
    flash: true,
  },
  {
    id: "change",
    title: "CHG%",
    rank: 4,
    min: 4,
    align: "right",
    text: (l) => {
      const by = change(l);
      return by === null ? f.NONE : f.signed(by * 100, 1);
    },
    role: (l) => signRole(change(l)),
  },
  { id: "iv", title: "IV%", rank: 5, min: 4, align: "right", text: (l) => f.vol(l.row.iv) },
  {
    id: "age",
    title: "AGE",
    rank: 6,
    min: 4,
    align: "right",
    text: (l, c) => f.age(ageUs(l, c)) + QUALITY_LETTER[l.quote.quoteQuality],
    role: () => "dim",
  },
  {
    id: "volume",
    title: "VOL",
    rank: 10,
    min: 5,
    align: "right",
    text: (l) => size(l.quote.volume),
    role: () => "dim",
  },
  {
    id: "how",
    title: "FEED",
    rank: 11,
    min: 6,
    align: "left",
    text: (l) => (l.row.how === undefined ? f.NONE : HOW[l.row.how]),
    role: (l) => (l.row.how === "none" ? "warn" : "dim"),
  },
];

function create(host: PaneHost): Pane {
  const waiting = new Waiting();
  let model: WatchView | null = null;
  let lines: Line[] = [];
  const table = new Table<Line, Context>(
    COLUMNS,
    (l) => `${l.row.slot}`,
    (l, c) => (isDim(feed(l, c)) ? "stale" : null),
  );
  const chooser = new ColumnChooser(table, "watch", host);
  let narrow = false;
  let list = host.kept("watch.list") ?? "main";
  /** The list after this one, round and round. */
  const next = (): void => {
    const all = model?.lists ?? [];
    list = all[(all.indexOf(list) + 1) % all.length] ?? list;
    table.marks.clear();
    host.keep("watch.list", list);
  };
  /** The marked rows, or the one under the cursor, go into another list; a name that is new makes one. */
  const toList = (): void => {
    const chosen = lines.filter((l) =>
      table.marks.size > 0 ? table.marks.has(`${l.row.slot}`) : l === table.selected,
    );
    const ids = chosen.flatMap((l) => host.desk.slot(l.row.slot)?.instrument.id ?? []);
    if (ids.length === 0) return;
    host.prompt({
      label: `${ids.length} to list `,
      text: "",
      onDone: (text) => {
        const name = text.trim().toLowerCase();
        if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(name)) {
          host.notify("A list's name has letters, digits and dashes.", "warn");
          return;
        }
        table.marks.clear();
        host.notify(`${ids.length} to the list ${name}: m goes through the lists`);
        void host.command({ name: "watch", list: name, add: ids, remove: [] });
      },
    });
  };
  const name = (row: WatchRow): string => {
    const instrument = narrow ? host.desk.slot(row.slot)?.instrument : undefined;
    return instrument ? shortName(instrument) : row.label;
  };
  const context = (): Context => ({ glyphs: host.theme().g, status: host.status(), name });

  const receive = (given: WatchView): void => {
    model = given;
    const before = new Map(lines.map((l) => [l.row.slot, l]));
    lines = given.rows.map((row) => {
      const old = before.get(row.slot);
      return old ? { ...old, row } : { row, quote: new BookRow(), move: "flat", mid: Number.NaN };
    });
    table.setRows(lines);
  };
  /** Reads the quotes of the rows on screen. */
  const read = (): void => {
    const { book } = host.desk;
    if (!book) return;
    for (const l of lines) {
      if (!book.read(l.row.slot, l.quote)) continue;
      const now = mid(l.quote);
      if (now > l.mid) l.move = "up";
      else if (now < l.mid) l.move = "down";
      l.mid = now;
    }
  };
  const point = (): void => {
    const slot = table.selected?.row.slot ?? null;
    const instrument = slot === null ? undefined : host.desk.slot(slot)?.instrument;
    if (instrument) host.setFocus(slot, optionsStandOn(instrument));
  };

  return {
    wants: () => [want("watch", { list }, receive)],
    title: () =>
      model && model.rows.length > 0
        ? `${model.name} ${table.cursor + 1}/${model.rows.length}`
        : (model?.name ?? ""),
    foot: () =>
      chooser.open
        ? "j k column  Enter shows or hides  Esc done"
        : `${(model?.lists.length ?? 0) > 1 ? "m next list  " : ""}v mark  n to a list  | columns`,
    paint: (canvas, ctx) => {
      const { s } = ctx.theme;
      narrow = canvas.w < SHORT_BELOW;
      if (!model) waiting.paint(canvas, ctx, "the list");
      else if (lines.length === 0)
        canvas.paragraph(1, 0, canvas.w - 2, "Nothing watched. :watch GOOG adds a name.", s.dim);
      else {
        read();
        table.paint(canvas, context(), ctx);
        chooser.paint(canvas, context(), ctx.status?.mode ?? "replay");
      }
    },
    back: () => {
      if (chooser.back()) return true;
      const marked = table.marks.size > 0;
      table.marks.clear();
      return marked;
    },
    slots: function* (): Generator<Slot> {
      for (const l of lines) yield l.row.slot;
    },
    actions: choosing(chooser, {
      ...tableActions(table, point),
      view: next,
      mark: () => {
        table.turnMark();
        point();
      },
      "watch.list": toList,
      open: () => {
        point();
        host.openPane("chart");
      },
    }),
    explain: () => {
      const line = table.selected;
      return line
        ? { view: "watch", row: `${line.row.slot}`, column: table.selectedColumn?.id ?? "bid" }
        : null;
    },
    rowSlot: (n) => (n === null ? table.selected : table.rows[n - 1])?.row.slot ?? null,
    copied: () => tableCopied(table, context()),
    cursor: () => (table.cursorLine < 0 ? null : { x: 0, y: table.cursorLine }),
  };
}

export const watchPane: PaneSpec = {
  id: "watch",
  key: "2",
  name: "Watch",
  min: { cols: 30, rows: 5 },
  clock: true,
  create,
};
