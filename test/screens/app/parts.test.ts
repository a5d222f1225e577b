import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Instrument } from "../../../engines/market/index.ts";
import { nextSpeed, parseJump, SPEEDS } from "../../../screens/app/actions.ts";
import {
  CHROME_ROWS,
  type LayoutNode,
  layout,
  MIN_COLS,
  MIN_ROWS,
  panesOf,
} from "../../../screens/app/layout.ts";
import { Notices } from "../../../screens/app/notices.ts";
import { Dispatcher } from "../../../screens/keys/dispatch.ts";
import { KEYMAP, PANE_IDS, type PaneId } from "../../../screens/keys/keymap.ts";
import { TextField } from "../../../screens/kit/field.ts";
import { shortName } from "../../../screens/kit/names.ts";
import { decimalsOf } from "../../../screens/kit/ticks.ts";
import { NOW_US, statusView } from "../../harness/fake-desk.ts";

const HAVE: readonly PaneId[] = ["positions", "watch", "chart", "chain", "orders", "feeds", "log", "tape"];

describe("layout", () => {
  const wish = fc.record({
    cols: fc.integer({ min: 1, max: 320 }),
    rows: fc.integer({ min: 1, max: 120 }),
    opened: fc.option(fc.constantFrom(...PANE_IDS), { nil: null }),
    zoomed: fc.constant(null),
    has: fc
      .subarray([...HAVE], { minLength: 1 })
      .map((list) => (id: PaneId) => id === "positions" || list.includes(id)),
  });

  it("always has Positions or what was opened, each pane once, and sizes that fit", () => {
    fc.assert(
      fc.property(wish, (w) => {
        const tree = layout(w);
        if (w.cols < MIN_COLS || w.rows < MIN_ROWS) {
          expect(tree).toBe(null);
          return;
        }
        if (!tree) throw new Error("no layout");
        const panes = panesOf(tree);
        expect(new Set(panes).size).toBe(panes.length);
        expect(panes.includes("positions") || panes.includes(w.opened as PaneId)).toBe(true);
        const check = (node: LayoutNode, width: number, height: number): void => {
          expect(width).toBeGreaterThanOrEqual(20);
          expect(height).toBeGreaterThanOrEqual(1);
          if (node.kind === "pane") return;
          const along = node.kind === "row" ? width : height;
          const fixed = node.children.reduce((sum, c) => sum + (c.size ?? 0), 0);
          const flexible = node.children.filter((c) => c.size === null).length;
          expect(fixed + flexible).toBeLessThanOrEqual(along);
          for (const child of node.children) {
            const size = child.size ?? Math.floor((along - fixed) / flexible);
            check(child, node.kind === "row" ? size : width, node.kind === "row" ? height : size);
          }
        };
        check(tree, w.cols, w.rows - CHROME_ROWS);
      }),
    );
  });

  it("follows the sizes of the design", () => {
    const at = (cols: number, rows: number, opened: PaneId | null = null) =>
      panesOf(layout({ cols, rows, opened, zoomed: null, has: (id) => HAVE.includes(id) }) as LayoutNode);
    expect(at(60, 15)).toEqual(["positions", "log"]);
    expect(at(80, 24)).toEqual(["positions", "watch", "chart", "log"]);
    expect(at(120, 40)).toEqual(["positions", "watch", "tape", "chart", "orders", "log"]);
    expect(at(200, 50)).toEqual(["positions", "chain", "chart", "watch", "tape", "orders", "log"]);
    expect(at(80, 24, "chain")).toEqual(["chain"]);
    expect(at(120, 40, "chain")).toEqual(["positions", "chain", "log"]);
    expect(at(200, 50, "feeds")).toContain("feeds");
    expect(at(200, 50, "feeds")).toContain("watch");
  });
});

describe("dispatch", () => {
  const all = () => true;
  it("reads sequences and wildcards, and forgets a wrong one", () => {
    const d = new Dispatcher();
    expect(d.press("g", "log", all)).toMatchObject({ kind: "prefix" });
    expect(d.press("g", "log", all)).toMatchObject({ kind: "action", action: "top" });
    d.press("g", "log", all);
    expect(d.press("7", "log", all)).toMatchObject({ action: "replay.jump", key: "7" });
    d.press("g", "log", all);
    expect(d.press("x", "log", all)).toEqual({ kind: "unbound", key: "gx" });
    expect(d.press("j", "log", all)).toMatchObject({ action: "down" });
  });
  it("a pane's own key wins only in that pane", () => {
    const d = new Dispatcher();
    expect(d.press("x", "orders", all)).toMatchObject({ action: "orders.cancel" });
    expect(d.press("x", "positions", all)).toMatchObject({ action: "closeRow" });
    expect(d.press("+", "log", all)).toMatchObject({ kind: "unbound" });
  });
  it("what doesn't work isn't bound", () => {
    const d = new Dispatcher();
    expect(d.press("b", "log", (a) => a !== "buy")).toMatchObject({ kind: "unbound" });
  });
  it("C is a key of the preview and of pane 9 alone", () => {
    expect(KEYMAP.filter((b) => b.keys.some((k) => k === "C")).map((b) => b.action)).toEqual([
      "orders.send",
      "preview.confirm",
    ]);
  });
});

