import type { Copied, Pane } from "../app/pane.ts";
import type { ColumnChooser } from "../kit/column-chooser.ts";
import { type Column, titleOf } from "../kit/columns.ts";
import type { Table } from "../kit/table.ts";

/** The shared keys of every pane that is a table; `moved` hears of each new selection. */
export function tableActions<R, C>(table: Table<R, C>, moved: () => void = () => {}): Pane["actions"] {
  const then = (act: () => void) => () => {
    act();
    moved();
  };
  return {
    up: then(() => table.move(-1)),
    down: then(() => table.move(1)),
    top: then(() => table.moveTo(0)),
    bottom: then(() => table.moveTo(Number.MAX_SAFE_INTEGER)),
    pageDown: then(() => table.page(1)),
    pageUp: then(() => table.page(-1)),
    left: () => table.moveColumn(-1),
    right: () => table.moveColumn(1),
  };
}

/** The selected cell, and the row as `TITLE value` pairs of the columns on screen. */
export function tableCopied<R, C>(table: Table<R, C>, context: C): Copied | null {
  const row = table.selected;
  const column = table.selectedColumn;
  if (row === undefined || column === undefined) return null;
  const shown = table.fitted.map((i) => table.columns[i]).filter((c) => c !== undefined);
  const text = (c: Column<R, C>) => (c.copied ?? c.text)(row, context).trim();
  return {
    cell: text(column),
    row: shown.map((c) => `${titleOf(c, context)} ${text(c)}`).join("\t"),
  };
}

/** A pane's actions, with those that the list of columns takes while it is open. `|` opens and closes it. */
export function choosing<R, C>(chooser: ColumnChooser<R, C>, own: Pane["actions"]): Pane["actions"] {
  const inList: Pane["actions"] = {
    up: () => chooser.move(-1),
    down: () => chooser.move(1),
    top: () => chooser.move(Number.NEGATIVE_INFINITY),
    bottom: () => chooser.move(Number.POSITIVE_INFINITY),
    open: () => chooser.turn(),
    mark: () => chooser.turn(),
  };
  const both = { ...own };
  for (const id of Object.keys(inList) as (keyof Pane["actions"])[])
    both[id] = (key) => (chooser.open ? inList : own)[id]?.(key);
  both.columns = () => chooser.toggle();
  return both;
}
