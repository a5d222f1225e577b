import { afterAll, describe, expect, it } from "vitest";
import type { PaneId } from "../../../screens/keys/keymap.ts";
import type { Explanation } from "../../../src/desk/protocol.ts";
import { contextDesk } from "../../harness/context-desk.ts";
import type { FakeDesk } from "../../harness/fake-desk.ts";
import { type Mounted, mountScreen } from "../../harness/screen.ts";
import { contextAt } from "../../shell/context.ts";

const context = contextAt("goog-2015-12-24", "10:34", [
  "EQ/GOOG/USD",
  "OPT/GOOG/2016-01-15/C/760/USD/1",
  "OPT/GOOG/2017-01-20/C/800/USD/1",
]);
context.desk.note("warn", "quote", "a line of the log to explain");
const open: Mounted[] = [];
afterAll(() => {
  for (const m of open) m.end();
});

/** Cells of the pane in front, walked by its own keys: so many columns to the right, so many rows down. */
async function walk(
  pane: PaneId,
  key: string,
  views: number,
  rows: number,
  columns: number,
): Promise<string[]> {
  const desk = contextDesk(context);
  const m = mountScreen({ desk: desk as unknown as FakeDesk, cols: 200, rows: 50 });
  open.push(m);
  await m.keys(key, "z");
  const silent: string[] = [];
  const seen = new Set<string>();
  for (let view = 0; view < views; view++) {
    await m.keys("g", "g");
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const target = m.screen.panes.pane(pane)?.explain?.() ?? null;
        const at = target === null ? "nothing" : `${target.view} ${target.row} ${target.column}`;
        if (target !== null && !seen.has(at)) {
          seen.add(at);
          const explanation = await desk.explain(target);
          if (explanation === null || !says(explanation)) silent.push(at);
        } else if (target === null) silent.push(`${pane} view ${view} row ${row} column ${column}`);
        m.screen.act("right");
      }
      for (let column = 0; column < columns; column++) m.screen.act("left");
      m.screen.act("down");
      m.frame();
    }
    await m.keys("m");
  }
  expect(seen.size, `cells of ${pane} that were asked for`).toBeGreaterThan(0);
  return [...new Set(silent)];
}

/** A title, a value or a dash, and how it came about, at every level. */
const says = (e: Explanation): boolean =>
  e.title !== "" &&
  e.value !== "" &&
  e.lines.length > 0 &&
  e.lines.every((l) => l !== "" && !l.includes("NaN")) &&
  e.inputs.every(says);

describe("every number that a pane paints says where it comes from", () => {
  it.each<[PaneId, string, number, number, number]>([
    ["positions", "1", 2, 8, 22],
    ["watch", "2", 1, 4, 10],
    ["chart", "3", 3, 4, 5],
    ["chain", "4", 1, 3, 16],
    ["surface", "5", 1, 4, 4],
    ["exposure", "6", 2, 3, 5],
    ["flow", "7", 3, 3, 9],
    ["scenarios", "8", 1, 10, 3],
    ["feeds", "F", 2, 1, 10],
    ["log", "L", 1, 1, 1],
  ])("%s", async (pane, key, views, rows, columns) => {
    const silent = await walk(pane, key, views, rows, columns);
    expect(silent).toEqual([]);
  });

  it("the tape", async () => {
    const desk = contextDesk(context);
    const m = mountScreen({ desk: desk as unknown as FakeDesk, cols: 200, rows: 50 });
    open.push(m);
    m.screen.focusPane("tape");
    m.frame();
    for (let i = 0; i < 5; i++) {
      await m.keys("i");
      expect(m.text()).toMatch(/i explain: (time|price|size|side) of a print/);
      await m.keys("\x07", "l");
    }
  });

  it("the status rows, by I", async () => {
    const desk = contextDesk(context);
    const m = mountScreen({ desk: desk as unknown as FakeDesk, cols: 120, rows: 40 });
    open.push(m);
    await m.keys("I");
    expect(m.text()).toContain("i explain: status line");
    expect(m.text()).toMatch(/NAV +99,?\d+/);
    await m.keys("j", "\r");
    expect(m.text()).toContain("status line > day P&L of the book");
    for (const part of ["= Δ", "Γ", "Θ", "V ", "fees", "rest"]) expect(m.text()).toContain(part);
  });
});

describe("an explanation", () => {
  it("stays by p and follows the desk, until Esc", async () => {
    const desk = contextDesk(context);
    const m = mountScreen({ desk: desk as unknown as FakeDesk, cols: 120, rows: 40 });
    open.push(m);
    await m.keys("I", "j", "\r", "p");
    expect(m.text()).toContain("pinned: day P&L of the book");
    await m.keys("j", "4");
    expect(m.text()).toContain("pinned: day P&L of the book");
    expect(m.screen.focus).toBe("chain");
    await m.keys("\x07");
    expect(m.text()).not.toContain("pinned:");
  });
  it("copies as text", async () => {
    const desk = contextDesk(context);
    const m = mountScreen({ desk: desk as unknown as FakeDesk, cols: 120, rows: 40 });
    open.push(m);
    await m.keys("I", "y");
    const osc = m.controls.find((c) => c.includes("]52;c;")) ?? "";
    const text = Buffer.from(osc.slice(osc.indexOf(";c;") + 3, -1), "base64").toString("utf8");
    expect(text).toMatch(/^status line: 10:34:00 ET\n/);
    expect(text).toContain("  NAV: ");
    expect(text).toContain("buying power");
  });
});
