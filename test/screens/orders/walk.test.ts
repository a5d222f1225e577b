import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type PtyRun, runInPty } from "../../harness/pty.ts";

const runs: PtyRun[] = [];
afterEach(() => {
  for (const run of runs.splice(0)) run.kill();
});
function open(dir: string): PtyRun {
  const run = runInPty(["replay", "--paused"], {
    cols: 120,
    rows: 40,
    env: { XDG_CONFIG_HOME: join(dir, "c"), XDG_STATE_HOME: join(dir, "s"), XDG_CACHE_HOME: join(dir, "k") },
  });
  runs.push(run);
  return run;
}

/** Accepts whatever guard asks, reads, and sends. */
async function confirm(run: PtyRun): Promise<void> {
  let shown = await run.waitFor(/PREVIEW[\s\S]*Esc back, ticket kept/);
  for (let digit = 1; /press \d/.test(shown) && digit < 10; digit++) {
    const asked = /press (\d)/.exec(shown)?.[1] ?? "";
    run.send(asked);
    shown = await run.waitFor(new RegExp(`PREVIEW(?![\\s\\S]*press ${asked})`));
  }
  await run.waitFor(/C confirm and send/);
  run.send("C");
}

/** Minute by minute until the market has come to an order. The session runs in between: a broker's answer takes its time. */
async function filled(run: PtyRun, pattern: RegExp): Promise<void> {
  for (let minutes = 0; minutes < 60; minutes++) {
    run.send(")");
    await run.waitFor(/⏸ paused/);
    run.send(" ");
    await run.waitFor(/▶ 1x/);
    if (pattern.test(run.screen())) return;
  }
  await run.waitFor(pattern);
}

describe("orders in a real terminal, by keys", () => {
  it("places, amends, fills and cancels a single contract and a spread, kills and resumes", async () => {
    const dir = mkdtempSync(join(tmpdir(), "voldesk-walk-"));
    const run = open(dir);
    await run.waitFor(/REPLAY.*09:30:00 ET[\s\S]*9 Orders working 0/);
    run.send("g10:35\r");
    await run.waitFor(/10:35:00 ET/);
    // A broker's answers take their time in the session, so it has to run.
    run.send(" ");

    // A single order from the row in Positions: two shares more, above nothing that trades, so that it works.
    run.send("jjj");
    run.send("b");
    await run.waitFor(/T1 staged/);
    run.send("\x07");
    run.send(":buy 2 goog @ bid-20t\r");
    await confirm(run);
    await run.waitFor(/O1 +working +BUY \+2/);
    run.send("9");
    run.send("ggj+");
    await run.waitFor(/C sends/);
    await new Promise((resolve) => setTimeout(resolve, 500));
    run.send("C");
    await run.waitFor(/O1 +working +BUY \+2[^→\n]* 747\.79/);
    run.send("x");
    await run.waitFor(/O1 +cancelled/);

    // Marketable: the next quotes fill it.
    run.send(":buy 2 goog @ ask\r");
    await confirm(run);
    await run.waitFor(/O2 +(sending|working|filled)/);
    await filled(run, /O2 +filled +BUY \+2/);

    // A spread as one order, at its natural price, and one that rests and is cancelled with all.
    run.send(":sell 1 760/780 cv 15jan @ bid\r");
    await confirm(run);
    await run.waitFor(/O3 +(sending|working|filled)/);
    await filled(run, /O3 +filled +SELL -1/);
    run.send(":buy 1 760/780 cv 15jan @ bid-10t\r");
    await confirm(run);
    await run.waitFor(/O4 +working/);
    run.send("X");
    await run.waitFor(/Cancel 1 working order\?/);
    run.send("c");
    await run.waitFor(/O4 +cancelled/);

    // Kill from a ticket, and up again by the word.
    run.send("1");
    run.send("b");
    await run.waitFor(/T\d+ staged/);
    run.send("\x18");
    await run.waitFor(/│ HALTED │/);
    run.send("p");
    await run.waitFor(/✗ STATE/);
    expect(run.screen()).not.toContain("C confirm");
    run.send("\x07\x07");
    run.send(":resume\r");
    await run.waitFor(/Type ACTIVE/);
    run.send("ACTIVE\r");
    await run.waitFor(/│ ACTIVE │/);

    // What is staged is there after a restart, and must be previewed again.
    const staged = /T\d+(?= +staged)/.exec(run.screen())?.[0] ?? "";
    expect(staged).not.toBe("");
    run.send(":q\r");
    await run.waitFor(/Quit Voldesk\?/);
    run.send("q");
    expect((await run.exited).code).toBe(0);
    const again = open(dir);
    await again.waitFor(new RegExp(`${staged} +staged[\\s\\S]*old: preview it again`));
  });
});
