import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { monthlyExpiry, nextExpiries, VOL_INDICES, type VolIndex } from "../../../engines/surface/index.ts";
import { readFutures } from "../../../store/imports/futures.ts";
import { removeFolder } from "../../harness/folders.ts";

const [VIX, VSTOXX] = VOL_INDICES as [VolIndex, VolIndex];
const dir = mkdtempSync(join(tmpdir(), "voldesk-futures-"));
afterAll(() => removeFolder(dir));
const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};

describe("expiries of vol-index futures", () => {
  it("are 30 days before the options that the index is made of, holidays minded", () => {
    // Cboe's calendar: 2014-04-18 is Good Friday, 2024-06-19 a holiday itself.
    expect(monthlyExpiry(VIX, 2014, 3)).toBe("2014-03-18");
    expect(monthlyExpiry(VIX, 2024, 6)).toBe("2024-06-18");
    expect(monthlyExpiry(VIX, 2023, 12)).toBe("2023-12-20");
    expect(nextExpiries(VIX, "2023-09-20" as never, 3)).toEqual(["2023-10-18", "2023-11-15", "2023-12-20"]);
    expect(monthlyExpiry(VSTOXX, 2024, 9)).toBe("2024-09-18");
  });
});

describe("settlements of vol-index futures", () => {
  it("come as a strip of ranks, placed by the index's calendar", () => {
    const found = readFutures(
      file("vix_strip.csv", "Date,M1,M2,days\n2023-09-19,14.052,15.573,0\n2023-09-14,13.369,n/a,3\n"),
    );
    expect(found.symbol).toBe("VIX");
    expect(found.rows).toEqual([
      { day: "2023-09-14", expiry: "2023-09-20", settle: 13.369 },
      { day: "2023-09-19", expiry: "2023-09-20", settle: 14.052 },
      { day: "2023-09-19", expiry: "2023-10-18", settle: 15.573 },
    ]);
    expect(found.report).toMatchObject({ read: 2, taken: 2, refused: 0 });
    expect(found.report.findings.map((f) => f.reason)).toEqual(["missing_rank"]);
  });
  it("come with their expiries, and bad rows are named", () => {
    const text = `date,expiry,settle
2024-08-01,2024-08-21,17.5
2024-08-01,2024-08-21,17.6
2024-08-01,2024-07-17,16.0
2024-08-01,2024-09-18,-3
2024-08-01,2024-10-16,0.19
someday,2024-10-16,19
1999-01-05,1999-02-17,25
`;
    const found = readFutures(file("fvs.csv", text), "FVS");
    expect(found.symbol).toBe("V2TX");
    expect(found.rows.map((r) => [r.expiry, r.settle])).toEqual([
      ["1999-02-17", 25],
      ["2024-08-21", 17.6],
      ["2024-10-16", 0.19],
    ]);
    const codes = found.report.findings.map((f) => `${f.outcome} ${f.reason} ${f.count}`);
    expect(codes).toEqual([
      "refused bad_price 2",
      "refused bad_time 1",
      "told duplicate 1",
      "told fraction 1",
    ]);
    expect(() => readFutures(file("x.csv", "date,M1\n"), "ABC")).toThrow(/which index/);
    expect(() => readFutures(file("vix_no.csv", "date,close\n"))).toThrow(/no settlements/);
    // Ranks before the calendars begin can't be placed.
    expect(readFutures(file("vix_old.csv", "Date,M1\n2004-03-26,20.5\n")).report.refused).toBe(1);
  });
});
