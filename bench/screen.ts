import type { InstrumentId, Micros, Slot } from "../engines/market/index.ts";
import { diff } from "../screens/terminal/diff.ts";
import { Grid } from "../screens/terminal/grid.ts";
import { StyleTable } from "../screens/terminal/styles.ts";
import {
  chainView,
  type FakeDesk,
  frameDesk,
  NOW_US,
  positionRow,
  statusView,
} from "../test/harness/fake-desk.ts";
import { type Mounted, mountScreen } from "../test/harness/screen.ts";
import type { BenchRow } from "./row.ts";
import { medianNs } from "./timing.ts";

const COLS = 200;
const ROWS = 50;
const CELLS = COLS * ROWS;
const FRAMES = 300;

/** Small steady disorder. */
const wave = (i: number, t: number): number => Math.sin(i * 1.7 + t * 0.9) + Math.sin(i * 0.3 + t * 2.3);

/** One frame's worth of market: quotes in the shared book, positions, prints, the clock. */
function move(desk: FakeDesk, t: number, rows: number): void {
  const nowUs = NOW_US + t * 33_000;
  for (let slot = 0; slot < 25; slot++) {
    if ((slot + t) % 2 === 0) continue;
    const price = 20 + slot + wave(slot, t);
    desk.quote(slot as Slot, price, price + 0.3, nowUs, 10 + ((slot * t) % 80), 10 + ((slot + t) % 80));
  }
  desk.publish(
    "status",
    statusView({
      nowUs: nowUs as Micros,
      seq: t,
      eventsPerSecond: 400 + (t % 50),
      nav: 101_204 + wave(1, t) * 100,
    }),
  );
  desk.publish("positions", {
    nowUs: nowUs as Micros,
    total: rows,
    rows: Array.from({ length: rows }, (_, i) => {
      const moves = (i + t) % 3 === 0;
      const at = moves ? t : Math.floor((t + i) / 3) * 3 - i;
      const mark = 10 + i + wave(i, at);
      return positionRow({
        key: `P${i}`,
        kind: "position",
        label: `15jan ${700 + 5 * i} C`,
        qty: i - 10,
        avg: 10 + i,
        bid: mark - 0.1,
        ask: mark + 0.1,
        mark,
        markSource: "mid",
        quality: 0,
        ageUs: 400_000,
        dayPnl: wave(i, at) * 400,
        pnl: wave(i, at) * 900,
        delta: 50 + wave(i, at) * 40,
        gamma: 1.2,
        theta: -40 + wave(i, at),
        vega: 60,
        iv: 0.18 + wave(i, at) / 500,
      });
    }),
  });
  desk.publish("tape", {
    underlying: "EQ/GOOG/USD" as InstrumentId,
    prints: Array.from({ length: 8 }, (_, i) => ({
      seq: t - i,
      us: (nowUs - i * 33_000) as Micros,
      slot: 0 as Slot,
      label: "GOOG",
      price: 748 + wave(t - i, 0),
      size: 100,
      change: "up" as const,
      side: "ask" as const,
      bar: false,
    })),
  });
}

interface Run {
  readonly cpuPercent: number;
  readonly bytesPerSecond: number;
  readonly changing: number;
}

/** Plays frames of a moving market and takes the CPU and the bytes that they cost. */
function play(mounted: Mounted, stepsPerFrame: number): Run {
  const { desk, screen } = mounted;
  const before = new Grid(COLS, ROWS);
  let bytes = 0;
  let changed = 0;
  let spent = 0;
  let t = 1;
  for (let frame = -60; frame < FRAMES; frame++) {
    for (let i = 0; i < stepsPerFrame; i++) move(desk, t++, 18);
    before.copyFrom(screen.grid);
    const began = process.cpuUsage();
    const out = mounted.frame(33 * stepsPerFrame);
    const cpu = process.cpuUsage(began);
    if (frame < 0) continue;
    spent += cpu.user + cpu.system;
    bytes += Buffer.byteLength(out);
    for (let c = 0; c < CELLS; c++) {
      if (before.glyph[c] !== screen.grid.glyph[c] || before.style[c] !== screen.grid.style[c]) changed++;
    }
  }
  const fps = 30 / stepsPerFrame;
  return {
    cpuPercent: (spent / 1e6 / (FRAMES / fps)) * 100,
    bytesPerSecond: (bytes / FRAMES) * fps,
    changing: changed / FRAMES / CELLS,
  };
}

