import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { isoTime, parseIsoMicros } from "../../engines/market/index.ts";
import { tableOf } from "../../src/desk/export/table.ts";
import type { Table } from "../../store/export/table.ts";
import { csvText, jsonText, writeTable } from "../../store/export/write.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "voldesk-export-"));
});
function voldesk(...args: string[]) {
  const done = spawnSync(process.execPath, ["bin/voldesk.js", "export", ...args], {
    encoding: "utf8",
    maxBuffer: 64e6,
  });
  return { code: done.status, out: done.stdout, error: done.stderr };
}
type Row = Record<string, string | number | boolean | null>;
const rowsOf = (text: string): Row[] => JSON.parse(text) as Row[];

describe("voldesk export", () => {
  it("gives the positions of a moment as raw figures that add up, with units, zone and nulls", () => {
    const { out, code } = voldesk("positions", "--at", "10:35", "--format", "json");
    expect(code).toBe(0);
    const rows = rowsOf(out);
    for (const row of rows) expect(row["time"]).toBe("2015-12-24T10:35:00.000000-05:00");
    const book = rows.find((r) => r["kind"] === "book") as Row;
    const singles = rows.filter((r) => r["kind"] === "position" || r["kind"] === "structure");
    const sum = (column: string) => singles.reduce((total, r) => total + (r[column] as number), 0);
    for (const column of ["day_pnl_ccy", "pnl_ccy", "vega_ccy_per_vol_point", "dollar_delta_ccy"])
      expect(book[column]).toBeCloseTo(sum(column), 3);
    const stock = rows.find((r) => r["instrument"] === "EQ/GOOG/USD" && r["kind"] === "position") as Row;
    expect(stock).toMatchObject({ qty_contracts_or_shares: 100, avg_price: 752.1, iv_per_year: null });
  });

  it("writes the whole chain the same in CSV, JSON and Parquet", async () => {
    const files = ["csv", "json", "parquet"].map((f) => join(dir, `it's chain.${f}`));
    for (const file of files) {
      const { out, code, error } = voldesk("chain", "--at", "10:35", "--out", file);
      expect({ code, error, out }).toEqual({ code: 0, error: "", out: `${file}: 2192 rows\n` });
    }
    expect(readdirSync(dir)).toHaveLength(3);
    const [csv, json, parquet] = files.map((f) => f.replaceAll("'", "''"));
    const db = await (await DuckDBInstance.create(":memory:")).connect();
    const query = async (from: string): Promise<unknown> =>
      (
        await db.runAndReadAll(
          `select count(*), count(bid_price), count(iv_per_year), sum(bid_price)::decimal(18,6), sum(iv_per_year)::decimal(18,9),
             min("right"), max(instrument), sum(held_contracts)::int, min(time)::varchar from ${from}`,
        )
      ).getRowsJson();
    const texts = "types={'time':'VARCHAR'}";
    const [a, b, c] = [
      await query(`read_csv('${csv}', ${texts})`),
      await query(`read_json('${json}', columns={bid_price:'DOUBLE',iv_per_year:'DOUBLE','right':'VARCHAR',
        instrument:'VARCHAR',held_contracts:'DOUBLE',time:'VARCHAR'})`),
      await query(`read_parquet('${parquet}')`),
    ];
    db.closeSync();
    expect(b).toEqual(a);
    expect(c).toEqual(a);
    const rows = parse(readFileSync(files[0] as string, "utf8"), { columns: true }) as Record<
      string,
      string
    >[];
    expect(rows.find((r) => r["instrument"] === "OPT/GOOG/2016-01-15/C/760/USD/1")).toMatchObject({
      right: "C",
      strike_price: "760",
      bid_price: "8.1",
      ask_price: "8.5",
      held_contracts: "10",
      open_interest_contracts: expect.stringMatching(/^\d+$/),
    });
    expect(rows.some((r) => r["bid_price"] === "")).toBe(true);
  });

  it("gives bars and prints in the order of time, of one underlying or of all", () => {
    const bars = rowsOf(
      voldesk(
        "bars",
        "--session",
        "bac-ibm-2013-10-08",
        "--at",
        "10:00",
        "--minutes",
        "5",
        "--format",
        "json",
      ).out,
    );
    expect(bars.map((b) => b["instrument"])).toEqual([
      ...Array(6).fill("EQ/BAC/USD"),
      ...Array(6).fill("EQ/IBM/USD"),
    ]);
    expect(bars[0]?.["start_time"]).toBe("2013-10-08T09:30:00.000000-04:00");
    const tape = rowsOf(
      voldesk(
        ...[
          "tape",
          "--session",
          "bac-ibm-2013-10-08",
          "--at",
          "9:31",
          "--underlying",
          "ibm",
          "--format",
          "json",
        ],
      ).out,
    );
    expect(new Set(tape.map((p) => p["instrument"]))).toEqual(new Set(["EQ/IBM/USD"]));
    const seqs = tape.map((p) => p["seq"] as number);
    expect(seqs.length).toBeGreaterThan(10);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  });

  it("says in one sentence what it can't do, and leaves what was there", () => {
    mkdirSync(join(dir, "folder"));
    expect(voldesk("positions", "--at", "10:35", "--out", join(dir, "no", "x.csv"))).toMatchObject({
      code: 73,
      error: expect.stringMatching(
        /^EXP-001 .*x\.csv: .*its folder does not exist\. Make the folder first.*\n$/,
      ),
    });
    expect(voldesk("positions", "--at", "10:35", "--out", join(dir, "folder"))).toMatchObject({
      code: 73,
      error: expect.stringMatching(/^EXP-001 .*it is a folder\. Name a file in it\.\n$/),
    });
    expect(voldesk("chain", "--session", "bac-ibm-2013-10-08")).toMatchObject({
      code: 66,
      error: expect.stringMatching(/^EXP-004 .*there is no chain in this session/),
    });
    expect(voldesk("tape", "--underlying", "AAPL").error).toMatch(/^EXP-004 .*It has GOOG\.\n$/);
    expect(voldesk("tape", "--format", "parquet")).toMatchObject({ code: 2, out: "" });
    expect(voldesk("everything").error).toMatch(/^CLI-004 /);
    expect(readdirSync(dir)).toEqual(["folder"]);
  });
});

