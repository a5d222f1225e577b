import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes a file beside its name and renames it there, so that a crash leaves the old one or the new one. */
export function writeWhole(dir: string, name: string, text: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const path = join(dir, name);
  writeFileSync(`${path}.part`, text, { mode: 0o600 });
  renameSync(`${path}.part`, path);
}
