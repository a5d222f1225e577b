import { describe, expect, it } from "vitest";
import { curveFor, dividendsFor, fxFor, loadMarket, parseMarket } from "../../../config/market.ts";
import { withEntries } from "../../../config/market-file.ts";
import { fxRate } from "../../../engines/pricing/index.ts";
import { dividendEntries, fxEntries, rateEntries } from "../../../store/imports/market.ts";

const shipped = loadMarket(new URL("../../../config/market.yaml", import.meta.url).pathname);
const ALL = { from: "0001-01-01", until: "9999-12-31" };
const WHERE = "market.yaml";

describe("published series into a market file", () => {
  it("one curve a day from all the rate series that speak of it, in the order of tenor", () => {
    const { reports, entries } = rateEntries(
      [
        { name: "dtb3.csv", text: "observation_date,DTB3\n2020-01-02,1.51\n2020-01-03,\n2020-01-06,x\n" },
        { name: "dff.csv", text: "DATE,DFF\n2020-01-01,1.55\n2020-01-02,1.55\n" },
        { name: "odd.csv", text: "DATE,XYZ\n2020-01-01,1\n" },
      ],
      { from: "2020-01-02", until: "2020-12-31" },
    );
    expect(reports.map((r) => [r.taken, r.refused])).toEqual([
      [1, 1],
      [1, 0],
      [0, 1],
    ]);
    const market = parseMarket(withEntries("", entries, WHERE, shipped), WHERE, shipped);
    const curve = curveFor(market, "USD", "2020-01-02");
    expect(curve).toMatchObject({ asOf: "2020-01-02", standing: "fact" });
    expect(curve.source).toBe("Federal Reserve, FRED series DTB3; Federal Reserve, FRED series DFF");
    expect(entries[0]?.value["quotes"]).toMatchObject([
      { tenor: "1d", rate: "1.55%" },
      { tenor: "91d", rate: "1.51%", basis: "bank-discount" },
    ]);
  });

  it("exchange rates by the names of their columns; what is no rate is left out and told", () => {
    const text = "Date,EURUSD,note,GBPUSD\n2020-01-02,1.1193,x,1.3\n2020-01-03,-1,x,\nwhen,1,x,1\n";
    const { report, entries } = fxEntries("fx.csv", text, "ECB", ALL);
    expect(report).toMatchObject({ read: 3, taken: 1, mended: 1, refused: 2 });
    const market = parseMarket(withEntries("", entries, WHERE, shipped), WHERE, shipped);
    const table = fxFor(market, "2020-01-02");
    expect(table && fxRate(table, "EUR", "USD")?.rate).toBe(1.1193);
  });

  it("dividends of a name, for the days that the file covers", () => {
    const text = "Date,Close,Dividends\n2020-01-02,1,0\n2020-02-03,1,0.25\n2020-03-02,1,\n2020-04-01,1,0.0\n";
    const about = { symbol: "ABC", ccy: "USD", source: "a file" };
    const { report, entries } = dividendEntries("abc.csv", text, about, ALL);
    expect(report).toMatchObject({ read: 4, taken: 1, refused: 1 });
    const market = parseMarket(withEntries("", entries, WHERE, shipped), WHERE, shipped);
    expect(dividendsFor(market, "ABC", "2020-03-01")).toMatchObject({
      standing: "fact",
      cash: [{ exDay: "2020-02-03", amount: 0.25, ccy: "USD", status: "declared" }],
    });
    expect(dividendsFor(market, "ABC", "2020-05-01").standing).toBe("assumption");
  });

  it("an own file keeps its comments, wins over what is shipped, and takes an entry's place when it comes again", () => {
    const own = "# mine\nmaxAgeDays: 3 # days\n";
    const entry = (rate: string) => ({
      list: "rates",
      key: { ccy: "USD", asOf: "2015-12-24" },
      value: {
        ccy: "USD",
        asOf: "2015-12-24",
        standing: "fact",
        source: "mine",
        quotes: [{ tenor: "91d", rate, basis: "simple" }],
      },
    });
    const once = withEntries(own, [entry("1%")], WHERE, shipped);
    const twice = withEntries(once, [entry("2%")], WHERE, shipped);
    expect(twice).toContain("# mine");
    expect(twice).toContain("# days");
    expect(twice.match(/asOf/g)).toHaveLength(1);
    const market = parseMarket(twice, WHERE, shipped);
    expect(market.maxAgeDays).toBe(3);
    expect(market.carryForwardDays).toBe(shipped.carryForwardDays);
    expect(curveFor(market, "USD", "2015-12-24").source).toBe("mine");
    expect(curveFor(market, "USD", "2013-10-08").source).toContain("H.15");
    expect(() => withEntries("rates: [", [entry("1%")], WHERE, shipped)).toThrow(
      /^CFG-031 market\.yaml line 1/,
    );
  });
});
