import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { VoldeskError } from "../../config/errors.ts";
import {
  curveFor,
  dividendsFor,
  fxFor,
  loadMarket,
  type MarketFacts,
  parseMarket,
} from "../../config/market.ts";
import { importRateCsv } from "../../config/rate-csv.ts";
import { discountFactor, fxRate, zeroRate } from "../../engines/pricing/index.ts";

const path = new URL("../../config/market.yaml", import.meta.url).pathname;
const source = readFileSync(path, "utf8");

const market = (): MarketFacts => loadMarket(path);

describe("market.yaml", () => {
  it("holds the rates of the bundled sessions as facts, converted from their bases", () => {
    const m = market();
    for (const [today, overnight, bill] of [
      ["2013-10-08", 0.0008, 0.0005],
      ["2015-12-24", 0.0036, 0.002],
    ] as const) {
      const curve = curveFor(m, "USD", today);
      expect(curve).toMatchObject({ asOf: today, standing: "fact" });
      expect(curve.source).toContain("H.15");
      expect(discountFactor(curve, 91 / 365)).toBeCloseTo(1 - (bill * 91) / 360, 15);
      expect(discountFactor(curve, 1 / 365)).toBeCloseTo(1 / (1 + overnight / 360), 15);
    }
  });

  it("never looks ahead, ages a curve into an assumption, and names the assumption in its absence", () => {
    const m = market();
    expect(curveFor(m, "USD", "2015-12-31").standing).toBe("fact");
    const aged = curveFor(m, "USD", "2016-01-15");
    expect(aged).toMatchObject({ asOf: "2015-12-24", standing: "assumption" });
    expect(aged.source).toContain("carried forward 22 days");
    const none = curveFor(m, "USD", "2013-10-07");
    expect(none).toMatchObject({ standing: "assumption", source: "no rate on file for this day" });
    expect(zeroRate(none, 1)).toBeCloseTo(0, 15);
    expect(curveFor(m, "JPY", "2015-12-24").standing).toBe("assumption");
  });

  it("says what names pay, and on what it rests", () => {
    const m = market();
    expect(dividendsFor(m, "GOOG", "2015-12-24")).toMatchObject({ standing: "fact", cash: [], yield: 0 });
    expect(dividendsFor(m, "GOOG", "2026-01-02")).toMatchObject({
      standing: "assumption",
      source: "no dividend schedule on file",
    });
    const ibm = dividendsFor(m, "IBM", "2013-10-08");
    expect(ibm.standing).toBe("assumption");
    expect(ibm.cash[0]).toMatchObject({ exDay: "2013-11-06", amount: 0.95, status: "estimated" });
  });

  it("has exchange rates of the day or none", () => {
    const m = market();
    expect(fxRate(fxFor(m, "2015-12-24")!, "GBP", "USD")!.rate).toBeCloseTo(1.0947 / 0.7342, 12);
    expect(fxFor(m, "2014-06-01")).toBeNull();
  });

  it("refuses a broken file, naming the key", () => {
    const refused = (text: string): string => {
      try {
        parseMarket(text, "market.yaml");
      } catch (error) {
        expect(error).toMatchObject({ code: "CFG-031", exitCode: 78 });
        return (error as VoldeskError).message;
      }
      throw new Error("accepted");
    };
    const line = source.split("\n").findIndex((l) => l.includes("rate: 0.08%")) + 1;
    expect(refused(source.replace("rate: 0.08%", "rate: 0.08"))).toMatch(
      new RegExp(`^CFG-031 market\\.yaml line ${line}: rates\\.0\\.quotes\\.0\\.rate: `),
    );
    expect(refused(source.replace("asOf: 2013-10-08", "asOf: 2013-10-38"))).toContain("YYYY-MM-DD");
    expect(refused(source.replace("tenor: 91d", "tenor: 1d"))).toContain("rates.0: duplicate tenor");
    expect(refused(source.replace("ccy: USD", "ccy: SEK"))).toContain("SEK");
    expect(refused(source.replace("maxAgeDays: 7", "maxAgeDay: 7"))).toContain("maxAgeDay");
    expect(refused("rates: [")).toContain("not valid YAML");
    expect(() => loadMarket("/nowhere/market.yaml")).toThrow(/^CFG-030 /);
  });
});

describe("importRateCsv", () => {
  it("knows a FRED series by its header and reads its days, holes and rubbish", () => {
    const r = importRateCsv(
      "observation_date,DTB3\n2015-12-23,0.20\n2015-12-24,0.20\n2015-12-25,\n2015-12-26,.\n2015-12-xx,0.1\n2015-12-28,n/a\n",
    );
    if (r.kind !== "ok") throw new Error(r.kind);
    expect(r.rows).toHaveLength(2);
    expect(r.rows[1]).toEqual({
      asOf: "2015-12-24",
      quote: { days: 91, rate: 0.002, basis: "bank-discount", dayCount: "ACT/360" },
    });
    expect(r.empty).toBe(2);
    expect(r.rejected.map((x) => x.line)).toEqual([6, 7]);
  });

  it("asks for the series when it does not know the column", () => {
    expect(importRateCsv("DATE,XYZ\n2020-01-01,1\n")).toEqual({ kind: "unknown_series", column: "XYZ" });
    expect(importRateCsv("")).toEqual({ kind: "unknown_series", column: null });
  });

  const shared = process.env.VOLDESK_SHARED;
  it.skipIf(!shared || !existsSync(join(shared, "data/daily/dtb3_2000_2026.csv")))(
    "agrees with market.yaml on the sessions' days",
    () => {
      const r = importRateCsv(readFileSync(join(shared!, "data/daily/dtb3_2000_2026.csv"), "utf8"));
      if (r.kind !== "ok") throw new Error(r.kind);
      const m = market();
      for (const today of ["2013-10-08", "2015-12-24"]) {
        const row = r.rows.find((x) => x.asOf === today)!;
        const df = 1 - (row.quote.rate * 91) / 360;
        expect(discountFactor(curveFor(m, "USD", today), 91 / 365)).toBeCloseTo(df, 15);
      }
      expect(r.rejected).toEqual([]);
    },
  );
});
