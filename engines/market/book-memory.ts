import {
  BOOK_BYTES,
  BOOK_COUNTERS,
  BOOK_FIELDS,
  type BookCounter,
  type BookField,
  type BookShared,
  type BookSnapshot,
  byteColumn,
  doubleColumn,
  STATUS_CODES,
} from "./book-layout.ts";
import { MarketError } from "./errors.ts";
import type { TradingStatus } from "./events.ts";
import type { Slot } from "./ids.ts";

/** The writer's side of the book's memory: columns, versions, checkpoints and the bytes that are hashed. Rules stand in book.ts. */
export abstract class BookMemory {
  readonly shared: BookShared;
  readonly capacity: number;
  /** Moved by the rules above; names in BOOK_COUNTERS. */
  readonly counters = new Float64Array(BOOK_COUNTERS.length);

  readonly bid: Float64Array;
  readonly bidSize: Float64Array;
  readonly ask: Float64Array;
  readonly askSize: Float64Array;
  readonly last: Float64Array;
  readonly lastSize: Float64Array;
  readonly lastUs: Float64Array;
  readonly volume: Float64Array;
  readonly notional: Float64Array;
  readonly quoteUs: Float64Array;
  readonly confirmUs: Float64Array;
  readonly openInterest: Float64Array;
  readonly validMid: Float64Array;
  readonly validSpot: Float64Array;
  readonly validUs: Float64Array;
  readonly quoteQuality: Uint8Array;
  readonly lastQuality: Uint8Array;

  protected readonly quoteEventUs: Float64Array;
  protected readonly tradeEventUs: Float64Array;
  protected readonly doubles: Float64Array;
  protected readonly bytes: Uint8Array;
  protected readonly statusCode: Uint8Array;
  protected readonly versions: Int32Array;
  protected readonly header: Int32Array;
  /** Slot of the underlying, -1 none. */
  protected readonly underlying: Int32Array;
  protected readonly opened: Uint8Array;

  constructor(shared: BookShared) {
    this.shared = shared;
    this.capacity = shared.capacity;
    this.doubles = new Float64Array(shared.doubles);
    this.bytes = new Uint8Array(shared.bytes);
    this.versions = new Int32Array(shared.versions);
    this.header = new Int32Array(shared.header);
    this.underlying = new Int32Array(shared.capacity).fill(-1);
    this.opened = new Uint8Array(shared.capacity);
    const column = (field: BookField): Float64Array => doubleColumn(this.doubles, shared.capacity, field);
    this.bid = column("bid");
    this.bidSize = column("bidSize");
    this.ask = column("ask");
    this.askSize = column("askSize");
    this.last = column("last");
    this.lastSize = column("lastSize");
    this.lastUs = column("lastUs");
    this.volume = column("volume");
    this.notional = column("notional");
    this.quoteUs = column("quoteUs");
    this.confirmUs = column("confirmUs");
    this.openInterest = column("openInterest");
    this.validMid = column("validMid");
    this.validSpot = column("validSpot");
    this.validUs = column("validUs");
    this.quoteEventUs = column("quoteEventUs");
    this.tradeEventUs = column("tradeEventUs");
    this.quoteQuality = byteColumn(this.bytes, shared.capacity, "quoteQuality");
    this.lastQuality = byteColumn(this.bytes, shared.capacity, "lastQuality");
    this.statusCode = byteColumn(this.bytes, shared.capacity, "status");
    this.clear();
  }

  /** Slots in use: one more than the highest opened. */
  get used(): number {
    return this.header[1] as number;
  }

  /** Forgets every slot and counter. A jump for the readers. */
  clear(): void {
    this.jump(() => {
      this.doubles.fill(NaN);
      this.volume.fill(0);
      this.notional.fill(0);
      this.bytes.fill(0);
      this.underlying.fill(-1);
      this.opened.fill(0);
      this.counters.fill(0);
      this.header[1] = 0;
    });
  }

  status(slot: Slot): TradingStatus {
    return STATUS_CODES[this.statusCode[slot] ?? 0] ?? "open";
  }

  /** Spot seen now: two-sided valid mid, else last, else NaN. */
  spot(slot: number): number {
    const bid = this.bid[slot] as number;
    const ask = this.ask[slot] as number;
    return bid > 0 && ask >= bid ? (bid + ask) / 2 : (this.last[slot] as number);
  }

  /** Counters that moved, by name. */
  counts(): { name: BookCounter; value: number }[] {
    return BOOK_COUNTERS.map((name, i) => ({ name, value: this.counters[i] as number })).filter(
      (c) => c.value > 0,
    );
  }

