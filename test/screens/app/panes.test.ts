import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { InstrumentId, Slot } from "../../../engines/market/index.ts";
import { windowOf } from "../../../screens/panes/chart/plot.ts";
import { arrange, matches } from "../../../screens/panes/positions/rows.ts";
import {
  chainView,
  chartView,
  frameDesk,
  NOW_US,
  positionRows,
  statusView,
} from "../../harness/fake-desk.ts";
import { type Mounted, type MountOptions, mountScreen } from "../../harness/screen.ts";

let mounted: Mounted[] = [];
function mount(options: Partial<MountOptions> = {}): Mounted {
  const m = mountScreen({ desk: frameDesk(), ...options });
  mounted.push(m);
  return m;
}
afterEach(() => {
  for (const m of mounted) m.end();
  mounted = [];
});

describe("every screen, fixed view models", () => {
  it.each([
    [80, 24],
    [120, 40],
    [200, 50],
  ])("%ix%i", (cols, rows) => {
    expect(`\n${mount({ cols, rows }).text()}\n`).toMatchSnapshot();
  });
  it.each(["3", "4", "9", "F", "L"])("pane %s alone", async (key) => {
    const m = mount();
    await m.keys(key);
    if (m.text().includes("1 Positions")) await m.keys("z");
    expect(`\n${m.text()}\n`).toMatchSnapshot();
  });
  it("in ASCII", () => {
    expect(`\n${mount({ ascii: true, cols: 120, rows: 40 }).text()}\n`).toMatchSnapshot();
  });
});

describe("positions", () => {
  const rows = positionRows();
  const folded = () => false;

  it("filters by words, with what is above them", () => {
    const found = arrange(rows, null, "780 c", folded);
    expect(found.rows.map((r) => r.key)).toEqual(["U:GOOG", "S:1", "L:1", "L:2", "BOOK"]);
    expect(arrange(rows, null, "!15jan", folded).rows.map((r) => r.key)).toEqual([
      "U:GOOG",
      "P:3",
      "P:4",
      "BOOK",
    ]);
    expect(matches("GOOG 15jan 720 P", "goog p")).toBe(true);
    expect(arrange(rows, null, "zzz", folded).matching).toBe(0);
  });

  it("sorts siblings, unknown last, the book below all", () => {
    const by = (column: string, descending: boolean) =>
      arrange(rows, { column, descending }, "", (r) => r.kind === "structure").rows.map((r) => r.key);
    expect(by("pnl", false)).toEqual(["U:GOOG", "P:4", "S:1", "P:3", "P:2", "BOOK"]);
    expect(by("day", true)).toEqual(["U:GOOG", "P:2", "S:1", "P:4", "P:3", "BOOK"]);
    expect(by("day", false).at(-2)).toBe("P:3");
  });

  it("any filter shows a subset with every parent, in the desk's order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("goog", "c", "15jan", "!stock", "7", "!c", "p"), { maxLength: 3 }),
        (words) => {
          const shown = arrange(rows, null, words.join(" "), folded).rows;
          const keys = new Set(shown.map((r) => r.key));
          for (const row of shown) if (row.parent !== null) expect(keys.has(row.parent)).toBe(true);
          const order = shown.map((r) => rows.indexOf(r));
          expect(order).toEqual(order.toSorted((a, b) => a - b));
        },
      ),
    );
  });

  it("folds, sorts and filters by keys", async () => {
    const m = mount();
    expect(m.text()).not.toContain("760 C");
    await m.keys("j", "\r");
    expect(m.text()).toContain("760 C");
    await m.keys("G", "h", "g", "g", "/", "720\r");
    expect(m.text()).toContain("1 of 4");
    expect(m.text()).not.toContain("19feb 800 C");
    await m.keys("\x1b");
    expect(m.text()).toContain("4 of 4");
    await m.keys("u");
    expect(m.text()).toContain("Δ$");
  });
});

