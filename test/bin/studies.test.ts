import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readArtifact } from "../../store/artifacts/artifact.ts";
import { removeFolder } from "../harness/folders.ts";
import { commandsIn } from "./in-process.ts";

const IWM = "test/fixtures/chains/iwm_2026-08-18.csv";
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "voldesk-studies-"));
});
afterAll(() => removeFolder(dir));
const voldesk = commandsIn(() => dir);
const json = async (...argv: string[]) => {
  const { out, error } = await voldesk(...argv, "--format", "json");
  expect(error).toBeNull();
  return JSON.parse(out) as Record<string, unknown>;
};
const file = (name: string, text: string): string => {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
};
/** The fixture as if it were of another day, its vols and prices as they are. */
const ofDay = (day: string): string => {
  mkdirSync(join(dir, day), { recursive: true });
  return file(join(day, "IWM.csv"), readFileSync(IWM, "utf8").replaceAll(",2026-08-18", `,${day}`));
};

describe("surface, term and exposure of a chain", () => {
  it.each([
    ["surface", "iv_surface"],
    ["term", "iv_term_structure"],
    ["exposure", "exposure"],
  ] as const)(
    "%s gives the same bytes for the same input, printed or filed, desk and compat",
    async (name, kind) => {
      for (const mode of ["desk", "compat"]) {
        const args = [name, "--from-chain", IWM, "--mode", mode];
        const [a, b] = [
          await voldesk(...args, "--format", "json"),
          await voldesk(...args, "--format", "json"),
        ];
        expect(a).toEqual(b);
        const out = join(dir, `${name}-${mode}`);
        expect((await voldesk(...args, "--out", out)).error).toBeNull();
        const path = join(out, kind, "IWM", `2026-08-18${mode === "compat" ? ".compat" : ""}.json`);
        expect(readFileSync(path, "utf8")).toBe(a.out);
        const artifact = readArtifact(path, kind);
        expect(artifact).toMatchObject({ symbol: "IWM", as_of: "2026-08-18", provider: "yfinance", mode });
        expect(artifact.input_hashes["chain"]).toMatch(/^[0-9a-f]{64}$/);
        expect(artifact.warnings).toContain("input_spot_other_time");
        expect(artifact.assumptions).toContain("quote_time_assumed_close");
      }
    },
  );

  it("reads on a console without colour, and as a CSV of the main table", async () => {
    const { out } = await voldesk("surface", "--from-chain", IWM);
    expect(out).toMatch(/^ +30 {2}interpolated/m);
    expect(out).not.toMatch(/\u001b/);
    const csv = (await voldesk("surface", "--from-chain", IWM, "--format", "csv", "--tenors", "14,30")).out;
    expect(csv.split("\n").map((l) => l.split(",")[0])).toEqual(["days", "14", "30", ""]);
    expect((await voldesk("surface", "--from-chain", IWM, "--tenors", "0")).error).toBe("CLI-004");
  });

  it("takes a recorded session as well", async () => {
    const found = await json("surface", "--session", "goog-2015-12-24", "--at", "10:35", "--tenors", "30");
    expect(found["symbol"]).toBe("GOOG");
    const [tenor] = found["tenor"] as { atm_iv: number; warnings: string[] }[];
    expect(tenor?.atm_iv).toBeGreaterThan(0.2);
    expect(tenor?.atm_iv).toBeLessThan(0.26);
  });
});

