/**
 * What recording costs the desk: frames of quotes through journal, decoder, book and hashes, with the recorder and without, in turns. CPU of the
 * desk's own thread, and of the whole process with the threads that compress. Nothing that a screen asks of the desk is counted, so the share
 * is the largest there can be.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IsoDay, Micros } from "../engines/market/index.ts";
import { Desk } from "../src/desk/desk.ts";
import { systemClock } from "../src/shell/clock.ts";
import { Journal } from "../src/shell/live/journal.ts";
import { Recorder } from "../src/shell/live/recorder.ts";
import { stateHash } from "../src/shell/state-hash.ts";
import { Definitions } from "../store/capture/instruments.ts";
import { EventSink } from "../store/capture/lanes.ts";
import { shippedCatalog } from "../store/capture/product-catalog.ts";
import { median, quoteFrames } from "./quotes.ts";
import type { BenchRow } from "./row.ts";

const EVENTS = 400_000;
const PER_FRAME = 10;
const ROUNDS = 5;
/** Frames between two turns of the event loop, as one read of a socket brings them. */
const AT_ONCE = 40;
/** Events between two ticks of the recorder: a second of a busy day. */
const TICK_EVERY = 20_000;
const HASH_EVERY = 100_000;
const DAY = "2026-11-20" as IsoDay;

interface Cost {
  /** Seconds of CPU. */
  readonly thread: number;
  readonly process: number;
}

/** CPU seconds of this thread; NaN where the system does not tell. */
function threadSeconds(): number {
  try {
    return Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]) / 1e9;
  } catch {
    return Number.NaN;
  }
}

function recorder(folder: string): Recorder {
  const replay = { speed: 1, startUs: 0 as Micros };
  const head = { name: "s", title: "s", build: "0", day: DAY, calendar: "NYSE", zone: "America/New_York" };
  return new Recorder({
    folder,
    head: { ...head, sampling: "ticks", replay, origin: null },
    stopMb: 0,
    warnMb: 0,
    portfolio: null,
    say: (level, text) => {
      throw new Error(`${level} ${text}`);
    },
  });
}

async function pass(frames: readonly Buffer[], recording: boolean): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), "voldesk-bench-"));
  const sink = new EventSink(new Definitions(shippedCatalog(), DAY));
  const desk = new Desk({ slots: 2048, tapePrints: 1000, logEntries: 100 }, "USD");
  const kept = recording ? recorder(folder) : null;
  let us = Date.UTC(2026, 10, 20, 14, 30) * 1000;
  const journal = new Journal({
    desk,
    sink,
    clock: systemClock,
    nowUs: () => us,
    inboxRows: 4_000_000,
    keptBlocks: 2,
    milestone: { every: HASH_EVERY, reached: (d) => kept?.hash(d.seq, stateHash(d)) ?? stateHash(d) },
    keepFrame: (bytes, recvUs, channel) => kept?.frame(bytes, recvUs, channel),
    keepRows: (rows) => kept?.rows(rows),
    moved: () => {},
  });
  const [thread, cpu] = [threadSeconds(), process.cpuUsage()];
  for (let i = 0; i < frames.length; i++) {
    us += 100;
    journal.frame("alpaca:sip", frames[i] as Buffer, us);
    if (i % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve));
    if (i % (TICK_EVERY / PER_FRAME) === 0) kept?.tick(sink);
  }
  journal.drain();
  const { user, system } = process.cpuUsage(cpu);
  const cost = { thread: threadSeconds() - thread, process: (user + system) / 1e6 };
  kept?.close(sink);
  rmSync(folder, { recursive: true, force: true });
  return cost;
}

export async function run(): Promise<BenchRow[]> {
  const frames = quoteFrames(EVENTS, PER_FRAME);
  const shares = { thread: [] as number[], process: [] as number[] };
  const extra: number[] = [];
  for (let k = 0; k <= ROUNDS; k++) {
    const bare = await pass(frames, false);
    const full = await pass(frames, true);
    // The first turn warms both.
    if (k === 0) continue;
    for (const what of ["thread", "process"] as const)
      shares[what].push((100 * (full[what] - bare[what])) / full[what]);
    extra.push(((full.thread - bare.thread) / EVENTS) * 1e9);
  }
  const row = (name: string, value: number, unit: string, reach: number | null): BenchRow => {
    const ok = reach === null || Number.isNaN(value) ? null : value < reach;
    return { name, value, unit, ratio: null, reach, ok };
  };
  return [
    row("recording, share of the desk thread's CPU, nothing on screen", median(shares.thread), "%", 10),
    row("recording, desk thread an event", median(extra), "ns", null),
    row("recording, share of the whole process with its helpers", median(shares.process), "%", null),
  ];
}
