import { describe, expect, it } from "vitest";
import type { Slot } from "../../engines/market/index.ts";
import { explain } from "../../src/desk/explain/index.ts";
import { ChainIndex } from "../../src/desk/views/chain.ts";
import { exposureView } from "../../src/desk/views/exposure.ts";
import { flowView } from "../../src/desk/views/flow.ts";
import { levelsView } from "../../src/desk/views/levels.ts";
import { scenariosView } from "../../src/desk/views/scenarios.ts";
import { surfaceView } from "../../src/desk/views/surface.ts";
import { TOY_OPEN, ToyDesk } from "../harness/toy-desk.ts";

const STRIKES = [80, 85, 90, 95, 100, 105, 110, 115, 120];
const FAR = "2026-09-18";
const FARTHER = "2026-12-18";
const smile = (K: number): number => 0.2 + 0.3 * Math.log(100 / K) ** 2;
const scenario = {
  underlying: null,
  spotPct: [-5, 5],
  volPts: [],
  days: [1],
  dynamics: "stickyMoneyness",
  volTerm: "parallel",
  spotAxis: "own",
  staged: false,
} as const;

/** Every study of a toy's first name, at once; and none of them throws. */
function studies(toy: ToyDesk) {
  const context = toy.context();
  const index = new ChainIndex();
  return {
    context,
    surface: surfaceView(context, index, { underlying: null, expiry: null }),
    exposure: exposureView(context, index, {
      underlying: null,
      slice: "all",
      convention: "callsPlusPutsMinus",
    }),
    flow: flowView(context, { underlying: null, limit: 50, minutes: 5 }),
    levels: levelsView(context, index, { slot: null, anchorUs: null }),
    scenarios: scenariosView(context, scenario),
  };
}

describe("studies of what is broken", () => {
  it("an empty chain: null where nothing is listed, unknown elsewhere", () => {
    const toy = new ToyDesk();
    toy.stock("ABC", 100);
    const s = studies(toy);
    expect([s.surface, s.exposure, s.flow]).toEqual([null, null, null]);
    expect(s.levels?.rows.every((r) => r.kind !== "wall")).toBe(true);
    expect(s.scenarios.legs).toEqual([]);
  });

  it("one strike: no smile to speak of, the others are shown", () => {
    const toy = new ToyDesk();
    const abc = toy.stock("ABC", 100);
    toy.chain(abc, FAR, [100], smile);
    toy.chain(abc, FARTHER, STRIKES, smile);
    const { surface } = studies(toy);
    expect(surface?.expiries.map((e) => e.kind)).toEqual(["flat", "svi"]);
    expect(surface?.expiries[0]?.riskReversal25).toBeNull();
    expect(surface?.warnings).toContain("single_strike");
  });

  it("crossed, one-sided and zero quotes are left out and counted, not averaged", () => {
    const toy = new ToyDesk();
    const abc = toy.stock("ABC", 100);
    const slots = toy.chain(abc, FAR, STRIKES, smile);
    const clean = studies(toy).surface?.expiries[0]?.atm as number;
    toy.quote(slots[0] as Slot, 30, 10);
    toy.quote(slots[3] as Slot, 0, 0.5);
    toy.quote(slots[17] as Slot, -1, 2);
    const broken = studies(toy).surface?.expiries[0];
    expect(broken?.atm).toBeCloseTo(clean, 3);
    expect(broken?.warnings.join()).toMatch(/crossed_quote/);
    expect(broken?.warnings.join()).toMatch(/one_sided_quote/);
    for (const slot of slots) toy.quote(slot, 5, 4);
    const nothing = studies(toy);
    expect(nothing.surface?.expiries[0]).toMatchObject({ atm: null, rmse: null, straddle: null });
    expect(nothing.surface?.tenors.every((t) => t.atm === null)).toBe(true);
    expect(nothing.surface?.term).toMatchObject({ shape: null, slope: null });
  });

  it("expired expiries: gone from the surface, no live slice in the exposure", () => {
    const toy = new ToyDesk();
    const abc = toy.stock("ABC", 100);
    toy.chain(abc, "2026-08-14", STRIKES, smile);
    const { surface, exposure } = studies(toy);
    expect(surface?.expiries).toEqual([]);
    expect(exposure?.strikes.length).toBe(0);
    expect(exposure?.zeroGamma.nearest).toBeNull();
    expect(exposure?.measures.gamma.total.net).toBeNull();
  });

  it("open interest missing: exposure unknown, not nil", () => {
    const toy = new ToyDesk();
    const abc = toy.stock("ABC", 100);
    const slots = toy.chain(abc, FAR, STRIKES, smile);
    const none = studies(toy).exposure;
    expect(none?.measures.gamma.net.every(Number.isNaN)).toBe(true);
    expect(none?.callWall).toBeNull();
    expect(none?.warnings.join()).toMatch(/missing_open_interest/);
    toy.openInterest(slots[8] as Slot, 1000);
    const one = studies(toy).exposure;
    const at = one?.strikes.indexOf(100) ?? -1;
    expect(one?.measures.gamma.call[at]).toBeGreaterThan(0);
    expect(one?.partial[at]).toBe(1);
    expect(one?.oiDay).toBeNull();
  });

  it("a spot that is not known: nothing is priced, nothing throws", () => {
    const toy = new ToyDesk();
    const abc = toy.stock("ABC", Number.NaN);
    for (const K of STRIKES) for (const type of ["C", "P"] as const) toy.option(abc, type, K, FAR, 4, 4.2);
    const s = studies(toy);
    expect(s.surface?.spot).toBeNull();
    expect(s.exposure?.spot).toBeNull();
    expect(s.exposure?.measures.gamma.total.net).toBeNull();
    expect(s.levels?.rows.every((r) => r.distance === null)).toBe(true);
  });

  it("no quotes at all, and an unquoted stock under a quoted chain", () => {
    const toy = new ToyDesk();
    const abc = toy.stock("ABC", 100);
    for (const K of STRIKES) toy.option(abc, "C", K, FAR, Number.NaN, Number.NaN);
    const s = studies(toy);
    expect(s.surface?.expiries[0]?.warnings.join()).toMatch(/no_(usable_)?quotes/);
    expect(s.surface?.smile).toBeNull();
    expect(s.exposure?.coverage.repriced ?? 0).toBe(0);
    const e = explain(s.context, {
      view: "surface",
      row: `${s.surface?.underlying}|expiry|${s.surface?.expiries[0]?.key}`,
      column: "atm",
    });
    expect(e?.value).toBe("–");
  });

  it("trades without a quote, and the same trade twice: unknown side, both count", () => {
    const toy = new ToyDesk();
    const abc = toy.stock("ABC", 100);
    const bare = toy.option(abc, "C", 100, FAR, Number.NaN, Number.NaN);
    toy.trade(bare, 3, 5);
    toy.trade(bare, 3, 5);
    const { flow } = studies(toy);
    expect(flow?.totals.unknownVolume).toBe(10);
    expect(flow?.trades[0]).toMatchObject({ side: "unknown", bid: null, dollarDelta: null });
    expect(flow?.totals.quoteCoverage).toBe(0);
  });

  it("bars out of order do not disturb VWAP and profile", () => {
    const toy = new ToyDesk();
    const abc = toy.stock("ABC", 100);
    toy.bar(abc, TOY_OPEN, 100, 1000);
    toy.bar(abc, TOY_OPEN + 120e6, 102, 1000);
    const { levels } = studies(toy);
    expect(levels?.rows.find((r) => r.name === "VWAP")?.price).toBeCloseTo(101, 9);
    expect(levels?.profile.volume.reduce((a, b) => a + b, 0)).toBeCloseTo(2000, 6);
  });
});

