import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openScreenStore } from "../../../bin/screen-store.ts";
import { resolvePaths } from "../../../config/paths.ts";
import { layout, panesOf } from "../../../screens/app/layout.ts";
import { BUILT_IN, type BuiltIn, readLayout } from "../../../screens/app/layouts.ts";
import { frameDesk } from "../../harness/fake-desk.ts";
import { removeFolder } from "../../harness/folders.ts";
import { type Mounted, type MountOptions, mountScreen } from "../../harness/screen.ts";

let mounted: Mounted[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const m of mounted) m.end();
  mounted = [];
  for (const dir of folders.splice(0)) removeFolder(dir);
});
function mount(options: Partial<MountOptions> = {}): Mounted {
  const m = mountScreen({ desk: frameDesk(), cols: 120, rows: 40, ...options });
  mounted.push(m);
  return m;
}
const command = async (m: Mounted, line: string) => {
  await m.keys(...`:${line}`, "\r");
  m.frame();
};
function ownStore() {
  const home = mkdtempSync(join(tmpdir(), "voldesk-layouts-"));
  folders.push(home);
  const paths = resolvePaths({}, home, home);
  return { store: openScreenStore(paths), dir: join(paths.configDir, "layouts") };
}

describe("built-in layouts", () => {
  const shown = (name: BuiltIn, cols: number, rows: number) => {
    const tree = layout({ cols, rows, opened: null, zoomed: null, has: () => true, panes: BUILT_IN[name] });
    return tree ? panesOf(tree) : [];
  };
  it("show their panes, as many as the size takes, the log below", () => {
    expect(shown("vol", 200, 50)).toEqual(["surface", "chain", "scenarios", "log"]);
    expect(shown("dealer", 120, 40)).toEqual(["exposure", "flow", "chart", "log"]);
    expect(shown("risk", 80, 24)).toEqual(["positions", "scenarios", "log"]);
    expect(shown("orders", 80, 15)).toEqual(["orders", "log"]);
    expect(shown("vol", 50, 15)).toEqual([]);
  });

  it("one verb away, and back", async () => {
    const m = mount();
    const desk = m.screen.visible;
    await command(m, "layout orders");
    expect(m.screen.visible).toEqual(["orders", "chain", "chart", "log"]);
    expect(m.screen.focus).toBe("orders");
    await m.keys("F");
    m.frame();
    expect(m.screen.visible).toEqual(["orders", "feeds", "log"]);
    await m.keys("\x1b");
    m.frame();
    expect(m.screen.visible).toEqual(["orders", "chain", "chart", "log"]);
    await command(m, "layout desk");
    expect(m.screen.visible).toEqual(desk);
  });
});

describe("a user's layouts", () => {
  it("hold what panes are sorted by and which columns they hide", async () => {
    const { store, dir } = ownStore();
    const m = mount({ store });
    const heads = () =>
      m
        .text()
        .split("\n")
        .find((line) => line.includes("STRUCTURE ") && line.includes("QTY")) ?? "";
    const whole = heads();
    await m.keys("o");
    store.keep("positions.hidden", "day");
    await command(m, "layout save narrow");
    const saved = readFileSync(join(dir, "narrow.yaml"), "utf8");
    expect(saved).toContain("hidden:\n  positions: day\n");
    expect(saved).toMatch(/sorts:\n {2}positions: [+-]\w+\n/);
    // Shown again since.
    store.keep("positions.hidden", "");
    expect(heads()).toContain(" DAY");
    await command(m, "layout narrow");
    expect(heads()).not.toContain(" DAY");
    writeFileSync(
      join(dir, "wide.yaml"),
      'base: desk\nhidden: { positions: "" }\nsorts: { positions: "" }\n',
    );
    await command(m, "layout wide");
    expect(heads()).toBe(whole);
    writeFileSync(join(dir, "bad.yaml"), "base: desk\nsorts: { positions: day }\n");
    await command(m, "layout bad");
    expect(m.text()).toContain("sorts are panes, each with a column such as -day");
  });

  it("are saved as YAML and come back", async () => {
    const { store, dir } = ownStore();
    const m = mount({ store });
    await m.keys("4");
    await command(m, "layout save morning");
    expect(readdirSync(dir)).toEqual(["morning.yaml"]);
    expect(readFileSync(join(dir, "morning.yaml"), "utf8")).toBe("base: desk\nopened: chain\nfocus: chain\n");
    const before = m.screen.visible;
    await m.keys("2", "g", "g", "3", "=");
    await command(m, "layout save pinned");
    await m.keys("=");
    expect(m.text()).not.toContain("=GOOG");
    await command(m, "layout pinned");
    expect(m.text()).toContain("Chart =GOOG");
    writeFileSync(join(dir, "gone.yaml"), "base: desk\npins: { chart: EQ/GONE/USD }\n");
    await command(m, "layout gone");
    expect(m.line(38)).toContain("chart follows the others: no EQ/GONE/USD in this session");
    await command(m, "layout orders");
    await command(m, "layout morning");
    expect(m.screen.visible).toEqual(before);
    expect(m.screen.focus).toBe("chain");
  });

  it("written by hand: taken whole, or refused whole and said why", async () => {
    const { store, dir } = ownStore();
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, "mine.yaml"), "panes: [chain, watch]\nfocus: watch\n");
    writeFileSync(join(dir, "bad.yaml"), "panes: [chain, wtach]\n");
    writeFileSync(join(dir, "torn.yaml"), "panes: [chain\n");
    const m = mount({ store });
    await command(m, "layout mine");
    expect(m.screen.visible).toEqual(["chain", "watch", "log"]);
    expect(m.screen.focus).toBe("watch");
    await command(m, "layout bad");
    expect(m.line(38)).toContain('layouts/bad.yaml: "wtach" is no pane.');
    expect(m.screen.visible).toEqual(["chain", "watch", "log"]);
    await m.keys("\x1b");
    await command(m, "layout load torn");
    expect(m.line(38)).toContain("layouts/torn.yaml can't be read");
    expect(m.screen.visible).toEqual(["chain", "watch", "log"]);
  });

  it("holds only what it may", () => {
    for (const bad of [
      null,
      [],
      3,
      {},
      { panes: [] },
      { base: "vol", pins: { nope: "EQ/X/USD" } },
      { base: "vol", pins: [1] },
      { panes: ["chain", "chain"] },
      { base: "desk", panes: ["chain"] },
    ])
      expect(readLayout(bad)).toBeTypeOf("string");
    expect(readLayout({ base: "vol", focus: "nope" })).toBe('focus: "nope" is no pane');
    expect(readLayout({ panes: ["chain"], sort: 1 })).toContain('unknown key "sort"');
  });
});

describe("a pinned pane", () => {
  it("keeps its instrument while the others follow", async () => {
    const m = mount();
    await m.keys("2", "g", "g");
    m.frame();
    await m.keys("3", "=");
    expect(m.text()).toContain("3 Chart =GOOG");
    await m.keys("2", "j");
    m.frame();
    const slots = m.desk.subscriptions.filter((s) => s.view === "chart").map((s) => s.params);
    expect(slots).toEqual([{ slot: 0, barMinutes: 1 }]);
    await m.keys("3", "=");
    m.frame();
    expect(m.text()).not.toContain("=GOOG");
    expect(m.desk.subscriptions.find((s) => s.view === "chart")?.params).toEqual({ slot: 1, barMinutes: 1 });
  });
});
