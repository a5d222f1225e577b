import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeOf } from "../../../config/errors.ts";
import { type ChainOptions, chainOf, readChain } from "../../../store/imports/chain.ts";
import { reportLines } from "../../../store/imports/report.ts";
import { removeFolder } from "../../harness/folders.ts";

const IWM = "test/fixtures/chains/iwm_2026-08-18.csv";
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "voldesk-chain-"));
});
afterAll(() => removeFolder(dir));

function file(name: string, text: string | Buffer): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}
const reasons = (path: string, options: ChainOptions = {}): Record<string, string> =>
  Object.fromEntries(
    readChain(path, options).report.findings.map((f) => [f.reason, `${f.outcome} ${f.count}`]),
  );
const failure = (f: () => unknown): string | null => {
  try {
    f();
  } catch (e) {
    return codeOf(e);
  }
  return null;
};

const HEAD =
  "symbol,contract,expiry,type,strike,bid,ask,bid_size,ask_size,last,volume,open_interest,iv,delta,gamma,theta,vega,spot,quote_time,as_of";
const line = (over: Record<string, string | number>): string => {
  const base: Record<string, string | number> = {
    symbol: "ABC",
    expiry: "2026-09-18",
    type: "C",
    strike: 100,
    bid: 1,
    ask: 1.1,
    iv: 0.2,
    delta: 0.5,
    gamma: 0.02,
    spot: 100,
    quote_time: "2026-08-19T15:00:00Z",
    as_of: "2026-08-19",
    ...over,
  };
  return HEAD.split(",")
    .map((c) => base[c] ?? "")
    .join(",");
};
const own = (name: string, rows: readonly Record<string, string | number>[]): string =>
  file(name, `${HEAD}\n${rows.map(line).join("\n")}\n`);

describe("a chain as yfinance gives it", () => {
  it("has every field of a row as the file says it", () => {
    const chain = readChain(IWM);
    const text = readFileSync(IWM, "utf8").trim().split("\n");
    expect(chain.format).toBe("yfinance");
    expect(chain.rows).toHaveLength(text.length - 1);
    const [contract, expiry, type, strike, last, bid, ask, volume, oi, iv] = (text[1] as string).split(",");
    const row = chain.rows.find((r) => r.contract === contract);
    expect(row).toMatchObject({
      symbol: "IWM",
      root: "IWM",
      expiry,
      type,
      strike: Number(strike),
      last: Number(last),
      bid: Number(bid),
      ask: Number(ask),
      volume: volume === "" ? null : Number(volume),
      openInterest: Number(oi),
      iv: Number(iv),
      delta: null,
    });
  });

  it("tells that its spot is of another time, and takes the one beside the quotes where meta.json has it", () => {
    expect(reasons(IWM)["spot_other_time"]).toBe("told 1");
    const copy = file("IWM.csv.gz", gzipSync(readFileSync(IWM)));
    file(
      "meta.json",
      JSON.stringify({ utc: "2026-08-19T14:58:01.086830+00:00", tickers: { IWM: { spot_live: 302.89 } } }),
    );
    const chain = chainOf(readChain(copy));
    expect(chain).toMatchObject({ symbol: "IWM", asOf: "2026-08-19", spot: 302.89 });
    expect(chain.quoteUs).toBe(Date.parse("2026-08-19T14:58:01.086Z") * 1000 + 830);
    rmSync(join(dir, "meta.json"));
  });
});

