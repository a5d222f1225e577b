/**
 * The live desk in a terminal on a venue of its own: what recording costs it, and how it stands a burst of ten times the usual for five seconds.
 * Afterwards its recording is replayed, and the book at its end is held against what the market says of that instant.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Kind, type Slot } from "../engines/market/index.ts";
import { symbolOf } from "../src/feeds/alpaca/symbols.ts";
import { openDesk } from "../src/shell/open-desk.ts";
import { openMarket } from "../src/venue/market/open.ts";
import { startOf } from "../src/venue/session-clock.ts";
import type { Session } from "../store/capture/session.ts";
import { type PtyRun, runInPty } from "../test/harness/pty.ts";
import { bootOf } from "../test/shell/boot.ts";
import { bareLatencies, clean, latencies, quantile } from "./keys.ts";
import type { BenchRow } from "./row.ts";

const SEED = 5;
const DAY = "2026-11-20";
const AT = "10:00";
const BURST_MS = 5_000;
const TIMES = 10;
/** Keys, every 45 ms, as long as it lasts. */
const BURST_KEYS = 120;
/** Seconds over which CPU is compared. */
const COMPARED_MS = 12_000;
/** A quote may have been this long on its way through two busy processes. */
const LATE_US = 2_000_000;
/** REST knows of a quote up to a round of the market before the streams tell it. */
const ROUND_US = 20_000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Running {
  readonly venue: ChildProcess;
  readonly url: string;
  readonly desk: PtyRun;
  readonly stateHome: string;
  readonly env: Readonly<Record<string, string>>;
}

