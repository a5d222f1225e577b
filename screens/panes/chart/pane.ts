import type { ChartView } from "../../../src/desk/protocol.ts";
import type { Pane, PaneHost, PaneSpec } from "../../app/pane.ts";
import { want } from "../../app/pane.ts";
import * as f from "../../kit/format.ts";
import { Waiting } from "../../kit/waiting.ts";
import { type ChartStyle, paintPlot, STYLES } from "./plot.ts";

const MINUTES = [1, 2, 5, 15, 30, 60] as const;

function create(host: PaneHost): Pane {
  const waiting = new Waiting();
  let view: ChartView | null = null;
  let style: ChartStyle = "line";
  let minutes = 0;
  /** Bar under the crosshair, by its start: bars come and go at both ends. */
  let crossUs: number | null = null;

  const receive = (next: ChartView): void => {
    view = next;
  };
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
  const price = (v: number | undefined): string => f.price(v, view?.decimals ?? 2);
  const barWords = (i: number): string => {
    const b = view?.bars;
    if (!view || !b) return "";
    const time = f.clock(b.startUs[i], view.zoneOffsetMin, false);
    const [o, h, l, c] = [b.open[i], b.high[i], b.low[i], b.close[i]].map(price);
    return `${time} O ${o} H ${h} L ${l} C ${c} V ${f.short(b.volume[i])}`;
  };

  return {
    wants: () => [want("chart", { slot: host.focus().slot, barMinutes: MINUTES[minutes] ?? 1 }, receive)],
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
    foot: () => "h l crosshair  { } minutes  m candles",
    paint: (canvas, ctx) => {
      if (!view) waiting.paint(canvas, ctx, "bars");
      else paintPlot(canvas, { view, style, cross: crossIndex() });
    },
    back: () => {
      if (crossUs === null) return false;
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
        style = STYLES[(STYLES.indexOf(style) + 1) % STYLES.length] as ChartStyle;
      },
      previousGroup: () => {
        minutes = Math.max(0, minutes - 1);
      },
      nextGroup: () => {
        minutes = Math.min(MINUTES.length - 1, minutes + 1);
      },
    },
    explain: () =>
      view ? { view: "chart", row: `${view.slot}`, column: crossUs === null ? "vwap" : "close" } : null,
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