describe("a Cboe quote table", () => {
  const table = (date: string, rows: string): string =>
    `\nStandard & Poors 500 Index,Last: 4137.64,Change:  -8.58\n${date},Bid: 4124.95,Ask: 4164.3,Size: 1*1,Volume: 0\nExpiration Date,Calls,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest,Strike,Puts,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest\n${rows}`;
  const ROW =
    "Fri Apr 21 2023,SPXW230421C04100000,60.5,1,59.1,60.2,1204,0.1501,0.7012,0.0031,5003,4100.00,SPXW230421P04100000,18,0,17.9,18.3,33,0.1498,-0.2985,0.0031,8123\n";

  it("gives a call and a put a line, the weekly's index as underlying", () => {
    const chain = readChain(file("spx.csv", table("Date: 14 April 2023, 19:12 UTC−4", ROW)));
    expect(chain.rows).toHaveLength(2);
    expect(chain.rows[0]).toMatchObject({
      symbol: "SPX",
      root: "SPXW",
      type: "C",
      strike: 4100,
      bid: 59.1,
      ask: 60.2,
      iv: 0.1501,
      delta: 0.7012,
      openInterest: 5003,
      volume: 1204,
      spot: 4137.64,
      asOf: "2023-04-14",
      quoteUs: Date.parse("2023-04-14T23:12:00Z") * 1000,
    });
    expect(chain.rows[1]).toMatchObject({ type: "P", bid: 17.9, delta: -0.2985, openInterest: 8123 });
  });

  it.each([
    ['"Date: February 5 2022, 8:26 PM EST"', "2022-02-06T01:26:00Z"],
    ["Date: 16 May 2023, 6:30 AM EDT", "2023-05-16T10:30:00Z"],
    ['"Date: January 6, 2025 at 9:30 PM EST"', "2025-01-07T02:30:00Z"],
    ["Date: 10 May 2023, at 3:10 PM EDT", "2023-05-10T19:10:00Z"],
    ['Date: 18 May 2023, 5:55 AM EDT"', "2023-05-18T09:55:00Z"],
    ["Date: 12 May 2023, 12:05 AM EDT", "2023-05-12T04:05:00Z"],
  ])("reads the time in %s", (date, iso) => {
    const far = ROW.replaceAll("230421", "290420").replace("Fri Apr 21 2023", "Fri Apr 20 2029");
    expect(readChain(file("t.csv", table(date, far))).rows[0]?.quoteUs).toBe(Date.parse(iso) * 1000);
  });

  it("belongs to the session before when taken at a weekend or before the open; what expired then is named", () => {
    const path = file("w.csv", table("Date: 22 April 2023, 11:00 AM EDT", ROW));
    expect(readChain(path).days).toEqual(["2023-04-21"]);
    expect(reasons(path)).toEqual({ expires_that_day: "told 2" });
    expect(reasons(file("x.csv", table("Date: 24 April 2023, 3:00 PM EDT", ROW)))).toEqual({
      expired: "refused 2",
    });
  });

  it("makes a Greek of 0 without a volatility unknown, keeps a bid of 0 beside an ask", () => {
    const bare =
      "Fri Apr 21 2023,SPXW230421C04100000,0,0,0,0.05,0,0,0,0,5,4100.00,SPXW230421P04100000,0,0,0,0,0,0,0,0,0\n";
    const { rows } = readChain(file("z.csv", table("Date: 14 April 2023, 19:12 UTC−4", bare)));
    expect(rows[0]).toMatchObject({
      bid: 0,
      ask: 0.05,
      last: null,
      iv: null,
      delta: null,
      gamma: null,
      volume: 0,
    });
    expect(rows[1]).toMatchObject({ bid: null, ask: null });
  });
});

describe("units", () => {
  it("finds percent where a fraction is due, and says so", () => {
    const path = own("pct.csv", [{ iv: 20.5 }, { iv: 22, type: "P" }]);
    expect(readChain(path).rows.map((r) => r.iv)).toEqual([0.205, 0.22]);
    expect(reasons(path)).toEqual({ iv_percent: "told 1" });
  });

  it("counts a single volatility above 500 % as unknown", () => {
    const path = own("high.csv", [{ iv: 0.2 }, { iv: 0.2, strike: 101 }, { iv: 7, type: "P" }]);
    expect(reasons(path)).toEqual({ iv_above_500pct: "mended 1" });
  });

  it("reads Deribit's instants and leaves premiums in coin", () => {
    const head =
      "timestamp,instrument_name,option_type,strike,expiry_datetime,bid_price,ask_price,implied_volatility,delta,vega,open_interest,volume,index_price";
    const path = file(
      "d.csv",
      `${head}\n2026-02-06T15:51:21.085343+00:00,BTC-26JUN26-70000-C,call,70000.0,2026-06-26T08:00:00+00:00,0.1215,0.1235,0.5061,0.55691,170.27331,281.9,295.8,68797.08\n`,
    );
    const chain = readChain(path);
    expect(chain.premium).toBe("coin");
    expect(chain.rows[0]).toMatchObject({
      symbol: "BTC",
      expiry: "2026-06-26",
      expiryUs: Date.parse("2026-06-26T08:00:00Z") * 1000,
      strike: 70000,
      bid: 0.1215,
      spot: 68797.08,
    });
  });
});

