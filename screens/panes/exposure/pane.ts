import {
  MEASURE_UNITS,
  MEASURES,
  type Measure,
  type SignConvention,
  type SliceName,
} from "../../../engines/exposure/index.ts";
import type { ExposureView } from "../../../src/desk/protocol.ts";
import type { Pane, PaneHost, PaneSpec } from "../../app/pane.ts";
import { want } from "../../app/pane.ts";
import type { Canvas } from "../../kit/canvas.ts";
import * as f from "../../kit/format.ts";
import { decimalsOf } from "../../kit/ticks.ts";
import { Waiting } from "../../kit/waiting.ts";
import { warningWords } from "../study-words.ts";
import {
  cellText,
  columnsFor,
  LADDER_COLUMNS,
  type LadderColumn,
  nearestStrike,
  paintLadder,
  strikeText,
} from "./ladder.ts";

const CONVENTIONS: readonly SignConvention[] = ["callsPlusPutsMinus", "shortAll", "longAll", "customerFlow"];
const SLICES: readonly SliceName[] = ["all", "near", "monthly", "zeroDte"];
const SLICE_WORDS: Readonly<Record<SliceName, string>> = {
  all: "all",
  near: "near",
  monthly: "mon",
  zeroDte: "0d",
};
/** Lines above the ladder and below it. */
const HEAD = 2;
const FOOT = 3;

const after = <T>(list: readonly T[], now: T, by = 1): T =>
  list[(list.indexOf(now) + by + list.length) % list.length] as T;

function create(host: PaneHost): Pane {
  const waiting = new Waiting();
  let view: ExposureView | null = null;
  let slice: SliceName = "all";
  let convention: SignConvention = "callsPlusPutsMinus";
  let measure: Measure = "gamma";
  let column: LadderColumn = "net";
  let columns: readonly LadderColumn[] = LADDER_COLUMNS;
  /** Strike under the cursor; null follows spot. */
  let strike: number | null = null;
  let line = -1;
  let page = 10;
  let placed = "";

  const cursor = (v: ExposureView): number => {
    const at = strike === null ? -1 : v.strikes.indexOf(strike);
    return at >= 0 ? at : nearestStrike(v);
  };
  const moveTo = (index: number): void => {
    if (!view || view.strikes.length === 0) return;
    strike = view.strikes[Math.max(0, Math.min(view.strikes.length - 1, index))] as number;
  };
  // The ladder stands with its highest strike on top.
  const move = (by: number) => () => {
    if (view) moveTo(cursor(view) - by);
  };
  const receive = (next: ExposureView): void => {
    if (placed !== next.underlying) strike = null;
    placed = next.underlying;
    view = next;
  };
  const turnColumn = (by: number) => () => {
    const at = columns.indexOf(column) + by;
    column = columns[Math.max(0, Math.min(columns.length - 1, at))] ?? "net";
  };

  return {
    wants: () => [want("exposure", { underlying: host.focus().underlying, slice, convention }, receive)],
    title: () =>
      view ? `${view.label} ${measure}  ${MEASURE_UNITS[measure].replace("$", view.ccy)}` : measure,
    foot: () => "m gamma/vanna/charm/delta  c convention  { } slice",
    paint: (canvas, ctx) => {
      const { s } = ctx.theme;
      line = -1;
      if (!view) waiting.paint(canvas, ctx, "the exposure");
      else if (view.contracts === 0)
        canvas.cut(
          1,
          0,
          canvas.w - 2,
          `No chain for ${view.label} in this session. Only its stock was recorded.`,
          s.dim,
        );
      else {
        paintHead(canvas, view);
        const body = canvas.sub(0, HEAD, canvas.w, canvas.h - HEAD - FOOT);
        page = Math.max(1, body.h - 2);
        columns = columnsFor(canvas.w);
        if (!columns.includes(column)) column = "net";
        if (view.strikes.length === 0) emptySlice(body, view);
        else {
          const at = paintLadder(body, { view, measure, cursor: cursor(view), column });
          line = at < 0 ? -1 : at + HEAD;
        }
        paintFoot(canvas.sub(0, canvas.h - FOOT, canvas.w, FOOT), view, measure);
      }
    },
    actions: {
      up: move(-1),
      down: move(1),
      pageUp: () => move(-page)(),
      pageDown: () => move(page)(),
      top: () => moveTo(Number.MAX_SAFE_INTEGER),
      bottom: () => moveTo(0),
      left: turnColumn(-1),
      right: turnColumn(1),
      view: () => {
        measure = after(MEASURES, measure);
      },
      previousGroup: () => {
        slice = after(SLICES, slice, -1);
      },
      nextGroup: () => {
        slice = after(SLICES, slice);
      },
      "exposure.convention": () => {
        convention = after(CONVENTIONS, convention);
      },
    },
    back: () => {
      if (strike === null) return false;
      strike = null;
      return true;
    },
    explain: () => {
      if (!view) return null;
      const where = [view.underlying, view.slice, view.convention].join("|");
      const k = view.strikes[cursor(view)];
      return { view: "exposure", row: `${where}|${k ?? "total"}`, column: `${measure}.${column}` };
    },
    copied: () => {
      if (!view || view.strikes.length === 0) return null;
      const v = view;
      const row = cursor(v);
      const cells = LADDER_COLUMNS.map((c) => `${c} ${cellText(v, measure, row, c)}`);
      return {
        cell: cellText(v, measure, row, column),
        row: [`${v.label} ${strikeText(v, row)} ${measure}`, ...cells].join("\t"),
      };
    },
    cursor: () => (line < 0 ? null : { x: 0, y: line }),
  };
}

