import type { InstrumentId } from "../../../engines/market/index.ts";
import type { ScenarioDynamics, ScenarioLegRow, ScenariosView } from "../../../src/desk/protocol.ts";
import type { Copied, Pane, PaneHost, PaneSpec } from "../../app/pane.ts";
import { want } from "../../app/pane.ts";
import type { Canvas } from "../../kit/canvas.ts";
import * as f from "../../kit/format.ts";
import { Table } from "../../kit/table.ts";
import { Waiting } from "../../kit/waiting.ts";
import { tableActions, tableCopied } from "../table-actions.ts";
import { type Axes, axesText, DEFAULT_AXES, readAxes } from "./axes.ts";
import { cellOf, paintDays, paintGrid } from "./grid.ts";
import { LEG_COLUMNS, type LegsContext } from "./legs.ts";
import { explained, paintSummary, STOPS, type Stop, summaryLines } from "./summary.ts";

const DYNAMICS: readonly (readonly [ScenarioDynamics, string])[] = [
  ["stickyStrike", "sticky strike"],
  ["stickyMoneyness", "sticky delta"],
  ["spotVolBeta", "spot-vol beta"],
];

function create(host: PaneHost): Pane {
  const waiting = new Waiting();
  let model: ScenariosView | null = null;
  let axes: Axes = DEFAULT_AXES;
  let dynamics = 0;
  let underlying: InstrumentId | null = null;
  let share = false;
  let legsOpen = false;
  /** The leg whose own grid is shown, by its key; null for the sum. */
  let leg: string | null = null;
  let staged = false;
  /** Moves under the cursor, as values: they stay when axes change. */
  let at = { spot: 0, vol: 0, day: 0 };
  /** The figure below the grid that the cursor is on; null in the grid. */
  let stop: Stop | null = null;
  let cursor: { x: number; y: number } | null = null;
  const table = new Table<ScenarioLegRow, LegsContext>(LEG_COLUMNS, (row) => row.key);
  table.column = LEG_COLUMNS.findIndex((c) => c.id === "pnl");

  const receive = (next: ScenariosView): void => {
    model = next;
    table.setRows(next.legs);
  };
  /** What the grid shows: the sum, or the leg drilled into. */
  const shown = (v: ScenariosView): ScenariosView => {
    const row = leg === null ? undefined : v.legs.find((l) => l.key === leg);
    return row === undefined ? v : legView(v, row);
  };
  const indexOf = (axis: Float64Array, value: number): number => {
    const i = axis.indexOf(value);
    return i >= 0 ? i : Math.max(0, axis.indexOf(0));
  };
  const place = (v: ScenariosView) => ({
    spot: indexOf(v.spotPct, at.spot),
    vol: indexOf(v.volPts, at.vol),
    day: indexOf(v.days, at.day),
  });
  const step = (axis: "spot" | "vol" | "day", by: number): void => {
    if (!model) return;
    const values = { spot: model.spotPct, vol: model.volPts, day: model.days }[axis];
    const to = Math.max(0, Math.min(values.length - 1, place(model)[axis] + by));
    at = { ...at, [axis]: values[to] ?? 0 };
    host.touch();
  };
  /** Rows of the grid, and below its last row the figures under it. */
  const stepRow = (by: 1 | -1): void => {
    if (!model) return;
    const last = place(model).vol === 0;
    const n = stop === null ? -1 : STOPS.indexOf(stop);
    if (by < 0 && (stop !== null || last)) stop = STOPS[Math.min(n + 1, STOPS.length - 1)] ?? null;
    else if (by > 0 && stop !== null) stop = STOPS[n - 1] ?? null;
    else return step("vol", by);
    host.touch();
  };
  const stepEnd = (by: number): void => {
    stop = null;
    step("vol", by);
  };
  /** P&L as money of the base currency or as a share of the NAV, `~` where legs are missing. */
  const money = (x: number): string => {
    const mark = model !== null && model.missing > 0 && x === x ? "~" : "";
    if (!share) return mark + f.fit(x, 8 - mark.length);
    const nav = host.status()?.nav ?? null;
    return nav === null || !(nav > 0) ? f.NONE : mark + f.percent(x / nav);
  };
  const context = (v: ScenariosView): LegsContext => ({ cell: cellOf(v, place(v)), money });
  const setScope = (text: string): void => {
    const word = text.trim().toLowerCase();
    if (word === "" || word === "book") underlying = null;
    else {
      const found = model?.underlyings.find((u) => u.label.toLowerCase().startsWith(word));
      if (found) underlying = found.id;
      else host.notify(`No open position on "${text.trim()}". Nothing was changed.`, "warn");
    }
    host.touch();
  };
  const editAxes = (): void =>
    host.prompt({
      label: "axes ",
      text: axesText(axes),
      onDone: (text) => {
        const got = readAxes(text, axes);
        if (typeof got === "string") host.notify(got, "error");
        else axes = got;
        host.touch();
      },
    });
  const legActions = tableActions(table);

  return {
    wants: () => [
      want(
        "scenarios",
        {
          underlying,
          spotPct: axes.spot,
          volPts: axes.vol,
          days: axes.days,
          dynamics: (DYNAMICS[dynamics] as (typeof DYNAMICS)[number])[0],
          volTerm: axes.sqrtTime ? "sqrtTime" : "parallel",
          spotAxis: axes.index ? "index" : "own",
          staged,
        },
        receive,
      ),
    ],
    title: () => {
      if (!model) return "";
      const rule = DYNAMICS.find(([id]) => id === model?.dynamics)?.[1] ?? "";
      const unit = share ? "% of NAV" : model.ccy;
      const spot = model.spot === null || model.underlying === null ? "" : ` ${f.price(model.spot, 2)}`;
      const what = leg === null ? model.label : (model.legs.find((l) => l.key === leg)?.label ?? model.label);
      const whatIf = model.staged ? `WHAT-IF with ${ticketWords(model)}  ` : "";
      const scaled = model.volTerm === "sqrtTime" ? ", vol by √T" : "";
      return `${whatIf}${what}${spot}, P&L from now, ${rule}${scaled}, ${unit}`;
    },
    foot: () => "e axes  c index  m sticky rule  w what-if  { } days  Enter legs  u units",
    paint: (canvas, ctx) => {
      const { s } = ctx.theme;
      cursor = null;
      if (!model) return waiting.paint(canvas, ctx, "scenarios");
      const v = shown(model);
      if (v.legs.length === 0) {
        canvas.paragraph(1, 0, canvas.w - 2, "No positions to move. b on a row in Watch (2) buys.", s.dim);
        return;
      }
      const now = place(v);
      const lines = summaryLines(canvas, v, now, money);
      const keep = lines.length + (legsOpen ? 4 : 0);
      const grid = canvas.sub(0, 0, canvas.w, Math.max(2, canvas.h - keep));
      const framed = v.staged ? whatIfFrame(grid, v) : grid;
      const painted = paintGrid(framed, v, {
        at: now,
        money,
        focused: ctx.focused && !legsOpen && stop === null,
      });
      const used = painted.lines + (v.staged ? 2 : 0);
      const figure = paintSummary(canvas, used, lines, ctx.focused && !legsOpen ? stop : null);
      const below = used + lines.length;
      if (!legsOpen) {
        cursor = figure ?? { x: painted.x + framed.x - canvas.x, y: painted.y + framed.y - canvas.y };
        const rest = canvas.sub(0, below + 1, canvas.w, canvas.h - below - 1);
        const days = v.days.length + 1;
        if (rest.h >= days) paintDays(rest, v, { at: now, money, focused: false });
        const list = canvas.sub(0, below + days + 2, canvas.w, canvas.h - below - days - 2);
        if (list.h > 3) table.paint(list, context(v), { ...ctx, focused: false });
      } else {
        const list = canvas.sub(0, below, canvas.w, canvas.h - below);
        table.paint(list, context(v), ctx);
        cursor = table.cursorLine < 0 ? null : { x: 0, y: below + table.cursorLine };
      }
    },
    back: () => {
      if (leg !== null) {
        leg = null;
        legsOpen = true;
      } else if (legsOpen) legsOpen = false;
      else if (stop !== null) stop = null;
      else if (staged) staged = false;
      else if (underlying !== null) underlying = null;
      else return false;
      host.touch();
      return true;
    },
    actions: {
      up: (key) => (legsOpen ? legActions.up?.(key) : stepRow(1)),
      down: (key) => (legsOpen ? legActions.down?.(key) : stepRow(-1)),
      top: (key) => (legsOpen ? legActions.top?.(key) : stepEnd(99)),
      bottom: (key) => (legsOpen ? legActions.bottom?.(key) : stepEnd(-99)),
      left: () => step("spot", -1),
      right: () => step("spot", 1),
      previousGroup: () => step("day", -1),
      nextGroup: () => step("day", 1),
      view: () => {
        dynamics = (dynamics + 1) % DYNAMICS.length;
        host.touch();
      },
      units: () => {
        share = !share;
        host.touch();
      },
      open: () => {
        if (legsOpen) leg = table.selected?.key ?? null;
        legsOpen = leg === null ? !legsOpen : false;
        host.touch();
      },
      whatIf: () => {
        staged = !staged;
        if (staged && (model?.tickets.length ?? 0) === 0)
          host.notify("No ticket is staged: the figures stay those of the book.", "info");
        host.touch();
      },
      "scenarios.index": () => {
        axes = { ...axes, index: !axes.index };
        host.touch();
      },
      filter: () => host.prompt({ label: "/", text: "", onDone: setScope }),
      "scenarios.axes": editAxes,
    },
    explain: () => {
      if (!model) return null;
      const { row, column } = explained(shown(model), place(model), legsOpen ? null : stop);
      const rule = `${model.dynamics} ${model.volTerm} ${model.spotAxis} ${model.staged ? "staged" : ""}`;
      const own = column === "pnl" ? (leg ?? column) : column;
      return { view: "scenarios", row: `${model.underlying ?? "book"} ${row} ${rule}`, column: own };
    },
    copied: (): Copied | null => {
      if (!model) return null;
      if (legsOpen) return tableCopied(table, context(model));
      const v = shown(model);
      const now = place(v);
      const row = Array.from(v.spotPct, (m, spot) => `${m}% ${v.pnl[cellOf(v, { ...now, spot })]}`).join(
        "\t",
      );
      return {
        cell: `${v.pnl[cellOf(v, now)]}`,
        row: `vol ${v.volPts[now.vol]}vp ${v.days[now.day]}d\t${row}`,
      };
    },
    cursor: () => cursor,
  };
}

