import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Flag, Kind, Quality } from "../../../engines/market/index.ts";
import { setsLast } from "../../../store/capture/decode/lean-ticks.ts";
import { CaptureError } from "../../../store/capture/errors.ts";
import { type ImportOptions, importSession } from "../../../store/capture/import/import.ts";
import { redactSecrets } from "../../../store/capture/redact.ts";
import { openSession } from "../../../store/capture/session.ts";
import { verifySession } from "../../../store/capture/verify.ts";
import { wallUs } from "../../../store/capture/zones.ts";
import { tempDir } from "./helpers.ts";

const KINDS = new Map<number, string>(Object.entries(Kind).map(([name, k]) => [k, name]));

function put(files: Record<string, string>): string[] {
  const dir = tempDir();
  return Object.entries(files).map(([name, text]) => {
    const path = join(dir, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, name.endsWith(".gz") ? gzipSync(text) : text);
    return path;
  });
}

async function importFiles(
  kind: string,
  files: string[],
  more: Partial<ImportOptions> = {},
): Promise<string> {
  const out = join(tempDir(), "made");
  const none = { day: null, symbol: null, zone: null, venue: null, title: null };
  await importSession({ kind, files, out, build: "0", ...none, ...more });
  expect(verifySession(out).problems).toEqual([]);
  return out;
}

type Told = [seconds: number, kind: string, instrument: string, ...values: (number | null)[]];

/** Events of a session as seconds from `fromUs`, kind, instrument and the values that are not empty. */
function told(dir: string, fromUs: number, withObjects = false): Told[] {
  const s = openSession(dir);
  const out: Told[] = [];
  for (let b = 0; b < s.blocks.length; b++) {
    const c = s.block(b);
    for (let i = 0; i < c.n; i++) {
      if (c.kind[i] === Kind.object && !withObjects) continue;
      const values = [c.a[i], c.b[i], c.c[i], c.d[i], c.e[i]].map((v) =>
        v === undefined || v !== v ? null : v,
      );
      while (values.at(-1) === null) values.pop();
      const id = s.instruments[c.slot[i] as number]?.id ?? "";
      out.push([
        ((c.recvUs[i] as number) - fromUs) / 1e6,
        KINDS.get(c.kind[i] as number) ?? "",
        id,
        ...values,
      ]);
    }
  }
  s.close();
  return out;
}

const failure = async (kind: string, files: string[], more: Partial<ImportOptions> = {}): Promise<string> => {
  try {
    await importFiles(kind, files, more);
    return "";
  } catch (e) {
    expect(e).toBeInstanceOf(CaptureError);
    return (e as CaptureError).message;
  }
};

