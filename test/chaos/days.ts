import type { DayPlan } from "./day.ts";

const COMMON = { day: "2026-11-20", hashEvents: 100_000 } as const;
const ALPACA = { ...COMMON, protocol: "alpaca", symbols: ["SPY", "AAPL", "QQQ", "NVDA", "BTC/USD"] } as const;
const DERIBIT = { ...COMMON, protocol: "deribit", symbols: ["BTC-PERPETUAL", "ETH-PERPETUAL"] } as const;
const IBKR = { ...COMMON, protocol: "ibkr", symbols: ["SPY", "AAPL"] } as const;

/** A burst for five seconds of each minute: ten times the usual and more. */
const BURST = 6_000;

/**
 * Eight market hours, about 29 million events: most of a day of Alpaca in two parts (13 million as the market makes them, 11 million in bursts),
 * and hours of the other two (5 million).
 */
export const nightly = (seed: number): readonly DayPlan[] => [
  { ...ALPACA, seed, at: "09:31", hours: 3, limit: 125, faultEvery: 25, burst: BURST },
  { ...ALPACA, seed: seed + 1, at: "12:30", hours: 3, limit: 125, faultEvery: 25, burst: BURST },
  { ...DERIBIT, seed: seed + 2, at: "10:00", hours: 1.5, limit: 200, faultEvery: 25 },
  { ...IBKR, seed: seed + 3, at: "10:00", hours: 0.5, limit: 100, faultEvery: 25 },
];

/** Minutes of the same. */
export const small = (seed: number): readonly DayPlan[] => [
  { ...ALPACA, seed, at: "09:40", hours: 0.05, limit: 125, faultEvery: 10 },
  { ...DERIBIT, seed: seed + 1, at: "10:00", hours: 0.03, limit: 60, faultEvery: 10 },
  { ...IBKR, seed: seed + 2, at: "10:00", hours: 0.03, limit: 40, faultEvery: 10 },
];
