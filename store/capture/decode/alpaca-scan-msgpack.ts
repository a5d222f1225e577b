/**
 * Alpaca's MessagePack frames straight from their bytes into the columns, for what is usual. Anything else makes it give up the whole frame,
 * and the reader of plain values takes it. Each reader of a value is told where it begins and says where it ends, -1 for what is not usual.
 */
import type { AlpacaRows } from "./alpaca-rows.ts";
import { FIELDS, Field, LAST_LETTER, LAST_NUMBER, ONE, Scratch } from "./alpaca-scratch.ts";

const ODD = -1;
const TWO_32 = 4_294_967_296;

export class AlpacaMsgpackScanner {
  private bytes: Buffer = Buffer.alloc(0);
  private view: DataView = new DataView(new ArrayBuffer(0));
  private readonly scratch: Scratch;

  constructor(private readonly rows: AlpacaRows) {
    this.scratch = new Scratch(rows);
  }

  /** True when the frame was read whole; false leaves no row and asks for the parser. */
  frame(bytes: Buffer, recvUs: number): boolean {
    const mark = this.rows.mark();
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const read = this.messages(recvUs);
    if (!read) this.rows.back(mark);
    return read;
  }

  private messages(recvUs: number): boolean {
    const { bytes, scratch } = this;
    const tag = bytes[0] as number;
    let n: number;
    let at = 1;
    if (tag >= 0x90 && tag < 0xa0) n = tag & 15;
    else if (tag === 0xdc && this.has(at, 2)) {
      n = this.view.getUint16(at);
      at += 2;
    } else return false;
    if (n === 0) return false;
    for (let k = 0; k < n; k++) {
      scratch.clear();
      at = this.message(at);
      if (at < 0 || !scratch.emit(bytes, recvUs)) return false;
    }
    return at === bytes.length;
  }

  private has(at: number, n: number): boolean {
    return at + n <= this.bytes.length;
  }

  private message(from: number): number {
    const { bytes } = this;
    const tag = bytes[from] as number;
    let n: number;
    let at = from + 1;
    if (tag >= 0x80 && tag < 0x90) n = tag & 15;
    else if (tag === 0xde && this.has(at, 2)) {
      n = this.view.getUint16(at);
      at += 2;
    } else return ODD;
    for (let k = 0; k < n; k++) {
      const length = (bytes[at++] as number) - 0xa0;
      if (!(length > 0 && length < 0x20)) return ODD;
      const first = bytes[at] as number;
      let field: number | undefined = Field.other;
      if (length === 1) field = FIELDS[ONE + first];
      else if (length === 2) field = FIELDS[first * 256 + (bytes[at + 1] as number)];
      at = this.value(field as number, at + length);
      if (at < 0) return ODD;
    }
    return at;
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

  private symbol(at: number): number {
    const { bytes, scratch } = this;
    const n = (bytes[at] as number) - 0xa0;
    const from = at + 1;
    if (!(n > 0 && n < 32) || !this.has(from, n)) return ODD;
    const end = from + n;
    for (let i = from; i < end; i++) if (!((bytes[i] as number) < 0x80)) return ODD;
    scratch.symbolAt = from;
    scratch.symbolEnd = end;
    return end;
  }

  /** A text of one letter, 0 for an empty one. */
  private letter(field: number, at: number): number {
    const { bytes, scratch } = this;
    const tag = bytes[at];
    if (tag === 0xa0) {
      scratch.letters[field] = 0;
      return at + 1;
    }
    const c = bytes[at + 1] as number;
    if (tag !== 0xa1 || !isLetter(c)) return ODD;
    scratch.letters[field] = c;
    return at + 2;
  }

  /** Up to three letters, in a list or one alone. */
  private codes(at: number): number {
    const { bytes, scratch } = this;
    const tag = bytes[at] as number;
    const listed = tag >= 0x90 && tag <= 0x93;
    scratch.codes = 0;
    if (tag === 0xa0) return at + 1;
    if (!listed && tag !== 0xa1) return ODD;
    const count = listed ? tag & 15 : 1;
    let i = listed ? at + 1 : at;
    for (let k = 0; k < count; k++, i += 2) {
      const c = bytes[i + 1] as number;
      if (bytes[i] !== 0xa1 || !isLetter(c)) return ODD;
      scratch.codes |= c << (7 * k);
    }
    return i;
  }

  private number(field: number, at: number): number {
    const { view } = this;
    const { numbers } = this.scratch;
    const tag = this.bytes[at] as number;
    const from = at + 1;
    if (tag < 0x80) {
      numbers[field] = tag;
      return from;
    }
    switch (tag) {
      case 0xcb: {
        if (!this.has(from, 8)) return ODD;
        const v = view.getFloat64(from);
        numbers[field] = v;
        return v - v === 0 ? from + 8 : ODD;
      }
      case 0xcc:
        if (!this.has(from, 1)) return ODD;
        numbers[field] = view.getUint8(from);
        return from + 1;
      case 0xcd:
        if (!this.has(from, 2)) return ODD;
        numbers[field] = view.getUint16(from);
        return from + 2;
      case 0xce:
        if (!this.has(from, 4)) return ODD;
        numbers[field] = view.getUint32(from);
        return from + 4;
      default:
        return ODD;
    }
  }

  /** Extension -1 of four or eight bytes. */
  private time(at: number): number {
    const { bytes, view, scratch } = this;
    const tag = bytes[at];
    const from = at + 2;
    if (bytes[at + 1] !== 0xff) return ODD;
    if (tag === 0xd7 && this.has(from, 8)) {
      const high = view.getUint32(from);
      const ns = high >>> 2;
      if (ns > 999_999_999) return ODD;
      scratch.us[0] = ((high & 3) * TWO_32 + view.getUint32(from + 4)) * 1e6 + Math.floor(ns / 1000);
      return from + 8;
    }
    if (tag !== 0xd6 || !this.has(from, 4)) return ODD;
    scratch.us[0] = view.getUint32(from) * 1e6;
    return from + 4;
  }

  /** Passes over a plain value that nobody reads. */
  private skip(at: number): number {
    const tag = this.bytes[at] as number;
    let n: number;
    if (tag < 0x80 || tag >= 0xe0 || tag === 0xc0 || tag === 0xc2 || tag === 0xc3) n = 0;
    else if (tag >= 0xa0 && tag < 0xc0) n = tag - 0xa0;
    else if (tag >= 0xcc && tag <= 0xcf) n = 1 << (tag - 0xcc);
    else if (tag >= 0xd0 && tag <= 0xd3) n = 1 << (tag - 0xd0);
    else if (tag === 0xca) n = 4;
    else if (tag === 0xcb) n = 8;
    else if (tag >= 0xd4 && tag <= 0xd8) n = 1 + (1 << (tag - 0xd4));
    else return ODD;
    return this.has(at + 1, n) ? at + 1 + n : ODD;
  }
}

/** Printable ASCII and no blank. */
const isLetter = (c: number): boolean => c > 0x20 && c < 0x80;