describe("importing Lean minute files", () => {
  const OPTION = "ms,expiry,right,strike,";
  const QUOTES = "bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,ask_close,ask_size";
  const open = wallUs("2014-06-06", "09:30", "America/New_York");
  const call = "OPT/AAPL/2014-06-21/C/645/USD/1";

  it("tells opens at the start, closes with sizes at the end, and never high or low as a quote", async () => {
    const dir = await importFiles(
      "lean-minute",
      put({
        "aapl_2014-06-06_quotes.csv.gz": `${OPTION}${QUOTES}\n34200000,2014-06-21,C,645,5.1,9,1,5.2,7,5.4,9,1,5.5,3\n34260000,2014-06-21,C,645,5.2,6,5,5.3,4,,,,,0\n`,
        "aapl_2014-06-06_trades.csv": `${OPTION}open,high,low,close,volume\n34200000,2014-06-21,C,645,5.3,5.45,5.25,5.35,12\n`,
        "aapl_2014-06-06_openinterests.csv": `${OPTION}open_interest\n34200000,2014-06-21,C,645,1234\n`,
        "aapl_20140605_20140606_trades.csv": `date,ms,open,high,low,close,volume\n2014-06-05,34200000,1,1,1,1,1\n2014-06-06,34200000,649.9,650.5,649,650.1,1000\n`,
      }),
      { day: "2014-06-06" },
    );
    expect(told(dir, open)).toEqual([
      [0, "openInterest", call, 1234],
      [0, "quote", call, 5.1, null, 5.4],
      [0, "trade", "EQ/AAPL/USD", 649.9, 0],
      [0, "trade", call, 5.3, 0],
      [60, "quote", call, 5.2, 7, 5.5, 3],
      [60, "bar", "EQ/AAPL/USD", 649.9, 650.5, 649, 650.1, 1000],
      [60, "bar", call, 5.3, 5.45, 5.25, 5.35, 12],
      // The bid opens where it stood, so its size still holds; the ask is empty: unchanged, not gone.
      [60, "quote", call, 5.2, 7],
      [120, "quote", call, 5.3, 4],
    ]);
  });

  it("takes prior marks from the last day before the session only", async () => {
    const header =
      "date,underlying_close,expiry,strike,right,open,high,low,close,volume,open_interest,implied_volatility,delta,gamma,vega,theta,rho";
    const row = (date: string, close: number): string =>
      `${date},0,2014-06-21,645,C,0,0,0,${close},0,,0,0,0,0,0,0\n`;
    const files = put({
      "aapl_2014-06-04_2014-06-09.csv": `${header}\n${row("2014-06-04", 3)}${row("2014-06-05", 4)}${row("2014-06-06", 5)}`,
      "aapl_2014-06-06_openinterests.csv": `${OPTION}open_interest\n34200000,2014-06-21,C,645,1\n`,
    });
    const dir = await importFiles("lean-minute", files, { day: "2014-06-06" });
    const s = openSession(dir);
    const marks = s.block(0).objects.filter((o) => o.kind === "priorMark");
    s.close();
    expect(marks).toMatchObject([{ price: 4, day: "2014-06-05" }]);
  });

  it("stamps index bars in the index's own zone", async () => {
    const dir = await importFiles(
      "lean-minute",
      put({ "sx5e_2024-07-29_index.csv": "ms,open,high,low,close,volume\n32520000,10,12,9,11,3\n" }),
    );
    expect(told(dir, wallUs("2024-07-29", "09:02", "Europe/Berlin"))).toEqual([
      [0, "index", "IDX/SX5E", 10],
      [60, "bar", "IDX/SX5E", 10, 12, 9, 11],
    ]);
    const spx = await importFiles(
      "lean-minute",
      put({ "spx_2021-01-04_index.csv": "ms,open,high,low,close,volume\n30600000,10,12,9,11,3\n" }),
    );
    expect(told(spx, wallUs("2021-01-04", "09:30", "America/New_York"))[0]?.[0]).toBe(0);
  });

  it("knows SPX from SPXW, and both from a stock", async () => {
    const row = `${OPTION}open_interest\n34200000,2021-01-15,C,3700,1\n`;
    const dir = await importFiles(
      "lean-minute",
      put({ "spx_2021-01-04_openinterests.csv": row, "spxw_2021-01-04_openinterests.csv": row }),
    );
    const s = openSession(dir);
    const options = s.instruments.filter((i) => i.kind === "option");
    s.close();
    expect(s.instruments[0]?.id).toBe("IDX/SPX");
    expect(options).toMatchObject([
      { symbol: "SPX", underlying: "IDX/SPX", style: "european", settlement: { time: "AM", how: "cash" } },
      { symbol: "SPXW", underlying: "IDX/SPX", style: "european", settlement: { time: "PM", how: "cash" } },
    ]);
    expect(options[0]?.expiryUs).toBe(wallUs("2021-01-15", "09:30", "America/New_York"));
    expect(options[0]?.lastTradeUs).toBe(wallUs("2021-01-14", "16:15", "America/New_York"));
  });
});

