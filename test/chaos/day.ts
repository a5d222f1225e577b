import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Slot } from "../../engines/market/index.ts";
import { seeded } from "../../engines/stats/index.ts";
import { runHeadless } from "../../src/shell/headless.ts";
import type { FeedSetup, LiveBoot } from "../../src/shell/live/live-boot.ts";
import { LiveSession } from "../../src/shell/live/live-session.ts";
import type { FaultRequest } from "../../src/venue/faults/kinds.ts";
import { removeFolder } from "../harness/folders.ts";
import { bootOf } from "../shell/boot.ts";
import { Judge, type Verdicts } from "./judge.ts";
import { openTwoDoors, type TwoDoors } from "./market.ts";
import { memoryMb } from "./memory.ts";
import { type Protocol, unleash } from "./plan.ts";
import { SimClock } from "./sim-clock.ts";

export interface DayPlan {
  readonly protocol: Protocol;
  readonly seed: number;
  readonly day: string;
  readonly at: string;
  readonly hours: number;
  readonly symbols: readonly string[];
  /** Most options, or lines, that stream. */
  readonly limit: number;
  /** Mean time between two faults, s of market time. */
  readonly faultEvery: number;
  /** Rows that may wait for the desk before quotes are merged; usually more than ever come. */
  readonly inboxRows?: number;
  /** A burst of quotes a second of the market, for five seconds of each minute. */
  readonly burst?: number;
  /** Events between two hashes of the state. */
  readonly hashEvents: number;
}

/** What a run may be given from outside. */
export interface ChaosWorld {
  /** Another rule of what counts as live, to see that a wrong one is found. */
  readonly isLive?: (faulty: LiveSession) => (slot: Slot) => boolean;
  /** Hears of every fault. */
  readonly tell?: (us: number, fault: FaultRequest) => void;
}

export interface DayResult {
  readonly protocol: Protocol;
  readonly hours: number;
  /** Events of the clean desk and of the other: what faults took. */
  readonly clean: number;
  readonly events: number;
  readonly faults: number;
  readonly gaps: number;
  readonly verdicts: Verdicts;
  readonly hashes: { readonly same: number; readonly of: number };
  /** Quotes that were merged away because the desk could not keep up. */
  readonly merged: number;
  /** Memory after each quarter of the day, MB. */
  readonly memoryMb: readonly number[];
  readonly seconds: number;
}

/** Checks every second, between two rounds of the market, when all that was sent has come. */
const CHECK_EVERY_MS = 1_000;
const AT_REST_MS = 15;
/** Connecting, chains and first snapshots are over. */
const SETTLED_MS = 20_000;

const BASE = "http://venue.invalid";
const START_WALL_US = Date.UTC(2026, 10, 20, 14, 30) * 1000;

function feedOf({ protocol, limit }: DayPlan, cacheDir: string): FeedSetup {
  const name = "venue";
  const keys = { id: "K", secret: "S", from: "chaos" };
  switch (protocol) {
    case "alpaca":
      return {
        name,
        paper: true,
        kind: "alpaca",
        alpaca: {
          name,
          dataUrl: BASE,
          tradingUrl: BASE,
          streamUrl: BASE.replace("http", "ws"),
          stockFeed: "sip",
          optionFeed: "opra",
          stockLimit: 30,
          optionLimit: limit,
          cryptoLimit: 30,
          restPerMinute: 6_000,
          keys,
          chainDays: 8,
          chainWidth: 0.03,
          news: false,
          rotated: 200,
        },
      };
    case "deribit":
      return {
        name,
        paper: true,
        kind: "deribit",
        deribit: { name, url: `${BASE.replace("http", "ws")}/ws/api/v2`, keys, limit },
      };
    case "ibkr":
      return {
        name,
        paper: true,
        kind: "ibkr",
        ibkr: {
          name,
          url: `${BASE}/v1/api`,
          limit,
          rotated: 20,
          rollDays: 5,
          cacheDir,
        },
      };
  }
}

