import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Paths } from "../config/paths.ts";
import { writeWhole } from "../config/write-whole.ts";
import { layoutFile, readLayout, type UserLayout } from "../screens/app/layouts.ts";
import { MAX_HISTORY, type ScreenStore, withLine } from "../screens/app/store.ts";
import { loadKeys } from "./key-file.ts";

function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return fallback;
  }
}

const why = (error: unknown): string => (error instanceof Error ? (error.message.split("\n")[0] ?? "") : "");

/** The user's layouts: one YAML file each in the folder `layouts` of the config folder. */
function layoutFiles(configDir: string) {
  const dir = join(configDir, "layouts");
  return {
    layoutNames: (): readonly string[] => {
      try {
        const names = readdirSync(dir).flatMap((f) => /^([a-z0-9][a-z0-9-]{0,31})\.yaml$/.exec(f)?.[1] ?? []);
        return names.sort();
      } catch {
        return [];
      }
    },
    loadLayout: (name: string): UserLayout | string => {
      const file = `layouts/${name}.yaml`;
      try {
        const read = readLayout(parse(readFileSync(join(dir, `${name}.yaml`), "utf8")));
        return typeof read === "string" ? `${file}: ${read}. Nothing was changed.` : read;
      } catch (error) {
        return `${file} can't be read: ${why(error)}. Nothing was changed.`;
      }
    },
    saveLayout: (name: string, layout: UserLayout): string | null => {
      try {
        writeWhole(dir, `${name}.yaml`, stringify(layoutFile(layout)));
        return null;
      } catch (error) {
        return `layouts/${name}.yaml can't be written: ${why(error)}`;
      }
    },
  };
}

/** Lines of a name, a tab and what was chosen. */
function choicesIn(text: string): Map<string, string> {
  const pairs = text.split("\n").flatMap((line): [string, string][] => {
    const tab = line.indexOf("\t");
    return tab < 0 ? [] : [[line.slice(0, tab), line.slice(tab + 1)]];
  });
  return new Map(pairs);
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
    get tourHidden() {
      return readOr(join(paths.stateDir, "tour"), "") === "hidden\n";
    },
    hideTour: (hidden) => keep("tour", hidden ? "hidden\n" : "shown\n"),
    kept: (name) => choicesIn(readOr(join(paths.stateDir, "choices"), "")).get(name) ?? null,
    keep: (name, value) => {
      // Read anew: another terminal on the same state may have chosen something meanwhile.
      const all = choicesIn(readOr(join(paths.stateDir, "choices"), "")).set(
        name,
        value.replace(/[\r\n]+/g, " "),
      );
      keep("choices", [...all].map(([key, chosen]) => `${key}\t${chosen}\n`).join(""));
    },
    loadKeys: () => loadKeys(paths),
    ...layoutFiles(paths.configDir),
  };
}
