import { afterEach, describe, expect, it } from "vitest";
import type { InstrumentId } from "../../../engines/market/index.ts";
import { DEFAULT_AXES, readAxes } from "../../../screens/panes/scenarios/axes.ts";
import { columnsShown, heatRole } from "../../../screens/panes/scenarios/grid.ts";
import type { ScenarioParams, ScenariosView } from "../../../src/desk/protocol.ts";
import { type FakeDesk, frameDesk, NOW_US } from "../../harness/fake-desk.ts";
import { type Mounted, type MountOptions, mountScreen } from "../../harness/screen.ts";

const GOOG = "EQ/GOOG/USD" as InstrumentId;

/** A view whose cells follow from the moves by a plain rule: −149 a day, 4,190 a percent, 622 a point, and a bend. */
function view(params: ScenarioParams, part: Partial<ScenariosView> = {}): ScenariosView {
  const axis = (values: readonly number[]) =>
    Float64Array.from([...new Set([0, ...values])].sort((a, b) => a - b));
  const [spotPct, volPts, days] = [axis(params.spotPct), axis(params.volPts), axis(params.days)];
  const cells = (share: number): Float64Array => {
    const out: number[] = [];
    for (const x of spotPct)
      for (const y of volPts)
        for (const d of days) out.push(share * (4190 * x + 81 * x * x + 622 * y - 149 * d));
    return Float64Array.from(out);
  };
  const pnl = cells(1);
  const leg = { ticket: null, mark: 8.3, sigma: 0.181, basis: "mark", reason: null } as const;
  return {
    nowUs: NOW_US,
    underlying: params.underlying,
    label: params.underlying === null ? "book" : "GOOG",
    ccy: "USD",
    spot: 748.16,
    underlyings: [{ id: GOOG, label: "GOOG" }],
    spotPct,
    volPts,
    days,
    dynamics: params.dynamics,
    volTerm: params.volTerm,
    spotAxis: params.spotAxis,
    betas: [{ label: "GOOG", beta: 1.01, index: "SPX", source: "test" }],
    spotVolBeta: params.dynamics === "spotVolBeta" ? [{ label: "GOOG", beta: 0.28 }] : [],
    tickets: [],
    staged: params.staged,
    margin: {
      initial: 61_000,
      cushion: 19_273,
      initialBySpot: spotPct.map((x) => 61_000 - 300 * x),
      cushionBySpot: spotPct.map((x) => 19_273 + 4_000 * x),
      reason: null,
    },
    pnl,
    missing: 0,
    worst: pnl.indexOf(Math.min(...pnl)),
    breakEvensPct: Array.from(days, (d) => (d === 0 ? [] : [0.25 * d])),
    burnPerDay: -149,
    base: { options: 2, offset: 0, model: 0 },
    expired: Int32Array.from(days, (d) => (d > 22 ? 1 : 0)),
    legs: [
      { key: "a", label: "GOOG 15jan 760 C", qty: 10, ...leg, pnl: cells(0.7) },
      { key: "b", label: "GOOG 15jan 780 C", qty: -10, ...leg, sigma: 0.169, mark: 2.65, pnl: cells(-0.2) },
      { key: "c", label: "GOOG", qty: 100, ...leg, mark: 748.155, sigma: null, basis: null, pnl: cells(0.5) },
    ],
    ...part,
  };
}

let mounted: Mounted[] = [];
function mount(options: Partial<MountOptions> = {}, part: Partial<ScenariosView> = {}): Mounted {
  const desk = frameDesk();
  desk.models.scenarios = (params) => view(params, part);
  const m = mountScreen({ desk, ...options });
  mounted.push(m);
  return m;
}
afterEach(() => {
  for (const m of mounted) m.end();
  mounted = [];
});
const asked = (m: Mounted): ScenarioParams =>
  m.desk.subscriptions.find((s) => s.view === "scenarios")?.params as ScenarioParams;