/** A market day by its faulty door beside the same day by its clean one, in simulated time, and the replay of what was recorded. */
export async function runDay(plan: DayPlan, world: ChaosWorld = {}): Promise<DayResult> {
  const began = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "voldesk-chaos-"));
  const clock = new SimClock(START_WALL_US);
  const doors = openTwoDoors(clock, plan);
  const desk = (door: "clean" | "faulty"): LiveSession => {
    const session = new LiveSession(
      liveBoot(
        plan,
        doors.startUs - START_WALL_US,
        door === "faulty" ? join(folder, "captures") : null,
        join(folder, door),
      ),
      () => {},
      clock,
      { chance: seeded(plan.seed + 7).uniform, net: doors[door].net },
    );
    session.begin();
    return session;
  };
  const [clean, faulty] = [desk("clean"), desk("faulty")];
  const judge = new Judge(
    clean,
    faulty,
    world.isLive?.(faulty) ?? ((slot) => faulty.isLive(slot)),
    plan.protocol === "ibkr" ? doors.truth : null,
    doors.standing,
  );
  const endMs = plan.hours * 3_600_000;
  const calm = await passTime(clock, SETTLED_MS + AT_REST_MS).then(() =>
    unleash(clock, doors.faulty.faults, plan, (f) => world.tell?.(doors.nowUs(), f)),
  );
  if (plan.burst !== undefined) burstEachMinute(clock, doors, plan.burst);
  const quarters: number[] = [];
  for (let ms = SETTLED_MS; ms < endMs; ms += CHECK_EVERY_MS) {
    await passTime(clock, ms + AT_REST_MS);
    judge.check();
    if (ms > ((quarters.length + 1) * endMs) / 4) quarters.push(await memoryMb());
  }
  quarters.push(await memoryMb());
  calm();
  const ended = Promise.all([clean.close(), faulty.close()]);
  await passTime(clock, endMs + 2_000);
  await ended;
  doors.stop();
  const dir = faulty.captureDir as string;
  const boot = bootOf("goog-2015-12-24", { session: dir, portfolio: null });
  const settings = { ...boot.settings, hashEvents: plan.hashEvents };
  const replay = runHeadless({ ...boot, settings }, () => performance.now());
  removeFolder(folder);
  return {
    protocol: plan.protocol,
    hours: plan.hours,
    clean: clean.seq,
    events: faulty.seq,
    faults: [...doors.faulty.faults.injected.values()].reduce((a, b) => a + b, 0),
    gaps: faulty.desk.log.filter((l) => l.text.startsWith("gap on")).length,
    verdicts: judge.verdicts,
    hashes: replay.live ?? { same: 0, of: 0 },
    merged: faulty.merged,
    memoryMb: quarters,
    seconds: (performance.now() - began) / 1000,
  };
}

function burstEachMinute(clock: SimClock, doors: TwoDoors, rate: number, firstMs = 3_000): void {
  clock.after(firstMs, () => {
    doors.market.add({ kind: "burst", rate, forMs: 5_000 });
    burstEachMinute(clock, doors, rate, 60_000);
  });
}

/** Runs what is due until `untilMs`; what promises wait for goes on between two timers. */
async function passTime(clock: SimClock, untilMs: number): Promise<void> {
  while (clock.step(untilMs)) await new Promise((resolve) => setImmediate(resolve));
}

function liveBoot(plan: DayPlan, offsetUs: number, folder: string | null, cacheDir: string): LiveBoot {
  const { settings, marketFile, historyDir, ownMarketFile } = bootOf("goog-2015-12-24");
  return {
    live: true,
    feed: feedOf(plan, cacheDir),
    symbols: plan.symbols,
    portfolio: null,
    offsetUs,
    record: folder === null ? null : { folder, stopMb: 10, warnMb: 20 },
    build: "0.0.0",
    marketFile,
    ownMarketFile,
    historyDir,
    log: null,
    slots: 8_192,
    inboxRows: plan.inboxRows ?? 65_536,
    keptBlocks: 4,
    stateDir: null,
    broker: null,
    paperCash: null,
    settings: { ...settings, hashEvents: plan.hashEvents },
  };
}
