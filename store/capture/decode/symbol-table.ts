import type { Slot } from "../../../engines/market/index.ts";

const SIZE = 1 << 15;
/** A table fuller than this answers the rest through the map of texts. */
const MOST = (SIZE * 3) / 4;
const LONGEST = 32;

/** Slots by the bytes of a symbol, so that no text is made for one that is known. */
export class SymbolTable {
  private readonly slots = new Int32Array(SIZE).fill(-1);
  private readonly lengths = new Uint8Array(SIZE);
  private readonly names = new Uint8Array(SIZE * LONGEST);
  private count = 0;

  constructor(private readonly find: (symbol: string) => Slot) {}

  /** The slot of bytes `from..to`; negative for none. The bytes are ASCII. */
  at(bytes: Buffer, from: number, to: number): Slot {
    const n = to - from;
    if (n === 0 || n > LONGEST) return -1 as Slot;
    let hash = 0x811c9dc5;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
    let k = (hash ^ (hash >>> 15)) & (SIZE - 1);
    const { slots, lengths, names } = this;
    while (slots[k] !== -1) {
      if (lengths[k] === n) {
        const base = k * LONGEST;
        let i = 0;
        while (i < n && names[base + i] === bytes[from + i]) i++;
        if (i === n) return slots[k] as Slot;
      }
      k = (k + 1) & (SIZE - 1);
    }
    return this.add(k, bytes, from, to);
  }

  private add(k: number, bytes: Buffer, from: number, to: number): Slot {
    const slot = this.find(bytes.toString("latin1", from, to));
    if (slot < 0 || this.count >= MOST) return slot;
    this.count++;
    this.slots[k] = slot;
    this.lengths[k] = to - from;
    this.names.set(bytes.subarray(from, to), k * LONGEST);
    return slot;
  }
}
