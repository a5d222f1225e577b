import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { candlesBefore, surfacesBefore } from "../../../src/desk/history.ts";
import { dayBefore, standings, weekBefore } from "../../../src/desk/surface/compare.ts";
import { HistoryFiles } from "../../../src/shell/history-files.ts";
import { historyPath, readHistory, writeHistory } from "../../../store/history/file.ts";
import { historyOf, historySymbols } from "../../../store/history/from-warehouse.ts";
import { upsert } from "../../../store/warehouse/upsert.ts";
import { Warehouse } from "../../../store/warehouse/warehouse.ts";
import { removeFolder } from "../../harness/folders.ts";

const NOW = 1_450_000_000e6;
const DAYS = [
  "2015-12-14",
  "2015-12-15",
  "2015-12-16",
  "2015-12-17",
  "2015-12-18",
  "2015-12-21",
  "2015-12-22",
];
let dir: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "voldesk-history-"));
  const w = await Warehouse.open(join(dir, "w.duckdb"), { create: true, threads: 1, memoryMb: 256 });
  await w.migrate(NOW);
  const tenor = (day: string, i: number, t: number) => ({
    symbol: "GOOG",
    provider: "test",
    as_of: day,
    tenor_target_dte: t,
    atm_iv: 0.2 + i / 100,
    skew_25d_pp: 3,
    fly_25d_pp: t === 7 ? null : 0.5,
  });
  await upsert(
    w,
    "iv_surface_tenor",
    DAYS.flatMap((d, i) => [tenor(d, i, 7), tenor(d, i, 30)]),
    NOW,
  );
  const candle = (day: string, i: number) => ({
    symbol: "GOOG",
    provider: "test",
    as_of: day,
    adjusted: false,
    open: 740 + i,
    high: 750 + i,
    low: 735 + i,
    close: 745 + i,
    volume: i === 2 ? null : 1000,
  });
  await upsert(w, "daily", [...DAYS, "2015-12-24"].map(candle), NOW);
  expect(await historySymbols(w)).toEqual(["GOOG"]);
  expect(await historyOf(w, "IBM")).toBeNull();
  const history = await historyOf(w, "GOOG");
  if (history !== null) writeHistory(dir, history);
  w.close();
});
afterAll(() => removeFolder(dir));

describe("history of a name, from the warehouse to the desk", () => {
  it("comes back as it was stored, unknown as unknown", () => {
    const history = new HistoryFiles(dir).of("GOOG");
    expect(history?.surfaceProvider).toBe("test");
    expect(history?.surfaces.map((s) => s.day)).toEqual(DAYS);
    expect(history?.surfaces[0]?.tenors).toEqual([
      { days: 7, atm: 0.2, riskReversal25: -0.03, butterfly25: null },
      { days: 30, atm: 0.2, riskReversal25: -0.03, butterfly25: 0.005 },
    ]);
    expect(history?.daily?.volume[2]).toBeNaN();
    expect(new HistoryFiles(dir).of("IBM")).toBeNull();
  });

  it("shows a session nothing of its own day or later", () => {
    const history = new HistoryFiles(dir).of("GOOG");
    expect(surfacesBefore(history, "2015-12-22").at(-1)?.day).toBe("2015-12-21");
    expect(candlesBefore(history, "2015-12-24")).toMatchObject({ n: 7 });
    expect(candlesBefore(history, "2015-12-14")).toBeNull();
  });

  it("gives the day and the week before, and says what is missing", () => {
    const history = new HistoryFiles(dir).of("GOOG");
    const day = dayBefore("no settlement marks", history, "2015-12-24", [7, 30, 60]);
    expect(day.day).toBe("2015-12-22");
    expect(day.tenors.map((t) => t.atm)).toEqual([0.26, 0.26, null]);
    expect(day.tenors[1]?.put25).toBeCloseTo(0.26 + 0.005 + 0.015, 12);
    expect(weekBefore(history, "2015-12-24", [7])).toMatchObject({ day: "2015-12-17" });
    expect(weekBefore(history, "2015-12-16", [7])).toMatchObject({ day: null });
    expect(dayBefore("no settlement marks", history, "2016-02-01", [7]).source).toContain(
      "ends on 2015-12-22",
    );
    expect(dayBefore("no settlement marks", null, "2015-12-24", [7]).source).toContain("voldesk db history");
    const result = { tenors: [{ days: 7, figures: { atmVol: 0.2 } }] } as never;
    expect(standings(result, history, "2015-12-24").reason).toContain(
      "7 earlier sessions are kept, 20 are needed",
    );
  });

  it("refuses a damaged or a strange file in words, and is not stopped by it", () => {
    const whole = readHistory(dir, "GOOG");
    writeFileSync(historyPath(dir, "BAD"), '{"schema":"voldesk.hist');
    expect(readHistory(dir, "BAD")).toBe("its history file is damaged");
    writeFileSync(historyPath(dir, "ODD"), JSON.stringify(whole));
    expect(readHistory(dir, "ODD")).toBe("its history file is of GOOG");
    writeFileSync(historyPath(dir, "BENT"), JSON.stringify({ ...(whole as object), version: 9 }));
    expect(new HistoryFiles(dir).of("BENT")?.problem).toContain("not usable");
    expect(dayBefore("no marks", new HistoryFiles(dir).of("BENT"), "2015-12-24", [7]).source).toContain(
      "not usable",
    );
    expect(historyPath(dir, "../x/y")).not.toContain("../x");
  });
});
