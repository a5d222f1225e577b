import { glyphText, glyphWidth, SPACE, TAIL } from "./glyphs.ts";
import type { Grid } from "./grid.ts";
import type { StyleId, StyleTable } from "./styles.ts";

/** Unchanged cells of the run's style are cheaper to write again than to jump over, up to this many. */
const BRIDGE = 4;
/** A blank rest of a row is erased instead of written from this many cells on. */
const ERASE_FROM = 8;

/** Cells of one row to write in one style; `to` is exclusive. `erase`: from `from` on the row is blank. */
interface Run {
  readonly y: number;
  readonly from: number;
  to: number;
  readonly erase: boolean;
}

/**
 * The shortest plain way from what the terminal shows to what it should show, empty when nothing differs: runs of changed cells, all of
 * one style together (a change of style costs more bytes than a move of the cursor). Leaves the terminal in style 0. Both grids have
 * one size; `shown` is not altered.
 *
 * The order of writing doesn't matter: overwriting half of a wide glyph blanks its other half, which is then itself among the changed
 * cells. Wide glyphs are written over two blanks and the cursor is set anew after them, so that a terminal which disagrees about their
 * width spoils nothing beside them.
 */
export function diff(shown: Grid, next: Grid, styles: StyleTable): string {
  const runs = changedRuns(shown, next, styles);
  if (runs.size === 0) return "";
  const pen = new Pen(next);
  let style: StyleId = 0;
  // Style 0 is what the terminal is in.
  const plain = runs.get(0);
  if (plain) for (const run of plain) pen.write(run);
  for (const [id, list] of runs) {
    if (id === 0) continue;
    pen.out += styles.sgr(style, id);
    style = id;
    for (const run of list) pen.write(run);
  }
  return style === 0 ? pen.out : `${pen.out}\x1b[m`;
}

function changedRuns(shown: Grid, next: Grid, styles: StyleTable): Map<StyleId, Run[]> {
  const { cols, rows } = next;
  const sg = shown.glyph;
  const ss = shown.style;
  const ng = next.glyph;
  const ns = next.style;
  const runs = new Map<StyleId, Run[]>();
  const add = (style: StyleId, run: Run): Run => {
    const list = runs.get(style);
    if (list) list.push(run);
    else runs.set(style, [run]);
    return run;
  };
  for (let y = 0; y < rows; y++) {
    const row = y * cols;
    let blankFrom = -1;
    let run: Run | null = null;
    let runStyle: StyleId = 0;
    for (let x = 0; x < cols; x++) {
      const at = row + x;
      if (sg[at] === ng[at] && ss[at] === ns[at]) continue;
      const blank = ng[at] === SPACE;
      if (blank && sg[at] === SPACE && styles.blank(ss[at] as StyleId) === styles.blank(ns[at] as StyleId))
        continue;
      if (blankFrom < 0) blankFrom = blankTail(next, y, styles);
      if (x >= blankFrom && cols - x >= ERASE_FROM) {
        add(0, { y, from: x, to: cols, erase: true });
        break;
      }
      // Only the look of a wide glyph's right half differs, or its left half is in the run already.
      const head = ng[at] === TAIL && x > 0 ? x - 1 : x;
      let style = ns[row + head] as StyleId;
      if (blank) {
        style = styles.blank(style);
        if (run !== null && styles.blank(runStyle) === style) style = runStyle;
      }
      if (run !== null && style === runStyle && head <= run.to) {
        run.to = Math.max(run.to, x + 1);
      } else if (run !== null && style === runStyle && bridges(next, row, run.to, head, style)) {
        run.to = x + 1;
      } else {
        run = add(style, { y, from: head, to: x + 1, erase: false });
        runStyle = style;
      }
    }
  }
  return runs;
}

/** First column from which the row is blank to its end. */
function blankTail(grid: Grid, y: number, styles: StyleTable): number {
  let x = grid.cols;
  const row = y * grid.cols;
  while (x > 0 && grid.glyph[row + x - 1] === SPACE && styles.blank(grid.style[row + x - 1] as StyleId) === 0)
    x--;
  return x;
}

/** Whether the unchanged cells between two runs can be written with them. */
function bridges(grid: Grid, row: number, from: number, to: number, style: StyleId): boolean {
  if (to - from > BRIDGE) return false;
  for (let i = from; i < to; i++) {
    const g = grid.glyph[row + i] as number;
    if (grid.style[row + i] !== style || g === TAIL || g > 0xffff || glyphWidth(g) === 2) return false;
  }
  return true;
}

/** Writes runs and knows where the terminal's cursor is. */
class Pen {
  out = "";
  /** -1 when not known: after the last column, or after a glyph that terminals may take for another width. */
  #x = -1;
  #y = -1;

  constructor(readonly grid: Grid) {}

  write(run: Run): void {
    const { grid } = this;
    this.#move(run.from, run.y);
    if (run.erase) {
      this.out += "\x1b[K";
      return;
    }
    const row = run.y * grid.cols;
    for (let x = run.from; x < run.to; x++) {
      let glyph = grid.glyph[row + x] as number;
      if (glyph === TAIL) glyph = SPACE;
      if (this.#x !== x) this.#move(x, run.y);
      if (glyph < 0x7f) {
        this.out += String.fromCharCode(glyph);
        this.#x = x + 1;
      } else if (glyphWidth(glyph) === 2) {
        this.out += `  \x1b[${run.y + 1};${x + 1}H${glyphText(glyph)}`;
        x++;
        this.#x = -1;
      } else {
        this.out += glyphText(glyph);
        this.#x = glyph > 0xffff ? -1 : x + 1;
      }
    }
    if (this.#x >= grid.cols) this.#x = -1;
  }

  /** The shortest move there. */
  #move(x: number, y: number): void {
    const known = this.#x >= 0;
    if (known && this.#x === x && this.#y === y) return;
    let best = x === 0 ? `\x1b[${y + 1}H` : `\x1b[${y + 1};${x + 1}H`;
    if (known) {
      const down = y - this.#y;
      const step = steps(x - this.#x, "C", "D");
      const relative = steps(down, "B", "A") + step;
      if (relative.length < best.length) best = relative;
      if (x === 0 && down === 1) best = "\r\n";
    }
    this.out += best;
    this.#x = x;
    this.#y = y;
  }
}

function steps(by: number, on: string, back: string): string {
  if (by === 0) return "";
  const n = Math.abs(by);
  return `\x1b[${n === 1 ? "" : n}${by > 0 ? on : back}`;
}
