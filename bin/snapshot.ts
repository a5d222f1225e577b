import { Command, InvalidArgumentError, Option } from "commander";
import { VoldeskError } from "../config/errors.ts";
import type { ChartView, PositionRow, PositionsView, StatusView, Views } from "../src/desk/protocol.ts";
import type { DeskHost, Fatal } from "../src/shell/host.ts";
import { deskBoot } from "./boot.ts";
import { type Cli, readConfig, say } from "./context.ts";
import { themeFor } from "./terminal.ts";

/** A frame that has not changed for this long is the whole one: longer than a pane waits before it says what for, ms. */
const SETTLED_MS = 350;
/** Longest wait for it, ms. */
const GIVE_UP_MS = 5000;
const LOOK_EVERY_MS = 25;
/** A view that has sent nothing by then has nothing to show, ms. */
const NO_MODEL_MS = 1500;
const MAX_SIDE = 1000;

interface Size {
  readonly cols: number;
  readonly rows: number;
}

interface SnapshotOptions {
  readonly screen: string;
  readonly size: Size;
  readonly session?: string;
  readonly at?: string;
  readonly plain?: boolean;
}

function parseSize(text: string): Size {
  const match = /^(\d+)x(\d+)$/.exec(text);
  const [cols, rows] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
  if (!match || cols < 1 || rows < 1 || cols > MAX_SIDE || rows > MAX_SIDE)
    throw new InvalidArgumentError(`Write it as 120x40, each side 1 to ${MAX_SIDE}.`);
  return { cols, rows };
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function frame(cli: Cli, options: SnapshotOptions): Promise<void> {
  const [{ Screen }, { PANES }, { WAITS }, { DeskHost }, loaded] = await Promise.all([
    import("../screens/app/screen.tsx"),
    import("../screens/app/registry.ts"),
    import("../screens/kit/waiting.ts"),
    import("../src/shell/host.ts"),
    readConfig(cli),
  ]);
  const pane = PANES.find((p) => p.id === options.screen)?.id;
  if (options.screen !== "desk" && pane === undefined)
    throw new VoldeskError(
      "CLI-004",
      `there is no screen "${options.screen}"`,
      `Name one of desk, ${PANES.map((p) => p.id).join(", ")}.`,
      "--screen",
    );
  let failed: unknown = null;
  const fail = (error: unknown): void => {
    failed ??= error;
  };
  const boot = deskBoot(cli, loaded, {
    session: options.session,
    at: options.at,
    paused: true,
    index: false,
  });
  const host = await DeskHost.open(boot, { fatal: fail });
  const screen = new Screen({
    ...options.size,
    theme: themeFor(loaded.config, cli.env),
    desk: host,
    panes: PANES,
    flash: false,
    now: () => performance.now(),
    onWork: () => {},
    onControl: () => {},
    onQuit: () => {},
    onSuspend: () => {},
    onPaneError: (_pane, error) => fail(error),
    onFatal: fail,
  });
  try {
    if (pane !== undefined) {
      screen.focusPane(pane);
      screen.zoom();
    }
    const began = performance.now();
    let shown = "";
    let since = began;
    while (failed === null && performance.now() - began < GIVE_UP_MS) {
      screen.poll();
      screen.awake();
      screen.compose();
      const text = screen.grid.toText();
      if (text !== shown || text.includes(WAITS)) {
        shown = text;
        since = performance.now();
      }
      if ((screen.status !== null || screen.tooSmall) && performance.now() - since > SETTLED_MS) break;
      await wait(LOOK_EVERY_MS);
    }
    if (failed !== null) throw failed;
    say(cli, shown);
  } finally {
    screen.end();
    await host.close();
  }
}

const known = (x: number | null, digits: number): string => (x === null ? "unknown" : x.toFixed(digits));

/** A mid may lie half a tick between two prices of the grid. */
function price(x: number, decimals: number): string {
  const text = x.toFixed(decimals);
  return Math.abs(Number(text) - x) < 1e-9 ? text : x.toFixed(decimals + 1);
}

function sentence(row: PositionRow): string {
  const qty = row.qty === null ? "" : `, quantity ${row.qty}`;
  const by = row.markSource === null ? "" : ` by ${row.markSource}`;
  const mark = row.mark === null ? "" : `, marked ${price(row.mark, row.decimals)}${by}`;
  const stale = row.stale ? ", stale" : "";
  const why = row.dayPnl === null && row.dayPnlReason !== null ? ` (${row.dayPnlReason})` : "";
  const label = row.kind === "book" ? "Whole book" : row.label;
  return `${label}${qty}${mark}${stale}, day ${known(row.dayPnl, 0)}${why}, total ${known(row.pnl, 0)} ${row.ccy}.`;
}

/** A view's model, null when the desk has none of it. */
function modelOf<V extends "chart">(host: DeskHost, view: V, params: Views[V]["params"]) {
  return new Promise<Views[V]["model"] | null>((resolve) => {
    const done = (model: Views[V]["model"] | null): void => {
      clearTimeout(timer);
      stop();
      resolve(model);
    };
    const timer = setTimeout(() => done(null), NO_MODEL_MS);
    const stop = host.subscribe(view, params, done);
  });
}

const CHART_ROWS = 12;
const CHART_COLS = 100;

/** The session's chart so far: one sentence, and below it a line in characters that any terminal and file can hold. */
async function chartWords(
  view: ChartView | null,
  nowUs: number,
  cols: number,
  ascii: boolean,
): Promise<string> {
  const { open, high, low, close, startUs } = view?.bars ?? {};
  if (!view || !open || !high || !low || !close || !startUs || close.length === 0) return "No chart yet.";
  const [{ textChart }, { clock, price: priceText, NONE }] = await Promise.all([
    import("../screens/kit/ascii-chart.ts"),
    import("../screens/kit/format.ts"),
  ]);
  const written = (v: number | undefined) => priceText(v, view.decimals).replace(NONE, "unknown");
  const time = (us: number | undefined) => clock(us, view.zoneOffsetMin, false);
  const end = Math.min(nowUs, (startUs.at(-1) ?? 0) + view.barMinutes * 60e6);
  const [from, to] = [time(startUs[0]), time(end)];
  const sentence =
    `${view.label} from ${from} to ${to}: first ${written(open[0])}, high ${written(Math.max(...high))}, ` +
    `low ${written(Math.min(...low))}, last ${written(close.at(-1))}, VWAP ${written(view.vwap.at(-1))}.`;
  const lines = textChart([...close], Math.min(cols, CHART_COLS), CHART_ROWS, ascii);
  return [sentence, ...lines].join("\n");
}

/** Status, positions and the chart as sentences, for a screen reader. */
async function sentences(cli: Cli, options: SnapshotOptions): Promise<void> {
  const [{ DeskHost }, loaded] = await Promise.all([import("../src/shell/host.ts"), readConfig(cli)]);
  const boot = deskBoot(cli, loaded, {
    session: options.session,
    at: options.at,
    paused: true,
    index: false,
  });
  let stop: (fatal: Fatal) => void = () => {};
  const host = await DeskHost.open(boot, { fatal: (fatal) => stop(fatal) });
  try {
    const [status, positions] = await new Promise<[StatusView, PositionsView]>((resolve, reject) => {
      stop = reject;
      let s: StatusView | null = null;
      let p: PositionsView | null = null;
      const both = () => s !== null && p !== null && resolve([s, p]);
      host.subscribe("status", {}, (model) => {
        s = model;
        both();
      });
      host.subscribe("positions", {}, (model) => {
        p = model;
        both();
      });
    });
    const local = new Date(status.nowUs / 1000 + status.zoneOffsetMin * 60_000);
    const time = local.toISOString().slice(11, 19);
    say(
      cli,
      `${status.mode} of ${status.session}, ${status.day} ${time} ${status.zone}, feed ${status.feed}.`,
    );
    say(cli, `Net asset value ${known(status.nav, 0)} ${status.baseCcy}, day ${known(status.dayPnl, 0)}.`);
    say(cli, positions.rows.map(sentence).join("\n"));
    const chart = await modelOf(host, "chart", { slot: null, barMinutes: 1 });
    say(
      cli,
      await chartWords(chart, status.nowUs, options.size.cols, themeFor(loaded.config, cli.env).ascii),
    );
  } finally {
    await host.close();
  }
}

/** `snapshot [--screen desk] [--size 120x40] [--at 10:35] [--session name] [--plain]`. */
export function snapshotCommand(cli: Cli): Command {
  return new Command("snapshot")
    .option("--screen <name>", "desk, or the name of a pane", "desk")
    .addOption(
      new Option("--size <size>", "columns x rows")
        .argParser(parseSize)
        .default({ cols: 120, rows: 40 }, "120x40"),
    )
    .option("--at <time>", "exchange time of the frame, e.g. 10:35")
    .option("--session <name>", "name or folder of a recorded session")
    .option("--plain", "status, positions and chart as plain text, for a screen reader or a file")
    .action((options: SnapshotOptions) => (options.plain ? sentences(cli, options) : frame(cli, options)));
}
