import { describe, expect, it } from "vitest";
import { explain } from "../../src/desk/explain/index.ts";
import { ChainIndex } from "../../src/desk/views/chain.ts";
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
    expect(view?.warnings).toContain("missing_atr");
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
});
