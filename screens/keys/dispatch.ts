import {
  type ActionId,
  type Binding,
  KEYMAP,
  type KeyBinding,
  keyLabel,
  type ModeAction,
  type ModeId,
  type PaneBinding,
  type PaneId,
} from "./keymap.ts";

/** What a key means now. */
export type Meaning =
  | { readonly kind: "action"; readonly action: ActionId; readonly key: string }
  /** The start of a sequence; `options` says what may follow. */
  | { readonly kind: "prefix"; readonly options: string }
  | { readonly kind: "unbound"; readonly key: string };

export type Works = (action: ActionId) => boolean;

/** Keys → actions by the one table, with sequences. `works` says which actions exist where the focus is. */
export class Dispatcher {
  #prefix = "";

  #keymap: readonly KeyBinding[];

  constructor(keymap: readonly KeyBinding[] = KEYMAP) {
    this.#keymap = keymap;
  }

  /** Another table from the next key on. */
  use(keymap: readonly KeyBinding[]): void {
    this.#keymap = keymap;
    this.#prefix = "";
  }

  /** The first key of an action as a person reads it; empty when it has none. */
  labelOf(action: KeyBinding["action"]): string {
    return keyLabel(this.#keymap.find((b) => b.action === action)?.keys[0] ?? "");
  }

  get prefix(): string {
    return this.#prefix;
  }
  reset(): void {
    this.#prefix = "";
  }

  /** Keys that mean the same in dialogs and text fields. */
  always(key: string): ActionId | null {
    return this.#in("always", key);
  }

  /** Keys that an open explanation has before the pane below it. */
  inExplanation(key: string): ActionId | null {
    return this.#in("explain", key);
  }

  #in(where: "always" | "explain", key: string): ActionId | null {
    for (const b of this.#keymap) if (b.where === where && b.keys.includes(key)) return b.action;
    return null;
  }

  /** What a key means in a mode, null when nothing. */
  inMode<M extends ModeId>(mode: M, key: string): ModeAction<M> | null {
    const hit = this.ofMode(mode).find((b) => b.keys.includes(key));
    return hit ? (hit.action.slice(mode.length + 1) as ModeAction<M>) : null;
  }

  /** Bindings of a mode: what its help and its hints list. */
  ofMode(mode: ModeId): readonly KeyBinding[] {
    return this.#keymap.filter((b) => b.where === mode);
  }

  press(key: string, pane: PaneId, works: Works): Meaning {
    const typed = this.#prefix === "" ? key : `${this.#prefix} ${key}`;
    this.#prefix = "";
    const here = this.#here(pane, works);
    const hit = here.find((b) => b.keys.some((k) => matches(k, typed)));
    if (hit) return { kind: "action", action: hit.action, key };
    const following = here.filter((b) => b.keys.some((k) => k.startsWith(`${typed} `)));
    if (following.length > 0) {
      this.#prefix = typed;
      return { kind: "prefix", options: following.map((b) => optionText(b, typed)).join("  ") };
    }
    return { kind: "unbound", key: typed.replace(" ", "") };
  }

  /** Bindings that do something where the focus is: what help and hints list. */
  listed(pane: PaneId, works: Works): readonly PaneBinding[] {
    return this.#here(pane, works);
  }

  #here(pane: PaneId, works: Works) {
    const own: PaneBinding[] = [];
    const shared: PaneBinding[] = [];
    for (const b of this.#keymap) {
      if (b.where === pane && works(b.action)) own.push(b);
      else if ((b.where === "always" || b.where === "pane") && works(b.action)) shared.push(b);
    }
    return [...own, ...shared];
  }
}

function matches(pattern: string, typed: string): boolean {
  if (pattern === typed) return true;
  return (
    pattern.endsWith("#") &&
    pattern.length === typed.length &&
    /\d$/.test(typed) &&
    pattern.slice(0, -1) === typed.slice(0, -1)
  );
}

function optionText(binding: Binding, prefix: string): string {
  const keys = binding.keys.filter((k) => k.startsWith(`${prefix} `)).map(keyLabel);
  return `${keys.join(" ")} ${binding.help}`;
}
