import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openScreenStore } from "../../../bin/screen-store.ts";
import { resolvePaths } from "../../../config/paths.ts";
import type { Slot } from "../../../engines/market/index.ts";
import { MAX_HISTORY, memoryStore } from "../../../screens/app/store.ts";
import { FakeDesk, frameDesk, statusView } from "../../harness/fake-desk.ts";
import { removeFolder } from "../../harness/folders.ts";
import { type Mounted, type MountOptions, mountScreen } from "../../harness/screen.ts";
import { listedContracts } from "./contracts.ts";

let mounted: Mounted[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const m of mounted) m.end();
  mounted = [];
  for (const dir of folders.splice(0)) removeFolder(dir);
});

/** Chains of GOOG, all quoted 8.10 at 8.50, and the stock in the watch list. */
function optionDesk(): FakeDesk {
  const desk = new FakeDesk(128);
  for (const { instrument } of listedContracts()) desk.quote(desk.list(instrument), 8.1, 8.5);
  desk.models.status = statusView();
  desk.models.watch = {
    name: "main",
    lists: ["main"],
    rows: [
      { slot: 0 as Slot, label: "GOOG", prior: null, iv: null, decimals: 2 },
      { slot: 1 as Slot, label: "BAC", prior: null, iv: null, decimals: 2 },
    ],
  };
  return desk;
}
function mount(options: Partial<MountOptions> = {}): Mounted {
  const m = mountScreen({ desk: optionDesk(), ...options });
  mounted.push(m);
  return m;
}
/** Types a whole line, key by key as a terminal sends them. */
const type = (m: Mounted, text: string) => m.keys(...text);
const FIELD = 22;
const BELOW = 23;

