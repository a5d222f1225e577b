import type { AlpacaRows, Condition } from "./alpaca-rows.ts";
import { SymbolTable } from "./symbol-table.ts";

/** What a key of a message is to a scanner: numbers first, then texts of one letter, both places in the scratch. */
export const Field = {
  bp: 0,
  bs: 1,
  ap: 2,
  as: 3,
  p: 4,
  s: 5,
  T: 6,
  x: 7,
  z: 8,
  S: 9,
  t: 10,
  c: 11,
  /** A key that nobody reads. */
  other: 12,
  /** No plain key. */
  odd: 13,
} as const;
export const LAST_NUMBER = Field.s;
export const LAST_LETTER = Field.z;

const QUOTE = 0x71;
const TRADE = 0x74;

/** Where keys of one letter begin in {@link FIELDS}. */
export const ONE = 65_536;
/** Fields by the two letters of a key as one number, then by the one of a shorter key. What is no plain ASCII text is odd. */
export const FIELDS = ((): Uint8Array => {
  const plain = (c: number): boolean => c >= 0x20 && c < 0x80 && c !== 0x22 && c !== 0x5c;
  const fields = Uint8Array.from({ length: ONE + 256 }, (_, key) =>
    plain(key & 255) && (key >= ONE || plain(key >> 8)) ? Field.other : Field.odd,
  );
  for (const [name, field] of Object.entries(Field))
    if (field < Field.other)
      fields[(name.length === 1 ? ONE : name.charCodeAt(0) * 256) + name.charCodeAt(name.length - 1)] = field;
  return fields;
})();

/**
 * What a scanner has read of one message, and how it becomes a row. What is absent is NaN. `emit` is false for whatever is not usual: then the
 * whole frame is read again by the parser, which knows what to say about it.
 */
export class Scratch {
  /** By field: NaN is absent. */
  readonly numbers = new Float64Array(LAST_NUMBER + 1);
  /** By field, 0 is absent: type, exchange and tape. */
  readonly letters = new Uint8Array(LAST_LETTER + 1);
  symbolAt = -1;
  symbolEnd = -1;
  /** Up to three one-letter conditions, seven bits each. */
  codes = 0;
  readonly us = new Float64Array(1);
  private readonly symbols: SymbolTable;
  private readonly conditions = new Map<number, Condition>();

  constructor(readonly rows: AlpacaRows) {
    this.symbols = new SymbolTable((symbol) => rows.known(symbol));
  }

  clear(): void {
    const { numbers, letters } = this;
    numbers[Field.bp] = Number.NaN;
    numbers[Field.bs] = Number.NaN;
    numbers[Field.ap] = Number.NaN;
    numbers[Field.as] = Number.NaN;
    numbers[Field.p] = Number.NaN;
    numbers[Field.s] = Number.NaN;
    letters[Field.T] = 0;
    letters[Field.x] = 0;
    letters[Field.z] = 0;
    this.symbolAt = -1;
    this.us[0] = Number.NaN;
    this.codes = 0;
  }

  /** Only a message that is good as a whole makes its instrument known. */
  emit(bytes: Buffer, recvUs: number): boolean {
    const type = this.letters[Field.T];
    if (this.symbolAt < 0) return false;
    if (type === QUOTE) return this.quote(bytes, recvUs);
    return type === TRADE && this.trade(bytes, recvUs);
  }

  private quote(bytes: Buffer, recvUs: number): boolean {
    const { numbers } = this;
    const bid = numbers[Field.bp] as number;
    const ask = numbers[Field.ap] as number;
    if (bid !== bid && ask !== ask) return false;
    const slot = this.symbols.at(bytes, this.symbolAt, this.symbolEnd);
    if (slot < 0) return false;
    const bidSize = numbers[Field.bs] as number;
    this.rows.quote(slot, recvUs, this.us[0] as number, bid, bidSize, ask, numbers[Field.as] as number);
    return true;
  }

  private trade(bytes: Buffer, recvUs: number): boolean {
    const { numbers } = this;
    const price = numbers[Field.p] as number;
    if (price !== price) return false;
    const slot = this.symbols.at(bytes, this.symbolAt, this.symbolEnd);
    if (slot < 0) return false;
    const condition = this.letters[Field.x] === 0 && this.codes === 0 ? null : this.condition();
    // An object row would stay behind if the frame had to be read again.
    if (condition?.cancels === true) return false;
    this.rows.trade(slot, recvUs, this.us[0] as number, price, numbers[Field.s] as number, condition);
    return true;
  }

  private condition(): Condition {
    const { letters, codes } = this;
    const x = letters[Field.x] as number;
    const z = letters[Field.z] as number;
    const key = (codes * 128 + x) * 128 + z;
    let found = this.conditions.get(key);
    if (found === undefined) {
      const each = [codes & 127, (codes >> 7) & 127, (codes >> 14) & 127].filter((c) => c !== 0);
      found = this.rows.condition(word(x), String.fromCharCode(...each), word(z));
      this.conditions.set(key, found);
    }
    return found;
  }
}

const word = (letter: number): string => (letter === 0 ? "" : String.fromCharCode(letter));
