import { MarketError } from "./errors.ts";
import type { TradingStatus } from "./events.ts";

/** The memory of the book: columns indexed by slot, shared between threads. */

/** Float64 columns in the order they lie in memory. NaN is unknown. A price of 0 is an explicit "no bid" / "no offer". */
export const BOOK_FIELDS = [
  "bid",
  "bidSize",
  "ask",
  "askSize",
  "last",
  "lastSize",
  /** Event time of the last print where known, else its receive time; end of a bar. */
  "lastUs",
  "volume",
  "notional",
  /** Receive time of the last change of a side, and of the last proof that the quote still stands. */
  "quoteUs",
  "confirmUs",
  "openInterest",
  /** Last two-sided valid mid of an option, with the underlying's price and the time it was seen: where a vol can be taken from. */
  "validMid",
  "validSpot",
  "validUs",
  /** Newest trusted event time of an applied quote and of an applied print: what "out of order" is judged against. */
  "quoteEventUs",
  "tradeEventUs",
] as const;
export type BookField = (typeof BOOK_FIELDS)[number];

/** Byte columns in the order they lie in `BookShared.bytes`. */
export const BOOK_BYTES = ["quoteQuality", "lastQuality", "status"] as const;
export type BookByte = (typeof BOOK_BYTES)[number];

/** Codes of the status column. */
export const STATUS_CODES: readonly TradingStatus[] = ["open", "halted", "luldPause", "auction", "closed"];

/** One counter for each rule, in the order of the counters column. What each means stands at the class in book.ts. */
export const BOOK_COUNTERS = [
  "unknownSlot",
  "overflow",
  "badTime",
  "futureStamp",
  "quoteOutOfOrder",
  "tradeOutOfOrder",
  "repeatedQuote",
  "repeatedTrade",
  "crossed",
  "locked",
  "oneSided",
  "noBid",
  "noAsk",
  "emptyQuote",
  "zeroPrice",
  "zeroSize",
  "negative",
  "nonFinite",
  "badSize",
  "badBar",
  "suspicious",
  "unknownKind",
] as const;
export type BookCounter = (typeof BOOK_COUNTERS)[number];

/** An event stamped later than its receipt by more than this is not believed (clock of host or vendor is off). */
export const MAX_FUTURE_STAMP_US = 5_000_000;

/** What crosses the thread border: one SharedArrayBuffer each. */
export interface BookShared {
  readonly capacity: number;
  readonly doubles: SharedArrayBuffer;
  /** Seqlock version of each slot: odd while being written. */
  readonly versions: SharedArrayBuffer;
  /** Byte columns, see BOOK_BYTES. */
  readonly bytes: SharedArrayBuffer;
  /** [0] epoch (changes on a jump, odd while one is under way), [1] slots in use. */
  readonly header: SharedArrayBuffer;
}

/** Everything a checkpoint needs to bring a book back, bit for bit. Plain memory, safe to keep or send. */
export interface BookSnapshot {
  readonly used: number;
  /** BOOK_FIELDS columns of `used` rows each, one after the other. */
  readonly doubles: Float64Array;
  readonly bytes: Uint8Array;
  readonly underlying: Int32Array;
  readonly opened: Uint8Array;
  readonly counters: Float64Array;
}

/** Shared memory for a book of `capacity` slots. Domain: 1..1,000,000. */
export function allocateBook(capacity: number): BookShared {
  if (!Number.isInteger(capacity) || capacity < 1 || capacity > 1_000_000) {
    throw new MarketError("MKT-003", `a book of ${capacity} slots, needs 1 to 1,000,000`);
  }
  return {
    capacity,
    doubles: new SharedArrayBuffer(capacity * BOOK_FIELDS.length * 8),
    versions: new SharedArrayBuffer(capacity * 4),
    bytes: new SharedArrayBuffer(capacity * BOOK_BYTES.length),
    header: new SharedArrayBuffer(8),
  };
}

/** The column of one field within the shared doubles. */
export function doubleColumn(doubles: Float64Array, capacity: number, field: BookField): Float64Array {
  const f = BOOK_FIELDS.indexOf(field);
  return doubles.subarray(f * capacity, (f + 1) * capacity);
}

export function byteColumn(bytes: Uint8Array, capacity: number, column: BookByte): Uint8Array {
  const f = BOOK_BYTES.indexOf(column);
  return bytes.subarray(f * capacity, (f + 1) * capacity);
}