describe("importing ticks", () => {
  it("joins the one-sided rows of a millisecond and keeps venue, condition and suspicion", async () => {
    const dir = await importFiles(
      "lean-tick",
      put({
        "bac_20131008_quotes.csv":
          "ms,bid,bid_size,ask,ask_size,exchange,condition_hex,suspicious\n34200000,13.8,1000,0,0,P,1,0\n34200000,0,0,13.82,500,P,1,0\n34200005,13.83,100,0,0,Q,1,0\n34200005,0,0,13.84,200,Q,1,1\n34200005,13.82,300,0,0,Q,1,0\n34200009,0,0,13.85,1,Q,1,0\n",
        "bac_20131008_trades.csv":
          "ms,price,size,exchange,condition_hex,suspicious\n34200005,13.82,300,P,80000001,0\n34200006,13.82,300,D,1,0\n34200006,13.82,300,D,1,0\n",
      }),
    );
    const at = wallUs("2013-10-08", "09:30", "America/New_York");
    const bac = "EQ/BAC/USD";
    expect(told(dir, at)).toEqual([
      [0, "quote", bac, 13.8, 1000, 13.82, 500],
      [0.005, "trade", bac, 13.82, 300],
      [0.005, "quote", bac, 13.82, 300, 13.84, 200],
      // Equal prints are two prints.
      [0.006, "trade", bac, 13.82, 300],
      [0.006, "trade", bac, 13.82, 300],
      [0.009, "quote", bac, null, null, 13.85, 1],
    ]);
    const s = openSession(dir);
    const c = s.block(0);
    expect(Array.from(c.flags.subarray(1))).toEqual([
      Flag.bidSide | Flag.askSide,
      Flag.notLast,
      Flag.bidSide | Flag.askSide | Flag.suspicious,
      0,
      0,
      Flag.askSide,
    ]);
    expect(Array.from(c.ref.subarray(2, 6))).toEqual([0, -1, 1, 1]);
    expect(s.manifest.derived?.conditions).toEqual([
      { venue: "P", code: "80000001" },
      { venue: "D", code: "1" },
    ]);
    s.close();
  });

  it("knows which conditions do not set the last price", () => {
    // Regular; intermarket sweep; extended hours; odd lot; average price; derivatively priced; odd lot after hours.
    const words = ["1", "20", "2000", "80000000", "100000", "200", "80002000"];
    expect(words.map(setsLast)).toEqual([true, true, true, false, false, false, false]);
  });

  it("reads FX in its dealer's zone and asks when it does not know that", async () => {
    const text = "ms,bid,ask\n1014,1.39248,1.39250\n";
    const fxcm = await importFiles("fx", put({ "eurusd_fxcm_20140507_quotes.csv": text }));
    expect(told(fxcm, wallUs("2014-05-07", "05:00", "UTC"))).toEqual([
      [1.014, "quote", "FX/EURUSD", 1.39248, null, 1.3925],
    ]);
    const oanda = await importFiles("fx", put({ "eurusd_oanda_20140507_quotes.csv.gz": text }));
    expect(told(oanda, wallUs("2014-05-07", "00:00", "UTC"))[0]?.[0]).toBe(1.014);
    expect(await failure("fx", put({ "eurusd_other_20140507_quotes.csv": text }))).toMatch(
      /^CAP-012 .*Say it with --zone\.$/,
    );
  });

  it("reads options on a future with the future they deliver", async () => {
    const header = "ts_recv,ts_event,symbol,action,side,price,size,bid,bid_size,ask,ask_size,flags,sequence";
    const dir = await importFiles(
      "databento",
      put({
        "es.csv": `${header}\n2024-05-09T10:00:00.973543290Z,2024-05-09T10:00:00.967454997Z,ESM4 P5230,M,A,97.75,58,97.25,122,97.75,58,128,1\n2024-05-09T10:00:01.000000000Z,2024-05-09T10:00:01.000000000Z,ESM4 P5230,T,B,97.75,2,97.25,122,97.75,56,0,2\n`,
      }),
    );
    const put5230 = "OPT/ES/2024-06-21/P/5230/USD/1";
    expect(told(dir, wallUs("2024-05-09", "10:00", "UTC"))).toEqual([
      [0.973543, "quote", put5230, 97.25, 122, 97.75, 58],
      [1, "trade", put5230, 97.75, 2],
    ]);
    const s = openSession(dir);
    expect(s.instruments).toMatchObject([
      { id: "FUT/ES/2024-06-21/USD", multiplier: 50, underlying: "IDX/SPX" },
      { id: put5230, multiplier: 50, underlying: "FUT/ES/2024-06-21/USD", style: "american" },
    ]);
    s.close();
  });

  it("reads Binance rows and messages", async () => {
    const files = put({
      "binance_btcusdt_quotes.csv":
        "timestamp,symbol,ask_size,ask,bid_size,bid\n2021-01-08 00:00:01.076000+00:00,BTC/USDT,0.5,39433.62,0.25,39432.99\n",
      "binance_btcusdt_trades.csv":
        "timestamp,trade_id,price,quantity,buyer_maker\n2021-01-08 00:00:00.278000+00:00,553287559,39432.48,0.000263,True\n",
    });
    const btc = "CRYPTO/BTC-USDT";
    expect(told(await importFiles("crypto", files), wallUs("2021-01-08", "00:00", "UTC"))).toEqual([
      [0.278, "trade", btc, 39432.48, 0.000263],
      [1.076, "quote", btc, 39432.99, 0.25, 39433.62, 0.5],
    ]);
    const messages = [
      {
        stream: "btcusdt@trade",
        data: { e: "trade", E: 1610064000300, s: "BTCUSDT", p: "39432.48", q: "1.5", T: 1610064000278 },
      },
      { stream: "btcusdt@bookTicker", data: { u: 1, s: "BTCUSDT", b: "1.0", B: "2", a: "1.5", A: "3" } },
      { stream: "btcusdt@depth", data: { e: "depthUpdate", E: 1610064000400, s: "BTCUSDT" } },
      { e: "trade", s: 7, p: {}, T: "x" },
    ];
    const dir = await importFiles("frames", put({ "binance/m.json": JSON.stringify(messages) }));
    expect(told(dir, wallUs("2021-01-08", "00:00", "UTC"))).toEqual([
      [0.3, "trade", btc, 39432.48, 1.5],
      [0.3, "quote", btc, 1, 2, 1.5, 3],
    ]);
  });

  it("reads Deribit messages: a bid of 0 is told as no bid, Greeks in fractions", async () => {
    const data = {
      timestamp: 1591603200048,
      instrument_name: "BTC-8JUN20-8750-P",
      best_bid_price: 0,
      best_bid_amount: 0,
      best_ask_price: 0.0005,
      best_ask_amount: 12,
      open_interest: 3,
      mark_iv: 70,
      greeks: { delta: -0.1, gamma: 0.2, vega: 0.3, theta: -0.4, rho: 0 },
    };
    const frame = {
      jsonrpc: "2.0",
      method: "subscription",
      params: { channel: "ticker.BTC-8JUN20-8750-P.raw", data },
    };
    const dir = await importFiles("frames", put({ "x.json": JSON.stringify(frame) }), { venue: "deribit" });
    const id = "OPT/BTC/2020-06-08/P/8750/BTC/1";
    expect(told(dir, data.timestamp * 1000)).toEqual([
      [0, "quote", id, 0, 0, 0.0005, 12],
      [0, "openInterest", id, 3],
    ]);
    const s = openSession(dir);
    expect(s.block(0).objects[1]).toEqual({
      kind: "vendorGreeks",
      slot: 0,
      iv: 0.7,
      delta: -0.1,
      gamma: 0.2,
      vega: 0.3,
      theta: -0.4,
    });
    expect(s.instruments[0]).toMatchObject({
      premiumStyle: "inverse",
      expiryUs: wallUs("2020-06-08", "08:00", "UTC"),
    });
    expect((s.block(0).flags[1] as number) & Flag.qualityMask).toBe(Quality.singleVenue);
    s.close();
  });

  it("counts an IBKR print once, and the prints that only the volume tells", async () => {
    const tick = (second: number, tickType: number, price: number, size: number): string =>
      JSON.stringify({ time: `2022-01-07T05:58:0${second}+00:00`, price, size, tickType });
    const lines = [
      tick(0, 8, -1, 1000),
      tick(1, 1, 443.6, 500),
      tick(1, 3, 444, 700),
      tick(2, 4, 444, 100),
      tick(2, 5, 444, 100),
      tick(2, 8, -1, 1100),
      tick(3, 8, -1, 1150),
      tick(4, 5, 444, 70),
      tick(4, 8, -1, 1220),
    ];
    const dir = await importFiles("frames", put({ "t.json": lines.join("\n") }), {
      venue: "ibkr",
      symbol: "EQ/0700/HKD",
    });
    const id = "EQ/0700/HKD";
    expect(told(dir, wallUs("2022-01-07", "05:58", "UTC"))).toEqual([
      [1, "quote", id, 443.6, 500],
      [1, "quote", id, null, null, 444, 700],
      [2, "trade", id, 444, 100],
      [3, "trade", id, 444, 50],
      [4, "trade", id, 444, 70],
    ]);
  });
});

