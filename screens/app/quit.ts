import type { ScreenFace } from "./screen-face.ts";

/** The question before leaving; staying is the default. */
export function askToQuit(screen: ScreenFace): void {
  const working = screen.status?.workingOrders ?? 0;
  const orders = working === 1 ? "1 order keeps working" : `${working} orders keep working`;
  screen.ask({
    kind: "dialog",
    question: "Quit Voldesk?",
    lines: [working > 0 ? `${orders} after you leave.` : "No orders are working."],
    choices: [
      { key: "s", verb: "stay", safe: true, run: () => {} },
      { key: "q", verb: "quit", safe: false, run: () => screen.quit() },
    ],
  });
}
