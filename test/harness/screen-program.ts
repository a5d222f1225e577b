/** The screen over a made-up desk, for tests in a real terminal. argv: how it should come to harm. */

import type { Slot } from "../../engines/market/index.ts";
import { startScreen } from "../../screens/app/start.ts";
import { createTheme, detectAscii, detectDepth } from "../../screens/theme/theme.ts";
import { frameDesk, NOW_US, statusView } from "./fake-desk.ts";

const harm = process.argv[2] ?? "";
const desk = frameDesk();
const handle = startScreen({
  stdin: process.stdin,
  stdout: process.stdout,
  desk,
  theme: createTheme({ name: "default", depth: detectDepth(process.env), ascii: detectAscii(process.env) }),
});
let ticks = 0;
const market = setInterval(() => {
  ticks++;
  desk.quote(0 as Slot, 747 + (ticks % 100) / 100, 748 + (ticks % 90) / 100, NOW_US + ticks * 20_000);
  if (ticks % 5 === 0) desk.publish("status", statusView({ nowUs: (NOW_US + ticks * 20_000) as never }));
}, 20);

if (harm !== "") {
  setTimeout(() => {
    if (harm === "throw") throw new Error("thrown in a timer");
    if (harm === "reject") void Promise.reject(new Error("rejected"));
    if (harm === "worker") handle.fail(new Error("the worker died"));
    if (harm === "exit") process.exit(3);
    if (harm === "structure") {
      Object.defineProperty(handle.screen.options, "cols", { value: 1 });
      // A key that Ink can't lay out: children that are no elements.
      handle.screen.setOverlay({ kind: "dialog", question: "q", lines: [{} as string], choices: [] });
    }
    if (harm === "pane") desk.publish("positions", { nowUs: NOW_US, rows: [null as never], total: 1 });
  }, 300);
}

void handle.ended.then((end) => {
  clearInterval(market);
  const error = end.error instanceof Error ? end.error.message : end.error === null ? "" : String(end.error);
  process.stdout.write(`ended ${end.why} ${end.code} ${error}\n`, () => process.exit(end.code));
});
