import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { capturesCommand } from "../../../bin/captures.ts";
import { CaptureError } from "../../../store/capture/errors.ts";
import { smallSession, tempDir } from "./helpers.ts";

async function run(...argv: string[]): Promise<{ out: string; code: number; error: string }> {
  let out = "";
  let code = 0;
  const command = capturesCommand({
    out: (text) => {
      out += text;
    },
    err: () => undefined,
    progress: false,
    fail: (c) => {
      code = c;
    },
  });
  for (const c of [command, ...command.commands])
    c.exitOverride().configureOutput({ writeErr: () => undefined });
  try {
    await command.parseAsync(argv, { from: "user" });
    return { out, code, error: "" };
  } catch (e) {
    const typed = e instanceof CaptureError || (e as Error).name === "CommanderError";
    if (!typed) throw e;
    return { out, code, error: (e as Error).message };
  }
}
const json = async (...argv: string[]): Promise<Record<string, unknown>> =>
  JSON.parse((await run(...argv, "--json")).out) as Record<string, unknown>;

describe("captures", () => {
  it("lists the bundled sessions", async () => {
    const { out } = await run("ls");
    expect(out).toMatch(/goog-2015-12-24 +2015-12-24 +minute bars +\d+ events +GOOG/);
    expect(out).toMatch(/bac-ibm-2013-10-08 +2013-10-08 +ticks/);
    expect(await json("ls")).toHaveLength(2);
    expect((await run("ls", tempDir())).out).toBe("no sessions\n");
  });

  it("tells what a session holds, by name or folder", async () => {
    const { out } = await run("info", "goog-2015-12-24");
    expect(out).toContain("1 equity, 2192 option");
    expect(out).toContain("Apache-2.0");
    const dir = smallSession();
    expect(await json("info", dir)).toMatchObject({
      name: "small",
      derived: { rows: 31 },
      instrumentKinds: { crypto: 1 },
    });
  });

  it("verifies, repairs and says so with its exit code", async () => {
    const dir = smallSession();
    expect(await run("verify", dir)).toMatchObject({ code: 0, error: "" });
    const path = join(dir, "raw/000001.seg");
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 5));
    const bad = await run("verify", dir);
    expect(bad.code).toBe(1);
    expect(bad.out).toMatch(/CAP-006 .*cut short/);
    expect((await run("verify", dir, "--repair")).code).toBe(0);
    expect(existsSync(`${path}.cut1`)).toBe(true);
    expect(await json("verify", dir)).toMatchObject({ ok: true, problems: [] });
  });

  it("imports a file and refuses to overwrite the session", async () => {
    const dir = tempDir();
    const file = join(dir, "eurusd_oanda_20140508_quotes.csv");
    writeFileSync(file, "ms,bid,ask\n8715,1.39101,1.39114\n");
    const out = join(dir, "eurusd");
    expect(await json("import", "fx", file, "--out", out, "--title", "EURUSD")).toMatchObject({
      title: "EURUSD",
      day: "2014-05-08",
    });
    expect((await run("import", "fx", file, "--out", out)).error).toMatch(/^CAP-013 /);
    expect((await run("import", "fx", file, "--out", `${out}2`, "--day", "8 May")).error).toMatch(
      /^CAP-012 .*YYYY-MM-DD/,
    );
    expect((await run("info", join(dir, "nothing"))).error).toMatch(/^CAP-001 /);
  });

  it("exports CSV, JSON and Parquet that say the same", async () => {
    const dir = smallSession();
    const [csv, parquet] = [join(tempDir(), "a.csv"), join(tempDir(), "it's.parquet")];
    expect((await run("export", dir, "--csv", csv)).out).toBe(`${csv}: 31 rows\n`);
    expect((await run("export", dir, "--parquet", parquet)).out).toBe(`${parquet}: 31 rows\n`);
    const db = await (await DuckDBInstance.create(":memory:")).connect();
    const query = async (from: string): Promise<unknown> =>
      (
        await db.runAndReadAll(
          `select count(*), sum(bid_price)::bigint, sum(ask_size_contracts_or_shares)::bigint, min(recv_us), max(instrument), count(price), string_agg(distinct kind order by kind) from ${from}`,
        )
      ).getRowsJson();
    const [a, b] = [
      await query(`read_csv('${csv}')`),
      await query(`read_parquet('${parquet.replace("'", "''")}')`),
    ];
    db.closeSync();
    expect(a).toEqual(b);
    expect(a).toMatchObject([
      ["31", "240435", "60", "1715212800000000", "CRYPTO/BTC-USDT", "0", "instrument,quote"],
    ]);
    const json = join(tempDir(), "a.json");
    expect((await run("export", dir, "--json-list", json)).out).toBe(`${json}: 31 rows\n`);
    const list = JSON.parse(readFileSync(json, "utf8")) as Record<string, unknown>[];
    expect(list).toHaveLength(31);
    const quote = list.find((row) => row["bid_price"] !== undefined);
    expect(quote).toMatchObject({ kind: "quote", ccy: "USDT", instrument: "CRYPTO/BTC-USDT" });
    expect(quote?.["time"]).toMatch(/^2024-05-09T\d\d:\d\d:\d\d\.\d{6}\+00:00$/);
    expect((await run("export", dir)).error).toMatch(/--parquet/);
    expect((await run("export", dir, "--csv", "/nowhere/x.csv")).error).toMatch(/^CAP-\d+ /);
    expect((await run("export", dir, "--parquet", "/nowhere/x.parquet")).error).toMatch(/^CAP-010 /);
  });
});
