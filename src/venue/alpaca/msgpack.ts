import { Nanos, type WireObject, type WireValue } from "./values.ts";

/** Writes MessagePack as the vendor does: maps in their order, times as extension −1 with nanoseconds, ids as 64-bit integers. */
export class MsgpackWriter {
  private bytes = Buffer.allocUnsafe(65_536);
  private at = 0;

  encode(value: WireValue): Buffer {
    this.at = 0;
    this.value(value);
    return Buffer.from(this.bytes.subarray(0, this.at));
  }

  private room(n: number): void {
    if (this.at + n <= this.bytes.length) return;
    const wider = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.at + n));
    this.bytes.copy(wider, 0, 0, this.at);
    this.bytes = wider;
  }

  private value(v: WireValue): void {
    this.room(16);
    if (v === null) this.bytes[this.at++] = 0xc0;
    else if (typeof v === "string") this.text(v);
    else if (typeof v === "number") this.number(v);
    else if (typeof v === "boolean") this.bytes[this.at++] = v ? 0xc3 : 0xc2;
    else if (typeof v === "bigint") {
      this.bytes[this.at] = 0xcf;
      this.at = this.bytes.writeBigUInt64BE(v, this.at + 1);
    } else if (v instanceof Nanos) this.time(v);
    else if (Array.isArray(v)) {
      this.head(v.length, 0x90, 16, 0xdc);
      for (const item of v as readonly WireValue[]) this.value(item);
    } else this.map(v as WireObject);
  }

  private map(map: WireObject): void {
    let n = 0;
    for (const key in map) if (map[key] !== undefined) n++;
    this.head(n, 0x80, 16, 0xde);
    for (const key in map) {
      const item = map[key];
      if (item === undefined) continue;
      this.room(16);
      this.text(key);
      this.value(item);
    }
  }

  /** Length of an array or map: in the first byte while it fits. */
  private head(n: number, fix: number, limit: number, wide: number): void {
    if (n < limit) this.bytes[this.at++] = fix | n;
    else if (n < 65_536) {
      this.bytes[this.at] = wide;
      this.at = this.bytes.writeUInt16BE(n, this.at + 1);
    } else {
      this.bytes[this.at] = wide + 1;
      this.at = this.bytes.writeUInt32BE(n, this.at + 1);
    }
  }

  private text(s: string): void {
    if (s.length < 32 && this.short(s)) return;
    const n = Buffer.byteLength(s);
    this.room(n + 5);
    if (n < 32) this.bytes[this.at++] = 0xa0 | n;
    else if (n < 256) {
      this.bytes[this.at++] = 0xd9;
      this.bytes[this.at++] = n;
    } else if (n < 65_536) {
      this.bytes[this.at] = 0xda;
      this.at = this.bytes.writeUInt16BE(n, this.at + 1);
    } else {
      this.bytes[this.at] = 0xdb;
      this.at = this.bytes.writeUInt32BE(n, this.at + 1);
    }
    this.at += this.bytes.write(s, this.at);
  }

  /** Most words are a few letters: byte by byte they are written before the runtime's own writer has begun. False where one is no ASCII. */
  private short(s: string): boolean {
    this.room(33);
    const { bytes, at } = this;
    for (let i = 0; i < s.length; i++) {
      const code = s.charCodeAt(i);
      if (code > 0x7f) return false;
      bytes[at + 1 + i] = code;
    }
    bytes[at] = 0xa0 | s.length;
    this.at = at + 1 + s.length;
    return true;
  }

  private number(x: number): void {
    if (Number.isInteger(x) && Math.abs(x) <= Number.MAX_SAFE_INTEGER) return this.integer(x);
    this.bytes[this.at] = 0xcb;
    this.at = this.bytes.writeDoubleBE(x, this.at + 1);
  }

  private integer(x: number): void {
    if (x >= 0 && x < 128) this.bytes[this.at++] = x;
    else if (x < 0) {
      this.bytes[this.at] = 0xd3;
      this.at = this.bytes.writeBigInt64BE(BigInt(x), this.at + 1);
    } else if (x < 256) {
      this.bytes[this.at++] = 0xcc;
      this.bytes[this.at++] = x;
    } else if (x < 65_536) {
      this.bytes[this.at] = 0xcd;
      this.at = this.bytes.writeUInt16BE(x, this.at + 1);
    } else if (x < 4_294_967_296) {
      this.bytes[this.at] = 0xce;
      this.at = this.bytes.writeUInt32BE(x, this.at + 1);
    } else {
      this.bytes[this.at] = 0xcf;
      this.at = this.bytes.writeBigUInt64BE(BigInt(x), this.at + 1);
    }
  }

  /** timestamp64: 30 bits of nanoseconds, then 34 of seconds. */
  private time(t: Nanos): void {
    const seconds = Math.floor(t.us / 1e6);
    const nanos = (t.us - seconds * 1e6) * 1000 + t.ns;
    this.bytes[this.at++] = 0xd7;
    this.bytes[this.at++] = 0xff;
    this.at = this.bytes.writeUInt32BE(nanos * 4 + Math.floor(seconds / 4_294_967_296), this.at);
    this.at = this.bytes.writeUInt32BE(seconds % 4_294_967_296, this.at);
  }
}
