/** Sums bytes on another thread and answers once, with null where it could not. They lie in shared memory and stay as they are. */
export type Sum = (bytes: Buffer, done: (crc: number | null) => void) => void;

/** Memory that another thread may read without a copy. */
export const sharedBuffer = (bytes: number): Buffer => Buffer.from(new SharedArrayBuffer(bytes));

/**
 * Copies bytes as they lie. `set` and `copy` move into shared memory a word at a time, so that a reader on another thread never sees half a
 * word, and take three times as long; nobody reads these bytes before they are handed over whole, and to fill with bytes is to move them plainly.
 */
export function moveBytes(to: Buffer, at: number, bytes: Uint8Array): void {
  if (bytes.length > 0) to.fill(bytes, at, at + bytes.length);
}
