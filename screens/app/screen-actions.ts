import type { ExplainTarget } from "../../src/desk/protocol.ts";
import type { ActionId } from "../keys/keymap.ts";
import { copyNote, passed } from "../terminal/link.ts";
import { replayActions } from "./actions.ts";
import { alertTarget, openAlerts } from "./alerts.ts";
import { openBookmarks } from "./bookmarks.ts";
import { grammarContext, openCommandLine } from "./command-line.ts";
import { orderActions } from "./order-actions.ts";
import { askToQuit, askToSuspend } from "./order-dialogs.ts";
import { explainText, type Overlay } from "./overlay.ts";
import type { ScreenFace } from "./screen-face.ts";

/** Longest text put on the clipboard by OSC 52, bytes: terminals drop more. */
const MAX_COPY = 74_000;

/** The second ctrl-c at the root counts within this time. */
const CTRL_C_TWICE_MS = 3000;

function copy(screen: ScreenFace, text: string, first: boolean): void {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length > MAX_COPY) {
    screen.notify("Too long to copy through the terminal.", "warn");
    return;
  }
  screen.control(passed(screen.link, `\x1b]52;c;${bytes.toString("base64")}\x07`));
  const line = (text.split("\n")[0] ?? "").replaceAll("\t", "  ");
  const said = `copied ${line.length > 40 ? `${line.slice(0, 39)}…` : line}`;
  // Whether it arrived can't be asked: the line that is usually missing is said with the first copy.
  const note = first ? copyNote(screen.link) : null;
  screen.notify(note === null ? said : `${said}  ${note}`);
}

const STATUS_ROWS: ExplainTarget = { view: "status", row: "", column: "line" };

async function explain(screen: ScreenFace, target: ExplainTarget | null): Promise<void> {
  if (target === null) {
    screen.notify("Nothing to explain here.");
    return;
  }
  const explanation = await screen.desk.explain(target);
  if (explanation === null) screen.notify(`No provenance is kept for ${target.column} of ${target.row}.`);
  else screen.setOverlay({ kind: "explain", target, trail: [{ explanation, cursor: 0 }] });
}

/** Help for the pane that has the focus. */
function help(screen: ScreenFace): Overlay {
  return {
    kind: "help",
    pane: screen.panes.spec(screen.focus)?.name ?? "",
    bindings: screen.dispatcher
      .listed(screen.focus, screen.works)
      .filter((b) => b.group !== "REPLAY" || (screen.status?.mode ?? "replay") === "replay"),
    query: "",
    top: 0,
  };
}

/** What the keys do that no pane owns. */
export function screenActions(screen: ScreenFace): Partial<Record<ActionId, (key: string) => void>> {
  let asked = Number.NEGATIVE_INFINITY;
  let copiedBefore = false;
  const copied = () => {
    if (screen.overlay?.kind === "explain") {
      const top = screen.overlay.trail[0];
      return top ? { cell: explainText(top.explanation), row: "" } : null;
    }
    return screen.panes.pane(screen.focus)?.copied?.() ?? null;
  };
  const copyOr = (part: "cell" | "row") => {
    const found = copied();
    if (found) {
      copy(screen, found[part], !copiedBefore);
      copiedBefore = true;
    } else screen.notify("Nothing to copy here.");
  };
  return {
    kill: () => screen.kill("key"),
    leave: () => {
      if (screen.back()) return;
      if (screen.now() - asked < CTRL_C_TWICE_MS) askToQuit(screen);
      else screen.notify("ctrl-c again asks to quit.");
      asked = screen.now();
    },
    back: () => void (screen.back() || screen.showTour(false)),
    suspend: () => askToSuspend(screen),
    repaint: () => screen.repaint(),
    "pane.positions": () => screen.focusPane("positions"),
    "pane.watch": () => screen.focusPane("watch"),
    "pane.chart": () => screen.focusPane("chart"),
    "pane.chain": () => screen.focusPane("chain"),
    "pane.surface": () => screen.focusPane("surface"),
    "pane.exposure": () => screen.focusPane("exposure"),
    "pane.flow": () => screen.focusPane("flow"),
    "pane.scenarios": () => screen.focusPane("scenarios"),
    "pane.orders": () => screen.focusPane("orders"),
    "pane.regime": () => screen.focusPane("regime"),
    "pane.feeds": () => screen.focusPane("feeds"),
    "pane.log": () => screen.focusPane("log"),
    "pane.next": () => screen.focusNext(1),
    "pane.previous": () => screen.focusNext(-1),
    "pane.last": () => screen.focusLast(),
    close: () => {
      if (!screen.closeOpened()) askToQuit(screen);
    },
    pin: () => {
      const name = screen.panes.spec(screen.focus)?.name ?? screen.focus;
      screen.notify(
        screen.pin() ? `${name} keeps its instrument; = lets it follow again` : `${name} follows again`,
      );
    },
    zoom: () => screen.zoom(),
    refresh: () => {
      screen.panes.refresh(screen.focus);
      screen.notify("asked again");
    },
    help: () => screen.setOverlay(help(screen)),
    explain: () => void explain(screen, screen.panes.pane(screen.focus)?.explain?.() ?? null),
    explainStatus: () => void explain(screen, STATUS_ROWS),
    explainPin: () => {
      if (screen.overlay?.kind === "explain") screen.pinExplanation(screen.overlay);
    },
    copyCell: () => copyOr("cell"),
    copyRow: () => copyOr("row"),
    command: () => openCommandLine(screen),
    ...orderActions(screen, screen.orders),
    alert: () => {
      const field = alertTarget(screen, grammarContext(screen).index)?.field ?? null;
      if (field === null)
        screen.notify("No number to watch here. :alert GOOG crosses 741.3 sets one anywhere.");
      else openCommandLine(screen, `alert ${field} > `);
    },
    alerts: () => openAlerts(screen),
    bookmarks: () => openBookmarks(screen),
    ...replayActions({
      status: () => screen.status,
      send: (command) => void screen.send(command),
      notify: (text, level) => screen.notify(text, level),
      prompt: (options) => screen.openPrompt(options),
    }),
  };
}
