import { describe, expect, it } from "vitest";
import type { DailyCandles } from "../../engines/levels/index.ts";
import { explain } from "../../src/desk/explain/index.ts";
import type { SymbolHistory } from "../../src/desk/history.ts";
import { ChainIndex } from "../../src/desk/views/chain.ts";
import { PlanCache, ViewContext } from "../../src/desk/views/context.ts";
import { exposureView } from "../../src/desk/views/exposure.ts";
import { levelsView } from "../../src/desk/views/levels.ts";
import { contextAt } from "../shell/context.ts";

const context = contextAt("goog-2015-12-24", "10:34");
const index = new ChainIndex();
const view = levelsView(context, index, { slot: null, anchorUs: null });
const priceOf = (name: string): number | undefined => view?.rows.find((r) => r.name === name)?.price;

describe("levels of the bundled session at 10:34", () => {
  it("come nearest first, each with its distance from spot", () => {
    expect(view?.rows.length).toBeGreaterThan(8);
    const far = view?.rows.map((r) => Math.abs(r.distance ?? 0)) ?? [];
    expect(far).toEqual(far.toSorted((a, b) => a - b));
    for (const r of view?.rows ?? []) {
      expect((view?.spot ?? 0) + (r.distance ?? 0)).toBeCloseTo(r.price, 9);
      // No daily history in the session: no average true range, and none made up.
      expect(r.atr).toBe(null);
    }
  });

  it("take VWAP from the bars, walls and zero gamma from the exposure", () => {
    const slot = view?.slot as never;
    const { openUs } = context.session;
    const { bars } = context.desk.series.get(slot)?.view(1, openUs, openUs) ?? { bars: null };
    let notional = 0;
    let shares = 0;
    bars?.close.forEach((close, i) => {
      const volume = bars.volume[i] as number;
      notional += (((bars.high[i] as number) + (bars.low[i] as number) + close) / 3) * volume;
      shares += volume;
    });
    expect(priceOf("VWAP")).toBeCloseTo(notional / shares, 6);
    const params = { underlying: null, slice: "all", convention: "callsPlusPutsMinus" } as const;
    const exposure = exposureView(context, index, params);
    expect(priceOf("call wall")).toBe(exposure?.callWall?.strike);
    expect(priceOf("put wall")).toBe(exposure?.putWall?.strike);
    expect(priceOf("zero gamma")).toBe(exposure?.zeroGamma.nearest);
    expect(priceOf("POC")).toBe(view?.profile.poc);
  });

  it("anchor a second VWAP at a time and name it by the clock", () => {
    const anchorUs = context.session.openUs + 30 * 60e6;
    const anchored = levelsView(context, index, { slot: null, anchorUs });
    expect(anchored?.rows.some((r) => r.name === "VWAP from 10:00")).toBe(true);
  });

  it("explain a level by how it is made", () => {
    const e = explain(context, { view: "levels", row: `${view?.slot}||zero gamma`, column: "price" });
    expect(e?.title).toBe("zero gamma of GOOG");
    expect(e?.lines.join("\n")).toContain("HEURISTIC");
    expect(e?.lines.join("\n")).toContain("open interest of 2015-12-23");
    expect(explain(context, { view: "levels", row: `${view?.slot}||nothing`, column: "price" })).toBe(null);
  });

  it("without a daily history says what would bring one", () => {
    expect(view).toMatchObject({ atr: null, relative: null });
    expect(view?.lacking).toContain("voldesk import daily");
  });
});