describe("bad rows", () => {
  it("are mended or refused by name", () => {
    const path = own("bad.csv", [
      { strike: 90, bid: 2, ask: 1 },
      { strike: 91, bid: -1 },
      { strike: 92, ask: 0 },
      { strike: 93, bid: 0, ask: 0 },
      { strike: 94, delta: 3 },
      { strike: 95, iv: -0.2 },
      { strike: 96, volume: "many" },
      { strike: 97, quote_time: "yesterday" },
      { strike: -5 },
      { expiry: "soon" },
      { expiry: "2026-02-30" },
      { type: "X" },
      { expiry: "2026-08-18" },
      { contract: "ABC260918C00101000" },
      { strike: 99, quote_time: "2026-08-19T15:00:01Z", bid: 1.05 },
      { strike: 99 },
    ]);
    const chain = readChain(path);
    expect(reasons(path)).toEqual({
      crossed: "mended 1",
      negative_bid: "mended 1",
      no_ask: "mended 1",
      no_quote: "told 1",
      bad_delta: "mended 1",
      negative_iv: "mended 1",
      bad_volume: "mended 1",
      bad_time: "mended 1",
      no_quote_time: "told 1",
      bad_strike: "refused 1",
      bad_expiry: "refused 2",
      bad_type: "refused 1",
      expired: "refused 1",
      contract_differs: "refused 1",
      duplicate: "refused 1",
    });
    expect(chain.report).toMatchObject({ read: 16, taken: 9, mended: 7, refused: 7 });
    expect(chain.rows.find((r) => r.strike === 90)).toMatchObject({ bid: null, ask: null, iv: 0.2 });
    expect(chain.rows.find((r) => r.strike === 99)?.bid).toBe(1.05);
    expect(reportLines(chain.report)[0]).toContain("16 rows read, 9 taken, 7 mended, 7 refused");
  });

  it("give the same chain in any order", () => {
    const rows = [
      { strike: 90 },
      { strike: 100 },
      { strike: 100, type: "P" },
      { strike: 110, expiry: "2026-12-18" },
    ];
    expect(readChain(own("o1.csv", rows)).rows).toEqual(readChain(own("o2.csv", rows.toReversed())).rows);
  });

  it("leave an empty chain empty, and say so", () => {
    const chain = readChain(own("empty.csv", []));
    expect(chain.rows).toEqual([]);
    expect(chain.report.findings.map((f) => f.reason)).toContain("empty_chain");
    expect(failure(() => chainOf(chain))).toBe("IMP-004");
  });
});

describe("files that are no chains", () => {
  it("are refused with a code, whatever is in them", () => {
    expect(failure(() => readChain(join(dir, "not-there.csv")))).toBe("IMP-001");
    expect(failure(() => readChain(dir))).toBe("IMP-001");
    const whole = gzipSync(readFileSync(IWM));
    for (const [name, content] of [
      ["nothing.csv", ""],
      ["other.csv", "a,b\n1,2\n"],
      ["cut.csv.gz", whole.subarray(0, whole.length >> 1)],
      ["noise.bin", Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919) % 251))],
      ["broken.json", '{"chains": '],
      ["other.json", "{}"],
    ] as const)
      expect([name, failure(() => readChain(file(name, content)))]).toEqual([name, "IMP-002"]);
  });

  it("may hold chains of any shape in JSON without harm", () => {
    const path = file(
      "odd.json",
      JSON.stringify({
        ticker: "T",
        date: "2026-05-07",
        chains: { "2026-05-08": null, "2026-05-11": { calls: [null, 3, { strike: 5, iv: 0.4 }], puts: [] } },
      }),
    );
    expect(readChain(path).rows).toHaveLength(1);
    expect(reasons(path)).toMatchObject({ bad_strike: "refused 2", missing_side: "told 2" });
  });
});

