import type { StyleId } from "../terminal/styles.ts";
import { textWidth } from "../terminal/width.ts";
import type { Role } from "../theme/roles.ts";
import { type Canvas, cutText } from "./canvas.ts";
import { alignPoints, type Column, ColumnWidths, fitColumns, titleOf } from "./columns.ts";
import { Flashes } from "./flash.ts";

export interface TablePaint {
  readonly focused: boolean;
  readonly nowMs: number;
  /** Whether changes flash at all. */
  readonly flash: boolean;
  /** Asks for another painting at this time. */
  readonly wake: (atMs: number) => void;
  /** Rows show their numbers, for a command line to name them. */
  readonly numbered?: boolean;
}

/**
 * A table of virtual rows: only those on screen are asked for their texts. It keeps the cursor on its row when rows are sorted anew or
 * come and go, and columns as wide as their widest text of late, so that figures neither jump nor get cut.
 */
export class Table<R, C> {
  cursor = 0;
  top = 0;
  /** Index of the selected column among all columns. */
  column = 0;
  #rows: readonly R[] = [];
  #key: string | null = null;
  #page = 1;
  #fitted: readonly number[] = [];
  #placed: { readonly state: string; readonly places: readonly Place[] } = { state: "", places: [] };
  #lineOfCursor = -1;
  #centring = false;
  /** Columns that are not wanted, whatever the width. */
  hides: (id: string) => boolean = () => false;
  /** Keys of the rows that a person marked. */
  readonly marks = new Set<string>();
  /** A row that stands below all others, whichever of them are on screen. */
  footer: R | null = null;
  readonly #flashes: Flashes;
  readonly #widths: ColumnWidths<R, C>;

  constructor(
    readonly columns: readonly Column<R, C>[],
    readonly keyOf: (row: R) => string,
    /** Look of a whole row, laid over the columns' own roles where it gives one. */
    readonly rowRole: (row: R, context: C) => Role | null = () => null,
  ) {
    this.#flashes = new Flashes(columns.length);
    this.#widths = new ColumnWidths(columns);
  }

  get rows(): readonly R[] {
    return this.#rows;
  }
  get selected(): R | undefined {
    return this.#at(this.cursor);
  }
  get selectedColumn(): Column<R, C> | undefined {
    return this.columns[this.column];
  }
  /** Columns on screen, by index. */
  get fitted(): readonly number[] {
    return this.#fitted;
  }
  /** Line of the selected row in the canvas last painted, -1 when it is not on it. */
  get cursorLine(): number {
    return this.#lineOfCursor;
  }

