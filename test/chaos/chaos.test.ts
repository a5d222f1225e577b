import { describe, expect, it } from "vitest";
import type { Slot } from "../../engines/market/index.ts";
import { type DayPlan, runDay } from "./day.ts";

const DAY = { day: "2026-11-20", at: "10:00", hashEvents: 1_000, faultEvery: 5 } as const;
const PLANS: readonly DayPlan[] = [
  { ...DAY, protocol: "alpaca", seed: 3, hours: 0.025, limit: 30, symbols: ["SPY", "BTC/USD"] },
  { ...DAY, protocol: "deribit", seed: 2, hours: 0.025, limit: 20, symbols: ["BTC-PERPETUAL"] },
  { ...DAY, protocol: "ibkr", seed: 5, hours: 0.014, limit: 12, symbols: ["SPY"] },
];

describe("a market with faults beside the same without, in simulated time", () => {
  it.each(PLANS)("$protocol: no wrong book at any check, and the replay has every hash", async (plan) => {
    const { verdicts, hashes, faults, events } = await runDay(plan);
    expect(verdicts).toMatchObject({ wrong: 0, examples: [] });
    expect(verdicts.right).toBeGreaterThan(verdicts.checks);
    expect(verdicts.stale).toBeGreaterThan(0);
    expect(faults).toBeGreaterThan(2);
    expect(events).toBeGreaterThan(2_000);
    expect(hashes.of).toBeGreaterThan(1);
    expect(hashes.same).toBe(hashes.of);
  });

  it("a burst of ten times the usual that the desk cannot keep up with: quotes are merged, and nothing is wrong", async () => {
    const plan: DayPlan = { ...(PLANS[0] as DayPlan), seed: 6, hours: 0.009, limit: 20, faultEvery: 1_000 };
    const { verdicts, hashes, merged } = await runDay({ ...plan, burst: 6_000, inboxRows: 200 });
    expect(merged).toBeGreaterThan(10_000);
    expect(verdicts).toMatchObject({ wrong: 0, examples: [] });
    expect(verdicts.right).toBeGreaterThan(verdicts.checks);
    expect(hashes.same).toBe(hashes.of);
  });

  it("finds a rule that is wrong: a quote that counts as live however old it is", async () => {
    const always = (plan: DayPlan) =>
      runDay(plan, { isLive: (faulty) => (slot: Slot) => faulty.streams(slot) });
    const { verdicts } = await always({ ...(PLANS[0] as DayPlan), hours: 0.03, limit: 40, faultEvery: 4 });
    expect(verdicts.wrong).toBeGreaterThan(0);
    expect(verdicts.examples[0]).toMatch(/ at 2026-11-20T.* instead of /);
  });
});
