import { FieldAssist } from "../command/assist.ts";
import { Dispatcher } from "../keys/dispatch.ts";
import type { ActionId } from "../keys/keymap.ts";
import { TextField } from "../kit/field.ts";
import type { TermEvent } from "../terminal/tokenizer.ts";
import type { ModeStack } from "./mode-stack.ts";
import type { Navigation } from "./navigation.ts";
import type { Dialog, Overlay } from "./overlay.ts";
import { keyInOverlay, OVERLAY_ACTIONS, shallower } from "./overlay-keys.ts";
import type { NoticeLevel, PromptOptions } from "./pane.ts";
import type { PaneSet } from "./pane-set.ts";

/** The one action that sends: pasted or typed ahead in a lump it does nothing. */
const SENDS: ActionId = "orders.send";

type Key = TermEvent & { readonly type: "key" };

export interface RouterHost {
  readonly panes: PaneSet;
  readonly nav: Navigation;
  readonly modes: ModeStack;
  /** Actions that no pane owns. */
  readonly action: (action: ActionId) => ((key: string) => void) | undefined;
  readonly touch: (area: string) => void;
  /** Something that Ink lays out has changed. */
  readonly restructure: () => void;
  readonly notify: (text: string, level?: NoticeLevel) => void;
  /** What a key has just done that does nothing here now: a second `C`. */
  readonly again: (key: string) => string | null;
  /** An action was asked for. */
  readonly tried: (action: ActionId) => void;
}

interface Prompt {
  readonly options: PromptOptions;
  readonly field: TextField;
  readonly assist: FieldAssist;
}

/** Who gets a key: what works anywhere, then the text field, the dialog, the overlay, the focused pane, the screen. */
export class KeyRouter {
  readonly dispatcher = new Dispatcher();
  #overlay: Overlay | null = null;
  #prompt: Prompt | null = null;
  #hint = "";
  readonly #saidUnbound = new Set<string>();

  constructor(readonly host: RouterHost) {}

  get overlay(): Overlay | null {
    return this.#overlay;
  }
  get prompt(): Prompt | null {
    return this.#prompt;
  }
  /** What may follow the prefix typed so far, for the hint row. */
  get hint(): string {
    return this.#hint;
  }

  readonly works = (action: ActionId): boolean =>
    this.host.action(action) !== undefined ||
    this.host.panes.pane(this.host.nav.focus)?.actions[action] !== undefined ||
    (this.#overlay !== null && OVERLAY_ACTIONS.has(action));

  setOverlay(overlay: Overlay | null): void {
    this.#overlay = overlay;
    this.host.restructure();
    this.host.touch(`pane:${this.host.nav.focus}`);
  }

  openPrompt(options: PromptOptions): void {
    const field = new TextField(options.text, options.history);
    this.#prompt = {
      options,
      field,
      assist: new FieldAssist(field, options.complete, options.history ?? []),
    };
    this.#touchPrompt();
    this.#touchRows();
  }

  onEvents(events: readonly TermEvent[]): void {
    const [first] = events;
    const alone = events.every((e) => e.type === "key" && first?.type === "key" && e.key === first.key);
    for (const event of events) {
      if (event.type === "key") this.#onKey(event, alone);
      else if (event.type !== "paste") continue;
      else if (this.#prompt) this.#inField(event);
      else this.host.notify("A paste does nothing here: keys that act are typed.");
    }
  }

  /** Leaves the prefix, field, overlay or dialog that is innermost; false when there is none. */
  back(): boolean {
    if (this.dispatcher.prefix !== "") {
      this.dispatcher.reset();
      this.#setHint("");
    } else if (this.#prompt) {
      const { options, assist } = this.#prompt;
      const searching = assist.cancel();
      if (!searching) this.#prompt = null;
      this.#touchPrompt();
      this.#touchRows();
      if (!searching) this.#inFocused(() => options.onCancel?.());
    } else if (this.#overlay) {
      const overlay = this.#overlay;
      if (overlay.kind === "explain" && shallower(overlay)) this.host.restructure();
      else this.setOverlay(null);
      if (overlay.kind === "dialog") overlay.choices.find((c) => c.safe)?.run();
    } else return this.host.modes.back();
    return true;
  }

  /** `alone`: nothing else came with it, or only the same key again. */
  #onKey(event: Key, alone: boolean): void {
    const always = this.dispatcher.always(event.key);
    if (always !== null) this.host.action(always)?.(event.key);
    // Below the least size only what works anywhere does.
    else if (this.host.nav.tree === null) return;
    else if (this.#prompt) this.#inField(event);
    else if (this.#overlay?.kind === "dialog") this.#inDialog(this.#overlay, event.key);
    else if (this.#overlay === null && this.host.modes.top) this.host.modes.key({ ...event, alone });
    else this.#inPane(event.key, alone);
  }

  #inField(event: TermEvent): void {
    const prompt = this.#prompt;
    if (!prompt) return;
    const result = prompt.assist.handle(event) ?? prompt.field.handle(event);
    this.#touchPrompt();
    if (result === "edited") this.#inFocused(() => prompt.options.onEdit?.(prompt.field.text));
    if (result !== "done") return;
    this.#prompt = null;
    this.#touchRows();
    this.#inFocused(() => prompt.options.onDone(prompt.field.text));
  }

  #touchPrompt(): void {
    this.host.touch("hint");
    this.host.touch("notice");
  }

  /** Rows have numbers while a command line is open. */
  #touchRows(): void {
    this.host.touch(`pane:${this.host.nav.focus}`);
  }

