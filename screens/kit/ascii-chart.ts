import { plot } from "asciichart";
import { niceTicks } from "./braille.ts";
import { fixed } from "./format.ts";

/** Corners and lines of asciichart's ten symbols: two axes (left blank), two ends, level, four bends, upright. */
const ASCII = [" ", " ", "-", "-", "-", "\\", "/", "\\", "/", "|"];
const UNICODE = [" ", " ", "╶", "╴", "─", "╰", "╭", "╮", "╯", "│"];

/** `n` values spread evenly over the list, ends included. */
function spread(values: readonly number[], n: number): number[] {
  const last = values.length - 1;
  return Array.from({ length: n }, (_, i) => values[Math.round((i / (n - 1)) * last)] as number);
}

/**
 * A line through the values in `height` rows of `width` characters, from `low` at the bottom to `high` at the top. Values are numbers
 * within that range; a list longer or shorter than the width is spread over it. Rows are empty where it can't be drawn.
 */
export function lineRows(
  values: readonly number[],
  width: number,
  height: number,
  low: number,
  high: number,
  ascii: boolean,
): string[] {
  if (values.length === 0 || width < 2 || height < 2 || !(high > low)) return Array(height).fill("");
  // Drawn from zero up: asciichart rounds both ends of the range, and only this way the rows are as many as were asked for.
  const series = spread(values, width + 1).map((v) => Math.min(Math.max(v, low), high) - low);
  const text = plot(series, {
    min: 0,
    max: high - low,
    height: height - 1,
    offset: 1,
    symbols: ascii ? ASCII : UNICODE,
    format: () => " ",
  });
  return text.split("\n").map((line) => line.slice(1).trimEnd());
}

/** The same with the values of round levels at the left, as lines of text. */
export function textChart(
  values: readonly number[],
  width: number,
  height: number,
  ascii: boolean,
): readonly string[] {
  const known = values.filter((v) => Number.isFinite(v));
  if (known.length === 0) return [];
  const air = Math.max(Math.abs(known[0] as number) * 1e-5, 1e-9);
  const low = Math.min(...known) - air;
  const high = Math.max(...known) + air;
  const ticks = niceTicks(low, high, Math.max(2, Math.floor(height / 3)));
  const labels = new Map<number, string>();
  for (const value of ticks.values) {
    const y = Math.round(((high - value) / (high - low)) * (height - 1));
    if (y >= 0 && y < height) labels.set(y, fixed(value, ticks.decimals));
  }
  const left = Math.max(0, ...[...labels.values()].map((l) => l.length));
  const [tick, bar] = ascii ? ["+", "|"] : ["┤", "│"];
  return lineRows(known, width - left - 2, height, low, high, ascii).map((row, y) => {
    const label = labels.get(y);
    return `${(label ?? "").padStart(left)} ${label === undefined ? bar : tick}${row}`;
  });
}
