import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { cruise, type ICruiseResult, type IFlattenedRuleSet } from "dependency-cruiser";
import { describe, expect, it } from "vitest";

const ROOMS = ["bin", "screens", "src", "store", "engines", "config"];
const { forbidden, options } = createRequire(import.meta.url)("../../.dependency-cruiser.cjs") as {
  forbidden: IFlattenedRuleSet["forbidden"];
  options: Record<string, unknown>;
};

/** Files that stand in every tree, for others to import. */
const STANDING: Readonly<Record<string, string>> = {
  "engines/market/index.ts": "export const market = 1;\n",
  "engines/market/book.ts": "export const book = 1;\n",
  "engines/pricing/index.ts": "export const pricing = 1;\n",
  "config/settings.ts": "export const settings = 1;\n",
  "store/capture/session.ts": "export const session = 1;\n",
  "src/desk/protocol.ts": "export interface Status { readonly mode: string }\n",
  "src/desk/desk.ts": "export const desk = 1;\n",
  "src/shell/host.ts": "export const host = 1;\n",
  "screens/app/start.ts": "export const start = 1;\n",
  "bin/main.ts": "export const main = 1;\n",
};

async function broken(files: Readonly<Record<string, string>>): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), "voldesk-floors-"));
  for (const [path, text] of Object.entries({ ...STANDING, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  symlinkSync(resolve("node_modules"), join(root, "node_modules"));
  return violations(root);
}

async function violations(root: string): Promise<string[]> {
  const { output } = await cruise(ROOMS, {
    ...options,
    baseDir: root,
    validate: true,
    ruleSet: { forbidden },
  } as Parameters<typeof cruise>[1]);
  return (output as ICruiseResult).summary.violations.map((v) => `${v.rule.name}: ${v.from}`);
}

const imports = (from: string, name = "x"): string =>
  `import { ${name} } from "${from}";\nexport const y = ${name};\n`;

describe("the floors", () => {
  it("are not seen broken where they are not", async () => {
    expect(
      await broken({
        "screens/panes/a.ts": `import type { Status } from "../../src/desk/protocol.ts";\nexport type S = Status;\n${imports("../../engines/market/index.ts", "market")}`,
        "bin/run.ts": imports("../screens/app/start.ts", "start"),
        "store/x.ts": imports("../config/settings.ts", "settings"),
        "engines/flow/index.ts": imports("../market/index.ts", "market"),
        "engines/flow/money.ts": imports("big.js", "Big"),
      }),
    ).toEqual([]);
  });

  it.each([
    [
      "an engine that reads files",
      "engines/flow/a.ts",
      imports("node:fs", "readFileSync"),
      "engines-do-no-io",
    ],
    [
      "an engine that reads files by the old name",
      "engines/flow/a.ts",
      imports("fs", "readFileSync"),
      "engines-do-no-io",
    ],
    [
      "an engine that reads the settings",
      "engines/flow/a.ts",
      imports("../../config/settings.ts", "settings"),
      "engines-are-the-ground",
    ],
    [
      "an engine that knows the store",
      "engines/flow/a.ts",
      imports("../../store/capture/session.ts", "session"),
      "engines-are-the-ground",
    ],
    [
      "an engine that uses React",
      "engines/flow/a.ts",
      imports("react", "useState"),
      "pure-rooms-use-one-package",
    ],
    [
      "an engine past another's face",
      "engines/flow/a.ts",
      imports("../market/book.ts", "book"),
      "engines-meet-by-their-face",
    ],
    [
      "settings that know the store",
      "config/a.ts",
      imports("../store/capture/session.ts", "session"),
      "config-is-the-ground",
    ],
    [
      "a store that knows the desk",
      "store/a.ts",
      imports("../src/desk/desk.ts", "desk"),
      "store-knows-engines-and-config",
    ],
    [
      "a shell that draws",
      "src/shell/a.ts",
      imports("../../screens/app/start.ts", "start"),
      "src-below-screens-and-bin",
    ],
    ["a desk that knows its shell", "src/desk/a.ts", imports("../shell/host.ts", "host"), "desk-is-pure"],
    [
      "a desk that reads the settings",
      "src/desk/a.ts",
      imports("../../config/settings.ts", "settings"),
      "desk-is-pure",
    ],
    ["a desk that opens sockets", "src/desk/a.ts", imports("node:net", "connect"), "desk-does-no-io"],
    [
      "a pane that knows the desk's core",
      "screens/panes/a.ts",
      imports("../../src/desk/desk.ts", "desk"),
      "screens-know-view-models",
    ],
    [
      "a pane that knows a feed's host",
      "screens/panes/a.ts",
      imports("../../src/shell/host.ts", "host"),
      "screens-know-view-models",
    ],
    [
      "a pane that knows the store, by type only",
      "screens/panes/a.ts",
      'import type { session } from "../../store/capture/session.ts";\nexport type T = typeof session;\n',
      "screens-know-view-models",
    ],
    ["a desk that uses a parser", "src/desk/a.ts", imports("yaml", "parse"), "pure-rooms-use-one-package"],
    [
      "a pane that opens a socket",
      "screens/panes/a.ts",
      imports("node:net", "connect"),
      "screens-open-nothing",
    ],
    [
      "a pane that opens a database",
      "screens/panes/a.ts",
      imports("better-sqlite3", "Database"),
      "screens-open-nothing",
    ],
    [
      "a room that imports a command",
      "screens/panes/a.ts",
      imports("../../bin/main.ts", "main"),
      "nothing-imports-bin",
    ],
    [
      "a room past an engine's face",
      "src/shell/a.ts",
      imports("../../engines/market/book.ts", "book"),
      "engines-through-their-face",
    ],
  ])("fall with %s", async (_what, path, text, rule) => {
    expect(await broken({ [path]: text })).toContain(`${rule}: ${path}`);
  });

  it("fall with a circle", async () => {
    const files = { "store/a.ts": imports("./b.ts", "b"), "store/b.ts": imports("./a.ts", "a") };
    expect((await broken(files)).some((v) => v.startsWith("no-circles"))).toBe(true);
  });
});
