import { textWidth } from "../terminal/width.ts";
import type { Canvas } from "./canvas.ts";

const FLASH_MS = 150;
/** At most four flashes a second in a cell. */
const FLASH_EVERY_MS = 250;
/** Rows whose last texts are remembered; the rest are forgotten. */
const MAX_REMEMBERED = 512;

interface Memory {
  readonly texts: string[];
  readonly flashedAt: Float64Array;
}
/** A cell's text where it stands. */
export interface FlashCell {
  readonly text: string;
  readonly x: number;
  readonly w: number;
  readonly line: number;
  readonly left: boolean;
}
export interface FlashClock {
  readonly nowMs: number;
  readonly wake: (atMs: number) => void;
}

/** Which cells of a table changed, and for how long they stand inverse because of it. */
export class Flashes {
  readonly #memory = new Map<string, Memory>();

  constructor(readonly columns: number) {}

  /** Paints the step of a cell's flash, if it is in one. */
  cell(canvas: Canvas, row: string, column: number, at: FlashCell, clock: FlashClock): void {
    const memory = this.#remember(row);
    const before = memory.texts[column];
    memory.texts[column] = at.text;
    const since = clock.nowMs - (memory.flashedAt[column] as number);
    if (before !== undefined && before !== at.text && since >= FLASH_EVERY_MS) {
      memory.flashedAt[column] = clock.nowMs;
    } else if (since >= FLASH_MS) return;
    clock.wake((memory.flashedAt[column] as number) + FLASH_MS);
    const lead = textWidth(at.text) - textWidth(at.text.trimStart());
    const from = at.left ? at.x + lead : at.x + at.w - textWidth(at.text) + lead;
    canvas.invert(from, at.line, textWidth(at.text.trim()));
  }

  /** Keeps the memory of these rows when there is too much of it. */
  trim(rows: () => readonly string[]): void {
    if (this.#memory.size <= MAX_REMEMBERED) return;
    const keep = new Set(rows());
    for (const key of this.#memory.keys()) if (!keep.has(key)) this.#memory.delete(key);
  }

  #remember(key: string): Memory {
    let memory = this.#memory.get(key);
    if (memory === undefined) {
      memory = { texts: [], flashedAt: new Float64Array(this.columns).fill(Number.NEGATIVE_INFINITY) };
      this.#memory.set(key, memory);
    }
    return memory;
  }
}
