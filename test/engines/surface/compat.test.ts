import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CompatSurfaceInput,
  type CompatSurfaceRow,
  ivSurfaceCompat,
  termCurveCompat,
  termSlopeCompat,
  termStructureCompat,
} from "../../../engines/surface/index.ts";
import { differences, loadSeeds } from "../../harness/seeds.ts";

const surfaces = loadSeeds("iv_surface");
const terms = loadSeeds("iv_term_structure");

describe("surface, compatibility mode", () => {
  it("has reference cases", () => expect(surfaces.cases.length).toBeGreaterThan(3));
  for (const c of surfaces.cases) {
    it(c.id, () =>
      expect(
        differences(ivSurfaceCompat(c.input as CompatSurfaceInput), c.expected, surfaces.tolerance),
      ).toEqual([]),
    );
  }

  it("gives the same bytes whatever the order of the rows", () => {
    const input = surfaces.cases[0]!.input as CompatSurfaceInput;
    const want = JSON.stringify(ivSurfaceCompat(input));
    fc.assert(
      fc.property(fc.shuffledSubarray([...input.snapshot], { minLength: input.snapshot.length }), (rows) => {
        expect(JSON.stringify(ivSurfaceCompat({ ...input, snapshot: rows }))).toBe(want);
      }),
      { numRuns: 10 },
    );
  });

  const base: CompatSurfaceInput = {
    symbol: " abc ",
    as_of: "2026-01-02",
    spot: 100,
    tenor_targets_dte: [30],
    snapshot: [],
  };
  const row = (over: Partial<CompatSurfaceRow>): CompatSurfaceRow => ({
    expiry: "2026-02-02",
    optionType: "call",
    strike: 100,
    impliedVolatility: 0.2,
    bs_delta: 0.5,
    bid: 1,
    ask: 1.2,
    ...over,
  });

  it("degrades to nulls and names why", () => {
    const empty = ivSurfaceCompat(base);
    expect(empty.warnings).toEqual(["empty_snapshot"]);
    expect(empty.tenor[0]).toMatchObject({ symbol: "ABC", expiry: null, atm_iv: null, contracts_used: 0 });
    expect(empty.tenor[0]!.warnings).toContain("no_valid_expiry_for_tenor");
    expect(empty.delta_buckets).toHaveLength(10);

    const noSpot = ivSurfaceCompat({ ...base, spot: null, snapshot: [row({})] });
    expect(noSpot.warnings).toEqual(["invalid_spot"]);
    expect(noSpot.tenor[0]!.warnings).toEqual([
      "invalid_spot",
      "missing_atm_strike",
      "missing_atm_iv",
      "missing_atm_mark",
      "missing_atm_straddle",
      "non_positive_spot_for_expected_move",
      "missing_skew_25d",
      "missing_skew_10d",
    ]);
  });

  it("takes a vol of 25 for a percentage, not for 2,500 %", () => {
    const out = ivSurfaceCompat({ ...base, snapshot: [row({ impliedVolatility: 25 })] });
    expect(out.warnings).toEqual(["iv_unit_suspect"]);
    expect(out.tenor[0]!.atm_iv).toBeNull();
  });

  it("reads numbers from text, drops rows without strike or type, keeps marks by their order", () => {
    const out = ivSurfaceCompat({
      ...base,
      snapshot: [
        row({ strike: "100", impliedVolatility: "0.30", bid: 0, ask: 2 }),
        row({ optionType: "put", bs_delta: -0.5, bid: null, ask: null, lastPrice: 3 }),
        row({ strike: "n/a" }),
        row({ optionType: "swap" }),
      ],
    });
    expect(out.tenor[0]).toMatchObject({ atm_iv: 0.25, atm_mark: 2.5, straddle_mark: 5, contracts_used: 2 });
  });

  it("refuses only a day that is none", () => {
    expect(() => ivSurfaceCompat({ ...base, as_of: "soon" })).toThrow(/soon/);
  });

  it("marks tenors that yesterday lacked, and takes the last of duplicates", () => {
    const out = ivSurfaceCompat({
      ...base,
      tenor_targets_dte: [30, 60],
      snapshot: [row({})],
      previous_tenor: [
        { tenor_target_dte: 30, as_of: "2026-01-01", atm_iv: 0.15 },
        { tenor_target_dte: 30, as_of: "2025-12-31", atm_iv: 0.1 },
        { as_of: "2026-01-01" },
      ],
    });
    expect(out.tenor_changes[0]!.atm_iv_change_pp).toBeCloseTo(5, 12);
    expect(out.tenor_changes[1]!.warnings).toContain("missing_previous_row");
    expect(out.tenor_changes[1]!.atm_iv_change_pp).toBeNull();
    expect(out.warnings).toContain("previous_tenor_missing_key");
  });
});

describe("term structure, compatibility mode", () => {
  it("has reference cases", () => expect(terms.cases.length).toBeGreaterThan(20));
  for (const c of terms.cases) {
    it(c.id, () => {
      const { dte, iv } = c.input as { dte: number[]; iv: number[] };
      const result = termStructureCompat(dte, iv);
      const { regime, signal, ratio_30_90: ratio } = result ?? {};
      const got =
        c.function === "slope"
          ? termSlopeCompat(dte, iv)
          : c.function === "regime_robust"
            ? { regime, signal }
            : { regime, signal, ratio, iv_45: termCurveCompat(dte, iv)?.(45) };
      expect(differences(got, c.expected, terms.tolerance)).toEqual([]);
    });
  }

  it("says backwardation of a panic, null of a single point", () => {
    expect(termStructureCompat([7, 30, 90, 180], [0.45, 0.38, 0.33, 0.3])?.regime).toBe("backwardation");
    expect(termStructureCompat([30], [0.2])).toBeNull();
  });
});
