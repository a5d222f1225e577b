import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runInPty } from "../harness/pty.ts";

it(":export writes what the screen shows, reads back first, and says what it can't do", async () => {
  const dir = mkdtempSync(join(tmpdir(), "Vol "));
  const run = runInPty(["replay", "--at", "10:35", "--paused"], { cols: 120, rows: 40, cwd: process.cwd() });
  try {
    await run.waitFor(/1 Positions \d of \d/);
    run.send(`:export pane json ${dir}/My Book.json`);
    await run.waitFor(/EXPORT pane as json to .*My Book\.json/);
    run.send("\r");
    await run.waitFor(/My Book\.json: 8 rows/);
    const rows = JSON.parse(readFileSync(join(dir, "My Book.json"), "utf8")) as Record<string, unknown>[];
    expect(rows.at(-1)).toMatchObject({ kind: "book", time: "2015-12-24T10:35:00.000000-05:00" });
    run.send(`:export bars csv ${dir}/no/bars.csv\r`);
    await run.waitFor(/EXP-001 .*bars\.csv/);
    run.send("\x1b");
    await expect.poll(() => run.screen()).not.toMatch(/EXP-001/);
    run.send(":export session xlsx x");
    await run.waitFor(/"xlsx" is no format; csv, json, parquet/);
    expect(readdirSync(dir)).toEqual(["My Book.json"]);
  } finally {
    run.kill();
  }
});