async function start(args: readonly string[]): Promise<Running> {
  const at = ["--seed", String(SEED), "--day", DAY, "--at", AT];
  const venue = spawn(process.execPath, ["bin/voldesk.js", "venue", ...at], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await new Promise<string>((resolve) =>
    venue.stdout?.once("data", (d: Buffer) => resolve(String(d))),
  );
  const url = /http:\/\/[\d.:]+/.exec(line)?.[0] ?? "";
  const env = clean();
  const desk = runInPty(
    ["live", "--feed", "venue", "--venue", url, "--symbols", "SPY,AAPL,QQQ,NVDA,BTC/USD", ...args],
    {
      cols: 200,
      rows: 50,
      env,
    },
  );
  await desk.waitFor(/2 Watch/, 20_000);
  return { venue, url, desk, stateHome: env["XDG_STATE_HOME"] as string, env };
}

function stop({ venue, desk }: Running): void {
  desk.kill();
  venue.kill();
}

/** Of a process with all its threads: CPU seconds and memory, MB. */
function usage(pid: number): { readonly cpu: number; readonly mb: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const [user = 0, system = 0, pages = 0] = [11, 12, 21].map((k) => Number(fields[k]));
  return { cpu: (user + system) / 100, mb: (pages * 4096) / 1e6 };
}

/** Two desks beside each other, one recording: share of CPU that the recording is. */
async function recordingShare(): Promise<number> {
  const [plain, full] = [await start(["--no-record"]), await start([])];
  await wait(6_000);
  const cpu = (): [number, number] => [usage(plain.desk.pid).cpu, usage(full.desk.pid).cpu];
  const before = cpu();
  await wait(COMPARED_MS);
  const after = cpu();
  stop(plain);
  stop(full);
  const [bare, recorded] = [after[0] - before[0], after[1] - before[1]];
  return (100 * (recorded - bare)) / recorded;
}

const rateOf = (screen: string): number => {
  const told = /([\d.,]+)(k?)\/s/.exec(screen);
  return told === null ? Number.NaN : Number(told[1]?.replace(",", "")) * (told[2] === "k" ? 1000 : 1);
};

interface Burst {
  readonly usual: number;
  readonly times: readonly number[];
  readonly bare: readonly number[];
  readonly grownMb: number;
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
}

async function burst(): Promise<Burst> {
  const running = await start([]);
  const { desk, url } = running;
  await wait(8_000);
  const usual = rateOf(desk.screen());
  const before = usage(desk.pid).mb;
  const body = JSON.stringify({ kind: "burst", rate: Math.round(TIMES * usual), forMs: BURST_MS });
  desk.send("2");
  await fetch(`${url}/_venue/faults`, { method: "POST", body });
  // A bare program beside it is asked at the same time: what it takes is the machine's, not the desk's.
  const [times, bare] = await Promise.all([
    latencies(desk, ["j", "k"], /main \d+\/\d+/, BURST_KEYS),
    bareLatencies(BURST_KEYS),
  ]);
  await wait(3_000);
  const grownMb = usage(desk.pid).mb - before;
  desk.send("qq");
  await Promise.race([desk.exited, wait(10_000)]);
  stop(running);
  return {
    usual,
    times,
    bare,
    grownMb,
    dir: captureIn(running.stateHome),
    env: running.env,
  };
}

function captureIn(stateHome: string): string {
  const found = readdirSync(stateHome, { recursive: true, encoding: "utf8" }).find((f) =>
    f.endsWith("manifest.json"),
  );
  if (found === undefined) throw new Error(`nothing was recorded in ${stateHome}`);
  return join(stateHome, found, "..");
}

/** Rows of the second that had the most. */
function busiestSecond(session: Session): number {
  const counts = new Map<number, number>();
  for (let i = 0; i < session.blocks.length; i++) {
    const { recvUs, n } = session.block(i);
    for (let k = 0; k < n; k++) {
      const second = Math.floor((recvUs[k] as number) / 1e6);
      counts.set(second, (counts.get(second) ?? 0) + 1);
    }
  }
  return Math.max(...counts.values());
}

/**
 * How far the desk's clock is behind the venue's: it asked for the time once, when it started, and a busy machine answers late. No quote can
 * come before it was made.
 */
function behindUs(session: Session): number {
  let behind = 0;
  for (let i = 0; i < session.blocks.length; i++) {
    const { kind, recvUs, eventUs, n } = session.block(i);
    for (let k = 0; k < n; k++)
      if (kind[k] === Kind.quote && (eventUs[k] as number) - (recvUs[k] as number) > behind)
        behind = (eventUs[k] as number) - (recvUs[k] as number);
  }
  return behind;
}

/** The recording again: hashes that differ, quotes merged away, books at the end that the market does not know. */
function judged(
  dir: string,
  env: Readonly<Record<string, string>>,
): {
  peak: number;
  differing: number;
  of: number;
  merged: number;
  wrong: number;
  right: number;
} {
  // The recording has the books that the desk opened with beside it.
  const kept = join(dir, "portfolio.yaml");
  const portfolio = existsSync(kept) ? kept : null;
  const boot = bootOf("goog-2015-12-24", { session: dir, portfolio });
  const told = execFileSync(process.execPath, ["bin/voldesk.js", "replay", dir, "--headless", "--json"], {
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  const { live } = JSON.parse(told) as {
    readonly live: { readonly same: number; readonly of: number } | null;
  };
  const { player, session } = openDesk(boot);
  player.playTo(Number.MAX_SAFE_INTEGER);
  const { desk } = player;
  const { market } = openMarket({ seed: SEED, day: DAY, at: AT }, (c) => startOf(c, Date.now() * 1000));
  const aheadUs = behindUs(session) + ROUND_US;
  let [wrong, right] = [0, 0];
  desk.instruments.forEach((instrument, s) => {
    const slot = s as Slot;
    const product = market.bySymbol(symbolOf(instrument) ?? "");
    // What was confirmed lately is held against the market at its last proof: the age that the screen shows.
    const confirmUs = desk.book.confirmUs[slot] as number;
    if (product === null || !(desk.nowUs - confirmUs < 3_000_000)) return;
    const [fromUs, toUs] = [confirmUs - LATE_US, confirmUs + aheadUs];
    const stood = [
      market.quoteAt(product, fromUs),
      ...market
        .advance({ quotes: [product], trades: [] }, fromUs, toUs)
        .map((e) => (e.kind === "quote" ? e.quote : null)),
    ];
    if (stood.some((q) => q !== null && q.bid === desk.book.bid[slot] && q.ask === desk.book.ask[slot]))
      right++;
    else wrong++;
  });
  const merged = desk.log.filter((l) => l.text.includes("quotes merged")).length;
  return {
    peak: busiestSecond(session),
    differing: (live?.of ?? 0) - (live?.same ?? 0),
    of: live?.of ?? 0,
    merged,
    wrong,
    right,
  };
}

export async function run(): Promise<BenchRow[]> {
  const share = await recordingShare();
  const b = await burst();
  const { peak, differing, of, merged, wrong, right } = judged(b.dir, b.env);
  const row = (name: string, value: number, unit: string, reach: number | null): BenchRow => {
    const ok = reach === null || Number.isNaN(value) ? null : value <= reach;
    return { name, value, unit, ratio: null, reach, ok };
  };
  const p99 = quantile(b.times, 0.99);
  const ratio = p99 / quantile(b.bare, 0.99);
  return [
    row("recording, share of a live desk's CPU, screen and all", share, "%", 10),
    row("usual events a second", b.usual, "", null),
    row("events in the busiest second", peak, "", null),
    {
      ...row("key to paint in the burst, p99", p99, "ms", 10),
      ratio,
      ratioReach: 4,
      ok: p99 <= 10 || ratio <= 4,
    },
    row("a bare program's keys at the same time, p99", quantile(b.bare, 0.99), "ms", null),
    row("memory after the burst, grown by", b.grownMb, "MB", 100),
    row("merges of quotes told", merged, "", null),
    row(`books wrong at the end, of ${right + wrong}`, wrong, "", 0),
    row(`state hashes that differ on replay, of ${of}`, differing, "", 0),
  ];
}
