import { describe, expect, it } from "vitest";
import { type CompatFlowInput, flowPipelineCompat } from "../../../engines/flow/index.ts";
import { differences, loadSeeds } from "../../harness/seeds.ts";

const seeds = loadSeeds("intraday_flow");

describe("flow, compatibility mode", () => {
  it("has reference cases", () => expect(seeds.cases.length).toBeGreaterThan(4));
  for (const c of seeds.cases) {
    it(c.id, () => {
      expect(
        differences(flowPipelineCompat(c.input as CompatFlowInput), c.expected, seeds.tolerance),
      ).toEqual([]);
    });
  }

  const quote = {
    timestamp: "2026-03-02T15:00:00+00:00",
    contract_symbol: "X",
    underlying: "abc",
    expiry: "2026-04-17",
    option_type: "call",
    strike: 100,
    bs_delta: 0.8,
    bid: 1,
    ask: 1,
  };
  const trade = { timestamp: "2026-03-02T15:00:00+00:00", contract_symbol: "X", price: 1, size: 5 };
  const input = { quotes: [quote], quote_tolerance_seconds: null, source: "rest", multiplier: 100 };

  it("keeps the known mistakes: a locked quote sells, identical prints are one, a quote of the same time counts", () => {
    const out = flowPipelineCompat({ ...input, trades: [trade, trade] });
    expect(out.classified).toHaveLength(1);
    expect(out.classified[0]).toMatchObject({
      symbol: "ABC",
      direction: "sell",
      direction_reason: "at_or_below_bid",
      delta_bucket: "d80_100",
      notional: 500,
    });
  });

  it("says so when every trade of a contract was dropped", () => {
    const out = flowPipelineCompat({ ...input, trades: [{ ...trade, size: 0 }] });
    expect(out.contract_flow[0]).toMatchObject({
      trade_count: 0,
      unknown_trade_share: null,
      warnings: ["all_trades_dropped", "dropped_zero_size"],
    });
    expect(out.buckets_5m).toEqual([]);
  });
});
