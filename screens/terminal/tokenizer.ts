import { CTRL_NAMES, FINAL_KEYS, modifiers, SS3_KEYS, TILDE_KEYS } from "./key-names.ts";
import { codePointWidth } from "./width.ts";

/**
 * Bytes from a terminal → events, one at a time, the same whatever the chunking.
 *
 * A key has a name: a printable is its own text (`a`, `A`, `é`, `space` for a blank), others are words (`up`, `pgdn`, `enter`, `tab`, `esc`,
 * `backspace`, `delete`, `home`, `end`, `insert`), with `ctrl-`, `alt-`, `shift-` in front where the terminal says so (`ctrl-x`,
 * `shift-tab`). `text` is what a text field would insert, else null. Esc and a key in one read are both of them, not Alt with that key: a
 * multiplexer holds Esc back until the next key, and nothing is bound to Alt. Only Esc with Backspace is `alt-backspace`.
 */
export type TermEvent =
  | { readonly type: "key"; readonly key: string; readonly text: string | null }
  /** A bracketed paste, whole. `cut` when it was longer than the bound or never ended. */
  | { readonly type: "paste"; readonly text: string; readonly cut: boolean }
  /** An answer of the terminal to a question of ours, as it came without its introducer. */
  | { readonly type: "reply"; readonly kind: "csi" | "osc" | "dcs"; readonly body: string }
  | { readonly type: "focus"; readonly in: boolean };

/** What the tokenizer waits for; the reader chooses how long. */
export type Pending = "none" | "escape" | "grapheme" | "paste";

const MAX_SEQUENCE = 64;
const MAX_STRING = 4096;
const MAX_PASTE = 256 * 1024;
const MAX_GRAPHEME = 64;
const ESC = 0x1b;
const CAN = 0x18;
const ETX = 0x03;
const PASTE_END = "\x1b[201~";

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Whether `cp` belongs to the grapheme begun by `base`. */
function extendsGrapheme(base: string, cp: string): boolean {
  const segments = segmenter.segment(base + cp)[Symbol.iterator]();
  segments.next();
  return segments.next().done === true;
}

type State = "ground" | "utf8" | "esc" | "csi" | "ss3" | "string" | "mouse" | "paste" | "pasteTail";

export class Tokenizer {
  #state: State = "ground";
  #events: TermEvent[] = [];
  #buffer = "";
  #grapheme = "";
  #need = 0;
  #cp = 0;
  #min = 0;
  #stringKind = "]";
  #stringEsc = false;
  #paste: number[] = [];
  #pasteCut = false;
  #pasteMatch = 0;
  #mouseLeft = 0;
  #dropped = 0;

  /** Bytes and sequences that meant nothing to us. */
  get dropped(): number {
    return this.#dropped;
  }

