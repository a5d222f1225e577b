import type { ChartView, LevelsView } from "../../../src/desk/protocol.ts";
import { lineRows } from "../../kit/ascii-chart.ts";
import { BrailleLayer, niceTicks } from "../../kit/braille.ts";
import type { Canvas } from "../../kit/canvas.ts";
import { clock, fixed } from "../../kit/format.ts";
import { paintProfile, profileWidth } from "./profile.ts";

export const STYLES = ["line", "candles"] as const;
export type ChartStyle = (typeof STYLES)[number];

export interface Plot {
  readonly view: ChartView;
  readonly style: ChartStyle;
  /** Bar under the crosshair, or null for none. */
  readonly cross: number | null;
  /** Volume by price for the right edge, where there is room. */
  readonly profile: LevelsView["profile"] | null;
}

/** Part of the bars on screen and the prices they need. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
}

/** The last `room` bars, moved so that the crosshair is among them, with the range of their prices and of the VWAP beside them. */
export function windowOf(plot: Plot, room: number): Window | null {
  const { bars, vwap } = plot.view;
  const n = bars.close.length;
  if (n === 0 || room < 1) return null;
  const to =
    plot.cross === null
      ? n
      : Math.max(Math.min(n, plot.cross + 1), Math.min(n, plot.cross + Math.ceil(room / 2)));
  const from = Math.max(0, Math.min(to - room, plot.cross ?? n));
  const end = Math.min(n, from + room);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = from; i < end; i++) {
    low = Math.min(low, bars.low[i] as number);
    high = Math.max(high, bars.high[i] as number);
  }
  if (!(high >= low)) return null;
  // The VWAP is shown where it is near; it does not squeeze the prices.
  const span = Math.max(high - low, Math.abs(high) * 1e-4, 1e-6);
  for (let i = from; i < end; i++) {
    const v = vwap[i] as number;
    if (v > low - span * 0.5 && v < high + span * 0.5) {
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
  }
  const pad = Math.max((high - low) * 0.04, Math.abs(high) * 2e-5);
  return { from, to: end, low: low - pad, high: high + pad };
}

/** Paints axes, levels and prices over the whole canvas, and volume by price at the right edge of a wide one. */
export function paintPlot(whole: Canvas, plot: Plot): void {
  const strip = plot.profile === null || plot.profile.low.length === 0 ? 0 : profileWidth(whole.w);
  const canvas = strip === 0 ? whole : whole.sub(0, 0, whole.w - strip, whole.h);
  const { s, g } = canvas.theme;
  const perBar = plot.style === "candles" ? 1 : 0.5;
  const rough = windowOf(plot, Math.max(1, Math.floor((canvas.w - 8) / perBar)));
  if (!rough || canvas.h < 3 || canvas.w < 16) {
    canvas.text(1, 0, rough ? "too small for a chart" : "No prices yet.", s.dim);
    return;
  }
  const ticks = niceTicks(rough.low, rough.high, Math.max(2, Math.floor((canvas.h - 1) / 3)));
  const labels = ticks.values.map((v) => fixed(v, ticks.decimals));
  const left = Math.max(...labels.map((l) => l.length), 3) + 1;
  const area = canvas.sub(left, 0, canvas.w - left, canvas.h - 1);
  const w = windowOf(plot, Math.floor(area.w / perBar));
  if (!w) return;

  const rowOf = (price: number): number => Math.round(((w.high - price) / (w.high - w.low)) * (area.h - 1));
  for (let y = 0; y < area.h; y++) canvas.text(left - 1, y, g.separator, s.frame);
  for (const [i, value] of ticks.values.entries()) {
    const y = rowOf(value);
    if (y < 0 || y >= area.h) continue;
    canvas.right(left - 1, y, labels[i] as string, s.dim);
    canvas.text(left - 1, y, canvas.theme.ascii ? "+" : "┤", s.frame);
  }
  timeAxis(canvas, plot, w, left, perBar);
  paintLevels(area, plot, w, rowOf);
  if (plot.style === "candles") paintCandles(area, plot, w, rowOf, perBar);
  else if (canvas.theme.ascii) paintTextLine(area, plot, w, rowOf, perBar);
  else paintLine(area, plot, w);
  labelLevels(area, plot, w, rowOf);
  if (strip > 0 && plot.profile !== null) {
    const step = (w.high - w.low) / Math.max(1, area.h - 1);
    paintProfile(
      whole.sub(whole.w - strip, 0, strip, area.h),
      plot.profile,
      (edge) => w.high - (edge - 0.5) * step,
    );
    whole.cut(whole.w - strip, area.h, strip, " volume", s.dim);
  }
  if (plot.cross !== null && plot.cross >= w.from && plot.cross < w.to) {
    const x = Math.floor((plot.cross - w.from) * perBar);
    for (let y = 0; y < area.h; y++) area.ground(x, y, 1, 1, s.select);
  }
}

