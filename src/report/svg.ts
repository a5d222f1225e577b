/** Small charts as SVG texts: lines and bars with labelled axes, the same bytes for the same figures. */

export interface Series {
  readonly name: string;
  /** Pairs of x and y; unknown ones are left out before. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Each point marked on the line. */
  readonly dots?: boolean;
}
export interface Marker {
  readonly name: string;
  readonly x: number;
}
export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  readonly bars?: boolean;
  /** Distance along x is the square root: what lies near 0 can be told apart. Ticks stand at these places. */
  readonly rootTicks?: readonly number[];
  /** Upright lines with a name: spot, zero gamma. */
  readonly markers?: readonly Marker[];
}

const [WIDTH, HEIGHT] = [560, 240];
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 14, 42, 40];
/** Width of a letter of the small text, about. */
const LETTER = 6;
const COLORS = ["#1f6feb", "#d1570a", "#57606a", "#1a7f37"];

const at = (x: number): string => x.toFixed(2);
export const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Round steps that give about `count` ticks over a range. */
export function ticks(low: number, high: number, count: number): number[] {
  const raw = (high - low) / count;
  if (!(raw > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw) as number;
  const out: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++)
    out.push(Number((k * step).toPrecision(12)));
  return out;
}

const UNITS = [
  [1e9, "bn"],
  [1e6, "m"],
  [1e4, "k"],
] as const;
/** `1.2bn`, `-340m`, `12.5`: short enough for an axis. */
export function shortNumber(x: number): string {
  const [size, unit] = UNITS.find(([s]) => Math.abs(x) >= s) ?? [1, ""];
  return `${Number((x / (unit === "k" ? 1e3 : size)).toPrecision(4))}${unit}`;
}

function range(values: readonly number[], zero: boolean): [number, number] {
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (zero) [low, high] = [Math.min(0, low), Math.max(0, high)];
  const room = high > low ? 0.05 * (high - low) : Math.abs(low) * 0.05 || 1;
  return [zero && low === 0 ? 0 : low - room, zero && high === 0 ? 0 : high + room];
}

/** The chart, or null where it has fewer than two points. */
export function svgChart(chart: Chart): string | null {
  const points = chart.series.flatMap((s) => s.points);
  if (points.length < 2) return null;
  const bars = chart.bars === true;
  const [x0, x1] = range([...points.map((p) => p[0]), ...(chart.markers ?? []).map((m) => m.x)], false);
  const [y0, y1] = range(
    points.map((p) => p[1]),
    bars,
  );
  const { rootTicks } = chart;
  const along = (x: number): number => (rootTicks === undefined ? x : Math.sqrt(Math.max(0, x)));
  const [from, to] = rootTicks === undefined ? [x0, x1] : [0, along(x1)];
  const X = (x: number): number => LEFT + ((along(x) - from) / (to - from)) * (WIDTH - LEFT - RIGHT);
  const Y = (y: number): number => HEIGHT - BOTTOM - ((y - y0) / (y1 - y0)) * (HEIGHT - TOP - BOTTOM);
  const text = (x: number, y: number, words: string, anchor: string, more = ""): string =>
    `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}"${more}>${escaped(words)}</text>`;
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="11" role="img" aria-label="${escaped(chart.title)}">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(LEFT, 16, chart.title, "start", ' font-size="13" font-weight="bold"'),
  ];
  for (const y of ticks(y0, y1, 5))
    out.push(
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(Y(y))}" y2="${at(Y(y))}" stroke="#e5e7eb"/>`,
      text(LEFT - 6, Y(y) + 4, shortNumber(y), "end"),
    );
  for (const x of rootTicks?.filter((t) => t <= x1) ?? ticks(x0, x1, 7))
    out.push(text(X(x), HEIGHT - BOTTOM + 15, shortNumber(x), "middle"));
  out.push(
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, chart.xLabel, "middle", ' fill="#57606a"'),
    text(WIDTH - RIGHT, 16, chart.yLabel, "end", ' fill="#57606a"'),
  );
  chart.series.forEach((s, i) => {
    const color = COLORS[i % COLORS.length] as string;
    out.push(
      ...(bars
        ? barShapes(s, X, Y, chart.series.length, i)
        : [line(s, X, Y, color), ...(s.dots === true ? dots(s, X, Y, color) : [])]),
    );
    if (chart.series.length > 1) out.push(text(LEFT + 100 * i, 29, s.name, "start", ` fill="${color}"`));
  });
  const markers = (chart.markers ?? []).toSorted((a, b) => a.x - b.x);
  markers.forEach((m, i) => {
    const next = markers[i + 1];
    // Where the next line would run through the name, the name stands on the other side.
    const left = next !== undefined && X(next.x) - X(m.x) < LETTER * m.name.length + 6;
    out.push(
      `<line x1="${at(X(m.x))}" x2="${at(X(m.x))}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="#57606a" stroke-dasharray="3 3"/>`,
      text(X(m.x) + (left ? -3 : 3), TOP - 2, m.name, left ? "end" : "start", ' fill="#57606a"'),
    );
  });
  return `${out.join("\n")}\n</svg>\n`;
}

type Scale = (v: number) => number;

const line = (s: Series, X: Scale, Y: Scale, color: string): string =>
  `<polyline fill="none" stroke="${color}" stroke-width="1.6" points="${s.points.map(([x, y]) => `${at(X(x))},${at(Y(y))}`).join(" ")}"/>`;

const dots = (s: Series, X: Scale, Y: Scale, color: string): string[] =>
  s.points.map(([x, y]) => `<circle cx="${at(X(x))}" cy="${at(Y(y))}" r="2.2" fill="${color}"/>`);

function barShapes(s: Series, X: Scale, Y: Scale, of: number, index: number): string[] {
  const room = (WIDTH - LEFT - RIGHT) / Math.max(1, s.points.length);
  const width = Math.max(1, (0.7 * room) / of);
  return s.points.map(([x, y]) => {
    const [top, bottom] = [Math.min(Y(y), Y(0)), Math.max(Y(y), Y(0))];
    const color = y < 0 ? COLORS[1] : COLORS[0];
    const from = X(x) + (index - of / 2) * width;
    return `<rect x="${at(from)}" y="${at(top)}" width="${at(width)}" height="${at(bottom - top)}" fill="${color}"/>`;
  });
}
