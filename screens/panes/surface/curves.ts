import type { SurfaceView } from "../../../src/desk/protocol.ts";
import { BrailleLayer, niceTicks } from "../../kit/braille.ts";
import type { Canvas } from "../../kit/canvas.ts";
import { day, fixed } from "../../kit/format.ts";
import type { StyleId } from "../../terminal/styles.ts";

interface Series {
  /** Word of the legend; none for marks that belong to another series. */
  readonly name: string | null;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Joined; dots of a line, every second or fourth; or a mark at each point. */
  readonly as: "line" | "dashes" | "dots" | "points" | "stars";
  readonly style: StyleId;
}

interface Axes {
  readonly xLabels: readonly { readonly at: number; readonly text: string }[];
  /** Events on the axis, by x: a sign that no label hides. */
  readonly marks?: readonly number[];
  /** A column to lay the cursor on, by x. */
  readonly cursor: number | null;
}

const MARK: Readonly<Record<Series["as"], string>> = {
  line: "━",
  dashes: "╍",
  dots: "┈",
  points: "•",
  stars: "◆",
};
const ASCII_MARK: Readonly<Record<Series["as"], string>> = {
  line: "*",
  dashes: "-",
  dots: ".",
  points: "o",
  stars: "#",
};
/** Of a line's dots, one in so many is set. */
const EVERY: Partial<Readonly<Record<Series["as"], number>>> = { line: 1, dashes: 2, dots: 4 };

/** Vols over strikes or time, with vol points up the left edge and the names of the lines at the top right. */
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
  const px = (x: number, wide: number) => Math.round(((x - left) / (right - left)) * (wide - 1));
  const py = (v: number, tall: number) => Math.round(((high - v) / (high - low)) * (tall - 1));
  for (let y = 0; y < area.h; y++) canvas.text(gutter - 1, y, g.separator, s.frame);
  ticks.values.forEach((v, i) => {
    canvas.right(gutter - 1, py(v, area.h), labels[i] as string, s.dim);
  });
  // What is older lies below: the present line is drawn last.
  for (const one of series.toReversed()) {
    const every = EVERY[one.as];
    if (every !== undefined) paintLine(area, one, every, px, py);
  }
  // Points over lines: where a quote lies on the fit it is the quote that counts.
  for (const { x, y, as, style } of series) {
    if (EVERY[as] !== undefined) continue;
    for (let i = 0; i < x.length; i++) {
      const vol = (y[i] as number) * 100;
      const mark = (ascii ? ASCII_MARK : MARK)[as];
      if (Number.isFinite(vol)) area.text(px(x[i] as number, area.w), py(vol, area.h), mark, style);
    }
  }
  if (axes.cursor !== null) {
    const x = px(axes.cursor, area.w);
    for (let y = 0; y < area.h; y++) area.ground(x, y, 1, 1, s.select);
  }
  legend(area, series);
  xAxis(canvas, axes, gutter, (x) => gutter + px(x, area.w));
}

type Place = (value: number, size: number) => number;

function paintLine(area: Canvas, { x, y, style, as }: Series, every: number, px: Place, py: Place): void {
  const { ascii } = area.theme;
  const layer = new BrailleLayer(area.w, area.h);
  const step = every === 1 ? 1 : every;
  let before: readonly [number, number] | null = null;
  for (let i = 0; i < x.length; i++) {
    const vol = (y[i] as number) * 100;
    if (!Number.isFinite(vol)) {
      before = null;
      continue;
    }
    const at = x[i] as number;
    const here = [px(at, layer.dotsWide), py(vol, layer.dotsHigh)] as const;
    if (ascii) area.text(px(at, area.w), py(vol, area.h), ASCII_MARK[as], style);
    else if (before === null) layer.dot(here[0], here[1], style);
    else if (step === 1) layer.line(before[0], before[1], here[0], here[1], style);
    else dotted(layer, before, here, step, style);
    before = here;
  }
  layer.paint(area, 0, 0);
}

/** Every `step`-th dot of a straight line, counted from the left edge so that pieces of a curve join evenly. */
function dotted(
  layer: BrailleLayer,
  from: readonly [number, number],
  to: readonly [number, number],
  step: number,
  style: StyleId,
): void {
  for (let x = from[0]; x <= to[0]; x++) {
    if (x % step !== 0) continue;
    const share = to[0] > from[0] ? (x - from[0]) / (to[0] - from[0]) : 0;
    layer.dot(x, Math.round(from[1] + share * (to[1] - from[1])), style);
  }
}

