import { afterEach, describe, expect, it } from "vitest";
import { rowVolumes } from "../../../screens/panes/chart/profile.ts";
import { explain } from "../../../src/desk/explain/index.ts";
import { ChainIndex } from "../../../src/desk/views/chain.ts";
import { chartView } from "../../../src/desk/views/chart.ts";
import { exposureView } from "../../../src/desk/views/exposure.ts";
import { flowView } from "../../../src/desk/views/flow.ts";
import { levelsView } from "../../../src/desk/views/levels.ts";
import { type FakeDesk, frameDesk } from "../../harness/fake-desk.ts";
import { type Mounted, type MountOptions, mountScreen } from "../../harness/screen.ts";
import { contextAt } from "../../shell/context.ts";

/** The real models of the bundled session at 10:34, whatever the focus of the frame's own desk. */
const context = contextAt("goog-2015-12-24", "10:34");
const index = new ChainIndex();
function studyDesk(): FakeDesk {
  const desk = frameDesk();
  desk.models.exposure = (params) => {
    const model = exposureView(context, index, { ...params, underlying: null });
    if (!model) throw new Error("no exposure");
    return model;
  };
  desk.models.flow = (params) => {
    const model = flowView(context, { ...params, underlying: null });
    if (!model) throw new Error("no flow");
    return model;
  };
  desk.models.chart = (params) => {
    const model = chartView(context, { ...params, slot: null });
    if (!model) throw new Error("no chart");
    return model;
  };
  desk.models.levels = (params) => {
    const model = levelsView(context, index, { ...params, slot: null });
    if (!model) throw new Error("no levels");
    return model;
  };
  return desk;
}

let mounted: Mounted[] = [];
function mount(options: Partial<MountOptions> = {}): Mounted {
  const m = mountScreen({ desk: studyDesk(), ...options });
  mounted.push(m);
  return m;
}
afterEach(() => {
  for (const m of mounted) m.end();
  mounted = [];
});
const SIZES = [
  [80, 24],
  [120, 40],
  [200, 50],
] as const;

describe("exposure pane", () => {
  it.each(SIZES)("%ix%i", async (cols, rows) => {
    const m = mount({ cols, rows });
    await m.keys("6");
    expect(`\n${m.text()}\n`).toMatchSnapshot();
  });

  it("turns measure, convention and slice by its keys", async () => {
    const m = mount({ cols: 120, rows: 40 });
    await m.keys("6", "m");
    expect(m.text()).toContain("vanna");
    expect(m.text()).toContain("USD delta per 1 vol point");
    await m.keys("c");
    expect(m.text()).toContain("dealers short all");
    expect(m.text()).toContain("HEURISTIC");
    await m.keys("{");
    expect(m.text()).toContain("[0d]");
  });

  it("asks to explain the cell under the cursor, and Esc goes back to spot", async () => {
    const m = mount({ cols: 120, rows: 40 });
    await m.keys("6", "k", "l", "i");
    const target = (m.desk as FakeDesk).explained.at(-1);
    expect(target?.column).toBe("gamma.call");
    expect(target?.row).toMatch(/\|all\|callsPlusPutsMinus\|750$/);
  });

  it("says when a slice is empty or there is no chain", async () => {
    const m = mount();
    await m.keys("6");
    const model = exposureView(context, index, {
      underlying: null,
      slice: "zeroDte",
      convention: "callsPlusPutsMinus",
    });
    if (!model) throw new Error("no exposure");
    m.desk.publish("exposure", { ...model, strikes: new Float64Array(0) });
    m.frame();
    expect(m.text()).toContain("No expiry today in this chain.");
    m.desk.publish("exposure", { ...model, contracts: 0 });
    m.frame();
    expect(m.text()).toContain("No chain for GOOG in this session. Only its stock was recorded.");
    expect(m.paneErrors).toEqual([]);
  });
});

