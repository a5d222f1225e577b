import { createRequire } from "node:module";

/** Look of a widget: palette indices, -1 for the terminal's own colour. */
export interface WallStyle {
  readonly fg?: number;
  readonly bg?: number;
  readonly bold?: boolean;
  readonly border?: { readonly fg: number };
  readonly label?: { readonly fg: number };
}
export interface BoxOptions {
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly height: number;
  readonly label?: string;
  readonly border?: { readonly type: "line" };
  readonly style?: WallStyle;
  readonly fg?: number;
  readonly wrap?: boolean;
}

/** The part of a blessed element that the wall uses. */
export interface Widget {
  setLabel(text: string): void;
  setContent(text: string): void;
  destroy(): void;
}
export interface LineData {
  readonly title: string;
  readonly x: readonly string[];
  readonly y: readonly number[];
  readonly style: { readonly line: ChartColor };
}
/** A palette index, or `normal` for the terminal's own colour. */
export type ChartColor = number | "normal";

export interface LineOptions extends BoxOptions {
  readonly xLabelPadding: number;
  readonly xPadding: number;
  readonly numYLabels: number;
  readonly showLegend: boolean;
  readonly legend: { readonly width: number };
  readonly style: WallStyle & {
    readonly line: ChartColor;
    readonly text: ChartColor;
    readonly baseline: ChartColor;
  };
}
export interface LineChart extends Widget {
  /** Lower and upper end of the value axis and the room of its labels in canvas points, two a cell; read at each `setData`. */
  readonly options: { minY: number; maxY: number; xLabelPadding: number; xPadding: number };
  setData(data: readonly LineData[]): void;
}
export interface TableOptions extends BoxOptions {
  readonly interactive: false;
  readonly columnSpacing: number;
  readonly columnWidth: readonly number[];
}
export interface TableWidget extends Widget {
  /** The list below the header. */
  readonly rows: { left: number; top: number };
  readonly options: { columnWidth: readonly number[] };
  setData(data: { readonly headers: readonly string[]; readonly data: readonly (readonly string[])[] }): void;
}
export interface GaugeWidget extends Widget {
  readonly options: { stroke: ChartColor };
  setPercent(fraction: number): void;
}
export interface DonutOptions extends BoxOptions {
  readonly radius: number;
  readonly arcWidth: number;
  readonly yPadding: number;
  readonly remainColor: ChartColor;
  readonly fill: ChartColor;
}
export interface DonutWidget extends Widget {
  setData(data: readonly DonutData[]): void;
}
export interface DonutData {
  /** Part of the ring that is drawn, 0 to 1. */
  readonly percent: number;
  /** Figure in the middle instead of it. */
  readonly percentAltNumber: number;
  readonly label: string;
  readonly color: ChartColor;
}
export interface LogWidget extends Widget {
  logLines: string[];
  setItems(lines: readonly string[]): void;
}

export interface WallScreen {
  readonly width: number;
  readonly height: number;
  append(widget: Widget): void;
  render(): void;
  /** Forgets what the terminal shows: the next render paints all of it. */
  alloc(): void;
  destroy(): void;
}

type Make<O, W> = (options: O) => W;
/** blessed and blessed-contrib as the wall uses them. They bring no types and are read at the first use. */
export interface WallKit {
  readonly screen: Make<
    {
      readonly input: NodeJS.ReadableStream;
      readonly output: unknown;
      readonly terminal: string;
      readonly fullUnicode: boolean;
      readonly forceUnicode: boolean;
    },
    WallScreen
  >;
  readonly box: Make<BoxOptions, Widget>;
  readonly line: Make<LineOptions, LineChart>;
  readonly table: Make<TableOptions, TableWidget>;
  readonly gauge: Make<BoxOptions & { readonly stroke: ChartColor; readonly showLabel: false }, GaugeWidget>;
  readonly donut: Make<DonutOptions, DonutWidget>;
  readonly log: Make<BoxOptions & { readonly bufferLength: number }, LogWidget>;
}

/** Only the widgets of the wall are read: the package's front door loads maps and markdown too. */
export function loadKit(): WallKit {
  const require = createRequire(import.meta.url);
  const { screen, box } = require("blessed") as Pick<WallKit, "screen" | "box">;
  const widget = (name: string) => require(`blessed-contrib/lib/widget/${name}`) as never;
  return {
    screen,
    box,
    line: widget("charts/line"),
    table: widget("table"),
    gauge: widget("gauge"),
    donut: widget("donut"),
    log: widget("log"),
  };
}

const HANDLED = ["SIGTERM", "SIGINT", "SIGQUIT", "uncaughtException"] as const;

/** Makes blessed's screen without the handlers it hangs on the process: they exit with code 0 whatever happened. */
export function makeScreen(kit: WallKit, options: Parameters<WallKit["screen"]>[0]): WallScreen {
  const before = HANDLED.map((event) => process.rawListeners(event));
  const screen = kit.screen(options);
  for (const [i, event] of HANDLED.entries())
    for (const listener of process.rawListeners(event))
      if (!before[i]?.includes(listener)) process.removeListener(event, listener as () => void);
  return screen;
}
