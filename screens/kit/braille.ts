import type { StyleId } from "../terminal/styles.ts";
import type { Canvas } from "./canvas.ts";

/** Bit of each dot of a braille cell, by row and column. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** Dots of 2 x 4 a cell: lines drawn here appear on a canvas as braille characters. A cell has the style of its last dot. */
export class BrailleLayer {
  readonly #dots: Uint8Array;
  readonly #style: Uint16Array;

  constructor(
    /** Size in cells. */
    readonly w: number,
    readonly h: number,
  ) {
    this.#dots = new Uint8Array(w * h);
    this.#style = new Uint16Array(w * h);
  }

  get dotsWide(): number {
    return this.w * 2;
  }
  get dotsHigh(): number {
    return this.h * 4;
  }

  dot(x: number, y: number, style: StyleId): void {
    if (x < 0 || y < 0 || x >= this.w * 2 || y >= this.h * 4) return;
    const at = (y >> 2) * this.w + (x >> 1);
    this.#dots[at] = (this.#dots[at] as number) | (DOTS[y & 3]?.[x & 1] ?? 0);
    this.#style[at] = style;
  }

  /** A straight line between two dots, ends included. */
  line(x0: number, y0: number, x1: number, y1: number, style: StyleId): void {
    const steps = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 1);
    // A line far outside still ends: no more dots than the layer could show twice over.
    const n = Math.min(steps, 4 * (this.dotsWide + this.dotsHigh));
    for (let i = 0; i <= n; i++) {
      this.dot(Math.round(x0 + ((x1 - x0) * i) / n), Math.round(y0 + ((y1 - y0) * i) / n), style);
    }
  }

  paint(canvas: Canvas, x: number, y: number): void {
    for (let row = 0; row < this.h; row++) {
      for (let col = 0; col < this.w; col++) {
        const bits = this.#dots[row * this.w + col] as number;
        if (bits === 0) continue;
        canvas.text(x + col, y + row, String.fromCharCode(0x2800 + bits), this.#style[row * this.w + col]);
      }
    }
  }
}

/** Round numbers between `low` and `high`, at most `count` of them, with the decimals that tell them apart. */
export function niceTicks(
  low: number,
  high: number,
  count: number,
): { readonly values: number[]; readonly decimals: number } {
  if (!(high > low) || count < 1) return { values: [], decimals: 0 };
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999999) ?? 10 * power;
  const decimals = Math.max(
    0,
    Math.min(8, -Math.floor(Math.log10(step) + 1e-9) + (step / power === 2.5 ? 1 : 0)),
  );
  const values: number[] = [];
  const first = Math.ceil(low / step - 1e-9);
  for (let i = first; i * step <= high + step * 1e-9 && values.length <= count + 1; i++)
    values.push(i * step);
  return { values, decimals };
}
