/**
 * The tape: decoded events as they lie in memory. `tape.bin` is an 8-byte magic and then blocks; a block is the eleven columns of
 * {@link EventColumns} one after another, little-endian, in falling width so that each is aligned and can be viewed in place, and
 * after them the block's objects as JSON. `index.json` says where each block lies and what time and sequence it spans.
 */
import * as z from "zod";
import type { EventColumns, ObjectEvent } from "../../engines/market/index.ts";
import type { ObjectsText } from "./objects-text.ts";
import { copyRows } from "./rows.ts";
import { moveBytes } from "./shared-memory.ts";

export const TAPE_MAGIC = Buffer.from("VDTAPE01", "latin1");
export const TAPE_SCHEMA = 1;
export const BLOCK_ROWS = 65_536;
/** Bytes of one row over all columns. */
export const ROW_BYTES = 7 * 8 + 2 * 4 + 2 + 1;

const count = z.int().nonnegative();

export const blockInfo = z.strictObject({
  offset: count,
  rows: z.int().positive().max(BLOCK_ROWS),
  seq0: count,
  firstUs: z.number(),
  lastUs: z.number(),
  objectsBytes: count,
  crc: count,
});
export type BlockInfo = z.infer<typeof blockInfo>;

export const tapeIndex = z.strictObject({
  schema: z.literal(TAPE_SCHEMA),
  rows: count,
  blocks: z.array(blockInfo),
});
export type TapeIndex = z.infer<typeof tapeIndex>;

const pad8 = (n: number): number => Math.ceil(n / 8) * 8;
export const columnsBytes = (rows: number): number => pad8(rows * ROW_BYTES);
export const blockBytes = (b: { rows: number; objectsBytes: number }): number =>
  columnsBytes(b.rows) + pad8(b.objectsBytes);

/** Columns of `rows` rows viewed in place in `buffer` from `offset` (a multiple of 8). */
export function viewColumns(
  buffer: ArrayBufferLike,
  offset: number,
  rows: number,
  seq0: number,
  objects: readonly ObjectEvent[],
): EventColumns {
  let at = offset;
  const f64 = (): Float64Array => {
    const v = new Float64Array(buffer as ArrayBuffer, at, rows);
    at += rows * 8;
    return v;
  };
  const i32 = (): Int32Array => {
    const v = new Int32Array(buffer as ArrayBuffer, at, rows);
    at += rows * 4;
    return v;
  };
  const recvUs = f64();
  const eventUs = f64();
  const [a, b, c, d, e] = [f64(), f64(), f64(), f64(), f64()];
  const slot = i32();
  const ref = i32();
  const flags = new Uint16Array(buffer as ArrayBuffer, at, rows);
  at += rows * 2;
  const kind = new Uint8Array(buffer as ArrayBuffer, at, rows);
  return { n: rows, seq0, kind, flags, slot, ref, recvUs, eventUs, a, b, c, d, e, objects };
}

/** A block whose columns lie in `room` as they will on disk, to be filled; `room` is zeros or a block of as many rows. */
export function openBlock(room: Buffer, rows: number): EventColumns {
  const view = viewColumns(room.buffer, room.byteOffset, rows, 0, []);
  view.n = 0;
  return view;
}

const COLUMNS = ["recvUs", "eventUs", "a", "b", "c", "d", "e", "slot", "ref", "flags", "kind"] as const;

/** Copies rows `from..to` into the block that was opened in `room`, from its row `at` on. Does not touch `n`. */
export function moveRows(
  src: EventColumns,
  from: number,
  to: number,
  room: Buffer,
  block: EventColumns,
  at: number,
): void {
  for (const name of COLUMNS) {
    const [column, target] = [src[name], block[name]];
    const width = column.BYTES_PER_ELEMENT;
    const rows = new Uint8Array(column.buffer, column.byteOffset + from * width, (to - from) * width);
    moveBytes(room, target.byteOffset - room.byteOffset + at * width, rows);
  }
}

/** The bytes of a full block that was opened in `room`, in wider room from `allocate` where its objects need that. */
export function closeBlock(
  room: Buffer,
  rows: number,
  objects: ObjectsText,
  allocate: (bytes: number) => Buffer,
): { bytes: Buffer; room: Buffer } {
  const at = columnsBytes(rows);
  const size = blockBytes({ rows, objectsBytes: objects.bytes });
  let wide = room;
  if (size > room.length) {
    wide = allocate(size);
    moveBytes(wide, 0, room.subarray(0, at));
  }
  const bytes = wide.subarray(0, size);
  objects.copyTo(bytes, at);
  bytes.fill(0, at + objects.bytes);
  return { bytes, room: wide };
}

/** The bytes of a block that is not full: its columns move together. */
export function packBlock(cols: EventColumns, objects: ObjectsText): Buffer {
  const rows = cols.n;
  const bytes = Buffer.alloc(blockBytes({ rows, objectsBytes: objects.bytes }));
  copyRows(cols, 0, rows, viewColumns(bytes.buffer, bytes.byteOffset, rows, cols.seq0, []), 0);
  objects.copyTo(bytes, columnsBytes(rows));
  return bytes;
}
