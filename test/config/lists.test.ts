import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ERRORS, EXIT, errorLines, exitCodeOf, VoldeskError } from "../../config/errors.ts";
import { nearest } from "../../config/nearest.ts";
import { defaultYaml, settingsTable } from "../../config/render.ts";
import { envName, SETTING_KEYS, setting } from "../../config/settings.ts";

const NO_CODES = new Set(["SHA-256", "UTF-8"]);

function sources(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((e) => {
    const path = join(dir, e.name);
    return e.isDirectory() ? sources(path) : /\.tsx?$/.test(e.name) ? [path] : [];
  });
}

describe("the list of errors", () => {
  it("knows every code that the program can print, and no other", () => {
    const used = new Set<string>();
    for (const file of ["bin", "src", "store", "engines", "config", "screens"].flatMap(sources)) {
      if (file.endsWith("config/errors.ts")) continue;
      for (const [code] of readFileSync(file, "utf8").matchAll(/\b[A-Z]{2,5}-\d{3}\b/g))
        if (!NO_CODES.has(code)) used.add(code);
    }
    expect([...used].filter((code) => !Object.hasOwn(ERRORS, code))).toEqual([]);
    expect(Object.keys(ERRORS).filter((code) => !used.has(code))).toEqual([]);
  });

  it("has distinct exit codes", () => {
    const codes = Object.values(EXIT).map((e) => e.code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it("prints code, place, what and advice as one sentence", () => {
    const error = new VoldeskError(
      "CFG-012",
      'unknown key "theem"',
      'Did you mean "theme"?',
      "config.yaml line 14",
    );
    expect(errorLines(error)).toEqual([
      'CFG-012 config.yaml line 14: unknown key "theem". Did you mean "theme"?',
    ]);
    expect(error.exitCode).toBe(78);
  });

  it("finds the code of an error that crossed a thread as text", () => {
    const fatal = {
      code: "DSK-002",
      message: "CAP-001 There is no capture session, x. Look.",
      advice: "Look.",
    };
    expect(errorLines(fatal)).toEqual(["CAP-001 There is no capture session, x. Look."]);
    expect(errorLines(new Error("anything"))).toBeNull();
    expect(exitCodeOf("XYZ-999")).toBe(1);
  });
});

describe("the list of settings", () => {
  it("has a default in range, a unit where it is a number, a help sentence and a variable of its own", () => {
    for (const key of SETTING_KEYS) {
      const s = setting(key);
      expect(s.schema.safeParse(s.default).success, key).toBe(true);
      if (s.type.includes("integer") || s.type.includes("number")) expect(s.unit, key).not.toBeNull();
      expect(s.help, key).toMatch(/\.$/);
    }
    expect(new Set(SETTING_KEYS.map(envName)).size).toBe(SETTING_KEYS.length);
    expect(envName("desk.hashEvents")).toBe("VOLDESK_DESK_HASH_EVENTS");
  });

  it("is what default.yaml and the README say (npm run docs)", () => {
    expect(readFileSync("config/default.yaml", "utf8")).toBe(defaultYaml());
    const readme = readFileSync("README.md", "utf8");
    expect(readme).toContain(settingsTable());
    for (const { code, means } of Object.values(EXIT)) expect(readme).toContain(`| ${code} | ${means} |`);
  });
});

describe("the nearest word", () => {
  it.each([
    ["theem", "theme"],
    ["fps", "screen.fps"],
    ["screen.fsp", "screen.fps"],
    ["Theme", "theme"],
    ["qqqqqqq", null],
  ])("for %s is %s", (word, expected) => {
    expect(nearest(word, SETTING_KEYS)).toBe(expected);
  });
});
