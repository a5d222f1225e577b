import { lineRows } from "../kit/ascii-chart.ts";
import { fixed } from "../kit/format.ts";
import type { Role } from "../theme/roles.ts";
import type { BoxOptions, WallKit, Widget } from "./blessed.ts";
import type { Plot } from "./curves.ts";
import type { Ink } from "./ink.ts";
import type { Place } from "./places.ts";
import type { Sheet } from "./sheets.ts";

/** Columns of a framed box that are its own: the frame. */
const FRAME = 2;
/** Smallest heights at which the gauge's bar and the donut's ring with its label are whole. */
const GAUGE_ROWS = 6;
const DONUT_ROWS = 10;

const CURVE_ROLES: readonly Role[] = ["title", "mine"];

export interface Part<T> {
  readonly widget: Widget;
  /** `label` is the frame's title with its figures; null content says that nothing is known yet. */
  readonly show: (label: string, content: T | null) => void;
}

function framed(place: Place, ink: Ink): BoxOptions {
  return {
    left: place.x,
    top: place.y,
    width: place.w,
    height: place.h,
    border: { type: "line" },
    wrap: false,
    label: " ",
    style: { fg: -1, border: { fg: ink.index("frame") }, label: { fg: -1 } },
  };
}

const titled = (label: string): string => ` ${label} `;

/** Canvas points of the longest label of the value axis: contrib measures the upper end alone, and cuts a longer one below zero. */
export function labelPoints({ low, high }: Plot, labels: number): number {
  const decimals = (high - low) / labels < 1 ? 2 : 0;
  return 2 * Math.max(...[low, high].map((v) => v.toFixed(decimals).length));
}

/** Upper end of the value axis. contrib draws curves two of its points too high, and loses what goes beyond the frame. */
function topOf({ low, high }: Plot, rows: number): number {
  const points = Math.max(8, rows * 4 - 19);
  return low + ((high - low) * points) / (points - 4);
}

/** Curves: by contrib's braille canvas, or as characters where the terminal has no others. */
export function chartPart(kit: WallKit, place: Place, ink: Ink): Part<Plot> {
  if (ink.theme.ascii) return textChartPart(kit, place, ink);
  const options = framed(place, ink);
  const labels = Math.max(2, Math.min(6, Math.floor(place.h / 3)));
  const line = kit.line({
    ...options,
    xLabelPadding: 3,
    xPadding: 5,
    numYLabels: labels,
    showLegend: false,
    legend: { width: 12 },
    style: {
      ...options.style,
      line: ink.chart("title"),
      text: ink.chart("dim"),
      baseline: ink.chart("frame"),
    },
  });
  return {
    widget: line,
    show: (label, plot) => {
      line.setLabel(titled(label));
      if (plot === null) return;
      line.options.minY = plot.low;
      line.options.maxY = topOf(plot, place.h);
      line.options.xLabelPadding = line.options.xPadding = labelPoints(plot, labels);
      line.setData(
        plot.curves.map((curve, i) => ({
          title: curve.name,
          x: plot.times,
          y: curve.values,
          style: { line: ink.chart(CURVE_ROLES[i] ?? "text") },
        })),
      );
    },
  };
}

/** The first curve alone: two in the same characters could not be told apart. */
function textChartPart(kit: WallKit, place: Place, ink: Ink): Part<Plot> {
  const box = kit.box(framed(place, ink));
  return {
    widget: box,
    show: (label, plot) => {
      box.setLabel(titled(label));
      if (plot === null) return box.setContent(" waiting for data");
      const ends = [plot.high, plot.low].map((v) => fixed(v, Math.abs(v) < 10_000 ? 2 : 0));
      const left = Math.max(...ends.map((e) => e.length)) + 1;
      const height = place.h - FRAME - 1;
      const values = plot.curves[0]?.values ?? [];
      const rows = lineRows(values, place.w - FRAME - left - 1, height, plot.low, plot.high, true);
      const lines = rows.map((row, y) => {
        const end = y === 0 ? ends[0] : y === rows.length - 1 ? ends[1] : "";
        return `${(end ?? "").padStart(left)}|${row}`;
      });
      const [from, to] = [plot.times[0] ?? "", plot.times.at(-1) ?? ""];
      const blank = " ".repeat(Math.max(1, place.w - FRAME - left - 1 - from.length - to.length));
      box.setContent([...lines, `${" ".repeat(left + 1)}${from}${blank}${to}`].join("\n"));
    },
  };
}

