import type { AlertFiring, AlertsView } from "../../src/desk/protocol.ts";
import type { AlertField } from "../../src/desk/protocol-alerts.ts";
import { type AlertStatement, type AlertTarget, shownName } from "../command/alert.ts";
import { draftOf } from "../command/draft.ts";
import type { InstrumentIndex } from "../command/instruments.ts";
import { readBack } from "../command/readback.ts";
import type { GrammarContext } from "../command/statement.ts";
import { clock } from "../kit/format.ts";
import type { ListOverlay } from "./overlay.ts";
import type { ScreenFace } from "./screen-face.ts";

/** How a firing is signalled beyond the notification row. */
export type AlertSignal = "none" | "bell" | "osc9";

/** Columns of the panes whose figure has another name in an alert. */
const FIELD_OF: Readonly<Record<string, AlertField>> = {
  bid: "bid",
  ask: "ask",
  mid: "mid",
  last: "last",
  iv: "iv",
  delta: "delta",
  age: "age",
  chg: "change",
  change: "change",
  mark: "mark",
  day: "day",
  pnl: "pnl",
  value: "value",
  gamma: "gamma",
  theta: "theta",
  vega: "vega",
  close: "price",
  vwap: "price",
};
/** What a quote alone decides is watched on the contract itself, not on the row it stands in. */
const QUOTED: ReadonlySet<string> = new Set(["bid", "ask", "mid", "last", "iv", "age"]);

/** What an alert without a name of its own is set on: the number under the cursor. */
export function alertTarget(screen: ScreenFace, index: InstrumentIndex): AlertTarget | null {
  const pane = screen.panes.pane(screen.focus);
  const at = pane?.explain?.() ?? null;
  const column = at?.column ?? "";
  const field = FIELD_OF[column] ?? null;
  const slot = pane?.rowSlot?.(null) ?? (at?.view === "chart" ? screen.instrument.slot : null);
  const instrument = slot === null ? undefined : index.at(slot)?.instrument;
  if (at?.view === "positions" && !(instrument && QUOTED.has(column)))
    return { subject: { of: "row", key: at.row }, label: pane?.rowName?.() ?? at.row, field: field ?? "pnl" };
  if (!instrument) return null;
  const label = shownName(instrument, index.today);
  return { subject: { of: "instrument", id: instrument.id }, label, field: field ?? "price" };
}

/** Sets, drops or lists alerts as a line said. */
export function runAlert(screen: ScreenFace, statement: AlertStatement, context: GrammarContext): void {
  switch (statement.op) {
    case "list":
      openAlerts(screen);
      return;
    case "drop":
      void screen.send({ name: "alert", op: "drop", id: statement.id });
      return;
    case "rearm":
      if (statement.id !== null) void screen.send({ name: "alert", op: "rearm", id: statement.id });
      return;
    case "add":
      setAlert(screen, statement, context);
  }
}

type Setting = AlertStatement & { readonly op: "add" };

function setAlert(screen: ScreenFace, { wish, stage }: Setting, context: GrammarContext): void {
  const draft = stage === null ? null : draftOf(stage, context.index);
  if (stage !== null && draft === null) {
    screen.notify("An alert stages a buy or a sell of named contracts: then stage buy 2 760c 15jan", "warn");
    return;
  }
  const ticket =
    draft === null || stage === null
      ? null
      : { draft, text: readBack(stage, { ...context, quote: () => null }) };
  void screen.send({ name: "alert", op: "add", wish: { ...wish, stage: ticket } });
}

/** The alerts as the desk last sent them, and who is told of what fired. */
export class AlertWatch {
  #view: AlertsView | null = null;
  #seen: number | null = null;
  #problem: string | null = null;

  constructor(
    readonly say: (firing: AlertFiring) => void,
    readonly warn: (text: string) => void,
  ) {}

  get view(): AlertsView | null {
    return this.#view;
  }

  /** Each firing is said once; those from before this screen was there are in the log. */
  receive(view: AlertsView): void {
    this.#view = view;
    const newest = view.firings.at(-1)?.n ?? 0;
    if (this.#seen !== null) for (const firing of view.firings) if (firing.n > this.#seen) this.say(firing);
    this.#seen = Math.max(newest, this.#seen ?? 0);
    if (view.problem !== null && view.problem !== this.#problem) this.warn(view.problem);
    this.#problem = view.problem;
  }
}

/** Control bytes that go with a firing: the bell, or a desktop notification where the terminal shows them. */
export function signalBytes(signal: AlertSignal, text: string): string {
  if (signal === "bell") return "\x07";
  return signal === "osc9" ? `\x1b]9;${text.replace(/[\x00-\x1f\x7f]/g, " ")}\x07` : "";
}

/** `A`: what is watched, what it stands at, what has fired. */
export function openAlerts(screen: ScreenFace): void {
  const rows = () => screen.alerts?.rows ?? [];
  const list: ListOverlay = {
    kind: "list",
    title: "A Alerts",
    empty: "No alerts. a on a number, or :alert GOOG crosses 741.3, sets one.",
    foot: "r arm again  x drop  Esc close",
    cursor: 0,
    rows: () =>
      rows().map((a) => {
        const offset = screen.status?.zoneOffsetMin ?? 0;
        const fired =
          a.firedUs === null ? "" : ` fired ${clock(a.firedUs, offset)}${a.times > 1 ? ` x${a.times}` : ""}`;
        const how = a.again ? "each time" : "once";
        const then = a.stage === null ? "" : `  then stage ${a.stage}`;
        return {
          lead: a.id,
          text: `${a.text}  now ${a.now}  ${how}${fired}${then}`,
          role: a.state === "fired" ? "dim" : a.state === "no data" ? "unknown" : "text",
        };
      }),
    onDrop: (i) => {
      const id = rows()[i]?.id;
      if (id !== undefined) void screen.send({ name: "alert", op: "drop", id });
    },
    onAgain: (i) => {
      const id = rows()[i]?.id;
      if (id !== undefined) void screen.send({ name: "alert", op: "rearm", id });
    },
  };
  screen.setOverlay(list);
}