describe("a history in the warehouse", () => {
  it("fills by --each-day --store, replaces itself, is compared with and read back as a chain", async () => {
    const days = ["2026-08-14", "2026-08-17", "2026-08-18"];
    const files = days.map(ofDay);
    const rows = async (sql: string) =>
      JSON.parse((await voldesk("db", "query", sql, "--json")).out).rows as unknown[][];
    for (const name of ["surface", "term", "exposure", "surface"])
      expect((await voldesk(name, "--from-chain", ...files, "--each-day", "--store")).error).toBeNull();
    expect(await rows("select count(*), count(distinct as_of) from iv_surface_tenor")).toEqual([[18, 3]]);
    expect(
      await rows("select count(distinct tenor_target_dte), count(*) from iv_surface_delta_buckets"),
    ).toEqual([[3, 90]]);
    expect(await rows("select count(*) from iv_term where slope is not null")).toEqual([[3]]);
    expect(await rows("select count(*), count(distinct slice) from dealer_exposure_slices")).toEqual([
      [12, 4],
    ]);
    const [[strikes]] = (await rows(
      "select count(*) from dealer_exposure_strikes where as_of = '2026-08-18' and net_gex is not null",
    )) as [[number]];
    expect(strikes).toBeGreaterThan(60);
    const found = await json("surface", "--from-chain", files[2] as string, "--compare", "--no-store");
    const change = (found["tenor_changes"] as Record<string, unknown>[]).find(
      (c) => c["tenor_target_dte"] === 30,
    );
    expect(change).toMatchObject({ previous_day: "2026-08-17" });
    expect(Math.abs(change?.["atm_iv_change_pp"] as number)).toBeLessThan(1);

    // The original compares nearest expiries, day by day, with rows of its own kind only.
    const compat = ["surface", "--mode", "compat", "--from-chain"];
    expect((await json(...compat, files[2] as string, "--compare"))["tenor_changes"]).toEqual([]);
    const before = await json(...compat, files[1] as string, "--store");
    const now = await json(...compat, files[2] as string, "--compare");
    const at = (rows: unknown, key: string, days: number): number =>
      (rows as Record<string, number>[]).find((r) => r["tenor_target_dte"] === days)?.[key] as number;
    for (const days of [7, 30])
      expect(at(now["tenor_changes"], "atm_iv_change_pp", days)).toBeCloseTo(
        100 * (at(now["tenor"], "atm_iv", days) - at(before["tenor"], "atm_iv", days)),
        9,
      );
    expect(now["delta_bucket_changes"]).toHaveLength((now["delta_buckets"] as unknown[]).length);
    const told = await voldesk(...compat, files[2] as string, "--compare");
    expect(told.out).toMatch(/changes since 2026-08-17.*\n[\s\S]*atm_change_vp/);

    expect((await voldesk("import", "chain", files[1] as string)).error).toBeNull();
    const stored = await json("surface", "--from-store", "--symbol", "IWM", "--as-of", "2026-08-18");
    const read = await json("surface", "--from-chain", files[1] as string);
    expect(stored["tenor"]).toEqual(read["tenor"]);
    expect((await voldesk("surface", "--from-store", "--symbol", "XYZ")).error).toBe("IMP-004");
    // A day that the file has no rows of is said, not written over the one it tells.
    expect((await voldesk("surface", "--from-chain", IWM, "--as-of", "2026-08-11")).error).toBe("IMP-004");
  });

  it("knows every file that was written", async () => {
    const out = join(dir, "indexed");
    expect((await voldesk("surface", "--from-chain", IWM, "--out", out)).error).toBeNull();
    const asked = await voldesk(
      "db",
      "query",
      "select kind, symbol, name, bytes > 100 from artifact_index",
      "--json",
    );
    expect(JSON.parse(asked.out).rows).toEqual([["iv_surface", "IWM", "desk", true]]);
  });
});

describe("futures of the vol index", () => {
  const STRIP = "Date,M1,M2,M3\n2026-08-14,16.1,17.4,18.2\n2026-08-17,16.4,17.6,18.3\n2026-08-19,99,99,99\n";
  const LEVEL = "date,open,high,low,close\n2026-08-17,15,15.5,15,15.2\n";
  it("stand beside the term structure of an index fund, as settled before its options were quoted", async () => {
    expect((await voldesk("import", "futures", file("vix_strip.csv", STRIP))).error).toBeNull();
    expect(
      (await voldesk("import", "daily", file("vix_day.csv", LEVEL), "--symbol", "VIX")).error,
    ).toBeNull();
    expect(await json("term", "--from-chain", IWM)).not.toHaveProperty("futures");
    const spy = file("SPY.csv", readFileSync(IWM, "utf8").replaceAll("IWM", "SPY"));
    const found = (await json("term", "--from-chain", spy))["futures"];
    expect(found).toMatchObject({ index_name: "VIX", settled_on: "2026-08-17", index_iv: 0.152 });
    const { rows } = found as { rows: { label: string; iv: number; option_forward_iv: number | null }[] };
    expect(rows.map((r) => [r.label, Number(r.iv.toFixed(6))])).toEqual([
      ["VX 19aug", 0.164],
      ["VX 16sep", 0.176],
      ["VX 21oct", 0.183],
    ]);
    const told = await voldesk("term", "--from-chain", spy);
    expect(told.out).toContain("VIX futures settled 2026-08-17: index 15.20");
  });
});

