import { describe, expect, it } from "vitest";
import {
  type CompatExposureInput,
  type CompatExposureRow,
  exposureSliceCompat,
  flipStrikeCompat,
} from "../../../engines/exposure/index.ts";
import { differences, loadSeeds } from "../../harness/seeds.ts";

const seeds = loadSeeds("exposure");

describe("exposure, compatibility mode", () => {
  it("has reference cases", () => expect(seeds.cases.length).toBeGreaterThan(10));
  for (const c of seeds.cases) {
    it(c.id, () => {
      const actual =
        c.function === "compute_flip_strike"
          ? flipStrikeCompat((c.input as { net_by_strike: [number, number][] }).net_by_strike)
          : exposureSliceCompat(c.input as CompatExposureInput);
      expect(differences(actual, c.expected, seeds.tolerance)).toEqual([]);
    });
  }

  const base: CompatExposureInput = {
    symbol: " abc ",
    as_of: "2026-01-02",
    spot: 100,
    mode: "all",
    include_expiries: null,
    near_n: 4,
    top_n: 5,
    snapshot: [],
  };
  const row = (over: Partial<CompatExposureRow>): CompatExposureRow => ({
    expiry: "2026-01-16",
    optionType: "call",
    strike: 100,
    bs_gamma: 0.01,
    openInterest: 10,
    ...over,
  });

  it("keeps the known mistake: a zero at the lowest strike is the flip", () => {
    expect(
      flipStrikeCompat([
        [90, 0],
        [100, 5],
        [110, 6],
      ]),
    ).toBe(90);
  });

  it("names what it dropped or filled, and never throws", () => {
    expect(exposureSliceCompat(base).summary.warnings).toEqual(["empty_snapshot"]);
    const out = exposureSliceCompat({
      ...base,
      snapshot: [
        row({}),
        row({ expiry: "soon" }),
        row({ strike: null }),
        row({ optionType: "swap" }),
        row({ openInterest: null, strike: 101 }),
        row({ bs_gamma: null, strike: 102 }),
      ],
    });
    expect(out.summary.warnings).toEqual([
      "invalid_expiry_dropped",
      "invalid_option_type_dropped",
      "invalid_strike_dropped",
      "missing_gamma_filled_zero",
      "missing_open_interest_filled_zero",
    ]);
    expect(out.summary.total_net_gex).toBeCloseTo(0.01 * 10 * 100 ** 2, 9);
  });

  it("selects nothing when the include list holds only invalid dates", () => {
    const out = exposureSliceCompat({ ...base, include_expiries: ["garbage"], snapshot: [row({})] });
    expect(out.included_expiries).toEqual([]);
    expect(out.summary.warnings).toEqual(["invalid_include_expiry_ignored", "no_expiries_selected"]);
  });
});
