import { TAIL } from "../terminal/glyphs.ts";
import type { Grid } from "../terminal/grid.ts";
import type { StyleId } from "../terminal/styles.ts";
import { textWidth } from "../terminal/width.ts";
import type { FrameGlyphs } from "../theme/glyphs.ts";
import type { Theme } from "../theme/theme.ts";

/**
 * A clipped rectangle of the grid with its own origin: all that a painter sees of the screen. Coordinates outside it are allowed and
 * paint nothing.
 */
export class Canvas {
  constructor(
    readonly grid: Grid,
    readonly x: number,
    readonly y: number,
    readonly w: number,
    readonly h: number,
    readonly theme: Theme,
  ) {}

  /** A canvas within this one, clipped to it. */
  sub(x: number, y: number, w: number, h: number): Canvas {
    const left = Math.max(0, Math.min(x, this.w));
    const top = Math.max(0, Math.min(y, this.h));
    const right = Math.max(left, Math.min(x + w, this.w));
    const bottom = Math.max(top, Math.min(y + h, this.h));
    return new Canvas(this.grid, this.x + left, this.y + top, right - left, bottom - top, this.theme);
  }

  /** Writes text from column x; returns the column after it. */
  text(x: number, y: number, text: string, style: StyleId = 0): number {
    if (y < 0 || y >= this.h) return x + textWidth(text);
    const shown = this.theme.ascii ? toAscii(text) : text;
    return this.grid.text(this.x + x, this.y + y, shown, style, this.x, this.x + this.w) - this.x;
  }

  /** Writes text so that it ends before column `end`. */
  right(end: number, y: number, text: string, style: StyleId = 0): number {
    const x = end - textWidth(text);
    this.text(x, y, text, style);
    return x;
  }

  center(y: number, text: string, style: StyleId = 0): void {
    this.text(Math.max(0, (this.w - textWidth(text)) >> 1), y, text, style);
  }

  /** Text cut to `width` cells, with an ellipsis where something is missing. Never for numbers. */
  cut(x: number, y: number, width: number, text: string, style: StyleId = 0): number {
    return this.text(x, y, cutText(text, width, this.theme.g.ellipsis), style);
  }

  /** Words on as many rows as they need, blanks at their ends dropped; returns the row below them. */
  paragraph(x: number, y: number, width: number, text: string, style: StyleId = 0): number {
    let line = "";
    let row = y;
    for (const word of text.split(" ")) {
      if (line !== "" && textWidth(line) + 1 + textWidth(word) > width) {
        this.cut(x, row++, width, line, style);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    this.cut(x, row, width, line, style);
    return row + 1;
  }

  fill(x: number, y: number, w: number, h: number, char: string, style: StyleId = 0): void {
    const from = Math.max(0, x);
    const to = Math.min(this.w, x + w);
    if (to <= from) return;
    const row = char.repeat(to - from);
    for (let line = Math.max(0, y); line < Math.min(this.h, y + h); line++) this.text(from, line, row, style);
  }

  clear(): void {
    this.fill(0, 0, this.w, this.h, " ");
  }

  /** Lays a ground under what is painted already: the cells keep their glyphs and their own colours. */
  ground(x: number, y: number, w: number, h: number, ground: StyleId): void {
    const { grid } = this;
    const { styles } = this.theme;
    for (let line = Math.max(0, y); line < Math.min(this.h, y + h); line++) {
      const row = (this.y + line) * grid.cols + this.x;
      for (let col = Math.max(0, x); col < Math.min(this.w, x + w); col++) {
        grid.style[row + col] = styles.over(grid.style[row + col] as StyleId, ground);
      }
    }
  }

  /** Turns cells inside out, for one step of a flash. */
  invert(x: number, y: number, w: number): void {
    if (y < 0 || y >= this.h) return;
    const row = (this.y + y) * this.grid.cols + this.x;
    for (let col = Math.max(0, x); col < Math.min(this.w, x + w); col++) {
      if (this.grid.glyph[row + col] === TAIL) continue;
      this.grid.style[row + col] = this.theme.styles.inverse(this.grid.style[row + col] as StyleId);
    }
  }

  /** A frame around the whole canvas; returns the canvas inside it. */
  box(frame: FrameGlyphs, style: StyleId): Canvas {
    const { w, h } = this;
    if (w < 2 || h < 2) return this.sub(0, 0, 0, 0);
    const line = frame.h.repeat(w - 2);
    this.text(0, 0, frame.tl + line + frame.tr, style);
    this.text(0, h - 1, frame.bl + line + frame.br, style);
    for (let y = 1; y < h - 1; y++) {
      this.text(0, y, frame.v, style);
      this.text(w - 1, y, frame.v, style);
    }
    return this.sub(1, 1, w - 2, h - 2);
  }

  /** Pieces of text in a row, each with its style; stops where one does not fit whole. Returns the column after the last. */
  spans(x: number, y: number, spans: readonly Span[], end = this.w): number {
    let col = x;
    for (const [text, style] of spans) {
      if (col + textWidth(text) > end) return col;
      col = this.text(col, y, text, style);
    }
    return col;
  }
}

const ASCII_FOR: Readonly<Record<string, string>> = {
  "–": "-",
  Δ: "D",
  Γ: "G",
  Θ: "T",
  β: "b",
  σ: "s",
  "±": "+",
  "≤": "<",
  "≥": ">",
  "→": ">",
  "·": ".",
  "…": "~",
  "✓": "y",
  "✗": "x",
  "│": "|",
  "─": "-",
  "┤": "|",
  "└": "+",
  "↑": "^",
  "↓": "v",
};

/** `text` with the few signs that titles and words use beyond ASCII spelled in it, cell for cell. */
export function toAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (ch) => ASCII_FOR[ch] ?? (textWidth(ch) === 1 ? "?" : ch));
}

export type Span = readonly [text: string, style: StyleId];

/** `text` in at most `width` cells. */
export function cutText(text: string, width: number, ellipsis: string): string {
  if (text.length <= width && textWidth(text) <= width) return text;
  if (width <= 0) return "";
  let used = 0;
  let out = "";
  for (const ch of text) {
    const w = textWidth(ch);
    if (used + w > width - 1) break;
    out += ch;
    used += w;
  }
  return out + ellipsis;
}
