import { glyphText, glyphWidth, SPACE, TAIL } from "./glyphs.ts";
import type { Grid } from "./grid.ts";
import type { StyleId, StyleTable } from "./styles.ts";

/** Unchanged cells of the current style are cheaper to write again than to jump over, up to this many. */
const BRIDGE = 4;
/** A blank rest of a row is erased instead of written from this many changed cells on. */
const ERASE_FROM = 10;

/**
 * The shortest plain way from what the terminal shows to what it should show: cursor moves and runs of changed cells. Empty when
 * nothing differs. Leaves the terminal in style 0. Both grids have one size; `shown` is not altered.
 *
 * Wide glyphs are written over two blanks and the cursor is set anew after them, so that a terminal which disagrees about their width
 * spoils nothing beside them.
 */
export function diff(shown: Grid, next: Grid, styles: StyleTable): string {
  const { cols, rows } = next;
  const sg = shown.glyph;
  const ss = shown.style;
  const ng = next.glyph;
  const ns = next.style;
  let out = "";
  let style: StyleId = 0;
  // Where the terminal's cursor is; -1 when not known.
  let cx = -1;
  let cy = -1;

  for (let y = 0; y < rows; y++) {
    const row = y * cols;
    let blankFrom = -1;
    for (let x = 0; x < cols; x++) {
      const at = row + x;
      if (sg[at] === ng[at] && ss[at] === ns[at]) continue;
      if (blankFrom < 0) blankFrom = blankTail(next, y);
      if (x >= blankFrom && cols - x >= ERASE_FROM) {
        out += move(cx, cy, x, y);
        out += style === 0 ? "\x1b[K" : "\x1b[m\x1b[K";
        style = 0;
        cx = x;
        cy = y;
        break;
      }
      let glyph = ng[at] as number;
      if (glyph === TAIL) {
        if (x === 0) glyph = SPACE;
        else {
          // Only the look of a wide glyph's right half differs, or the half left of it was drawn in this pass.
          x--;
          glyph = ng[row + x] as number;
        }
      }
      if (cy === y && cx >= 0 && cx < x && x - cx <= BRIDGE && bridge(ng, ns, row, cx, x, style)) {
        for (let i = cx; i < x; i++) out += glyphText(ng[row + i] as number);
      } else if (cx !== x || cy !== y) {
        out += move(cx, cy, x, y);
      }
      const wanted = ns[row + x] as StyleId;
      if (wanted !== style) {
        out += styles.sgr(wanted);
        style = wanted;
      }
      if (glyphWidth(glyph) === 2) {
        out += `  \x1b[${y + 1};${x + 1}H${glyphText(glyph)}`;
        x++;
        cx = -1;
      } else {
        out += glyphText(glyph);
        cx = glyph > 0xffff || x + 1 >= cols ? -1 : x + 1;
      }
      cy = y;
    }
  }
  return style === 0 ? out : `${out}\x1b[m`;
}

/** First column from which the row is blank in style 0 to its end. */
function blankTail(grid: Grid, y: number): number {
  let x = grid.cols;
  const row = y * grid.cols;
  while (x > 0 && grid.glyph[row + x - 1] === SPACE && grid.style[row + x - 1] === 0) x--;
  return x;
}

function bridge(
  ng: Int32Array,
  ns: Uint16Array,
  row: number,
  from: number,
  to: number,
  style: StyleId,
): boolean {
  for (let i = from; i < to; i++) {
    const g = ng[row + i] as number;
    if (ns[row + i] !== style || g === TAIL || g > 0xffff || glyphWidth(g) === 2) return false;
  }
  return true;
}

function move(cx: number, cy: number, x: number, y: number): string {
  if (cx >= 0 && cy === y && x > cx) return x - cx === 1 ? "\x1b[C" : `\x1b[${x - cx}C`;
  if (x === 0 && cx >= 0 && y === cy + 1) return "\r\n";
  return x === 0 ? `\x1b[${y + 1}H` : `\x1b[${y + 1};${x + 1}H`;
}
