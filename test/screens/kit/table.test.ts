import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BrailleLayer, niceTicks } from "../../../screens/kit/braille.ts";
import { Canvas } from "../../../screens/kit/canvas.ts";
import { type Column, fitColumns } from "../../../screens/kit/columns.ts";
import { bar, heatRole, sparkline } from "../../../screens/kit/marks.ts";
import { Table, type TablePaint } from "../../../screens/kit/table.ts";
import { Grid } from "../../../screens/terminal/grid.ts";
import { Attr } from "../../../screens/terminal/styles.ts";
import { createTheme } from "../../../screens/theme/theme.ts";

const theme = createTheme({ name: "default", depth: "true", ascii: false });
const canvas = (w: number, h: number) => new Canvas(new Grid(w, h), 0, 0, w, h, theme);

interface Row {
  readonly id: string;
  readonly qty: string;
  readonly price: string;
}
const columns: Column<Row, null>[] = [
  { id: "name", title: "NAME", rank: 1, align: "left", min: 6, flex: true, text: (r) => r.id },
  { id: "qty", title: "QTY", rank: 3, align: "right", min: 4, text: (r) => r.qty },
  { id: "price", title: "PRICE", rank: 2, align: "decimal", min: 6, text: (r) => r.price, flash: true },
];
const rows: Row[] = [
  { id: "alpha", qty: "+10", price: "8.30" },
  { id: "beta and more", qty: "-4", price: "748.155" },
  { id: "gamma", qty: "100", price: "–" },
];
const still: TablePaint = { focused: true, nowMs: 0, flash: true, wake: () => {} };

describe("table", () => {
  it("aligns decimal points and drops columns by rank, never digits", () => {
    const table = new Table<Row, null>(columns, (r) => r.id);
    table.setRows(rows);
    const wide = canvas(30, 4);
    table.paint(wide, null, still);
    expect(wide.grid.toText()).toBe(
      [
        "NAME               QTY   PRICE",
        "alpha              +10   8.30",
        "beta and more       -4 748.155",
        "gamma              100   –",
      ].join("\n"),
    );
    const narrow = canvas(15, 4);
    table.paint(narrow, null, still);
    expect(narrow.grid.toText()).toBe(
      "NAME      PRICE\nalpha     8.30\nbeta a… 748.155\ngamma     –".replace(
        "NAME      PRICE",
        "NAME      PRICE",
      ),
    );
  });

  it("fits any width with every number whole", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 8, max: 60 }),
        (values, width) => {
          const data = values.map((v, i) => ({ id: `r${i}`, qty: `${Math.round(v)}`, price: v.toFixed(2) }));
          const table = new Table<Row, null>(columns, (r) => r.id);
          table.setRows(data);
          const c = canvas(width, 12);
          table.paint(c, null, { ...still, focused: false });
          for (const [i, r] of data.entries()) {
            const words = c.grid
              .rowText(i + 1)
              .trim()
              .split(/\s+/)
              .slice(1);
            for (const word of words) expect([r.qty, r.price]).toContain(word);
          }
        },
      ),
    );
  });

  it("gives a wide figure's room back when it has been gone for a minute, not before", () => {
    const table = new Table<Row, null>(columns, (r) => r.id);
    const heads = (price: string, nowMs: number) => {
      table.setRows([{ id: "alpha", qty: "+10", price }]);
      const c = canvas(18, 3);
      table.paint(c, null, { ...still, nowMs });
      return c.grid.rowText(0).trim();
    };
    expect(heads("8.30", 0)).toContain("QTY");
    expect(heads("12,748.155", 1_000)).not.toContain("QTY");
    expect(heads("8.30", 29_000)).not.toContain("QTY");
    heads("8.30", 31_500);
    expect(heads("8.30", 62_000)).toContain("QTY");
  });

  it("keeps the cursor on its row when rows are sorted anew", () => {
    const table = new Table<Row, null>(columns, (r) => r.id);
    table.setRows(rows);
    table.moveTo(1);
    table.setRows([...rows].reverse());
    expect(table.selected?.id).toBe("beta and more");
    table.setRows(rows.slice(0, 1));
    expect(table.selected?.id).toBe("alpha");
  });

  it("scrolls, asks only visible rows, and marks the selection", () => {
    let asked = 0;
    const table = new Table<number, null>(
      [{ id: "n", title: "N", rank: 1, align: "right", min: 6, text: (n) => (asked++, `${n}`) }],
      (n) => `${n}`,
    );
    table.setRows(Array.from({ length: 100_000 }, (_, i) => i));
    table.moveTo(70_000);
    const c = canvas(10, 6);
    table.paint(c, null, still);
    expect(asked).toBe(5);
    expect(c.grid.rowText(5).trim()).toBe("70000");
    expect(table.cursorLine).toBe(5);
    expect(theme.styles.get(c.grid.style[5 * 10] as number).bg).toBe(theme.styles.get(theme.s.select).bg);
    table.page(-1);
    expect(table.selected).toBe(69_995);
  });

  it("flashes a change for one step, at most four times a second", () => {
    const table = new Table<Row, null>(columns, (r) => r.id);
    const wakes: number[] = [];
    const flashed = (nowMs: number, price: string): boolean => {
      table.setRows([{ id: "a", qty: "1", price }]);
      const c = canvas(30, 3);
      table.paint(c, null, { focused: false, nowMs, flash: true, wake: (at) => wakes.push(at) });
      const x = c.grid.rowText(1).indexOf(price);
      return (theme.styles.get(c.grid.style[30 + x] as number).attrs & Attr.inverse) !== 0;
    };
    expect(flashed(0, "1.00")).toBe(false);
    expect(flashed(10, "2.00")).toBe(true);
    expect(wakes.at(-1)).toBe(160);
    expect(flashed(100, "2.00")).toBe(true);
    expect(flashed(161, "2.00")).toBe(false);
    expect(flashed(200, "3.00")).toBe(false);
    expect(flashed(300, "4.00")).toBe(true);
  });

  it("fitColumns keeps the last column even when nothing fits", () => {
    expect(fitColumns(columns, [6, 4, 6], 3)).toEqual([0]);
    expect(fitColumns(columns, [6, 4, 6], 13)).toEqual([0, 2]);
  });
});

