import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type PtyRun, RESTORED, runInPty } from "../../harness/pty.ts";

const runs: PtyRun[] = [];
afterEach(() => {
  for (const run of runs.splice(0)) run.kill();
});
function open(
  args: readonly string[],
  cols: number,
  rows: number,
  more: Readonly<Record<string, string>> = {},
): PtyRun {
  const dir = mkdtempSync(join(tmpdir(), "voldesk-program-"));
  const env = {
    XDG_CONFIG_HOME: join(dir, "c"),
    XDG_STATE_HOME: join(dir, "s"),
    XDG_CACHE_HOME: join(dir, "k"),
    ...more,
  };
  const run = runInPty(args, { cols, rows, env });
  runs.push(run);
  return run;
}

describe("the built program in a real terminal", () => {
  it("does the main job: opens, jumps, unfolds, explains, shows the chain, goes back in time, quits", async () => {
    const run = open(["replay", "--paused"], 120, 40);
    await run.waitFor(/REPLAY.*Thu 24Dec15 09:30:00 ET half day/);
    await run.waitFor(/1 Positions 4 of 4[\s\S]*760\/780 CV[\s\S]*BOOK/);
    run.send("g10:35\r");
    await run.waitFor(/10:35:00 ET/);
    await run.waitFor(/GOOG +748\.155|GOOG +748\.16/);
    run.send("j\r");
    await run.waitFor(/760 C +\+10 +9\.30/);
    run.send("lllli");
    await run.waitFor(/i explain:/);
    run.send("\x07");
    run.send("4");
    await run.waitFor(/4 Chain GOOG 74/);
    run.send("}");
    await run.waitFor(/4 Chain GOOG 74\S+ +(?!31dec)\d+\w+/);
    run.send("g9:45\r");
    await run.waitFor(/09:45:00 ET/);
    run.send(" ");
    await run.waitFor(/▶ 30x/);
    run.send("qqq");
    expect((await run.exited).code).toBe(0);
    expect(await run.restored()).toEqual(RESTORED);
  });

  it("is restored after SIGTERM", async () => {
    const run = open(["replay"], 80, 24);
    await run.waitFor(/1 Positions 4 of 4/);
    run.signal("SIGTERM");
    expect((await run.exited).code).toBe(143);
    expect(await run.restored()).toEqual(RESTORED);
  });

  it("needs neither colours nor more than ASCII", async () => {
    const run = open(["replay"], 80, 24, { NO_COLOR: "1", LANG: "C", LC_ALL: "C" });
    await run.waitFor(/1 Positions 4 of 4/);
    expect(run.raw).not.toMatch(/\x1b\[([\d;]*;)?[34]\d[;m]/);
    expect(run.screen()).toMatch(/^[\x20-\x7e\n]*$/);
  });
});