function legend(area: Canvas, series: readonly Series[]): void {
  const { ascii } = area.theme;
  const named = series.filter((one) => one.name !== null && one.x.length > 0);
  if (named.length < 2) return;
  let end = area.w;
  for (const { name, as, style } of named.toReversed()) {
    const text = ` ${(ascii ? ASCII_MARK : MARK)[as]} ${name}`;
    if (end - text.length < 8) return;
    end = area.right(end, 0, text, style);
  }
}

function xAxis(canvas: Canvas, axes: Axes, gutter: number, column: (x: number) => number): void {
  const { s, ascii } = canvas.theme;
  const y = canvas.h - 1;
  canvas.fill(gutter, y, canvas.w - gutter, 1, ascii ? "-" : "─", s.frame);
  const marks = (axes.marks ?? []).map(column);
  let free = gutter;
  for (const { at, text } of axes.xLabels) {
    const x = Math.min(Math.max(gutter, column(at) - (text.length >> 1)), canvas.w - text.length);
    if (x < free || marks.some((m) => m >= x && m < x + text.length)) continue;
    canvas.text(x, y, text, s.dim);
    free = x + text.length + 1;
  }
  for (const x of marks) canvas.text(x, y, ascii ? "#" : "◆", s.mine);
}

function padded(low: number, high: number, share = 0.05): readonly [number, number] {
  const pad = high > low ? (high - low) * share : Math.max(Math.abs(low) * share, 0.5);
  return [low - pad, high + pad];
}

/** One expiry: the fit as a line, the vols of its out-of-the-money quotes as points; the session before's beside it where asked for. */
export function paintSmile(canvas: Canvas, view: SurfaceView, compare: boolean): void {
  const { smile } = view;
  const { s } = canvas.theme;
  if (!smile) {
    canvas.text(
      1,
      0,
      "No fit of this expiry: it needs two-sided quotes on both sides of the forward.",
      s.dim,
    );
    return;
  }
  const lo = smile.strikes[0] as number;
  const hi = smile.strikes[smile.strikes.length - 1] as number;
  const { values, decimals } = niceTicks(lo, hi, Math.max(2, Math.floor(canvas.w / 12)));
  const series: Series[] = [
    { name: "now", x: smile.strikes, y: smile.fit, as: "line", style: s.title },
    { name: null, x: smile.quotedStrikes, y: smile.quotedVols, as: "points", style: s.mine },
  ];
  if (compare)
    series.push({
      name: thenName(view, "1d"),
      x: smile.strikes,
      y: smile.dayBefore,
      as: "dashes",
      style: s.dim,
    });
  const xLabels = values.map((v) => ({ at: v, text: fixed(v, decimals) }));
  paintVols(canvas, series, { xLabels, cursor: null });
}

const thenName = (view: SurfaceView, which: "1d" | "1w"): string => {
  const at = view.then[which].day;
  return at === null ? which : `${which} ${day(at)}`;
};

/**
 * Vol at the forward over time to expiry now, a day and a week before, and the vol index's futures at their expiries. Distance on the axis is
 * the square root of days, so that the near end can be read.
 */
export function paintTerm(canvas: Canvas, view: SurfaceView, cursorDays: number | null): void {
  const { s } = canvas.theme;
  const root = (days: ArrayLike<number>) => Float64Array.from(days, (d) => Math.sqrt(Math.max(0, d)));
  const { curve, futures, events } = view.term;
  const series: Series[] = [
    { name: "now", x: root(curve.days), y: curve.vol, as: "line", style: s.title },
    { name: null, x: root(curve.days), y: curve.vol, as: "points", style: s.title },
  ];
  for (const [which, as] of [
    ["1d", "dashes"],
    ["1w", "dots"],
  ] as const) {
    const then = view.then[which];
    if (then.day !== null)
      series.push({
        name: thenName(view, which),
        x: root(then.curve.days),
        y: then.curve.vol,
        as,
        style: s.dim,
      });
  }
  if (futures !== null)
    series.push({
      name: `${futures.name} futures`,
      x: root(futures.rows.map((r) => r.days)),
      y: futures.rows.map((r) => r.vol),
      as: "stars",
      style: s.mine,
    });
  const listed = view.expiries.filter((e) => e.atm !== null);
  const labels = listed.map((e, i) => ({ at: Math.sqrt(curve.days[i] ?? 0), text: e.label }));
  const last = curve.days.at(-1) ?? 0;
  const marks = events.filter((e) => e.days <= last).map((e) => Math.sqrt(e.days));
  paintVols(canvas, series, {
    xLabels: labels,
    marks,
    cursor: cursorDays === null ? null : Math.sqrt(cursorDays),
  });
}
