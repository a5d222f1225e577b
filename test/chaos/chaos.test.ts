import { describe, expect, it } from "vitest";
import type { Slot } from "../../engines/market/index.ts";
import { type DayPlan, runDay } from "./day.ts";

const DAY = { day: "2026-11-20", at: "10:00", hashEvents: 5_000, faultEvery: 6 } as const;
const PLANS: readonly DayPlan[] = [
  { ...DAY, protocol: "alpaca", seed: 3, hours: 0.03, limit: 40, symbols: ["SPY", "BTC/USD"] },
  { ...DAY, protocol: "deribit", seed: 2, hours: 0.025, limit: 30, symbols: ["BTC-PERPETUAL"] },
  { ...DAY, protocol: "ibkr", seed: 5, hours: 0.02, limit: 30, symbols: ["SPY"] },
];

describe("a market with faults beside the same without, in simulated time", () => {
  it.each(PLANS)("$protocol: no wrong book at any check, and the replay has every hash", async (plan) => {
    const { verdicts, hashes, faults, events } = await runDay(plan);
    expect(verdicts).toMatchObject({ wrong: 0, examples: [] });
    expect(verdicts.right).toBeGreaterThan(verdicts.checks * 5);
    expect(verdicts.stale).toBeGreaterThan(0);
    expect(faults).toBeGreaterThan(4);
    expect(events).toBeGreaterThan(5_000);
    expect(hashes.of).toBeGreaterThan(1);
    expect(hashes.same).toBe(hashes.of);
  });

  it("finds a rule that is wrong: a quote that counts as live however old it is", async () => {
    const always = (plan: DayPlan) =>
      runDay(plan, { isLive: (faulty) => (slot: Slot) => faulty.streams(slot) && slot < 20 });
    const { verdicts } = await always({ ...(PLANS[0] as DayPlan), faultEvery: 4 });
    expect(verdicts.wrong).toBeGreaterThan(0);
    expect(verdicts.examples[0]).toMatch(/ at 2026-11-20T.* instead of /);
  });
});
