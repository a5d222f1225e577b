import { describe, expect, it } from "vitest";
import type { Measure, SignConvention, SliceName } from "../../engines/exposure/index.ts";
import { bsmGreeks, emptyGreeks, yearFraction } from "../../engines/pricing/index.ts";
import { explain } from "../../src/desk/explain/index.ts";
import type { ExposureView } from "../../src/desk/protocol.ts";
import { ChainIndex } from "../../src/desk/views/chain.ts";
import { exposureChain, exposureView } from "../../src/desk/views/exposure.ts";
import { contextAt } from "../shell/context.ts";

const context = contextAt("goog-2015-12-24", "10:34");
const index = new ChainIndex();
const viewOf = (
  slice: SliceName = "all",
  convention: SignConvention = "callsPlusPutsMinus",
): ExposureView => {
  const view = exposureView(context, index, { underlying: null, slice, convention });
  if (!view) throw new Error("no exposure");
  return view;
};
const sum = (xs: Float64Array): number => xs.reduce((a, b) => a + (Number.isNaN(b) ? 0 : b), 0);

describe("exposure of the bundled session at 10:34", () => {
  const all = viewOf();

  it("is call plus put at each strike and adds up to its totals", () => {
    expect(all.contracts).toBe(2192);
    expect(all.oiDay).toBe("2015-12-23");
    for (const measure of ["gamma", "vanna", "charm", "delta"] as Measure[]) {
      const { call, put, net, total } = all.measures[measure];
      expect(sum(net) / (total.net as number)).toBeCloseTo(1, 9);
      net.forEach((x, i) => {
        if (!Number.isNaN(x)) expect(x).toBeCloseTo((call[i] || 0) + (put[i] || 0), 4);
      });
    }
  });

  it("sums contracts' own gammas at a strike", () => {
    const goog = context.desk.slot(all.underlying) as never;
    const { columns: c } = exposureChain(context, index.expiries(context.desk, all.underlying), goog);
    let expected = 0;
    for (let i = 0; i < c.n; i++) {
      const e = c.expiries[c.expiry[i] as number];
      if (c.strike[i] !== 745 || !e || Number.isNaN(c.iv[i] as number)) continue;
      const years = yearFraction(context.nowUs, e.expiryUs);
      const spot = all.spot as number;
      const r = -Math.log(e.df) / years;
      const q = r - Math.log(e.forward / spot) / years;
      const g = bsmGreeks(1, spot, 745, years, r, q, c.iv[i] as number, emptyGreeks());
      const sign = c.put[i] === 1 ? -1 : 1;
      const oi = c.openInterest[i] as number;
      if (!Number.isNaN(oi)) expected += sign * oi * 100 * g.gamma * spot * spot * 0.01;
    }
    expect((all.measures.gamma.net[all.strikes.indexOf(745)] as number) / expected).toBeCloseTo(1, 6);
  });

  it("changes sign with the convention, and says which it is", () => {
    const short = viewOf("all", "shortAll");
    const long = viewOf("all", "longAll");
    expect(short.measures.gamma.total.net).toBeCloseTo(-(long.measures.gamma.total.net as number), 3);
    expect(short.conventionLabel).toBe("dealers short all");
    expect(long.zeroGamma.roots).toEqual([]);
    expect(all.zeroGamma.nearest).toBeGreaterThan(700);
    expect(all.zeroGamma.nearest).toBeLessThan(all.spot as number);
  });

  it("takes today's expiry alone for 0d", () => {
    expect(viewOf("zeroDte").expiries).toEqual(["2015-12-24"]);
    expect(viewOf("near").expiries.length).toBe(4);
    expect(viewOf("monthly").expiries).toContain("2016-01-15");
  });

  it("explains a cell by its parts", () => {
    const row = `${all.underlying}|all|callsPlusPutsMinus|745`;
    const e = explain(context, { view: "exposure", row, column: "gamma.net" });
    expect(e?.title).toBe("gamma exposure at 745, GOOG");
    expect(Number(e?.value)).toBeCloseTo(all.measures.gamma.net[all.strikes.indexOf(745)] as number, 3);
    expect(e?.lines.join("\n")).toContain("HEURISTIC");
    expect(e?.inputs.map((i) => i.title)).toEqual([
      "open interest of the calls at 745",
      "open interest of the puts at 745",
      "net gamma of the slice",
      "call wall",
      "put wall",
      "coverage",
      "zero gamma",
    ]);
    expect(explain(context, { view: "exposure", row: `${row}1`, column: "gamma.net" })).toBe(null);
  });
});

it("has nothing for an underlying that is not in the session", () => {
  const params = { underlying: "EQ/XXX/USD" as never, slice: "all", convention: "longAll" } as const;
  expect(exposureView(context, index, params)).toBe(null);
});
