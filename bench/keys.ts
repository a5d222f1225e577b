import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PtyRun, runInPty } from "../test/harness/pty.ts";
import type { BenchRow } from "./row.ts";

/** So many that the 99th percentile is not the one key that the host of this machine happened to stop for. */
const KEYS = 300;
const STARTS = 5;
/** Between keys, ms, with a spread that does not lock to any timer of the program. */
const EVERY_MS = 45;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** Time at which output arrived that made `seen` true, or null after a second without. */
function arrival(run: PtyRun, seen: () => boolean): Promise<number | null> {
  return new Promise((resolve) => {
    const over = setTimeout(() => resolve(null), 1000);
    run.onShown = (atMs) => {
      if (!seen()) return;
      clearTimeout(over);
      run.onShown = () => {};
      resolve(atMs);
    };
  });
}

/** ms from each key to the output after which the first match of `marker` on the screen is another. */
export async function latencies(
  run: PtyRun,
  keys: readonly string[],
  marker: RegExp,
  count = KEYS,
): Promise<number[]> {
  const found = (): string | undefined => marker.exec(run.screen())?.[0];
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    await run.settled();
    const before = found();
    const answered = arrival(run, () => found() !== before);
    const sent = performance.now();
    run.send(keys[i % keys.length] as string);
    const at = await answered;
    if (at !== null) times.push(at - sent);
    await wait(EVERY_MS * (0.75 + ((i * 7) % 10) / 20));
  }
  if (times.length < count * 0.95)
    throw new Error(`${count - times.length} of ${count} keys were not answered`);
  return times;
}

/** Folders of their own, so that nobody's settings count. */
export function clean(): Record<string, string> {
  const dir = mkdtempSync(join(tmpdir(), "voldesk-bench-"));
  return { XDG_CONFIG_HOME: join(dir, "c"), XDG_STATE_HOME: join(dir, "s"), XDG_CACHE_HOME: join(dir, "k") };
}

/** The first frame that has everything: positions down to the book, and the keys. */
const WHOLE = /1 Positions \d+ of \d+[\s\S]*BOOK[\s\S]*KILL/;

/** A raw terminal program that does nothing but count keys: the floor of the method. */
const ECHO = `process.stdin.setRawMode(true);let n=0;process.stdout.write("\\x1b[Hn=0 ");
process.stdin.on("data",()=>process.stdout.write("\\x1b[Hn="+(++n)+" "));`;

async function starts(): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const began = performance.now();
    const run = runInPty(["replay"], { cols: 120, rows: 40, env: clean() });
    let at: number | null = null;
    for (let tries = 0; at === null && tries < 10; tries++)
      at = await arrival(run, () => WHOLE.test(run.screen()));
    if (at !== null) times.push(at - began);
    run.kill();
    await run.exited;
  }
  return times;
}

/** ms from key to output of the bare program: what the terminal, the machine and its other work cost. */
export async function bareLatencies(count = KEYS): Promise<number[]> {
  const echo = new PtyRun(process.execPath, ["-e", ECHO], { cols: 200, rows: 50 });
  await echo.waitFor(/n=0/);
  const times = await latencies(echo, ["x"], /n=\d+/, count);
  echo.kill();
  return times;
}

/** About 50,000 events a second: the bundled day a thousand times as fast as it was, which no setting allows. */
const STREAMING = 1000;

/** Keys on the Desk with its seven panes while that streams, and what the status line said of the rate. */
async function underLoad(): Promise<{ readonly times: number[]; readonly rate: string }> {
  const env = { ...clean(), VOLDESK_FASTEST: String(STREAMING) };
  const desk = runInPty(["replay", "--loop"], { cols: 200, rows: 50, env });
  await desk.waitFor(/1 Positions \d+ of/);
  desk.send(`:speed ${STREAMING}\r2`);
  await wait(3000);
  const rate = /[\d.,]+k?\/s/.exec(desk.screen())?.[0] ?? "–/s";
  const times = await latencies(desk, ["j", "k"], /main \d+\/\d+/);
  desk.kill();
  await desk.exited;
  return { times, rate };
}

/** The built program in a real terminal: start, and keys while the session replays at its greatest timed speed. */
export async function run(): Promise<BenchRow[]> {
  const bare = await bareLatencies();
  const floor = quantile(bare, 0.5);

  const desk = runInPty(["replay", "--loop"], { cols: 200, rows: 50, env: clean() });
  await desk.waitFor(/1 Positions \d+ of/);
  desk.send(":speed 100\r2");
  await wait(1500);
  const pane = await latencies(desk, ["j", "k"], /main \d+\/\d+/);
  const dialog = await latencies(desk, ["?", "\x07"], /\? Help|2 Watch.*main \d/);
  desk.kill();
  await desk.exited;

  const streaming = await underLoad();
  const opened = quantile(await starts(), 0.5);
  const row = (name: string, value: number, reach: number, ratio: number | null): BenchRow => ({
    name,
    value,
    unit: "ms",
    ratio,
    reach,
    ok: value <= reach,
  });
  const p50 = quantile(pane, 0.5);
  return [
    row("spawn to first full frame, median", opened, 700, null),
    row("key to paint in a live pane, replay at 100x, p50", p50, 2, p50 / floor),
    row(
      "key to paint in a live pane, replay at 100x, p99",
      quantile(pane, 0.99),
      8,
      quantile(pane, 0.99) / quantile(bare, 0.99),
    ),
    {
      name: "a bare program's keys, p99",
      value: quantile(bare, 0.99),
      unit: "ms",
      ratio: null,
      reach: null,
      ok: true,
    },
    row("key to paint through an overlay, p50", quantile(dialog, 0.5), 15, quantile(dialog, 0.5) / floor),
    row("key to paint through an overlay, p99", quantile(dialog, 0.99), 35, null),
    row(
      `key to paint, seven panes, ${streaming.rate} streaming, p50`,
      quantile(streaming.times, 0.5),
      2,
      null,
    ),
    row(
      `key to paint, seven panes, ${streaming.rate} streaming, p99`,
      quantile(streaming.times, 0.99),
      8,
      null,
    ),
  ];
}
