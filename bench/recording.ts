/**
 * What recording costs the desk: frames of quotes through journal, decoder, book and hashes, on two desks in turns, of which one records. The
 * figure is the share of the CPU of the recording desk's own thread, at full speed and at the pace of a live day, that it takes more than the
 * other. Sockets, views and whatever a screen asks of the desk are not counted, so the share is the largest there can be; that of a whole live
 * desk with its screen is a figure of `burst`.
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
import { quantile } from "./keys.ts";
import { quoteFrames } from "./quotes.ts";
import type { BenchRow } from "./row.ts";

/** Events of one turn. Both desks have had some turns before one counts: a recording of hours fills buffers that it has. */
const EVENTS = 100_000;
const WARM = 6;
const ROUNDS = 32;
/** Frames between two turns of the event loop, as one read of a socket brings them. */
const AT_ONCE = 40;
/** Events between two ticks of the recorder: a second of a busy day. */
const TICK_EVERY = 20_000;
/** What other threads have still to do and to tell after a turn belongs to it; waiting costs nothing. */
const SETTLE_MS = 150;
/** A live day: a read of this many frames every so often, two quotes each. */
const LIVE = { perFrame: 2, frames: 5, everyMs: 2, events: 10_000, rounds: 8 };
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

interface Side {
  /** Takes frames so many at once, with a wait between where there is one; what that cost. */
  run(frames: readonly Buffer[], atOnce: number, everyMs: number | null): Promise<Cost>;
  close(): void;
}

function side(recording: boolean): Side {
  const folder = mkdtempSync(join(tmpdir(), "voldesk-bench-"));
  const sink = new EventSink(new Definitions(shippedCatalog(), DAY));
  const desk = new Desk({ slots: 2048, tapePrints: 1000, logEntries: 100 }, "USD");
  const kept = recording ? recorder(folder) : null;
  let us = Date.UTC(2026, 10, 20, 14, 30) * 1000;
  let tickSeq = 0;
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
  const tick = (): void => {
    tickSeq = desk.seq;
    if (kept === null) return;
    journal.handOver();
    kept.tick(sink);
  };
  return {
    async run(frames, atOnce, everyMs) {
      const [thread, cpu] = [threadSeconds(), process.cpuUsage()];
      for (let i = 0; i < frames.length; i++) {
        us += 100;
        journal.frame("alpaca:sip", frames[i] as Buffer, us);
        if (i % atOnce === atOnce - 1) await pause(everyMs);
        if (desk.seq - tickSeq >= TICK_EVERY) tick();
      }
      journal.drain();
      await pause(SETTLE_MS);
      const { user, system } = process.cpuUsage(cpu);
      return { thread: threadSeconds() - thread, process: (user + system) / 1e6 };
    },
    close() {
      kept?.close(sink);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const pause = (ms: number | null): Promise<void> =>
  new Promise((resolve) => (ms === null ? setImmediate(resolve) : setTimeout(resolve, ms)));

interface Shares {
  readonly thread: number;
  readonly process: number;
  /** Seconds of the desk's thread an event: without recording, and what it adds. */
  readonly bare: number;
  readonly extra: number;
}

/** Two desks in turns, so that what else the machine does meets both alike. */
async function compare(
  frames: readonly Buffer[],
  events: number,
  turns: { readonly warm: number; readonly rounds: number },
  atOnce: number,
  everyMs: number | null,
): Promise<Shares> {
  const [bare, full] = [side(false), side(true)];
  const costs: { readonly bare: Cost; readonly full: Cost }[] = [];
  for (let k = 0; k < turns.warm + turns.rounds; k++) {
    const cost = {
      bare: await bare.run(frames, atOnce, everyMs),
      full: await full.run(frames, atOnce, everyMs),
    };
    if (k >= turns.warm) costs.push(cost);
  }
  bare.close();
  full.close();
  // What else the machine does costs caches and only adds: a quarter of the turns of each desk had less of it.
  const cost = (of: "bare" | "full", what: keyof Cost): number =>
    quantile(
      costs.map((c) => c[of][what]),
      0.25,
    );
  const share = (what: keyof Cost): number =>
    (100 * (cost("full", what) - cost("bare", what))) / cost("full", what);
  return {
    thread: share("thread"),
    process: share("process"),
    bare: cost("bare", "thread") / events,
    extra: (cost("full", "thread") - cost("bare", "thread")) / events,
  };
}

export async function run(): Promise<BenchRow[]> {
  const turns = { warm: WARM, rounds: ROUNDS };
  const burst = await compare(quoteFrames(EVENTS, 10), EVENTS, turns, AT_ONCE, null);
  const frames = quoteFrames(LIVE.events, LIVE.perFrame);
  const live = await compare(
    frames,
    LIVE.events,
    { warm: 1, rounds: LIVE.rounds },
    LIVE.frames,
    LIVE.everyMs,
  );
  const row = (name: string, value: number, unit: string, reach: number | null): BenchRow => {
    const ok = reach === null || Number.isNaN(value) ? null : value < reach;
    return { name, value, unit, ratio: null, reach, ok };
  };
  return [
    row("recording, share of the desk thread's CPU, full speed", burst.thread, "%", 10),
    row("recording, the same at the pace of a live day", live.thread, "%", 10),
    row("the desk thread an event, without recording", burst.bare * 1e9, "ns", null),
    row("recording, desk thread an event", burst.extra * 1e9, "ns", null),
    row("recording, share of the whole process with its helpers", burst.process, "%", null),
  ];
}
