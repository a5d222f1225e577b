import { describe, expect, it } from "vitest";
import {
  surface,
  surfaceArtifact,
  termArtifact,
  termPoints,
  termStructure,
} from "../../../engines/surface/index.ts";
import { makeChain, smileOf } from "./chains.ts";

const { columns, market } = makeChain([5, 33, 61, 96].map((days) => ({ days, svi: smileOf(0.2, days) })));
const r = surface(columns, market);

describe("artifacts of surface and term structure", () => {
  it("survive JSON unchanged: no number that is none, no missing value", () => {
    for (const made of [surfaceArtifact(r, r), termArtifact("XYZ", r.asOf, termStructure(termPoints(r)))])
      expect(JSON.parse(JSON.stringify(made))).toEqual(made);
  });

  it("say vols as fractions and differences in points, nulls where a tenor is out of reach", () => {
    const made = surfaceArtifact(r, r) as Record<string, Record<string, number | null>[]>;
    const [first, last] = [made["tenor"]![0]!, made["tenor"]![5]!];
    expect(first["atm_iv"]).toBe(r.tenors[0]!.figures!.atmVol);
    expect(first["skew_25d_pp"]).toBe(r.tenors[0]!.figures!.skew25! * 100);
    expect(Object.keys(last)).toEqual(Object.keys(first));
    expect([last["kind"], last["atm_iv"], last["forward"]]).toEqual(["none", null, null]);
    expect(made["tenor_changes"]![0]!["atm_iv_change_pp"]).toBe(0);
    expect(made["delta_buckets"]).toHaveLength(50);
    expect((surfaceArtifact(r) as { tenor_changes: unknown[] }).tenor_changes).toEqual([]);
  });

  it("are the same bytes for the same chain", () => {
    expect(JSON.stringify(surfaceArtifact(surface(columns, market)))).toBe(
      JSON.stringify(surfaceArtifact(r)),
    );
  });
});
