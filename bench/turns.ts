/** How long a command waits for the desk's thread while a pane is opened: the longest piece of work between two looks at the mail box. */
import type { ToDesk } from "../src/desk/protocol.ts";
import { systemClock } from "../src/shell/clock.ts";
import { DeskSession } from "../src/shell/desk-session.ts";
import { openDesk } from "../src/shell/open-desk.ts";
import { memoryLog } from "../src/shell/order-log.ts";
import { bootOf } from "../test/shell/boot.ts";
import type { BenchRow } from "./row.ts";

const REACH_MS = 50;
const OPEN_MS = 2_500;

type Subscribe = Extract<ToDesk, { t: "subscribe" }>;
type Opened = { readonly [K in "surface" | "exposure" | "flow" | "scenarios" | "chain" | "levels"]: unknown };

const PANES: Opened = {
  surface: { underlying: null, expiry: null },
  exposure: { underlying: null, slice: "all", convention: "customerFlow" },
  flow: { underlying: null, limit: 50, minutes: 5 },
  scenarios: {
    underlying: null,
    spotPct: [-10, -5, -2, 0, 2, 5, 10],
    volPts: [-5, 0, 5],
    days: [0, 7],
    dynamics: "stickyStrike",
    volTerm: "parallel",
    spotAxis: "own",
    staged: true,
  },
  chain: { underlying: null, expiry: null },
  levels: { slot: null, anchorUs: null },
};

/** The longest time between two turns of this thread, ms, for so long. */
async function longestWait(forMs: number): Promise<number> {
  let [last, most] = [performance.now(), 0];
  const end = last + forMs;
  while (last < end) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = performance.now();
    most = Math.max(most, now - last);
    last = now;
  }
  return most;
}

/** On a desk of its own, so that nothing of the pane is ready. */
async function opening(view: string, params: unknown): Promise<number> {
  const boot = bootOf("goog-2015-12-24", { at: "11:30", paused: false, speed: 10, index: false });
  const session = new DeskSession(openDesk(boot), () => undefined, systemClock);
  session.openOrders(memoryLog());
  session.begin();
  await longestWait(500);
  const waited = longestWait(OPEN_MS);
  await new Promise((resolve) => setImmediate(resolve));
  session.receive({ t: "subscribe", sub: 1, view, params } as Subscribe);
  const most = await waited;
  session.stop();
  return most;
}

export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [view, params] of Object.entries(PANES)) {
    const value = await opening(view, params);
    const name = `a command's longest wait while ${view} opens`;
    rows.push({ name, value, unit: "ms", ratio: null, reach: REACH_MS, ok: value <= REACH_MS });
  }
  return rows;
}
