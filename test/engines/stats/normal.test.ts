import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as stats from "../../../engines/stats/index.ts";

type Pairs = [number, number][];
const reference = JSON.parse(
  readFileSync(resolve(import.meta.dirname, "../../fixtures/normal.json"), "utf8"),
) as Record<"erfcx" | "erf" | "erfc" | "normCdf" | "normInv", Pairs>;

describe("normal distribution and error functions", () => {
  it.each([
    ["erfcx", 1.5e-15],
    ["erf", 6e-16],
    ["erfc", 2e-15],
    ["normCdf", 2e-15],
    ["normInv", 2e-15],
  ] as const)("%s is within %f of 60-digit values, relatively", (name, tol) => {
    const wrong = reference[name].filter(([x, want]) => {
      // The condition of erfcx below 0 (2x² ulps) and of the inverse next to 1/2 is the input's, not ours.
      const condition = name === "erfcx" && x < 0 ? 1 + 2 * x * x : 1;
      const got = stats[name](x);
      return !(Math.abs(got - want) <= tol * condition * Math.abs(want));
    });
    expect(wrong).toEqual([]);
  });

  it("joins its pieces without a step", () => {
    for (const x of [0.5, 2, 6]) {
      const left = stats.erfcx(x * (1 - 2 ** -52));
      expect(Math.abs(left / stats.erfcx(x) - 1)).toBeLessThan(2e-15);
      expect(Math.abs(stats.erfc(x * (1 - 2 ** -52)) / stats.erfc(x) - 1)).toBeLessThan(4e-14);
    }
  });

  it("the inverse undoes the distribution function, in both tails", () => {
    fc.assert(
      fc.property(fc.double({ min: -37, max: 5, noNaN: true }), (x) => {
        const back = stats.normInv(stats.normCdf(x));
        const blur = x > 0 ? 1e-16 / stats.normPdf(x) : 4e-16;
        expect(Math.abs(back - x)).toBeLessThanOrEqual(4e-15 * Math.max(1, Math.abs(x)) + 2 * blur);
      }),
    );
  });

  it("keeps to its edges", () => {
    expect(stats.normInv(0)).toBe(-Infinity);
    expect(stats.normInv(1)).toBe(Infinity);
    expect(stats.normInv(-0.1)).toBeNaN();
    expect(stats.normCdf(-Infinity)).toBe(0);
    expect(stats.normCdf(Infinity)).toBe(1);
    expect(stats.erfc(Infinity)).toBe(0);
    expect(stats.erfcx(Number.NaN)).toBeNaN();
    expect(stats.logNormCdf(-50)).toBeCloseTo(-1254.8313611394, 8);
  });
});
