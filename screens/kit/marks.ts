import type { StyleId } from "../terminal/styles.ts";
import type { Role } from "../theme/roles.ts";
import type { Canvas } from "./canvas.ts";

/** Role of a value on a scale of -1 to +1: five steps each way, nothing known stays unknown. */
export function heatRole(share: number | null): Role {
  if (share === null || !Number.isFinite(share)) return "unknown";
  const step = Math.sign(share) * Math.min(5, Math.round(Math.abs(share) * 5));
  return step === 0 ? "heat0" : (`heat${step > 0 ? "+" : "-"}${Math.abs(step)}` as Role);
}

/** A number on its heat ground, right-aligned in `w` cells. `share` of -1…+1 picks the ground. */
export function heatCell(
  canvas: Canvas,
  x: number,
  y: number,
  w: number,
  text: string,
  share: number | null,
): void {
  const style = canvas.theme.s[heatRole(share)];
  canvas.fill(x, y, w, 1, " ", style);
  canvas.right(x + w, y, text, style);
}

/** A horizontal bar from column x, `share` of `w` cells long, by eighths of a cell. */
export function bar(canvas: Canvas, x: number, y: number, w: number, share: number, style: StyleId): void {
  const eighths = Math.round(Math.max(0, Math.min(1, Number.isFinite(share) ? share : 0)) * w * 8);
  const glyphs = canvas.theme.g.bar;
  canvas.fill(x, y, Math.floor(eighths / 8), 1, glyphs[8] as string, style);
  if (eighths % 8 > 0) canvas.text(x + Math.floor(eighths / 8), y, glyphs[eighths % 8] as string, style);
}

/** A bar from a middle line: to the right for positive shares, to the left for negative ones (whole cells). */
export function balanceBar(
  canvas: Canvas,
  x: number,
  y: number,
  half: number,
  share: number | null,
  up: StyleId,
  down: StyleId,
): void {
  if (share === null || !Number.isFinite(share)) return;
  const cells = Math.min(half, Math.round(Math.abs(share) * half));
  const full = canvas.theme.g.bar[8] as string;
  if (share >= 0) canvas.fill(x + half, y, cells, 1, full, up);
  else canvas.fill(x + half - cells, y, cells, 1, full, down);
}

/** The last `w` values as columns of one row, scaled to their own range; gaps where a value is unknown. */
export function sparkline(
  canvas: Canvas,
  x: number,
  y: number,
  w: number,
  values: ArrayLike<number>,
  style: StyleId,
): void {
  const from = Math.max(0, values.length - w);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = from; i < values.length; i++) {
    const v = values[i] as number;
    if (!Number.isFinite(v)) continue;
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  const glyphs = canvas.theme.g.eighths;
  for (let i = from; i < values.length; i++) {
    const v = values[i] as number;
    if (!Number.isFinite(v)) continue;
    const step = high > low ? 1 + Math.round(((v - low) / (high - low)) * 7) : 4;
    canvas.text(x + i - from, y, glyphs[step] as string, style);
  }
}