describe("marks", () => {
  it("bars, heat and sparklines", () => {
    const c = canvas(12, 2);
    bar(c, 0, 0, 8, 0.5 + 1 / 16, theme.s.up);
    sparkline(c, 0, 1, 5, [1, 2, Number.NaN, 4, 8], theme.s.up);
    expect(c.grid.toText()).toBe("████▌\n▁▂ ▄█");
    expect([-1, -0.5, 0, 0.3, 1, null].map(heatRole)).toEqual([
      "heat-5",
      "heat-3",
      "heat0",
      "heat+2",
      "heat+5",
      "unknown",
    ]);
  });

  it("braille lines", () => {
    const c = canvas(4, 2);
    const layer = new BrailleLayer(4, 2);
    layer.line(0, 7, 7, 0, theme.s.up);
    layer.dot(-1, 0, 0);
    layer.dot(8, 0, 0);
    layer.paint(c, 0, 0);
    expect(c.grid.toText()).toBe("  ⡠⠊\n⡠⠊");
  });

  it("ticks are round, inside, and told apart by their decimals", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e5, max: 1e5, noNaN: true }),
        fc.double({ min: 0.01, max: 1e5, noNaN: true }),
        fc.integer({ min: 1, max: 12 }),
        (low, span, count) => {
          const { values, decimals } = niceTicks(low, low + span, count);
          expect(values.length).toBeLessThanOrEqual(count + 1);
          const texts = values.map((v) => v.toFixed(decimals));
          expect(new Set(texts).size).toBe(values.length);
          for (const v of values) {
            expect(v).toBeGreaterThanOrEqual(low - span * 1e-6);
            expect(v).toBeLessThanOrEqual(low + span * (1 + 1e-6));
          }
        },
      ),
    );
  });
});
