import type { SurfaceView } from "../../../src/desk/protocol.ts";
import type { Pane, PaneHost, PaneSpec } from "../../app/pane.ts";
import { want } from "../../app/pane.ts";
import type { Canvas } from "../../kit/canvas.ts";
import * as f from "../../kit/format.ts";
import { Waiting } from "../../kit/waiting.ts";
import { paintSmile, paintTerm } from "./curves.ts";
import { FOOT_LINES, paintFoot } from "./foot.ts";
import { heatColumns, paintHeat } from "./heat.ts";
import {
  type Compare,
  EXPIRY_COLUMNS,
  expiryColumnsShown,
  type Figure,
  figuresOf,
  figureText,
  paintExpiries,
  paintTenors,
  tenorsShown,
} from "./tables.ts";
import { paintTermTable } from "./term-table.ts";

const MODES = ["table", "smile", "heat", "curve", "expiries"] as const;
type Mode = (typeof MODES)[number];
const COMPARES: readonly Compare[] = ["now", "1d", "1w"];
/** Lines of the tenor table that leave room for a smile below. */
const ABOVE_SMILE = 10;
const clamp = (i: number, n: number): number => Math.max(0, Math.min(n - 1, i));

function create(host: PaneHost): Pane {
  const waiting = new Waiting();
  let view: SurfaceView | null = null;
  let mode: Mode = "table";
  let compare: Compare = "now";
  /** Expiry whose smile is wanted; null takes the desk's choice. */
  let expiry: string | null = null;
  /** Cursor of the tenor table, and columns of the heat map and the list of expiries. */
  let at = { figure: 0, tenor: 0 };
  let delta = 5;
  let column = 0;
  let width = 80;
  let figures: readonly Figure[] = figuresOf("now");
  let lines = figures.length;
  let line = -1;

  const shown = (v: SurfaceView): string => expiry ?? v.smile?.expiry ?? "";
  const turn = (by: number) => () => {
    if (!view || view.expiries.length === 0) return;
    const now = view.expiries.findIndex((e) => e.key === shown(view as SurfaceView));
    expiry = view.expiries[clamp(now + by, view.expiries.length)]?.key ?? null;
  };
  const vertical = (by: number) => () => {
    if (mode === "table") at = { ...at, figure: clamp(at.figure + by, lines) };
    else turn(by)();
  };
  const horizontal = (by: number) => () => {
    if (!view) return;
    if (mode === "table") at = { ...at, tenor: clamp(at.tenor + by, tenorsShown(view, width)) };
    else if (mode === "heat") {
      const columns = heatColumns(view, width);
      delta = columns[clamp(columns.indexOf(delta) + by, columns.length)] ?? delta;
    } else if (mode === "expiries") column = clamp(column + by, expiryColumnsShown(width));
    else turn(by)();
  };
  const receive = (next: SurfaceView): void => {
    if (view && view.underlying !== next.underlying) expiry = null;
    view = next;
  };
  const rowOf = (v: SurfaceView) => v.expiries.find((e) => e.key === shown(v));
  const tenorTable = (canvas: Canvas, v: SurfaceView, focused: boolean): number => {
    figures = figuresOf(compare);
    const room = canvas.h >= ABOVE_SMILE + 9 ? canvas.h - 8 : canvas.h;
    lines = Math.min(figures.length, room - 1);
    at = { figure: clamp(at.figure, lines), tenor: clamp(at.tenor, tenorsShown(v, canvas.w)) };
    line = at.figure + 1;
    return paintTenors(canvas.sub(0, 0, canvas.w, room), v, figures, focused ? at : null);
  };
  const paintFace = (body: Canvas, v: SurfaceView, focused: boolean): void => {
    if (mode === "smile") paintSmile(body, v, compare !== "now");
    else if (mode === "heat") line = paintHeat(body, v, shown(v), delta, compare === "1d");
    else if (mode === "expiries") line = paintExpiries(body, v, shown(v), column);
    else if (mode === "curve") {
      const table = body.h >= 18 ? paintTermTable(body, v) : 0;
      const chart = body.sub(0, 0, body.w, body.h - table);
      const fitted = v.expiries.filter((e) => e.atm !== null).findIndex((e) => e.key === shown(v));
      paintTerm(chart, v, v.term.curve.days[fitted] ?? null);
    } else {
      const used = tenorTable(body, v, focused);
      const below = body.sub(0, used + 1, body.w, body.h - used - 1);
      if (below.h >= 7) smileBelow(below, v, shown(v), compare !== "now");
    }
  };

  return {
    wants: () => [want("surface", { underlying: host.focus().underlying, expiry }, receive)],
    title: () => {
      if (!view) return "";
      const v = view;
      const smile = v.expiries.find((e) => e.key === v.smile?.expiry);
      const rmse = smile?.rmse == null ? "" : `  ${smile.label} rmse ${f.fixed(smile.rmse * 100, 2)} vp`;
      return `${v.label}  ${titleOf(v, mode, compare)}  fit ${smile?.kind?.toUpperCase() ?? f.NONE}  ${v.fitted} of ${v.expiries.length} expiries${rmse}`;
    },
    foot: () => "m table/smile/heat/curve/list  c compare now 1d 1w  { } expiry",
    paint: (canvas, ctx) => {
      const { s } = ctx.theme;
      line = -1;
      width = canvas.w;
      if (!view) waiting.paint(canvas, ctx, "the surface");
      else if (view.expiries.length === 0)
        canvas.cut(
          1,
          0,
          canvas.w - 2,
          view.contracts > 0
            ? `Every expiry of ${view.label} in this session is over.`
            : `No chain for ${view.label} in this session. Only its stock was recorded.`,
          s.dim,
        );
      else {
        paintFace(canvas.sub(0, 0, canvas.w, canvas.h - FOOT_LINES), view, ctx.focused);
        paintFoot(canvas.sub(0, canvas.h - FOOT_LINES, canvas.w, FOOT_LINES), view);
      }
    },
    actions: {
      view: () => {
        mode = MODES[(MODES.indexOf(mode) + 1) % MODES.length] as Mode;
      },
      "surface.compare": () => {
        compare = COMPARES[(COMPARES.indexOf(compare) + 1) % COMPARES.length] as Compare;
        const then = compare === "now" ? null : view?.then[compare];
        if (then && then.day === null) host.notify(`Nothing to compare with: ${then.source}.`, "warn");
      },
      up: vertical(-1),
      down: vertical(1),
      left: horizontal(-1),
      right: horizontal(1),
      previousGroup: turn(-1),
      nextGroup: turn(1),
    },
    back: () => {
      if (expiry === null && compare === "now") return false;
      if (compare !== "now") compare = "now";
      else expiry = null;
      return true;
    },
    explain: () => {
      if (!view) return null;
      const target = (kind: string, key: string, cell: string) =>
        ({ view: "surface", row: `${view?.underlying}|${kind}|${key}`, column: cell }) as const;
      if (mode === "table")
        return target("tenor", `${view.tenors[at.tenor]?.days ?? 0}`, figures[at.figure]?.id ?? "atm");
      if (mode === "heat") return target("heat", shown(view), `${delta}${compare === "1d" ? ".1d" : ""}`);
      if (mode === "curve") return target("term", shown(view), "curve");
      return target(
        "expiry",
        shown(view),
        mode === "expiries" ? (EXPIRY_COLUMNS[column]?.id ?? "atm") : "atm",
      );
    },
    copied: () => {
      if (!view) return null;
      const v = view;
      if (mode === "table") {
        const cell = figures[at.figure]?.text(v, at.tenor) ?? f.NONE;
        const words = figures.map((one) => `${one.title} ${one.text(v, at.tenor)}`);
        return { cell, row: [`${v.tenors[at.tenor]?.days}d`, ...words].join("\t") };
      }
      const row = rowOf(v);
      if (!row) return null;
      const cells = EXPIRY_COLUMNS.map((c) => `${c.title} ${c.text(row)}`);
      const heat = v.heat.vols[v.expiries.indexOf(row) * v.heat.titles.length + delta];
      const cell = mode === "heat" ? figureText(heat ?? null, false) : figureText(row.atm, false);
      return { cell, row: [row.label, ...cells].join("\t") };
    },
    cursor: () => (line < 0 ? null : { x: 0, y: line }),
  };
}