describe("flow pane", () => {
  it.each(SIZES)("%ix%i", async (cols, rows) => {
    const m = mount({ cols, rows });
    await m.keys("7");
    expect(`\n${m.text()}\n`).toMatchSnapshot();
  });

  it("sums by strike and by time, in 15 or 5 minutes", async () => {
    const m = mount({ cols: 120, rows: 40 });
    await m.keys("7", "m");
    expect(`\n${m.text()}\n`).toMatchSnapshot();
    await m.keys("m", "{");
    expect(m.text()).toContain("by 5 min");
    expect(m.text()).toContain("10:30");
    await m.keys("j", "i");
    const target = (m.desk as FakeDesk).explained.at(-1);
    expect(target?.row).toMatch(/\|time\|5\|10:25$/);
  });

  it("filters trades and sums by words, and Esc clears", async () => {
    const m = mount({ cols: 120, rows: 40 });
    await m.keys("7", "/", ..."31dec sell", "\r");
    expect(m.text()).toContain("/31dec sell");
    const params = () => m.desk.subscriptions.find((s) => s.view === "flow")?.params;
    expect(params()).toMatchObject({ limit: 5000 });
    const contracts = m.text().match(/GOOG \d+[a-z]{3}(\d\d)? [\d.]+ [CP]/g) ?? [];
    expect(contracts.length).toBeGreaterThan(2);
    for (const c of contracts) expect(c).toContain("31dec");
    await m.keys("/", ..." zzz", "\r");
    expect(m.text()).toMatch(/0 of \d+ match "31dec sell zzz"\. Esc clears\./);
    await m.keys("\x07");
    expect(params()).toMatchObject({ limit: 200 });
  });

  it("sums by expiry and by delta too, each row explained", async () => {
    const m = mount({ cols: 120, rows: 40 });
    await m.keys("7", "m", "m", "m");
    expect(m.text()).toContain("by expiry");
    await m.keys("i");
    const asked = (m.desk as FakeDesk).explained.at(-1);
    expect(asked?.row).toMatch(/\|expiry\|15\|GOOG 2015-12-24$/);
    expect(explain(context, asked as never)?.inputs[0]?.title).toBe("flow of GOOG since the open");
    await m.keys("m");
    expect(m.text()).toMatch(/\.00-\.20/);
    await m.keys("j", "i");
    const delta = (m.desk as FakeDesk).explained.at(-1);
    expect(explain(context, delta as never)?.title).toBe("flow of GOOG at .00-.20");
  });

  it("says when nothing traded or nothing is listed", async () => {
    const m = mount();
    await m.keys("7");
    const model = flowView(context, { underlying: null, limit: 1, minutes: 15 });
    if (!model) throw new Error("no flow");
    m.desk.publish("flow", { ...model, trades: [] });
    m.frame();
    expect(m.text()).toContain("No option has traded yet in this session.");
    m.desk.publish("flow", { ...model, contracts: 0 });
    m.frame();
    expect(m.text()).toContain("Only its stock was recorded.");
    expect(m.paneErrors).toEqual([]);
  });
});

describe("levels beside the chart", () => {
  it.each(SIZES)("%ix%i", async (cols, rows) => {
    const m = mount({ cols, rows });
    await m.keys("3", "m", "m", "z");
    expect(`\n${m.text()}\n`).toMatchSnapshot();
  });

  it("anchors at a typed time or an earlier day", async () => {
    const m = mount({ cols: 120, rows: 40 });
    await m.keys("3", "c", ..."10:05", "\r", "m", "m", "z");
    expect(m.text()).toContain("VWAP from 10:05");
    await m.keys("c", ..."2015-12-01", "\r");
    const params = m.desk.subscriptions.find((s) => s.view === "levels")?.params;
    expect(params).toMatchObject({ anchorDay: "2015-12-01" });
    await m.keys("\x07");
  });

  it("has the volume profile at the right edge of a wide chart only", async () => {
    const wide = mount({ cols: 200, rows: 50 });
    await wide.keys("3");
    expect(wide.text()).toContain(" volume");
    expect(wide.text()).toContain("█");
    const narrow = mount({ cols: 120, rows: 40 });
    await narrow.keys("3");
    expect(narrow.text()).not.toContain(" volume");
  });

  it("shares a bin between the rows that it lies across", () => {
    const profile = {
      binSize: 2,
      low: Float64Array.of(10, 12),
      volume: Float64Array.of(100, 40),
      poc: 11,
      valueLow: 10,
      valueHigh: 12,
    };
    // Rows of 1.00 from 14 down: two of the second bin, two of the first.
    expect(rowVolumes(profile, 4, (edge) => 14 - edge)).toEqual([20, 20, 50, 50]);
    expect(rowVolumes({ ...profile, binSize: null }, 2, (edge) => 14 - edge)).toEqual([0, 0]);
  });

  it("starts a second VWAP at the crosshair and explains a level", async () => {
    const m = mount({ cols: 120, rows: 40 });
    await m.keys("3", "c");
    expect(m.text()).toContain("VWAP from (10:15 or 2015-12-01)");
    await m.keys("9", "x", "\r");
    expect(m.text()).toContain('"9x" is no time or day');
    await m.keys("h", "h", "h", "c", "m", "m", "z");
    expect(m.text()).toMatch(/VWAP from 10:3\d/);
    await m.keys("k", "i");
    const target = (m.desk as FakeDesk).explained.at(-1);
    expect(target?.view).toBe("levels");
    expect(target?.row).toMatch(/^\d+\|\d+\|.+/);
    await m.keys("o");
    expect(m.paneErrors).toEqual([]);
  });
});
