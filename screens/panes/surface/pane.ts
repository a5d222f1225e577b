import type { SurfaceView } from "../../../src/desk/protocol.ts";
import type { Pane, PaneHost, PaneSpec } from "../../app/pane.ts";
import { want } from "../../app/pane.ts";
import type { Canvas } from "../../kit/canvas.ts";
import * as f from "../../kit/format.ts";
import { Waiting } from "../../kit/waiting.ts";
import { warningWords } from "../study-words.ts";
import { paintSmile, paintTerm } from "./curves.ts";
import { FIGURES, figureText, paintExpiries, paintTenors } from "./tables.ts";

const MODES = ["table", "smile", "curve", "expiries"] as const;
type Mode = (typeof MODES)[number];
const FOOT = 2;

function create(host: PaneHost): Pane {
  const waiting = new Waiting();
  let view: SurfaceView | null = null;
  let mode: Mode = "table";
  /** Expiry whose smile is wanted; null takes the desk's choice. */
  let expiry: string | null = null;
  let line = -1;

  const shown = (v: SurfaceView): string => expiry ?? v.smile?.expiry ?? "";
  const turn = (by: number) => () => {
    if (!view || view.expiries.length === 0) return;
    const at = view.expiries.findIndex((e) => e.key === shown(view as SurfaceView));
    const next = Math.max(0, Math.min(view.expiries.length - 1, at + by));
    expiry = view.expiries[next]?.key ?? null;
  };
  const receive = (next: SurfaceView): void => {
    if (view && view.underlying !== next.underlying) expiry = null;
    view = next;
  };

  return {
    wants: () => [want("surface", { underlying: host.focus().underlying, expiry }, receive)],
    title: () => {
      if (!view) return "";
      const smile = view.expiries.find((e) => e.key === view?.smile?.expiry);
      const rmse = smile?.rmse == null ? "" : `  ${smile.label} rmse ${f.fixed(smile.rmse * 100, 2)} vp`;
      return `${view.label}  fit ${smile?.kind?.toUpperCase() ?? f.NONE}  ${view.fitted} of ${view.expiries.length} expiries${rmse}`;
    },
    foot: () => "m table/smile/curve/expiries  { } expiry",
    paint: (canvas, ctx) => {
      line = -1;
      if (!view) waiting.paint(canvas, ctx, "the surface");
      else if (view.expiries.length === 0)
        canvas.cut(
          1,
          0,
          canvas.w - 2,
          `No chain for ${view.label} in this session. Only its stock was recorded.`,
          ctx.theme.s.dim,
        );
      else {
        const body = canvas.sub(0, 0, canvas.w, canvas.h - FOOT);
        if (mode === "smile") paintSmile(body, view);
        else if (mode === "curve") paintTerm(body, view);
        else if (mode === "expiries") line = paintExpiries(body, view, shown(view));
        else paintTable(body, view, shown(view));
        paintFoot(canvas.sub(0, canvas.h - FOOT, canvas.w, FOOT), view);
      }
    },
    actions: {
      view: () => {
        mode = MODES[(MODES.indexOf(mode) + 1) % MODES.length] as Mode;
      },
      up: turn(-1),
      down: turn(1),
      previousGroup: turn(-1),
      nextGroup: turn(1),
    },
    back: () => {
      if (expiry === null) return false;
      expiry = null;
      return true;
    },
    explain: () =>
      view ? { view: "surface", row: `${view.underlying}|${shown(view)}`, column: "atm" } : null,
    copied: () => {
      const row = view?.expiries.find((e) => e.key === shown(view as SurfaceView));
      if (!row) return null;
      const cells = FIGURES.filter((c) => c.id !== "fwd").map(
        (c) => `${c.title} ${figureText(c.of(row), c.signed)}`,
      );
      return { cell: figureText(row.atm, false), row: [row.label, ...cells].join("\t") };
    },
    cursor: () => (line < 0 ? null : { x: 0, y: line }),
  };
}

/** Constant maturities above; below them, where there is room, the smile of the chosen expiry. */
function paintTable(canvas: Canvas, view: SurfaceView, expiry: string): void {
  const used = paintTenors(canvas, view);
  const below = canvas.sub(0, used + 1, canvas.w, canvas.h - used - 1);
  if (below.h < 7) return;
  const row = view.expiries.find((e) => e.key === expiry);
  const moves =
    row?.oneSigma == null || view.spot === null
      ? ""
      : `  1σ ±${f.fixed(row.oneSigma * view.spot, 2)}  straddle ${row.straddle === null ? f.NONE : f.fixed(row.straddle, 2)}`;
  below.text(0, 0, `smile ${row?.label ?? ""}  ATM ${f.vol(row?.atm)}${moves}`, canvas.theme.s.title);
  paintSmile(below.sub(0, 1, below.w, below.h - 1), view);
}

function paintFoot(canvas: Canvas, view: SurfaceView): void {
  const { s } = canvas.theme;
  const slope =
    view.slope === null
      ? ""
      : `  slope ${f.signed(view.slope.perLogTime * 100, 1)} vp per ln T${view.slope.error === null ? "" : ` ±${f.fixed(view.slope.error * 100, 1)}`}`;
  canvas.cut(0, 0, canvas.w, `term  ${view.shape ?? f.NONE}${slope}`, s.text);
  const worst = view.calendar[0];
  const calendar = worst ? `calendar ${view.calendar.length} (${worst.near}/${worst.far})` : "calendar 0";
  const broken = view.butterfly > 0 || view.calendar.length > 0;
  const x = canvas.text(0, 1, `arb: butterfly ${view.butterfly}  ${calendar}`, broken ? s.warn : s.dim);
  if (view.warnings.length > 0) canvas.cut(x + 2, 1, canvas.w - x - 2, warningWords(view.warnings), s.dim);
}

export const surfacePane: PaneSpec = {
  id: "surface",
  key: "5",
  name: "Surface",
  min: { cols: 44, rows: 12 },
  create,
};