  get pending(): Pending {
    if (this.#state === "paste") return "paste";
    if (this.#state === "pasteTail") return this.#pasteMatch === 1 ? "escape" : "paste";
    if (this.#state !== "ground") return "escape";
    return this.#grapheme === "" ? "none" : "grapheme";
  }

  feed(bytes: Uint8Array): TermEvent[] {
    this.#events = [];
    for (let i = 0; i < bytes.length; i++) this.#byte(bytes[i] as number);
    return this.#events;
  }

  /**
   * Time is up: a lone ESC is the Esc key, an unfinished sequence is dropped, an unfinished paste is handed over as cut. The rest of a
   * cut paste is swallowed until its end mark, unless the first byte after the silence is ctrl-x, ctrl-c or ESC: a lost end mark can't
   * lock the keyboard, and late pasted text is never taken for typed keys.
   */
  flush(): TermEvent[] {
    this.#events = [];
    switch (this.#state) {
      case "ground":
        this.#emitGrapheme();
        break;
      case "esc":
        this.#key("esc");
        this.#state = "ground";
        break;
      case "csi":
      case "ss3":
        if (this.#buffer === "") this.#escThen(this.#state === "csi" ? "[" : "O");
        else this.#dropped++;
        this.#state = "ground";
        break;
      case "string":
        if (this.#buffer === "" && !this.#stringEsc) this.#escThen(this.#stringKind);
        else this.#dropped++;
        this.#state = "ground";
        break;
      case "utf8":
      case "mouse":
        this.#dropped++;
        this.#state = "ground";
        break;
      case "paste":
        this.#pasteCut = true;
        this.#emitPaste();
        this.#state = "pasteTail";
        this.#pasteMatch = 0;
        this.#tailFresh = true;
        break;
      case "pasteTail":
        if (this.#pasteMatch === 1) {
          this.#key("esc");
          this.#state = "ground";
        }
        this.#tailFresh = true;
        break;
    }
    return this.#events;
  }

  /** The next byte is the first after a silence. */
  #tailFresh = false;

  #key(key: string, text: string | null = null): void {
    this.#events.push({ type: "key", key, text });
  }

  #emitGrapheme(): void {
    if (this.#grapheme === "") return;
    const g = this.#grapheme;
    this.#grapheme = "";
    this.#key(g, g);
  }

  #byte(b: number): void {
    switch (this.#state) {
      case "ground":
        return this.#ground(b);
      case "utf8":
        return this.#utf8(b);
      case "esc":
        return this.#escape(b);
      case "csi":
        return this.#csi(b);
      case "ss3":
        return this.#ss3(b);
      case "string":
        return this.#string(b);
      case "mouse":
        if (--this.#mouseLeft === 0) this.#state = "ground";
        return;
      case "paste":
        return this.#inPaste(b);
      case "pasteTail":
        return this.#inPasteTail(b);
    }
  }

  #ground(b: number): void {
    if (b >= 0x80) return this.#utf8Start(b);
    this.#emitGrapheme();
    if (b === ESC) {
      this.#state = "esc";
    } else if (b === 0x7f) this.#key("backspace");
    else if (b < 0x20) this.#key(CTRL_NAMES[b] ?? `ctrl-${String.fromCharCode(b + 96)}`);
    else {
      const text = String.fromCharCode(b);
      this.#key(b === 0x20 ? "space" : text, text);
    }
  }

  // ---- UTF-8 ------------------------------------------------------------------------------------

  #utf8Start(b: number): void {
    if (b >= 0xc2 && b <= 0xdf) this.#utf8Begin(b & 0x1f, 1, 0x80);
    else if (b >= 0xe0 && b <= 0xef) this.#utf8Begin(b & 0x0f, 2, 0x800);
    else if (b >= 0xf0 && b <= 0xf4) this.#utf8Begin(b & 0x07, 3, 0x10000);
    else {
      this.#dropped++;
      this.#state = "ground";
    }
  }

  #utf8Begin(bits: number, need: number, min: number): void {
    this.#state = "utf8";
    this.#cp = bits;
    this.#need = need;
    this.#min = min;
  }

  #utf8(b: number): void {
    if ((b & 0xc0) !== 0x80) {
      this.#dropped++;
      this.#state = "ground";
      return this.#ground(b);
    }
    this.#cp = (this.#cp << 6) | (b & 0x3f);
    if (--this.#need > 0) return;
    this.#state = "ground";
    const cp = this.#cp;
    if (cp < this.#min || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff) || (cp >= 0x80 && cp < 0xa0)) {
      this.#dropped++;
      return;
    }
    const text = String.fromCodePoint(cp);
    if (
      this.#grapheme !== "" &&
      this.#grapheme.length < MAX_GRAPHEME &&
      extendsGrapheme(this.#grapheme, text)
    ) {
      this.#grapheme += text;
      return;
    }
    this.#emitGrapheme();
    // A mark after an ASCII base, whose key is already out, stands alone: a text field appends it.
    if (codePointWidth(cp) === 0) this.#key(text, text);
    else this.#grapheme = text;
  }

  // ---- escape sequences -------------------------------------------------------------------------

  #escape(b: number): void {
    this.#state = "ground";
    this.#buffer = "";
    if (b === 0x5b) this.#state = "csi";
    else if (b === 0x4f) this.#state = "ss3";
    else if (b === 0x5d || b === 0x50 || b === 0x5f || b === 0x5e || b === 0x58) {
      this.#state = "string";
      this.#stringKind = String.fromCharCode(b);
      this.#stringEsc = false;
    } else if (b === ESC) {
      this.#key("esc");
      this.#state = "esc";
    } else if (b === 0x7f) this.#key("alt-backspace");
    else {
      this.#key("esc");
      this.#ground(b);
    }
  }

  #escThen(text: string): void {
    this.#key("esc");
    this.#key(text, text);
  }

