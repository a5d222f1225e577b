import type { ChartView } from "../../src/desk/protocol.ts";
import { clock } from "../kit/format.ts";
import { onGrid, type Sample } from "./history.ts";

export interface Curve {
  readonly name: string;
  readonly values: readonly number[];
}
/** Curves over the same times, every value a number. */
export interface Plot {
  readonly times: readonly string[];
  readonly curves: readonly Curve[];
  readonly low: number;
  readonly high: number;
}

/** Range of the values with a twentieth of air, never empty. */
export function plotOf(times: readonly string[], curves: readonly Curve[]): Plot | null {
  if (times.length === 0) return null;
  const all = curves.flatMap((c) => c.values);
  const low = Math.min(...all);
  const high = Math.max(...all);
  const air = Math.max((high - low) * 0.05, Math.abs(high) * 1e-5, 0.01);
  return { times, curves, low: low - air, high: high + air };
}

/** Every `n`th so that at most `most` are left, the last one always. */
function thin(length: number, most: number): number[] {
  const step = Math.max(1, Math.ceil(length / most));
  const kept: number[] = [];
  for (let i = (length - 1) % step; i < length; i += step) kept.push(i);
  return kept;
}

/** Closes and VWAP. The VWAP is drawn where it is known from some bar on; bars before it are left out, without any it is the price alone. */
export function priceCurves(view: ChartView, most: number): Plot | null {
  const { close, startUs } = view.bars;
  const known = [...close.keys()].filter((i) => Number.isFinite(close[i]));
  const withVwap = known.filter((i) => Number.isFinite(view.vwap[i]));
  const index = withVwap.length > 0 ? withVwap : known;
  const shown = thin(index.length, most).map((k) => index[k] as number);
  const curves = [{ name: view.label, values: shown.map((i) => close[i] as number) }];
  if (withVwap.length > 0) curves.push({ name: "VWAP", values: shown.map((i) => view.vwap[i] as number) });
  const times = shown.map((i) => clock(startUs[i], view.zoneOffsetMin, false));
  return plotOf(times, curves);
}

/** One figure over session time. */
export function historyCurve(
  name: string,
  samples: readonly Sample[],
  zoneOffsetMin: number,
  most: number,
): Plot | null {
  const points = onGrid(samples, Math.min(most, Math.max(2, samples.length)));
  const span = (points.at(-1)?.us ?? 0) - (points[0]?.us ?? 0);
  const seconds = span < 10 * 60e6;
  return plotOf(
    points.map((p) => clock(p.us, zoneOffsetMin, seconds)),
    [{ name, values: points.map((p) => p.value) }],
  );
}
