import type { TermEvent } from "../terminal/tokenizer.ts";

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
const MAX_TEXT = 2000;
const MAX_HISTORY = 200;

export type FieldResult = "edited" | "done" | "ignored";

/** One line of text under readline's keys. The cursor is an offset into the text, always between graphemes. */
export class TextField {
  text: string;
  cursor: number;
  readonly #history: readonly string[];
  #at: number;
  #draft = "";

  constructor(text = "", history: readonly string[] = []) {
    this.text = text;
    this.cursor = text.length;
    this.#history = history.slice(-MAX_HISTORY);
    this.#at = this.#history.length;
  }

  handle(event: TermEvent): FieldResult {
    if (event.type === "paste") {
      // A pasted line break is not Enter.
      this.#insert(event.text.replace(/[\x00-\x1f\x7f]+/g, " "));
      return "edited";
    }
    if (event.type !== "key") return "ignored";
    switch (event.key) {
      case "enter":
        return "done";
      case "space":
        return this.#edited(this.#insert(" "));
      case "left":
        return this.#move(this.#before());
      case "right":
        return this.#move(this.#after());
      case "home":
      case "ctrl-a":
        return this.#move(0);
      case "end":
      case "ctrl-e":
        return this.#move(this.text.length);
      case "backspace":
        return this.#edited(this.#cut(this.#before(), this.cursor));
      case "delete":
      case "ctrl-d":
        return this.#edited(this.#cut(this.cursor, this.#after()));
      case "ctrl-w":
      case "alt-backspace":
        return this.#edited(this.#cut(this.#wordStart(), this.cursor));
      case "ctrl-u":
        return this.#edited(this.#cut(0, this.cursor));
      case "ctrl-k":
        return this.#edited(this.#cut(this.cursor, this.text.length));
      case "up":
      case "ctrl-p":
        return this.#recall(-1);
      case "down":
      case "ctrl-n":
        return this.#recall(1);
      default:
        if (event.text === null) return "ignored";
        return this.#edited(this.#insert(event.text));
    }
  }

  #edited(_: void): FieldResult {
    return "edited";
  }

  #insert(text: string): void {
    const room = MAX_TEXT - this.text.length;
    const added = text.slice(0, Math.max(0, room));
    this.text = this.text.slice(0, this.cursor) + added + this.text.slice(this.cursor);
    this.cursor += added.length;
  }

  #cut(from: number, to: number): void {
    this.text = this.text.slice(0, from) + this.text.slice(to);
    this.cursor = from;
  }

  #move(to: number): FieldResult {
    this.cursor = to;
    return "edited";
  }

  #before(): number {
    let at = 0;
    for (const { index } of segmenter.segment(this.text.slice(0, this.cursor))) at = index;
    return at;
  }

  #after(): number {
    const next = segmenter.segment(this.text.slice(this.cursor))[Symbol.iterator]().next();
    return next.done === true ? this.cursor : this.cursor + next.value.segment.length;
  }

  #wordStart(): number {
    return this.text.slice(0, this.cursor).replace(/\S+\s*$/, "").length;
  }

  #recall(by: number): FieldResult {
    const to = this.#at + by;
    if (to < 0 || to > this.#history.length) return "edited";
    if (this.#at === this.#history.length) this.#draft = this.text;
    this.#at = to;
    this.text = to === this.#history.length ? this.#draft : (this.#history[to] as string);
    this.cursor = this.text.length;
    return "edited";
  }
}
