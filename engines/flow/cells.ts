import { FLOW_FIELDS } from "./types.ts";

/** Width of the finest time bin, µs. */
export const BIN_US = 300e6;
const BUCKETS = 6;
export const STRIDE = FLOW_FIELDS.length;

/**
 * Sums by (contract, five-minute bin, delta bucket): the one place a trade is added to, from which every table is grouped. Each row
 * is 16 numbers side by side, two cache lines. Trades come in order of time, so the current cell of a (contract, bucket) is all the
 * look-up there is; a late trade opens a second cell of the same key, which grouping joins again.
 */
export class FlowCells {
  n = 0;
  slot = new Int32Array(1024);
  bin = new Int32Array(1024);
  bucket = new Uint8Array(1024);
  sums = new Float64Array(1024 * STRIDE);
  private current = new Int32Array(0);

  /** Makes room for contracts 0 .. slots - 1. */
  reserve(slots: number): void {
    if (slots * BUCKETS <= this.current.length) return;
    const next = new Int32Array(slots * BUCKETS).fill(-1);
    next.set(this.current);
    this.current = next;
  }

  /** The cell of a trade. */
  at(slot: number, us: number, bucket: number): number {
    const bin = Math.floor(us / BIN_US);
    const key = slot * BUCKETS + bucket;
    const cell = this.current[key]!;
    if (cell >= 0 && this.bin[cell] === bin) return cell;
    const fresh = this.push(slot, bin, bucket);
    this.current[key] = fresh;
    return fresh;
  }

  private push(slot: number, bin: number, bucket: number): number {
    if (this.n === this.slot.length) {
      const size = 2 * this.n;
      const grow = <T extends Int32Array | Uint8Array | Float64Array>(to: T, from: T): T => {
        to.set(from as never);
        return to;
      };
      this.slot = grow(new Int32Array(size), this.slot);
      this.bin = grow(new Int32Array(size), this.bin);
      this.bucket = grow(new Uint8Array(size), this.bucket);
      this.sums = grow(new Float64Array(size * STRIDE), this.sums);
    }
    this.slot[this.n] = slot;
    this.bin[this.n] = bin;
    this.bucket[this.n] = bucket;
    return this.n++;
  }
}
