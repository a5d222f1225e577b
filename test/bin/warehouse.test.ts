import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LATEST } from "../../store/warehouse/migrations.ts";
import { removeFolder } from "../harness/folders.ts";
import { commandsIn } from "./in-process.ts";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "voldesk-db-"));
});
afterAll(() => removeFolder(dir));

const voldesk = commandsIn(() => dir);
const json = async (...argv: string[]): Promise<unknown> =>
  JSON.parse((await voldesk(...argv, "--json")).out);

it("a chain goes from its file into the warehouse and is asked for there", async () => {
  const chain = "test/fixtures/chains/iwm_2026-08-18.csv";
  expect((await voldesk("db", "query", "select 1")).error).toBe("WH-002");
  expect(await json("import", "chain", chain, "--dry-run")).toMatchObject([
    { taken: 130, refused: 0, stored: null },
  ]);
  expect((await voldesk("db", "health")).error).toBe("WH-002");
  expect(await json("db", "init")).toMatchObject({ from: 0, to: LATEST, backup: null });
  expect(await json("import", "chain", chain)).toMatchObject([{ table: "option_chains", stored: 130 }]);
  expect(await json("import", "chain", chain)).toMatchObject([{ stored: 130 }]);
  const asked = await json(
    "db",
    "query",
    "select count(*) n, count(distinct expiry) e from option_chains where symbol = 'IWM' and provider = 'yfinance'",
  );
  expect(asked).toEqual({ columns: ["n", "e"], rows: [[130, 2]], total: 1 });
  expect(await json("db", "health")).toMatchObject({ ok: true, version: LATEST });
  expect((await voldesk("db", "health")).out).toMatch(/option_chains +130 +2026-08-18 +2026-08-18/);
  expect((await voldesk("db", "query", "delete from option_chains")).error).toBe("WH-006");
  const copy = join(dir, "copy.duckdb");
  expect(await json("db", "backup", copy)).toEqual({ file: copy });
  expect((await voldesk("db", "backup", copy)).error).toBe("WH-008");
});

it("pieces of a history stay beside one another", async () => {
  const piece = (name: string, day: string): string => {
    const path = join(dir, name);
    writeFileSync(path, `Date,Open,High,Low,Close,Volume\n${day},1,2,1,2,10\n`);
    return path;
  };
  const files = [piece("p1.csv", "2026-08-17"), piece("p2.csv", "2026-08-18")];
  expect(await json("import", "daily", ...files, "--symbol", "ABC", "--adjusted")).toMatchObject([
    { stored: 1 },
    { stored: 1 },
  ]);
  expect(await json("db", "query", "select as_of, close, adjusted from daily order by 1")).toMatchObject({
    rows: [
      ["2026-08-17", 2, true],
      ["2026-08-18", 2, true],
    ],
  });
  expect((await voldesk("import", "bars", files[0] as string, "--day", "soon")).error).toBe("CLI-004");
  expect((await voldesk("import", "ticks", "x")).error).toBe("CLI-001");
});

it("is read through Parquet while another process holds it, and that is said", async () => {
  const sql = "select count(*) n, count(distinct strike) k from option_chains";
  const out = join(dir, "parquet");
  expect((await voldesk("db", "export", out, "--tables", "chains")).error).toBe("CLI-004");
  const written = (await json("db", "export", out)) as { table: string; rows: number }[];
  expect(written.find((t) => t.table === "option_chains")?.rows).toBe(130);
  const asked = await json("db", "query", sql);
  const { Warehouse } = await import("../../store/warehouse/warehouse.ts");
  const held = await Warehouse.open(join(dir, ".local/state/voldesk/warehouse.duckdb"));
  try {
    expect((await voldesk("db", "query", sql)).error).toBe("WH-001");
    expect((await voldesk("surface", "--from-store", "--symbol", "IWM")).error).toBe("WH-001");
    expect(await json("db", "query", sql, "--from", out)).toEqual(asked);
    expect((await voldesk("db", "query", "select * from read_csv('/etc/passwd')", "--from", out)).error).toBe(
      "WH-006",
    );
    expect((await voldesk("db", "query", "drop view daily", "--from", out)).error).toBeNull();
    expect(await json("db", "query", "select count(*) n from daily", "--from", out)).toMatchObject({
      total: 1,
    });
  } finally {
    held.close();
  }
  expect((await voldesk("db", "query", sql, "--from", join(dir, "empty"))).error).toBe("WH-002");
});