function titleOf(v: SurfaceView, mode: Mode, compare: Compare): string {
  if (compare === "now") return mode === "curve" ? "term" : mode;
  const day = v.then[compare].day;
  return `${mode === "curve" ? "term" : mode} against ${compare}${day === null ? "" : ` ${f.day(day)}`}`;
}

/** The smile of the chosen expiry, under the tenors. */
function smileBelow(canvas: Canvas, view: SurfaceView, expiry: string, compare: boolean): void {
  const row = view.expiries.find((e) => e.key === expiry);
  const moves =
    row?.oneSigma == null || view.spot === null
      ? ""
      : `  1σ ±${f.fixed(row.oneSigma * view.spot, 2)}  straddle ${row.straddle === null ? f.NONE : f.fixed(row.straddle, 2)}`;
  const age = row?.ageUs == null ? "" : `  fit ${f.age(row.ageUs)} old`;
  canvas.cut(
    0,
    0,
    canvas.w,
    `smile ${row?.label ?? ""}  ATM ${f.vol(row?.atm)}${moves}${age}`,
    canvas.theme.s.title,
  );
  paintSmile(canvas.sub(0, 1, canvas.w, canvas.h - 1), view, compare);
}

export const surfacePane: PaneSpec = {
  id: "surface",
  key: "5",
  name: "Surface",
  min: { cols: 44, rows: 12 },
  create,
};
