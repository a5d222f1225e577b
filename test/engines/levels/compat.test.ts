import { describe, expect, it } from "vitest";
import {
  anchoredVwapCompat,
  breakoutDayCompat,
  type CompatProfileInput,
  type CompatSummaryInput,
  type CompatVwapInput,
  levelsSummaryCompat,
  volumeProfileCompat,
} from "../../../engines/levels/index.ts";
import { differences, loadSeeds } from "../../harness/seeds.ts";

const seeds = loadSeeds("levels");
const functions: Readonly<Record<string, (input: never) => unknown>> = {
  compute_anchored_vwap: (input: CompatVwapInput) => anchoredVwapCompat(input),
  compute_volume_profile: (input: CompatProfileInput) => volumeProfileCompat(input),
  compute_levels_summary: (input: CompatSummaryInput) => levelsSummaryCompat(input),
  find_breakout_day: (input: Parameters<typeof breakoutDayCompat>[0]) => breakoutDayCompat(input),
};

describe("levels, compatibility mode", () => {
  it("has reference cases", () => expect(seeds.cases.length).toBeGreaterThan(20));
  for (const c of seeds.cases) {
    it(`${c.id}`, () => {
      const f = functions[c.function]!;
      expect(differences(f(c.input as never), c.expected, seeds.tolerance)).toEqual([]);
    });
  }

  const bar = (minute: number, close: number | null, volume: number | null = 10) => ({
    timestamp: `2026-03-02T14:${String(30 + minute).padStart(2, "0")}:00+00:00`,
    open: close,
    high: close,
    low: close,
    close,
    vwap: null,
    volume,
  });

  it("keeps the known mistake: session_open is the first bar of the frame", () => {
    const before = { ...bar(0, 50), timestamp: "2026-02-27T14:30:00+00:00" };
    const out = anchoredVwapCompat({
      intraday_bars: [bar(1, 100), before],
      anchor_type: "session_open",
      spot: 75,
    });
    expect(out).toMatchObject({
      anchor_ts_utc: "2026-02-27T14:30:00+00:00",
      anchored_vwap: 75,
      distance_from_spot_pct: 0,
    });
  });

  it("names each anchor it cannot find", () => {
    const run = (over: Partial<CompatVwapInput>): readonly string[] =>
      anchoredVwapCompat({ intraday_bars: [bar(0, 100)], anchor_type: "date", spot: 100, ...over }).warnings;
    expect(run({})).toEqual(["missing_anchor_date"]);
    expect(run({ anchor_date: "2026-03-03" })).toEqual(["anchor_date_not_found"]);
    expect(run({ anchor_type: "timestamp" })).toEqual(["missing_anchor_timestamp"]);
    expect(run({ anchor_type: "timestamp", anchor_timestamp: "2026-03-03T00:00:00Z" })).toEqual([
      "anchor_after_last_bar",
    ]);
    expect(run({ anchor_type: "breakout_day" })).toEqual(["missing_breakout_daily"]);
    expect(run({ anchor_type: "breakout_day", daily: [{ date: "2026-03-02", close: 1 }] })).toEqual([
      "breakout_day_not_found",
    ]);
  });

  it("one price only is one bin that is everything", () => {
    const out = volumeProfileCompat({
      intraday_bars: [bar(0, 100), bar(1, 100)],
      num_bins: 12,
      hvn_quantile: 0.8,
      lvn_quantile: 0.2,
    });
    expect(out.bins).toEqual([
      {
        price_bin_low: 100,
        price_bin_high: 100,
        volume: 20,
        volume_pct: 1,
        is_poc: true,
        is_hvn: true,
        is_lvn: true,
      },
    ]);
  });

  it("finds the last breakout by close", () => {
    const daily = [1, 2, 3, 2, 4, 1].map((close, i) => ({ date: `2026-01-0${i + 1}`, close }));
    expect(breakoutDayCompat({ daily, lookback: 2 })).toBe("2026-01-05");
  });
});
