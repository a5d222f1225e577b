import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A file of the built program: beside this module when bundled, in `dist` when run from source. */
export function builtFile(name: string): string {
  const beside = fileURLToPath(new URL(`./${name}`, import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
}
