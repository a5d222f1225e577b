import type { SurfaceView } from "../../../src/desk/protocol.ts";
import type { Canvas } from "../../kit/canvas.ts";
import * as f from "../../kit/format.ts";
import { figureText } from "./tables.ts";

const NAME_W = 12;
const CELL_W = 7;

/** Lines of the term structure under its chart: forward vols, vol without events, error, roll; and futures where there are any. Lines used. */
export function paintTermTable(canvas: Canvas, view: SurfaceView): number {
  const { s } = canvas.theme;
  const { term } = view;
  const cells = Math.max(1, Math.floor((canvas.w - NAME_W) / CELL_W));
  const rows: { readonly name: string; readonly cells: readonly string[] }[] = [
    { name: "tenor", cells: term.tenors.map((t) => `${t.days}d`) },
    { name: "vol", cells: term.tenors.map((t) => figureText(t.vol, false)) },
  ];
  if (term.events.some((e) => e.variance !== null))
    rows.push({ name: "without ◆", cells: term.tenors.map((t) => figureText(t.cleanVol, false)) });
  rows.push(
    { name: "forward", cells: term.tenors.map((t) => figureText(t.forwardVol, false)) },
    {
      name: "± spread vp",
      cells: term.tenors.map((t) => (t.error === null ? f.NONE : f.fixed(t.error * 100, 2))),
    },
    {
      name: "roll vp/day",
      cells: term.tenors.map((t) => (t.rollDown === null ? f.NONE : f.signed(t.rollDown * 100, 2))),
    },
  );
  if (term.futures !== null) {
    const { futures } = term;
    rows.push(
      { name: `${futures.name} fut`, cells: futures.rows.map((r) => r.label.replace(/^\S+ /, "")) },
      {
        name: futures.settled === null ? "price" : "settled",
        cells: futures.rows.map((r) => f.fixed(r.vol * 100, 2)),
      },
      { name: "opt fwd", cells: futures.rows.map((r) => figureText(r.optionForwardVol, false)) },
      { name: "basis vp", cells: futures.rows.map((r) => figureText(r.basis, true)) },
    );
  }
  const top = canvas.h - rows.length;
  rows.forEach(({ name, cells: texts }, line) => {
    const y = top + line;
    const heading = name === "tenor" || name.endsWith(" fut");
    canvas.text(0, y, name, heading ? s.header : s.dim);
    texts.slice(0, cells).forEach((text, i) => {
      const style = heading ? s.header : text === f.NONE ? s.unknown : s.text;
      canvas.right(NAME_W + (i + 1) * CELL_W, y, text, style);
    });
  });
  return rows.length;
}