describe("vol-index futures beside the option curve", () => {
  const toy = new ToyDesk();
  const spx = toy.index("SPX", 6000);
  const strikes = Array.from({ length: 25 }, (_, i) => 5400 + 50 * i);
  for (const [day, vol] of [
    ["2026-08-28", 0.14],
    ["2026-09-18", 0.155],
    ["2026-10-16", 0.165],
    ["2026-12-18", 0.18],
  ] as const)
    toy.chain(spx, day, strikes, (K) => vol + 0.4 * Math.log(6000 / K) ** 2 + 0.1 * Math.log(6000 / K), 0.3);
  toy.index("VIX", 15.2);
  toy.future("VX", "IDX/VIX", "2026-09-16", 16.6);
  toy.future("VX", "IDX/VIX", "2026-10-21", 17.9);
  toy.future("VX", "IDX/VIX", "2026-08-12", 15);
  const context = toy.context();
  const view = surfaceView(context, new ChainIndex(), { underlying: null, expiry: null });

  it("stand at their expiries with the options' forward vol of the 30 days after", () => {
    const futures = view?.term.futures;
    expect(futures).toMatchObject({ name: "VIX", index: 0.152 });
    expect(futures?.rows.map((r) => r.label)).toEqual(["VX 16sep", "VX 21oct"]);
    const [first] = futures?.rows ?? [];
    expect(first?.vol).toBeCloseTo(0.166, 9);
    expect(first?.optionForwardVol).toBeGreaterThan(0.155);
    expect(first?.basis).toBeCloseTo((first?.vol ?? 0) - (first?.optionForwardVol ?? 0), 9);
    expect(futures?.frontBasis).toBeCloseTo(16.6 / 15.2 - 1, 9);
    expect(futures?.frontSlope).toBeGreaterThan(0);
  });

  it("and a rising curve is contango; the explanation names both", () => {
    expect(view?.term.shape).toBe("contango");
    const e = explain(context, {
      view: "surface",
      row: `${view?.underlying}|term|${view?.expiries[1]?.key}`,
      column: "curve",
    });
    expect(e?.inputs.at(-1)?.title).toBe("VIX futures");
    expect(e?.inputs.at(-1)?.lines.join(" ")).toContain("VX 16sep");
  });

  it("the shape keeps its word until the steepness has clearly left it", () => {
    const days = [
      ["2026-08-28", 10],
      ["2026-09-18", 31],
      ["2026-10-16", 59],
      ["2026-12-18", 122],
    ] as const;
    /** A curve whose 90 days stand `steep` over its 30 days. */
    const vol = (steep: number, d: number) => () => 0.16 * (1 + (steep / Math.log(3)) * Math.log(d / 30));
    const build = (steep: number) => {
      const desk = new ToyDesk();
      const s = desk.index("SPX", 6000);
      const slots = days.map(([day, d]) => desk.chain(s, day, strikes, vol(steep, d), 0.3));
      const shape = () =>
        surfaceView(desk.context(), new ChainIndex(), { underlying: null, expiry: null })?.term.shape;
      const bend = (to: number) => days.forEach(([, d], i) => desk.requote(slots[i] ?? [], vol(to, d), 0.3));
      return { shape, bend };
    };
    // 4 % is not enough to be called contango, and not little enough to stop being it.
    expect(build(0.04).shape()).toBe("flat");
    const steep = build(0.09);
    expect(steep.shape()).toBe("contango");
    steep.bend(0.04);
    expect(steep.shape()).toBe("contango");
    steep.bend(0.02);
    expect(steep.shape()).toBe("flat");
    steep.bend(0.04);
    expect(steep.shape()).toBe("flat");
    steep.bend(-0.09);
    expect(steep.shape()).toBe("backwardation");
  });
});
