/**
 * Alpaca's JSON frames straight from their bytes into the columns, for what is usual: quotes and trades without blanks, escapes or nesting.
 * Anything else makes it give up the whole frame, and the parser reads it. Both must agree on every frame; a fuzz test holds them to it.
 */
import { parseIsoMicros } from "../../../engines/market/index.ts";
import type { AlpacaRows } from "./alpaca-rows.ts";
import { KEY, Letter, Scratch } from "./alpaca-scratch.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;
const BRACE = 0x7b;
const END = 0x7d;

/** Bytes of a time up to its second. */
const SECOND = 19;
const DATE = 11;
/** A double holds every integer of this many digits; dividing one by a power of ten up to 22 rounds once, as a parser does. */
const DIGITS = 15;
const POWERS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

export class AlpacaJsonScanner {
  private at = 0;
  private bytes: Buffer = Buffer.alloc(0);
  private readonly scratch: Scratch;
  private dayUs = 0;
  private secondUs = 0;
  private readonly secondBytes = new Uint8Array(SECOND);

  constructor(private readonly rows: AlpacaRows) {
    this.scratch = new Scratch(rows);
  }

  /** True when the frame was read whole; false leaves no row and asks for the parser. */
  frame(bytes: Buffer, recvUs: number): boolean {
    const mark = this.rows.mark();
    this.bytes = bytes;
    this.at = 0;
    const read = this.messages(recvUs);
    if (!read) this.rows.back(mark);
    return read;
  }

  private messages(recvUs: number): boolean {
    const { bytes, scratch } = this;
    if (bytes[this.at++] !== OPEN) return false;
    for (;;) {
      if (!this.message() || !scratch.emit(bytes, recvUs)) return false;
      const next = bytes[this.at++];
      if (next === CLOSE) return this.at === bytes.length;
      if (next !== COMMA) return false;
    }
  }

  private message(): boolean {
    const { bytes, scratch } = this;
    scratch.clear();
    if (bytes[this.at++] !== BRACE) return false;
    for (;;) {
      const key = this.key();
      if (key < 0 || !this.value(key)) return false;
      const next = bytes[this.at++];
      if (next === END) return true;
      if (next !== COMMA) return false;
    }
  }

  /** A key of one or two letters as a number, with its colon passed; a longer one is none that is read. Negative for what is no plain key. */
  private key(): number {
    const { bytes, at } = this;
    const first = bytes[at + 1] as number;
    if (bytes[at] !== QUOTE || !(first >= 0x20 && first < 0x80) || first === BACKSLASH || first === QUOTE)
      return -1;
    const second = bytes[at + 2] as number;
    if (second === QUOTE) {
      this.at = at + 4;
      return bytes[at + 3] === COLON ? first : -1;
    }
    if (bytes[at + 3] === QUOTE && second >= 0x20 && second < 0x80 && second !== BACKSLASH) {
      this.at = at + 5;
      return bytes[at + 4] === COLON ? first * 256 + second : -1;
    }
    const end = this.text();
    this.at = end + 2;
    return end >= 0 && bytes[end + 1] === COLON ? 0x7fffffff : -1;
  }

  private value(key: number): boolean {
    const { scratch } = this;
    switch (key) {
      case KEY.bp:
        scratch.bp = this.number();
        return scratch.bp === scratch.bp;
      case KEY.bs:
        scratch.bs = this.number();
        return scratch.bs === scratch.bs;
      case KEY.ap:
        scratch.ap = this.number();
        return scratch.ap === scratch.ap;
      case KEY.as:
        scratch.as = this.number();
        return scratch.as === scratch.as;
      case KEY.p:
        scratch.p = this.number();
        return scratch.p === scratch.p;
      case KEY.s:
        scratch.s = this.number();
        return scratch.s === scratch.s;
      case KEY.t:
        scratch.us = this.time();
        return scratch.us === scratch.us;
      case KEY.S:
        return this.symbol();
      case KEY.T:
        scratch.type = this.letter();
        return scratch.type === Letter.q || scratch.type === Letter.t;
      case KEY.x:
        scratch.x = this.letter();
        return scratch.x >= 0;
      case KEY.z:
        scratch.z = this.letter();
        return scratch.z >= 0;
      case KEY.c:
        scratch.codes = this.codes();
        return scratch.codes >= 0;
      default:
        return this.skip();
    }
  }

  /** The end of a string that begins here, behind its first quote; -1 for one with escapes or other than ASCII. */
  private text(): number {
    const { bytes } = this;
    if (bytes[this.at++] !== QUOTE) return -1;
    let i = this.at;
    for (;;) {
      const c = bytes[i] as number;
      if (c === QUOTE) return i;
      if (!(c >= 0x20 && c < 0x80) || c === BACKSLASH) return -1;
      i++;
    }
  }

  private symbol(): boolean {
    const from = this.at + 1;
    const end = this.text();
    if (end < 0) return false;
    this.scratch.symbolAt = from;
    this.scratch.symbolEnd = end;
    this.at = end + 1;
    return true;
  }

  /** A text of one letter, 0 for an empty one, -1 for a longer one. */
  private letter(): number {
    const { bytes, at } = this;
    if (bytes[at] !== QUOTE) return -1;
    const c = bytes[at + 1] as number;
    if (c === QUOTE) {
      this.at = at + 2;
      return 0;
    }
    if (!(c > 0x20 && c < 0x80) || c === BACKSLASH || bytes[at + 2] !== QUOTE) return -1;
    this.at = at + 3;
    return c;
  }