/** The differ alone, on frames with 5 % of their cells changing, against a plain loop over the same cells. */
function differ(): { readonly ours: number; readonly bare: number } {
  const styles = new StyleTable("true");
  const look = styles.intern(2, null, 0);
  const frames = [0, 1].map((f) => {
    const grid = new Grid(COLS, ROWS);
    for (let i = 0; i < CELLS; i++) {
      const cell = i % 20 === 7 && f === 1 ? 0x31 : 0x30 + (i % 10);
      grid.put(i % COLS, Math.floor(i / COLS), cell, i % 40 < 20 ? look : 0);
    }
    return grid;
  }) as [Grid, Grid];
  let flip = false;
  const ours = medianNs(() => {
    flip = !flip;
    diff(frames[flip ? 0 : 1], frames[flip ? 1 : 0], styles);
  });
  let sink = 0;
  const bare = medianNs(() => {
    flip = !flip;
    const a = frames[flip ? 0 : 1];
    const b = frames[flip ? 1 : 0];
    let out = "";
    for (let i = 0; i < CELLS; i++) {
      if (a.glyph[i] !== b.glyph[i] || a.style[i] !== b.style[i])
        out += String.fromCharCode(b.glyph[i] as number);
    }
    sink += out.length;
  });
  return { ours, bare: sink > 0 ? bare : Number.NaN };
}

const reached = (
  name: string,
  value: number,
  unit: string,
  reach: number,
  ratio: number | null = null,
): BenchRow => ({
  name,
  value,
  unit,
  ratio,
  reach,
  ok: value <= reach,
});

/** The screen engine at 200x50: CPU and bytes of a moving market, the differ, a key's way to its bytes, a long chain. */
export async function run(): Promise<BenchRow[]> {
  const mounted = mountScreen({ desk: frameDesk(), cols: COLS, rows: ROWS });
  const fast = play(mounted, 1);
  const slow = play(mounted, 3);
  const { ours, bare } = differ();
  const key = medianNs(() => {
    mounted.screen.onEvents([{ type: "key", key: mounted.nowMs % 2 === 0 ? "j" : "k", text: null }]);
    mounted.frame(1);
  });
  const idle = medianNs(() => mounted.frame(100));
  const long = chainView("EQ/GOOG/USD" as InstrumentId, 3, 1096);
  const chain = medianNs(() => {
    mounted.desk.publish("chain", long);
    mounted.frame(1);
  }, 11);
  mounted.end();
  return [
    reached(
      `UI CPU, 200x50, ${percent(fast.changing)} of cells changing, 30 frames/s`,
      fast.cpuPercent,
      "% core",
      5,
    ),
    reached("bytes to the terminal, 30 frames/s", fast.bytesPerSecond / 1000, "kB/s", 100),
    reached("bytes to the terminal, 10 frames/s", slow.bytesPerSecond / 1000, "kB/s", 25),
    {
      name: "diff of a frame, 5 % of cells",
      value: ours / 1000,
      unit: "µs",
      ratio: ours / bare,
      reach: null,
      ok: null,
    },
    reached("key to bytes in a live pane", key / 1e6, "ms", 2),
    { name: "frame with nothing to do", value: idle / 1000, unit: "µs", ratio: null, reach: null, ok: null },
    reached("chain of 2,192 contracts opens", chain / 1e6, "ms", 50),
  ];
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
