import type { FlowTrade, FlowView } from "../../../src/desk/protocol.ts";
import type { Pane, PaneHost, PaneSpec } from "../../app/pane.ts";
import { want } from "../../app/pane.ts";
import type { Canvas } from "../../kit/canvas.ts";
import * as f from "../../kit/format.ts";
import { Table } from "../../kit/table.ts";
import { decimalsOf, priceDecimals } from "../../kit/ticks.ts";
import { Waiting } from "../../kit/waiting.ts";
import { matches } from "../positions/rows.ts";
import { warningWords } from "../study-words.ts";
import { tableActions, tableCopied } from "../table-actions.ts";
import { type FlowContext, type FlowRow, sumColumns, TAPE_COLUMNS } from "./columns.ts";

const FACES = ["tape", "strike", "time", "expiry", "delta"] as const;
type Face = (typeof FACES)[number];
const LIMIT = 200;
/** Trades searched by a filter. */
const SEARCHED = 5000;
/** Delta buckets as ranges of |Δ|. */
const bucketName = (name: string): string =>
  name.replace(/^d(\d\d)_(\d+)$/, (_, a, b) => `.${a}-${b === "100" ? "1" : `.${b}`}`);
/** Lines of sums under the table. */
const FOOT = 3;

function create(host: PaneHost): Pane {
  const waiting = new Waiting();
  let view: FlowView | null = null;
  let face: Face = "tape";
  let minutes: 5 | 15 = 15;
  const tape = new Table<FlowTrade, FlowContext>(TAPE_COLUMNS, (t) => `${t.row}`);
  const sums = {
    strike: new Table<FlowRow, FlowContext>(sumColumns("STRIKE"), (r) => r.key),
    time: new Table<FlowRow, FlowContext>(sumColumns("FROM"), (r) => r.key),
    expiry: new Table<FlowRow, FlowContext>(sumColumns("EXPIRY"), (r) => r.key),
    delta: new Table<FlowRow, FlowContext>(sumColumns("|Δ|"), (r) => r.key),
  };
  let filter = "";
  const kept = <R>(rows: readonly R[], text: (row: R) => string): readonly R[] =>
    filter === "" ? rows : rows.filter((r) => matches(text(r), filter));
  const context = (): FlowContext => {
    const rows = face === "tape" ? [] : sums[face].rows;
    return {
      glyphs: host.theme().g,
      offsetMin: view?.zoneOffsetMin ?? 0,
      decimals: (t) => priceDecimals(host.desk.slot(t.slot)?.instrument),
      most: rows.reduce((most, r) => Math.max(most, Math.abs(r.buy - r.sell)), 0),
    };
  };
  const receive = (next: FlowView): void => {
    view = next;
    fill();
  };
  /** Rows of every face that the filter lets through. */
  const fill = (): void => {
    if (!view) return;
    const following = tape.cursor === 0;
    tape.setRows(kept(view.trades, (t) => `${t.label} ${t.side} ${t.method} ${t.confidence}`));
    if (following) tape.moveTo(0);
    const { zoneOffsetMin } = view;
    const sum = (face: keyof typeof sums, rows: readonly FlowRow[]): void =>
      sums[face].setRows(kept(rows, (r) => r.key));
    sum(
      "strike",
      view.byStrike.map((r) => ({ ...r, key: f.fixed(r.strike, decimalsOf(r.strike)) })).reverse(),
    );
    sum("time", view.byTime.map((r) => ({ ...r, key: f.clock(r.startUs, zoneOffsetMin, false) })).reverse());
    sum(
      "expiry",
      view.byExpiry.map((r) => ({ ...r, key: r.name })),
    );
    sum(
      "delta",
      view.byDelta.map((r) => ({ ...r, key: bucketName(r.name) })),
    );
  };
  const setFilter = (text: string): void => {
    filter = text.trim();
    fill();
    host.touch();
  };
  const actionsOf = {
    tape: tableActions(tape),
    strike: tableActions(sums.strike),
    time: tableActions(sums.time),
    expiry: tableActions(sums.expiry),
    delta: tableActions(sums.delta),
  };
  const shared = Object.fromEntries(
    (Object.keys(actionsOf.tape) as (keyof Pane["actions"])[]).map((id) => [
      id,
      (key: string) => actionsOf[face][id]?.(key),
    ]),
  ) as Pane["actions"];
  const count = (v: FlowView): number => {
    const faces = {
      tape: v.trades,
      strike: v.byStrike,
      time: v.byTime,
      expiry: v.byExpiry,
      delta: v.byDelta,
    };
    return faces[face].length;
  };
  const line = (): number => (face === "tape" ? tape : sums[face]).cursorLine;

  return {
    wants: () => [
      want(
        "flow",
        { underlying: host.focus().underlying, limit: filter === "" ? LIMIT : SEARCHED, minutes },
        receive,
      ),
    ],
    title: () => {
      if (!view) return "";
      const since = f.clock(view.sinceUs, view.zoneOffsetMin, false).replace(/^0/, "");
      const by = face === "tape" ? "" : face === "time" ? `  by ${minutes} min` : `  by ${face}`;
      const found = filter === "" ? "" : `  /${filter}`;
      return `${view.label} options since ${since}${by}${view.quality === "bar" ? "  minute bars" : ""}${found}`;
    },
    foot: () => `m tape/strike/time/expiry/delta${face === "time" ? "  { } 5 or 15 min" : ""}  / filter`,
    paint: (canvas, ctx) => {
      const { s } = ctx.theme;
      if (!view) waiting.paint(canvas, ctx, "the flow");
      else if (view.contracts === 0)
        canvas.cut(
          1,
          0,
          canvas.w - 2,
          `No chain for ${view.label} in this session. Only its stock was recorded.`,
          s.dim,
        );
      else {
        const body = canvas.sub(0, 0, canvas.w, canvas.h - FOOT);
        if (view.trades.length === 0)
          canvas.paragraph(1, 0, canvas.w - 2, "No option has traded yet in this session.", s.dim);
        else if ((face === "tape" ? tape : sums[face]).rows.length === 0)
          canvas.paragraph(1, 0, canvas.w - 2, `0 of ${count(view)} match "${filter}". Esc clears.`, s.dim);
        else if (face === "tape") tape.paint(body, context(), ctx);
        else sums[face].paint(body, context(), ctx);
        paintFoot(canvas.sub(0, canvas.h - FOOT, canvas.w, FOOT), view);
      }
    },
    actions: {
      ...shared,
      view: () => {
        face = FACES[(FACES.indexOf(face) + 1) % FACES.length] as Face;
      },
      filter: () =>
        host.prompt({
          label: "/",
          text: filter,
          onEdit: setFilter,
          onDone: setFilter,
          onCancel: () => setFilter(""),
        }),
      previousGroup: () => {
        minutes = 5;
      },
      nextGroup: () => {
        minutes = 15;
      },
    },
    back: () => {
      if (filter === "") return false;
      setFilter("");
      return true;
    },
    explain: () => {
      if (!view) return null;
      const table = face === "tape" ? tape : sums[face];
      const key = face === "tape" ? `${tape.selected?.row ?? ""}` : (sums[face].selected?.key ?? "");
      const column = table.selectedColumn?.id ?? "side";
      return { view: "flow", row: `${view.underlying}|${face}|${minutes}|${key}`, column };
    },
    copied: () => (face === "tape" ? tableCopied(tape, context()) : tableCopied(sums[face], context())),
    cursor: () => (line() < 0 ? null : { x: 0, y: line() }),
  };
}

