import { describe, expect, it } from "vitest";
import { explain } from "../../src/desk/explain/index.ts";
import { ChainIndex } from "../../src/desk/views/chain.ts";
import { surfaceView } from "../../src/desk/views/surface.ts";
import { contextAt } from "../shell/context.ts";

const context = contextAt("goog-2015-12-24", "10:34");
const view = surfaceView(context, new ChainIndex(), { underlying: null, expiry: null });
if (!view) throw new Error("GOOG has a chain");

describe("surface of the GOOG session at 10:34", () => {
  it("fits every listed expiry within its quotes' spreads", () => {
    expect(view.fitted).toBe(12);
    for (const e of view.expiries) {
      expect(e.rmse).toBeLessThan(0.006);
      expect(e.withinSpread).toBeGreaterThan(0.85);
    }
  });

  it("sees the earnings report between the expiries of 22 and 29 January", () => {
    const atm = (label: string) => view.expiries.find((e) => e.label === label)?.atm as number;
    expect(atm("29jan") - atm("22jan")).toBeGreaterThan(0.05);
  });

  it("has puts over calls, forwards near spot, no static arbitrage", () => {
    for (const t of view.tenors) expect(t.riskReversal25).toBeLessThan(0);
    for (const e of view.expiries)
      expect(Math.abs((e.forward as number) / (view.spot as number) - 1)).toBeLessThan(0.02);
    expect([view.butterfly, view.calendar]).toEqual([0, []]);
  });

  it("gives the same surface again where nothing moved, and another instant's after a jump back", () => {
    const again = surfaceView(context, new ChainIndex(), { underlying: null, expiry: null });
    expect(again?.tenors).toEqual(view.tenors);
    const earlier = contextAt("goog-2015-12-24", "10:00");
    expect(surfaceView(earlier, new ChainIndex(), { underlying: null, expiry: null })?.tenors).not.toEqual(
      view.tenors,
    );
  });

  it("explains a fit by its quotes, its forward and its deltas", () => {
    const e = explain(context, {
      view: "surface",
      row: `${view.underlying}|${view.smile?.expiry}`,
      column: "atm",
    });
    expect(e?.title).toBe("ATM vol of GOOG 31dec");
    expect(e?.lines.join(" ")).toMatch(/32 out-of-the-money quotes/);
    expect(e?.inputs.map((i) => i.title)).toEqual(["forward of 31dec", "25-delta"]);
  });

  it("has nothing where no options were recorded", () => {
    const stocks = contextAt("bac-ibm-2013-10-08", "10:00");
    expect(surfaceView(stocks, new ChainIndex(), { underlying: null, expiry: null })).toBeNull();
  });
});
