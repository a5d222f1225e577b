import { type EventColumns, eventColumns } from "../../engines/market/index.ts";

/** A growing set of event rows. */
export class RowBuffer {
  cols: EventColumns;
  private capacity: number;

  constructor(capacity = 1024) {
    this.capacity = capacity;
    this.cols = eventColumns(capacity);
  }

  get n(): number {
    return this.cols.n;
  }

  push(
    kind: number,
    flags: number,
    slot: number,
    recvUs: number,
    eventUs: number,
    a: number,
    b: number,
    c: number,
    d: number,
    e: number,
    ref: number,
  ): void {
    if (this.cols.n === this.capacity) this.grow();
    const k = this.cols;
    const i = k.n++;
    k.kind[i] = kind;
    k.flags[i] = flags;
    k.slot[i] = slot;
    k.recvUs[i] = recvUs;
    k.eventUs[i] = eventUs;
    k.a[i] = a;
    k.b[i] = b;
    k.c[i] = c;
    k.d[i] = d;
    k.e[i] = e;
    k.ref[i] = ref;
  }

  private grow(): void {
    this.capacity *= 2;
    const wide = eventColumns(this.capacity);
    copyRows(this.cols, 0, this.cols.n, wide, 0);
    wide.n = this.cols.n;
    this.cols = wide;
  }
}

/** Copies rows `from..to` of `src` to `dst` starting at `at`. Does not touch `n`. */
export function copyRows(src: EventColumns, from: number, to: number, dst: EventColumns, at: number): void {
  dst.kind.set(src.kind.subarray(from, to), at);
  dst.flags.set(src.flags.subarray(from, to), at);
  dst.slot.set(src.slot.subarray(from, to), at);
  dst.ref.set(src.ref.subarray(from, to), at);
  dst.recvUs.set(src.recvUs.subarray(from, to), at);
  dst.eventUs.set(src.eventUs.subarray(from, to), at);
  dst.a.set(src.a.subarray(from, to), at);
  dst.b.set(src.b.subarray(from, to), at);
  dst.c.set(src.c.subarray(from, to), at);
  dst.d.set(src.d.subarray(from, to), at);
  dst.e.set(src.e.subarray(from, to), at);
}
