import { type ExposureColumns, type ExposureMarket, exposure } from "../engines/exposure/index.ts";
import type { BenchRow } from "./row.ts";

const ROWS = 5000;
const SPOTS = 60;
const NOW = 1_780_000_000e6;
const MARKET: ExposureMarket = {
  symbol: "SPX",
  asOf: "2026-05-28",
  chainUs: NOW,
  spot: 5000,
  spotUs: NOW,
  chainSpot: 5000,
  oiDay: "2026-05-27",
};

/** 25 expiries x 100 strikes x call and put, rows in vendor order, figures from a fixed rule. */
function chain(): ExposureColumns {
  const expiries = Array.from({ length: 25 }, (_, i) => ({
    root: "SPXW",
    day: `2026-${String(6 + Math.floor(i / 5)).padStart(2, "0")}-${String(1 + 5 * (i % 5)).padStart(2, "0")}`,
    expiryUs: NOW + 86_400e6 * (0.2 + i * 5),
    forward: 5000 * (1 + 0.0001 * i),
    df: 1 - 0.0005 * i,
  }));
  const row = (i: number): { e: number; k: number; put: number } => ({
    e: Math.floor(i / 200),
    k: 4000 + 20 * (Math.floor(i / 2) % 100),
    put: i % 2,
  });
  const of = (f: (i: number) => number): Float64Array => Float64Array.from({ length: ROWS }, (_, i) => f(i));
  return {
    n: ROWS,
    expiries,
    expiry: Int32Array.from({ length: ROWS }, (_, i) => row(i).e),
    strike: of((i) => row(i).k),
    put: Uint8Array.from({ length: ROWS }, (_, i) => row(i).put),
    // Puts below spot, calls above it, as on an index, and a little disorder.
    openInterest: of((i) => {
      const x = (row(i).k - (row(i).put ? 4700 : 5200)) / 300;
      return Math.round(4000 * Math.exp(-x * x) + ((i * 7919) % 400));
    }),
    multiplier: of(() => 100),
    iv: of((i) => 0.15 + ((5000 - row(i).k) / 5000) * 0.4 + 0.02),
  };
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

function time(runs: number, f: () => unknown): number {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const t0 = performance.now();
    f();
    times.push(performance.now() - t0);
  }
  return median(times);
}

/** Exposure of a 5,000-row chain, three slices and zero gamma over 60 spots. Bare baseline: 300,000 exponentials, one per row and spot. */
export async function run(): Promise<BenchRow[]> {
  const columns = chain();
  const x = Float64Array.from({ length: ROWS }, (_, i) => -((i % 97) / 30));
  let sink = 0;
  const bare = (): void => {
    for (let g = 0; g < SPOTS; g++) for (let i = 0; i < ROWS; i++) sink += Math.exp(x[i]! - g * 0.01);
  };
  const full = (): unknown => exposure(columns, MARKET, { slices: ["near", "monthly", "all"] });
  time(30, bare);
  time(60, full);
  const base = time(41, bare);
  const ms = time(41, full);
  if (!Number.isFinite(sink)) throw new Error("no baseline");
  return [
    {
      name: "exposure: 5,000 rows, 3 slices, zero gamma over 60 spots",
      value: ms,
      unit: "ms",
      ratio: ms / base,
      reach: 10,
      ok: ms <= 10,
    },
  ];
}