describe("text field", () => {
  const key = (k: string) => ({ type: "key", key: k, text: [...k].length === 1 ? k : null }) as const;
  const type = (field: TextField, ...keys: string[]) => {
    for (const k of keys) field.handle(key(k));
    return field.text;
  };
  it("edits as readline does", () => {
    const f = new TextField("buy 5 goog");
    expect(type(f, "ctrl-w", "b", "a", "c")).toBe("buy 5 bac");
    expect(type(f, "ctrl-a", "delete", "s", "ctrl-e", "!")).toBe("suy 5 bac!");
    expect(type(f, "left", "left", "ctrl-k", "space", "x")).toBe("suy 5 ba x");
    expect(type(f, "ctrl-u")).toBe("");
    expect(f.handle(key("enter"))).toBe("done");
    expect(f.handle(key("f1"))).toBe("ignored");
  });
  it("moves over whole graphemes and takes a paste as one line", () => {
    const f = new TextField("");
    f.handle({ type: "paste", text: "a👨‍👩‍👧é\r\nb", cut: false });
    expect(f.text).toBe("a👨‍👩‍👧é b");
    expect(type(f, "left", "left", "left", "backspace")).toBe("aé b");
  });
  it("walks its history and comes back to the draft", () => {
    const f = new TextField("dra", ["one", "two"]);
    expect(type(f, "up")).toBe("two");
    expect(type(f, "up", "up")).toBe("one");
    expect(type(f, "down", "down")).toBe("dra");
  });
  it("any keys keep the cursor inside", () => {
    const keys = fc.constantFrom(
      "left",
      "right",
      "home",
      "end",
      "ctrl-w",
      "ctrl-u",
      "ctrl-k",
      "backspace",
      "delete",
      "a",
      "日",
      "space",
      "up",
      "down",
    );
    fc.assert(
      fc.property(fc.array(keys), (list) => {
        const f = new TextField("x y", ["h"]);
        for (const k of list) {
          f.handle(key(k));
          expect(f.cursor).toBeGreaterThanOrEqual(0);
          expect(f.cursor).toBeLessThanOrEqual(f.text.length);
        }
      }),
    );
  });
});

describe("notices", () => {
  it("shows the newest, so that a key's answer is seen over a message that still stands, and that again after it", () => {
    const n = new Notices();
    n.say("filled", "order", 0);
    n.say("C was dropped", "info", 1000);
    expect(n.current(1100)).toMatchObject({ notice: { text: "C was dropped" }, more: 1 });
    expect(n.current(6000)).toMatchObject({ notice: { text: "filled" }, more: 0 });
  });
  it("keeps errors on top, merges the same, counts the rest", () => {
    const n = new Notices();
    n.say("saved", "info", 0);
    n.say("saved", "info", 100);
    expect(n.current(200)).toMatchObject({ notice: { text: "saved", times: 2 }, more: 0 });
    n.say("filled", "order", 200);
    n.say("lost", "error", 300);
    expect(n.current(400)).toMatchObject({ notice: { text: "lost" }, more: 2 });
    expect(n.current(20_000)).toMatchObject({ notice: { text: "lost" }, more: 0 });
    expect(n.dismiss(20_000)).toBe(true);
    expect(n.current(20_000)).toBe(null);
    expect(n.dismiss(20_000)).toBe(false);
  });
  it("takes back what was said of an order, an error too, when something newer is said of it", () => {
    const n = new Notices();
    n.say("UNKNOWN ? O4", "error", 0, "O4");
    n.say("rejected O5", "error", 10, "O5");
    n.say("not sent O4", "warn", 20, "O4");
    expect(n.current(30)).toMatchObject({ notice: { text: "rejected O5" }, more: 1 });
    expect(n.dismiss(30)).toBe(true);
    expect(n.current(40)).toMatchObject({ notice: { text: "not sent O4" }, more: 0 });
  });
});

describe("replay words", () => {
  const v = statusView();
  it.each([
    ["10:35", NOW_US + 60e6],
    ["10:34:30", NOW_US + 30e6],
    ["+5m", NOW_US + 300e6],
    ["-30s", NOW_US - 30e6],
    ["+1h", NOW_US + 3600e6],
    ["+2", NOW_US + 120e6],
    ["open", v.openUs],
    ["END", v.lastUs],
  ])("%s", (text, us) => {
    expect(parseJump(text, v)).toEqual({ us });
  });
  it.each(["", "25:00", "10:60", "tomorrow", "+5y", "10"])("%j is refused with a sentence", (text) => {
    expect(typeof parseJump(text, v)).toBe("string");
  });
  it("walks the speeds and stops at the ends", () => {
    expect(nextSpeed(30, 1)).toBe(60);
    expect(nextSpeed(30, -1)).toBe(15);
    expect(nextSpeed(50, 1)).toBe(60);
    expect(nextSpeed("max", 1)).toBe("max");
    expect(nextSpeed("max", -1)).toBe(100);
    expect(nextSpeed(SPEEDS[0] as number, -1)).toBe(SPEEDS[0]);
  });
});

describe("names", () => {
  it("short ones and decimals", () => {
    const option = {
      kind: "option",
      expiry: "2016-01-15",
      strike: 760,
      type: "C",
      symbol: "GOOG",
    } as unknown as Instrument;
    expect(shortName(option)).toBe("15J760C");
    expect(shortName({ ...option, strike: 702.5, type: "P" } as Instrument)).toBe("15J702.5P");
    expect([0.01, 0.05, 0.005, 0.25, 1, 5, 0.125].map(decimalsOf)).toEqual([2, 2, 3, 2, 0, 0, 3]);
  });
});
