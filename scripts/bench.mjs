// `npm run bench [-- subject…]`: runs every bench/*.ts that exports `run` and prints one table.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "..");
const helpers = new Set([
  "feeds-bare.ts",
  "feeds-desk.ts",
  "feeds-rounds.ts",
  "feeds-sender.ts",
  "index.ts",
  "quotes.ts",
  "row.ts",
  "timing.ts",
]);
const wanted = process.argv.slice(2);
const subjects = readdirSync(join(root, "bench"))
  .filter((f) => f.endsWith(".ts") && !helpers.has(f))
  .map((f) => f.slice(0, -3))
  .filter((s) => wanted.length === 0 || wanted.some((w) => s.includes(w)))
  .toSorted();
const outfile = join(root, "dist", ".run", `bench-${process.pid}.mjs`);
mkdirSync(join(root, "dist", ".run"), { recursive: true });
await build({
  stdin: {
    contents: `import { report } from "./bench/index.ts";
await report([${subjects.map((s) => `[${JSON.stringify(s)}, () => import("./bench/${s}.ts")]`).join(", ")}]);`,
    resolveDir: root,
    loader: "ts",
  },
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  packages: "external",
  logLevel: "warning",
  define: { "process.env.NODE_ENV": '"production"' },
  banner: { js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);' },
});
// What benches and their desks leave lies in one folder.
const temporary = mkdtempSync(join(tmpdir(), "voldesk-bench-"));
process.env.TMPDIR = temporary;
try {
  await import(pathToFileURL(outfile).href);
} finally {
  rmSync(outfile, { force: true });
  rmSync(temporary, { recursive: true, force: true });
}
