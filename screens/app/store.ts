import { KEYMAP, type KeyBinding } from "../keys/keymap.ts";
import type { Keeper } from "../kit/column-chooser.ts";
import type { UserLayout } from "./layouts.ts";

/** What the screen keeps beyond its own life. How and where is the business of whoever hands one in. */
export interface ScreenStore extends Keeper {
  /** Command lines, oldest first. */
  readonly history: readonly string[];
  addHistory(line: string): void;
  /** Whether the card of the first run was put away. */
  readonly tourHidden: boolean;
  hideTour(hidden: boolean): void;
  /** The keys as they are set now, read anew at each call. */
  loadKeys(): LoadedKeys;
  /** Names of the user's layouts. */
  layoutNames(): readonly string[];
  /** A layout of the user; a sentence when its file is no good. */
  loadLayout(name: string): UserLayout | string;
  /** Null when it is kept, else why not. */
  saveLayout(name: string, layout: UserLayout): string | null;
}

/** The table of keys in force; `problem` says why it is not the one of the file. */
export interface LoadedKeys {
  readonly keymap: readonly KeyBinding[];
  readonly problem: string | null;
  /** Whether a file of the user changed it. */
  readonly own: boolean;
}

/** Command lines kept. */
export const MAX_HISTORY = 500;

/** A line more, and the same line twice in a row once. */
export function withLine(history: readonly string[], line: string): readonly string[] {
  return history.at(-1) === line ? history : [...history, line].slice(-MAX_HISTORY);
}

/** A store that forgets when the screen ends. */
export function memoryStore(): ScreenStore {
  let history: readonly string[] = [];
  const layouts = new Map<string, UserLayout>();
  const choices = new Map<string, string>();
  let hidden = false;
  return {
    get history() {
      return history;
    },
    addHistory: (line) => {
      history = withLine(history, line);
    },
    get tourHidden() {
      return hidden;
    },
    hideTour: (yes) => {
      hidden = yes;
    },
    loadKeys: () => ({ keymap: KEYMAP, problem: null, own: false }),
    layoutNames: () => [...layouts.keys()].sort(),
    loadLayout: (name) => layouts.get(name) ?? `There is no layout "${name}".`,
    kept: (name) => choices.get(name) ?? null,
    keep: (name, value) => void choices.set(name, value),
    saveLayout: (name, layout) => {
      layouts.set(name, layout);
      return null;
    },
  };
}