describe("scenarios pane", () => {
  it.each([
    [80, 24],
    [120, 40],
    [200, 50],
  ])("at %ix%i, and its legs", async (cols, rows) => {
    const m = mount({ cols, rows });
    await m.keys("8");
    expect(`\n${m.text()}\n`).toMatchSnapshot();
    await m.keys("z", "\r", "}", "h", "h");
    expect(`\n${m.text()}\n`).toMatchSnapshot();
    expect(m.paneErrors).toEqual([]);
  });
  it("in ASCII", async () => {
    const m = mount({ ascii: true });
    await m.keys("8");
    expect(`\n${m.text()}\n`).toMatchSnapshot();
  });

  it("says what is missing and marks every figure that lacks it", async () => {
    const m = mount({}, { missing: 1, base: { options: 2, offset: 1, model: 1 } });
    await m.keys("8");
    expect(m.text()).toContain("~ without 1 of 3 legs");
    expect(m.text()).toContain("base: 1 without a mark  1 by a constant difference");
    expect(m.text()).toMatch(/vol {3}0 +~-33,800/);
    const empty = mount({}, { legs: [] });
    await empty.keys("8");
    expect(empty.text()).toContain("No positions to move.");
  });

  it("moves over the cells and days, and explains the one under the cursor", async () => {
    const m = mount();
    await m.keys("8", "l", "l", "k", "}", "i");
    expect(m.desk.explained.at(-1)).toEqual({
      view: "scenarios",
      row: "book 5 5 7 stickyStrike parallel own ",
      column: "pnl",
    });
    expect(m.text()).toContain("burn 7d -1,043");
    expect(m.text()).toContain("break-even in 7d 761.25");
  });

  it("asks the desk anew for a rule, a name and typed axes; bad text changes nothing", async () => {
    const m = mount();
    await m.keys("8");
    expect(asked(m)).toMatchObject({ underlying: null, dynamics: "stickyStrike", days: [0, 7, 30] });
    await m.keys("m");
    expect(asked(m).dynamics).toBe("stickyMoneyness");
    expect(m.text()).toContain("sticky delta");
    await m.keys("/", "goo\r");
    expect(asked(m).underlying).toBe(GOOG);
    await m.keys("/", "ibm\r");
    expect(asked(m).underlying).toBe(GOOG);
    expect(m.text()).toContain('No open position on "ibm".');
    await m.keys("\x1b");
    expect(asked(m).underlying).toBeNull();
    await m.keys("e", "\x15", "0,7,22d; -3%,3\r");
    expect(asked(m)).toMatchObject({ spotPct: [-3, 0, 3], volPts: [-5, 0, 5], days: [0, 7, 22] });
    await m.keys("e", "\x15", "-3,3\r");
    expect(asked(m).spotPct).toEqual([-3, 0, 3]);
    expect(m.text()).toContain("SCN-002");
  });

  it("turns money to a share of the NAV", async () => {
    const m = mount();
    await m.keys("8", "u");
    expect(m.text()).toContain("% of NAV");
    expect(m.text()).toContain("burn 1d -0.1%");
  });
});

describe("parts", () => {
  it("reads axes by their units", () => {
    expect(readAxes("5vp", DEFAULT_AXES)).toEqual({ ...DEFAULT_AXES, vol: [0, 5] });
    expect(readAxes("", DEFAULT_AXES)).toEqual(DEFAULT_AXES);
    expect(readAxes("ten%", DEFAULT_AXES)).toContain("SCN-001");
    expect(readAxes(`${Array.from({ length: 9 }, (_, i) => i).join(",")}d`, DEFAULT_AXES)).toContain(
      "SCN-003",
    );
  });
  it("shows the columns around the cursor", () => {
    expect(columnsShown(7, 3, 200)).toEqual({ from: 0, count: 7 });
    expect(columnsShown(7, 6, 40)).toEqual({ from: 4, count: 3 });
    expect(columnsShown(7, 0, 40)).toEqual({ from: 0, count: 3 });
  });
  it("shades by the root of the share", () => {
    expect(heatRole(100, 100)).toBe("heat+5");
    expect(heatRole(-4, 100)).toBe("heat-1");
    expect(heatRole(0, 100)).toBe("heat0");
    expect(heatRole(0, 0)).toBe("heat0");
    expect(heatRole(Number.NaN, 100)).toBe("unknown");
  });

  it("turns the axis to the index, and says betas and margin under the cursor", async () => {
    const m = mount({ cols: 120, rows: 40 });
    await m.keys("8", "c");
    expect(asked(m).spotAxis).toBe("index");
    expect(m.text()).toMatch(/index +-10%/);
    expect(m.text()).toContain("beta to SPX: GOOG 1.01");
    await m.keys("h", "h", "h");
    expect(m.text()).toContain("margin 61,000  cushion +19,273".replace("+", ""));
    expect(m.text()).toMatch(/at -10% 64,000 +cushion -20,727 +margin call/);
    await m.keys("c");
    expect(asked(m).spotAxis).toBe("own");
  });

  it("takes staged tickets in on demand, in a frame with the word", async () => {
    const m = mount({ cols: 120, rows: 40 }, { tickets: ["T1", "T2"] });
    await m.keys("8", "w");
    expect(asked(m).staged).toBe(true);
    expect(m.text()).toContain("WHAT-IF T1 T2 filled at mark");
    expect(m.text()).toContain("WHAT-IF with T1 T2");
    await m.keys("i");
    expect((m.desk as FakeDesk).explained.at(-1)?.row).toMatch(/ own staged$/);
    await m.keys("w");
    expect(asked(m).staged).toBe(false);
    const none = mount({ cols: 120, rows: 40 });
    await none.keys("8", "w");
    expect(none.text()).toContain("No ticket is staged");
  });

  it("drills into a leg: its own grid, explained alone", async () => {
    const m = mount({ cols: 120, rows: 40 });
    await m.keys("8", "\r", "j", "\r");
    expect(m.text()).toContain("8 Scenarios GOOG 15jan 780 C");
    await m.keys("i");
    expect((m.desk as FakeDesk).explained.at(-1)).toMatchObject({ column: "b" });
    await m.keys("\x07", "\x07");
    expect(m.text()).toContain("8 Scenarios book");
  });

  it("reads words in typed axes: index, sqrtT; refuses what has no unit", () => {
    expect(readAxes("index -5%,+5%; 3vp sqrtT", DEFAULT_AXES)).toMatchObject({
      spot: [-5, 0, 5],
      vol: [0, 3],
      index: true,
      sqrtTime: true,
    });
    expect(readAxes("spot; parallel", { ...DEFAULT_AXES, index: true, sqrtTime: true })).toMatchObject({
      index: false,
      sqrtTime: false,
    });
    expect(readAxes("index 5", DEFAULT_AXES)).toContain("SCN-002");
  });
});
