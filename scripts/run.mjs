// Runs a TypeScript script of this repository: `node scripts/run.mjs scripts/<name>.ts <arguments>`.
import { mkdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const [script, ...args] = process.argv.slice(2);
if (script === undefined) {
  console.error("usage: node scripts/run.mjs scripts/<name>.ts <arguments>");
  process.exit(2);
}
// Inside the repository, so that packages resolve as from the source.
const out = `dist/.${basename(script)}.${process.pid}.mjs`;
mkdirSync("dist", { recursive: true });
try {
  await build({
    entryPoints: [script],
    outfile: out,
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20.19",
    logLevel: "warning",
  });
  process.argv = [process.argv[0], script, ...args];
  await import(pathToFileURL(out).href);
} finally {
  rmSync(out, { force: true });
}