describe("tables of other vendors", () => {
  it("OptionsDX: a call and a put a row, times on the wall of New York, names in brackets", () => {
    const side = (p: string): string =>
      ["DELTA", "GAMMA", "VEGA", "THETA", "RHO", "IV", "VOLUME", "LAST", "SIZE", "BID", "ASK"]
        .map((f) => `[${p}_${f}]`)
        .join(", ");
    const table = file(
      "spy_eod_202301.txt",
      `[QUOTE_UNIXTIME], [QUOTE_READTIME], [QUOTE_DATE], [QUOTE_TIME_HOURS], [UNDERLYING_LAST], [EXPIRE_DATE], [EXPIRE_UNIX], [DTE], ${side("C")}, [STRIKE], ${side("P")}, [STRIKE_DISTANCE]
1672779600, 2023-01-03 16:00, 2023-01-03, 16.000000, 380.82, 2023-01-20, 1674248400, 17.00, 0.512, 0.0211, 0.33, -0.21, 0.09, 0.2135, 1204, 7.10, 12 x 40, 7.05, 7.12, 381, -0.49, 0.0212, 0.33, -0.17, -0.08, 0.2121, 3300, 6.20, 5 x 9, 6.18, 6.25, 0.18
`,
    );
    const { rows, format, report } = readChain(table, { symbol: "SPY" });
    expect(format).toBe("optionsdx");
    expect(report).toMatchObject({ taken: 2, refused: 0 });
    expect(rows.map((r) => [r.type, r.strike, r.bid, r.iv, r.delta, r.spot])).toEqual([
      ["C", 381, 7.05, 0.2135, 0.512, 380.82],
      ["P", 381, 6.18, 0.2121, -0.49, 380.82],
    ]);
    expect(rows[0]).toMatchObject({
      asOf: "2023-01-03",
      expiry: "2023-01-20",
      quoteUs: Date.parse("2023-01-03T21:00:00Z") * 1000,
    });
  });

  it("ORATS: strikes with both sides, one gamma for both, the call's delta", () => {
    const table = file(
      "orats.csv",
      `ticker,trade_date,expirDate,dte,strike,stkPx,cVolu,cOi,pVolu,pOi,cBidPx,cAskPx,pBidPx,pAskPx,cMidIv,pMidIv,delta,gamma,theta,vega
SPY,2023-01-03,2023-01-20,17,381,380.82,1204,5000,3300,7000,7.05,7.12,6.18,6.25,0.2135,0.2121,0.512,0.0211,-0.21,0.33
SPY,2023-01-03,2023-01-20,17,400,380.82,10,90,0,4,1.01,1.05,19.9,20.4,18.9,0.19,0.11,0.012,-0.1,0.17
`,
    );
    const { rows, format } = readChain(table);
    expect(format).toBe("orats");
    expect(rows.map((r) => [r.type, r.strike, r.openInterest, r.iv, r.gamma, r.delta])).toEqual([
      ["C", 381, 5000, 0.2135, 0.0211, 0.512],
      ["P", 381, 7000, 0.2121, 0.0211, null],
      // A single vol in percent among fractions is beyond belief, not a hint.
      ["C", 400, 90, null, 0.012, 0.11],
      ["P", 400, 4, 0.19, 0.012, null],
    ]);
  });
});

describe("a mapping file", () => {
  const MAP =
    "name: mine\ncolumns: { expiry: Exp, strike: K, spot: Under, quote_time: When }\ncall: { bid: CB, ask: CA, iv: CIV }\nput: { bid: PB, ask: PA, iv: PIV }\niv_unit: percent\nzone: America/New_York\nsymbol: XYZ\n";
  it("describes a table of one's own", () => {
    const table = file(
      "mine.csv",
      "When,Under,Exp,K,CB,CA,CIV,PB,PA,PIV\n2026-08-18 15:45:00,100.5,09/18/2026,100,2,2.2,21.5,1.5,1.6,22\n",
    );
    const { rows, format } = readChain(table, { mapping: file("mine.yaml", MAP) });
    expect(format).toBe("mine");
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatchObject({
      symbol: "XYZ",
      type: "P",
      expiry: "2026-09-18",
      bid: 1.5,
      iv: 0.22,
      spot: 100.5,
      quoteUs: Date.parse("2026-08-18T19:45:00Z") * 1000,
    });
  });
  it("is refused where it says nothing usable", () => {
    for (const text of [
      "name: [",
      "name: x\ncolumns: {}\n",
      "name: x\ncolumns: {strike: K, expiry: E}\n",
      "name: x\ncolumns: {strike: K, colour: C}\n",
    ])
      expect(failure(() => readChain(IWM, { mapping: file("bad.yaml", text) }))).toBe("IMP-003");
  });
});

describe.skipIf(!process.env["VOLDESK_SHARED"])("the chains of the shared folder", () => {
  const at = (path: string): string => join(process.env["VOLDESK_SHARED"] as string, "data/options", path);
  it("are read whole", () => {
    const spx = readChain(at("cboe_quotes/spx_2022-02-05_2009.csv.gz"));
    expect(spx.days).toEqual(["2022-02-04"]);
    expect(spx.report).toMatchObject({ read: 20514, taken: 20514, refused: 0 });
    const daily = readChain(at("crypto_daily/deribit_2026-08-10.csv.gz"));
    expect(daily.symbols).toEqual(["BTC", "ETH"]);
    expect(daily.report.findings.map((f) => f.reason)).toContain("iv_percent");
    expect(readChain(at("tsla_daily/2026-05-07.json.gz")).rows).toHaveLength(1456);
    expect(readChain(at("lean_eod/aapl_2014-06-02_2014-06-09.csv.gz"), { symbol: "AAPL" }).days).toHaveLength(
      6,
    );
  });
});