describe("levels with a daily history", () => {
  /** Candles around 745 that end with the session before: a range of 12, a high of 760 twelve sessions back, a gap, a breakout. */
  const days = tradingDays("2015-10-01", "2015-12-23");
  const candles = (close: (i: number) => number): DailyCandles => ({
    n: days.length,
    day: days,
    open: Float64Array.from(days, (_, i) => close(i) - 1),
    high: Float64Array.from(days, (_, i) => close(i) + 6),
    low: Float64Array.from(days, (_, i) => close(i) - 6),
    close: Float64Array.from(days, (_, i) => close(i)),
    volume: Float64Array.from(days, () => 1_500_000),
  });
  const n = days.length;
  const wave = (i: number) => 735 + 6 * Math.sin(i / 3) + (i === n - 12 ? 19 : 0);
  const history = (symbol: string): SymbolHistory => ({
    symbol,
    surfaceProvider: null,
    surfaces: [],
    futures: [],
    dailyProvider: "test",
    daily: symbol === "SPY" ? candles((i) => 200 + 1.2 * Math.sin(i / 3) + 0.2 * Math.cos(i)) : candles(wave),
    problem: null,
  });
  const rich = new ViewContext(
    context.desk,
    context.nowUs,
    { ...context.facts, history: { of: (s) => (s === "GOOG" || s === "SPY" ? history(s) : null) } },
    context.pace,
    () => [],
    new PlanCache(),
  );
  const full = levelsView(rich, index, { slot: null, anchorUs: null, anchorDay: days[n - 5] as string });
  const at = (name: string) => full?.rows.find((r) => r.name === name);

  it("knows the range, measures every level in it, and sorts by it", () => {
    expect(full?.atr).toBeGreaterThan(11);
    expect(full?.atr).toBeLessThan(16);
    for (const r of full?.rows ?? [])
      expect(r.atr).toBeCloseTo((r.distance as number) / (full?.atr as number), 9);
    const far = full?.rows.map((r) => Math.abs(r.atr ?? 0)) ?? [];
    expect(far).toEqual(far.toSorted((a, b) => a - b));
    expect(full?.lacking).toBeNull();
  });

  it("has rolling extremes of whole sessions, the prior close, today's gap", () => {
    expect(at("20d high")?.price).toBe(wave(n - 12) + 6);
    expect(at("prior close")?.price).toBe(wave(n - 1));
    expect(full?.gap).toBeCloseTo(
      (at("open")?.price as number) / (at("prior close")?.price as number) - 1,
      9,
    );
  });

  it("anchors VWAPs at an earlier day and at the last breakout", () => {
    const since = at(`VWAP from ${days[n - 5]}`)?.price as number;
    expect(since).toBeGreaterThan(725);
    expect(since).toBeLessThan(750);
    // The prior close of 748.8 stands above the 20 closes before it only if the peak is older: the breakout is found or named, never made up.
    const breakout = at("VWAP breakout");
    if (breakout) expect(breakout.price).toBeGreaterThan(700);
  });

  it("compares with the benchmark, and explains it", () => {
    expect(full?.relative).toMatchObject({ benchmark: "SPY" });
    expect(full?.relative?.beta20).toBeGreaterThan(0.5);
    expect(Math.abs(full?.relative?.correlation20 ?? 9)).toBeLessThanOrEqual(1);
    const e = explain(rich, { view: "levels", row: `${full?.slot}||relative`, column: "price" });
    expect(e?.title).toBe("beta of GOOG to SPY");
    const poc = explain(rich, { view: "levels", row: `${full?.slot}||POC`, column: "price" });
    expect(poc?.inputs[0]?.title).toBe("volume profile since the open");
  });

  it("never looks at the session's own day or later", () => {
    const ahead = candles(wave);
    const later: SymbolHistory = {
      ...history("GOOG"),
      daily: { ...ahead, day: ahead.day.map((d, i) => (i === n - 1 ? "2015-12-24" : d)) },
    };
    const v = levelsView(
      new ViewContext(
        context.desk,
        context.nowUs,
        { ...context.facts, history: { of: (s) => (s === "GOOG" ? later : null) } },
        context.pace,
        () => [],
        new PlanCache(),
      ),
      index,
      { slot: null, anchorUs: null },
    );
    expect(v?.rows.find((r) => r.name === "prior close")?.price).toBeCloseTo(748.76, 1);
    expect(v?.lacking).toContain("SPY");
  });
});

/** Weekdays from one day to another. */
function tradingDays(from: string, to: string): string[] {
  const out: string[] = [];
  for (let t = Date.parse(from); t <= Date.parse(to); t += 86_400_000) {
    const d = new Date(t);
    if (d.getUTCDay() % 6 !== 0 && d.toISOString().slice(0, 10) !== "2015-11-26")
      out.push(d.toISOString().slice(0, 10));
  }
  return out;
}
