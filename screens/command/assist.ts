import type { FieldResult, TextField } from "../kit/field.ts";
import type { TermEvent } from "../terminal/tokenizer.ts";
import type { Completion } from "./complete.ts";

/** Candidates shown at a time. */
const SHOWN = 12;

/** Tab and ctrl-r on a text field: completion with candidates, and a search of the history, newest first. */
export class FieldAssist {
  #candidates: readonly string[] = [];
  #from = 0;
  #picked = -1;
  #query: string | null = null;
  #found = -1;
  #draft = "";

  constructor(
    readonly field: TextField,
    readonly completion: ((text: string, cursor: number) => Completion) | undefined,
    readonly history: readonly string[],
  ) {}

  /** What to say below the field, null when it has nothing to say. */
  get below(): string | null {
    if (this.#query !== null) {
      const none = this.#query !== "" && this.#found < 0 ? "  nothing like it" : "";
      return `history: ${this.#query}▏${none}  ctrl-r older  Enter takes it`;
    }
    if (this.#candidates.length < 2) return null;
    const top = Math.max(0, Math.min(this.#picked - SHOWN + 1, this.#candidates.length - SHOWN));
    const shown = this.#candidates.slice(top, top + SHOWN);
    const more = this.#candidates.length - top - shown.length;
    return `${shown.join("  ")}${more > 0 ? `  +${more}` : ""}`;
  }

  /** What became of a key; null when it is the field's. */
  handle(event: TermEvent): FieldResult | null {
    if (event.type === "key" && event.key === "ctrl-r") return this.#search();
    if (this.#query !== null) return this.#inSearch(event);
    if (event.type === "key" && event.key === "tab" && this.completion)
      return this.#complete(this.completion);
    this.#candidates = [];
    return null;
  }

  /** Leaves the search with the line as it was; false when there is none. */
  cancel(): boolean {
    if (this.#query === null) return false;
    this.#query = null;
    this.#set(this.#draft);
    return true;
  }

  #set(text: string, cursor = text.length): void {
    this.field.text = text;
    this.field.cursor = cursor;
  }

  /** Fills in what all candidates share; pressed again, goes through them. */
  #complete(completion: (text: string, cursor: number) => Completion): FieldResult {
    const { field } = this;
    if (this.#candidates.length > 1) {
      this.#picked = (this.#picked + 1) % this.#candidates.length;
      this.#put(this.#candidates[this.#picked] as string);
      return "edited";
    }
    const { from, candidates } = completion(field.text, field.cursor);
    this.#from = from;
    this.#picked = -1;
    const [first] = candidates;
    if (first === undefined) return "ignored";
    if (candidates.length === 1) {
      this.#put(`${first} `);
      return "edited";
    }
    this.#candidates = candidates;
    const shared = sharedStart(candidates);
    if (shared.length > field.cursor - from) this.#put(shared);
    return "edited";
  }

  #put(word: string): void {
    const { text, cursor } = this.field;
    this.#set(text.slice(0, this.#from) + word + text.slice(cursor), this.#from + word.length);
  }

  #search(): FieldResult {
    if (this.#query === null) {
      this.#query = "";
      this.#found = this.history.length;
      this.#draft = this.field.text;
    } else this.#look(this.#found - 1);
    return "edited";
  }

  #inSearch(event: TermEvent): FieldResult | null {
    if (event.type !== "key") return "ignored";
    const query = this.#query as string;
    if (event.key === "backspace") this.#query = query.slice(0, -1);
    else if (event.key === "space") this.#query = `${query} `;
    else if (event.text !== null) this.#query = query + event.text;
    else {
      // Enter takes the line into the field, and no more: it is read before it is run. Other keys edit it.
      this.#query = null;
      return event.key === "enter" ? "edited" : null;
    }
    this.#look(this.history.length - 1);
    return "edited";
  }

  /** The newest line at or before a place that holds the query. */
  #look(from: number): void {
    const query = this.#query ?? "";
    let at = Math.min(from, this.history.length - 1);
    while (at >= 0 && !this.history[at]?.includes(query)) at--;
    if (at < 0 || query === "") return;
    this.#found = at;
    this.#set(this.history[at] as string);
  }
}

function sharedStart(words: readonly string[]): string {
  const [first = "", ...rest] = words;
  let n = first.length;
  for (const word of rest) while (!word.startsWith(first.slice(0, n))) n--;
  return first.slice(0, n);
}
