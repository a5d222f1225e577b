import { afterEach, describe, expect, it } from "vitest";
import { ChainIndex } from "../../../src/desk/views/chain.ts";
import { surfaceView } from "../../../src/desk/views/surface.ts";
import { type FakeDesk, frameDesk } from "../../harness/fake-desk.ts";
import { type Mounted, mountScreen } from "../../harness/screen.ts";
import { contextAt } from "../../shell/context.ts";

const context = contextAt("goog-2015-12-24", "10:34");
const index = new ChainIndex();

let mounted: Mounted[] = [];
function mount(cols: number, rows: number): Mounted {
  const desk = frameDesk();
  desk.models.surface = (params) => {
    const model = surfaceView(context, index, { ...params, underlying: null });
    if (!model) throw new Error("no surface");
    return model;
  };
  const m = mountScreen({ desk, cols, rows });
  mounted.push(m);
  return m;
}
afterEach(() => {
  for (const m of mounted) m.end();
  mounted = [];
});

describe("surface pane", () => {
  it.each([
    [80, 24],
    [120, 40],
    [200, 50],
  ])("%ix%i", async (cols, rows) => {
    const m = mount(cols, rows);
    await m.keys("5");
    expect(`\n${m.text()}\n`).toMatchSnapshot();
  });

  it.each([
    ["heat", 2],
    ["term", 3],
  ] as const)("%s at three sizes", async (_face, turns) => {
    for (const [cols, rows] of [
      [80, 24],
      [120, 40],
      [200, 50],
    ] as const) {
      const m = mount(cols, rows);
      await m.keys("5", ...new Array<string>(turns).fill("m"));
      expect(`\n${m.text()}\n`).toMatchSnapshot();
    }
  });

  it("turns from tenors to smile, heat map, curve and list", async () => {
    const m = mount(120, 40);
    await m.keys("5");
    expect(m.text()).toContain("25Δ RR");
    await m.keys("m");
    expect(m.text()).toContain("•");
    await m.keys("m");
    expect(m.text()).toMatch(/EXPIRY +5ΔP|EXPIRY +10ΔP/);
    expect(m.text()).toMatch(/5feb +43d +– /);
    await m.keys("m");
    expect(m.text()).toContain("forward");
    expect(m.text()).toContain("◆ earnings 28jan16~");
    await m.keys("m");
    expect(m.text()).toContain("rmse vp");
  });

  it("takes what is typed right after its number, before it was ever drawn", async () => {
    const m = mount(120, 40);
    await m.keys("5mm");
    expect(m.text()).toContain("5 Surface GOOG  heat");
  });

  it("compares with the close before and says what it lacks of the week before", async () => {
    const m = mount(120, 40);
    await m.keys("5", "c");
    expect(m.text()).toContain("table against 1d 23dec15");
    expect(m.text()).toMatch(/ATM 1d +[+-]\d\.\d/);
    await m.keys("c");
    expect(m.text()).toMatch(/ATM 1w +– +–/);
    expect(m.text()).toContain("Nothing to compare with: no history of it is kept");
    await m.keys("c", "m", "m", "c");
    expect(m.text()).toContain("vp since 1d");
  });

  it("explains the cell under the cursor, whatever face is shown", async () => {
    const m = mount(120, 40);
    const asked = () => (m.desk as FakeDesk).explained.at(-1);
    await m.keys("5", "j", "l", "l", "i");
    expect(asked()).toMatchObject({ view: "surface", column: "atm.1d" });
    expect(asked()?.row).toBe("EQ/GOOG/USD|tenor|30");
    await m.keys("m", "m", "}", "}", "h", "i");
    expect(asked()?.row).toMatch(/^EQ\/GOOG\/USD\|heat\|GOOG \d+$/);
    expect(asked()?.column).toBe("4");
    await m.keys("m", "i");
    expect(asked()?.row).toMatch(/\|term\|/);
  });

  it("says which expiry it could not fit and why", async () => {
    const m = mount(120, 40);
    const model = surfaceView(context, index, { underlying: null, expiry: null });
    if (!model) throw new Error("no surface");
    const bare = { ...model.expiries[3], atm: null, warnings: ["no_usable_quotes"] } as never;
    (m.desk as FakeDesk).publish("surface", {
      ...model,
      expiries: model.expiries.with(3, bare),
      fitted: 11,
    });
    await m.keys("5");
    (m.desk as FakeDesk).publish("surface", {
      ...model,
      expiries: model.expiries.with(3, bare),
      fitted: 11,
    });
    await m.keys("j");
    expect(m.text()).toContain("15jan: no usable quotes: crossed, one-sided or none.");
  });
});