describe("flow of files", () => {
  const TRADES = `timestamp,contract_symbol,price,size,sequence
2026-08-18T14:30:01Z,IWM260918C00300000,8.20,10,1
2026-08-18T14:30:02Z,IWM260918C00300000,8.00,4,2
2026-08-18T14:45:03Z,IWM260918P00290000,3.10,7,3
2026-08-18T14:45:03Z,IWM260918P00290000,3.10,7,4
2026-08-18T14:45:04Z,IWM260918P00290000,,7,5
`;
  const QUOTES = `timestamp,contract_symbol,bid,ask
2026-08-18T14:30:00Z,IWM260918C00300000,8.00,8.20
2026-08-18T14:45:00Z,IWM260918P00290000,3.10,3.30
`;
  it("counts each print once by its id, gives Greeks by a chain, and adds up", async () => {
    const args = ["flow", "--trades", file("t.csv", TRADES), "--quotes", file("q.csv", QUOTES)];
    const found = await json(...args, "--symbol", "IWM", "--from-chain", IWM);
    expect(found["totals"]).toMatchObject({
      trades: 4,
      buyVolume: 10,
      sellVolume: 18,
      unknownVolume: 0,
      deltaTrades: 4,
    });
    expect(found["warnings"]).toContain("dropped_invalid_price");
    expect(found["market_date"]).toBe("2026-08-18");
    const compat = await json(...args, "--symbol", "IWM", "--mode", "compat");
    const sold = (compat["contract_flow"] as { sell_volume: number }[]).reduce(
      (s, c) => s + c.sell_volume,
      0,
    );
    // The original takes two equal prints of one time for one.
    expect(sold).toBe(11);
    expect((await voldesk(...args, "--store", "--symbol", "IWM")).error).toBeNull();
    const asked = await voldesk("db", "query", "select sum(sell_volume) from intraday_option_flow", "--json");
    expect(JSON.parse(asked.out).rows).toEqual([[18]]);
  });

  it("refuses a time without a zone by name, and a table without prices", async () => {
    const naive = TRADES.replaceAll("Z,", ",");
    const quotes = file("q2.csv", QUOTES);
    const found = await json(
      "flow",
      "--trades",
      file("t2.csv", naive),
      "--quotes",
      quotes,
      "--symbol",
      "IWM",
    );
    expect(found["warnings"]).toEqual(expect.arrayContaining(["input_bad_time:5", "no_trades"]));
    const zoned = ["flow", "--trades", file("t2.csv", naive), "--quotes", quotes, "--zone", "UTC"];
    expect((await json(...zoned))["totals"]).toMatchObject({ trades: 4 });
    const bare = file("t3.csv", "timestamp,contract_symbol\n");
    expect((await voldesk("flow", "--trades", bare, "--quotes", quotes)).error).toBe("IMP-002");
    expect((await voldesk("flow", "--trades", bare)).error).toBe("CLI-001");
  });
});

describe("levels of files", () => {
  const bars = `time,open,high,low,close,volume\n${Array.from({ length: 390 }, (_, i) => {
    const p = 300 + Math.sin(i / 40);
    const clock = `${String(Math.floor((570 + i) / 60)).padStart(2, "0")}:${String((570 + i) % 60).padStart(2, "0")}`;
    return `${clock},${p},${p + 0.1},${p - 0.1},${p + 0.05},${100 + i}`;
  }).join("\n")}\n`;
  const daily = (base: number): string =>
    `Date,Open,High,Low,Close,Volume\n${Array.from({ length: 40 }, (_, i) => {
      const d = new Date(Date.UTC(2026, 6, 1 + i));
      const c = base + Math.sin(i);
      return `${d.toISOString().slice(0, 10)},${c},${c + 1},${c - 1},${c + 0.2},1000`;
    }).join("\n")}\n`;

  it("come from bars, daily candles, a benchmark and a chain, and go into the warehouse", async () => {
    const args = [
      "levels",
      "--bars",
      file("IWM_1m.csv", bars),
      "--daily",
      file("IWM_daily.csv", daily(300)),
      "--benchmark",
      file("SPY_daily.csv", daily(600)),
      "--from-chain",
      IWM,
      "--as-of",
      "2026-08-18",
    ];
    const found = await json(...args);
    const kinds = new Set((found["levels"] as { kind: string }[]).map((l) => l.kind));
    for (const kind of ["vwap", "profile", "daily", "rolling", "wall", "zeroGamma", "expectedMove"])
      expect(kinds).toContain(kind);
    const away = (found["levels"] as { distance_pct: number }[]).map((l) => Math.abs(l.distance_pct));
    expect(away).toEqual(away.toSorted((a, b) => a - b));
    expect((found["summary"] as Record<string, number>)["beta_20d"]).toBeGreaterThan(0);
    expect((await voldesk(...args, "--store")).error).toBeNull();
    const asked = await voldesk("db", "query", "select count(*) from levels", "--json");
    expect(JSON.parse(asked.out).rows).toEqual([[away.length]]);
    const compat = await json(...args, "--mode", "compat");
    expect(compat["volume_profile"]).toHaveLength(20);

    // The same candles out of the warehouse.
    for (const [symbol, from] of [
      ["IWM", "IWM_daily.csv"],
      ["SPY", "SPY_daily.csv"],
    ] as const)
      expect((await voldesk("import", "daily", join(dir, from), "--symbol", symbol)).error).toBeNull();
    const [bare, at] = [args.filter((a) => !/daily|benchmark/.test(a)), ["--format", "json"]];
    const stored = JSON.parse((await voldesk(...bare, "--from-store", ...at)).out);
    expect(stored.levels).toEqual(found["levels"]);
    expect(stored.summary).toEqual(found["summary"]);
  });
});

