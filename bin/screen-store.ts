import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Paths } from "../config/paths.ts";
import { MAX_HISTORY, type ScreenStore, withLine } from "../screens/app/store.ts";

/** Writes a file beside its name and renames it there, so that a crash leaves the old one or the new one. */
function writeWhole(dir: string, name: string, text: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const path = join(dir, name);
  writeFileSync(`${path}.part`, text, { mode: 0o600 });
  renameSync(`${path}.part`, path);
}

function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return fallback;
  }
}

/** What the screen keeps, in files of the state folder. A folder that can't be written to costs what would be kept, not the desk. */
export function openScreenStore(paths: Paths): ScreenStore {
  const lines = readOr(join(paths.stateDir, "history"), "").split("\n");
  let history: readonly string[] = lines.filter((line) => line !== "").slice(-MAX_HISTORY);
  const keep = (name: string, text: string): void => {
    try {
      writeWhole(paths.stateDir, name, text);
    } catch {
      // Said once at start by `voldesk doctor`; a line of history is not worth a message at each Enter.
    }
  };
  return {
    get history() {
      return history;
    },
    addHistory: (line) => {
      // Lines of another terminal on the same state are kept too.
      const now = readOr(join(paths.stateDir, "history"), "").split("\n");
      const known = now.filter((l) => l !== "");
      history = withLine(known.length > 0 ? known : history, line.replace(/[\r\n]+/g, " "));
      keep("history", `${history.join("\n")}\n`);
    },
  };
}