function paintLine(area: Canvas, plot: Plot, w: Window): void {
  const { s } = area.theme;
  const { bars, vwap } = plot.view;
  const layer = new BrailleLayer(area.w, area.h);
  const top = layer.dotsHigh - 1;
  const dot = (price: number): number => Math.round(((w.high - price) / (w.high - w.low)) * top);
  for (let i = w.from; i < w.to; i += 2) {
    const v = vwap[i] as number;
    if (v >= w.low && v <= w.high) layer.dot(i - w.from, dot(v), s.mine);
  }
  let before = Number.NaN;
  for (let i = w.from; i < w.to; i++) {
    const close = bars.close[i] as number;
    if (Number.isNaN(close)) continue;
    const y = dot(close);
    if (Number.isNaN(before)) layer.dot(i - w.from, y, s.title);
    else layer.line(i - w.from - 1, before, i - w.from, y, s.title);
    before = y;
  }
  layer.paint(area, 0, 0);
}

/** The line in characters, for terminals without braille: as many columns as the bars would take in dots. */
function paintTextLine(
  area: Canvas,
  plot: Plot,
  w: Window,
  rowOf: (p: number) => number,
  perBar: number,
): void {
  const { s } = area.theme;
  const { bars, vwap } = plot.view;
  for (let i = w.from; i < w.to; i += Math.round(2 / perBar)) {
    const v = vwap[i] as number;
    if (v >= w.low && v <= w.high) area.text(Math.floor((i - w.from) * perBar), rowOf(v), ".", s.mine);
  }
  const closes = [...bars.close.subarray(w.from, w.to)].filter((c) => Number.isFinite(c));
  const cols = Math.max(2, Math.ceil((w.to - w.from) * perBar));
  for (const [y, row] of lineRows(closes, cols, area.h, w.low, w.high, true).entries())
    for (let x = 0; x < row.length; x++) if (row[x] !== " ") area.text(x, y, row[x] as string, s.title);
}

/** One column a bar: the range as a thin line, open to close as a body, full when it rose and shaded when it fell. */
function paintCandles(
  area: Canvas,
  plot: Plot,
  w: Window,
  rowOf: (p: number) => number,
  perBar: number,
): void {
  const { s, ascii } = area.theme;
  const { bars } = plot.view;
  const [wick, rose, fell] = ascii ? ["|", "#", "o"] : ["│", "█", "▒"];
  for (let i = w.from; i < w.to; i++) {
    const open = bars.open[i] as number;
    const close = bars.close[i] as number;
    if (Number.isNaN(close)) continue;
    const up = close >= open;
    const style = up ? s.up : s.down;
    const x = Math.floor((i - w.from) * perBar);
    for (let y = rowOf(bars.high[i] as number); y <= rowOf(bars.low[i] as number); y++)
      area.text(x, y, wick, style);
    const [from, to] = up ? [rowOf(close), rowOf(open)] : [rowOf(open), rowOf(close)];
    for (let y = from; y <= to; y++) area.text(x, y, up ? rose : fell, style);
  }
}

function paintLevels(area: Canvas, plot: Plot, w: Window, rowOf: (p: number) => number): void {
  const { s } = area.theme;
  const line = area.theme.ascii ? "." : "┈";
  for (const level of plot.view.levels) {
    if (!(level.price > w.low && level.price < w.high)) continue;
    area.fill(0, rowOf(level.price), area.w, 1, line, s.frame);
  }
}

/** Names over everything else: a line without its name says nothing. Those of one row stand side by side. */
function labelLevels(area: Canvas, plot: Plot, w: Window, rowOf: (p: number) => number): void {
  const ends = new Map<number, number>();
  for (const level of plot.view.levels) {
    if (!(level.price > w.low && level.price < w.high)) continue;
    const y = rowOf(level.price);
    const end = ends.get(y) ?? area.w;
    if (end - level.name.length - 2 < area.w >> 1) continue;
    ends.set(y, area.right(end, y, ` ${level.name} `, area.theme.s.dim));
  }
}

/** Times below the plot, at round minutes, as many as fit. */
function timeAxis(canvas: Canvas, plot: Plot, w: Window, left: number, perBar: number): void {
  const { s, ascii } = canvas.theme;
  const y = canvas.h - 1;
  canvas.text(left - 1, y, ascii ? "+" : "└", s.frame);
  canvas.fill(left, y, canvas.w - left, 1, ascii ? "-" : "─", s.frame);
  const { bars, zoneOffsetMin, barMinutes } = plot.view;
  const cells = 60 / (barMinutes / perBar);
  const step = [5, 10, 15, 30, 60, 120, 240].find((m) => (m / 60) * cells >= 9) ?? 480;
  let free = left;
  for (let i = w.from; i < w.to; i++) {
    const us = bars.startUs[i] as number;
    const minute = Math.floor(us / 60e6) + zoneOffsetMin;
    if (minute % step !== 0 && i !== w.from) continue;
    const x = left + Math.floor((i - w.from) * perBar);
    const label = clock(us, zoneOffsetMin, false).replace(/^0/, "");
    if (x < free || x + label.length > canvas.w) continue;
    canvas.text(x, y, label, s.dim);
    free = x + label.length + 2;
  }
}