describe("chart", () => {
  it("shows the last bars that fit, and the crosshair's always", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: -1, max: 399 }),
        (n, room, at) => {
          const cross = at < 0 || at >= n ? null : at;
          const w = windowOf({ view: chartView(0 as Slot, n), profile: null, style: "line", cross }, room);
          expect(w).not.toBe(null);
          if (!w) return;
          expect(w.to - w.from).toBe(Math.min(n, room));
          if (cross === null) expect(w.to).toBe(n);
          else {
            expect(cross).toBeGreaterThanOrEqual(w.from);
            expect(cross).toBeLessThan(w.to);
          }
          expect(w.high).toBeGreaterThan(w.low);
        },
      ),
    );
  });

  it("never fails on gaps, one bar, flat or missing prices", () => {
    const m = mount({ cols: 120, rows: 40 });
    const view = chartView(0 as Slot, 5);
    const all = (v: number) => new Float64Array(5).fill(v);
    for (const bars of [
      { ...view.bars, close: all(Number.NaN) },
      { ...view.bars, open: all(5), high: all(5), low: all(5), close: all(5) },
      {
        startUs: all(0),
        open: all(Number.NaN),
        high: all(Number.NaN),
        low: all(Number.NaN),
        close: all(Number.NaN),
        volume: all(0),
      },
    ]) {
      m.desk.publish("chart", { ...view, bars });
      m.frame();
    }
    m.desk.publish("chart", chartView(0 as Slot, 0));
    m.frame();
    expect(m.text()).toContain("No prices yet.");
    expect(m.paneErrors).toEqual([]);
  });
});

describe("chain", () => {
  it("opens at the money, walks expiries, and makes the contract the focus", async () => {
    const m = mount();
    await m.keys("4");
    expect(m.looks("» 750", "focus")).toBe(true);
    await m.keys("j", "{");
    const chart = m.desk.subscriptions.filter((s) => s.view === "chain");
    expect(chart.map((s) => s.params)).toEqual([{ underlying: "EQ/GOOG/USD", expiry: "GOOG 2015-12-31" }]);
    await m.keys("\r");
    expect(m.screen.focus).toBe("chart");
    expect(m.desk.subscriptions.find((s) => s.view === "chart")?.params).toMatchObject({ slot: 9 });
  });

  it("paints 2,192 contracts of one expiry as fast as eleven: only the rows on screen", () => {
    const m = mount({ cols: 200, rows: 50 });
    const view = chainView("EQ/GOOG/USD" as InstrumentId, 3, 1096);
    m.desk.publish("chain", view);
    m.frame();
    expect(m.text()).toContain("» 750");
    expect([...(m.screen.panes.pane("chain")?.slots?.() ?? [])].length).toBeLessThan(60);
  });

  it("says so where there are no options", () => {
    const m = mount({ cols: 200, rows: 50 });
    m.desk.publish("chain", { ...chainView("EQ/BAC/USD" as InstrumentId, 0, 0), label: "BAC" });
    m.frame();
    expect(m.text()).toContain("No chain for BAC in this session.");
  });

  it("dims a stale quote", async () => {
    const m = mount();
    await m.keys("4");
    m.desk.publish("status", statusView({ nowUs: (NOW_US + 120e6) as never }));
    m.frame(300);
    m.frame(300);
    expect(m.looks("18.00", "stale")).toBe(true);
  });
});

describe("log and feeds", () => {
  it("filters by level and says what to do", async () => {
    const m = mount();
    await m.keys("L", "z");
    expect(m.text()).toContain("O7 partial");
    await m.keys("\r");
    expect(m.text()).toContain("Nothing to do: the model is used");
    await m.keys("m");
    expect(m.text()).not.toContain("O7 partial");
  });
});

describe("a monkey", () => {
  it("presses 2,000 keys at changing sizes: nothing throws, nothing is sent", async () => {
    const m = mount();
    const keys = [
      ..."1234567890FLjkhlGgzmquioy/|?:rbsxtXRM+-,.<>()[]{}=vaAweTZ \t\r`",
      "\x1b",
      "\x1b[A",
      "\x1b[B",
      "\x1b[5~",
      "\x1b[6~",
      "\x03",
      "\x0c",
      "\x7f",
    ];
    let seed = 7;
    const random = (n: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * n);
    };
    for (let i = 0; i < 2000; i++) {
      if (i % 97 === 0) m.resize(40 + random(200), 10 + random(60));
      await m.keys(keys[random(keys.length)] as string);
    }
    expect(m.fatal).toBe(null);
    expect(m.paneErrors).toEqual([]);
    expect(m.desk.commands.filter((c) => c.name === "confirm" || c.name === "amendSend")).toEqual([]);
  });
});
