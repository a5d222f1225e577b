import { drawFrame } from "./ansi.ts";
import { diff } from "./diff.ts";
import { Grid } from "./grid.ts";
import type { StyleTable } from "./styles.ts";

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Cell {
  readonly x: number;
  readonly y: number;
}

/** A rectangle of the screen whose cells a painter owns. Later areas lie over earlier ones. */
export interface LiveArea {
  readonly id: string;
  readonly rect: Rect;
  /** Draws into the rectangle, which holds Ink's frame and nothing of the areas below. */
  readonly paint: (grid: Grid, rect: Rect) => void;
}

const SYNC_BEGIN = "\x1b[?2026h";
const SYNC_END = "\x1b[?2026l";

/**
 * Ink's frame below, painted areas above, and the least output that turns what the terminal shows into that. Nothing here writes:
 * {@link compose} returns the bytes.
 */
export class Compositor {
  readonly #base: Grid;
  readonly #next: Grid;
  readonly #shown: Grid;
  #areas: readonly LiveArea[] = [];
  readonly #dirty = new Set<string>();
  /** Areas that only data has touched: they wait for the next whole frame. */
  readonly #later = new Set<string>();
  #allDirty = true;
  #cursorShown: Cell | null = null;
  /** Where the hardware cursor rests (the selection, a text field), or null for none; asked after the painters have run. */
  cursor: () => Cell | null = () => null;

  constructor(
    cols: number,
    rows: number,
    readonly styles: StyleTable,
  ) {
    this.#base = new Grid(cols, rows);
    this.#next = new Grid(cols, rows);
    this.#shown = new Grid(cols, rows);
  }

  get cols(): number {
    return this.#next.cols;
  }
  get rows(): number {
    return this.#next.rows;
  }
  /** What the last {@link compose} showed. */
  get grid(): Grid {
    return this.#shown;
  }

  /** The terminal has another size now; what it shows of the old frame is unknown, so all cells are written again. */
  resize(cols: number, rows: number): void {
    this.#base.resize(cols, rows);
    this.#next.resize(cols, rows);
    this.forget(cols, rows);
  }

  /** The terminal's content is not ours any more (resize, resume, ctrl-l): the next frame writes every cell. */
  forget(cols = this.cols, rows = this.rows): void {
    this.#shown.resize(cols, rows);
    this.#shown.glyph.fill(-1);
    this.#allDirty = true;
    this.#cursorShown = null;
  }

  setFrame(frame: string): void {
    drawFrame(frame, this.#base, this.styles);
    this.#allDirty = true;
  }

  setAreas(areas: readonly LiveArea[]): void {
    this.#areas = areas;
    this.#allDirty = true;
  }

  /** Marks an area to be painted in the next frame. */
  touch(id: string): void {
    this.#dirty.add(id);
  }

  /** Marks an area to be painted in the next whole frame: an answer to a key does not wait for it. */
  touchLater(id: string): void {
    this.#later.add(id);
  }

  /** Paints what was touched; returns the bytes for the terminal, empty when nothing differs. */
  compose(whole = true): string {
    if (whole) {
      for (const id of this.#later) this.#dirty.add(id);
      this.#later.clear();
    }
    const cells = this.#allDirty || this.#dirty.size > 0 ? this.#paint() : "";
    const cursor = this.#cursorMove(cells !== "");
    return cells === "" && cursor === "" ? "" : SYNC_BEGIN + cells + cursor + SYNC_END;
  }

  #paint(): string {
    if (this.#allDirty) this.#next.copyFrom(this.#base);
    for (const area of this.#areas) {
      const rect = clip(area.rect, this.cols, this.rows);
      if (rect.w === 0 || rect.h === 0) continue;
      // An area above one that was painted anew must be painted too.
      if (!this.#allDirty && !this.#dirty.has(area.id) && !this.#under(area)) continue;
      this.#next.copyRect(this.#base, rect.x, rect.y, rect.w, rect.h);
      area.paint(this.#next, rect);
      this.#dirty.add(area.id);
    }
    this.#dirty.clear();
    this.#allDirty = false;
    const cells = diff(this.#shown, this.#next, this.styles);
    this.#shown.glyph.set(this.#next.glyph);
    this.#shown.style.set(this.#next.style);
    return cells;
  }

  #under(area: LiveArea): boolean {
    for (const below of this.#areas) {
      if (below === area) return false;
      if (this.#dirty.has(below.id) && overlap(below.rect, area.rect)) return true;
    }
    return false;
  }

  #cursorMove(moved: boolean): string {
    const at = this.cursor();
    const was = this.#cursorShown;
    if (at === null) {
      if (was === null) return "";
      this.#cursorShown = null;
      return "\x1b[?25l";
    }
    if (was !== null && !moved && was.x === at.x && was.y === at.y) return "";
    this.#cursorShown = at;
    return `\x1b[${at.y + 1};${at.x + 1}H${was === null ? "\x1b[?25h" : ""}`;
  }
}

function clip(r: Rect, cols: number, rows: number): Rect {
  const x = Math.max(0, Math.min(r.x, cols));
  const y = Math.max(0, Math.min(r.y, rows));
  return {
    x,
    y,
    w: Math.max(0, Math.min(r.x + r.w, cols) - x),
    h: Math.max(0, Math.min(r.y + r.h, rows) - y),
  };
}

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
