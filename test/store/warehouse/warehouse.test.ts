import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeOf } from "../../../config/errors.ts";
import { history, standing } from "../../../store/warehouse/history.ts";
import { LATEST, MIGRATIONS, TABLES, type TableName } from "../../../store/warehouse/migrations.ts";
import { fromParquet, type StoreRow, toParquet, upsert } from "../../../store/warehouse/upsert.ts";
import { Warehouse } from "../../../store/warehouse/warehouse.ts";
import { removeFolder } from "../../harness/folders.ts";

const NOW = Date.parse("2026-08-19T20:00:00Z") * 1000;
let dir: string;
let n = 0;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "voldesk-wh-"));
});
afterAll(() => removeFolder(dir));

const fresh = async (): Promise<Warehouse> => {
  const w = await Warehouse.open(join(dir, `w${n++}.duckdb`), { create: true, threads: 1, memoryMb: 256 });
  await w.migrate(NOW);
  return w;
};
async function within<T>(work: (w: Warehouse) => Promise<T>): Promise<T> {
  const w = await fresh();
  try {
    return await work(w);
  } finally {
    w.close();
  }
}
const failure = async (p: Promise<unknown>): Promise<string | null> =>
  p.then(
    () => null,
    (e: unknown) => codeOf(e) ?? String(e),
  );
const strike = (k: number, over: StoreRow = {}): StoreRow => ({
  symbol: "SPY",
  as_of: "2026-08-18",
  expiry: "2026-09-18",
  strike: k,
  provider: "cboe",
  call_oi: k,
  net_gex: -k,
  convention: "dealer",
  warnings: ["a", "b"],
  ...over,
});

describe("the shape", () => {
  it("has the keys that the tables are declared with", () =>
    within(async (w) => {
      expect(await w.version()).toBe(LATEST);
      for (const [name, { key, scope, day }] of Object.entries(TABLES)) {
        const [row] = await w.rows(
          "select constraint_column_names::VARCHAR c from duckdb_constraints() where table_name = ? and constraint_type = 'PRIMARY KEY'",
          [name],
        );
        expect(row?.["c"]).toBe(`[${key.join(", ")}]`);
        expect(key).toContain(day);
        expect(scope.every((c) => (key as readonly string[]).includes(c))).toBe(true);
      }
    }));

  it("comes about step by step, keeps what is there, copies it first, and changes nothing the second time", async () => {
    const path = join(dir, "steps.duckdb");
    let w = await Warehouse.open(path, { create: true });
    expect(await w.migrate(NOW, MIGRATIONS.slice(0, 1))).toEqual({ from: 0, to: 1, backup: null });
    await upsert(w, "dealer_exposure_strikes", [strike(500)], NOW);
    expect(await failure(upsert(w, "bars", [], NOW))).toBe("WH-009");
    const { backup, ...moved } = await w.migrate(NOW);
    expect(moved).toEqual({ from: 1, to: LATEST });
    expect(await w.migrate(NOW)).toEqual({ from: LATEST, to: LATEST, backup: null });
    expect(await w.rows("select count(*) n from dealer_exposure_strikes")).toEqual([{ n: 1 }]);
    expect((await w.rows("select version from schema_version order by 1")).map((r) => r["version"])).toEqual(
      Array.from({ length: LATEST }, (_, i) => i + 1),
    );
    w.close();
    w = await Warehouse.open(backup as string, { readOnly: true });
    expect(await w.version()).toBe(1);
    expect(await w.rows("select strike from dealer_exposure_strikes")).toEqual([{ strike: 500 }]);
    w.close();
  });

  it("stands whole or not at all when a step fails; a newer file is refused", () =>
    within(async (w) => {
      const bad = {
        version: LATEST + 1,
        what: "bad",
        sql: ["create table half (a INTEGER)", "create nonsense"],
      };
      expect(await failure(w.migrate(NOW, [...MIGRATIONS, bad]))).toBe("WH-006");
      expect(await w.version()).toBe(LATEST);
      expect(await failure(w.table("select * from half"))).toBe("WH-006");
      expect(await failure(w.migrate(NOW, MIGRATIONS.slice(0, 2)))).toBe("WH-007");
    }));
});

