import type { ExplainTarget, Explanation, Mode } from "../../src/desk/protocol.ts";
import type { DeskClient } from "../desk-client.ts";
import type { Canvas } from "../kit/canvas.ts";
import { textWidth } from "../terminal/width.ts";
import { modeFrame } from "../theme/theme.ts";
import type { Overlay } from "./overlay.ts";

/** Least time between two askings of the desk, ms. */
const EVERY_MS = 500;
const MAX_W = 64;
const MAX_H = 9;

/** An explanation that stays on the screen and is asked again as the session moves. It takes no keys. */
export class Pinned {
  #target: ExplainTarget | null = null;
  /** Which input was entered at each level below the target. */
  #path: readonly number[] = [];
  #shown: Explanation | null = null;
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor(
    readonly desk: DeskClient,
    readonly changed: () => void,
  ) {}

  get on(): boolean {
    return this.#shown !== null;
  }

  /** False for what the desk can't be asked again. */
  pin(overlay: Overlay & { readonly kind: "explain" }): boolean {
    if (overlay.target === null) return false;
    this.#target = overlay.target;
    this.#path = overlay.trail.slice(0, -1).map((level) => level.cursor);
    this.#shown = overlay.trail.at(-1)?.explanation ?? null;
    return true;
  }

  /** Takes it away; false when there was none. */
  drop(): boolean {
    const was = this.on;
    this.#target = null;
    this.#shown = null;
    return was;
  }

  /** Asks anew if it is time to: what is pinned is as of now. */
  refresh(nowMs: number): void {
    const target = this.#target;
    if (target === null || nowMs - this.#askedMs < EVERY_MS) return;
    this.#askedMs = nowMs;
    this.desk.explain(target).then(
      (explanation) => {
        if (this.#target !== target) return;
        const found = this.#path.reduce<Explanation | null>((e, i) => e?.inputs[i] ?? null, explanation);
        if (found === null) return;
        this.#shown = found;
        this.changed();
      },
      () => {},
    );
  }

  size(cols: number): { readonly w: number; readonly h: number } | null {
    const e = this.#shown;
    if (e === null) return null;
    const widest = Math.max(textWidth(e.title) + 8, textWidth(valueOf(e)), ...linesOf(e).map(textWidth));
    return { w: Math.min(cols, MAX_W, widest + 4), h: Math.min(MAX_H, linesOf(e).length + 3) };
  }

  paint(canvas: Canvas, mode: Mode): void {
    const e = this.#shown;
    if (e === null) return;
    const { s } = canvas.theme;
    canvas.clear();
    const inside = canvas.box(modeFrame(canvas.theme, mode), s.mine);
    canvas.cut(2, 0, canvas.w - 4, ` pinned: ${e.title} `, s.mine);
    canvas.cut(2, canvas.h - 1, canvas.w - 4, " Esc unpins ", s.dim);
    inside.cut(1, 0, inside.w - 2, valueOf(e), s.title);
    for (const [i, line] of linesOf(e).entries()) inside.cut(1, i + 1, inside.w - 2, line, s.text);
  }
}

const valueOf = (e: Explanation): string => `${e.value}${e.unit === null ? "" : ` ${e.unit}`}`;
const linesOf = (e: Explanation): string[] => [
  ...e.lines,
  ...e.inputs.map((i) => `${i.title}  ${valueOf(i)}`),
];