describe("scenarios of a portfolio", () => {
  const book = `version: 1
account: paper
deposits: [{ ccy: USD, amount: 100000, date: 2026-08-01 }]
positions:
  - { instrument: IWM 2026-09-18 300 C, qty: 2, avg: 8.00, opened: 2026-08-17 }
  - { instrument: IWM 2026-09-18 290 P, qty: -3, avg: 3.00, opened: 2026-08-17 }
  - { instrument: IWM 2027-01-15 300 C, qty: 1, avg: 20.00, opened: 2026-08-17 }
  - { instrument: IWM, qty: 50, avg: 290.00, opened: 2026-08-17 }
`;
  it("begin at the marks, say what cannot be priced, and repeat to the byte", async () => {
    const args = ["scenarios", "--portfolio", file("book.yaml", book), "--from-chain", IWM, "--days", "0,7d"];
    const found = await json(...args);
    const grid = found["grid"] as { spot_pct: number; vol_pts: number; days: number; pnl: number }[];
    expect(grid).toHaveLength(7 * 5 * 2);
    expect(grid.find((g) => g.spot_pct === 0 && g.vol_pts === 0 && g.days === 0)?.pnl).toBe(0);
    expect((found["summary"] as Record<string, number>)["missing"]).toBe(1);
    expect((found["legs"] as { reason: string | null }[]).map((l) => l.reason)).toEqual([
      null,
      null,
      "no vol",
      null,
    ]);
    expect(found["warnings"]).toContain("no_vol");
    expect(await voldesk(...args, "--format", "json")).toEqual(await voldesk(...args, "--format", "json"));
    const { out } = await voldesk(...args);
    expect(out).toMatch(/worst -[\d,]+ at -20%, .* \(\*\)/);
    expect(
      (await voldesk(...args, "--store", "--each-position", "--out", join(dir, "scn"))).error,
    ).toBeNull();
    const asked = await voldesk("db", "query", "select count(distinct position_id) from scenarios", "--json");
    expect(JSON.parse(asked.out).rows).toEqual([[5]]);
  });

  it("have the original's figures as compat, one result a position", async () => {
    const found = await voldesk(
      "scenarios",
      "--portfolio",
      file("book.yaml", book),
      "--from-chain",
      IWM,
      "--mode",
      "compat",
      "--format",
      "json",
    );
    const list = JSON.parse(found.out) as { position_id: string; grid: unknown[]; warnings: string[] }[];
    expect(list.map((a) => a.grid.length)).toEqual([140, 140, 0]);
    expect(list[2]?.warnings).toEqual(expect.arrayContaining(["missing_iv", "missing_mark"]));
  });

  it("refuse moves without a unit, and a portfolio in other units than its own by file and line", async () => {
    const path = file("book.yaml", book);
    expect(
      (await voldesk("scenarios", "--portfolio", path, "--from-chain", IWM, "--spot-moves", "5,10")).error,
    ).toBe("SCN-001");
    const wrong = file("wrong.yaml", book.replace("avg: 8.00", "avg: 8%"));
    expect((await voldesk("scenarios", "--portfolio", wrong, "--from-chain", IWM)).error).toBe("PF-021");
  });
});
