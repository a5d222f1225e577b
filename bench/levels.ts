import { type DailyCandles, type LevelsInput, levels } from "../engines/levels/index.ts";
import { isoDayOfNumber } from "../engines/market/index.ts";
import type { BenchRow } from "./row.ts";

const BARS = 390;
const DAYS = 252;
const DAY0 = 20_600;
const OPEN = (DAY0 + DAYS - 1) * 86_400e6 + 14.5 * 3600e6;

function daily(beta: number): DailyCandles {
  const close = new Float64Array(DAYS);
  for (let i = 0; i < DAYS; i++)
    close[i] = 500 * (1 + 0.05 * beta * Math.sin(i / 9) + 0.004 * Math.sin(i * 2.3));
  return {
    n: DAYS,
    day: Array.from({ length: DAYS }, (_, i) => isoDayOfNumber(DAY0 + i)),
    open: close,
    high: close.map((c) => c * 1.006),
    low: close.map((c) => c * 0.995),
    close,
    volume: new Float64Array(DAYS).fill(1e6),
  };
}

function input(): LevelsInput {
  const mid = Float64Array.from(
    { length: BARS },
    (_, i) => 500 + 4 * Math.sin(i / 40) + 0.3 * Math.sin(i * 1.9),
  );
  return {
    symbol: "SPY",
    asOf: isoDayOfNumber(DAY0 + DAYS - 1),
    spot: mid[BARS - 1]!,
    bars: {
      n: BARS,
      startUs: Float64Array.from({ length: BARS }, (_, i) => OPEN + i * 60e6),
      open: mid,
      high: mid.map((m) => m + 0.3),
      low: mid.map((m) => m - 0.25),
      close: mid,
      volume: Float64Array.from({ length: BARS }, (_, i) => 10_000 + ((i * 7919) % 9000)),
    },
    sessions: [{ day: isoDayOfNumber(DAY0 + DAYS - 1), openUs: OPEN, closeUs: OPEN + BARS * 60e6 }],
    daily: daily(1),
    todayComplete: false,
    benchmark: { symbol: "SPX", daily: daily(0.8) },
    options: {
      walls: [{ name: "call wall", strike: 510 }],
      zeroGamma: [495],
      expectedMoves: [{ name: "straddle", centre: 500, width: 6 }],
    },
  };
}

function median(runs: number, f: () => unknown): number {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const t0 = performance.now();
    f();
    times.push(performance.now() - t0);
  }
  return times.sort((a, b) => a - b)[runs >> 1]!;
}

/** All levels of 390 bars and a year of candles. Bare baseline: one pass over the bars' columns. */
export async function run(): Promise<BenchRow[]> {
  const given = input();
  const { bars } = given;
  let sink = 0;
  const bare = (): void => {
    for (let i = 0; i < BARS; i++)
      sink += (bars.high[i]! + bars.low[i]! + bars.close[i]!) * bars.volume[i]! + bars.startUs[i]!;
  };
  median(500, bare);
  median(300, () => levels(given));
  const base = median(201, bare);
  const ms = median(201, () => levels(given));
  if (!Number.isFinite(sink)) throw new Error("no baseline");
  return [
    {
      name: "levels: 390 bars, a year of candles",
      value: ms,
      unit: "ms",
      ratio: ms / base,
      reach: 1,
      ok: ms <= 1,
    },
  ];
}
