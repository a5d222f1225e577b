import { afterEach, describe, expect, it } from "vitest";
import type { Micros, Slot } from "../../../engines/market/index.ts";
import { memoryStore } from "../../../screens/app/store.ts";
import type { WatchView } from "../../../src/desk/protocol.ts";
import { type FakeDesk, frameDesk, NOW_US, statusView } from "../../harness/fake-desk.ts";
import { type Mounted, mountScreen } from "../../harness/screen.ts";

let at: Mounted | null = null;
afterEach(() => at?.end());
function open(desk: FakeDesk = frameDesk(), cols = 200, rows = 50, store = memoryStore()): Mounted {
  at = mountScreen({ desk, cols, rows, store });
  return at;
}
const LISTS = ["main", "wings"];
function twoLists(): FakeDesk {
  const desk = frameDesk();
  const main = desk.models.watch as WatchView;
  desk.models.watch = ({ list }) =>
    list === "main" ? { ...main, lists: LISTS } : { name: list, lists: LISTS, rows: main.rows.slice(1, 2) };
  return desk;
}

describe("watch lists", () => {
  it("turn by m, and the one chosen comes back", async () => {
    const store = memoryStore();
    const m = open(twoLists(), 200, 50, store);
    await m.keys("2", "m");
    expect(m.text()).toContain("2 Watch wings 1/1");
    m.end();
    expect(open(twoLists(), 200, 50, store).text()).toContain("2 Watch wings");
  });
  it("take the marked rows by n", async () => {
    const m = open(twoLists());
    await m.keys("2", "v", "v", "n");
    expect(m.text()).toContain("2 to list");
    await m.keys("w", "i", "n", "g", "s", "\r");
    expect(m.desk.commands).toEqual([
      { name: "watch", list: "wings", add: ["EQ/GOOG/USD", "EQ/BAC/USD"], remove: [] },
    ]);
    expect(m.text()).not.toContain("* GOOG");
  });
  it("refuse a name that is none", async () => {
    const m = open(twoLists());
    await m.keys("2", "n", "a", "/", "b", "\r");
    expect(m.desk.commands).toEqual([]);
    expect(m.text()).toContain("letters, digits and dashes");
  });
  it("call a quote stale by the limit of the session, not by one of their own", () => {
    const m = open();
    const nowUs = (NOW_US + 20e6) as Micros;
    m.desk.publish("status", statusView({ nowUs, quoteMaxAgeUs: 90e6 }));
    m.frame(300);
    expect(m.text()).not.toMatch(/GOOG ◌/);
    m.desk.publish("status", statusView({ nowUs: (nowUs + 1e6) as Micros, quoteMaxAgeUs: 5e6 }));
    m.frame(300);
    expect(m.text()).toMatch(/GOOG ◌/);
    expect(m.looks("BAC ◌", "stale")).toBe(true);
  });
});

describe("tape", () => {
  it("says how much traded at which side", () => {
    expect(open().text()).toContain("Tape GOOG  1,500 traded  ask 40%");
  });
  it.each([
    ["ask", 2],
    ["!ask", 3],
    [">250", 3],
    ["<250 ask", 1],
    ["?", 1],
    ["goog", 5],
  ])("filters by %s", async (words, left) => {
    const m = open();
    m.screen.focusPane("tape");
    await m.keys("/", ...words, "\r");
    expect(m.text().match(/10:3[34]:\d\d GOOG/g)?.length ?? 0).toBe(left);
    await m.keys("\x07");
    expect(m.text().match(/10:3[34]:\d\d GOOG/g)?.length).toBe(5);
  });
  it("says that nothing matches", async () => {
    const m = open();
    m.screen.focusPane("tape");
    await m.keys("/", "x", "y", "\r");
    expect(m.text()).toContain('0 of 5 match "xy". Esc clears.');
  });
});

describe("chart", () => {
  it("names the bar under the crosshair, whole figures only", async () => {
    const m = open();
    await m.keys("3", "z", "h", "h");
    expect(m.text()).toMatch(
      /3 Chart GOOG 1m {2}10:32 {2}C 7\d\d\.\d\d {2}O 7\d\d\.\d\d {2}H .* L .* V 3,\d{3} {2}VWAP 748\.\d\d/,
    );
    m.resize(80, 24);
    const title = m.line(2);
    expect(title).toMatch(/10:32 {2}C 7\d\d\.\d\d /);
    expect(title).not.toContain("…");
    await m.keys("i");
    expect(m.desk.explained.at(-1)).toMatchObject({
      view: "chart",
      row: expect.stringMatching(/^0\|1\|\d+$/),
    });
  });
  it("goes through timeframes and looks", async () => {
    const m = open();
    await m.keys("3", "}");
    expect(m.desk.subscriptions.find((s) => s.view === "chart")?.params).toMatchObject({
      barMinutes: 2,
      slot: 0 as Slot,
    });
    await m.keys("m");
    expect(m.text()).toMatch(/[█▒]/);
  });
});
