import type { ExplainTarget, LevelsView } from "../../../src/desk/protocol.ts";
import type { PaintContext } from "../../app/pane.ts";
import type { Canvas } from "../../kit/canvas.ts";
import * as f from "../../kit/format.ts";
import { Table } from "../../kit/table.ts";
import { warningWords } from "../study-words.ts";
import { LADDER_COLUMNS, type LadderRow, ladderRows } from "./ladder.ts";

/** Lines below the ladder: ranges, strength, what is missing. */
const FOOT = 3;

/** Strength against the benchmark, its beta and correlation, as far as they are known. */
function strength({ relative: r }: LevelsView): string {
  if (r === null) return `beta ${f.NONE}  corr ${f.NONE}  strength ${f.NONE}`;
  const two = (x: number | null): string => (x === null ? f.NONE : f.fixed(x, 2));
  return `${r.benchmark}: beta20 ${two(r.beta20)}  corr20 ${two(r.correlation20)}  vs 20d ${f.percent(r.vsMean20)}`;
}

/** The ladder of levels beside a chart: by price around spot, or nearest first. */
export class LevelsLadder {
  readonly #table = new Table<LadderRow, LevelsView>(LADDER_COLUMNS, (r) => `${r.name} ${r.price}`);
  #view: LevelsView | null = null;
  #nearest = false;
  /** The instrument that the cursor was last put at spot for. */
  #placed = -1;

  receive(view: LevelsView): void {
    this.#view = view;
    this.#table.setRows(ladderRows(view, this.#nearest));
    if (this.#placed === view.slot) return;
    this.#placed = view.slot;
    this.#toSpot();
  }

  move(by: number): void {
    this.#table.move(by);
  }

  turnOrder(): void {
    this.#nearest = !this.#nearest;
    if (!this.#view) return;
    this.#table.setRows(ladderRows(this.#view, this.#nearest));
    this.#toSpot();
  }

  paint(canvas: Canvas, context: PaintContext): void {
    const view = this.#view;
    if (!view) return;
    const { s } = canvas.theme;
    if (view.rows.length === 0) {
      canvas.paragraph(1, 0, canvas.w - 2, "No levels yet: nothing has traded.", s.dim);
      return;
    }
    const foot = canvas.h >= 10 ? FOOT : 0;
    this.#table.paint(canvas.sub(0, 0, canvas.w, canvas.h - foot), view, context);
    if (foot === 0) return;
    const gap = view.gap === null ? "" : `  gap ${f.percent(view.gap)}`;
    const known = `ATR ${f.price(view.atr, view.decimals)}  σ day ${f.price(view.dayMove, 2)}${gap}`;
    canvas.cut(0, canvas.h - FOOT, canvas.w, known, s.dim);
    canvas.cut(0, canvas.h - 2, canvas.w, strength(view), view.relative === null ? s.unknown : s.text);
    const words = [...(view.lacking === null ? [] : [view.lacking]), warningWords(view.warnings)];
    canvas.cut(0, canvas.h - 1, canvas.w, words.filter((w) => w !== "").join("  "), s.warn);
  }

  explain(view: LevelsView, anchor: number | string | null): ExplainTarget | null {
    const row = this.#table.selected;
    if (!row) return null;
    const column = this.#table.selectedColumn?.id ?? "price";
    return { view: "levels", row: `${view.slot}|${anchor ?? ""}|${row.name}`, column };
  }

  #toSpot(): void {
    const at = this.#table.rows.findIndex((r) => r.kind === "spot");
    this.#table.moveTo(Math.max(0, at));
  }
}
