import { afterEach, describe, expect, it } from "vitest";
import type { Slot } from "../../../engines/market/index.ts";
import { ChainIndex } from "../../../src/desk/views/chain.ts";
import { buildView } from "../../../src/desk/views/index.ts";
import { type FakeDesk, frameDesk } from "../../harness/fake-desk.ts";
import { type Mounted, mountScreen } from "../../harness/screen.ts";
import { ToyDesk } from "../../harness/toy-desk.ts";

const STRIKES = [90, 95, 100, 105, 110];
const FAR = "2026-09-18";

/** Chains that are broken, each in its own way. */
const TOYS: Readonly<Record<string, (toy: ToyDesk, abc: Slot) => void>> = {
  "no options": () => {},
  "one strike": (toy, abc) => void toy.chain(abc, FAR, [100], () => 0.2),
  "crossed quotes": (toy, abc) => {
    for (const slot of toy.chain(abc, FAR, STRIKES, () => 0.2)) toy.quote(slot, 9, 8);
  },
  "no quotes": (toy, abc) => {
    for (const K of STRIKES) toy.option(abc, "C", K, FAR, Number.NaN, Number.NaN);
  },
  "all expired": (toy, abc) => void toy.chain(abc, "2026-08-14", STRIKES, () => 0.2),
  "no open interest": (toy, abc) => void toy.chain(abc, FAR, STRIKES, () => 0.2),
};
const STUDIES = ["surface", "exposure", "flow", "scenarios", "levels", "chart"] as const;

let mounted: Mounted[] = [];
function mount(make: (toy: ToyDesk, abc: Slot) => void, cols: number, rows: number): Mounted {
  const toy = new ToyDesk();
  make(toy, toy.stock("ABC", 100));
  const context = toy.context();
  const index = new ChainIndex();
  const desk: FakeDesk = frameDesk();
  const id = context.desk.instruments[0]?.id ?? null;
  for (const view of STUDIES) {
    desk.models[view] = ((params: object) =>
      buildView(context, index, view, { ...params, underlying: id, slot: 0 } as never)) as never;
  }
  const m = mountScreen({ desk, cols, rows });
  mounted.push(m);
  return m;
}
afterEach(() => {
  for (const m of mounted) m.end();
  mounted = [];
});

describe.each(Object.entries(TOYS))("studies of a chain with %s", (_name, make) => {
  it.each([
    [80, 24],
    [120, 40],
  ])("show at %ix%i without a pane failing, whatever face is turned", async (cols, rows) => {
    const m = mount(make, cols, rows);
    for (const key of ["5", "6", "7", "8", "3"]) {
      await m.keys(key);
      for (let face = 0; face < 5; face++) await m.keys("m", "j", "l", "i", "\x07");
      await m.keys("}", "c", "{");
      m.frame();
      await m.keys("\x03");
      expect(m.paneErrors).toEqual([]);
      expect(m.text()).not.toContain("NaN");
      expect(m.text()).not.toContain("undefined");
      expect(m.text()).not.toContain("Infinity");
    }
  });
});

describe("words of what is broken", () => {
  const words = async (make: (toy: ToyDesk, abc: Slot) => void, key: string): Promise<string> => {
    const m = mount(make, 120, 40);
    await m.keys(key);
    return m.text();
  };
  it("say it in the pane", async () => {
    const of = TOYS as Readonly<Record<string, (toy: ToyDesk, abc: Slot) => void>>;
    const chain = (name: string) => of[name] as (toy: ToyDesk, abc: Slot) => void;
    expect(await words(chain("no options"), "5")).toContain("No chain for ABC in this session.");
    expect(await words(chain("no options"), "6")).toContain("No chain for ABC in this session.");
    expect(await words(chain("crossed quotes"), "5")).toContain("18sep: its quotes are crossed.");
    expect(await words(chain("all expired"), "5")).toContain("Every expiry of ABC in this session is over.");
    expect(await words(chain("all expired"), "6")).toContain("No live expiry in this slice of the chain.");
    expect(await words(chain("no open interest"), "6")).toContain("missing open interest");
    expect(await words(chain("no quotes"), "7")).toContain("No option has traded yet in this session.");
  });
});
