import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ENTER_SEQUENCE, RESET_SEQUENCE, WIDTH_PROBE } from "../../../screens/terminal/restore.ts";
import { bundle, type PtyOptions, PtyRun, RESTORED } from "../../harness/pty.ts";

let program = "";
beforeAll(async () => {
  program = await bundle("test/harness/screen-program.ts");
});
const runs: PtyRun[] = [];
afterEach(() => {
  for (const run of runs.splice(0)) run.kill();
});
function start(harm = "", options: PtyOptions = {}): PtyRun {
  const run = new PtyRun(process.execPath, [program, harm], options);
  runs.push(run);
  return run;
}
/** Whether the terminal line is in the state a shell expects. */
function cooked(run: PtyRun): void {
  // The slave is closed with its last process; what the program asked of it is what counts.
  expect(run.raw).toContain(RESET_SEQUENCE);
}

describe("the screen in a real terminal", () => {
  it("opens, answers keys, resizes and leaves the terminal as it was", async () => {
    const run = start();
    await run.waitFor(/1 Positions 4 of 4/);
    expect(run.emulator.alternate).toBe(true);
    run.send("j\r");
    await run.waitFor(/760 C +\+10/);
    run.resize(120, 40);
    await run.waitFor(/goog-2015-12-24/);
    run.resize(30, 8);
    await run.waitFor(/Voldesk needs 60x15, this is\s+30x8/);
    run.resize(80, 24);
    await run.waitFor(/1 Positions 4 of 4/);
    run.send("q");
    await run.waitFor(/Quit Voldesk\?/);
    run.send("q");
    expect((await run.exited).code).toBe(0);
    expect(await run.restored()).toEqual(RESTORED);
    expect(run.screen()).toContain("ended quit 0");
    cooked(run);
    // The one clear is the first.
    expect(run.raw.split("\x1b[2J").length).toBe(2);
  });

  it("survives a storm of resizes and keys: every frame synchronised, no clears, the last one whole", async () => {
    const run = start();
    await run.waitFor(/1 Positions 4 of 4/);
    for (let i = 0; i < 40; i++) {
      run.resize(60 + ((i * 37) % 140), 15 + ((i * 11) % 40));
      run.send("jk2\t1L`"[i % 7] as string);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    run.resize(100, 30);
    const text = await run.waitFor(/ctrl-x KILL$/m);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const lines = run.screen().split("\n");
    expect(text.length).toBeGreaterThan(0);
    expect(lines[2]).toMatch(/^┌.*┐$/);
    expect(lines[2]?.length).toBe(100);
    expect(lines[29]).toMatch(/ctrl-x KILL$/);
    const outside = run.raw
      .replace(ENTER_SEQUENCE, "")
      .replace(WIDTH_PROBE, "")
      .replace(/\x1b\[\?2026h.*?\x1b\[\?2026l/gs, "")
      .replace(/\x1b\]2;[^\x07]*\x07/g, "");
    expect(outside).toBe("");
    expect(run.raw.replace(ENTER_SEQUENCE, "")).not.toMatch(/\x1b\[[23]?J|\x1bc/);
  });

  it.each([
    ["throw", "ended crash 70 thrown in a timer", 70],
    ["reject", "ended crash 70 rejected", 70],
    ["worker", "ended crash 70 the worker died", 70],
    ["structure", "ended crash 70 Minified React error #31", 70],
    ["exit", "", 3],
  ])("is restored after %s", async (harm, said, code) => {
    const run = start(harm);
    expect((await run.exited).code).toBe(code);
    expect(await run.restored()).toEqual(RESTORED);
    expect(run.screen().replace(/\s+/g, " ")).toContain(said);
    cooked(run);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("is restored after %s", async (name, code) => {
    const run = start();
    await run.waitFor(/1 Positions/);
    run.signal(name);
    expect((await run.exited).code).toBe(code);
    expect(await run.restored()).toEqual(RESTORED);
  });

  it("goes on when one pane fails, and retries it", async () => {
    const run = start("pane");
    await run.waitFor(/This pane failed \(E-PANE-1\)/);
    await run.waitFor(/2 Watch/);
    run.send("2j");
    await run.waitFor(/main 2\/3/);
  });

  it("suspends to the shell and comes back whole", async () => {
    const run = new PtyRun("/bin/bash", ["--norc", "--noprofile", "-i"], { env: { PS1: "shell$ " } });
    runs.push(run);
    await run.waitFor(/shell\$/);
    run.send(`${process.execPath} ${program}\r`);
    await run.waitFor(/1 Positions 4 of 4/);
    run.send("\x1a");
    await run.waitFor(/Stopped/);
    // The shell's own prompt asks for bracketed paste.
    const { pasteOff: _, ...rest } = RESTORED;
    expect(await run.restored()).toMatchObject(rest);
    run.send("stty -a | tr ';' '\\n' | grep -o -- '-\\?icanon'\r");
    await run.waitFor(/^icanon$/m);
    run.send("fg\r");
    await run.waitFor(/1 Positions 4 of 4/);
    expect(run.emulator.alternate).toBe(true);
    run.send("j");
    run.send("qq");
    await run.waitFor(/ended quit 0/);
    expect(await run.restored()).toMatchObject(rest);
  });

  it("ends when its terminal is closed", async () => {
    const run = start();
    await run.waitFor(/1 Positions/);
    const { pid } = run;
    run.close();
    await expect.poll(() => alive(pid)).toBe(false);
  });

  it("ends when its output is a closed pipe", () => {
    const script = `${process.execPath} ${program} | head -c 3000 >/dev/null; echo \${PIPESTATUS[0]}`;
    const code = execFileSync("script", ["-qec", `bash -c '${script}'`, "/dev/null"], {
      encoding: "utf8",
      timeout: 60_000,
    });
    expect(code).toMatch(/129\s*$/);
  });
});

function alive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
