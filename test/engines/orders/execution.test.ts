import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  clientOrderId,
  costGate,
  expectedSlippage,
  hedgeContracts,
  jobStep,
  jobWindow,
  LEGGING,
  legging,
  manualRunId,
  marketableLimit,
  type NettingFacts,
  netSleeves,
  patient,
  type Side,
  type SleeveIntent,
  shortfallBps,
  shrunk,
  type Terms,
  validateHedge,
} from "../../../engines/orders/index.ts";

const sha1 = (text: string) => createHash("sha1").update(text).digest("hex");

describe("ids", () => {
  const terms: Terms = {
    account: "a",
    mode: "paper",
    side: "buy",
    legs: [{ instrument: "EQ/A/USD" as never, ratio: 1, intent: "open" }],
    qty: "100",
    limit: "1",
    tif: "day",
    strategy: "core",
  };
  const id = (t: Partial<Terms>, run = "r", n = 0) => clientOrderId(sha1, run, { ...terms, ...t }, n);

  it("are the same for one intent however its quantity is written, and differ for two of the same", () => {
    expect(id({ qty: "100.0" })).toBe(id({ qty: "100" }));
    expect(id({}, "r", 1)).not.toBe(id({}, "r", 0));
    expect(
      new Set([id({}), id({ qty: "101" }), id({ side: "sell" }), id({ strategy: "x" }), id({}, "s")]).size,
    ).toBe(5);
  });

  it("of equal tickets made on purpose differ", () => {
    expect(manualRunId("2015-12-24", null, "T1")).not.toBe(manualRunId("2015-12-24", null, "T2"));
    expect(manualRunId("2015-12-24", "paper#1", "T1")).not.toBe(manualRunId("2015-12-24", "paper#2", "T1"));
  });
});

describe("marketable limits", () => {
  const grid = [{ from: 0, tick: 0.05 }];
  it("round to the patient side, so that they never pierce the collar", () => {
    const buy = marketableLimit(10, 10.05, "buy", 10, patient(grid));
    const sell = marketableLimit(10, 10.05, "sell", 10, patient(grid));
    expect(buy?.limit).toBe(10);
    expect(sell?.limit).toBe(10.05);
  });
  it("there is none without two sides", () => {
    expect(marketableLimit(null, 10, "buy", 10, patient(grid))).toBeNull();
    expect(marketableLimit(10, null, "sell", 10, patient(grid))).toBeNull();
  });
});

describe("netting", () => {
  const facts =
    (over: Partial<NettingFacts> = {}) =>
    (): NettingFacts => ({
      price: 100,
      multiplier: 1,
      fx: 1,
      class: "ETF",
      tier: 1,
      held: 0,
      ...over,
    });
  const intent = (side: Side, qty: number, sleeve: string, urgency: SleeveIntent["urgency"] = "normal") => ({
    id: "A",
    side,
    qty,
    sleeve,
    urgency,
  });

  it("crosses inside at mid, sleeve by sleeve, and what crossed sums to nothing", () => {
    const plan = netSleeves(
      [intent("buy", 60, "a"), intent("buy", 40, "b"), intent("sell", 50, "c")],
      facts(),
      0,
    );
    expect(plan.orders).toMatchObject([{ side: "buy", qty: 50 }]);
    expect(plan.crosses.map((c) => [c.sleeve, c.qty])).toEqual([
      ["a", 30],
      ["b", 20],
      ["c", -50],
    ]);
    const even = netSleeves([intent("buy", 5, "a"), intent("sell", 5, "b")], facts(), 0);
    expect(even).toMatchObject({ orders: [], netted: ["A"] });
    expect(even.crosses.reduce((sum, c) => sum + c.qty, 0)).toBe(0);
  });

  it("a crisis goes first by rank, a missing price is a rejection, what closes is never too small", () => {
    expect(
      netSleeves([intent("buy", 50, "a", "high"), intent("buy", 50, "b", "crisis")], facts(), 0).orders[0]
        ?.urgency,
    ).toBe("crisis");
    expect(netSleeves([intent("buy", 1, "a")], facts({ price: null }), 0).rejected).toEqual([
      { id: "A", reason: "no price" },
    ]);
    expect(netSleeves([intent("sell", 1, "a")], facts(), 2500).filtered).toEqual(["A"]);
    expect(netSleeves([intent("sell", 1, "a")], facts({ held: 1 }), 2500).orders).toHaveLength(1);
  });
});

