import type { Mode } from "../../src/desk/protocol.ts";
import type { ActionId } from "../keys/keymap.ts";
import type { Canvas } from "../kit/canvas.ts";
import { modeFrame } from "../theme/theme.ts";

interface Line {
  readonly action: ActionId;
  readonly text: string;
}

const PAUSE: Line = { action: "replay.pause", text: "pauses the replay, and runs it again" };
/** What stands in its place where time can't be paused. */
const FEEDS: Line = { action: "pane.feeds", text: "shows what comes in, and how late" };
/** A line is ticked off when its action was tried. */
const LINES: readonly Line[] = [
  { action: "explain", text: "on any number says where it comes from" },
  { action: "pane.chain", text: "opens the chain; + - p stages a spread" },
  { action: "command", text: "takes commands; Tab offers words" },
  { action: "help", text: "lists the keys that work here" },
];

export const CARD = { w: 56, h: LINES.length + 3 } as const;
/** Rows below which the card would hide too much. */
export const CARD_MIN_ROWS = 20;

/** The card of the first run: what was tried, and whether it is on screen. */
export class Tour {
  shown = false;
  readonly #tried = new Set<ActionId>();

  /** Something was tried; true when that ticks a line off. */
  tried(action: ActionId): boolean {
    if (!this.shown || this.#tried.has(action) || ![PAUSE, FEEDS, ...LINES].some((l) => l.action === action))
      return false;
    this.#tried.add(action);
    return true;
  }

  restart(): void {
    this.#tried.clear();
    this.shown = true;
  }

  paint(canvas: Canvas, mode: Mode, keyOf: (action: ActionId) => string): void {
    const { s } = canvas.theme;
    canvas.clear();
    const inside = canvas.box(modeFrame(canvas.theme, mode), s.frame);
    canvas.cut(2, 0, canvas.w - 4, " First steps ", s.title);
    canvas.cut(2, canvas.h - 1, canvas.w - 4, " Esc hides for good  :tour brings it back ", s.dim);
    for (const [y, line] of [mode === "replay" ? PAUSE : FEEDS, ...LINES].entries()) {
      const done = this.#tried.has(line.action);
      inside.text(1, y, done ? "[x]" : "[ ]", done ? s.ok : s.dim);
      inside.text(5, y, keyOf(line.action), s.key);
      inside.cut(11, y, inside.w - 12, line.text, done ? s.dim : s.text);
    }
  }
}