const share = (part: number, whole: number): string =>
  whole > 0 ? `${Math.round((part / whole) * 100)} %` : f.NONE;

/** Sums of the day: net delta and vega, shares of volume by side, how much of it met a quote, and what is wrong. */
function paintFoot(canvas: Canvas, view: FlowView): void {
  const { s } = canvas.theme;
  const t = view.totals;
  const all = t.buyVolume + t.sellVolume + t.unknownVolume;
  const delta = t.deltaTrades > 0 ? t.netDelta : null;
  const vega = t.vegaTrades > 0 ? t.netVega / 100 : null;
  const tone = (v: number | null) => (v === null ? s.unknown : v < 0 ? s.down : s.up);
  canvas.spans(0, 0, [
    ["net Δ$ ", s.dim],
    [f.shortSigned(delta), tone(delta)],
    ["  V$/vp ", s.dim],
    [f.shortSigned(vega), tone(vega)],
    ["  buy ", s.dim],
    [share(t.buyVolume, all), s.text],
    ["  sell ", s.dim],
    [share(t.sellVolume, all), s.text],
    ["  unknown ", s.dim],
    [share(t.unknownVolume, all), s.text],
    [`  of ${f.short(all)}`, s.dim],
  ]);
  canvas.spans(0, 1, [
    [`premium ${view.premiumCcy === view.ccy ? "" : `${view.premiumCcy} `}bought `, s.dim],
    [f.lots(t.buyNotional), s.text],
    ["  sold ", s.dim],
    [f.lots(t.sellNotional), s.text],
    [`  quote cover ${f.percent(t.quoteCoverage, false)}`, s.dim],
    [`  Δ cover ${f.percent(t.deltaCoverage, false)}`, s.dim],
  ]);
  if (view.warnings.length > 0) canvas.cut(0, 2, canvas.w, warningWords(view.warnings), s.warn);
}

export const flowPane: PaneSpec = {
  id: "flow",
  key: "7",
  name: "Flow",
  min: { cols: 56, rows: 10 },
  create,
};
