import { describe, expect, it } from "vitest";
import type { InstrumentId } from "../../engines/market/index.ts";
import { collect, type ExportName, SCREEN_EXPORTS } from "../../src/desk/export/collect.ts";
import type { ExportTable } from "../../src/desk/export/table.ts";
import { sessionSource } from "../../src/shell/export-source.ts";
import { bootOf } from "../shell/boot.ts";

const source = sessionSource(bootOf("goog-2015-12-24", { at: "10:34" }));
const goog = "EQ/GOOG/USD" as InstrumentId;
const table = async (what: ExportName, asked = {}): Promise<ExportTable> => {
  const made = await collect(what, source, { underlying: goog, barMinutes: 1, prints: 1000, asked });
  if (made === null) throw new Error(`no ${what}`);
  return made;
};
const column = (t: ExportTable, name: string): readonly unknown[] => {
  const at = t.columns.findIndex((c) => c.name === name);
  if (at < 0) throw new Error(`no ${name} in ${t.columns.map((c) => c.name).join()}`);
  return t.rows.map((r) => r[at]);
};

describe("exports of the panes", () => {
  it("are rows of raw figures with the session's time and its offset; the unknown is null, never NaN", async () => {
    for (const what of SCREEN_EXPORTS) {
      if (what === "orders") continue;
      const t = await table(what);
      for (const row of t.rows) {
        expect(row).toHaveLength(t.columns.length);
        for (const cell of row) expect(typeof cell !== "number" || Number.isFinite(cell), what).toBe(true);
      }
      for (const c of t.columns) expect(c.name).toMatch(/^[a-z][a-z0-9_]*$/);
    }
    const surface = await table("surface");
    expect(column(surface, "time")[0]).toBe("2015-12-24T10:34:00.000000-05:00");
    expect(surface.rows.length).toBeGreaterThan(5);
  });

  it("say what the pane shows: its slice, its convention, its axes", async () => {
    const near = await table("exposure", {
      exposure: { underlying: goog, slice: "all", convention: "shortAll" },
    });
    expect(new Set(column(near, "convention"))).toEqual(new Set(["shortAll"]));
    const gamma = column(near, "gamma_net_delta_ccy_per_1pct").filter((x) => x !== null) as number[];
    expect(gamma.length).toBeGreaterThan(20);
    expect(gamma.every((x) => x <= 0)).toBe(true);

    const grid = await table("scenarios");
    expect(grid.rows).toHaveLength(7 * 3 * 3);
    const still = grid.rows.findIndex(
      (_, i) =>
        column(grid, "spot_move_pct")[i] === 0 &&
        column(grid, "vol_move_points")[i] === 0 &&
        column(grid, "days_from_now")[i] === 0,
    );
    expect(column(grid, "pnl_ccy")[still]).toBeCloseTo(0, 6);
  });

  it("list levels by distance, and the watch list with its quotes", async () => {
    const levels = await table("levels");
    const distance = column(levels, "distance_price") as number[];
    const sizes = distance.map(Math.abs);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    const watch = await table("watch");
    expect(column(watch, "instrument")).toContain(goog);
    expect(column(watch, "bid_price")[0]).toBeGreaterThan(700);
  });
});
