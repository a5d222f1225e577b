import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorLines } from "../../config/errors.ts";
import { loadConfig, parseConfig, parseSet } from "../../config/load.ts";
import { SETTING_KEYS, SETTINGS } from "../../config/settings.ts";

function home(yaml: string | null): { dir: string; env: Record<string, string> } {
  const dir = mkdtempSync(join(tmpdir(), "voldesk-config-"));
  const file = join(dir, "config.yaml");
  if (yaml !== null) writeFileSync(file, yaml);
  return { dir, env: yaml === null ? { XDG_CONFIG_HOME: dir } : { VOLDESK_CONFIG: file } };
}
const load = (yaml: string | null, env: Record<string, string> = {}, set: string[] = []) => {
  const h = home(yaml);
  return loadConfig({ env: { ...h.env, ...env }, home: h.dir, cwd: h.dir, flags: set.map(parseSet) });
};
function errorOf(action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    return errorLines(error) ?? [String(error)];
  }
  return [];
}

describe("sources in their order", () => {
  it("takes every default when nothing is given", () => {
    const { values, fileFound, origins } = load(null);
    expect(fileFound).toBe(false);
    for (const key of SETTING_KEYS) {
      expect(values[key]).toEqual(SETTINGS[key].default);
      expect(origins[key]).toEqual({ from: "default" });
    }
  });

  it("lets a flag win over the environment, that over the file, that over the default", () => {
    const yaml = "theme: light\nscreen:\n  fps: 10\n  calm: true\n";
    expect(load(yaml).config.screen.fps).toBe(10);
    expect(load(yaml).origins["screen.fps"]).toEqual({ from: "file", file: "config.yaml", line: 3 });
    const env = { VOLDESK_SCREEN_FPS: "20" };
    expect(load(yaml, env).config.screen.fps).toBe(20);
    expect(load(yaml, env).origins["screen.fps"]).toEqual({ from: "env", name: "VOLDESK_SCREEN_FPS" });
    const all = load(yaml, env, ["screen.fps=25"]);
    expect(all.config.screen.fps).toBe(25);
    expect(all.origins["screen.fps"]).toEqual({ from: "flag", name: "--set" });
    expect(all.config.theme).toBe("light");
    expect(all.config.screen.calm).toBe(true);
  });

  it("reads words and numbers where both are allowed", () => {
    expect(load("replay: {speed: max}").config.replay.speed).toBe("max");
    expect(load(null, { VOLDESK_REPLAY_SPEED: "0.5" }).config.replay.speed).toBe(0.5);
    expect(load(null, { VOLDESK_REPLAY_LOOP: "on" }).config.replay.loop).toBe(true);
  });

  it("reads watch lists, and empty files as no settings", () => {
    expect(load("watch:\n  main: [GOOG, BAC]\n").config.watch).toEqual({ main: ["GOOG", "BAC"] });
    expect(load("# nothing\n").config.theme).toBe("default");
  });
});

describe("mistakes are refused whole, each in one sentence", () => {
  it("names the nearest key, with file and line", () => {
    expect(errorOf(() => load("screen:\n  calm: true\n\ntheem: light\n"))).toEqual([
      'CFG-012 config.yaml line 4: unknown key "theem". Did you mean "theme"? Nothing was changed.',
    ]);
    expect(errorOf(() => load("screen:\n  fsp: 10\n"))[0]).toContain(
      'unknown key "fsp". Did you mean "fps"?',
    );
    expect(errorOf(() => load("fps: 10\n"))[0]).toContain('unknown key "fps". Did you mean "screen.fps"?');
    expect(errorOf(() => load("zzzzzz: 10\n"))[0]).toContain("`voldesk config show` lists the keys.");
  });

  it("says range and unit of a bad value", () => {
    expect(errorOf(() => load("screen:\n  fps: 900\n"))).toEqual([
      "CFG-013 config.yaml line 2: screen.fps is 900. It takes a whole number from 1 to 60 frames/s. Nothing was changed.",
    ]);
    expect(errorOf(() => load(null, { VOLDESK_SCREEN_FPS: "fast" }))).toEqual([
      'CFG-013 VOLDESK_SCREEN_FPS: screen.fps is "fast". It takes a whole number from 1 to 60 frames/s. Nothing was changed.',
    ]);
    expect(errorOf(() => load("theme:\n"))[0]).toContain(
      "theme is empty. It takes default, classic, light or mono.",
    );
    expect(errorOf(() => load("watch:\n  main: GOOG\n"))[0]).toContain("line 2: watch is");
    expect(errorOf(() => load("screen: 5\n"))[0]).toContain("screen is a group of keys, not a value");
  });

  it("tells all mistakes of a file at once", () => {
    const lines = errorOf(() => load("theem: light\nscreen:\n  fps: -1\n  clam: true\n"));
    expect(lines).toHaveLength(3);
    expect(lines.map((l) => l.slice(0, 7)).sort((a, b) => (a < b ? -1 : 1))).toEqual([
      "CFG-012",
      "CFG-012",
      "CFG-013",
    ]);
  });

  it.each([
    ["broken YAML", "theme: [light\n", "CFG-011 config.yaml line"],
    ["a key twice", "theme: light\ntheme: mono\n", "CFG-011 config.yaml line 2"],
    ["a list", "- theme\n", "CFG-011 config.yaml: not a list of keys"],
    ["a word", "hello\n", "CFG-011 config.yaml: not a list of keys"],
    ["binary", "\u0000\u0001\u0002", "CFG-011 config.yaml"],
    ["a key of Object", "constructor: 1\n", "CFG-012 config.yaml line 1"],
    ["an alias bomb", `a: &a [x,x,x,x,x,x,x,x,x]\n${"b: [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"}`, "CFG-01"],
  ])("refuses %s", (_name, yaml, start) => {
    const lines = errorOf(() => load(yaml));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines[0]).toContain(start);
  });

  it("refuses a file that is too big and one that is named but missing", () => {
    expect(errorOf(() => load(`# ${"x".repeat(300_000)}\n`))[0]).toMatch(/^CFG-014 .*300 kB is too big/);
    const h = home(null);
    expect(
      errorOf(() => loadConfig({ env: {}, home: h.dir, cwd: h.dir, configFile: "none.yaml" }))[0],
    ).toMatch(/^CFG-010 .*none\.yaml: there is no such file/);
  });

  it("checks --set", () => {
    expect(errorOf(() => parseSet("screen.fsp=1"))[0]).toContain('Did you mean "screen.fps"?');
    expect(errorOf(() => parseSet("screen.fps"))[0]).toContain("CFG-016");
    expect(errorOf(() => load(null, {}, ["watch=a"]))[0]).toContain(
      "watch holds lists. Write it in the config file.",
    );
  });

  it("points at variables that nothing reads", () => {
    expect(load(null, { VOLDESK_SCREEN_FSP: "1" }).warnings).toEqual([
      "The variable VOLDESK_SCREEN_FSP is read by nothing. Did you mean VOLDESK_SCREEN_FPS?",
    ]);
  });

  it("never throws anything but its own errors, whatever the text", () => {
    for (const junk of [
      "%",
      "? ?",
      "!!binary x",
      "&a *a",
      "{{{",
      "a: !!js/function x",
      "<<: *x",
      "\t- x",
      "--- a\n--- b",
    ]) {
      const lines = errorOf(() => parseConfig(junk, "f"));
      for (const line of lines) expect(line).toMatch(/^CFG-\d{3} f/);
    }
  });
});
