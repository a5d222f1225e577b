import type { ScenariosView } from "../../../src/desk/protocol.ts";
import type { Canvas, Span } from "../../kit/canvas.ts";
import * as f from "../../kit/format.ts";
import type { Role } from "../../theme/roles.ts";
import { signRole } from "../../theme/theme.ts";

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

const decimals = (x: number): number => (Number.isInteger(x) ? 0 : 1);

/** The figures below the grid, each line only as far as it fits. */
export function summaryLines(
  canvas: Canvas,
  v: ScenariosView,
  at: CellPlace,
  money: (x: number) => string,
): Span[][] {
  const { s, g } = canvas.theme;
  const day = v.days[at.day] ?? 0;
  const lines: Span[][] = [];
  const days: Span[] = [[" day ", s.dim]];
  for (const [i, d] of v.days.entries()) days.push([`${d} `, i === at.day ? s.focus : s.dim]);
  const worst = v.worst === null ? Number.NaN : (v.pnl[v.worst] as number);
  const worstDay = v.worst === null ? 0 : (v.days[v.worst % v.days.length] ?? 0);
  days.push([`  worst ${g.open} `, s.dim], [money(worst), s[signRole(worst)]]);
  if (worstDay !== day) days.push([` ${when(worstDay)}`, s.dim]);
  const burn = day === 0 ? (v.burnPerDay ?? Number.NaN) : baseAt(v, at.day);
  days.push([`   burn ${day === 0 ? 1 : day}d `, s.dim], [money(burn), s[signRole(burn)]]);
  lines.push(days);
  lines.push([
    [" ", s.dim],
    [
      v.base.model === 0 ? "base = mark ✓" : `base: ${v.base.model} without a mark`,
      v.base.model === 0 ? s.ok : s.warn,
    ],
    [v.base.offset === 0 ? "" : `  ${v.base.offset} by a constant difference`, s.dim],
    ["   break-even ", s.dim],
    [breakEvens(v, at.day), s.text],
  ]);
  lines.push(betaSpans(canvas, v), marginSpans(canvas, v, at.spot, money));
  const expired = v.expired[at.day] ?? 0;
  const notes: Span[] = [];
  if (v.missing > 0)
    notes.push([` ${g.estimated} without ${v.missing} of ${v.legs.length} legs: ${reasons(v)}`, s.warn]);
  if (expired > 0) notes.push([` ${expired} expired by then, at intrinsic`, s.dim]);
  if (notes.length > 0) lines.push(notes);
  return lines;
}

/** Whose move the axis is, by which betas; and how vol answers spot where the smiles tell. */
function betaSpans(canvas: Canvas, v: ScenariosView): Span[] {
  const { s } = canvas.theme;
  const index = v.betas.find((b) => b.index !== null)?.index ?? "index";
  const words = v.betas.map((b) => `${b.label} ${b.beta === null ? f.NONE : f.fixed(b.beta, 2)}`).join("  ");
  const none = v.betas.some((b) => b.beta === null);
  const spans: Span[] = [
    [` beta to ${index}: `, s.dim],
    [words === "" ? f.NONE : words, none ? s.warn : s.text],
    [none ? "  none on file: config/market.yaml, betas" : "", s.dim],
  ];
  if (v.spotAxis === "own") spans.push(["  own moves (c: index)", s.dim]);
  for (const { label, beta } of v.spotVolBeta)
    spans.push([
      `  vol ${label} ${beta === null ? "+0.8 by rule" : f.signed(beta, 2)} vp per -1%`,
      beta === null ? s.warn : s.text,
    ]);
  return spans;
}

/** Margin now and at the spot move under the cursor. */
function marginSpans(canvas: Canvas, v: ScenariosView, spot: number, money: (x: number) => string): Span[] {
  const { s } = canvas.theme;
  const { initial, cushion, initialBySpot, cushionBySpot, reason } = v.margin;
  if (initial === null || cushion === null)
    return [[` margin ${f.NONE}${reason === null ? "" : ` ${reason}`}`, s.dim]];
  const bare = (x: number): string => money(x).replace("+", "");
  const spans: Span[] = [
    [` margin${v.staged ? " with tickets" : ""} `, s.dim],
    [bare(initial), s.text],
    ["  cushion ", s.dim],
    [bare(cushion), s[signRole(cushion)]],
  ];
  const move = v.spotPct[spot] ?? 0;
  const there = cushionBySpot[spot] ?? Number.NaN;
  if (move !== 0 && there === there)
    spans.push(
      [`   at ${f.signed(move, decimals(move))}% `, s.dim],
      [bare(initialBySpot[spot] ?? Number.NaN), s.text],
      ["  cushion ", s.dim],
      [bare(there), s[signRole(there)]],
      [there < 0 ? "  margin call" : "", s.warn],
    );
  return spans;
}

/** P&L with only time passing. */
function baseAt(v: ScenariosView, day: number): number {
  return v.pnl[cellOf(v, { spot: v.spotPct.indexOf(0), vol: v.volPts.indexOf(0), day })] as number;
}

function reasons(v: ScenariosView): string {
  return [...new Set(v.legs.flatMap((l) => (l.reason === null ? [] : [l.reason])))].join(", ");
}

/** Break-evens of a day as prices where there is one underlying, else as moves. */
function breakEvens(v: ScenariosView, day: number): string {
  const moves = v.breakEvensPct[day] ?? [];
  const then = when(v.days[day] ?? 0);
  if (moves.length === 0) return `${then} none within ${v.spotPct[0]}% to ${f.signed(v.spotPct.at(-1))}%`;
  const { spot } = v;
  const words = moves.map((m) => (spot === null ? `${f.signed(m, 1)}%` : f.fixed(spot * (1 + m / 100), 2)));
  return `${then} ${words.join("  ")}`;
}

const when = (days: number): string => (days === 0 ? "today" : `in ${days}d`);
