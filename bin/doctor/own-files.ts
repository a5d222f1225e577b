import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Paths } from "../../config/paths.ts";
import { AlertFile } from "../../src/shell/alert-file.ts";
import { loadKeys } from "../key-file.ts";
import { openScreenStore } from "../screen-store.ts";
import { readWatchFiles } from "../watch-files.ts";
import type { Check } from "./checks.ts";

const fine = (name: string, found: string): Check => ({ name, state: "ok", found, advice: null });
const bad = (name: string, found: string, advice: string): Check => ({ name, state: "warn", found, advice });

/** The files a user writes, each read as the screen reads it: a bad one is refused there, and here it is said beforehand. */
export function checkOwnFiles(paths: Paths): Check[] {
  const checks: Check[] = [];
  const keys = loadKeys(paths);
  checks.push(
    keys.problem === null
      ? fine("keys", keys.own ? "keys.yaml" : "built in")
      : bad("keys", "refused", keys.problem),
  );
  const watch = readWatchFiles(join(paths.configDir, "watch"));
  for (const problem of watch.problems) checks.push(bad("watch list", "refused", problem));
  const lists = Object.keys(watch.lists);
  if (lists.length > 0) checks.push(fine("watch lists", lists.join(", ")));
  const store = openScreenStore(paths);
  for (const name of store.layoutNames()) {
    const read = store.loadLayout(name);
    if (typeof read === "string") checks.push(bad("layout", "refused", read));
  }
  const alerts = join(paths.stateDir, "alerts.json");
  if (existsSync(alerts)) {
    const read = new AlertFile(alerts).load();
    checks.push(
      typeof read === "string" ? bad("alerts", "refused", read) : fine("alerts", `${read.length} kept`),
    );
  }
  return checks;
}
