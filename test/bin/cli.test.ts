import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXIT } from "../../config/errors.ts";
import { SETTING_KEYS } from "../../config/settings.ts";
import { freshHome, ONE_CLEAR_LINE, voldesk } from "./program.ts";

const version = (JSON.parse(readFileSync("package.json", "utf8")) as { version: string }).version;

describe("help and version", () => {
  it("prints the version of the package", () => {
    for (const flag of ["--version", "-V"])
      expect(voldesk([flag])).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });

  it("loads nothing but the launcher for the version", () => {
    const trace = spawnSync(process.execPath, ["bin/voldesk.js", "--version"], {
      encoding: "utf8",
      env: { ...process.env, NODE_DEBUG: "esm" },
    });
    const loaded = new Set([...trace.stderr.matchAll(/dist\/([\w-]+)\.js/g)].map((m) => m[1] as string));
    expect(loaded).toContain("main");
    const bytes = [...loaded].reduce((sum, name) => sum + statSync(`dist/${name}.js`).size, 0);
    expect(bytes).toBeLessThan(10_000);
  });

  it("lists every command and every exit code", () => {
    const { code, out } = voldesk(["--help"]);
    expect(code).toBe(0);
    for (const name of ["replay", "snapshot", "captures", "calc", "config", "doctor", "reset", "completion"])
      expect(out).toMatch(new RegExp(`^  ${name} `, "m"));
    for (const { code: exit, means } of Object.values(EXIT)) expect(out).toContain(`${exit}  ${means}`);
  });

  it.each(["replay", "snapshot", "captures", "calc", "config", "doctor", "reset", "completion"])(
    "explains %s",
    (name) => {
      const { code, out } = voldesk([name, "--help"]);
      expect(code).toBe(0);
      expect(out).toContain(`Usage: voldesk ${name}`);
    },
  );
});

describe("a command line that cannot be used", () => {
  it.each([
    [["repaly"], 'CLI-002 unknown command "repaly". Did you mean "replay"?\n'],
    [["zzzzzzzz"], 'CLI-002 unknown command "zzzzzzzz". `voldesk --help` lists the commands.\n'],
    [["config", "shw"], "CLI-001 unknown command 'shw'. Did you mean show?\n"],
    [["--jsno"], "CLI-001 unknown option '--jsno'. `voldesk --help` shows what it takes.\n"],
    [["replay", "--headles"], "CLI-001 unknown option '--headles'. Did you mean --headless?\n"],
  ])("%j says what was meant", (args, message) => {
    expect(voldesk(args)).toEqual({ code: 2, out: "", err: message });
  });

  it.each([
    [["snapshot", "--size", "wide"]],
    [["snapshot", "--screen", "nope"]],
    [["snapshot", "--at", "noon"]],
    [["replay", "--headless", "--at", "10:35"]],
    [["completion", "tcsh"]],
    [["config", "show", "a", "b"]],
    [["--set"]],
    [["config", "show", "--set", "screen.fps=900"]],
  ])("%j is one clear sentence and exit 2", (args) => {
    const { code, out, err } = voldesk(args);
    expect(err).toMatch(ONE_CLEAR_LINE);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });
});

describe("without a terminal", () => {
  it.each([[[]], [["replay"]], [["replay", "goog-2015-12-24"]]])("%j says what to do", (args) => {
    const { code, out, err } = voldesk(args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(ONE_CLEAR_LINE);
    expect(err).toContain("--headless");
    expect(err).toContain("snapshot");
  });

  it.each(["--version", "captures ls", "snapshot"])("%s says that the disk is full, with exit 74", (args) => {
    // Linux's /dev/full answers every write as a full disk does.
    const command = `"${process.execPath}" bin/voldesk.js ${args} > /dev/full`;
    const { status, stderr } = spawnSync("bash", ["-c", command], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: freshHome() },
    });
    expect(status).toBe(74);
    expect(stderr).toBe("CLI-007 The output cannot be written (ENOSPC). Is the disk full?\n");
  });

  it("leaves quietly when its reader goes away", async () => {
    const home = freshHome();
    const child = spawn(
      "bash",
      [
        "-c",
        `"${process.execPath}" bin/voldesk.js config show --json | head -c 10; echo "|\${PIPESTATUS[0]}"`,
      ],
      {
        env: { PATH: process.env["PATH"], HOME: home },
      },
    );
    let [out, err] = ["", ""];
    child.stdout.on("data", (d: Buffer) => (out += d.toString()));
    child.stderr.on("data", (d: Buffer) => (err += d.toString()));
    await new Promise((done) => child.on("close", done));
    expect(err).toBe("");
    expect(out).toMatch(/\|0\n$/);
  });
});