  #inDialog(dialog: Dialog, key: string): void {
    const choice = dialog.choices.find((c) => (key === "enter" ? c.safe : c.key === key));
    if (!choice) return;
    this.setOverlay(null);
    choice.run();
  }

  #inPane(key: string, alone: boolean): void {
    const { host } = this;
    const id = host.nav.focus;
    const ofOverlay = this.#overlay?.kind === "explain" ? this.dispatcher.inExplanation(key) : null;
    if (ofOverlay !== null) {
      this.host.action(ofOverlay)?.(key);
      return;
    }
    const meaning = this.dispatcher.press(key, id, this.works);
    this.#setHint(meaning.kind === "prefix" ? meaning.options : "");
    if (meaning.kind === "prefix") return;
    if (meaning.kind === "unbound") {
      const again = host.again(meaning.key);
      if (again !== null) host.notify(again, "order");
      else this.#sayUnbound(meaning.key);
      return;
    }
    if (meaning.action === SENDS && !alone) {
      host.notify(`${key} came with other keys: it was dropped. Press it by itself.`);
      return;
    }
    this.act(meaning.action, meaning.key);
  }

  /** Once for each key: who presses it again knows. */
  #sayUnbound(key: string): void {
    if (this.#saidUnbound.has(key)) return;
    this.#saidUnbound.add(key);
    this.host.notify(`${key} does nothing here (? shows what does)`);
  }

  /** Does what an action does where the focus is; false when nothing there has it. */
  act(action: ActionId, key: string): boolean {
    const { host } = this;
    const id = host.nav.focus;
    host.tried(action);
    if (this.#overlay && this.#inOverlay(this.#overlay, action)) return true;
    const own = host.panes.pane(id)?.actions[action];
    const shared = host.action(action);
    if (action === "open" && host.panes.failed(id)) host.panes.retry(id);
    else if (own) this.#inFocused(() => own(key));
    else if (shared) shared(key);
    else return false;
    return true;
  }

  /** Whether the overlay took the action; if not it is gone, and the key means what it always does. */
  #inOverlay(overlay: Overlay, action: ActionId): boolean {
    switch (keyInOverlay(overlay, action)) {
      case "moved":
        this.host.touch("overlay");
        break;
      case "deeper":
        this.host.restructure();
        break;
      case "close":
        this.setOverlay(null);
        break;
      case "search":
        if (overlay.kind === "help") this.#searchHelp(overlay);
        break;
      case "copy":
        this.host.action("copyCell")?.("y");
        break;
      case "turn":
        this.setOverlay(null);
        if (this.host.modes.top !== null) return true;
        this.host.action(action)?.("");
        this.host.action("help")?.("");
        break;
      case "other":
        this.setOverlay(null);
        // Over a mode the key was meant for what lies on top: the pane below does not get it.
        return this.host.modes.top !== null;
    }
    return true;
  }

  #searchHelp(help: Overlay & { kind: "help" }): void {
    const set = (query: string) => {
      help.query = query;
      help.top = 0;
      this.host.restructure();
    };
    this.openPrompt({ label: "/", text: help.query, onEdit: set, onDone: set, onCancel: () => set("") });
  }

  /** Runs a pane's code; what it shows and wants may have changed. */
  #inFocused(act: () => void): void {
    const { panes, nav, touch } = this.host;
    const id = nav.focus;
    panes.run(id, act);
    touch(`pane:${id}`);
    panes.resubscribe(id);
  }

  #setHint(text: string): void {
    if (text === this.#hint) return;
    this.#hint = text;
    this.host.touch("hint");
  }
}
