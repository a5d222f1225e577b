import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { removeFolder } from "../../harness/folders.ts";
import { type PtyRun, runInPty } from "../../harness/pty.ts";

const runs: PtyRun[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const run of runs.splice(0)) run.kill();
  for (const dir of folders.splice(0)) removeFolder(dir);
});

/** The built program over the bundled session at 10:34, in a real terminal, with folders of its own. */
function open(): { run: PtyRun; dir: string } {
  const dir = mkdtempSync(join(tmpdir(), "first-hour-"));
  folders.push(dir);
  const env = {
    XDG_CONFIG_HOME: join(dir, "c"),
    XDG_STATE_HOME: join(dir, "s"),
    XDG_CACHE_HOME: join(dir, "k"),
  };
  const run = runInPty(["replay", "--paused", "--at", "10:34"], { cols: 120, rows: 40, env });
  runs.push(run);
  return { run, dir };
}

describe("the first hour of a trader, in a real terminal", () => {
  it("finds what loses most and why, the 25-delta call, its vol's origin, yesterday's settlement, a vertical's net market", async () => {
    const { run } = open();
    await run.waitFor(/1 Positions 4 of 4[\s\S]*BOOK/);

    // The card of the first run is put away.
    run.send("\x07");
    // What loses most: the cursor on P&L, sorted, the last row above the book; why: its causes.
    run.send("llllllo");
    await run.waitFor(/▾P&L[\s\S]*760\/780 CV[^\n]*-450[^\n]*\n[^\n]*BOOK/);
    run.send("m");
    await run.waitFor(/byΔ +byΓ +byΘ +byV[\s\S]*760\/780 [^\n]*-150 +\+1 +-80 +\+46/);
    run.send("mG");
    run.send("ki");
    await run.waitFor(/i explain: P&L since entry of [^\n]*760\/780/);
    run.send("\x07");

    // Yesterday's settlement: behind the mark of a position, among what it would fall back to.
    run.send("hhhggj");
    run.send("i");
    await run.waitFor(/i explain: mark of GOOG 15jan 720 P[\s\S]*settlement +4\.\d+/);
    run.send("\x07");

    // The 25-delta call of the January expiry, and where its vol comes from.
    run.send(":chain goog 15jan\r");
    await run.waitFor(/4 Chain GOOG \S+ +15jan16 22d/);
    run.send("jjjjjjjjjj");
    await run.waitFor(/\.26 +17\.3 +4\.70 [^\n]* 770\.0/);
    run.send("hhhhhh");
    run.send("li");
    await run.waitFor(
      /i explain: (?:implied vol|delta)[\s\S]*Black-Scholes-Merton|i explain: delta of[\s\S]*implied vol/,
    );
    run.send("\x07");

    // A vertical's net market: two legs by + and -.
    run.send("+jj-");
    await run.waitFor(/net \d+\.\d+ \| \d+\.\d+ \| \d+\.\d+ .*max loss/);
  });

  it("finds the moment a spread widened by an alert, and takes it all out as files", async () => {
    const { run, dir } = open();
    await run.waitFor(/1 Positions 4 of 4[\s\S]*BOOK/);
    run.send(":alert 760c 15jan spread > 0.55\r");
    await run.waitFor(/A1 GOOG 15jan 760 C spread > 0\.55, once/);
    run.send(":speed max\r");
    run.send(" ");
    await run.waitFor(/A1 GOOG 15jan 760 C spread \d\.\d\d > 0\.55/);
    run.send("A");
    await run.waitFor(/A Alerts[\s\S]*once fired 1[0-3]:\d\d:\d\d/);
    run.send("\x07");
    const kept = () => readFileSync(join(dir, "s", "voldesk", "alerts.json"), "utf8");
    await expect.poll(kept).toContain('"times": 1');

    for (const what of ["positions", "chain", "levels"]) {
      const file = join(dir, `${what}.csv`);
      run.send(`:export ${what} csv ${file}\r`);
      await expect.poll(() => existsSync(file)).toBe(true);
      const [head = "", first = ""] = readFileSync(file, "utf8").split("\n");
      expect(head).toMatch(/^time,/);
      expect(first).toMatch(/^2015-12-24T\d\d:\d\d:\d\d\.\d{6}-05:00,/);
    }
  });
});
