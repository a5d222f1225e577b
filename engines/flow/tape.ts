/** Every classified trade, one column per field, in the order they were taken. */
export class FlowTape {
  n = 0;
  us: Float64Array;
  slot: Int32Array;
  price: Float64Array;
  size: Float64Array;
  /** The quote the trade met; NaN none. */
  bid: Float64Array;
  ask: Float64Array;
  /** +1 buy, -1 sell, 0 unknown. */
  side: Int8Array;
  /** Indices into METHODS, CONFIDENCES, REASONS. */
  method: Uint8Array;
  confidence: Uint8Array;
  reason: Uint8Array;
  /** 1 counted, 0 dropped, 2 counted and later cancelled. */
  counted: Uint8Array;
  /** Delta $ and vega $ this trade added; NaN unknown. */
  deltaFlow: Float64Array;
  vegaFlow: Float64Array;
  /** Cell the trade was added to, and the trade before it of the same contract; -1 none. */
  cell: Int32Array;
  before: Int32Array;

  constructor(capacity: number) {
    this.us = new Float64Array(capacity);
    this.slot = new Int32Array(capacity);
    this.price = new Float64Array(capacity);
    this.size = new Float64Array(capacity);
    this.bid = new Float64Array(capacity);
    this.ask = new Float64Array(capacity);
    this.side = new Int8Array(capacity);
    this.method = new Uint8Array(capacity);
    this.confidence = new Uint8Array(capacity);
    this.reason = new Uint8Array(capacity);
    this.counted = new Uint8Array(capacity);
    this.deltaFlow = new Float64Array(capacity);
    this.vegaFlow = new Float64Array(capacity);
    this.cell = new Int32Array(capacity);
    this.before = new Int32Array(capacity);
  }

  /** Room for one more row; its index. */
  next(): number {
    if (this.n === this.us.length) this.grow(Math.max(1024, 2 * this.n));
    return this.n++;
  }

  grow(capacity: number): void {
    if (capacity <= this.us.length) return;
    const bigger = new FlowTape(capacity);
    bigger.us.set(this.us);
    bigger.slot.set(this.slot);
    bigger.price.set(this.price);
    bigger.size.set(this.size);
    bigger.bid.set(this.bid);
    bigger.ask.set(this.ask);
    bigger.side.set(this.side);
    bigger.method.set(this.method);
    bigger.confidence.set(this.confidence);
    bigger.reason.set(this.reason);
    bigger.counted.set(this.counted);
    bigger.deltaFlow.set(this.deltaFlow);
    bigger.vegaFlow.set(this.vegaFlow);
    bigger.cell.set(this.cell);
    bigger.before.set(this.before);
    const n = this.n;
    Object.assign(this, bigger);
    this.n = n;
  }
}
