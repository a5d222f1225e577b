import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineRows, textChart } from "../../../screens/kit/ascii-chart.ts";

describe("a chart in characters", () => {
  it("goes up, stays and comes down where the values do", () => {
    expect(lineRows([0, 0, 1, 1, 2, 2, 1, 0], 7, 3, 0, 2, true)).toEqual([
      "   /-\\",
      " /-/ \\\\",
      "-/    \\",
    ]);
    expect(lineRows([1, 1, 1], 4, 3, 0, 2, false)).toEqual(["", "────", ""]);
  });

  it("fills the room it has and never leaves it, whatever the values", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 20, max: 120 }),
        fc.integer({ min: 2, max: 30 }),
        fc.boolean(),
        (values, width, height, ascii) => {
          const [low, high] = [Math.min(...values) - 1, Math.max(...values) + 1];
          const rows = lineRows(values, width, height, low, high, ascii);
          expect(rows).toHaveLength(height);
          for (const row of rows) expect(row.length).toBeLessThanOrEqual(width);
          expect(Math.max(...rows.map((r) => r.length))).toBe(width);
          if (ascii) expect(rows.join("")).toMatch(/^[ -~]*$/);
          for (const row of textChart(values, width + 20, height, ascii))
            expect(row.length).toBeLessThanOrEqual(width + 20);
        },
      ),
    );
  });

  it("draws nothing of nothing", () => {
    expect(lineRows([], 20, 4, 0, 1, true)).toEqual(["", "", "", ""]);
    expect(lineRows([1, 2], 20, 2, 5, 5, true)).toEqual(["", ""]);
    expect(textChart([Number.NaN], 40, 8, true)).toEqual([]);
  });

  it("is what snapshot --plain and the ASCII theme show in place of braille", () => {
    const snapshot = (...args: string[]) =>
      spawnSync(process.execPath, ["bin/voldesk.js", "snapshot", "--at", "10:35", ...args], {
        encoding: "utf8",
        env: { ...process.env, LANG: "C", LC_ALL: "C" },
      }).stdout;
    const plain = snapshot("--plain", "--size", "80x24");
    expect(plain).toContain(
      "GOOG from 09:30 to 10:35: first 749.55, high 750.74, low 746.34, last 748.00, VWAP 748.36.",
    );
    expect(plain).toMatch(/^750 \+.*\/-.*$/m);
    expect(plain).toMatch(/^[\n -~]*$/);
    const pane = snapshot("--screen", "chart", "--size", "90x20");
    expect(pane).toMatch(/^:750\+.*[\\|/].*:$/m);
    expect(pane).toMatch(/^[\n -~]*$/);
  });
});
