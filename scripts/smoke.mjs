// The main job in a real terminal: the built program opens the bundled session, moves, answers keys, and gives the terminal back.
import { deepEqual, equal, notEqual } from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const WAIT_MS = 20_000;
const LIMIT_MS = 90_000;
process.chdir(resolve(import.meta.dirname, ".."));

/** The terminal of the tests. */
async function loadHarness() {
  mkdirSync("dist/.run", { recursive: true });
  const outfile = resolve(`dist/.run/smoke-${process.pid}.mjs`);
  await build({
    entryPoints: ["test/harness/pty.ts"],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "error",
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}

const clockOf = (screen) => /\d\d:\d\d:\d\d (?=ET)/.exec(screen)?.[0];

const { RESTORED, runInPty } = await loadHarness();
const home = mkdtempSync(join(tmpdir(), "voldesk-smoke-"));
const began = performance.now();
const env = { HOME: home, XDG_CONFIG_HOME: home, XDG_STATE_HOME: home, XDG_CACHE_HOME: home };
const run = runInPty([], { cols: 120, rows: 40, env });
const late = setTimeout(() => {
  process.stderr.write(`smoke: still running after ${LIMIT_MS / 1000} s\n${run.screen()}\n`);
  run.kill();
  process.exit(1);
}, LIMIT_MS);
try {
  // A position with quantity, average price and a mark.
  const first = await run.waitFor(/760\/780 CV +\+10 +6\.10 +\d+\.\d/, WAIT_MS);
  const firstMs = Math.round(performance.now() - began);
  const started = clockOf(first);
  await run.waitFor(new RegExp(`^(?!.*${started}).* ET`, "m"), WAIT_MS);
  run.send(" ");
  await run.waitFor(/paused/, WAIT_MS);
  const paused = clockOf(run.screen());
  notEqual(paused, started, "the session did not move");
  run.send("j");
  run.send("?");
  await run.waitFor(/Help/, WAIT_MS);
  run.send("\x1b");
  await run.waitFor(/^(?!.*Help:)/s, WAIT_MS);
  run.send(":q\r");
  await run.waitFor(/Quit Voldesk\?/, WAIT_MS);
  run.send("q");
  const exit = await Promise.race([run.exited, new Promise((done) => setTimeout(() => done(null), WAIT_MS))]);
  notEqual(exit, null, "it did not leave");
  equal(exit.code, 0, "exit code");
  deepEqual(await run.restored(), RESTORED, "the terminal was not restored");
  process.stdout.write(
    `smoke: first frame with marks after ${firstMs} ms, keys answered, left with 0, terminal restored\n`,
  );
} catch (error) {
  process.stderr.write(`smoke failed: ${error.message}\n${run.screen()}\n`);
  process.exitCode = 1;
} finally {
  clearTimeout(late);
  run.kill();
  rmSync(home, { recursive: true, force: true });
}
process.exit();
