import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeOf } from "../../../config/errors.ts";
import { barSeconds, readCandles } from "../../../store/imports/bars.ts";
import { removeFolder } from "../../harness/folders.ts";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "voldesk-bars-"));
});
afterAll(() => removeFolder(dir));
const file = (name: string, text: string): string => {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
};
const us = (iso: string): number => Date.parse(iso) * 1000;

describe("candles", () => {
  it("stand at their instant, whichever way the file tells the time", () => {
    const bars = (name: string, text: string): number[] =>
      readCandles(file(name, text), false, { zone: "America/New_York", symbol: "SPX" }).rows.map(
        (r) => r.startUs as number,
      );
    const at = [us("2026-07-17T13:30:00Z"), us("2026-07-17T13:31:00Z")];
    expect(bars("2026-07-17.csv", "time,open,high,low,close\n09:31,1,1,1,1\n09:30,1,1,1,1\n")).toEqual(at);
    expect(
      bars(
        "a_x.csv",
        "date,ms,open,high,low,close\n2026-07-17,34200000,1,1,1,1\n2026-07-17,34260000,1,1,1,1\n",
      ),
    ).toEqual(at);
    expect(
      bars(
        "b_x.csv",
        "Datetime,Open,High,Low,Close\n2026-07-17 09:30:00-04:00,1,1,1,1\n2026-07-17 09:31:00,1,1,1,1\n",
      ),
    ).toEqual(at);
    expect(barSeconds(readCandles(join(dir, "a_x.csv"), false, { symbol: "A" }).rows)).toBe(60);
  });

  it("are refused or mended by name", () => {
    const path = file(
      "SPY.csv",
      "symbol,date,open,high,low,close,volume\nSPY,2026-08-18,2,1,1,2,5\nSPY,2026-08-18,1,1,1,1,1\nSPY,soon,1,1,1,1,1\nSPY,2026-08-17,1,1,1,0,1\nSPY,2026-08-14,,2,1,1.5,many\n",
    );
    const got = readCandles(path, true);
    expect(got.symbol).toBe("SPY");
    expect(got.rows).toEqual([
      { day: "2026-08-14", startUs: null, open: null, high: 2, low: 1, close: 1.5, volume: null },
      { day: "2026-08-18", startUs: null, open: 2, high: 1, low: 1, close: 2, volume: 5 },
    ]);
    expect(Object.fromEntries(got.report.findings.map((f) => [f.reason, f.outcome]))).toEqual({
      bad_close: "refused",
      bad_time: "refused",
      bad_volume: "mended",
      duplicate: "refused",
      inconsistent: "told",
    });
    expect(got.report).toMatchObject({ read: 5, taken: 2, mended: 1, refused: 3 });
  });

  it("need columns, and a day where rows have none", () => {
    const failure = (path: string): string | null => {
      try {
        readCandles(path, false);
      } catch (e) {
        return codeOf(e);
      }
      return null;
    };
    expect(failure(file("x.csv", "a,b\n1,2\n"))).toBe("IMP-002");
    expect(failure(file("spx.csv", "time,close\n09:30,1\n"))).toBe("IMP-002");
    expect(failure(join(dir, "none.csv"))).toBe("IMP-001");
  });
});
