import type { Mode } from "../../src/desk/protocol.ts";
import { textWidth } from "../terminal/width.ts";
import { modeFrame } from "../theme/theme.ts";
import type { Canvas } from "./canvas.ts";
import { titleOf } from "./columns.ts";
import type { Table } from "./table.ts";

/** Where a choice is kept beyond the screen's life. */
export interface Keeper {
  readonly kept: (name: string) => string | null;
  readonly keep: (name: string, value: string) => void;
}

/** A list of a table's columns to show or hide, laid over its right side; what was chosen is kept by the table's name. */
export class ColumnChooser<R, C> {
  open = false;
  #cursor = 0;
  readonly #hidden: Set<string>;

  constructor(
    readonly table: Table<R, C>,
    readonly name: string,
    readonly keeper: Keeper,
  ) {
    this.#hidden = new Set((keeper.kept(`${name}.hidden`) ?? "").split(" ").filter((id) => id !== ""));
    table.hides = (id) => this.hides(id);
  }

  hides(id: string): boolean {
    return this.#hidden.has(id);
  }

  toggle(): void {
    this.open = !this.open;
    this.#cursor = this.table.column;
  }

  move(by: number): void {
    this.#cursor = Math.max(0, Math.min(this.table.columns.length - 1, this.#cursor + by));
  }

  /** Shows or hides the column under the cursor; the first one always shows, since it says what a row is. */
  turn(): void {
    const id = this.table.columns[this.#cursor]?.id;
    if (id === undefined || id === this.table.columns[0]?.id) return;
    if (!this.#hidden.delete(id)) this.#hidden.add(id);
    this.keeper.keep(`${this.name}.hidden`, [...this.#hidden].sort().join(" "));
  }

  back(): boolean {
    const was = this.open;
    this.open = false;
    return was;
  }

  paint(canvas: Canvas, context: C, mode: Mode): void {
    if (!this.open) return;
    const { s } = canvas.theme;
    const { columns } = this.table;
    const titles = columns.map((c) => titleOf(c, context) || c.id);
    const w = Math.min(canvas.w, Math.max(28, ...titles.map((t) => textWidth(t) + 10)));
    const h = Math.min(canvas.h, columns.length + 2);
    const box = canvas.sub(canvas.w - w, 0, w, h);
    box.clear();
    const inside = box.box(modeFrame(canvas.theme, mode), s.focus);
    box.cut(2, 0, w - 4, " columns ", s.focus);
    box.cut(2, h - 1, w - 4, " Enter turns  Esc ", s.dim);
    const top = Math.max(0, Math.min(this.#cursor - (inside.h >> 1), columns.length - inside.h));
    for (let y = 0; y < inside.h; y++) {
      const column = columns[top + y];
      if (!column) break;
      const on = !this.hides(column.id);
      const shown = this.table.fitted.includes(top + y);
      inside.text(1, y, on ? "[x]" : "[ ]", on ? s.text : s.dim);
      const x = inside.text(5, y, titles[top + y] as string, on ? s.text : s.dim);
      const why = this.table.hides(columns[top + y]?.id ?? "") ? "not in this view" : "no room";
      if (on && !shown) inside.cut(x + 1, y, inside.w - x - 1, why, s.dim);
      if (top + y === this.#cursor) inside.ground(0, y, inside.w, 1, s.select);
    }
  }
}
