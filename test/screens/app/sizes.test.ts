import { afterEach, describe, expect, it } from "vitest";
import { textWidth } from "../../../screens/terminal/width.ts";
import { frameDesk } from "../../harness/fake-desk.ts";
import { type Mounted, mountScreen } from "../../harness/screen.ts";

let mounted: Mounted[] = [];
afterEach(() => {
  for (const m of mounted) m.end();
  mounted = [];
});
function mount(cols: number, rows: number): Mounted {
  const m = mountScreen({ desk: frameDesk(), cols, rows });
  mounted.push(m);
  return m;
}

const SIZES = [
  [60, 15],
  [80, 24],
  [100, 30],
  [120, 40],
  [200, 50],
  [300, 80],
] as const;

describe("every size", () => {
  it.each(SIZES)(
    "%ix%i: mode, positions and KILL are on it, every row as wide as the screen",
    (cols, rows) => {
      const m = mount(cols, rows);
      expect(m.line(0)).toContain("REPLAY");
      expect(m.text()).toContain("1 Positions");
      expect(m.line(rows - 1)).toMatch(/ctrl-x KILL$/);
      for (let y = 0; y < rows; y++) expect(textWidth(m.screen.grid.rowText(y)), `row ${y}`).toBe(cols);
      expect(m.paneErrors).toEqual([]);
    },
  );

  it("below 60x15 says what it needs, and only what works anywhere does", async () => {
    const m = mount(52, 14);
    expect(m.text()).toContain("Voldesk needs 60x15, this is 52x14. Session runs on.");
    await m.keys("4", ":", "\x18");
    expect(m.desk.commands).toEqual([{ name: "kill", reason: "key" }]);
    m.resize(80, 24);
    expect(m.text()).toContain("1 Positions");
    expect(m.screen.focus).toBe("positions");
  });

  it("survives a storm of sizes with what is open left open", async () => {
    const m = mount(120, 40);
    await m.keys("4", ":", ..."buy 2");
    for (let i = 0; i < 60; i++) m.resize(20 + ((i * 37) % 281), 5 + ((i * 17) % 76));
    m.resize(120, 40);
    expect(m.line(38)).toBe(" :buy 2");
    expect(m.text()).toContain("4 Chain");
    expect(m.paneErrors).toEqual([]);
    expect(m.fatal).toBeNull();
  });
});

describe("looks by role", () => {
  it("gain and loss, stale and estimated, title and keys are told apart", () => {
    const m = mount(120, 40);
    expect(m.looks("-1,037", "down")).toBe(true);
    expect(m.looks("+720", "up")).toBe(true);
    expect(m.looks("12.58~", "stale") || m.looks("12.58~", "text")).toBe(true);
    expect(m.looks("ctrl-x", "key")).toBe(true);
    expect(m.looks(" REPLAY ", "mode.replay")).toBe(true);
  });
});
