import { type Binding, conflicts, KEYMAP, type KeyBinding, MODE_IDS, type ModeId } from "./keymap.ts";

/** Keys that never arrive, or mean something to the terminal before they do. */
const TAKEN: Readonly<Record<string, string>> = {
  "ctrl-a": "screen's prefix",
  "ctrl-b": "tmux's prefix",
  "ctrl-s": "the terminal's flow control",
  "ctrl-q": "the terminal's flow control",
  "ctrl-\\": "the terminal's quit signal",
  "ctrl-h": "Backspace",
  "ctrl-i": "Tab",
  "ctrl-j": "Enter",
  "ctrl-m": "Enter",
};
const NAMED: ReadonlySet<string> = new Set(
  "enter esc tab shift-tab space backspace up down left right home end pgup pgdn insert delete".split(" "),
);
/** What may never send: a key that is pressed without reading. */
const NEVER_SENDS: ReadonlySet<string> = new Set(["enter", "space", "y"]);
type AnyAction = KeyBinding["action"];
const SENDS: ReadonlySet<AnyAction> = new Set<AnyAction>(["orders.send", "preview.confirm"]);
/** Without a key for these one could not stop, or not see what sends. */
const NEEDED: ReadonlySet<string> = new Set<AnyAction>(["kill", "preview.confirm"]);
/** What a mode reads as text before its table is asked. */
const TYPED: Partial<Readonly<Record<Binding["where"], RegExp>>> = {
  ticket: /^(?:[\d.-]|backspace)$/,
  preview: /^(?:\d|backspace)$/,
} satisfies Partial<Record<ModeId, RegExp>>;
/** Where a preview comes from, and what has the keys once it was sent. */
const ROUND_PREVIEW: ReadonlySet<Binding["where"]> = new Set<Binding["where"]>([
  "pane",
  "orders",
  "ticket",
  "structure",
  "story",
]);
const MAX_KEYS = 4;

/** Finds the word that was probably meant. */
export type Nearest = (word: string, candidates: readonly string[]) => string | null;

const isKey = (key: string): boolean =>
  /^[\x21-\x7e]$/.test(key) || NAMED.has(key) || /^ctrl-[a-z\]^_]$/.test(key);

/** What is wrong with a key for an action, null when it may stand. */
function wrongKey(binding: KeyBinding, key: string): string | null {
  const parts = key.split(" ");
  const [last = ""] = parts.slice(-1);
  if (parts.length > 2) return `"${key}" is longer than two keys`;
  if (parts.length === 2 && parts[0] !== "g") return `"${key}": only g begins a sequence`;
  if (parts.length === 2 && last === "#")
    return binding.action === "replay.jump" ? null : `"${key}": # is for the jump`;
  for (const part of parts) {
    if (TAKEN[part] !== undefined) return `"${key}" is ${TAKEN[part]} and never arrives`;
    if (!isKey(part)) return `"${key}" is no key; x, X, ctrl-t, space, enter, pgup, g x`;
  }
  if (MODE_IDS.some((mode) => mode === binding.where) && parts.length > 1)
    return `"${key}" is two keys, and here one is read`;
  if (TYPED[binding.where]?.test(key)) return `"${key}" is typed there as text`;
  if (SENDS.has(binding.action) && NEVER_SENDS.has(last)) return `${key} may never send an order`;
  if (binding.where === "always" && (parts.length > 1 || !/^(?:ctrl-|esc$)/.test(key)))
    return `"${key}" is typed in text fields: ${binding.action} needs ctrl and a letter`;
  return null;
}

/**
 * The key that confirms leads to no preview and does nothing where one was: held down, or pressed once more than meant, it must neither
 * send what was not read nor do something else.
 */
function confirmsToo(table: readonly KeyBinding[]): string[] {
  const keys = table.find((b) => b.action === "preview.confirm")?.keys ?? [];
  return table
    .filter((b) => ROUND_PREVIEW.has(b.where) && !SENDS.has(b.action))
    .flatMap((b) =>
      keys
        .filter((key) => b.keys.some((k) => k.split(" ").includes(key)))
        .map((key) => `${key} is ${b.action} and preview.confirm: what sends does nothing else`),
    );
}

function readKeys(value: unknown): readonly string[] | null {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > MAX_KEYS || list.some((k) => typeof k !== "string" && typeof k !== "number")) return null;
  return list.map((k) => String(k).trim().replace(/ +/g, " "));
}

/**
 * The table of keys with those of a file in place of its own: `action: key` or `action: [key, key]`. Taken whole or not at all; all that is
 * wrong is said at once.
 */
export function remap(
  file: unknown,
  nearest: Nearest = () => null,
): readonly KeyBinding[] | { readonly problems: readonly string[] } {
  if (file === null || file === undefined) return KEYMAP;
  if (typeof file !== "object" || Array.isArray(file))
    return { problems: ["it holds no keys. Give action: key, e.g. alert: a"] };
  const problems: string[] = [];
  const given = new Map<AnyAction, readonly string[]>();
  const actions: readonly KeyBinding[] = KEYMAP;
  for (const [name, value] of Object.entries(file)) {
    const binding = actions.find((b) => b.action === name);
    const keys = readKeys(value);
    if (!binding) {
      const near = nearest(
        name,
        actions.map((b) => b.action),
      );
      problems.push(`there is no action "${name}"${near === null ? "" : `. Did you mean "${near}"?`}`);
    } else if (keys === null) problems.push(`${name}: give one to ${MAX_KEYS} keys`);
    else if (keys.length === 0 && NEEDED.has(name)) problems.push(`${name} can't be without a key`);
    else {
      problems.push(
        ...keys.flatMap((key) => wrongKey(binding, key) ?? []).map((wrong) => `${name}: ${wrong}`),
      );
      given.set(binding.action, keys);
    }
  }
  if (problems.length > 0) return { problems };
  const table = actions.map((b): KeyBinding => ({ ...b, keys: given.get(b.action) ?? b.keys }));
  const twice = [
    ...new Set([...conflicts(table).map((c) => c.replace(/^[a-z]+: /, "")), ...confirmsToo(table)]),
  ];
  return twice.length > 0 ? { problems: twice } : table;
}
