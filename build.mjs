// Bundles the program: one entry per thread, shared chunks between them. Native modules and blessed stay outside.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
mkdirSync("dist", { recursive: true });
// The tapes of the bundled sessions stay: they are derived again only when their raw records or the decoders changed. Programs of
// tests in `.run` stay too: a soak of hours starts them again and again while something else builds.
for (const name of readdirSync("dist"))
  if (name !== "sessions" && name !== ".run") rmSync(`dist/${name}`, { recursive: true, force: true });

/** One bundle a thread: a thread reads its own files faster than many small ones that it shares with others. */
const threads = [
  ["bin/main.ts"],
  ["src/shell/desk-worker.ts"],
  ["src/shell/ledger-worker.ts", "src/shell/compress-worker.ts", "src/guard/guard-process.ts"],
];
const nameOf = (entry) =>
  entry
    .split("/")
    .pop()
    .replace(/\.tsx?$/, "");
/** Yoga would have its wasm, which it carries in itself, fetched: that loads a whole HTTP client before the first frame. */
const yogaByItself = {
  name: "yoga-by-itself",
  setup: ({ onLoad }) =>
    onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, ({ path }) => {
      const code = readFileSync(path, "utf8");
      const contents = code.replaceAll("typeof fetch", '"undefined"');
      if (contents === code) throw new Error("yoga-layout no longer asks for fetch: drop this plugin");
      return { contents, loader: "js" };
    }),
};

for (const entries of threads)
  await build({
    entryPoints: Object.fromEntries(entries.map((e) => [nameOf(e), e])),
    outdir: "dist",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    minifySyntax: true,
    legalComments: "none",
    sourcemap: process.env.VOLDESK_SOURCEMAP ? "linked" : false,
    jsx: "automatic",
    define: {
      "process.env.NODE_ENV": '"production"',
      "process.env.DEV": '"false"',
      __VOLDESK_VERSION__: JSON.stringify(version),
    },
    banner: { js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);' },
    alias: { "react-devtools-core": "./scripts/empty.mjs" },
    external: ["better-sqlite3", "@duckdb/node-api", "msgpackr-extract", "blessed", "blessed-contrib"],
    plugins: [yogaByItself],
    logLevel: "warning",
  });
writeFileSync("dist/package.json", '{"type":"module"}\n');
if (existsSync("config/default.yaml"))
  cpSync("config", "dist/config", { recursive: true, filter: (f) => !f.endsWith(".ts") });
execFileSync(
  process.execPath,
  ["scripts/run.mjs", "scripts/bundle-session-tapes.ts", "data/sessions", "dist/sessions"],
  {
    stdio: "inherit",
  },
);