describe("writing", () => {
  it("replaces by key, and drops what a rerun lacks of the same scope only", () =>
    within(async (w) => {
      const put = (rows: StoreRow[], options = {}): Promise<unknown> =>
        upsert(w, "dealer_exposure_strikes", rows, NOW, options);
      expect(await put([strike(500), strike(510), strike(520)])).toEqual({ written: 3, stale: 0 });
      await put([strike(500, { as_of: "2026-08-17" }), strike(500, { provider: "yahoo" })]);
      expect(await put([strike(510, { call_oi: 7 }), strike(530)])).toEqual({ written: 2, stale: 2 });
      const rows = await w.rows(
        "select as_of::VARCHAR d, provider p, strike k, call_oi oi, warnings ws, updated_at::VARCHAR u from dealer_exposure_strikes order by all",
      );
      expect(rows.map((r) => [r["d"], r["p"], r["k"], r["oi"]])).toEqual([
        ["2026-08-17", "cboe", 500, 500],
        ["2026-08-18", "cboe", 510, 7],
        ["2026-08-18", "cboe", 530, 530],
        ["2026-08-18", "yahoo", 500, 500],
      ]);
      expect(rows[0]).toMatchObject({ ws: '["a","b"]', u: "2026-08-19 20:00:00" });
      expect(await put([strike(540)], { keepStale: true })).toEqual({ written: 1, stale: 0 });
      expect(await put([], { scope: { symbol: "SPY", as_of: "2026-08-18", provider: "cboe" } })).toEqual({
        written: 0,
        stale: 3,
      });
    }));

  it("leaves everything as it was when a row cannot be stored", () =>
    within(async (w) => {
      await upsert(w, "dealer_exposure_strikes", [strike(500)], NOW);
      for (const row of [
        strike(510, { as_of: "18 August" }),
        strike(510, { symbol: null }),
        strike(510, { call_oi: "many" }),
        strike(510, { colour: "red" }),
        strike(510, { updated_at: "2026-08-18" }),
      ])
        expect(await failure(upsert(w, "dealer_exposure_strikes", [strike(520), row], NOW))).toBe("WH-006");
      expect(await w.rows("select strike from dealer_exposure_strikes")).toEqual([{ strike: 500 }]);
    }));

  it("stores no number that is none, and texts as they are", () =>
    within(async (w) => {
      const symbol = "x'); drop table daily; --";
      await upsert(
        w,
        "daily",
        [
          {
            symbol,
            as_of: "2026-08-18",
            provider: "p",
            adjusted: false,
            close: Number.NaN,
            open: Number.POSITIVE_INFINITY,
            volume: 1e12,
          },
        ],
        NOW,
      );
      expect(await w.rows("select symbol, open, close, volume, adjusted from daily")).toEqual([
        { symbol, open: null, close: null, volume: 1e12, adjusted: false },
      ]);
    }));

  it("holds what a map by key would, whatever is written in whatever order", async () => {
    const w = await fresh();
    const row = fc.record({
      day: fc.integer({ min: 1, max: 3 }),
      k: fc.integer({ min: 1, max: 6 }),
      oi: fc.integer({ min: 0, max: 99 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(row, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 }),
        async (runs) => {
          await w.db.run("delete from dealer_exposure_strikes");
          const model = new Map<string, number>();
          for (const run of runs) {
            await upsert(
              w,
              "dealer_exposure_strikes",
              run.map((r) => strike(r.k, { as_of: `2026-08-0${r.day}`, call_oi: r.oi })),
              NOW,
            );
            const days = new Set(run.map((r) => r.day));
            for (const key of [...model.keys()]) if (days.has(Number(key.split(" ")[0]))) model.delete(key);
            for (const r of run) model.set(`${r.day} ${r.k}`, r.oi);
          }
          const rows = await w.rows("select day(as_of) d, strike k, call_oi oi from dealer_exposure_strikes");
          expect(new Map(rows.map((r) => [`${r["d"]} ${r["k"]}`, r["oi"]]))).toEqual(model);
        },
      ),
      { numRuns: 15 },
    );
    w.close();
  });

  it("goes through Parquet and comes back the same", () =>
    within(async (w) => {
      const rows = Array.from({ length: 3000 }, (_, i) => strike(100 + i));
      await upsert(w, "dealer_exposure_strikes", rows, NOW);
      const sum =
        "select count(*) n, sum(strike) k, sum(net_gex) g, any_value(warnings) ws from dealer_exposure_strikes";
      const before = await w.rows(sum);
      const file = join(dir, "it's.parquet");
      expect(await toParquet(w, "dealer_exposure_strikes", file, "strike < 3100")).toBe(3000);
      await w.db.run("delete from dealer_exposure_strikes");
      expect(await fromParquet(w, "dealer_exposure_strikes", file, NOW)).toEqual({ written: 3000, stale: 0 });
      expect(await w.rows(sum)).toEqual(before);
      expect(await failure(fromParquet(w, "bars", file, NOW))).toBe("WH-006");
      expect(await failure(fromParquet(w, "bars", join(dir, "none.parquet"), NOW))).toBe("WH-006");
    }));
});

describe("a figure among its past", () => {
  const tenor = (i: number, iv: number | null, provider = "cboe"): StoreRow => ({
    symbol: "SPY",
    as_of: new Date(Date.UTC(2025, 0, 1 + i)).toISOString().slice(0, 10),
    tenor_target_dte: 30,
    provider,
    atm_iv: iv,
  });
  const QUERY = {
    table: "iv_surface_tenor",
    symbol: "SPY",
    field: "atm_iv",
    where: { tenor_target_dte: 30, provider: "cboe" },
  } as const;

  it("is ranked over the last 252 sessions that have it, by the definitions", () =>
    within(async (w) => {
      const ivs = Array.from({ length: 300 }, (_, i) =>
        i % 50 === 7 ? null : 0.2 + 0.1 * Math.sin(i * 1.7),
      );
      await upsert(
        w,
        "iv_surface_tenor",
        ivs.map((v, i) => tenor(i, v)),
        NOW,
      );
      await upsert(w, "iv_surface_tenor", [tenor(299, 9, "other")], NOW);
      const past = ivs.filter((v): v is number => v !== null).slice(-252);
      const last = past.at(-1) as number;
      const got = await standing(w, QUERY);
      expect(got).toMatchObject({
        value: last,
        sessions: 251,
        low: Math.min(...past),
        high: Math.max(...past),
      });
      expect(got?.percentile).toBeCloseTo(past.filter((v) => v < last).length / 251, 12);
      expect(got?.rank).toBeCloseTo((last - Math.min(...past)) / (Math.max(...past) - Math.min(...past)), 12);
      expect((await history(w, QUERY)).map((p) => p.value)).toEqual(past);
      const asOf = await standing(w, { ...QUERY, to: "2025-01-05", sessions: 3 });
      expect(asOf).toMatchObject({ day: "2025-01-05", value: ivs[4], sessions: 2 });
      expect(await failure(standing(w, { ...QUERY, where: { tenor_target_dte: 30 } }))).toBe("WH-006");
      expect(await failure(history(w, { ...QUERY, field: "atm_iv; drop table bars" }))).toBe("WH-009");
    }));

  it("is alone without a past, and nothing where there is none", () =>
    within(async (w) => {
      expect(await standing(w, QUERY)).toBeNull();
      await upsert(w, "iv_surface_tenor", [tenor(0, 0.2)], NOW);
      expect(await standing(w, QUERY)).toMatchObject({
        sessions: 0,
        percentile: null,
        rank: null,
        value: 0.2,
      });
    }));
});

describe("the file", () => {
  it("belongs to one process, and another is told so", async () => {
    const w = await fresh();
    expect(await failure(Warehouse.open(w.path))).toBe("WH-001");
    const other = spawnSync(
      process.execPath,
      [
        "-e",
        `import("@duckdb/node-api").then(d => d.DuckDBInstance.create(${JSON.stringify(w.path)}, {access_mode: "READ_ONLY"})).catch(e => console.log(e.message))`,
      ],
      { encoding: "utf8" },
    );
    expect(other.stdout).toMatch(/could not set lock/i);
    await w.backup(`${w.path}.copy`);
    // Still held after the backup: a copy of the bytes would have given the lock away.
    const again = spawnSync(
      process.execPath,
      [
        "-e",
        `import("@duckdb/node-api").then(d => d.DuckDBInstance.create(${JSON.stringify(w.path)})).catch(e => console.log(e.message))`,
      ],
      { encoding: "utf8" },
    );
    expect(again.stdout).toMatch(/could not set lock/i);
    expect(await failure(w.backup(`${w.path}.copy`))).toBe("WH-008");
    w.close();
    const back = await Warehouse.open(w.path, { readOnly: true });
    expect((await back.health()).tables.map((t) => t["table"])).toEqual(Object.keys(TABLES));
    expect(await failure(back.table("insert into bars values (1)"))).toBe("WH-006");
    back.close();
  });

  it("is held by another process: the sentence says so", async () => {
    const path = join(dir, "held.duckdb");
    (await Warehouse.open(path, { create: true })).close();
    const { spawn } = await import("node:child_process");
    const holder = spawn(process.execPath, [
      "-e",
      `import("@duckdb/node-api").then(async d => { globalThis.k = await d.DuckDBInstance.create(${JSON.stringify(path)}); console.log("held"); setTimeout(() => {}, 60000); })`,
    ]);
    try {
      await new Promise((done) => holder.stdout.once("data", done));
      const error = await Warehouse.open(path).catch((e: unknown) => e as Error);
      expect((error as Error).message).toMatch(
        /^WH-001 .*held\.duckdb: another process has the warehouse open\. Close that one/,
      );
      expect(await failure(Warehouse.open(path, { readOnly: true }))).toBe("WH-001");
    } finally {
      holder.kill();
      await new Promise((done) => holder.once("exit", done));
    }
    (await Warehouse.open(path)).close();
  });

  it("is missing, foreign or damaged: each has its sentence", async () => {
    expect(await failure(Warehouse.open(join(dir, "none.duckdb")))).toBe("WH-002");
    expect(existsSync(join(dir, "none.duckdb"))).toBe(false);
    const text = join(dir, "text.duckdb");
    writeFileSync(text, "no database at all, and long enough to be read as a header ".repeat(400));
    expect(await failure(Warehouse.open(text))).toBe("WH-003");
    const w = await fresh();
    w.close();
    const cut = join(dir, "cut.duckdb");
    writeFileSync(
      cut,
      readFileSync(w.path).map((b, i) => (i > 4096 && i < 12000 ? 0xa5 : b)),
    );
    expect(["WH-003", "WH-004"]).toContain(await failure(Warehouse.open(cut)));
    expect(await failure(Warehouse.open(join(text, "w.duckdb"), { create: true }))).toBe("WH-004");
  });

  it("answers only what it can: a wrong table name of ours does not compile, a wrong statement has a code", () =>
    within(async (w) => {
      const name: TableName = "bars";
      expect(await w.rows(`select count(*) n from ${name}`)).toEqual([{ n: 0 }]);
      expect(await failure(w.table("select nonsense from nowhere"))).toBe("WH-006");
    }));
});