describe("settings on the command line", () => {
  it("shows every setting with where it comes from, as text and as JSON", () => {
    const home = freshHome();
    mkdirSync(join(home, ".config/voldesk"), { recursive: true });
    writeFileSync(join(home, ".config/voldesk/config.yaml"), "screen:\n  fps: 12\n");
    const text = voldesk(["config", "show"], { HOME: home, VOLDESK_THEME: "light" }).out;
    expect(text).toMatch(/^screen\.fps +12 +frames\/s +config\.yaml line 2$/m);
    expect(text).toMatch(/^theme +"light" +VOLDESK_THEME$/m);
    const json = JSON.parse(
      voldesk(["config", "show", "--json", "--set", "screen.fps=24"], { HOME: home }).out,
    );
    expect(Object.keys(json)).toEqual(SETTING_KEYS);
    expect(json["screen.fps"]).toMatchObject({
      value: 24,
      default: 30,
      unit: "frames/s",
      variable: "VOLDESK_SCREEN_FPS",
    });
  });

  it("names the nearest key of a typo and refuses the file whole, for every command that reads it", () => {
    const home = freshHome();
    const file = join(home, "my.yaml");
    writeFileSync(file, "screen:\n  fps: 12\ntheem: light\n");
    const message =
      'CFG-012 my.yaml line 3: unknown key "theem". Did you mean "theme"? Nothing was changed.\n';
    for (const args of [
      ["config", "check", file],
      ["config", "show", "--config", file],
      ["replay", "--headless", "--config", file],
    ])
      expect(voldesk(args)).toEqual({ code: 78, out: "", err: message });
    expect(voldesk(["config", "show", "scren.fps"])).toEqual({
      code: 78,
      out: "",
      err: 'CFG-012 unknown key "scren.fps". Did you mean "screen.fps"? Nothing was changed.\n',
    });
  });

  it("says when a named file is missing or may not be read", () => {
    expect(voldesk(["config", "check", "none.yaml"])).toMatchObject({ code: 66, out: "" });
    if (process.getuid?.() === 0) return;
    const file = join(freshHome(), "c.yaml");
    writeFileSync(file, "theme: light\n");
    chmodSync(file, 0);
    expect(voldesk(["config", "check", file]).code).toBe(77);
  });

  it("tells where its files are", () => {
    const { out } = voldesk(["config", "path", "--json"], { XDG_CONFIG_HOME: "/c", XDG_STATE_HOME: "/s" });
    expect(JSON.parse(out)).toMatchObject({
      configFile: "/c/voldesk/config.yaml",
      stateDir: "/s/voldesk",
      configFileFound: false,
    });
    expect(JSON.parse(voldesk(["--state", "/t", "config", "path", "--json"]).out)).toMatchObject({
      stateDir: "/t",
    });
  });

  it("prints a template that it accepts itself", () => {
    const file = join(freshHome(), "config.yaml");
    writeFileSync(file, voldesk(["config", "template"]).out);
    const shown = JSON.parse(voldesk(["config", "show", "--json", "--config", file]).out) as Record<
      string,
      { value: unknown; default: unknown; origin: { from: string } }
    >;
    for (const entry of Object.values(shown)) {
      expect(entry.origin.from).toBe("file");
      expect(entry.value).toEqual(entry.default);
    }
  });
});

describe("doctor", () => {
  it("is content with a good machine, and makes nothing", () => {
    const home = freshHome();
    const { code, out } = voldesk(["doctor", "--json"], { HOME: home });
    const report = JSON.parse(out) as { ok: boolean; checks: { name: string; state: string }[] };
    expect(code).toBe(0);
    expect(report.ok).toBe(true);
    for (const name of ["Node", "SQLite", "DuckDB", "sessions", "settings", "state folder", "clock", "disk"])
      expect(report.checks.find((c) => c.name === name)?.state, name).toBe("ok");
    expect(spawnSync("find", [home, "-mindepth", "1"], { encoding: "utf8" }).stdout).toBe("");
  });

  it("fails with exit 1 when the settings are bad or the state folder cannot be", () => {
    const home = freshHome();
    writeFileSync(join(home, "file"), "");
    const { code, out } = voldesk(["doctor", "--state", join(home, "file/state")], { HOME: home });
    expect(code).toBe(1);
    expect(out).toMatch(/^FAIL +state folder/m);
    const bad = voldesk(["doctor"], { VOLDESK_SCREEN_FPS: "fast" });
    expect(bad.code).toBe(1);
    expect(bad.out).toContain("CFG-013 VOLDESK_SCREEN_FPS");
  });
});

describe("reset", () => {
  it("says so when there is no terminal to repair", () => {
    const { status, stderr } = spawnSync("setsid", ["-w", process.execPath, "bin/voldesk.js", "reset"], {
      encoding: "utf8",
    });
    expect(status).toBe(77);
    expect(stderr).toBe("CLI-006 there is no terminal to repair. Run it in the terminal that is broken.\n");
  });
});
