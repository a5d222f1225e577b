import type { OrdersView } from "../../src/desk/protocol.ts";
import type { ScreenFace } from "./screen-face.ts";

const orders = (n: number): string => (n === 1 ? "1 order" : `${n} orders`);

/** What nobody watches any more once the desk is left, and what the guard does of it. */
function guardLines(view: OrdersView | null): string[] {
  if (view === null) return [];
  const { guard, left } = view;
  if (guard === null) return ["Nothing cancels them by itself."];
  const spared = left.length === 0 ? "" : `, but not ${left.join(", ")}`;
  return [`While it runs ${guard}${spared}; left on purpose, they are left alone.`];
}

/** The question before leaving; staying is the default. Working orders are never left or cancelled without being asked about. */
export function askToQuit(screen: ScreenFace): void {
  const working = screen.orders.view?.working ?? screen.status?.workingOrders ?? 0;
  const stay = { key: "s", verb: "stay", safe: true, run: () => {} };
  if (working === 0) {
    screen.ask({
      kind: "dialog",
      question: "Quit Voldesk?",
      lines: ["No orders are working."],
      choices: [stay, { key: "q", verb: "quit", safe: false, run: () => screen.quit() }],
    });
    return;
  }
  const keeps = working === 1 ? "1 order keeps working" : `${working} orders keep working`;
  const account = screen.status?.account ?? "the broker";
  const replay = screen.status?.mode === "replay";
  screen.ask({
    kind: "dialog",
    question: "Quit Voldesk?",
    lines: [
      replay
        ? `${orders(working)} of the replay: kept as of now, since its market stands still.`
        : `${keeps} at ${account} after you leave.`,
      ...(replay ? [] : guardLines(screen.orders.view)),
    ],
    choices: [
      stay,
      {
        key: "c",
        verb: "cancel them and quit",
        safe: false,
        run: () =>
          void screen.send({ name: "cancelAll", pattern: null }, "order").then((result) => {
            if (result.ok) screen.quit();
          }),
      },
      { key: "l", verb: working === 1 ? "leave it" : "leave them", safe: false, run: () => screen.quit() },
    ],
  });
}

export function askToCancelAll(screen: ScreenFace): void {
  const working = screen.orders.view?.working ?? 0;
  if (working === 0) {
    const elsewhere = screen.orders.view?.external ?? 0;
    screen.notify(
      elsewhere === 0
        ? "No orders are working."
        : `No orders of this desk are working. ${elsewhere} made elsewhere: cancel each on its row.`,
    );
    return;
  }
  screen.ask({
    kind: "dialog",
    question: `Cancel ${working} working ${working === 1 ? "order" : "orders"}?`,
    lines: ["Staged tickets stay. ctrl-x cancels all and blocks new orders."],
    choices: [
      { key: "k", verb: "keep", safe: true, run: () => {} },
      {
        key: "c",
        verb: `cancel ${working}`,
        safe: false,
        run: () => void screen.send({ name: "cancelAll", pattern: null }, "order"),
      },
    ],
  });
}

/** Up is typed: the word, in full. */
export function askToResume(screen: ScreenFace): void {
  const trading = screen.status?.trading ?? null;
  if (trading === null) {
    screen.notify("Orders open in a moment: their state is being read.");
    return;
  }
  if (trading === "active") {
    screen.notify("Orders are allowed already: the desk is ACTIVE.");
    return;
  }
  const unknown = screen.orders.view?.unknown ?? 0;
  const more = unknown > 0 ? `, ${unknown} unknown` : "";
  screen.openPrompt({
    label: `Type ACTIVE to allow orders (now ${trading.toUpperCase()}${more}): `,
    text: "",
    onDone: (typed) => void screen.send({ name: "resume", typed }, "order"),
  });
}

/** At start: orders whose outcome nobody knows. */
export function askAboutUnknown(screen: ScreenFace, view: OrdersView): void {
  if (view.unknown === 0) return;
  const rows = view.rows.filter((row) => row.state === "UNKNOWN");
  const [first] = rows;
  const has = view.unknown === 1 ? "1 order has" : `${view.unknown} orders have`;
  screen.ask({
    kind: "dialog",
    question: `${has} no known outcome (${rows.map((r) => r.id).join(", ")})`,
    lines: rows.slice(0, 6).map((r) => r.note ?? `${r.side.toUpperCase()} ${r.what} stays blocked.`),
    choices: [
      {
        key: "r",
        verb: `ask ${view.account} now`,
        safe: true,
        run: () => void screen.send({ name: "reconcile" }, "order"),
      },
      { key: "s", verb: "story", safe: false, run: () => first && screen.orders.story(first.id) },
    ],
  });
}

/** ctrl-z stops the desk with the screen: asked about where quotes come in live or orders would work unwatched. */
export function askToSuspend(screen: ScreenFace): void {
  const working = screen.orders.view?.working ?? 0;
  if (screen.status?.mode === "replay") {
    screen.suspend();
    return;
  }
  const idle = "quotes, alerts and recording wait until fg";
  screen.ask({
    kind: "dialog",
    question: "Suspend Voldesk?",
    lines: [
      `ctrl-z stops the desk too: ${working === 0 ? idle : `${orders(working)} would work unwatched`}.`,
      ...(working === 0 || screen.orders.view?.guard == null
        ? []
        : [`Suspended it is silent: ${screen.orders.view.guard}.`]),
    ],
    choices: [
      { key: "k", verb: "keep running", safe: true, run: () => {} },
      { key: "z", verb: "suspend", safe: false, run: () => screen.suspend() },
    ],
  });
}