describe("a written table", () => {
  const cell = fc.oneof(
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: "binary" }).filter((s) => s !== ""),
  );
  it("comes back from CSV and JSON as it was, digit by digit", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const columns = [
          { name: "a,b", type: "text" as const },
          { name: 'say "c"', type: "number" as const },
        ];
        const table: Table = { columns, rows };
        const back = parse(csvText(table), { record_delimiter: "\n" }) as string[][];
        expect(back[0]).toEqual(["a,b", 'say "c"']);
        expect(back.slice(1)).toEqual(rows.map((row) => row.map((v) => (v === null ? "" : String(v)))));
        const plain = rows.map(([a, b]) => ({ "a,b": a, 'say "c"': b }));
        expect(JSON.parse(jsonText(table))).toEqual(JSON.parse(JSON.stringify(plain)));
      }),
    );
  });

  it("leaves the old file and no scraps when it cannot be made", async () => {
    const file = join(dir, "kept.parquet");
    writeFileSync(file, "old");
    const broken: Table = { columns: [{ name: "n", type: "integer" }], rows: [["no number"]] };
    await expect(writeTable(broken, "parquet", file)).rejects.toThrow(/^EXP-001 /);
    expect(readFileSync(file, "utf8")).toBe("old");
    expect(readdirSync(dir)).toEqual(["kept.parquet"]);
  });

  it("has unknown for what is no number, and times that name the instant", () => {
    const { rows } = tableOf(
      "t",
      [["x", "number", (v: number) => v]],
      [Number.NaN, 1 / 3, Number.POSITIVE_INFINITY],
    );
    expect(rows).toEqual([[null], [1 / 3], [null]]);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e15 }),
        fc.integer({ min: -56, max: 56 }).map((q) => q * 15),
        (us, offset) => {
          expect(parseIsoMicros(isoTime(us, offset) as string)).toBe(us);
        },
      ),
    );
    expect(isoTime(null, 0)).toBeNull();
  });
});
