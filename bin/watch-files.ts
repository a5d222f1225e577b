import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { expandBraces } from "../screens/command/words.ts";

const NAME = /^([a-z0-9][a-z0-9-]{0,31})\.yaml$/;
const MAX_ENTRIES = 500;
const SIDES: Readonly<Record<string, string>> = { c: "C", p: "P" };

/** `GOOG 15jan 760c` → `GOOG 15jan 760 C`: a contract as the screen names it; anything else as it is. */
function named(text: string): string {
  const match = /^(\S+)\s+(\S+)\s+(\d+(?:\.\d+)?)([cp])$/i.exec(text);
  return match ? `${match[1]} ${match[2]} ${match[3]} ${SIDES[(match[4] as string).toLowerCase()]}` : text;
}

/** The entries of a file; a sentence when anything in it is wrong. */
function readList(text: string): readonly string[] | string {
  const value: unknown = parse(text);
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) return "it is no list. Give - GOOG, - GOOG 15jan {740..780..10}{c,p}";
  const entries: string[] = [];
  for (const one of value as readonly unknown[]) {
    if (typeof one !== "string" || one.trim() === "") return `"${String(one)}" is no instrument`;
    const words = expandBraces(one.trim());
    if (words === null) return `"${one}": these braces make no list`;
    entries.push(...words.map(named));
  }
  return entries.length > MAX_ENTRIES ? `more than ${MAX_ENTRIES} instruments` : entries;
}

/** The watch lists of a folder by name. A bad file is refused whole and said; the others are taken. */
export function readWatchFiles(dir: string): {
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly problems: readonly string[];
} {
  const lists: Record<string, readonly string[]> = {};
  const problems: string[] = [];
  for (const file of filesOf(dir)) {
    const name = NAME.exec(file)?.[1];
    if (name === undefined) continue;
    let read: readonly string[] | string;
    try {
      read = readList(readFileSync(join(dir, file), "utf8"));
    } catch (error) {
      read = (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
    }
    if (typeof read === "string") problems.push(`WCH-001 watch/${file}: ${read}. The list was not taken.`);
    else lists[name] = read;
  }
  return { lists, problems };
}

function filesOf(dir: string): readonly string[] {
  try {
    return readdirSync(dir).sort();
  } catch {
    return [];
  }
}