  /** Up to three letters, in a list or one alone. */
  private codes(): number {
    const { bytes } = this;
    if (bytes[this.at] === QUOTE) return this.letter();
    if (bytes[this.at++] !== OPEN) return -1;
    if (bytes[this.at] === CLOSE) {
      this.at++;
      return 0;
    }
    let codes = 0;
    for (let k = 0; k < 3; k++) {
      const c = this.letter();
      if (c <= 0) return -1;
      codes |= c << (7 * k);
      const next = bytes[this.at++];
      if (next === CLOSE) return codes;
      if (next !== COMMA) return -1;
    }
    return -1;
  }

  /** NaN for what is no plain decimal of at most 15 digits. */
  private number(): number {
    const { bytes } = this;
    let i = this.at;
    const negative = bytes[i] === MINUS;
    if (negative) i++;
    const start = i;
    let value = 0;
    let c = bytes[i] as number;
    while (c >= ZERO && c <= 0x39) {
      value = value * 10 + (c - ZERO);
      c = bytes[++i] as number;
    }
    let digits = i - start;
    if (digits === 0 || (digits > 1 && bytes[start] === ZERO)) return Number.NaN;
    let places = 0;
    if (c === DOT) {
      const point = ++i;
      c = bytes[i] as number;
      while (c >= ZERO && c <= 0x39) {
        value = value * 10 + (c - ZERO);
        c = bytes[++i] as number;
      }
      places = i - point;
      if (places === 0) return Number.NaN;
      digits += places;
    }
    if (digits > DIGITS || c === 0x65 || c === 0x45) return Number.NaN;
    this.at = i;
    if (places > 0) value /= POWERS[places] as number;
    return negative ? -value : value;
  }

  /** `2026-11-20T14:30:02.123456789Z`; the second is worked out once for all messages of it. */
  private time(): number {
    const { bytes, secondBytes } = this;
    const from = this.at + 1;
    if (bytes[from - 1] !== QUOTE) return Number.NaN;
    let k = 0;
    while (k < SECOND && secondBytes[k] === bytes[from + k]) k++;
    if (k < SECOND && !this.newSecond(from)) return Number.NaN;
    let i = from + SECOND;
    let us = 0;
    if (bytes[i] === DOT) {
      const first = ++i;
      let d = (bytes[i] as number) - ZERO;
      while (d >= 0 && d <= 9) {
        if (i - first < 6) us = us * 10 + d;
        d = (bytes[++i] as number) - ZERO;
      }
      const digits = i - first;
      if (digits === 0 || digits > 9) return Number.NaN;
      for (let n = digits; n < 6; n++) us *= 10;
    }
    if (bytes[i] !== 0x5a || bytes[i + 1] !== QUOTE) return Number.NaN;
    this.at = i + 2;
    return this.secondUs + us;
  }

  private newSecond(from: number): boolean {
    const { bytes, secondBytes } = this;
    let k = 0;
    while (k < DATE && secondBytes[k] === bytes[from + k]) k++;
    if (k < DATE && !this.newDay(from)) return false;
    const [h, m, s] = [this.two(from + 11), this.two(from + 14), this.two(from + 17)];
    if (bytes[from + 13] !== COLON || bytes[from + 16] !== COLON) return false;
    if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59) return false;
    this.secondUs = this.dayUs + (h * 3600 + m * 60 + s) * 1e6;
    for (let i = DATE; i < SECOND; i++) secondBytes[i] = bytes[from + i] as number;
    return true;
  }

  /** The date and its `T`. */
  private newDay(from: number): boolean {
    const { bytes } = this;
    const text = bytes.toString("latin1", from, from + DATE);
    const us = text[DATE - 1] === "T" ? parseIsoMicros(`${text}00:00:00Z`) : null;
    if (us === null) return false;
    this.dayUs = us;
    this.secondBytes.fill(0);
    this.secondBytes.set(bytes.subarray(from, from + DATE));
    return true;
  }

  private two(i: number): number {
    const a = (this.bytes[i] as number) - ZERO;
    const b = (this.bytes[i + 1] as number) - ZERO;
    return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : -1;
  }

  /** Passes over a plain value that nobody reads. */
  private skip(): boolean {
    const { bytes } = this;
    const c = bytes[this.at] as number;
    if (c === QUOTE) {
      const one = bytes[this.at + 1] as number;
      if (bytes[this.at + 2] === QUOTE && one >= 0x20 && one < 0x80 && one !== BACKSLASH && one !== QUOTE) {
        this.at += 3;
        return true;
      }
      const end = this.text();
      this.at = end + 1;
      return end >= 0;
    }
    if (c === 0x74) return this.literal("true");
    if (c === 0x66) return this.literal("false");
    if (c === 0x6e) return this.literal("null");
    return this.passNumber();
  }

  private literal(word: string): boolean {
    const end = this.at + word.length;
    const same = this.bytes.toString("latin1", this.at, end) === word;
    this.at = end;
    return same;
  }

  private passNumber(): boolean {
    const { bytes } = this;
    let i = this.at;
    if (bytes[i] === MINUS) i++;
    const start = i;
    while ((bytes[i] as number) >= ZERO && (bytes[i] as number) <= 0x39) i++;
    if (i === start || (i - start > 1 && bytes[start] === ZERO)) return false;
    if (bytes[i] === DOT) {
      const point = ++i;
      while ((bytes[i] as number) >= ZERO && (bytes[i] as number) <= 0x39) i++;
      if (i === point) return false;
    }
    if (bytes[i] === 0x65 || bytes[i] === 0x45) return false;
    this.at = i;
    return true;
  }
}