  /** Control bytes end a sequence: ESC starts the next, any other is its own key (CAN, which is ctrl-x, above all). */
  #abort(b: number): void {
    this.#dropped++;
    this.#state = "ground";
    this.#ground(b);
  }

  #csi(b: number): void {
    if (b < 0x20 || b >= 0x7f) return this.#abort(b);
    const c = String.fromCharCode(b);
    // The Linux console's F1–F5: ESC [ [ A
    if (c === "[" && this.#buffer === "") {
      this.#buffer = "[";
      return;
    }
    if (this.#buffer === "[") {
      this.#dropped++;
      this.#state = "ground";
      return;
    }
    if (b < 0x40) {
      if (this.#buffer.length >= MAX_SEQUENCE) return this.#overlong(c);
      this.#buffer += c;
      return;
    }
    this.#state = "ground";
    this.#csiDone(this.#buffer, c);
  }

  #overlong(c: string): void {
    // Keep eating until the final byte, without keeping what is eaten.
    this.#buffer = `${this.#buffer.slice(0, MAX_SEQUENCE - 1)}${c}`;
  }

  #csiDone(params: string, final: string): void {
    if (final === "M" && params === "") {
      this.#state = "mouse";
      this.#mouseLeft = 3;
      return;
    }
    if (final === "~" && params === "200") return this.#beginPaste();
    if ((final === "I" || final === "O") && params === "") {
      this.#events.push({ type: "focus", in: final === "I" });
      return;
    }
    if (/^[?>=]/.test(params) || final === "R" || final === "n" || final === "t" || final === "y") {
      this.#events.push({ type: "reply", kind: "csi", body: params + final });
      return;
    }
    if (final === "Z" && (params === "" || params === "1;2")) return this.#key("shift-tab");
    const [code = "", modifier = "1"] = params.split(";");
    if (final === "u") return this.#csiU(code, modifier);
    const name = final === "~" ? TILDE_KEYS[code] : /^\d*$/.test(code) ? FINAL_KEYS[final] : undefined;
    if (name === undefined) {
      this.#dropped++;
      return;
    }
    this.#key(modifiers(modifier) + name);
  }

  /** `CSI code ; modifiers u`: a key named by its code point. */
  #csiU(code: string, modifier: string): void {
    const cp = Number(code);
    const mods = modifiers(modifier);
    if (!Number.isInteger(cp) || cp < 1 || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff)) {
      this.#dropped++;
      return;
    }
    if (cp === 127) return this.#key(`${mods}backspace`);
    if (cp < 32) return this.#key(mods + (CTRL_NAMES[cp] ?? `ctrl-${String.fromCharCode(cp + 96)}`));
    const text = String.fromCodePoint(cp);
    const bare = mods === "" || mods === "shift-";
    this.#key(bare ? (cp === 32 ? "space" : text) : mods + (cp === 32 ? "space" : text), bare ? text : null);
  }

  #ss3(b: number): void {
    if (b < 0x20 || b >= 0x7f) return this.#abort(b);
    const c = String.fromCharCode(b);
    if (b >= 0x30 && b <= 0x3b && this.#buffer.length < MAX_SEQUENCE) {
      this.#buffer += c;
      return;
    }
    this.#state = "ground";
    const name = SS3_KEYS[c];
    if (name === undefined) {
      this.#dropped++;
      return;
    }
    this.#key(name, name.length === 1 ? name : null);
  }

  /** OSC, DCS, APC, PM, SOS: up to BEL or ST. */
  #string(b: number): void {
    if (this.#stringEsc) {
      this.#stringEsc = false;
      if (b === 0x5c) return this.#stringDone();
      this.#dropped++;
      this.#state = "esc";
      return this.#escape(b);
    }
    if (b === 0x07) return this.#stringDone();
    if (b === ESC) {
      this.#stringEsc = true;
      return;
    }
    if (b < 0x20) return this.#abort(b);
    if (this.#buffer.length < MAX_STRING) this.#buffer += String.fromCharCode(b);
  }

  #stringDone(): void {
    this.#state = "ground";
    if (this.#stringKind === "]") this.#events.push({ type: "reply", kind: "osc", body: this.#buffer });
    else if (this.#stringKind === "P") this.#events.push({ type: "reply", kind: "dcs", body: this.#buffer });
    else this.#dropped++;
  }

  // ---- paste ------------------------------------------------------------------------------------

  #beginPaste(): void {
    this.#state = "paste";
    this.#paste = [];
    this.#pasteCut = false;
    this.#pasteMatch = 0;
  }

  /** Whether `b` completes the end mark. Half a mark that is none is part of the paste. */
  #endMark(b: number, keep: boolean): boolean {
    if (b === PASTE_END.charCodeAt(this.#pasteMatch)) {
      this.#pasteMatch++;
      if (this.#pasteMatch < PASTE_END.length) return false;
      this.#pasteMatch = 0;
      return true;
    }
    if (keep) for (let i = 0; i < this.#pasteMatch; i++) this.#pasteByte(PASTE_END.charCodeAt(i));
    this.#pasteMatch = b === ESC ? 1 : 0;
    if (b !== ESC && keep) this.#pasteByte(b);
    return false;
  }

  #pasteByte(b: number): void {
    if (this.#paste.length < MAX_PASTE) this.#paste.push(b);
    else this.#pasteCut = true;
  }

  #inPaste(b: number): void {
    if (!this.#endMark(b, true)) return;
    this.#emitPaste();
    this.#state = "ground";
  }

  #emitPaste(): void {
    const text = new TextDecoder().decode(Uint8Array.from(this.#paste));
    this.#paste = [];
    this.#events.push({ type: "paste", text, cut: this.#pasteCut });
  }

  #inPasteTail(b: number): void {
    const first = this.#tailFresh;
    this.#tailFresh = false;
    if (first && (b === CAN || b === ETX)) {
      this.#state = "ground";
      return this.#ground(b);
    }
    if (this.#endMark(b, false)) this.#state = "ground";
  }
}
