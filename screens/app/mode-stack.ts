import type { StatusView } from "../../src/desk/protocol.ts";
import type { Canvas } from "../kit/canvas.ts";
import type { Mode, ModeKey } from "../orders/mode.ts";
import { fitLines, type Piece, paintLines, paintPieces, type Sheet } from "../orders/sheet.ts";
import type { Rect } from "../terminal/compositor.ts";
import { textWidth } from "../terminal/width.ts";
import { MODE_WORD, modeFrame, type Theme } from "../theme/theme.ts";

/** Status rows above and the two rows below are never covered. */
const TOP_ROWS = 2;
const BOTTOM_ROWS = 2;
/** Wider than this a line is harder to read than two. */
const MAX_COLS = 116;
/** Crumbs of a pane beside a mode say nothing: from here on it takes all columns. */
const CRUMBS = 24;

/** Where the row stands that a strip belongs to, in cells of the screen. */
export interface Anchor {
  readonly x: number;
  readonly y: number;
}

export interface ModePaint {
  readonly theme: Theme;
  readonly nowMs: number;
  readonly status: StatusView | null;
  readonly wake: (atMs: number) => void;
}

/** The modes that are open, the innermost last: it has the keys and is what is painted. */
export class ModeStack {
  #modes: readonly Mode[] = [];
  #stamp: string | null = null;

  get top(): Mode | null {
    return this.#modes.at(-1) ?? null;
  }
  /** What the last painting shows, as far as it decides an order. */
  get stamp(): string | null {
    return this.#stamp;
  }

  has(mode: Mode): boolean {
    return this.#modes.includes(mode);
  }
  push(mode: Mode): void {
    this.#modes = [...this.#modes, mode];
    this.#stamp = null;
  }
  leave(mode: Mode): void {
    const at = this.#modes.indexOf(mode);
    if (at < 0) return;
    const left = this.#modes.slice(at);
    this.#modes = this.#modes.slice(0, at);
    this.#stamp = null;
    for (const one of left.toReversed()) one.closed();
  }
  leaveAll(): void {
    const [first] = this.#modes;
    if (first) this.leave(first);
  }

  key(event: ModeKey): void {
    this.top?.key(event);
  }
  back(): boolean {
    const { top } = this;
    if (!top) return false;
    if (!top.back()) this.leave(top);
    return true;
  }

  /** Where the innermost mode lies on a screen of this size; null when none is open or there is no room. */
  rect(cols: number, rows: number, anchor: Anchor | null, paint: ModePaint): Rect | null {
    const { top } = this;
    const body = rows - TOP_ROWS - BOTTOM_ROWS;
    if (!top || body < 3) return null;
    const w = cols - MAX_COLS < CRUMBS ? cols : MAX_COLS;
    const sheet = this.#sheet(top, w, body - 2, paint);
    const h = Math.max(3, Math.min(body, sheet.lines.length + 2));
    if (top.place === "body" || anchor === null) return { x: (cols - w) >> 1, y: TOP_ROWS, w, h };
    const below = anchor.y + 1;
    const last = rows - BOTTOM_ROWS;
    // Below its row where there is room, else above it: the row itself stays in sight.
    const y = below + h <= last ? below : Math.max(TOP_ROWS, anchor.y - h);
    return { x: Math.max(0, Math.min(anchor.x, cols - w)), y: Math.min(y, last - h), w, h };
  }

  paint(canvas: Canvas, paint: ModePaint): void {
    const { top } = this;
    if (!top) return;
    const { s } = canvas.theme;
    const mode = paint.status?.mode ?? "replay";
    const sheet = this.#sheet(top, canvas.w, canvas.h - 2, paint);
    canvas.clear();
    const inside = canvas.box(modeFrame(paint.theme, mode), s.focus);
    const { lines, whole } = fitLines(sheet.lines, inside.h, inside.w - 2);
    paintLines(inside, lines);
    this.#edges(canvas, sheet, MODE_WORD[mode], paint);
    this.#stamp = top.stamp?.(whole) ?? null;
    if (top.everyMs !== undefined) paint.wake(paint.nowMs + top.everyMs);
  }

  #sheet(mode: Mode, w: number, h: number, { theme, nowMs }: ModePaint): Sheet {
    return mode.sheet({ w: w - 4, h, theme, nowMs });
  }

  /** The mode's word and the account above, the keys and the word again below. */
  #edges(canvas: Canvas, sheet: Sheet, word: string, { status }: ModePaint): void {
    const mode = status?.mode ?? "replay";
    const account = status && status.account !== mode ? `${status.account} ` : "";
    const head: Piece[] = [
      [` ${word} `, `mode.${mode}`],
      [` ${account}`, "title"],
    ];
    paintPieces(canvas, 2, 0, [...head, ...sheet.title, [" ", "frame"]], canvas.w - 2);
    const tail: Piece[] = [
      [` ${word} `, `mode.${mode}`],
      [" ctrl-x KILL ", "error"],
    ];
    const from = canvas.w - 2 - tail.reduce((sum, [text]) => sum + textWidth(text), 0);
    paintPieces(canvas, 2, canvas.h - 1, sheet.foot, from - 1);
    paintPieces(canvas, from, canvas.h - 1, tail);
  }
}
