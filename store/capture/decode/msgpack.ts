/**
 * Reads MessagePack without trusting it: plain values only, times (extension -1) to the microsecond, 64-bit integers exactly. Throws
 * nothing; what cannot be read is `undefined` as a whole.
 */
import { WireTime } from "./alpaca-messages.ts";

/** Nesting beyond this is no market data. */
const DEEPEST = 12;

class Broken extends Error {}
const broken = new Broken("not MessagePack");

class Reader {
  at = 0;
  constructor(private readonly b: Buffer) {}

  private need(n: number): number {
    const from = this.at;
    if (from + n > this.b.length) throw broken;
    this.at = from + n;
    return from;
  }

  value(depth: number): unknown {
    if (depth > DEEPEST) throw broken;
    const { b } = this;
    const tag = b[this.need(1)] as number;
    if (tag < 0x80) return tag;
    if (tag < 0x90) return this.map(tag & 15, depth);
    if (tag < 0xa0) return this.list(tag & 15, depth);
    if (tag < 0xc0) return this.text(tag & 31);
    if (tag >= 0xe0) return tag - 256;
    switch (tag) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
        return this.skip(this.u8());
      case 0xc5:
        return this.skip(this.u16());
      case 0xc6:
        return this.skip(this.u32());
      case 0xc7:
        return this.extension(this.u8());
      case 0xc8:
        return this.extension(this.u16());
      case 0xc9:
        return this.extension(this.u32());
      case 0xca:
        return b.readFloatBE(this.need(4));
      case 0xcb:
        return b.readDoubleBE(this.need(8));
      case 0xcc:
        return this.u8();
      case 0xcd:
        return this.u16();
      case 0xce:
        return this.u32();
      case 0xcf:
        return b.readBigUInt64BE(this.need(8));
      case 0xd0:
        return b.readInt8(this.need(1));
      case 0xd1:
        return b.readInt16BE(this.need(2));
      case 0xd2:
        return b.readInt32BE(this.need(4));
      case 0xd3:
        return b.readBigInt64BE(this.need(8));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.extension(1 << (tag - 0xd4));
      case 0xd9:
        return this.text(this.u8());
      case 0xda:
        return this.text(this.u16());
      case 0xdb:
        return this.text(this.u32());
      case 0xdc:
        return this.list(this.u16(), depth);
      case 0xdd:
        return this.list(this.u32(), depth);
      case 0xde:
        return this.map(this.u16(), depth);
      case 0xdf:
        return this.map(this.u32(), depth);
      default:
        throw broken;
    }
  }

  private u8(): number {
    return this.b[this.need(1)] as number;
  }
  private u16(): number {
    return this.b.readUInt16BE(this.need(2));
  }
  private u32(): number {
    return this.b.readUInt32BE(this.need(4));
  }
  private text(n: number): string {
    const from = this.need(n);
    return this.b.toString("utf8", from, from + n);
  }
  private skip(n: number): null {
    this.need(n);
    return null;
  }

  private list(n: number, depth: number): unknown[] {
    // Every value takes a byte at least: a length that cannot be is found before memory is taken for it.
    if (n > this.b.length - this.at) throw broken;
    const out: unknown[] = [];
    for (let k = 0; k < n; k++) out.push(this.value(depth + 1));
    return out;
  }

  private map(n: number, depth: number): Record<string, unknown> {
    if (n * 2 > this.b.length - this.at) throw broken;
    const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (let k = 0; k < n; k++) {
      const key = this.value(depth + 1);
      // Keys of other kinds are legal, and no vendor's.
      if (typeof key !== "string") throw broken;
      out[key] = this.value(depth + 1);
    }
    return out;
  }

  private extension(n: number): unknown {
    const type = this.b.readInt8(this.need(1));
    const from = this.need(n);
    return type === -1 ? timeAt(this.b, from, n) : null;
  }
}

/** Timestamp 32, 64 or 96; null for another length or nanoseconds beyond a second. */
export function timeAt(b: Buffer, at: number, n: number): WireTime | null {
  if (n === 4) return new WireTime(b.readUInt32BE(at) * 1e6);
  if (n === 8) {
    const high = b.readUInt32BE(at);
    const ns = high >>> 2;
    if (ns > 999_999_999) return null;
    return new WireTime(((high & 3) * 4294967296 + b.readUInt32BE(at + 4)) * 1e6 + Math.floor(ns / 1000));
  }
  if (n !== 12) return null;
  const ns = b.readUInt32BE(at);
  const s = b.readInt32BE(at + 4) * 4294967296 + b.readUInt32BE(at + 8);
  return ns > 999_999_999 || Math.abs(s) > 1e11 ? null : new WireTime(s * 1e6 + Math.floor(ns / 1000));
}

/** The one value that the bytes hold; undefined when they hold something else. */
export function readMsgpack(bytes: Buffer): unknown {
  const reader = new Reader(bytes);
  try {
    const value = reader.value(0);
    return reader.at === bytes.length ? value : undefined;
  } catch (e) {
    if (e instanceof Broken || e instanceof RangeError) return undefined;
    throw e;
  }
}
