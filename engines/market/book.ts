/**
 * The columnar top of book: one typed-array column per field, indexed by slot, over shared memory so that the screen's thread can
 * read what it shows without messages. One writer (the desk), many readers.
 */

/** Float64 columns in the order they lie in memory. NaN is unknown. */
export const BOOK_FIELDS = [
  "bid",
  "bidSize",
  "ask",
  "askSize",
  "last",
  "lastSize",
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
] as const;
export type BookField = (typeof BOOK_FIELDS)[number];

/** What crosses the thread border: one SharedArrayBuffer each. */
export interface BookShared {
  readonly capacity: number;
  readonly doubles: SharedArrayBuffer;
  /** Seqlock version of each slot: odd while being written. */
  readonly versions: SharedArrayBuffer;
  /** Status and quality byte of each slot. */
  readonly bytes: SharedArrayBuffer;
  /** [0] epoch (changes on a jump), [1] slots in use. */
  readonly header: SharedArrayBuffer;
}
