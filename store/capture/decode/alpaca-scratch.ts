import type { AlpacaRows, Condition } from "./alpaca-rows.ts";
import { SymbolTable } from "./symbol-table.ts";

export const Letter = { q: 0x71, t: 0x74 } as const;

/**
 * What a scanner has read of one message, and how it becomes a row. What is absent is NaN. `emit` is false for whatever is not usual: then the
 * whole frame is read again by the parser, which knows what to say about it.
 */
export class Scratch {
  type = 0;
  symbolAt = -1;
  symbolEnd = -1;
  us = Number.NaN;
  bp = Number.NaN;
  bs = Number.NaN;
  ap = Number.NaN;
  as = Number.NaN;
  p = Number.NaN;
  s = Number.NaN;
  /** Exchange, tape, and up to three one-letter conditions: seven bits each. */
  x = 0;
  z = 0;
  codes = 0;
  readonly symbols: SymbolTable;
  private readonly conditions = new Map<number, Condition>();

  constructor(readonly rows: AlpacaRows) {
    this.symbols = new SymbolTable((symbol) => rows.known(symbol));
  }

  clear(): void {
    this.type = 0;
    this.symbolAt = -1;
    this.us = Number.NaN;
    this.bp = Number.NaN;
    this.bs = Number.NaN;
    this.ap = Number.NaN;
    this.as = Number.NaN;
    this.p = Number.NaN;
    this.s = Number.NaN;
    this.x = 0;
    this.z = 0;
    this.codes = 0;
  }

  /** Only a message that is good as a whole makes its instrument known. */
  emit(bytes: Buffer, recvUs: number): boolean {
    const quote = this.type === Letter.q;
    if (this.symbolAt < 0 || (quote ? this.bp !== this.bp && this.ap !== this.ap : this.p !== this.p))
      return false;
    const slot = this.symbols.at(bytes, this.symbolAt, this.symbolEnd);
    if (slot < 0) return false;
    if (quote) {
      this.rows.quote(slot, recvUs, this.us, this.bp, this.bs, this.ap, this.as);
      return true;
    }
    if (this.type !== Letter.t) return false;
    const condition = this.x === 0 && this.codes === 0 ? null : this.condition();
    // An object row would stay behind if the frame had to be read again.
    if (condition?.cancels === true) return false;
    this.rows.trade(slot, recvUs, this.us, this.p, this.s, condition);
    return true;
  }

  private condition(): Condition {
    const key = (this.codes * 128 + this.x) * 128 + this.z;
    let found = this.conditions.get(key);
    if (found === undefined) {
      const { codes } = this;
      const letters = [codes & 127, (codes >> 7) & 127, (codes >> 14) & 127].filter((c) => c !== 0);
      found = this.rows.condition(word(this.x), String.fromCharCode(...letters), word(this.z));
      this.conditions.set(key, found);
    }
    return found;
  }
}

const word = (letter: number): string => (letter === 0 ? "" : String.fromCharCode(letter));

/** Two letters of a key as one number; a key of one letter is its code. */
export const KEY = {
  T: 0x54,
  S: 0x53,
  t: 0x74,
  p: 0x70,
  s: 0x73,
  x: 0x78,
  z: 0x7a,
  c: 0x63,
  bp: 0x6270,
  bs: 0x6273,
  ap: 0x6170,
  as: 0x6173,
} as const;
