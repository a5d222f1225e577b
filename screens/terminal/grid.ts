import { glyphAt, glyphEnd, glyphText, glyphWidth, REPLACEMENT, SPACE, TAIL } from "./glyphs.ts";
import type { StyleId } from "./styles.ts";

/** A screen of cells: one glyph id and one style id each. A wide glyph is followed by a {@link TAIL}. */
export class Grid {
  cols: number;
  rows: number;
  glyph: Int32Array;
  style: Uint16Array;

  constructor(cols: number, rows: number) {
    this.cols = cols;
    this.rows = rows;
    this.glyph = new Int32Array(cols * rows).fill(SPACE);
    this.style = new Uint16Array(cols * rows);
  }

  /** New size, all blank. */
  resize(cols: number, rows: number): void {
    if (cols !== this.cols || rows !== this.rows) {
      this.cols = cols;
      this.rows = rows;
      this.glyph = new Int32Array(cols * rows);
      this.style = new Uint16Array(cols * rows);
    }
    this.clear();
  }

  clear(): void {
    this.glyph.fill(SPACE);
    this.style.fill(0);
  }

  copyFrom(other: Grid): void {
    if (other.cols !== this.cols || other.rows !== this.rows) this.resize(other.cols, other.rows);
    this.glyph.set(other.glyph);
    this.style.set(other.style);
  }

  /** Copies a rectangle at the same place from a grid of the same size. Wide glyphs cut by its edge become blanks. */
  copyRect(other: Grid, x: number, y: number, w: number, h: number): void {
    for (let row = y; row < y + h; row++) {
      const at = row * this.cols + x;
      this.#breakWide(at, x);
      if (x + w < this.cols) this.#breakWide(at + w, x + w);
      this.glyph.set(other.glyph.subarray(at, at + w), at);
      this.style.set(other.style.subarray(at, at + w), at);
      if (this.glyph[at] === TAIL) this.glyph[at] = SPACE;
      if (glyphWidth(this.glyph[at + w - 1] as number) === 2) this.glyph[at + w - 1] = SPACE;
    }
  }

  /** Puts one glyph; the caller has clipped. A wide glyph in the last column is replaced. */
  put(x: number, y: number, glyph: number, style: StyleId): void {
    const at = y * this.cols + x;
    const old = this.glyph[at] as number;
    if (old === TAIL || old > 0xff) this.#breakWide(at, x);
    if (glyph > 0xff && glyphWidth(glyph) === 2) {
      if (x + 1 >= this.cols) {
        this.glyph[at] = REPLACEMENT;
      } else {
        this.#breakWide(at + 1, x + 1);
        this.glyph[at] = glyph;
        this.glyph[at + 1] = TAIL;
        this.style[at + 1] = style;
      }
    } else {
      this.glyph[at] = glyph;
    }
    this.style[at] = style;
  }

  /** Writes text from x, clipped to [left, right) of the row; returns the column after it. Nothing wide is cut in half. */
  text(x: number, y: number, text: string, style: StyleId, left = 0, right = this.cols): number {
    if (y < 0 || y >= this.rows) return x;
    let col = x;
    for (let i = 0; i < text.length; ) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x20 && unit < 0x7f && (i + 1 >= text.length || text.charCodeAt(i + 1) < 0x300)) {
        if (col >= left && col < right) this.put(col, y, unit, style);
        col++;
        i++;
        continue;
      }
      const glyph = glyphAt(text, i);
      i = glyphEnd;
      const width = glyphWidth(glyph) || 1;
      if (col >= left && col + width <= right) this.put(col, y, glyph, style);
      else if (width === 2 && col < right && col + 1 >= left) this.put(Math.max(col, left), y, SPACE, style);
      col += width;
    }
    return col;
  }

  /** Blanks the other half of a wide glyph that is about to lose one. */
  #breakWide(at: number, x: number): void {
    if (this.glyph[at] === TAIL) {
      if (x > 0) this.glyph[at - 1] = SPACE;
      this.glyph[at] = SPACE;
    } else if (x + 1 < this.cols && this.glyph[at + 1] === TAIL) {
      this.glyph[at + 1] = SPACE;
      this.glyph[at] = SPACE;
    }
  }

  /** One row as text, trailing blanks kept. */
  rowText(y: number): string {
    let out = "";
    for (let at = y * this.cols; at < (y + 1) * this.cols; at++) {
      const g = this.glyph[at] as number;
      if (g !== TAIL) out += glyphText(g);
    }
    return out;
  }

  /** All rows, trailing blanks trimmed: what a snapshot holds. */
  toText(): string {
    const lines: string[] = [];
    for (let y = 0; y < this.rows; y++) lines.push(this.rowText(y).trimEnd());
    return lines.join("\n");
  }
}
