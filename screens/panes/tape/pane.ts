import type { TapePrint, TapeView } from "../../../src/desk/protocol.ts";
import type { Pane, PaneHost, PaneSpec } from "../../app/pane.ts";
import { want } from "../../app/pane.ts";
import { ColumnChooser } from "../../kit/column-chooser.ts";
import type { Column } from "../../kit/columns.ts";
import * as f from "../../kit/format.ts";
import { SHORT_BELOW, shortName } from "../../kit/names.ts";
import { Table } from "../../kit/table.ts";
import { priceDecimals } from "../../kit/ticks.ts";
import { Waiting } from "../../kit/waiting.ts";
import type { Glyphs } from "../../theme/glyphs.ts";
import type { Role } from "../../theme/roles.ts";
import { choosing, tableActions, tableCopied } from "../table-actions.ts";
import { passes, sidesWords } from "./filter.ts";

const LIMIT = 200;

interface Context {
  readonly glyphs: Glyphs;
  readonly offsetMin: number;
  readonly decimals: (p: TapePrint) => number;
  readonly name: (p: TapePrint) => string;
}
type C = Column<TapePrint, Context>;

const MOVE: Readonly<Record<TapePrint["change"], Role>> = { up: "up", down: "down", flat: "flat" };
const SIDE: Readonly<Record<TapePrint["side"], Role>> = {
  ask: "ask",
  bid: "bid",
  mid: "dim",
  unknown: "unknown",
};

const COLUMNS: readonly C[] = [
  {
    id: "time",
    title: "TIME",
    rank: 2,
    min: 8,
    align: "left",
    text: (p, c) => f.clock(p.us, c.offsetMin),
    role: () => "dim",
  },
  {
    id: "label",
    title: "SYM",
    rank: 3,
    min: 4,
    align: "left",
    flex: true,
    whole: true,
    text: (p, c) => c.name(p),
  },
  {
    id: "price",
    title: "PRICE",
    rank: 1,
    min: 7,
    align: "right",
    text: (p, c) => `${f.price(p.price, c.decimals(p))} ${c.glyphs[p.change]}`,
    role: (p) => MOVE[p.change],
  },
  {
    id: "size",
    title: "SIZE",
    rank: 4,
    min: 5,
    align: "right",
    // A bar of prints, not one print, says so.
    text: (p) => `${f.lots(p.size)}${p.bar ? "b" : ""}`,
  },
  {
    id: "side",
    title: "SIDE",
    rank: 5,
    min: 4,
    align: "left",
    text: (p) => (p.side === "unknown" ? "?" : p.side),
    role: (p) => SIDE[p.side],
  },
];

/** A busy tape keeps the newest prints alone: a quiet name's may have left it. */
const nothingYet = ({ underlying, kept }: TapeView): string =>
  underlying === null || kept === 0
    ? "No prints yet in this session."
    : `No prints of it among the last ${f.units(kept)} of this session.`;

function create(host: PaneHost): Pane {
  const waiting = new Waiting();
  let view: TapeView | null = null;
  const table = new Table<TapePrint, Context>(COLUMNS, (p) => `${p.seq}`);
  let narrow = false;
  const name = (p: TapePrint): string => {
    const instrument = narrow ? host.desk.slot(p.slot)?.instrument : undefined;
    return instrument ? shortName(instrument) : p.label;
  };
  const context = (): Context => ({
    name,
    glyphs: host.theme().g,
    offsetMin: host.status()?.zoneOffsetMin ?? 0,
    decimals: (p) => priceDecimals(host.desk.slot(p.slot)?.instrument),
  });
  let filter = "";
  const chooser = new ColumnChooser(table, "tape", host);
  const arrange = (): void => {
    // At the top the newest print stays in view; elsewhere the cursor keeps its print.
    const following = table.cursor === 0;
    const passing = view?.prints.filter((p) => passes(p, filter)) ?? [];
    table.setRows(passing.sort((a, b) => b.seq - a.seq));
    if (following) table.moveTo(0);
    host.touch();
  };
  const receive = (next: TapeView): void => {
    view = next;
    arrange();
  };
  const setFilter = (text: string): void => {
    filter = text;
    arrange();
  };

  return {
    wants: () => [want("tape", { underlying: host.focus().underlying, limit: LIMIT }, receive)],
    title: () => {
      const name = view?.underlying?.split("/")[1] ?? "";
      return [name, filter === "" ? "" : `/${filter}`, sidesWords(table.rows)]
        .filter((w) => w !== "")
        .join("  ");
    },
    foot: () =>
      chooser.open ? "j k column  Enter shows or hides  Esc done" : "/ ask bid >500 name  | columns",
    paint: (canvas, ctx) => {
      narrow = canvas.w < SHORT_BELOW;
      if (!view) waiting.paint(canvas, ctx, "prints");
      else if (view.prints.length === 0)
        canvas.paragraph(1, 0, canvas.w - 2, nothingYet(view), ctx.theme.s.dim);
      else if (table.rows.length === 0)
        canvas.cut(
          1,
          0,
          canvas.w - 2,
          `0 of ${view.prints.length} match "${filter}". Esc clears.`,
          ctx.theme.s.dim,
        );
      else {
        table.paint(canvas, context(), ctx);
        chooser.paint(canvas, context(), ctx.status?.mode ?? "replay");
      }
    },
    back: () => {
      if (chooser.back()) return true;
      if (filter === "") return false;
      setFilter("");
      return true;
    },
    actions: choosing(chooser, {
      ...tableActions(table),
      filter: () =>
        host.prompt({
          label: "/",
          text: filter,
          onEdit: setFilter,
          onDone: setFilter,
          onCancel: () => setFilter(""),
        }),
    }),
    explain: () => {
      const print = table.selected;
      return print
        ? { view: "tape", row: `${print.seq}`, column: table.selectedColumn?.id ?? "price" }
        : null;
    },
    rowSlot: (n) => (n === null ? table.selected : table.rows[n - 1])?.slot ?? null,
    copied: () => tableCopied(table, context()),
    cursor: () => (table.cursorLine < 0 ? null : { x: 0, y: table.cursorLine }),
  };
}

export const tapePane: PaneSpec = { id: "tape", key: null, name: "Tape", min: { cols: 28, rows: 4 }, create };
