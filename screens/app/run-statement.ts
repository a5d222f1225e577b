import type { ExportWhat, GrammarContext, LiveSetting, Statement } from "../command/statement.ts";
import type { PaneId } from "../keys/keymap.ts";
import { textWidth } from "../terminal/width.ts";
import { inPalette } from "../theme/theme.ts";
import { jump } from "./actions.ts";
import { runAlert } from "./alerts.ts";
import { BUILT_IN, isBuiltIn } from "./layouts.ts";
import { askToQuit, askToResume } from "./order-dialogs.ts";
import { runAmend, runCancel, runOrder, runTickets } from "./run-order.ts";
import type { Asked, ScreenFace } from "./screen-face.ts";

const THEMES = ["default", "classic", "light", "mono"] as const;
const ON_OFF = ["on", "off"] as const;

/** Settings that change while the desk runs; until it is left, they are not written to the file. */
export const LIVE_SETTINGS: readonly LiveSetting[] = [
  { key: "theme", values: THEMES },
  { key: "screen.flash", values: ON_OFF },
  { key: "screen.calm", values: ON_OFF },
];

function set(screen: ScreenFace, key: string, value: string): void {
  if (key === "theme") {
    const name = THEMES.find((t) => t === value);
    if (name) screen.looks.setTheme(inPalette(screen.theme, name));
  } else if (key === "screen.calm") screen.looks.setCalm(value === "on");
  else screen.looks.setFlash(value === "on");
  screen.notify(`${key} ${value} until you leave; config.yaml keeps it for good`);
}

/** A contract of an expiry stands for it: the chain follows the contract in focus. */
function show(screen: ScreenFace, { pane, slot }: Statement & { kind: "show" }): void {
  screen.focusPane(pane);
  const instrument = slot === null ? undefined : screen.desk.slot(slot)?.instrument;
  if (instrument)
    screen.setInstrument(slot, instrument.kind === "option" ? instrument.underlying : instrument.id);
}

function layout(screen: ScreenFace, { op, name }: Statement & { kind: "layout" }): void {
  if (op === "save") {
    const wrong = screen.store.saveLayout(name, screen.layout);
    screen.notify(
      wrong ?? `layout ${name} saved; :layout ${name} brings it back`,
      wrong === null ? "info" : "error",
    );
    return;
  }
  const found = isBuiltIn(name)
    ? { base: name, panes: [], opened: null, focus: null, pins: {}, hidden: {}, sorts: {} }
    : screen.store.loadLayout(name);
  if (typeof found === "string") {
    screen.notify(found, "error");
    return;
  }
  screen.useLayout(found);
  const panes = found.base === null ? found.panes : (BUILT_IN[found.base] ?? []);
  const missing = panes.filter((id) => !screen.panes.has(id));
  if (missing.length > 0) screen.notify(`layout ${name}: no ${missing.join(", ")} in this build`, "warn");
}

const EXPORT_OF: Readonly<Partial<Record<PaneId, Exclude<ExportWhat, "pane">>>> = {
  positions: "positions",
  chain: "chain",
  tape: "tape",
  chart: "bars",
  watch: "watch",
  surface: "surface",
  exposure: "exposure",
  flow: "flow",
  scenarios: "scenarios",
  orders: "orders",
  log: "log",
};

/** How the panes on screen ask for their views, the focused one's word last. */
function askedFor(screen: ScreenFace): Asked {
  const ids = [...screen.visible.filter((id) => id !== screen.focus), screen.focus];
  const wants = ids.flatMap((id) => screen.panes.pane(id)?.wants() ?? []);
  return Object.fromEntries(wants.map((w) => [w.view, w.params])) as Asked;
}

function exportTo(screen: ScreenFace, { what, format, file }: Statement & { kind: "export" }): void {
  const chosen = what === "pane" ? EXPORT_OF[screen.focus] : what;
  if (chosen === undefined) {
    screen.notify(`${screen.focus} can't be exported; ${Object.keys(EXPORT_OF).join(", ")} can.`, "warn");
    return;
  }
  if (screen.exporter === null) {
    screen.notify("Nothing can be exported from here.", "warn");
    return;
  }
  screen.exporter(chosen, format, file, askedFor(screen)).then(
    (said) => screen.notify(said),
    (error: unknown) => screen.notify(error instanceof Error ? error.message : String(error), "error"),
  );
}

/** Does what a line said. An order line stages and previews; only `C` on that preview sends. */
export function runStatement(screen: ScreenFace, statement: Statement, context: GrammarContext): void {
  switch (statement.kind) {
    case "order":
      void runOrder(screen, statement);
      return;
    case "cancel":
      runCancel(screen, statement);
      return;
    case "amend":
      void runAmend(screen, statement);
      return;
    case "tickets":
      void runTickets(screen, statement);
      return;
    case "alert":
      runAlert(screen, statement, context);
      return;
    case "watch": {
      const names = statement.slots.flatMap((slot) => screen.desk.slot(slot)?.instrument.id ?? []);
      const { add } = statement;
      const list = askedFor(screen).watch?.list ?? "main";
      void screen.send({ name: "watch", list, add: add ? names : [], remove: add ? [] : names });
      return;
    }
    case "show":
      show(screen, statement);
      return;
    case "go":
      jump(
        {
          status: () => screen.status,
          send: (command) => void screen.send(command),
          notify: (text, level) => screen.notify(text, level),
          prompt: (options) => screen.openPrompt(options),
        },
        statement.to,
      );
      return;
    case "speed":
      void screen.send({ name: "speed", speed: statement.speed });
      return;
    case "loop":
      void screen.send({ name: "loop", on: statement.on ?? !screen.status?.loop });
      return;
    case "layout":
      layout(screen, statement);
      return;
    case "set":
      set(screen, statement.key, statement.value);
      return;
    case "export":
      exportTo(screen, statement);
      return;
    case "tell":
      screen.notify(statement.text);
      return;
    case "plain":
      plain(screen, statement.verb);
      return;
    case "act":
      if (!screen.act(statement.action)) screen.notify("That does nothing here (? shows what does)");
  }
}

/** Columns of the message row that its blank and a count of waiting messages take. */
const ROW_TAKEN = 8;

/** The row under the cursor as one sentence, for a screen reader; the words of its columns as they stand. A long one has its own frame, uncut. */
function sayRow(screen: ScreenFace): void {
  const pane = screen.panes.spec(screen.focus)?.name ?? screen.focus;
  const row = screen.panes.pane(screen.focus)?.copied?.()?.row ?? null;
  const cells = row?.split("\t").map((cell) => cell.trim()) ?? [];
  const told = cells.filter((cell) => / [^ ]/.test(cell)).map((cell) => cell.replaceAll("–", "unknown"));
  const sentence = told.length === 0 ? `${pane}: no row.` : `${pane}: ${told.join(", ")}.`;
  if (textWidth(sentence) <= screen.grid.cols - ROW_TAKEN) screen.notify(sentence);
  else screen.orders.explainText(`the row in ${pane}`, [sentence]);
}

function plain(screen: ScreenFace, verb: (Statement & { kind: "plain" })["verb"]): void {
  switch (verb) {
    case "pause":
    case "run":
      void screen.send({ name: verb });
      return;
    case "kill":
      screen.kill(":kill");
      return;
    case "q":
      askToQuit(screen);
      return;
    case "resume":
      askToResume(screen);
      return;
    case "reduce":
      void screen.send({ name: "reduce" }, "order");
      return;
    case "say":
      sayRow(screen);
      return;
    case "keys":
      screen.loadKeys(true);
      return;
    case "tour":
      screen.showTour(true);
  }
}
