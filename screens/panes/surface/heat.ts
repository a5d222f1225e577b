import type { SurfaceView } from "../../../src/desk/protocol.ts";
import type { Canvas } from "../../kit/canvas.ts";
import * as f from "../../kit/format.ts";
import { heatCell } from "../../kit/marks.ts";
import { expiryWindow } from "./tables.ts";

const NAME_W = 18;
const CELL_W = 6;

/** Columns of the heat map that fit, those around the forward first: from the wings they drop in pairs. */
export function heatColumns(view: SurfaceView, width: number): readonly number[] {
  const n = view.heat.titles.length;
  const room = Math.max(1, Math.floor((width - NAME_W) / CELL_W));
  const drop = Math.max(0, Math.ceil((n - room) / 2));
  return Array.from({ length: n - 2 * drop }, (_, i) => i + drop);
}

/**
 * Vols by expiry (down) and delta (across), shaded from the lowest to the highest on show; or their change since the session before,
 * shaded by size. Returns the line of the chosen expiry.
 */
export function paintHeat(
  canvas: Canvas,
  view: SurfaceView,
  chosen: string,
  column: number,
  changes: boolean,
): number {
  const { s } = canvas.theme;
  const columns = heatColumns(view, canvas.w);
  const n = view.heat.titles.length;
  const values = changes ? view.heat.change : view.heat.vols;
  const { at, from, rows } = expiryWindow(view, chosen, canvas.h - 1);
  const scale = scaleOf(
    values,
    rows.map((_, line) => from + line),
    columns,
    n,
    changes,
  );
  canvas.text(0, 0, changes ? "vp since 1d" : "EXPIRY", s.header);
  columns.forEach((c, i) => {
    canvas.right(NAME_W + (i + 1) * CELL_W, 0, view.heat.titles[c] ?? "", c === column ? s.focus : s.header);
  });
  rows.forEach((row, line) => {
    const y = line + 1;
    canvas.text(0, y, row.label, row.key === chosen ? s.focus : s.text);
    canvas.right(NAME_W - 1, y, f.dte(row.dteDays), s.dim);
    columns.forEach((c, i) => {
      const v = values[(from + line) * n + c] as number;
      const known = Number.isFinite(v);
      const text = !known ? f.NONE : changes ? f.signed(v * 100, 1) : f.vol(v);
      heatCell(canvas, NAME_W + i * CELL_W, y, CELL_W, text, known ? scale(v) : null);
      if (row.key === chosen && c === column) canvas.invert(NAME_W + i * CELL_W, y, CELL_W);
    });
  });
  return at - from + 1;
}

/** Places a value from -1 to +1: levels around the middle of what is on show, changes around nothing. */
function scaleOf(
  values: Float64Array,
  rows: readonly number[],
  columns: readonly number[],
  n: number,
  changes: boolean,
): (v: number) => number {
  const shown = rows.flatMap((r) => columns.map((c) => values[r * n + c] as number)).filter(Number.isFinite);
  const low = shown.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = shown.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (changes) {
    const most = Math.max(Math.abs(low), Math.abs(high));
    return (v) => (most > 0 ? v / most : 0);
  }
  return (v) => (high > low ? (2 * (v - low)) / (high - low) - 1 : 0);
}
