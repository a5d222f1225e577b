import { ESLint } from "eslint";
import { beforeAll, describe, expect, it } from "vitest";

/** The house's own rules; the rest of the file is taken as if it stood in that room. */
async function complaints(eslint: ESLint, text: string, filePath: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(text, { filePath });
  return (result?.messages ?? []).map((m) => m.ruleId);
}

const CONFIG = "../../eslint.config.mjs";

describe("what a deterministic room may not touch", () => {
  let eslint: ESLint;
  beforeAll(async () => {
    // Rules that need types want a project; a text that is in none is checked without them.
    const { default: config } = (await import(CONFIG)) as {
      default: ESLint.Options["baseConfig"];
    };
    const plain = (Array.isArray(config) ? config : []).map((entry) => ({
      ...entry,
      ...(entry.languageOptions === undefined
        ? {}
        : { languageOptions: { ...entry.languageOptions, parserOptions: {} } }),
      ...(entry.rules === undefined
        ? {}
        : { rules: Object.fromEntries(Object.entries(entry.rules).filter(([name]) => !TYPED.has(name))) }),
    }));
    eslint = new ESLint({ overrideConfigFile: true, baseConfig: plain as ESLint.Options["baseConfig"] });
  });

  it.each([
    ["a clock", "export const t = Date.now();", "no-restricted-globals"],
    ["a new date", "export const t = new Date();", "no-restricted-globals"],
    ["another clock", "export const t = performance.now();", "no-restricted-globals"],
    ["chance", "export const x = Math.random();", "no-restricted-properties"],
    ["strong chance", "export const x = crypto.randomUUID();", "no-restricted-globals"],
    ["a timer", "setTimeout(() => {}, 1);", "no-restricted-globals"],
    ["the process", "export const e = process.env;", "no-restricted-globals"],
    ["a way around", "export const d = globalThis.Date;", "no-restricted-globals"],
    ["the console", "console.log(1);", "no-restricted-globals"],
    ["sorting by no rule", "export const s = [2, 1].sort();", "no-restricted-syntax"],
    ["sorting a copy by no rule", "export const s = [2, 1].toSorted();", "no-restricted-syntax"],
    ["the host's alphabet", 'export const c = "a".localeCompare("b");', "no-restricted-syntax"],
    ["the host's digits", "export const c = (1).toLocaleString();", "no-restricted-syntax"],
    ["the host's calendar", 'export const f = new Intl.NumberFormat("en");', "no-restricted-globals"],
    [
      "files",
      'import { readFileSync } from "node:fs";\nexport const r = readFileSync;',
      "no-restricted-imports",
    ],
    [
      "promises of files",
      'import { readFile } from "node:fs/promises";\nexport const r = readFile;',
      "no-restricted-imports",
    ],
    ["a default export", "export default 1;", "no-restricted-syntax"],
  ])("refuses %s in engines and in the desk", async (_what, text, rule) => {
    for (const path of ["engines/market/probe.ts", "src/desk/probe.ts", "src/desk/views/probe.ts"])
      expect(await complaints(eslint, `${text}\n`, path), path).toContain(rule);
  });

  it("lets pure code be, and other rooms tell the time", async () => {
    const pure = "export const sorted = (xs: number[]) => xs.toSorted((a, b) => a - b);\n";
    expect(await complaints(eslint, pure, "engines/market/probe.ts")).toEqual([]);
    expect(await complaints(eslint, "export const t = Date.now();\n", "src/shell/probe.ts")).toEqual([]);
  });

  it("refuses the whole of zod, which is most of a start", async () => {
    const text = (names: string) => `import ${names} from "zod";\nexport const s = z.string();\n`;
    expect(await complaints(eslint, text("{ z }"), "config/probe.ts")).toContain("no-restricted-syntax");
    expect(await complaints(eslint, text("* as z"), "config/probe.ts")).toEqual([]);
  });

  it("refuses any and default exports everywhere", async () => {
    expect(await complaints(eslint, "export const x: any = 1;\n", "bin/probe.ts")).toContain(
      "@typescript-eslint/no-explicit-any",
    );
    expect(await complaints(eslint, "export default 1;\n", "screens/probe.ts")).toContain(
      "no-restricted-syntax",
    );
  });
});

const TYPED = new Set([
  "@typescript-eslint/no-floating-promises",
  "@typescript-eslint/no-misused-promises",
  "@typescript-eslint/switch-exhaustiveness-check",
]);
