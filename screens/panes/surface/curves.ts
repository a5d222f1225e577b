import type { SurfaceView } from "../../../src/desk/protocol.ts";
import { BrailleLayer, niceTicks } from "../../kit/braille.ts";
import type { Canvas } from "../../kit/canvas.ts";
import { fixed } from "../../kit/format.ts";

interface Series {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Joined, or a mark at each point. */
  readonly as: "line" | "points";
}

interface Axes {
  readonly xLabels: readonly { readonly at: number; readonly text: string }[];
  readonly decimals: number;
}

/** Vols over strikes or time, with vol points up the left edge. */
function paintVols(canvas: Canvas, series: readonly Series[], axes: Axes): void {
  const { s, g, ascii } = canvas.theme;
  const xs = series.flatMap((one) => Array.from(one.x));
  const ys = series.flatMap((one) => Array.from(one.y, (v) => v * 100)).filter(Number.isFinite);
  if (canvas.h < 4 || canvas.w < 24 || ys.length === 0) {
    canvas.text(1, 0, ys.length === 0 ? "No fit yet." : "too small for a chart", s.dim);
    return;
  }
  const [low, high] = padded(Math.min(...ys), Math.max(...ys));
  const [left, right] = padded(Math.min(...xs), Math.max(...xs), 0.01);
  const ticks = niceTicks(low, high, Math.max(2, Math.floor((canvas.h - 1) / 3)));
  const labels = ticks.values.map((v) => fixed(v, ticks.decimals));
  const gutter = Math.max(...labels.map((l) => l.length), 3) + 1;
  const area = canvas.sub(gutter, 0, canvas.w - gutter, canvas.h - 1);
  const layer = new BrailleLayer(area.w, area.h);
  const px = (x: number, wide: number) => Math.round(((x - left) / (right - left)) * (wide - 1));
  const py = (v: number, tall: number) => Math.round(((high - v) / (high - low)) * (tall - 1));
  for (let y = 0; y < area.h; y++) canvas.text(gutter - 1, y, g.separator, s.frame);
  ticks.values.forEach((v, i) => {
    canvas.right(gutter - 1, py(v, area.h), labels[i] as string, s.dim);
  });
  const lines = series.filter((one) => one.as === "line");
  for (const { x, y } of lines) {
    let before: readonly [number, number] | null = null;
    for (let i = 0; i < x.length; i++) {
      const [at, vol] = [x[i] as number, (y[i] as number) * 100];
      if (!Number.isFinite(vol)) continue;
      const here = [px(at, layer.dotsWide), py(vol, layer.dotsHigh)] as const;
      if (ascii) area.text(px(at, area.w), py(vol, area.h), "*", s.title);
      else if (before) layer.line(before[0], before[1], here[0], here[1], s.title);
      before = here;
    }
  }
  layer.paint(area, 0, 0);
  // Points over lines: where a quote lies on the fit it is the quote that counts.
  for (const { x, y } of series.filter((one) => one.as === "points")) {
    for (let i = 0; i < x.length; i++) {
      const vol = (y[i] as number) * 100;
      if (Number.isFinite(vol))
        area.text(px(x[i] as number, area.w), py(vol, area.h), ascii ? "o" : "•", s.mine);
    }
  }
  xAxis(canvas, axes, gutter, (x) => gutter + px(x, area.w));
}

function xAxis(canvas: Canvas, axes: Axes, gutter: number, column: (x: number) => number): void {
  const { s, ascii } = canvas.theme;
  const y = canvas.h - 1;
  canvas.fill(gutter, y, canvas.w - gutter, 1, ascii ? "-" : "─", s.frame);
  let free = gutter;
  for (const { at, text } of axes.xLabels) {
    const x = Math.min(Math.max(gutter, column(at) - (text.length >> 1)), canvas.w - text.length);
    if (x < free) continue;
    canvas.text(x, y, text, s.dim);
    free = x + text.length + 1;
  }
}

function padded(low: number, high: number, share = 0.05): readonly [number, number] {
  const pad = high > low ? (high - low) * share : Math.max(Math.abs(low) * share, 0.5);
  return [low - pad, high + pad];
}

/** One expiry: the fit as a line, the vols of its out-of-the-money quotes as points. */
export function paintSmile(canvas: Canvas, view: SurfaceView): void {
  const { smile } = view;
  if (!smile) {
    canvas.text(
      1,
      0,
      "No fit of this expiry: it needs two-sided quotes on both sides of the forward.",
      canvas.theme.s.dim,
    );
    return;
  }
  const lo = smile.strikes[0] as number;
  const hi = smile.strikes[smile.strikes.length - 1] as number;
  const { values, decimals } = niceTicks(lo, hi, Math.max(2, Math.floor(canvas.w / 12)));
  paintVols(
    canvas,
    [
      { x: smile.strikes, y: smile.fit, as: "line" },
      { x: smile.quotedStrikes, y: smile.quotedVols, as: "points" },
    ],
    { xLabels: values.map((v) => ({ at: v, text: fixed(v, decimals) })), decimals },
  );
}

/** Vol at the forward over time to expiry; distance on the axis is the square root of days, so that the near end can be read. */
export function paintTerm(canvas: Canvas, view: SurfaceView): void {
  const listed = view.expiries.filter((e) => e.atm !== null && e.dteDays !== null);
  const x = listed.map((e) => Math.sqrt(Math.max(0, e.dteDays as number)));
  const y = listed.map((e) => e.atm as number);
  paintVols(
    canvas,
    [
      { x, y, as: "line" },
      { x, y, as: "points" },
    ],
    { xLabels: listed.map((e, i) => ({ at: x[i] as number, text: e.label })), decimals: 0 },
  );
}
