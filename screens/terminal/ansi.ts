import type { Grid } from "./grid.ts";
import { Attr, type Attrs, type Color, rgb, type StyleTable } from "./styles.ts";

/**
 * Draws a plain frame (lines of text with SGR sequences, as Ink's debug mode writes it) into a cleared grid. Any other escape sequence
 * is dropped; rows and columns beyond the grid are clipped. The frame can't move the cursor or erase anything.
 */
export function drawFrame(frame: string, grid: Grid, styles: StyleTable): void {
  grid.clear();
  const pen = new Pen();
  let x = 0;
  let y = 0;
  let id = 0;
  let i = 0;
  while (i < frame.length && y < grid.rows) {
    const esc = nextControl(frame, i);
    if (esc > i) {
      const run = frame.slice(i, esc);
      x = id === 0 && blank(run) ? x + run.length : grid.text(x, y, run, id);
      i = esc;
      continue;
    }
    const c = frame.charCodeAt(i);
    if (c === 0x0a) {
      y++;
      x = 0;
      i++;
    } else if (c === 0x1b) {
      const end = sequenceEnd(frame, i);
      if (frame[i + 1] === "[" && frame[end - 1] === "m") {
        pen.apply(frame.slice(i + 2, end - 1));
        id = styles.intern(pen.fg, pen.bg, pen.attrs);
      }
      i = end;
    } else {
      i++;
    }
  }
}

function blank(run: string): boolean {
  for (let i = 0; i < run.length; i++) if (run.charCodeAt(i) !== 0x20) return false;
  return true;
}

function nextControl(s: string, from: number): number {
  let i = from;
  while (i < s.length && s.charCodeAt(i) >= 0x20) i++;
  return i;
}

/** Index after the escape sequence that starts at `from`. */
function sequenceEnd(s: string, from: number): number {
  const kind = s[from + 1];
  if (kind === "[") {
    let i = from + 2;
    while (i < s.length && (s.charCodeAt(i) < 0x40 || s.charCodeAt(i) > 0x7e)) i++;
    return Math.min(i + 1, s.length);
  }
  if (kind === "]" || kind === "P" || kind === "_" || kind === "^" || kind === "X") {
    let i = from + 2;
    while (i < s.length && s.charCodeAt(i) !== 0x07 && !(s.charCodeAt(i) === 0x1b && s[i + 1] === "\\")) i++;
    return Math.min(s.charCodeAt(i) === 0x07 ? i + 1 : i + 2, s.length);
  }
  return Math.min(from + 2, s.length);
}

/** The state that SGR sequences change. */
class Pen {
  fg: Color = null;
  bg: Color = null;
  attrs: Attrs = 0;

  apply(params: string): void {
    const codes = params === "" ? [0] : params.split(/[;:]/).map(Number);
    for (let i = 0; i < codes.length; i++) {
      const c = codes[i] as number;
      if (c === 38 || c === 48) {
        const [color, used] = extended(codes, i + 1);
        if (c === 38) this.fg = color;
        else this.bg = color;
        i += used;
      } else this.#plain(c);
    }
  }

  #plain(c: number): void {
    if (c === 0) {
      this.fg = null;
      this.bg = null;
      this.attrs = 0;
    } else if (c === 1) this.attrs |= Attr.bold;
    else if (c === 2) this.attrs |= Attr.dim;
    else if (c === 3) this.attrs |= Attr.italic;
    else if (c === 4) this.attrs |= Attr.underline;
    else if (c === 7) this.attrs |= Attr.inverse;
    else if (c === 22) this.attrs &= ~(Attr.bold | Attr.dim);
    else if (c === 23) this.attrs &= ~Attr.italic;
    else if (c === 24) this.attrs &= ~Attr.underline;
    else if (c === 27) this.attrs &= ~Attr.inverse;
    else if (c >= 30 && c <= 37) this.fg = c - 30;
    else if (c === 39) this.fg = null;
    else if (c >= 40 && c <= 47) this.bg = c - 40;
    else if (c === 49) this.bg = null;
    else if (c >= 90 && c <= 97) this.fg = c - 82;
    else if (c >= 100 && c <= 107) this.bg = c - 92;
  }
}

function extended(codes: readonly number[], at: number): readonly [Color, number] {
  if (codes[at] === 5) return [clampByte(codes[at + 1]), 2];
  if (codes[at] === 2) {
    return [rgb(clampByte(codes[at + 1]), clampByte(codes[at + 2]), clampByte(codes[at + 3])), 4];
  }
  return [null, codes.length - at];
}

const clampByte = (n: number | undefined): number => (n !== undefined && n >= 0 && n <= 255 ? n | 0 : 0);
