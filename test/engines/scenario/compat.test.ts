import { describe, expect, it } from "vitest";
import { type CompatScenarioInput, positionScenariosCompat } from "../../../engines/scenario/index.ts";
import { differences, loadSeeds } from "../../harness/seeds.ts";

const seeds = loadSeeds("scenarios");

describe("scenarios, compatibility mode", () => {
  it("has reference cases", () => expect(seeds.cases.length).toBeGreaterThan(8));
  for (const c of seeds.cases) {
    it(c.id, () => {
      const actual = positionScenariosCompat(c.input as CompatScenarioInput);
      expect(differences(actual, c.expected, seeds.tolerance)).toEqual([]);
    });
  }

  const base: CompatScenarioInput = {
    as_of: "2026-01-02",
    option_type: "call",
    side: "long",
    contracts: 1,
    spot: 100,
    strike: 100,
    expiry: "2026-02-02",
    mark: 4,
    iv: 0.3,
    basis: null,
    r: 0,
    spot_moves_pct: [0.1],
    iv_moves_pp: [5],
    days_forward: [7],
  };

  it("names what is missing and gives no grid without spot, strike or vol", () => {
    const out = positionScenariosCompat({ ...base, spot: 0, iv: 1e-5, mark: Number.NaN });
    expect(out.summary.warnings).toEqual(["missing_iv", "missing_mark", "missing_spot"]);
    expect(out.summary.intrinsic).toBeNull();
    expect(out.grid).toEqual([]);
  });

  it("a scenario vol of 0 or less is null, not a price", () => {
    const rows = positionScenariosCompat({ ...base, iv_moves_pp: [-30, -40] }).grid;
    const low = rows.filter((r) => r.iv_change_pp < -20);
    expect(low).toHaveLength(8);
    expect(low.filter((r) => r.scenario_iv <= 0).every((r) => r.pnl_position === null)).toBe(true);
    expect(rows.every((r) => r.iv_change_pp < -20 || r.pnl_position !== null)).toBe(true);
  });

  it("keeps the known mistake: units of axes are guessed", () => {
    const rows = positionScenariosCompat({ ...base, spot_moves_pct: [10], iv_moves_pp: [0.5] }).grid;
    expect(rows.map((r) => r.spot_change_pct)).toContain(0.1);
    expect(rows.map((r) => r.iv_change_pp)).toContain(50);
  });
});
