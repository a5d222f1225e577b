import { PANE_IDS, type PaneId } from "../keys/keymap.ts";

/** Layouts that come with the program, by their panes in order of weight; the Desk has rules of its own. */
export const BUILT_IN = {
  desk: null,
  vol: ["surface", "chain", "scenarios"],
  dealer: ["exposure", "flow", "chart"],
  risk: ["positions", "scenarios", "regime"],
  orders: ["orders", "chain", "chart"],
} as const satisfies Readonly<Record<string, readonly PaneId[] | null>>;
export type BuiltIn = keyof typeof BUILT_IN;

export const BUILT_IN_NAMES = Object.keys(BUILT_IN) as readonly BuiltIn[];
export const isBuiltIn = (name: string): name is BuiltIn => Object.hasOwn(BUILT_IN, name);

/** A layout that a user saved or wrote: a built-in one with a pane opened over it, or a list of panes, the weightiest first. */
export interface UserLayout {
  readonly base: BuiltIn | null;
  readonly panes: readonly PaneId[];
  /** The pane opened beyond those of the base. */
  readonly opened: PaneId | null;
  readonly focus: PaneId | null;
  /** Panes that keep to an instrument of their own, by its id. */
  readonly pins: Readonly<Partial<Record<PaneId, string>>>;
  /** Columns that a pane does not show, by their ids; what a layout does not say stays as it is. */
  readonly hidden: PaneWords;
  /** What a pane is sorted by: `-day`, `+label`. */
  readonly sorts: PaneWords;
}
type PaneWords = Readonly<Partial<Record<PaneId, string>>>;

/** Panes whose columns can be chosen. */
export const CHOOSERS: readonly PaneId[] = ["positions", "watch", "chain", "tape"];

const isPane = (name: unknown): name is PaneId => PANE_IDS.some((id) => id === name);
const KEYS = ["base", "panes", "opened", "focus", "pins", "hidden", "sorts"];
const MAX_PANES = 6;

/** Checks what a layout file says; a sentence when anything in it is wrong: it is taken whole or not at all. */
export function readLayout(value: unknown): UserLayout | string {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return "it holds no keys. Give panes: [positions, chain]";
  const given = value as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(given).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) return `unknown key "${unknown}". There is ${KEYS.join(", ")}`;
  const { base, panes, opened, focus, pins, hidden, sorts } = given;
  if ((base === undefined) === (panes === undefined)) return "give either base or panes";
  if (base !== undefined && (typeof base !== "string" || !isBuiltIn(base)))
    return `base is one of ${BUILT_IN_NAMES.join(", ")}`;
  if (panes !== undefined) {
    if (!Array.isArray(panes) || panes.length === 0 || panes.length > MAX_PANES)
      return `panes is a list of 1 to ${MAX_PANES} panes`;
    const wrong: unknown = panes.find((p) => !isPane(p));
    if (wrong !== undefined) return `"${String(wrong)}" is no pane. There is ${PANE_IDS.join(", ")}`;
    if (new Set(panes).size < panes.length) return "a pane stands in it twice";
  }
  for (const [key, one] of [
    ["opened", opened],
    ["focus", focus],
  ] as const)
    if (one !== undefined && one !== null && !isPane(one)) return `${key}: "${String(one)}" is no pane`;
  if (pins !== undefined && (typeof pins !== "object" || pins === null || Array.isArray(pins)))
    return "pins are panes, each with the id of an instrument";
  for (const [id, of] of Object.entries(pins ?? {}))
    if (!isPane(id) || typeof of !== "string") return `pins: "${id}" is no pane with the id of an instrument`;
  if (!isPaneWords(hidden, /^[a-zA-Z0-9 ]*$/))
    return "hidden are panes, each with the ids of its hidden columns";
  if (!isPaneWords(sorts, /^([+-][a-zA-Z0-9]+)?$/)) return "sorts are panes, each with a column such as -day";
  return {
    pins: pins ?? {},
    hidden: hidden ?? {},
    sorts: sorts ?? {},
    base: (base as BuiltIn | undefined) ?? null,
    panes: (panes as PaneId[] | undefined) ?? [],
    opened: (opened as PaneId | null | undefined) ?? null,
    focus: (focus as PaneId | null | undefined) ?? null,
  };
}

function isPaneWords(value: unknown, form: RegExp): value is PaneWords | undefined {
  if (value === undefined) return true;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([id, text]) => isPane(id) && typeof text === "string" && form.test(text),
  );
}

/** The keys of a layout file. */
export function layoutFile(layout: UserLayout): Readonly<Record<string, unknown>> {
  return {
    ...(layout.base === null ? { panes: layout.panes } : { base: layout.base }),
    ...(layout.opened !== null && { opened: layout.opened }),
    ...(layout.focus !== null && { focus: layout.focus }),
    ...(Object.keys(layout.pins).length > 0 && { pins: layout.pins }),
    ...(Object.keys(layout.hidden).length > 0 && { hidden: layout.hidden }),
    ...(Object.keys(layout.sorts).length > 0 && { sorts: layout.sorts }),
  };
}
