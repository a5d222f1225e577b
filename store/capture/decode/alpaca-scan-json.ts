/**
 * Alpaca's JSON frames straight from their bytes into the columns, for what is usual: quotes and trades without blanks, escapes or nesting.
 * Anything else makes it give up the whole frame, and the parser reads it. Both must agree on every frame; a fuzz test holds them to it.
 * Each reader of a value is told where it begins and says where it ends, -1 for what is not usual.
 */
import { parseIsoMicros } from "../../../engines/market/index.ts";
import type { AlpacaRows } from "./alpaca-rows.ts";
import { FIELDS, Field, LAST_LETTER, LAST_NUMBER, ONE, Scratch } from "./alpaca-scratch.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;
const BRACE = 0x7b;
const END = 0x7d;
const ODD = -1;

/** Bytes of a time up to its second. */
const SECOND = 19;
const DATE = 11;
/** A double holds every integer of this many digits; dividing one by a power of ten up to 22 rounds once, as a parser does. */
const DIGITS = 15;
const POWERS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

export class AlpacaJsonScanner {
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
    const read = this.messages(recvUs);
    if (!read) this.rows.back(mark);
    return read;
  }

  private messages(recvUs: number): boolean {
    const { bytes, scratch } = this;
    if (bytes[0] !== OPEN) return false;
    for (let at = 1; ; ) {
      scratch.clear();
      at = this.message(at);
      if (at < 0 || !scratch.emit(bytes, recvUs)) return false;
      const next = bytes[at++];
      if (next === CLOSE) return at === bytes.length;
      if (next !== COMMA) return false;
    }
  }

  private message(from: number): number {
    const { bytes } = this;
    if (bytes[from] !== BRACE) return ODD;
    for (let at = from + 1; ; at++) {
      if (bytes[at] !== QUOTE) return ODD;
      const first = bytes[at + 1] as number;
      const second = bytes[at + 2] as number;
      let field: number | undefined;
      if (second === QUOTE && bytes[at + 3] === COLON) {
        field = FIELDS[ONE + first];
        at += 4;
      } else if (bytes[at + 3] === QUOTE && bytes[at + 4] === COLON) {
        field = FIELDS[first * 256 + second];
        at += 5;
      } else {
        at = this.text(at);
        if (at < 0 || bytes[at++] !== COLON) return ODD;
        field = Field.other;
      }
      at = this.value(field as number, at);
      if (at < 0) return ODD;
      const next = bytes[at];
      if (next !== COMMA) return next === END ? at + 1 : ODD;
    }
  }

  private value(field: number, at: number): number {
    if (field <= LAST_NUMBER) return this.number(field, at);
    if (field <= LAST_LETTER) return this.letter(field, at);
    switch (field) {
      case Field.S:
        return this.symbol(at);
      case Field.t:
        return this.time(at);
      case Field.c:
        return this.codes(at);
      case Field.other:
        return this.skip(at);
      default:
        return ODD;
    }
  }

  /** A string without escapes and of ASCII only. */
  private text(at: number): number {
    const { bytes } = this;
    if (bytes[at] !== QUOTE) return ODD;
    for (let i = at + 1; ; i++) {
      const c = bytes[i] as number;
      if (c === QUOTE) return i + 1;
      if (!(c >= 0x20 && c < 0x80) || c === BACKSLASH) return ODD;
    }
  }

  private symbol(at: number): number {
    const end = this.text(at);
    this.scratch.symbolAt = at + 1;
    this.scratch.symbolEnd = end - 1;
    return end;
  }

  /** A text of one letter, 0 for an empty one. */
  private letter(field: number, at: number): number {
    const { bytes } = this;
    const c = bytes[at + 1] as number;
    if (bytes[at] !== QUOTE) return ODD;
    if (c === QUOTE) {
      this.scratch.letters[field] = 0;
      return at + 2;
    }
    if (!isLetter(c) || bytes[at + 2] !== QUOTE) return ODD;
    this.scratch.letters[field] = c;
    return at + 3;
  }

  /** Up to three letters, in a list or one alone. */
  private codes(at: number): number {
    const { bytes, scratch } = this;
    const listed = bytes[at] === OPEN;
    const close = listed ? CLOSE : QUOTE;
    scratch.codes = 0;
    if ((listed || bytes[at] === QUOTE) && bytes[at + 1] === close) return at + 2;
    let i = listed ? at + 1 : at;
    for (let k = 0; k < 3; k++) {
      const c = bytes[i + 1] as number;
      if (bytes[i] !== QUOTE || !isLetter(c) || bytes[i + 2] !== QUOTE) return ODD;
      scratch.codes |= c << (7 * k);
      if (!listed) return i + 3;
      const next = bytes[i + 3];
      i += 4;
      if (next === CLOSE) return i;
      if (next !== COMMA) return ODD;
    }
    return ODD;
  }

  /** A plain decimal of at most 15 digits, without an exponent. */
  private number(field: number, at: number): number {
    const { bytes } = this;
    let i = at;
    const negative = bytes[i] === MINUS;
    if (negative) i++;
    const start = i;
    let value = 0;
    let c = bytes[i] as number;
    while (c >= ZERO && c <= NINE) {
      value = value * 10 + (c - ZERO);
      c = bytes[++i] as number;
    }
    let digits = i - start;
    if (digits === 0 || (digits > 1 && bytes[start] === ZERO)) return ODD;
    if (c === DOT) {
      const point = ++i;
      c = bytes[i] as number;
      while (c >= ZERO && c <= NINE) {
        value = value * 10 + (c - ZERO);
        c = bytes[++i] as number;
      }
      const places = i - point;
      if (places === 0) return ODD;
      digits += places;
      if (digits <= DIGITS) value /= POWERS[places] as number;
    }
    if (digits > DIGITS || c === 0x65 || c === 0x45) return ODD;
    this.scratch.numbers[field] = negative ? -value : value;
    return i;
  }

  /** `2026-11-20T14:30:02.123456789Z`; the second is worked out once for all messages of it. */
  private time(at: number): number {
    const { bytes, secondBytes } = this;
    const from = at + 1;
    if (bytes[at] !== QUOTE) return ODD;
    let k = SECOND - 1;
    while (k >= 0 && secondBytes[k] === bytes[from + k]) k--;
    if (k >= 0 && !this.newSecond(from)) return ODD;
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
      if (digits === 0 || digits > 9) return ODD;
      for (let n = digits; n < 6; n++) us *= 10;
    }
    if (bytes[i] !== 0x5a || bytes[i + 1] !== QUOTE) return ODD;
    this.scratch.us[0] = this.secondUs + us;
    return i + 2;
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
  private skip(at: number): number {
    const { bytes } = this;
    const c = bytes[at] as number;
    if (c === QUOTE) return this.text(at);
    if (c === 0x74) return this.literal(at, "true");
    if (c === 0x66) return this.literal(at, "false");
    if (c === 0x6e) return this.literal(at, "null");
    return this.passNumber(at);
  }

  private literal(at: number, word: string): number {
    const end = at + word.length;
    return this.bytes.toString("latin1", at, end) === word ? end : ODD;
  }

  /** Of any length: ids have more digits than a double holds. */
  private passNumber(at: number): number {
    const { bytes } = this;
    let i = bytes[at] === MINUS ? at + 1 : at;
    const start = i;
    while ((bytes[i] as number) >= ZERO && (bytes[i] as number) <= NINE) i++;
    if (i === start || (i - start > 1 && bytes[start] === ZERO)) return ODD;
    if (bytes[i] === DOT) {
      const point = ++i;
      while ((bytes[i] as number) >= ZERO && (bytes[i] as number) <= NINE) i++;
      if (i === point) return ODD;
    }
    return bytes[i] === 0x65 || bytes[i] === 0x45 ? ODD : i;
  }
}

/** Printable and no part of a string's own grammar; no blank, which a parser would keep. */
const isLetter = (c: number): boolean => c > 0x20 && c < 0x80 && c !== QUOTE && c !== BACKSLASH;
