import { afterEach, describe, expect, it } from "vitest";
import { ChainIndex } from "../../../src/desk/views/chain.ts";
import { exposureView } from "../../../src/desk/views/exposure.ts";
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