describe("files that are not what they should be", () => {
  it("says so in one sentence and leaves no folder behind", async () => {
    const header = "ms,bid,bid_size,ask,ask_size,exchange,condition_hex,suspicious";
    const [foreign, empty, cell, short] = put({
      "bac_20131008_quotes.csv": "a,b,c\n1,2,3\n",
      "bac_20131008_empty.csv": "",
      "bac_20131008_cell.csv": `${header}\n1,x,1,1,1,P,1,0\n`,
      "bac_20131008_cut.csv": `${header}\n1,2\n`,
    }) as [string, string, string, string];
    const [cut] = put({ "bac_20131008_z.csv": "" }) as [string];
    const gz = `${cut}.gz`;
    writeFileSync(gz, gzipSync(`${header}\n${"1,2,1,0,0,P,1,0\n".repeat(2000)}`).subarray(0, 60));
    expect(await failure("lean-tick", [foreign])).toMatch(/^CAP-012 .*a,b,c/);
    expect(await failure("lean-tick", [empty])).toMatch(/^CAP-012 .*empty/);
    expect(await failure("lean-tick", [cell])).toMatch(/^CAP-012 .*row 1: bid is "x"/);
    expect(await failure("lean-tick", [short])).toMatch(/^CAP-012 /);
    expect(await failure("lean-tick", [gz])).toMatch(/^CAP-011 .*not whole/);
    expect(await failure("lean-tick", ["/nowhere/bac_20131008_quotes.csv"])).toMatch(/^CAP-011 .*ENOENT/);
    expect(await failure("no-such-kind", [foreign])).toMatch(/^CAP-012 .*Choose one of lean-minute/);
    expect(await failure("frames", [foreign], { venue: "deribit" })).toMatch(/^CAP-012 /);
    expect(await failure("frames", put({ "x.json": "[{}]" }), { venue: "deribit" })).toMatch(
      /^CAP-012 .*carry a time/,
    );
    expect(await failure("frames", put({ "x.json": "[{}]" }))).toMatch(/^CAP-012 .*--venue/);
  });

  it("keeps tokens and account ids out of imported frames", () => {
    const keep = (text: string): string => redactSecrets(Buffer.from(text), "deribit:x")?.toString() ?? "";
    expect(keep('{"result":{"access_token":"abc","scope":"x"}}')).toBe('{"redacted":"deribit","bytes":45}');
    expect(keep('{"account":"U1234567","v":1}')).toMatch(/^\{"account":"acct-[0-9a-f]{12}","v":1\}$/);
    expect(keep('{"bid":1}')).toBe('{"bid":1}');
  });
});
