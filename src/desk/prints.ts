/** Side of a print against the quote it met. */
export const Side = { unknown: 0, bid: 1, mid: 2, ask: 3 } as const;

const FIELDS = 7;

/** The last `capacity` prints of the session, oldest overwritten first: seq, time, slot, price, size, side, isBar. */
export class PrintRing {
  private readonly ring: Float64Array;
  private written = 0;

  constructor(readonly capacity: number) {
    this.ring = new Float64Array(capacity * FIELDS);
  }

  get length(): number {
    return Math.min(this.written, this.capacity);
  }

  push(
    seq: number,
    us: number,
    slot: number,
    price: number,
    size: number,
    side: number,
    isBar: boolean,
  ): void {
    const at = (this.written % this.capacity) * FIELDS;
    this.ring[at] = seq;
    this.ring[at + 1] = us;
    this.ring[at + 2] = slot;
    this.ring[at + 3] = price;
    this.ring[at + 4] = size;
    this.ring[at + 5] = side;
    this.ring[at + 6] = isBar ? 1 : 0;
    this.written++;
  }

  /** Newest first; `visit` returns false to stop. The array passed is the ring itself: read `at`…`at + 6`. */
  each(visit: (ring: Float64Array, at: number) => boolean): void {
    for (let back = 1; back <= this.length; back++) {
      if (!visit(this.ring, ((this.written - back) % this.capacity) * FIELDS)) return;
    }
  }

  snapshot(): { ring: Float64Array; written: number } {
    return { ring: this.ring.slice(), written: this.written };
  }

  restore(saved: { ring: Float64Array; written: number }): void {
    this.ring.set(saved.ring);
    this.written = saved.written;
  }

  hashInto(update: (bytes: Uint8Array) => void): void {
    update(new Uint8Array(this.ring.buffer));
  }
}
