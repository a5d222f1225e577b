import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { nearest } from "../config/nearest.ts";
import type { Paths } from "../config/paths.ts";
import { writeWhole } from "../config/write-whole.ts";
import type { LoadedKeys } from "../screens/app/store.ts";
import { KEYMAP, type KeyBinding } from "../screens/keys/keymap.ts";
import { remap } from "../screens/keys/remap.ts";

const FILE = "keys.yaml";
/** The last file that was good, beside what else is kept. */
const GOOD = "keys.good.yaml";

function read(path: string): { readonly keymap: readonly KeyBinding[]; readonly text: string } | string {
  try {
    const text = readFileSync(path, "utf8");
    const table = remap(parse(text), nearest);
    return "problems" in table ? table.problems.join("; ") : { keymap: table, text };
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
  }
}

/** The user's keys. A bad file is refused whole: the last good one holds, or the built-in keys, and it is said which. */
export function loadKeys({ configDir, stateDir }: Paths): LoadedKeys {
  const path = join(configDir, FILE);
  if (!existsSync(path)) return { keymap: KEYMAP, problem: null, own: false };
  const found = read(path);
  if (typeof found !== "string") {
    try {
      writeWhole(stateDir, GOOD, found.text);
    } catch {
      // Without a copy the built-in keys stand in should the file go bad.
    }
    return { keymap: found.keymap, problem: null, own: true };
  }
  const before = existsSync(join(stateDir, GOOD)) ? read(join(stateDir, GOOD)) : "";
  const kept = typeof before !== "string";
  const holds = kept ? "The last good keys hold." : "The built-in keys hold.";
  return { keymap: kept ? before.keymap : KEYMAP, problem: `KEY-001 ${path}: ${found}. ${holds}`, own: kept };
}
