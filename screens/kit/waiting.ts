import type { Canvas } from "./canvas.ts";

/** A wait shorter than this is not worth a word, ms. */
const SAY_AFTER_MS = 300;
/** From here on it is said that something is wrong, ms. */
const LONG_MS = 10_000;

/** How a pane that waits begins its words. */
export const WAITS = "asking the desk for";

/** What a pane shows until its first model comes: nothing, then what it waits for and how long, then what to do. */
export class Waiting {
  #since: number | null = null;

  paint(
    canvas: Canvas,
    context: { readonly nowMs: number; readonly wake: (atMs: number) => void },
    what: string,
  ): void {
    const { s } = canvas.theme;
    this.#since ??= context.nowMs;
    const waited = context.nowMs - this.#since;
    if (waited < SAY_AFTER_MS) {
      context.wake(this.#since + SAY_AFTER_MS);
      return;
    }
    const seconds = Math.floor(waited / 1000);
    context.wake(this.#since + (seconds + 1) * 1000);
    const next = canvas.paragraph(1, 0, canvas.w - 2, `${WAITS} ${what}… ${seconds} s`, s.dim);
    if (waited < LONG_MS) return;
    canvas.paragraph(1, next, canvas.w - 2, "No answer yet. r asks again; F shows the feeds.", s.warn);
  }
}