  snapshot(): BookSnapshot {
    const used = this.used;
    const doubles = new Float64Array(used * BOOK_FIELDS.length);
    BOOK_FIELDS.forEach((_, f) => {
      doubles.set(this.doubles.subarray(f * this.capacity, f * this.capacity + used), f * used);
    });
    const bytes = new Uint8Array(used * BOOK_BYTES.length);
    BOOK_BYTES.forEach((_, f) => {
      bytes.set(this.bytes.subarray(f * this.capacity, f * this.capacity + used), f * used);
    });
    return {
      used,
      doubles,
      bytes,
      underlying: this.underlying.slice(0, used),
      opened: this.opened.slice(0, used),
      counters: this.counters.slice(),
    };
  }

  /** Brings a snapshot back; readers see a jump, never a mixture. Errors: MKT-009 where it does not fit this book. */
  restore(from: BookSnapshot): void {
    const { used } = from;
    const fits =
      used >= 0 &&
      used <= this.capacity &&
      from.doubles.length === used * BOOK_FIELDS.length &&
      from.bytes.length === used * BOOK_BYTES.length &&
      from.underlying.length === used &&
      from.opened.length === used &&
      from.counters.length === BOOK_COUNTERS.length;
    if (!fits) throw new MarketError("MKT-009", `a book snapshot of ${used} slots does not fit this book`);
    this.clear();
    this.jump(() => {
      BOOK_FIELDS.forEach((_, f) => {
        this.doubles.set(from.doubles.subarray(f * used, (f + 1) * used), f * this.capacity);
      });
      BOOK_BYTES.forEach((_, f) => {
        this.bytes.set(from.bytes.subarray(f * used, (f + 1) * used), f * this.capacity);
      });
      this.underlying.set(from.underlying);
      this.opened.set(from.opened);
      this.counters.set(from.counters);
      this.header[1] = used;
    });
  }

  /** Bytes {@link canonicalBytes} needs now. */
  get canonicalLength(): number {
    const { used } = this;
    return 8 * (1 + used * BOOK_FIELDS.length + BOOK_COUNTERS.length) + used * (BOOK_BYTES.length + 5);
  }

  /**
   * The whole state as bytes for hashing: slots in use, columns, counters, byte columns, underlyings. Every NaN has the same bits
   * (an engine may write others once code is compiled); little-endian hosts only, as all that Node runs on.
   */
  canonicalBytes(into?: Uint8Array): Uint8Array {
    const { used } = this;
    const length = this.canonicalLength;
    const out =
      into !== undefined && into.byteLength >= length && into.byteOffset % 8 === 0
        ? into
        : new Uint8Array(length);
    const doubleCount = 1 + used * BOOK_FIELDS.length + BOOK_COUNTERS.length;
    const doubles = new Float64Array(out.buffer, out.byteOffset, doubleCount);
    const halves = new Uint32Array(out.buffer, out.byteOffset, doubleCount * 2);
    doubles[0] = used;
    for (let f = 0; f < BOOK_FIELDS.length; f++) {
      doubles.set(this.doubles.subarray(f * this.capacity, f * this.capacity + used), 1 + f * used);
    }
    doubles.set(this.counters, doubleCount - BOOK_COUNTERS.length);
    for (let k = 0; k < doubleCount; k++) {
      const value = doubles[k] as number;
      if (value !== value) {
        halves[2 * k] = 0;
        halves[2 * k + 1] = 0x7ff80000;
      }
    }
    let at = doubleCount * 8;
    for (let f = 0; f < BOOK_BYTES.length; f++, at += used) {
      out.set(this.bytes.subarray(f * this.capacity, f * this.capacity + used), at);
    }
    out.set(this.opened.subarray(0, used), at);
    at += used;
    for (let s = 0; s < used; s++, at += 4) {
      const u = this.underlying[s] as number;
      out[at] = u & 0xff;
      out[at + 1] = (u >>> 8) & 0xff;
      out[at + 2] = (u >>> 16) & 0xff;
      out[at + 3] = u >>> 24;
    }
    return out.subarray(0, length);
  }

  protected count(which: number): void {
    this.counters[which] = (this.counters[which] as number) + 1;
  }

  protected write(slot: number, change: () => void): void {
    const version = this.versions[slot] as number;
    Atomics.add(this.versions, slot, 1);
    change();
    Atomics.store(this.versions, slot, version + 2);
  }

  protected jump(change: () => void): void {
    const epoch = this.header[0] as number;
    Atomics.store(this.header, 0, epoch + 1);
    change();
    Atomics.store(this.header, 0, epoch + 2);
  }
}
