import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type PtyOptions, type PtyRun, RESTORED, runInPty } from "../harness/pty.ts";
import { freshHome } from "./program.ts";

const MARKED = /760\/780 CV +\+10 +6\.10 +\d/;
const running: PtyRun[] = [];

function open(args: readonly string[] = [], options: PtyOptions = {}): PtyRun {
  const home = options.env?.["HOME"] ?? freshHome();
  const run = runInPty(args, { cols: 120, rows: 40, ...options, env: { HOME: home, ...options.env } });
  running.push(run);
  return run;
}
afterEach(() => {
  for (const run of running.splice(0)) run.kill();
});

describe("voldesk in a terminal", () => {
  it("opens the bundled session with marks, moves, and leaves with 0 and the terminal as it was", async () => {
    const home = freshHome();
    const run = open([], { env: { HOME: home } });
    const first = await run.waitFor(MARKED);
    expect(first).toContain("REPLAY");
    const clock = /\d\d:\d\d:\d\d ET/.exec(first)?.[0] as string;
    await run.waitFor(new RegExp(`^(?!.*${clock}).* ET`, "m"));
    run.send(":q\r");
    await run.waitFor(/Quit Voldesk\?/);
    run.send("q");
    expect((await run.exited).code).toBe(0);
    expect(await run.restored()).toEqual(RESTORED);
    const logs = join(home, ".local/state/voldesk/log");
    expect(readdirSync(logs)).toContain("screen.log");
    expect(readFileSync(join(logs, "screen.log"), "utf8")).toContain('"why":"quit"');
  });

  it("opens where and how it is told", async () => {
    const run = open(["replay", "bac-ibm-2013-10-08", "--at", "10:00", "--paused"]);
    const screen = await run.waitFor(/10:00:00 ET/);
    expect(screen).toContain("paused");
    expect(screen).toContain("IBM");
  });

  it("uses no colour under NO_COLOR, and the colours that are asked for", async () => {
    const plain = open([], { env: { NO_COLOR: "1" } });
    await plain.waitFor(MARKED);
    expect(styles(plain)).not.toMatch(COLOUR);
    const full = open(["--set", "screen.color=truecolor"], { env: { NO_COLOR: "1" } });
    await full.waitFor(MARKED);
    expect(styles(full)).toMatch(COLOUR);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
  ] as const)("gives the terminal back on %s", async (signal, code) => {
    const run = open();
    await run.waitFor(MARKED);
    run.signal(signal);
    expect((await run.exited).code).toBe(code);
    expect(await run.restored()).toEqual(RESTORED);
  });

  it("survives a terminal of 1x1 and comes back", async () => {
    const run = open();
    await run.waitFor(MARKED);
    run.resize(1, 1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    run.resize(52, 14);
    await run.waitFor(/needs 60x15/);
    run.resize(120, 40);
    await run.waitFor(MARKED);
    expect(run.exit).toBeNull();
  });

  it("ends when its terminal is gone", async () => {
    const run = open();
    await run.waitFor(MARKED);
    run.close();
    expect(await run.exited).toEqual({ code: 129, signal: 0 });
  });

  it("says what is wrong before it takes the terminal over", async () => {
    const home = freshHome();
    mkdirSync(join(home, ".config/voldesk"), { recursive: true });
    writeFileSync(join(home, ".config/voldesk/config.yaml"), "theem: light\n");
    for (const [args, env, code, message] of [
      [[], { HOME: home }, 78, /CFG-012 config\.yaml line 1: unknown key "theem"/],
      [["replay", "nosuch"], {}, 66, /CAP-001 nosuch/],
      [["replay", "--at", "25:99"], {}, 2, /DSK-003/],
      [["replay", "--speed", "1000"], {}, 2, /CLI-004 --speed: replay\.speed is 1000/],
    ] as const) {
      const run = open(args, { env });
      expect((await run.exited).code).toBe(code);
      await run.waitFor(message);
      expect(run.raw).not.toContain("\x1b[?1049h");
      expect(run.raw.trim().split("\n")).toHaveLength(1);
    }
  });

  it("repairs a terminal after SIGKILL with `voldesk reset`", async () => {
    const shell = [
      "-c",
      `"${process.execPath}" bin/voldesk.js; stty -a; "${process.execPath}" bin/voldesk.js reset; stty -a; echo done`,
    ];
    const { PtyRun: Pty } = await import("../harness/pty.ts");
    const run = new Pty("bash", shell, { cols: 120, rows: 40, env: { HOME: freshHome() } });
    running.push(run);
    await run.waitFor(MARKED);
    const child = Number(
      readFileSync(`/proc/${run.pid}/task/${run.pid}/children`, "utf8").trim().split(" ")[0],
    );
    process.kill(child, "SIGKILL");
    await run.exited;
    expect(await run.restored()).toEqual(RESTORED);
    const [broken, mended] = [...run.raw.matchAll(/(-?)icanon/g)].map((m) => m[1]);
    expect([broken, mended]).toEqual(["-", ""]);
    expect(run.screen()).toContain("done");
  });
});

/** Parameters of every style switch, one a line. */
const styles = (run: PtyRun): string =>
  run.raw
    .split("\x1b[")
    .map((part) => /^([\d;:]*)m/.exec(part)?.[1] ?? "")
    .join("\n");
const COLOUR = /(^|;)([349][0-7]|10[0-7]|[34]8[;:])/m;
