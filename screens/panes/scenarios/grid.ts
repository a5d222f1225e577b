import type { ScenariosView } from "../../../src/desk/protocol.ts";
import type { Canvas } from "../../kit/canvas.ts";
import * as f from "../../kit/format.ts";
import type { Role } from "../../theme/roles.ts";

/** Where the cursor stands: indices into the axes of the view. */
export interface CellPlace {
  readonly spot: number;
  readonly vol: number;
  readonly day: number;
}

export const cellOf = (v: ScenariosView, at: CellPlace): number =>
  (at.spot * v.volPts.length + at.vol) * v.days.length + at.day;

const LABEL = 11;
const CELL = 9;

/** First spot column on screen and how many: all, or those around the cursor. */
export function columnsShown(n: number, cursor: number, width: number): { from: number; count: number } {
  const count = Math.max(1, Math.min(n, Math.floor((width - LABEL) / CELL)));
  return { from: Math.max(0, Math.min(cursor - (count >> 1), n - count)), count };
}

/** A P&L as a shade: the root of its share of the greatest, so that small cells tell apart too. */
export function heatRole(pnl: number, most: number): Role {
  if (pnl !== pnl) return "unknown";
  const level = most > 0 ? Math.round(5 * Math.sqrt(Math.abs(pnl) / most)) : 0;
  return level === 0 ? "heat0" : (`heat${pnl > 0 ? "+" : "-"}${level}` as Role);
}

export interface GridPaint {
  readonly at: CellPlace;
  readonly money: (pnl: number) => string;
  readonly focused: boolean;
}

/** A line of cells: its words, the cell of each spot column, and whether the cursor is in it. */
interface Line {
  readonly label: string;
  readonly cell: (spot: number) => number;
  readonly cursor: boolean;
}

function paintTable(canvas: Canvas, v: ScenariosView, paint: GridPaint, lines: readonly Line[]): void {
  const { s, g } = canvas.theme;
  const { from, count } = columnsShown(v.spotPct.length, paint.at.spot, canvas.w);
  const most = v.pnl.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
  canvas.right(LABEL, 0, v.spotAxis === "index" ? "index" : "spot", s.header);
  for (let c = 0; c < count; c++) {
    const move = v.spotPct[from + c] as number;
    const text = move === 0 ? "0" : `${f.signed(move, decimals(move))}%`;
    canvas.right(LABEL + (c + 1) * CELL - 1, 0, text, s.header);
  }
  for (const [i, line] of lines.entries()) {
    canvas.text(1, i + 1, line.label, s.header);
    for (let c = 0; c < count; c++) {
      const cell = line.cell(from + c);
      const pnl = v.pnl[cell] as number;
      const x = LABEL + c * CELL;
      const style = s[heatRole(pnl, most)];
      canvas.fill(x, i + 1, CELL, 1, " ", style);
      canvas.right(x + CELL - 1, i + 1, paint.money(pnl), style);
      if (cell === v.worst) canvas.text(x + CELL - 1, i + 1, g.open, style);
      if (paint.focused && line.cursor && from + c === paint.at.spot) canvas.invert(x, i + 1, CELL);
    }
  }
}

/** Spot by vol on the day of the cursor, the highest vol on top. Returns the lines used and the cursor's place. */
export function paintGrid(
  canvas: Canvas,
  v: ScenariosView,
  paint: GridPaint,
): { readonly lines: number; readonly x: number; readonly y: number } {
  const { at } = paint;
  const n = v.volPts.length;
  const rows = Math.min(n, Math.max(0, canvas.h - 1));
  const top = Math.max(0, Math.min(n - 1 - at.vol - (rows >> 1), n - rows));
  const lines = Array.from({ length: rows }, (_, i): Line => {
    const vol = n - 1 - top - i;
    const points = v.volPts[vol] as number;
    return {
      label: `vol ${points === 0 ? "  0" : `${f.signed(points, decimals(points))}vp`}`,
      cell: (spot) => cellOf(v, { spot, vol, day: at.day }),
      cursor: vol === at.vol,
    };
  });
  paintTable(canvas, v, paint, lines);
  const { from } = columnsShown(v.spotPct.length, at.spot, canvas.w);
  return { lines: rows + 1, x: LABEL + (at.spot - from) * CELL, y: n - 1 - at.vol - top + 1 };
}

/** Spot by day at present vols: where there is room below. */
export function paintDays(canvas: Canvas, v: ScenariosView, paint: GridPaint): void {
  const vol = v.volPts.indexOf(0);
  const lines = Array.from(
    v.days,
    (days, day): Line => ({
      label: days === 0 ? "today" : `in ${days}d`,
      cell: (spot) => cellOf(v, { spot, vol, day }),
      cursor: false,
    }),
  );
  paintTable(canvas, v, paint, lines);
}

/** Places behind the point of a move: none of a whole one. */
export const decimals = (x: number): number => (Number.isInteger(x) ? 0 : 1);
