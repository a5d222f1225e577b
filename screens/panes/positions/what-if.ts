import type { Leg } from "../../../engines/market/index.ts";
import type { OrdersView, PackageView, PositionRow } from "../../../src/desk/protocol.ts";
import { type Want, want } from "../../app/pane.ts";
import type { Canvas } from "../../kit/canvas.ts";
import * as f from "../../kit/format.ts";
import { signRole } from "../../theme/theme.ts";

/** Rows it takes below the table, frame included. */
export const WHAT_IF_ROWS = 6;
const LABEL_W = 10;
const CELL_W = 9;

/** The book as it would be with everything that is staged: the desk values the legs, nothing is booked. */
export class WhatIf {
  shown = false;
  #orders: OrdersView | null = null;
  #package: PackageView | null = null;
  #legs: readonly Leg[] = [];

  /** `changed` hears that other legs are staged: what is wanted is another package then. */
  constructor(readonly changed: () => void) {}

  wants(): readonly Want[] {
    if (!this.shown) return [];
    const orders = want("orders", {}, (model) => {
      this.#receive(model);
    });
    const legs = this.#legs;
    if (legs.length === 0) return [orders];
    return [
      orders,
      want("package", { legs }, (model) => {
        this.#package = model;
      }),
    ];
  }

  /** Legs of all staged tickets, whole quantities. */
  #receive(model: OrdersView): void {
    this.#orders = model;
    const staged = model.rows.filter((r) => r.state === "staged");
    const legs = staged.flatMap((r) =>
      r.legs.map((l) => ({ instrument: l.instrument, ratio: Math.round(l.qty) })),
    );
    if (JSON.stringify(legs) === JSON.stringify(this.#legs)) return;
    this.#legs = legs;
    this.#package = null;
    this.changed();
  }

  paint(canvas: Canvas, book: PositionRow | undefined): void {
    const { s, ascii } = canvas.theme;
    const dots = ascii ? "." : "·";
    canvas.clear();
    const frame = { h: dots, v: dots, tl: dots, tr: dots, bl: dots, br: dots };
    const inside = canvas.box(frame, s.warn);
    canvas.text(2, 0, " WHAT-IF ", s.warn);
    const staged = this.#orders?.rows.filter((r) => r.state === "staged") ?? [];
    if (staged.length === 0) {
      inside.cut(
        1,
        0,
        inside.w - 2,
        "No staged tickets: b or s on a row stages one, p in the chain stages its legs.",
        s.dim,
      );
      return;
    }
    const what = staged.map((r) => `${r.id} ${r.side.toUpperCase()} ${r.qty} ${r.what}`).join(" · ");
    canvas.cut(12, 0, canvas.w - 14, ` with ${what} `, s.dim);
    const add = this.#package;
    const columns: readonly (readonly [string, number | null, number | null])[] = [
      ["Δ$", book?.dollarDelta ?? null, add?.dollarDelta ?? null],
      ["Γ$/1%", book?.dollarGamma1pct ?? null, add?.dollarGamma1pct ?? null],
      ["Θ$/d", book?.theta ?? null, add?.theta ?? null],
      ["V$/vp", book?.vega ?? null, add?.vega ?? null],
    ];
    for (const [y, label] of ["book now", "+ staged", "= then"].entries())
      inside.text(1, y + 1, label, s.text);
    columns.forEach(([title, now, change], i) => {
      const x = LABEL_W + (i + 1) * CELL_W;
      if (x > inside.w) return;
      inside.right(x, 0, title, s.header);
      const then = now === null || change === null ? null : now + change;
      for (const [y, value] of [now, change, then].entries())
        inside.right(x, y + 1, f.fit(value, CELL_W - 1), s[signRole(value)]);
    });
  }
}
