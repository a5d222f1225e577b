import type { LevelsView } from "../../../src/desk/protocol.ts";
import type { Canvas } from "../../kit/canvas.ts";
import { bar } from "../../kit/marks.ts";

/** Narrower charts keep their width for prices. */
const LEAST_CHART = 64;

/** Columns that the volume profile takes at the right edge of a chart this wide. */
export const profileWidth = (width: number): number =>
  width < LEAST_CHART ? 0 : Math.min(24, Math.max(12, Math.floor(width / 6)));

/**
 * Volume by price beside the prices: a bar a row, as long as the volume traded within the row's prices, the longest as long as the strip. The row of
 * the POC stands out, the value area is bright, the rest dim. `priceAt` gives the price of a row's edge, 0 the top.
 */
export function paintProfile(
  canvas: Canvas,
  profile: LevelsView["profile"],
  priceAt: (edge: number) => number,
): void {
  const { s, g } = canvas.theme;
  for (let y = 0; y < canvas.h; y++) canvas.text(0, y, g.separator, s.frame);
  const volumes = rowVolumes(profile, canvas.h, priceAt);
  const most = volumes.reduce((a, b) => Math.max(a, b), 0);
  if (!(most > 0)) return;
  const { poc, valueLow, valueHigh } = profile;
  volumes.forEach((volume, y) => {
    const [high, low] = [priceAt(y), priceAt(y + 1)];
    const isPoc = poc !== null && poc <= high && poc > low;
    const inside = valueLow !== null && valueHigh !== null && high > valueLow && low < valueHigh;
    const style = isPoc ? s.mine : inside ? s.title : s.dim;
    if (volume > 0) bar(canvas, 1, y, canvas.w - 1, volume / most, style);
  });
}

/** Volume within the prices of each row: a bin that lies across rows is shared by its overlap. */
export function rowVolumes(
  { low, volume, binSize }: LevelsView["profile"],
  rows: number,
  priceAt: (edge: number) => number,
): number[] {
  if (binSize === null || !(binSize > 0)) return new Array<number>(rows).fill(0);
  return Array.from({ length: rows }, (_, y) => {
    const [top, bottom] = [priceAt(y), priceAt(y + 1)];
    let sum = 0;
    for (let i = 0; i < low.length; i++) {
      const from = low[i] as number;
      const overlap = Math.min(top, from + binSize) - Math.max(bottom, from);
      if (overlap > 0) sum += (volume[i] as number) * (overlap / binSize);
    }
    return sum;
  });
}
