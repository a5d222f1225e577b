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
      row: `${view.underlying}|expiry|${view.smile?.expiry}`,
      column: "atm",
    });
    expect(e?.title).toBe("ATM vol of GOOG 31dec");
    expect(e?.lines.join(" ")).toMatch(/32 out-of-the-money quotes/);
    expect(e?.inputs.map((i) => i.title)).toEqual(["forward of 31dec", "25-delta"]);
  });

  it("shows yesterday's curve from the settlement marks, at the same maturities", () => {
    const then = view.then["1d"];
    expect(then.day).toBe("2015-12-23");
    expect(then.source).toContain("end-of-day quote mid of 2015-12-23");
    view.tenors.forEach((t, i) => {
      const was = then.tenors[i]?.atm as number;
      // A quiet half day: no maturity moved by more than a point and a half.
      expect(Math.abs((t.atm as number) - was)).toBeLessThan(0.015);
    });
    // The weekly that ends at 13:00 had 21 hours left.
    expect(then.curve.days[0]).toBeCloseTo(21 / 24, 3);
  });

  it("does not make up a week ago or ranks without a history, and says what would bring them", () => {
    expect(view.then["1w"]).toMatchObject({ day: null, tenors: [] });
    expect(view.then["1w"].source).toContain("voldesk db history");
    expect(view.standing.tenors.every((t) => t === null)).toBe(true);
    expect(view.standing.reason).toContain("voldesk db history");
  });

  it("prices the estimated earnings day from the kink and takes it out of the 30-day vol", () => {
    const [event] = view.term.events;
    expect(event).toMatchObject({ label: "earnings", day: "2016-01-28", status: "estimated" });
    expect(event?.move).toBeGreaterThan(0.04);
    expect(event?.move).toBeLessThan(0.09);
    const atm = (label: string) => view.expiries.find((e) => e.label === label)?.atm as number;
    const month = view.tenors.find((t) => t.days === 30)?.atm as number;
    // The 30th day lies before the event: its vol belongs to the expiry before, not half-way up the kink.
    expect(month - atm("22jan")).toBeLessThan(0.005);
    expect(view.term.tenors.find((t) => t.days === 30)?.vol).toBeCloseTo(month, 6);
  });

  it("gives vols by delta, and none where a delta is not between quotes", () => {
    const { titles, vols } = view.heat;
    const row = view.expiries.findIndex((e) => e.label === "31dec");
    const at = (title: string) => vols[row * titles.length + titles.indexOf(title)] as number;
    expect(at("25ΔP")).toBeCloseTo(view.expiries[row]?.put25 as number, 9);
    expect(at("ATM")).toBeCloseTo(view.expiries[row]?.atm as number, 9);
    const far = view.expiries.findIndex((e) => e.label === "5feb");
    expect(vols[far * titles.length]).toBeNaN();
  });

  it("explains tenors, changes, ranks, deltas and the curve one level deeper", () => {
    const of = (kind: string, column: string) =>
      explain(context, { view: "surface", row: `${view.underlying}|${kind}`, column });
    const change = of("tenor|30", "atm.1d");
    expect(change?.title).toContain("change since 2015-12-23");
    expect(change?.inputs[0]?.inputs.map((i) => i.title)).toEqual([
      "ATM vol of GOOG 22jan",
      "ATM vol of GOOG 29jan",
    ]);
    expect(of("tenor|30", "percentile")?.value).toBe("–");
    const curve = of(`term|${view.smile?.expiry}`, "curve");
    expect(curve?.inputs.map((i) => i.title)).toEqual(["slope", "shape", "earnings of 2016-01-28"]);
    expect(of(`heat|${view.smile?.expiry}`, "3")?.title).toBe("25ΔP vol of GOOG 31dec");
    for (const column of ["rmse", "straddle", "oneSigma", "used", "age", "fit", "put10"])
      expect(of(`expiry|${view.smile?.expiry}`, column)?.inputs.length).toBeGreaterThan(0);
  });

  it("has nothing where no options were recorded", () => {
    const stocks = contextAt("bac-ibm-2013-10-08", "10:00");
    expect(surfaceView(stocks, new ChainIndex(), { underlying: null, expiry: null })).toBeNull();
  });
});