function paintHead(canvas: Canvas, view: ExposureView): void {
  const { s } = canvas.theme;
  canvas.spans(0, 0, [
    [`convention: ${view.conventionLabel}  (c)  `, s.text],
    ["HEURISTIC", s.warn],
  ]);
  const { openInterest, gammaKnown, contracts, withOpenInterest } = view.coverage;
  const day = view.oiDay === null ? "OI of an unknown day" : `OI of ${f.day(view.oiDay)}`;
  const known = `${day} ${f.short(openInterest)}, coverage ${f.percent(gammaKnown, false)}`;
  const listed = ` of ${withOpenInterest}/${contracts}`;
  const x = canvas.text(0, 1, known + listed, s.dim);
  const names = SLICES.map((name) => (name === view.slice ? `[${SLICE_WORDS[name]}]` : SLICE_WORDS[name]));
  const slices = `slice ${names.join(" ")}`;
  if (x + slices.length + 2 <= canvas.w) canvas.text(x + 3, 1, slices, s.text);
}

function emptySlice(canvas: Canvas, view: ExposureView): void {
  const { s } = canvas.theme;
  const what =
    view.slice === "zeroDte"
      ? "No expiry today in this chain."
      : "No live expiry in this slice of the chain.";
  canvas.paragraph(1, 1, canvas.w - 2, `${what} { } shows the other slices.`, s.dim);
}

function paintFoot(canvas: Canvas, view: ExposureView, measure: Measure): void {
  const { s } = canvas.theme;
  const { total } = view.measures[measure];
  const { roots, low, high } = view.zeroGamma;
  const tone = (v: number | null) => (v === null ? s.unknown : v < 0 ? s.down : s.up);
  const zero =
    roots.length > 0
      ? roots.map((r) => f.fixed(r, 2)).join(" ")
      : low === null
        ? f.NONE
        : `none from ${f.fixed(low, 0)} to ${f.fixed(high ?? low, 0)}`;
  canvas.spans(0, 0, [
    ["net ", s.dim],
    [f.shortSigned(total.net), tone(total.net)],
    ["  calls ", s.dim],
    [f.shortSigned(total.call), tone(total.call)],
    ["  puts ", s.dim],
    [f.shortSigned(total.put), tone(total.put)],
  ]);
  const flip = view.legacyFlip === null ? f.NONE : f.fixed(view.legacyFlip, decimalsOf(view.legacyFlip));
  canvas.spans(0, 1, [
    ["zero gamma ", s.dim],
    [zero, s.title],
    ["  at spot ", s.dim],
    [f.shortSigned(view.zeroGamma.atSpot), tone(view.zeroGamma.atSpot)],
    ["  legacy flip ", s.dim],
    [flip, s.text],
  ]);
  if (view.warnings.length > 0) canvas.cut(0, 2, canvas.w, warningWords(view.warnings), s.warn);
}

export const exposurePane: PaneSpec = {
  id: "exposure",
  key: "6",
  name: "Exposure",
  min: { cols: 56, rows: 12 },
  create,
};