/** The view of one leg alone: its own cells, worst cell and burn. */
function legView(v: ScenariosView, row: ScenarioLegRow): ScenariosView {
  let worst: number | null = null;
  row.pnl.forEach((x, i) => {
    if (x === x && (worst === null || x < (row.pnl[worst] as number))) worst = i;
  });
  const day = v.days.indexOf(1);
  const base = v.spotPct.indexOf(0) * v.volPts.length + v.volPts.indexOf(0);
  return {
    ...v,
    pnl: row.pnl,
    worst,
    legs: [row],
    missing: row.reason === null ? 0 : 1,
    burnPerDay: day < 0 ? null : (row.pnl[base * v.days.length + day] ?? null),
    breakEvensPct: v.days.length === 0 ? [] : Array.from(v.days, () => []),
    base: {
      options: row.basis === null ? 0 : 1,
      offset: row.basis === "offset" ? 1 : 0,
      model: row.basis === "model" ? 1 : 0,
    },
  };
}

const ticketWords = (v: ScenariosView): string =>
  v.tickets.length === 0
    ? "no ticket"
    : v.tickets.length <= 3
      ? v.tickets.join(" ")
      : `${v.tickets.length} tickets`;

/** What might be stands in a frame of its own, with the word. */
function whatIfFrame(canvas: Canvas, v: ScenariosView): Canvas {
  const { s, g } = canvas.theme;
  const frame = canvas.sub(0, 0, canvas.w, Math.min(canvas.h, v.volPts.length + 3));
  const inside = frame.box(g.frames.replay, s.mine);
  frame.cut(2, 0, frame.w - 4, ` WHAT-IF ${ticketWords(v)} filled at mark `, s.mine);
  return inside;
}

export const scenariosPane: PaneSpec = {
  id: "scenarios",
  key: "8",
  name: "Scenarios",
  min: { cols: 40, rows: 8 },
  create,
};
