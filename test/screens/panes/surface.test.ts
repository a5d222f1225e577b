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

  it("turns from tenors to smile, curve and expiries", async () => {
    const m = mount(120, 40);
    await m.keys("5");
    expect(m.text()).toContain("25Δ RR");
    await m.keys("m");
    expect(m.text()).toContain("•");
    await m.keys("m");
    expect(m.text()).toContain("20jan17");
    await m.keys("m");
    expect(m.text()).toContain("EXPIRY");
  });

  it("walks the expiries and explains the one it shows", async () => {
    const m = mount(120, 40);
    await m.keys("5", "}", "}", "i");
    const target = (m.desk as FakeDesk).explained.at(-1);
    expect(target).toMatchObject({ view: "surface", column: "atm" });
    expect(target?.row).toMatch(/^EQ\/GOOG\/USD\|GOOG \d+$/);
  });
});
