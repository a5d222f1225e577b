/**
 * The prints that came lately, for who must not count one twice. A stream is never deduped, identical prints are real; but what a REST answer
 * tells of the time round a gap is compared with what the stream told as multisets of (instrument, time, price, size, venue and condition).
 */
export class PrintMemory {
  private readonly slot: Int32Array;
  private readonly ref: Int32Array;
  private readonly us: Float64Array;
  private readonly price: Float64Array;
  private readonly size: Float64Array;
  /** Prints noted so far; the ring holds the last `capacity` of them. */
  count = 0;

  constructor(private readonly capacity = 65_536) {
    this.slot = new Int32Array(capacity);
    this.ref = new Int32Array(capacity);
    this.us = new Float64Array(capacity);
    this.price = new Float64Array(capacity);
    this.size = new Float64Array(capacity);
  }

  note(slot: number, us: number, price: number, size: number, ref: number): void {
    const at = this.count++ % this.capacity;
    this.slot[at] = slot;
    this.us[at] = us;
    this.price[at] = price;
    this.size[at] = size;
    this.ref[at] = ref;
  }

  /** Forgets what was noted after a reader's mark: it begins that frame again. */
  back(count: number): void {
    this.count = count;
  }

  /** Prints before this were overwritten: who asks about them cannot be told. */
  get sinceUs(): number {
    return this.count <= this.capacity
      ? Number.NEGATIVE_INFINITY
      : (this.us[this.count % this.capacity] as number);
  }

  /** How often each print from `fromUs` on was noted, by {@link printKey}. */
  since(fromUs: number): Map<string, number> {
    const counts = new Map<string, number>();
    for (let i = Math.max(0, this.count - this.capacity); i < this.count; i++) {
      const at = i % this.capacity;
      if (!((this.us[at] as number) >= fromUs)) continue;
      const key = printKey(
        this.slot[at] as number,
        this.us[at] as number,
        this.price[at] as number,
        this.size[at] as number,
        this.ref[at] as number,
      );
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  }
}

export const printKey = (slot: number, us: number, price: number, size: number, ref: number): string =>
  `${slot} ${us} ${price} ${size} ${ref}`;
