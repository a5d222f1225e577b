import {
  BOOK_FIELDS,
  type BookField,
  type BookShared,
  byteColumn,
  doubleColumn,
  STATUS_CODES,
} from "./book-layout.ts";
import { Quality, type TradingStatus } from "./events.ts";
import type { Slot } from "./ids.ts";

/** How often a reader tries again while the writer is at the same slot; after that the last value stands. */
const READ_TRIES = 8;

/** One slot of the book as read at one instant. Reuse one object per reader: reading allocates nothing. NaN is unknown. */
export class BookRow {
  slot = -1;
  /** Changes with every write to the slot: equal version and epoch mean nothing to repaint. */
  version = 0;
  epoch = 0;
  bid = NaN;
  bidSize = NaN;
  ask = NaN;
  askSize = NaN;
  last = NaN;
  lastSize = NaN;
  lastUs = NaN;
  volume = NaN;
  notional = NaN;
  quoteUs = NaN;
  confirmUs = NaN;
  openInterest = NaN;
  validMid = NaN;
  validSpot = NaN;
  validUs = NaN;
  quoteEventUs = NaN;
  tradeEventUs = NaN;
  quoteQuality: Quality = Quality.realtime;
  lastQuality: Quality = Quality.realtime;
  status: TradingStatus = "open";
}

/** A reader of the shared book, in any thread. Never blocks the writer, never returns a mixture of two writes. */
export class BookReader {
  readonly capacity: number;
  private readonly columns: readonly Float64Array[];
  private readonly quoteQuality: Uint8Array;
  private readonly lastQuality: Uint8Array;
  private readonly status: Uint8Array;
  private readonly versions: Int32Array;
  private readonly header: Int32Array;
  private readonly scratch = new Float64Array(BOOK_FIELDS.length);

  constructor(shared: BookShared) {
    this.capacity = shared.capacity;
    const doubles = new Float64Array(shared.doubles);
    const bytes = new Uint8Array(shared.bytes);
    this.columns = BOOK_FIELDS.map((field) => doubleColumn(doubles, shared.capacity, field));
    this.quoteQuality = byteColumn(bytes, shared.capacity, "quoteQuality");
    this.lastQuality = byteColumn(bytes, shared.capacity, "lastQuality");
    this.status = byteColumn(bytes, shared.capacity, "status");
    this.versions = new Int32Array(shared.versions);
    this.header = new Int32Array(shared.header);
  }

  /** Changes on every jump; odd while one is under way. */
  get epoch(): number {
    return Atomics.load(this.header, 0);
  }

  get used(): number {
    return Atomics.load(this.header, 1);
  }

  version(slot: Slot): number {
    return slot >= 0 && slot < this.capacity ? Atomics.load(this.versions, slot) : 0;
  }

  /** One field, for sorting and filtering many rows; single doubles are never torn. NaN for a slot outside the book. */
  value(slot: Slot, field: BookField): number {
    return this.columns[BOOK_FIELDS.indexOf(field)]?.[slot] ?? NaN;
  }

  /** Fills `row` with one consistent state of `slot`. False: outside the book or still being written after some tries, `row` is as it was. */
  read(slot: Slot, row: BookRow): boolean {
    if (!(slot >= 0 && slot < this.capacity)) return false;
    const { scratch, columns } = this;
    for (let attempt = 0; attempt < READ_TRIES; attempt++) {
      const epoch = Atomics.load(this.header, 0);
      const version = Atomics.load(this.versions, slot);
      if (((epoch | version) & 1) !== 0) continue;
      for (let f = 0; f < scratch.length; f++) scratch[f] = (columns[f] as Float64Array)[slot] as number;
      const quoteQuality = this.quoteQuality[slot] as Quality;
      const lastQuality = this.lastQuality[slot] as Quality;
      const status = this.status[slot] as number;
      if (Atomics.load(this.versions, slot) !== version || Atomics.load(this.header, 0) !== epoch) continue;
      row.slot = slot;
      row.version = version;
      row.epoch = epoch;
      fill(row, scratch);
      row.quoteQuality = quoteQuality;
      row.lastQuality = lastQuality;
      row.status = STATUS_CODES[status] ?? "open";
      return true;
    }
    return false;
  }
}

/** In the order of BOOK_FIELDS. Written out: a loop over names is five times as slow. */
function fill(row: BookRow, values: Float64Array): void {
  row.bid = values[0] as number;
  row.bidSize = values[1] as number;
  row.ask = values[2] as number;
  row.askSize = values[3] as number;
  row.last = values[4] as number;
  row.lastSize = values[5] as number;
  row.lastUs = values[6] as number;
  row.volume = values[7] as number;
  row.notional = values[8] as number;
  row.quoteUs = values[9] as number;
  row.confirmUs = values[10] as number;
  row.openInterest = values[11] as number;
  row.validMid = values[12] as number;
  row.validSpot = values[13] as number;
  row.validUs = values[14] as number;
  row.quoteEventUs = values[15] as number;
  row.tradeEventUs = values[16] as number;
}
