/**
 * Derives the tapes of the bundled sessions at build: `run.mjs scripts/bundle-session-tapes.ts data/sessions dist/sessions`.
 * A tape made by the same code from the same raw records is kept.
 */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deriveTape } from "../store/capture/derive.ts";
import { MANIFEST, sha256 } from "../store/capture/manifest.ts";

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined)
  throw new Error("usage: bundle-session-tapes.ts <sessions> <into>");
const code =
  sha256(readFileSync(fileURLToPath(import.meta.url))) + sha256(readFileSync("config/instruments.yaml"));
for (const name of readdirSync(from)) {
  const [source, target] = [join(from, name), join(to, name)];
  const key = `${code} ${sha256(readFileSync(join(source, MANIFEST)))}\n`;
  const stamp = join(target, ".made-by");
  if (existsSync(stamp) && readFileSync(stamp, "latin1") === key) continue;
  rmSync(target, { recursive: true, force: true });
  cpSync(source, target, { recursive: true });
  const { derived } = deriveTape(target);
  writeFileSync(stamp, key);
  const bytes = Object.values(derived?.files ?? {}).reduce((n, f) => n + f.bytes, 0);
  console.log(
    `${name}: ${derived?.rows} events, ${derived?.instruments} instruments, tape ${(bytes / 1e6).toFixed(1)} MB`,
  );
}
