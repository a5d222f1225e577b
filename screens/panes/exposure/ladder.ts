import type { Measure } from "../../../engines/exposure/index.ts";
import type { ExposureView } from "../../../src/desk/protocol.ts";
import type { Canvas } from "../../kit/canvas.ts";
import * as f from "../../kit/format.ts";
import { balanceBar } from "../../kit/marks.ts";
import { decimalsOf } from "../../kit/ticks.ts";

export const LADDER_COLUMNS = ["net", "call", "put", "callOi", "putOi"] as const;
export type LadderColumn = (typeof LADDER_COLUMNS)[number];
const TITLES: Readonly<Record<LadderColumn, string>> = {
  net: "NET",
  call: "CALL",
  put: "PUT",
  callOi: "C OI",
  putOi: "P OI",
};

const STRIKE_W = 8;
const VALUE_W = 8;
const TAG_W = 12;
/** Least width of the bars; columns go before they get thinner. */
const BARS_MIN = 26;

export interface Ladder {
  readonly view: ExposureView;
  readonly measure: Measure;
  /** Strike under the cursor, by index in the view. */
  readonly cursor: number;
  readonly column: LadderColumn;
}

/** Columns that fit beside strikes, bars and tags. */
export function columnsFor(width: number): readonly LadderColumn[] {
  const room = width - STRIKE_W - TAG_W - BARS_MIN - 2;
  return LADDER_COLUMNS.slice(0, Math.max(1, Math.min(LADDER_COLUMNS.length, Math.floor(room / VALUE_W))));
}

export function cellText(view: ExposureView, measure: Measure, row: number, column: LadderColumn): string {
  if (column === "callOi" || column === "putOi") return f.short(view[column][row]);
  return f.shortSigned(view.measures[measure][column][row]);
}

export const strikeText = (view: ExposureView, row: number): string => {
  const k = view.strikes[row] ?? Number.NaN;
  return Number.isFinite(k) ? f.fixed(k, decimalsOf(k)) : f.NONE;
};

/** The strike nearest to spot, the middle one where spot is unknown. */
export function nearestStrike(view: ExposureView): number {
  const n = view.strikes.length;
  if (view.spot === null) return n >> 1;
  let best = 0;
  for (let i = 1; i < n; i++)
    if (
      Math.abs((view.strikes[i] as number) - view.spot) < Math.abs((view.strikes[best] as number) - view.spot)
    )
      best = i;
  return best;
}

/** Strikes (and the line of spot, -1) on screen, highest first, with the cursor in the middle where it can be. */
export function linesOf(view: ExposureView, cursor: number, height: number): number[] {
  const all: number[] = [];
  let spotDone = view.spot === null;
  for (let i = view.strikes.length - 1; i >= 0; i--) {
    if (!spotDone && (view.strikes[i] as number) <= (view.spot as number)) {
      all.push(-1);
      spotDone = true;
    }
    all.push(i);
  }
  if (!spotDone) all.push(-1);
  const at = all.indexOf(cursor);
  const from = Math.max(0, Math.min(at - (height >> 1), all.length - height));
  return all.slice(from, from + height);
}

/** The greatest wall of each side, and where they differ the nearest one beyond spot: resistance above, support below. */
function tagOf(view: ExposureView, row: number): string {
  const at = (wall: { readonly strike: number } | null): boolean => wall?.strike === view.strikes[row];
  const [call, put] = [at(view.callWall), at(view.putWall)];
  const words = call && put ? ["both walls"] : call ? ["call wall"] : put ? ["put wall"] : [];
  if (!call && at(view.callWallAbove)) words.push("res");
  if (!put && at(view.putWallBelow)) words.push("sup");
  return words.join(" ");
}

/** The ladder over the canvas: a title line, then strikes with bars to the right for + and to the left for -. Line of the cursor. */
export function paintLadder(canvas: Canvas, ladder: Ladder): number {
  const { view, measure, cursor, column } = ladder;
  const { s, g } = canvas.theme;
  const columns = columnsFor(canvas.w);
  const barsW = canvas.w - STRIKE_W - TAG_W - columns.length * VALUE_W - 2;
  const half = Math.max(1, barsW >> 1);
  const left = STRIKE_W + 1;
  const xOf = (c: LadderColumn): number => left + 2 * half + (columns.indexOf(c) + 1) * VALUE_W;
  canvas.right(STRIKE_W, 0, "STRIKE", s.header);
  canvas.text(left, 0, "-", s.header);
  canvas.right(left + 2 * half, 0, "+", s.header);
  for (const c of columns) canvas.right(xOf(c), 0, TITLES[c], c === column ? s.focus : s.header);
  const { net } = view.measures[measure];
  const lines = linesOf(view, cursor, canvas.h - 1);
  let most = 0;
  for (const i of lines) if (i >= 0 && Math.abs(net[i] as number) > most) most = Math.abs(net[i] as number);
  let cursorLine = -1;
  lines.forEach((i, n) => {
    const y = n + 1;
    if (i < 0) {
      spotLine(canvas, view, y, left, half);
      return;
    }
    canvas.right(STRIKE_W, y, strikeText(view, i), s.title);
    canvas.text(left + half, y, g.separator, s.frame);
    const value = net[i] as number;
    if (most > 0)
      balanceBar(canvas, left, y, half, Number.isFinite(value) ? value / most : null, s.up, s.down);
    for (const c of columns) {
      const text = cellText(view, measure, i, c);
      const signed = c === "net" || c === "call" || c === "put";
      const style = text === f.NONE ? s.unknown : !signed ? s.dim : text.startsWith("-") ? s.down : s.up;
      canvas.right(xOf(c), y, text, style);
    }
    canvas.text(left + 2 * half + columns.length * VALUE_W + 1, y, tagOf(view, i), s.mine);
    if (i === cursor) {
      cursorLine = y;
      canvas.ground(0, y, canvas.w, 1, s.select);
    }
  });
  return cursorLine;
}

function spotLine(canvas: Canvas, view: ExposureView, y: number, left: number, half: number): void {
  const { s, g, ascii } = canvas.theme;
  const { nearest } = view.zeroGamma;
  canvas.text(0, y, g.atm, s.focus);
  canvas.fill(left, y, 2 * half, 1, ascii ? "-" : "─", s.frame);
  const zero = `zero ${nearest === null ? f.NONE : f.fixed(nearest, 2)}`;
  const spot = `spot ${f.fixed(view.spot as number, 2)}`;
  const whole = ` ${zero}  ${spot} `;
  canvas.text(left + Math.max(0, half - (whole.length >> 1)), y, whole, s.focus);
}
