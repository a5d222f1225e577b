import type { ChartView, LevelsView } from "../../../src/desk/protocol.ts";
import type { Pane, PaneHost, PaneSpec } from "../../app/pane.ts";
import { want } from "../../app/pane.ts";
import type { Canvas } from "../../kit/canvas.ts";
import * as f from "../../kit/format.ts";
import { Waiting } from "../../kit/waiting.ts";
import { chartLines } from "../levels/ladder.ts";
import { LevelsLadder } from "../levels/panel.ts";
import { type ChartStyle, paintPlot } from "./plot.ts";

const MINUTES = [1, 2, 5, 15, 30, 60] as const;
/** What `m` goes through: two looks of the prices, and the prices with the ladder of levels beside them. */
const FACES = ["line", "candles", "levels"] as const;
type Face = (typeof FACES)[number];
const LADDER_W = 46;
/** Narrower panes show the ladder alone. */
const BESIDE_W = LADDER_W + 32;

function create(host: PaneHost): Pane {
  const waiting = new Waiting();
  let view: ChartView | null = null;
  const ladder = new LevelsLadder();
  let levels: LevelsView | null = null;
  let face: Face = "line";
  /** Bar that a second VWAP starts from. */
  let anchorUs: number | null = null;
  /** Earlier day that a VWAP starts from. */
  let anchorDay: string | null = null;
  let minutes = 0;
  /** Bar under the crosshair, by its start: bars come and go at both ends. */
  let crossUs: number | null = null;

  const receive = (next: ChartView): void => {
    if (view?.slot !== next.slot) {
      anchorUs = null;
      anchorDay = null;
    }
    view = next;
  };
  const receiveLevels = (next: LevelsView): void => {
    levels = next;
    ladder.receive(next);
  };
  /** The chart with the lines of the levels, once they are known for this instrument. */
  const drawn = (v: ChartView): ChartView =>
    levels === null || levels.slot !== v.slot ? v : { ...v, levels: chartLines(levels) };
  const crossIndex = (): number | null => {
    if (crossUs === null || !view) return null;
    const i = view.bars.startUs.findIndex((us) => us >= (crossUs as number));
    return i < 0 ? null : i;
  };
  const moveCross = (by: number): void => {
    if (!view || view.bars.startUs.length === 0) return;
    const last = view.bars.startUs.length - 1;
    const next = Math.max(0, (crossIndex() ?? last + (by < 0 ? 1 : 0)) + by);
    crossUs = next > last ? null : (view.bars.startUs[next] as number);
  };
  const plot = (canvas: Canvas, shown: ChartView, style: ChartStyle): void =>
    paintPlot(canvas, {
      view: shown,
      style,
      cross: crossIndex(),
      profile: levels !== null && levels.slot === shown.slot ? levels.profile : null,
    });
  /** A VWAP from a bar of today by its time, or from the open of an earlier day. */
  const anchorAt = (text: string): void => {
    const word = text.trim();
    const time = /^(\d{1,2}):(\d{2})$/.exec(word);
    if (word === "") {
      anchorUs = null;
      anchorDay = null;
    } else if (/^\d{4}-\d{2}-\d{2}$/.test(word)) anchorDay = word;
    else if (time && view && view.bars.startUs.length > 0) {
      const offset = view.zoneOffsetMin * 60e6;
      const midnight = Math.floor(((view.bars.startUs[0] as number) + offset) / 86_400e6) * 86_400e6 - offset;
      anchorUs = midnight + (Number(time[1]) * 60 + Number(time[2])) * 60e6;
    } else {
      host.notify(`"${word}" is no time or day. Type 10:15, or 2015-12-01, or nothing.`, "error");
      return;
    }
    host.touch();
  };
  const price = (v: number | undefined): string => f.price(v, view?.decimals ?? 2);
  const barWords = (i: number): string => {
    const b = view?.bars;
    if (!view || !b) return "";
    const time = f.clock(b.startUs[i], view.zoneOffsetMin, false);
    const [o, h, l, c] = [b.open[i], b.high[i], b.low[i], b.close[i]].map(price);
    const vwap = view.vwap[i] as number;
    const mean = vwap > 0 ? `  VWAP ${f.fixed(vwap, view.decimals)}` : "";
    return `${time}  C ${c}  O ${o}  H ${h}  L ${l}  V ${f.short(b.volume[i])}${mean}`;
  };

  return {
    wants: () => {
      const { slot } = host.focus();
      return [
        want("chart", { slot, barMinutes: MINUTES[minutes] ?? 1 }, receive),
        want("levels", { slot, anchorUs, ...(anchorDay === null ? {} : { anchorDay }) }, receiveLevels),
      ];
    },
    title: () => {
      if (!view) return "";
      const i = crossIndex();
      const vwap = view.vwap.at(-1);
      const words =
        i === null
          ? vwap !== undefined && vwap > 0
            ? `VWAP ${f.fixed(vwap, view.decimals)}`
            : ""
          : barWords(i);
      return `${view.label} ${view.barMinutes}m${view.basis === "mid" ? " mid" : ""}  ${words}`.trimEnd();
    },
    foot: () =>
      face === "levels"
        ? "j k level  o nearest first  c anchor VWAP  m line"
        : `h l crosshair  { } minutes  c anchor VWAP  m ${face === "line" ? "candles" : "levels"}`,
    paint: (canvas, ctx) => {
      if (!view) waiting.paint(canvas, ctx, "bars");
      else if (face !== "levels") plot(canvas, drawn(view), face);
      else if (levels === null) waiting.paint(canvas, ctx, "levels");
      else if (canvas.w < BESIDE_W) ladder.paint(canvas, ctx);
      else {
        plot(canvas.sub(0, 0, canvas.w - LADDER_W - 1, canvas.h), drawn(view), "line");
        ladder.paint(canvas.sub(canvas.w - LADDER_W, 0, LADDER_W, canvas.h), ctx);
      }
    },
    back: () => {
      if (crossUs === null && anchorUs === null && anchorDay === null) return false;
      if (crossUs === null) {
        anchorUs = null;
        anchorDay = null;
      }
      crossUs = null;
      return true;
    },
    actions: {
      left: () => moveCross(-1),
      right: () => moveCross(1),
      pageUp: () => moveCross(-30),
      pageDown: () => moveCross(30),
      top: () => moveCross(Number.NEGATIVE_INFINITY),
      bottom: () => {
        crossUs = null;
      },
      view: () => {
        face = FACES[(FACES.indexOf(face) + 1) % FACES.length] as Face;
      },
      up: () => ladder.move(-1),
      down: () => ladder.move(1),
      sort: () => ladder.turnOrder(),
      "chart.anchor": () => {
        if (crossUs !== null) anchorUs = crossUs;
        else
          host.prompt({ label: "VWAP from (10:15 or 2015-12-01) ", text: anchorDay ?? "", onDone: anchorAt });
      },
      previousGroup: () => {
        minutes = Math.max(0, minutes - 1);
      },
      nextGroup: () => {
        minutes = Math.min(MINUTES.length - 1, minutes + 1);
      },
    },
    explain: () =>
      face === "levels" && levels !== null
        ? ladder.explain(levels, anchorDay ?? anchorUs)
        : view
          ? { view: "chart", row: `${view.slot}|${view.barMinutes}|${crossUs ?? ""}`, column: "close" }
          : null,
    rowSlot: (n) => (n === null ? (view?.slot ?? null) : null),
    copied: () => {
      const i = crossIndex() ?? (view ? view.bars.close.length - 1 : -1);
      if (!view || i < 0) return null;
      return { cell: price(view.bars.close[i]), row: `${view.label} ${barWords(i)}` };
    },
  };
}

export const chartPane: PaneSpec = {
  id: "chart",
  key: "3",
  name: "Chart",
  min: { cols: 30, rows: 6 },
  create,
};
