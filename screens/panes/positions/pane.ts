import type { PositionRow, PositionsView } from "../../../src/desk/protocol.ts";
import type { Copied, Pane, PaneHost, PaneSpec } from "../../app/pane.ts";
import { want } from "../../app/pane.ts";
import { ColumnChooser } from "../../kit/column-chooser.ts";
import { titleOf } from "../../kit/columns.ts";
import { Table } from "../../kit/table.ts";
import { Waiting } from "../../kit/waiting.ts";
import { positionTarget } from "../../orders/target.ts";
import { choosing, tableActions, tableCopied } from "../table-actions.ts";
import {
  FACES,
  type Face,
  figureOf,
  hiddenIn,
  POSITION_COLUMNS,
  type PositionsContext,
  UNITS,
  type Units,
} from "./columns.ts";
import { markedRow } from "./marked.ts";
import { type Arranged, arrange, SORT_VALUES, type Sorting, sortingOf, sortingWords } from "./rows.ts";
import { WHAT_IF_ROWS, WhatIf } from "./what-if.ts";

function create(host: PaneHost): Pane {
  const waiting = new Waiting();
  let model: PositionsView | null = null;
  let filter = "";
  let sorting: Sorting | null = sortingOf(host.kept("positions.sort"));
  let units: Units = "shares";
  let face: Face = "market";
  let arranged: Arranged = { rows: [], matching: 0, total: 0 };
  /** Rows turned from what they are by default: structures are folded, underlyings are open. */
  const turned = new Set<string>();
  const parents = new Set<string>();
  const moves = new Map<string, { price: number; move: "up" | "down" | "flat" }>();

  const isFolded = (row: PositionRow): boolean => (row.kind === "structure") !== turned.has(row.key);
  const nameOf = (row: PositionRow): string => {
    const above = model?.rows.find((r) => r.kind === "underlying" && r.underlying === row.underlying)?.label;
    if (above === undefined || !row.label.startsWith(above)) return row.label;
    if (row.label !== above) return row.label.slice(above.length).trimStart();
    const kind = row.slot === null ? undefined : host.desk.slot(row.slot)?.instrument.kind;
    return kind === undefined || kind === "equity" ? "stock" : kind;
  };
  const context = (): PositionsContext => ({
    glyphs: host.theme().g,
    units,
    nav: host.status()?.nav ?? null,
    isFolded,
    nameOf,
    hasChildren: (row) => parents.has(row.key),
    moveOf: (row) => moves.get(row.key)?.move ?? null,
  });
  const table = new Table<PositionRow, PositionsContext>(POSITION_COLUMNS, (row) => row.key);
  const chooser = new ColumnChooser(table, "positions", host);
  table.hides = (id) => chooser.hides(id) || hiddenIn(face, id);
  const whatIf = new WhatIf(() => host.rewant());

  const rearrange = (): void => {
    arranged = arrange(model?.rows ?? [], sorting, filter, isFolded);
    table.setRows(arranged.rows);
    table.footer = markedRow(model?.rows ?? [], table.marks);
    host.touch();
  };
  const turnUnits = (): void => {
    units = UNITS[(UNITS.indexOf(units) + 1) % UNITS.length] as Units;
    const book = model?.rows.find((r) => r.kind === "book");
    if (units === "beta" && book?.betaDollarDelta == null)
      host.notify("No beta of these names to an index is known here: Δβ$ stays –.");
    host.touch();
  };
  const receive = (next: PositionsView): void => {
    model = next;
    parents.clear();
    for (const row of next.rows) {
      if (row.parent !== null) parents.add(row.parent);
      if (row.kind === "underlying" && row.mark !== null) follow(row.key, row.mark);
    }
    rearrange();
    if (host.focus().underlying === null) point();
  };
  const follow = (key: string, price: number): void => {
    const before = moves.get(key);
    if (!before) moves.set(key, { price, move: "flat" });
    else if (before.price !== price) moves.set(key, { price, move: price > before.price ? "up" : "down" });
  };
  const point = (): void => {
    const row = table.selected;
    if (!row || row.kind === "book") return;
    // A structure is no instrument: the panes follow its underlying.
    const slot =
      row.slot ?? model?.rows.find((r) => r.kind === "underlying" && r.underlying === row.underlying)?.slot;
    host.setFocus(slot ?? null, row.underlying);
  };
  const sort = (): void => {
    const column = table.selectedColumn?.id ?? "label";
    if (!(column in SORT_VALUES)) return;
    if (sorting?.column !== column) sorting = { column, descending: column !== "label" };
    else if (sorting.descending === (column !== "label"))
      sorting = { column, descending: column === "label" };
    else sorting = null;
    host.keep("positions.sort", sortingWords(sorting));
    rearrange();
  };
  const fold = (): void => {
    const row = table.selected;
    if (!row || !parents.has(row.key)) return;
    if (!turned.delete(row.key)) turned.add(row.key);
    rearrange();
  };
  const setFilter = (text: string): void => {
    filter = text;
    rearrange();
  };
  const sortWord = (): string => {
    if (!sorting) return "underlying";
    const column = POSITION_COLUMNS.find((c) => c.id === sorting?.column);
    return column ? titleOf(column, context()) : sorting.column;
  };

  return {
    wants: () => [want("positions", {}, receive), ...whatIf.wants()],
    title: ({ theme }) => {
      if (!model) return "";
      const arrow = sorting && !sorting.descending ? theme.g.up : theme.g.open;
      const found = filter === "" ? "" : `  /${filter}`;
      const why = face === "why" ? "  day P&L by cause" : "";
      return `${arranged.matching} of ${arranged.total} ${arrow}${sortWord()}${why}${found}`;
    },
    foot: () =>
      chooser.open
        ? "j k column  Enter shows or hides  Esc done"
        : `m ${face === "market" ? "why" : "market"}  o sort  / filter  | columns  v mark  u units  w what-if`,
    paint: (canvas, ctx) => {
      const { s } = ctx.theme;
      if (!model) waiting.paint(canvas, ctx, "positions");
      else if (arranged.total === 0) {
        canvas.paragraph(
          1,
          0,
          canvas.w - 2,
          "No positions. b on a row in Watch (2) buys; portfolio.file names some.",
          s.dim,
        );
      } else if (arranged.matching === 0) {
        canvas.paragraph(1, 0, canvas.w - 2, `0 of ${arranged.total} match "${filter}". Esc clears.`, s.dim);
      } else {
        const under = whatIf.shown ? Math.min(WHAT_IF_ROWS, Math.max(0, canvas.h - 3)) : 0;
        table.paint(canvas.sub(0, 0, canvas.w, canvas.h - under), context(), ctx);
        const book = model.rows.find((r) => r.kind === "book");
        if (under > 2) whatIf.paint(canvas.sub(0, canvas.h - under, canvas.w, under), book);
        chooser.paint(canvas, context(), ctx.status?.mode ?? "replay");
      }
    },
    back: () => {
      if (chooser.back()) return true;
      if (table.marks.size > 0) {
        table.marks.clear();
        rearrange();
        return true;
      }
      if (filter === "") return false;
      setFilter("");
      return true;
    },
    actions: choosing(chooser, {
      ...tableActions(table, point),
      open: fold,
      sort,
      units: turnUnits,
      view: () => {
        face = FACES[(FACES.indexOf(face) + 1) % FACES.length] as Face;
        host.touch();
      },
      mark: () => {
        table.turnMark();
        rearrange();
        point();
      },
      whatIf: () => {
        whatIf.shown = !whatIf.shown;
        host.touch();
      },
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
      const row = table.selected;
      const column = figureOf(table.selectedColumn?.id ?? "mark", units);
      return row ? { view: "positions", row: row.key, column } : null;
    },
    orderTarget: (n = null) => {
      const row = n === null ? table.selected : table.rows[n - 1];
      return row ? positionTarget(row, model?.rows ?? [], host.desk) : null;
    },
    rowSlot: (n) => (n === null ? table.selected : table.rows[n - 1])?.slot ?? null,
    rowName: () => {
      const row = table.selected;
      const of = row?.kind === "leg" ? `${row.label} of its structure` : (row?.label ?? null);
      return row?.kind === "underlying" ? `all ${row.label}` : of;
    },
    copied: (): Copied | null => tableCopied(table, context()),
    cursor: () => (table.cursorLine < 0 ? null : { x: 0, y: table.cursorLine }),
  };
}

export const positionsPane: PaneSpec = {
  id: "positions",
  key: "1",
  name: "Positions",
  min: { cols: 34, rows: 4 },
  create,
};
