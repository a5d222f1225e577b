import { afterEach, describe, expect, it } from "vitest";
import { memoryStore } from "../../../screens/app/store.ts";
import { frameDesk } from "../../harness/fake-desk.ts";
import { type Mounted, type MountOptions, mountScreen } from "../../harness/screen.ts";

let mounted: Mounted[] = [];
afterEach(() => {
  for (const m of mounted) m.end();
  mounted = [];
});
function mount(options: Partial<MountOptions> = {}): Mounted {
  const m = mountScreen({ desk: frameDesk(), tour: true, ...options });
  mounted.push(m);
  return m;
}

describe("the card of the first run", () => {
  it("lies over the panes and ticks off what was tried", async () => {
    const m = mount();
    const card = () => [16, 17, 18, 19, 20].map((y) => m.line(y).slice(25, 37));
    expect(m.line(15)).toContain(" First steps ");
    expect(card().every((l) => l.includes("[ ]"))).toBe(true);
    await m.keys(" ", "?", "\x1b");
    expect(m.line(16)).toContain("[x] space");
    expect(m.line(17)).toContain("[ ] i ");
    expect(m.line(20)).toContain("[x] ?");
    expect(m.desk.commands.map((c) => c.name)).toEqual(["pause"]);
    await m.keys("4");
    m.frame();
    expect(m.screen.focus).toBe("chain");
    expect(m.line(18)).toContain("[x] 4 ");
  });

  it("Esc leaves what is open first, then puts it away for good; :tour brings it back", async () => {
    const store = memoryStore();
    const m = mount({ store });
    await m.keys("4", "\x1b");
    m.frame();
    expect(m.text()).toContain("First steps");
    await m.keys("\x1b");
    expect(m.text()).not.toContain("First steps");
    expect(store.tourHidden).toBe(true);
    expect(mount({ store }).text()).not.toContain("First steps");
    await m.keys(...":tour", "\r");
    expect(m.text()).toContain("First steps");
    expect(store.tourHidden).toBe(false);
  });

  it("is not on snapshots, and not where it would hide too much", () => {
    expect(mount({ tour: false }).text()).not.toContain("First steps");
    expect(mount({ rows: 19 }).text()).not.toContain("First steps");
  });
});