/** Width and height that a table's cells may take in a place. */
export const sheetRoom = (place: Place): { readonly width: number; readonly height: number } => ({
  width: place.w - FRAME - 1,
  height: Math.max(1, place.h - 4),
});

export function tablePart(kit: WallKit, place: Place, ink: Ink): Part<Sheet> {
  const table = kit.table({
    ...framed(place, ink),
    fg: -1,
    interactive: false,
    // contrib writes one blank less than this.
    columnSpacing: 2,
    columnWidth: [1],
  });
  // The rows begin below the header's own column.
  table.rows.left = 0;
  table.rows.top = 1;
  return {
    widget: table,
    show: (label, sheet) => {
      table.setLabel(titled(label));
      if (sheet === null) return;
      table.options.columnWidth = sheet.widths;
      table.setData({ headers: sheet.headers, data: sheet.rows });
    },
  };
}

export interface Share {
  /** 0 to 1 and beyond. */
  readonly share: number;
  readonly role: Role;
}
const percent = (share: number): string => `${fixed(share * 100, 0)}%`;

/** A share as a bar or a ring, full at 1; its figure is text in any case. */
export function sharePart(kit: WallKit, place: Place, ink: Ink, ring: boolean): Part<Share> {
  if (!ink.colours || ink.theme.ascii || place.h < GAUGE_ROWS) return barPart(kit, place, ink);
  if (ring && place.h >= DONUT_ROWS && place.w >= 24) return ringPart(kit, place, ink);
  const gauge = kit.gauge({ ...framed(place, ink), stroke: ink.chart("mine"), showLabel: false });
  return {
    widget: gauge,
    show: (label, value) => {
      gauge.setLabel(titled(value === null ? label : `${label} ${percent(value.share)}`));
      gauge.options.stroke = ink.chart(value?.role ?? "dim");
      gauge.setPercent(Math.min(1, Math.max(0, value?.share ?? 0)));
    },
  };
}

function ringPart(kit: WallKit, place: Place, ink: Ink): Part<Share> {
  const pixels = place.h * 4 - 12;
  const donut = kit.donut({
    ...framed(place, ink),
    radius: Math.floor((pixels - 10) / 2),
    arcWidth: 3,
    yPadding: 4,
    remainColor: ink.chart("frame"),
    fill: ink.chart("text"),
  });
  return {
    widget: donut,
    show: (label, value) => {
      donut.setLabel(titled(label));
      if (value === null) return donut.setData([]);
      const { share, role } = value;
      // The ring ends at the whole; the figure in it does not.
      const ring = { percent: Math.min(1, Math.max(0, share)), percentAltNumber: share * 100 };
      donut.setData([{ ...ring, label: "% of NAV", color: ink.chart(role) }]);
    },
  };
}

function barPart(kit: WallKit, place: Place, ink: Ink): Part<Share> {
  const box = kit.box(framed(place, ink));
  const [full, empty] = ink.theme.ascii ? ["#", "."] : ["█", "░"];
  const width = place.w - FRAME - 2;
  return {
    widget: box,
    show: (label, value) => {
      box.setLabel(titled(value === null ? label : `${label} ${percent(value.share)}`));
      if (value === null) return box.setContent(" unknown");
      const cells = Math.round(Math.min(1, Math.max(0, value.share)) * width);
      box.setContent(
        ` ${ink.text(value.role, full.repeat(cells))}${ink.text("dim", empty.repeat(width - cells))}`,
      );
    },
  };
}

export function logPart(kit: WallKit, place: Place, ink: Ink): Part<readonly string[]> {
  const log = kit.log({ ...framed(place, ink), bufferLength: 1 });
  return {
    widget: log,
    show: (label, lines) => {
      log.setLabel(titled(label));
      log.setItems((lines ?? []).slice(-Math.max(1, place.h - FRAME)));
    },
  };
}

export function headPart(kit: WallKit, place: Place): Part<string> {
  const box = kit.box({
    left: place.x,
    top: place.y,
    width: place.w,
    height: 1,
    wrap: false,
    style: { fg: -1 },
  });
  return { widget: box, show: (_label, line) => box.setContent(line ?? "") };
}