describe("the prompt", () => {
  it("stands above what it means, at every key", async () => {
    const m = mount();
    await type(m, ":buy 2 760c 15jan @ mid-1");
    expect(m.line(FIELD)).toBe(" :buy 2 760c 15jan @ mid-1");
    expect(m.line(BELOW)).toBe(" BUY 2 GOOG 15 Jan 2016 760 call, limit 8.20 = mid minus 1 tick, day");
    await m.keys("\x1b");
    expect(m.line(FIELD)).toBe("");
    expect(m.line(BELOW)).toContain("ctrl-x KILL");
  });

  it("keeps a line that can't be read, the caret under the word", async () => {
    const m = mount();
    await type(m, ":buy 765c 15jan");
    expect(m.line(BELOW)).toBe("      ^ no 765 call in 15jan; nearest 760, 770");
    await m.keys("\r");
    expect(m.line(FIELD)).toBe(" :buy 765c 15jan");
    expect(m.desk.commands).toEqual([]);
    expect(m.screen.store.history).toEqual([]);
  });

  it("an order line stages and asks for the preview, and sends nothing", async () => {
    const m = mount();
    m.desk.reply = (c) => (c.name === "stage" ? { ok: true, message: null, made: "T1" } : null);
    await type(m, ":buy 2 760c 15jan mid");
    await m.keys("\r");
    expect(m.desk.commands).toEqual([
      {
        name: "stage",
        draft: {
          legs: [{ instrument: "OPT/GOOG/2016-01-15/C/760/USD/1", ratio: 1 }],
          side: "buy",
          purpose: "auto",
          qty: { by: "count", n: 2 },
          price: { by: "anchor", anchor: "mid", offset: 0, unit: "t", follows: true },
          tif: "day",
          from: null,
        },
      },
      { name: "preview", tickets: ["T1"] },
    ]);
  });

  it("row numbers stand in the rows while the line is open, and name them", async () => {
    const m = mount();
    await m.keys("2");
    expect(m.text()).not.toContain(":2");
    await type(m, ":unwatch :2");
    expect(m.find(":2")).toBeDefined();
    expect(m.line(BELOW)).toBe(" UNWATCH BAC");
    await m.keys("\r");
    expect(m.desk.commands).toEqual([{ name: "watch", list: "main", add: [], remove: ["EQ/BAC/USD"] }]);
    expect(m.text()).not.toMatch(/ :[12]\b/);
  });

  it("offers what resembles the letters where nothing begins with them", async () => {
    const m = mount();
    await type(m, ":cnvtn");
    await m.keys("\t");
    expect(m.line(FIELD)).toContain("convention");
    await m.keys("\x15");
    await type(m, "set clm");
    await m.keys("\t");
    expect(m.line(FIELD)).toContain("set screen.calm");
    await m.keys("\x15");
    await type(m, "zzqq");
    await m.keys("\t");
    expect(m.line(FIELD)).toBe(" :zzqq");
  });

  it("completes by Tab, offers candidates, goes through them", async () => {
    const m = mount();
    await type(m, ":la");
    await m.keys("\t");
    expect(m.line(FIELD)).toBe(" :layout");
    await m.keys("\x15");
    await type(m, "theme ");
    await m.keys("\t");
    expect(m.line(BELOW)).toBe(" default  classic  light  mono");
    await m.keys("\t", "\t");
    expect(m.line(FIELD)).toBe(" :theme classic");
    await m.keys("\r");
    expect(m.screen.theme.name).toBe("classic");
    await type(m, ":buy 15jan 76");
    await m.keys("\t");
    expect(m.line(BELOW)).toBe(" 760c  760p");
  });

  it("recalls and searches the history", async () => {
    const m = mount();
    for (const line of ["speed 4", "pause", "speed 20"]) {
      await type(m, `:${line}`);
      await m.keys("\r");
    }
    expect(m.screen.store.history).toEqual(["speed 4", "pause", "speed 20"]);
    await type(m, ":");
    await m.keys("\x10", "\x10");
    expect(m.line(FIELD)).toBe(" :pause");
    await m.keys("\x12");
    await type(m, "sp");
    expect(m.line(FIELD)).toBe(" :speed 20");
    await m.keys("\x12");
    expect(m.line(FIELD)).toBe(" :speed 4");
    const before = m.desk.commands.length;
    await m.keys("\r");
    expect(m.desk.commands).toHaveLength(before);
    await m.keys("\r");
    expect(m.desk.commands.at(-1)).toEqual({ name: "speed", speed: 4 });
    // Esc leaves the search first, then the line.
    await type(m, ":abc");
    await m.keys("\x12");
    await type(m, "pau");
    await m.keys("\x1b");
    expect(m.line(FIELD)).toBe(" :abc");
  });

  it("chains, and does what keys do", async () => {
    const m = mount();
    await type(m, ":speed 20; pause; zoom");
    expect(m.line(BELOW)).toBe(" SPEED 20  then  PAUSE  then  ZOOM");
    await m.keys("\r");
    expect(m.desk.commands.map((c) => c.name)).toEqual(["speed", "pause"]);
    expect(m.text()).not.toContain("2 Watch");
  });

  it("a chain by name follows its expiry", async () => {
    const m = mount();
    await type(m, ":chain goog 19feb");
    await m.keys("\r");
    m.frame();
    m.frame();
    expect(m.screen.focus).toBe("chain");
    expect(m.desk.subscriptions.find((s) => s.view === "chain")?.params).toEqual({
      underlying: "EQ/GOOG/USD",
      expiry: "2016-02-19",
    });
  });

  it("ctrl-x kills from it; a paste only fills it", async () => {
    const m = mount({ desk: frameDesk() });
    await type(m, ":");
    await m.keys("\x1b[200~pause\r\x1b[201~");
    expect(m.line(FIELD)).toBe(" :pause");
    await m.keys("\x18");
    expect(m.desk.commands).toEqual([{ name: "kill", reason: "key" }]);
  });
});

describe("history in the state folder", () => {
  it("is kept, bounded and written whole", () => {
    const home = mkdtempSync(join(tmpdir(), "voldesk-store-"));
    folders.push(home);
    const paths = resolvePaths({}, home, home);
    const store = openScreenStore(paths);
    for (let i = 0; i < MAX_HISTORY + 20; i++) store.addHistory(`speed ${i}`);
    store.addHistory(`speed ${MAX_HISTORY + 19}`);
    expect(readdirSync(paths.stateDir)).toEqual(["history"]);
    expect(readFileSync(join(paths.stateDir, "history"), "utf8").trimEnd().split("\n")).toHaveLength(
      MAX_HISTORY,
    );
    expect(openScreenStore(paths).history).toEqual(store.history);
    expect(store.history.at(-1)).toBe(`speed ${MAX_HISTORY + 19}`);
    expect(store.history.at(-2)).toBe(`speed ${MAX_HISTORY + 18}`);
  });

  it("costs nothing but itself where the folder can't be written", () => {
    const store = openScreenStore(resolvePaths({}, "/dev/null/nowhere", "/"));
    store.addHistory("pause");
    expect(store.history).toEqual(["pause"]);
    expect(memoryStore().history).toEqual([]);
  });
});
