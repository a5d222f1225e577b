/**
 * Alpaca's MessagePack frames straight from their bytes into the columns, for what is usual. Anything else makes it give up the whole frame,
 * and the reader of plain values takes it.
 */
import type { AlpacaRows } from "./alpaca-rows.ts";
import { KEY, Letter, Scratch } from "./alpaca-scratch.ts";

const TWO_32 = 4_294_967_296;

export class AlpacaMsgpackScanner {
  private at = 0;
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
    this.at = 0;
    const read = this.messages(recvUs) && this.at === bytes.length;
    if (!read) this.rows.back(mark);
    return read;
  }

  private messages(recvUs: number): boolean {
    const { scratch } = this;
    const tag = this.bytes[this.at++] as number;
    let n: number;
    if (tag >= 0x90 && tag < 0xa0) n = tag & 15;
    else if (tag === 0xdc && this.has(2)) n = this.u16();
    else return false;
    if (n === 0) return false;
    for (let k = 0; k < n; k++) if (!this.message() || !scratch.emit(this.bytes, recvUs)) return false;
    return true;
  }

  private has(n: number): boolean {
    return this.at + n <= this.bytes.length;
  }
  private u16(): number {
    const v = this.view.getUint16(this.at);
    this.at += 2;
    return v;
  }

  private message(): boolean {
    const { bytes, scratch } = this;
    scratch.clear();
    const tag = bytes[this.at++] as number;
    let n: number;
    if (tag >= 0x80 && tag < 0x90) n = tag & 15;
    else if (tag === 0xde && this.has(2)) n = this.u16();
    else return false;
    for (let k = 0; k < n; k++) {
      const length = bytes[this.at++] as number;
      if (!(length > 0xa0 && length < 0xc0) || !this.has(length - 0xa0)) return false;
      let key = bytes[this.at] as number;
      if (length === 0xa2) key = key * 256 + (bytes[this.at + 1] as number);
      else if (length !== 0xa1) key = 0x7fffffff;
      this.at += length - 0xa0;
      if (!this.value(key)) return false;
    }
    return true;
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

  private symbol(): boolean {
    const { bytes } = this;
    const n = (bytes[this.at++] as number) - 0xa0;
    if (!(n > 0 && n < 32) || !this.has(n)) return false;
    const end = this.at + n;
    for (let i = this.at; i < end; i++) if (!((bytes[i] as number) < 0x80)) return false;
    this.scratch.symbolAt = this.at;
    this.scratch.symbolEnd = end;
    this.at = end;
    return true;
  }

  private letter(): number {
    const { bytes } = this;
    const tag = bytes[this.at++];
    if (tag === 0xa0) return 0;
    if (tag !== 0xa1) return -1;
    const c = bytes[this.at++] as number;
    return c > 0x20 && c < 0x80 ? c : -1;
  }

  private codes(): number {
    const { bytes } = this;
    const tag = bytes[this.at] as number;
    if (tag === 0xa0 || tag === 0xa1) return this.letter();
    if (!(tag >= 0x90 && tag <= 0x93)) return -1;
    this.at++;
    let codes = 0;
    for (let k = 0; k < (tag & 15); k++) {
      const c = this.letter();
      if (c <= 0) return -1;
      codes |= c << (7 * k);
    }
    return codes;
  }

  private number(): number {
    const { bytes, view } = this;
    const tag = bytes[this.at++] as number;
    const { at } = this;
    if (tag < 0x80) return tag;
    switch (tag) {
      case 0xcb: {
        if (!this.has(8)) return Number.NaN;
        this.at += 8;
        const v = view.getFloat64(at);
        return v - v === 0 ? v : Number.NaN;
      }
      case 0xcc:
        if (!this.has(1)) return Number.NaN;
        this.at += 1;
        return bytes[at] as number;
      case 0xcd:
        return this.has(2) ? this.u16() : Number.NaN;
      case 0xce:
        if (!this.has(4)) return Number.NaN;
        this.at += 4;
        return view.getUint32(at);
      default:
        return Number.NaN;
    }
  }

  /** Extension -1 of four or eight bytes. */
  private time(): number {
    const { bytes, view } = this;
    const tag = bytes[this.at++];
    if (bytes[this.at++] !== 0xff) return Number.NaN;
    const { at } = this;
    if (tag === 0xd7 && this.has(8)) {
      const high = view.getUint32(at);
      const ns = high >>> 2;
      if (ns > 999_999_999) return Number.NaN;
      this.at += 8;
      return ((high & 3) * TWO_32 + view.getUint32(at + 4)) * 1e6 + Math.floor(ns / 1000);
    }
    if (tag !== 0xd6 || !this.has(4)) return Number.NaN;
    this.at += 4;
    return view.getUint32(at) * 1e6;
  }

  /** Passes over a plain value that nobody reads. */
  private skip(): boolean {
    const tag = this.bytes[this.at++] as number;
    let n: number;
    if (tag < 0x80 || tag >= 0xe0 || tag === 0xc0 || tag === 0xc2 || tag === 0xc3) n = 0;
    else if (tag >= 0xa0 && tag < 0xc0) n = tag - 0xa0;
    else if (tag >= 0xcc && tag <= 0xcf) n = 1 << (tag - 0xcc);
    else if (tag >= 0xd0 && tag <= 0xd3) n = 1 << (tag - 0xd0);
    else if (tag === 0xca) n = 4;
    else if (tag === 0xcb) n = 8;
    else if (tag >= 0xd4 && tag <= 0xd8) n = 1 + (1 << (tag - 0xd4));
    else return false;
    if (!this.has(n)) return false;
    this.at += n;
    return true;
  }
}