  setRows(rows: readonly R[]): void {
    this.#rows = rows;
    if (this.#key !== null && this.#keyAt(this.cursor) !== this.#key) {
      const at = rows.findIndex((row) => this.keyOf(row) === this.#key);
      if (at >= 0) this.cursor = at;
    }
    this.#clamp();
  }

  moveTo(index: number): void {
    this.cursor = index;
    this.#clamp();
    this.#key = this.#keyAt(this.cursor);
  }
  /** The same, with as many rows above it as below it. */
  centre(index: number): void {
    this.moveTo(index);
    this.#centring = true;
  }
  move(by: number): void {
    this.moveTo(this.cursor + by);
  }
  page(by: number): void {
    this.move(Math.trunc(by * Math.max(1, this.#page)));
  }
  moveColumn(by: number): void {
    const at = this.#fitted.indexOf(this.column);
    const next = this.#fitted[Math.max(0, Math.min(this.#fitted.length - 1, Math.max(0, at) + by))];
    if (next !== undefined) this.column = next;
  }

  /** A row by its index; the footer counts as the one after the last. */
  #at(index: number): R | undefined {
    return index === this.#rows.length ? (this.footer ?? undefined) : this.#rows[index];
  }

  #keyAt(index: number): string | null {
    const row = this.#at(index);
    return row === undefined ? null : this.keyOf(row);
  }

  #clamp(): void {
    const last = this.#rows.length - (this.footer === null ? 1 : 0);
    this.cursor = Math.max(0, Math.min(this.cursor, last));
  }

  /** Marks the selected row, or takes its mark away; the cursor goes on to the next. */
  turnMark(): void {
    const key = this.#keyAt(this.cursor);
    if (key === null) return;
    if (!this.marks.delete(key)) this.marks.add(key);
    this.move(1);
  }

  /** Header in the first line, rows below; marks stand in a gutter of their own while there are any. */
  paint(whole: Canvas, context: C, paint: TablePaint): void {
    const gutter = this.marks.size > 0 ? 2 : 0;
    const canvas = gutter > 0 ? whole.sub(gutter, 0, whole.w - gutter, whole.h) : whole;
    const height = canvas.h - 1 - (this.footer === null ? 0 : 1);
    if (canvas.w <= 0 || height <= 0) return;
    this.#page = height;
    this.#clamp();
    const at = Math.min(this.cursor, this.#rows.length - 1);
    if (at < this.top) this.top = at;
    if (at >= this.top + height) this.top = at - height + 1;
    if (this.#centring) this.top = at - (height >> 1);
    this.#centring = false;
    this.top = Math.max(0, Math.min(this.top, this.#rows.length - height));
    this.#key ??= this.#keyAt(this.cursor);

    const visible = this.#rows.slice(this.top, this.top + height);
    const below = this.footer === null ? [] : [this.footer];
    const texts = this.#texts([...visible, ...below], context, canvas.w, paint.nowMs);
    const places = this.#places(canvas.w);
    this.#header(canvas, places, context, paint.focused);
    this.#lineOfCursor = -1;
    for (let line = 0; line < visible.length; line++) {
      this.#row(canvas, line + 1, visible[line] as R, texts[line] as string[], places, context, paint);
      if (gutter > 0 && this.marks.has(this.keyOf(visible[line] as R)))
        whole.text(0, line + 1, "*", whole.theme.s.mine);
      if (paint.numbered) this.#number(canvas, line + 1, this.top + line + 1, places);
      if (this.top + line === this.cursor) this.#lineOfCursor = line + 1;
    }
    for (const row of below) {
      this.#row(canvas, canvas.h - 1, row, texts.at(-1) as string[], places, context, paint);
      if (this.cursor === this.#rows.length) this.#lineOfCursor = canvas.h - 1;
    }
    if (paint.focused && this.#lineOfCursor >= 0)
      whole.ground(0, this.#lineOfCursor, whole.w, 1, canvas.theme.s.select);
    this.#flashes.trim(() => visible.map((row) => this.keyOf(row)));
  }

  /** Texts of the visible rows, padded so that decimal points stand below each other; widens the columns for them. */
  #texts(visible: readonly R[], context: C, width: number, nowMs: number): string[][] {
    const { columns } = this;
    const rows = visible.map((row) => columns.map((c) => c.text(row, context)));
    for (let i = 0; i < columns.length; i++) if (columns[i]?.align === "decimal") alignPoints(rows, i);
    this.#widths.see(rows, context, width, nowMs);
    return rows;
  }

  /** Where the columns stand: worked out anew when a width has changed or another column is hidden. */
  #places(width: number): readonly Place[] {
    let state = `${width}`;
    for (const [i, c] of this.columns.entries()) state += this.hides(c.id) ? " -" : ` ${this.#widths.of(i)}`;
    if (state !== this.#placed.state) this.#placed = { state, places: this.#place(width) };
    if (!this.#fitted.includes(this.column)) this.column = this.#fitted[0] ?? 0;
    return this.#placed.places;
  }

  #place(width: number): Place[] {
    const wanted = this.columns.flatMap((c, i) => (this.hides(c.id) ? [] : [i]));
    const fitted = fitColumns(
      wanted.map((i) => this.columns[i] as Column<R, C>),
      wanted.map((i) => this.#widths.of(i)),
      width,
    ).map((i) => wanted[i] as number);
    this.#fitted = fitted;
    const used = fitted.reduce(
      (sum, i, n) => sum + this.#widths.of(i) + (n === 0 ? 0 : (this.columns[i]?.gap ?? 1)),
      0,
    );
    let spare = Math.max(0, width - used);
    let x = 0;
    return fitted.map((index, n) => {
      const column = this.columns[index] as Column<unknown, unknown>;
      if (n > 0) x += column.gap ?? 1;
      let w = this.#widths.of(index);
      if (column.flex) {
        w += spare;
        spare = 0;
      }
      const place = { index, x, w: Math.min(w, width - x) };
      x += w;
      return place;
    });
  }

  #header(canvas: Canvas, places: readonly Place[], context: C, focused: boolean): void {
    const { s } = canvas.theme;
    for (const { index, x, w } of places) {
      const column = this.columns[index] as Column<R, C>;
      const style = focused && index === this.column ? s.focus : s.header;
      const title = titleOf(column, context);
      if (column.align === "left") canvas.text(x, 0, title, style);
      else canvas.right(x + w, 0, title, style);
    }
  }

  #row(
    canvas: Canvas,
    line: number,
    row: R,
    texts: string[],
    places: readonly Place[],
    context: C,
    paint: TablePaint,
  ): void {
    const { s, g } = canvas.theme;
    const all = this.rowRole(row, context);
    const key = this.keyOf(row);
    for (const { index, x, w } of places) {
      const column = this.columns[index] as Column<R, C>;
      const text = texts[index] as string;
      const role = all ?? column.role?.(row, context) ?? "text";
      const style: StyleId = s[role];
      if (column.align === "left")
        canvas.text(x, line, column.flex ? cutText(text, w, g.ellipsis) : text, style);
      else canvas.right(x + w, line, text, style);
      if (paint.flash && column.flash)
        this.#flashes.cell(canvas, key, index, { text, x, w, line, left: column.align === "left" }, paint);
    }
  }

  /** A row's number at the right end of the column that has room to spare. */
  #number(canvas: Canvas, line: number, n: number, places: readonly Place[]): void {
    const place = places.find((p) => this.columns[p.index]?.flex) ?? places[0];
    const text = ` :${n}`;
    if (place) canvas.right(place.x + Math.max(place.w, textWidth(text)), line, text, canvas.theme.s.key);
  }
}

interface Place {
  readonly index: number;
  readonly x: number;
  readonly w: number;
}