describe("legging", () => {
  it("hedges the notional on the other side, not half the shares as contracts", () => {
    // 1,000 shares of an ETF at 50 against futures of 250,000: nothing to hedge with a whole contract.
    expect(hedgeContracts(50_000, 1, 5000, 50, 1e7)).toBe(0);
    expect(hedgeContracts(1_000_000, 1, 5000, 50, 1e8)).toBe(-4);
    expect(hedgeContracts(-1_000_000, 1, 5000, 50, 1e8)).toBe(4);
    expect(hedgeContracts(1_000_000, 1, 5000, 50, 1e6)).toBe(0);
  });
  it("knows legs of unequal size by what stands unhedged", () => {
    const legs = [
      { filled: 0.2, notional: 1_000_000 },
      { filled: 0.2, notional: -100_000 },
    ];
    expect(legging(legs, 0, { ...LEGGING, maxNotional: 100_000 })).toMatchObject({
      legged: true,
      residual: 180_000,
    });
  });
});

describe("jobs", () => {
  const H = 3_600_000_000;
  it("run inside the session that the calendar has, on half days too", () => {
    expect(jobWindow("MIDDAY", 0 as never, (3.5 * H) as never)).toEqual({
      fromUs: 0.25 * H,
      toUs: 3.5 * H - H / 6,
    });
    expect(jobWindow("MIDDAY", null, null)).toBeNull();
  });
  it("that ran when the desk stopped go through recovery; late ones are skipped", () => {
    const job = {
      id: "j",
      day: "2015-12-24",
      venue: "US",
      style: "ANY",
      intents: [],
      window: { fromUs: 10, toUs: 20 },
    } as const;
    const step = (status: "PENDING" | "RUNNING" | "DONE", at: number) =>
      jobStep({ ...job, status } as never, at as never);
    expect([
      step("RUNNING", 15),
      step("PENDING", 5),
      step("PENDING", 15),
      step("PENDING", 25),
      step("DONE", 15),
    ]).toEqual(["recover", "wait", "start", "skip", "none"]);
  });
});

describe("cost against benefit", () => {
  const base = {
    nav: 1e6,
    regime: "crisis",
    slippageBps: 5,
    commissionBps: 1,
    borrowBps: null,
    horizonDays: 20,
    exDividendDays: null,
    override: null,
  } as const;
  it("a crisis never blocks the way out, and unknown borrow blocks a short", () => {
    expect(costGate({ ...base, current: 100_000, target: 0, benefit: null })).toMatchObject({
      trade: true,
      reason: "reduces risk",
    });
    expect(costGate({ ...base, current: 0, target: -100_000, benefit: 1e6 })).toMatchObject({
      trade: false,
      reason: "borrow unknown",
    });
    expect(costGate({ ...base, current: 0, target: 100_000, benefit: 1e6 })).toMatchObject({ trade: true });
    expect(costGate({ ...base, current: 0, target: 100_000, benefit: 100 })).toMatchObject({ trade: false });
  });
});

describe("slippage", () => {
  it("counts what was not filled, and a small history leans on its class", () => {
    const half = { side: "buy", arrival: 100, ordered: 100, filled: 50, avgFill: 100.1, atEnd: 101 } as const;
    expect(shortfallBps(half)).toBeCloseTo(55, 9);
    expect(expectedSlippage([], [], "OPT")).toMatchObject({ bps: 10, from: "default" });
    expect(shrunk([10], 4)).toBeCloseTo((10 + 15 * 4) / 16, 12);
    expect(shrunk([], null)).toBeNull();
  });
});

describe("the desk's own validator", () => {
  const good = {
    bid: 0.2,
    ask: 0.25,
    askSize: 50,
    ageUs: 1e6,
    volume: 500,
    openInterest: 5000,
    multiplier: 100,
    expectedMultiplier: 100,
    tick: 0.05,
    vega: 5,
    model: 0.23,
    dteDays: 30,
    deliverable: 1,
    fx: 1,
  };
  const checks = (over: Partial<typeof good> | Record<string, null>, qty = 10) =>
    validateHedge({ ...good, ...over }, "equity_put", qty, 100_000).map((f) => `${f.check} ${f.verdict}`);

  it("lets a cheap tail option through that per cent of mid would refuse", () => {
    expect(checks({})).toEqual([]);
  });
  it("refuses crossed and old quotes and adjusted contracts, and asks where something is unknown", () => {
    expect(checks({ bid: 0.3 })).toContain("crossed deny");
    expect(checks({ ageUs: 6e6 })).toContain("stale deny");
    expect(checks({ deliverable: 2 })).toContain("adjusted_contract deny");
    expect(checks({ volume: null })).toEqual(["low_volume confirm"]);
    expect(checks({ fx: null })).toEqual(["premium_unknown confirm"]);
    expect(checks({}, 300)).toContain("large_for_open_interest confirm");
  });
});
