import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  clientOrderId,
  costGate,
  expectedSlippage,
  hedgeContracts,
  jobId,
  jobStep,
  jobWindow,
  LEGGING,
  legging,
  manualRunId,
  marketableLimit,
  type NettingFacts,
  navCheck,
  nearest,
  netSleeves,
  patient,
  percentileEstimate,
  repricedLimit,
  type Side,
  type SleeveIntent,
  shortfallBps,
  shrunk,
  slippageBps,
  type Terms,
  validateCompat,
  validateHedge,
} from "../../../engines/orders/index.ts";
import { differences, loadSeeds } from "../../harness/seeds.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const sha1 = (text: string) => createHash("sha1").update(text).digest("hex");
const sideOf = (text: unknown): Side => (text === "BUY" ? "buy" : "sell");
const DAY_MS = 86_400_000;
const days = (a: string, b: string) => (Date.parse(b) - Date.parse(a)) / DAY_MS;

/** All that a reference case may hold; each function reads its own part. */
interface Case {
  readonly bid: number;
  readonly ask: number;
  readonly side: string;
  readonly asset_class: string;
  readonly tick: number;
  readonly price_ceiling: number | null;
  readonly price_floor: number | null;
  readonly replace_count: number;
  readonly max_replace: number;
  readonly prices: Readonly<Record<string, number>>;
  readonly specs: Readonly<
    Record<string, Pick<NettingFacts, "multiplier" | "tier"> & { asset_class: "ETF" }>
  >;
  readonly intents: readonly unknown[];
  readonly min_notional: number;
  readonly current: number;
  readonly target: number;
  readonly nav: number;
  readonly fill: number;
  readonly arrival: number;
  readonly slippages_bps: readonly number[];
  readonly fill_a: number;
  readonly fill_b: number;
  readonly elapsed_s: number;
  readonly max_legging_s: number;
  readonly trigger: number;
  readonly reprice_enabled: boolean;
  readonly internal_nav: number;
  readonly broker_nlv: number;
  readonly halt: number;
  readonly emergency: number;
  readonly date: string;
  readonly venue: string;
  readonly style: string;
}
const BPS: Record<string, number> = { ETF: 10, STK: 12, FUT: 3, FX_FUT: 2 };

const FUNCTIONS: Record<string, (i: Case) => unknown> = {
  marketable_limit: (i) => {
    const side = sideOf(i.side);
    const bps = BPS[i.asset_class] ?? 10;
    const found = marketableLimit(i.bid, i.ask, side, bps, nearest(i.tick));
    if (found === null) return null;
    const edge = { ceiling: side === "buy" ? found.edge : null, floor: side === "sell" ? found.edge : null };
    return { limit: found.limit, ...edge };
  },
  replace_limit: (i) => {
    const side = sideOf(i.side);
    const touch = side === "buy" ? i.ask : i.bid;
    const edge = i.price_ceiling ?? i.price_floor ?? Number.NaN;
    return repricedLimit(touch, edge, side, i.replace_count, i.max_replace, nearest(0.01));
  },
  basket_plan: (i) => {
    const facts = (id: string): NettingFacts | undefined => {
      const spec = i.specs[id];
      if (spec === undefined) return undefined;
      return {
        price: i.prices[id] ?? null,
        multiplier: spec.multiplier,
        fx: 1,
        class: spec.asset_class,
        tier: spec.tier,
        held: 0,
      };
    };
    const intents: SleeveIntent[] = (i.intents as readonly SleeveIntent[]).map((x) => ({
      ...x,
      side: sideOf(x.side),
      urgency: "normal",
    }));
    const plan = netSleeves(intents, facts, i.min_notional);
    const orders = plan.orders.map(({ urgency: _, side, ...o }) => ({ ...o, side: side.toUpperCase() }));
    return { orders, filtered: plan.filtered.length };
  },
  gate: (i) => {
    const rest = {
      slippageBps: 3,
      commissionBps: 1,
      borrowBps: 0,
      horizonDays: 20,
      exDividendDays: null,
      override: null,
    };
    const a = costGate({
      current: i.current,
      target: i.target,
      nav: i.nav,
      regime: "normal",
      benefit: 0,
      ...rest,
    });
    return { should_trade: a.trade, drift: a.drift, cost: a.cost, benefit: a.benefit };
  },
  slippage_bps: (i) => slippageBps(i.fill, i.arrival, sideOf(i.side)),
  slippage_estimate: (i) => {
    const found = percentileEstimate(i.slippages_bps);
    return { estimate_bps: found?.bps, p70: found?.p70, median: found?.median };
  },
  check_legging: (i) => {
    const rules = {
      ...LEGGING,
      maxMs: i.max_legging_s * 1000,
      leadFilled: i.trigger,
      reprice: i.reprice_enabled,
    };
    const legs = [i.fill_a, i.fill_b].map((filled) => ({ filled, notional: 0 }));
    const s = legging(legs, i.elapsed_s * 1000, rules);
    return { is_legged: s.legged, action: s.action, imbalance: s.imbalance };
  },
  reconcile: (i) => {
    const r = navCheck(i.internal_nav, i.broker_nlv, i.halt, i.emergency);
    return { can_trade: r.canTrade, status: r.status, diff_pct: r.diff };
  },
  job_id: (i) => {
    const intents = (i.intents as readonly [string, "BUY", number, string][]).map(
      ([id, side, qty, sleeve]) => ({
        id,
        side,
        qty,
        sleeve,
      }),
    );
    return jobId(sha256, i.date, i.venue, i.style, intents);
  },
  validate: (i) => validateCompat(i as never, days),
};

describe("execution, ledger and validator against their reference cases", () => {
  for (const name of ["execution", "run_ledger", "option_validator"]) {
    const seeds = loadSeeds(name);
    const known = seeds.cases.filter((c) => FUNCTIONS[c.function] !== undefined);
    it(`${name}: ${known.length} cases`, () => {
      expect(known.length).toBeGreaterThan(5);
      const wrong = known.flatMap((c) => {
        const expected = { ...(c.expected as object) } as Record<string, unknown>;
        // The mean of the adverse trades is a figure of the original's report only.
        delete expected["adverse"];
        const plain = typeof c.expected === "object" && c.expected !== null ? expected : c.expected;
        const got = (FUNCTIONS[c.function] as (i: Case) => unknown)(c.input as unknown as Case);
        return differences(got, plain, seeds.tolerance).map((d) => `${c.id}${d}`);
      });
      expect(wrong).toEqual([]);
    });
  }
});

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
