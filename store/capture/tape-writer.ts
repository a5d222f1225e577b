/** Writes `tape/`: blocks as they fill, then the index and the instruments. */
import { closeSync, fsyncSync, mkdirSync, openSync, write, writeSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import {
  type EventColumns,
  type Instrument,
  Kind,
  type Micros,
  type ObjectEvent,
} from "../../engines/market/index.ts";
import { fileError } from "./errors.ts";
import { writeWhole } from "./manifest.ts";
import { ObjectsText } from "./objects-text.ts";
import { type Sum, sharedBuffer } from "./shared-memory.ts";
import {
  BLOCK_ROWS,
  type BlockInfo,
  closeBlock,
  columnsBytes,
  moveRows,
  openBlock,
  packBlock,
  TAPE_MAGIC,
  TAPE_SCHEMA,
  type TapeIndex,
} from "./tape-format.ts";

export const TAPE_FILES = {
  data: "tape/tape.bin",
  index: "tape/index.json",
  instruments: "tape/instruments.json",
} as const;

export interface TapeSummary {
  readonly rows: number;
  readonly instruments: number;
  readonly kinds: Record<string, number>;
  readonly firstUs: Micros | null;
  readonly lastUs: Micros | null;
}

/** Blocks that may be on their way to the disk at once; a disk slower than that costs the tape, never the desk. */
const MOST_WAITING = 8;
/** Blocks on their way up to which another thread is asked to sum the next. */
const MOST_SUMMING = 4;
/** Room after the columns for the objects of a usual block. */
const OBJECTS_ROOM = 64 * 1024;

export interface TapeWriterOptions {
  readonly blockRows?: number;
  /** Blocks are written by the runtime's own threads. */
  readonly aside?: boolean;
  readonly sum?: Sum | null;
}

/** A block on its way: until it is both written and summed its memory stays as it is. */
interface Waiting {
  readonly bytes: Buffer;
  readonly room: Buffer;
  readonly info: BlockInfo;
  written: boolean;
  summed: boolean;
}

export class TapeWriter {
  private readonly dir: string;
  private readonly fd: number;
  private readonly blockRows: number;
  private readonly aside: boolean;
  private readonly sum: Sum | null;
  private room: Buffer;
  private block: EventColumns;
  private objects = new ObjectsText();
  private readonly instruments: Instrument[] = [];
  private readonly blocks: BlockInfo[] = [];
  private readonly perKind = new Float64Array(256);
  private offset = TAPE_MAGIC.length;
  private seq = 0;
  private readonly waiting = new Set<Waiting>();
  /** Writes that another thread has under way. */
  private writes = 0;
  /** Memory of blocks that are done with, to be filled again. */
  private readonly spare: Buffer[] = [];
  private failure: Error | null = null;
  private ended = false;

  constructor(dir: string, { blockRows = BLOCK_ROWS, aside = false, sum = null }: TapeWriterOptions = {}) {
    this.dir = dir;
    this.blockRows = blockRows;
    this.aside = aside;
    this.sum = sum;
    const path = join(dir, TAPE_FILES.data);
    try {
      mkdirSync(join(dir, "tape"), { recursive: true });
      this.fd = openSync(path, "w");
      writeSync(this.fd, TAPE_MAGIC);
    } catch (e) {
      throw fileError(e, path);
    }
    this.room = this.freshRoom();
    this.block = openBlock(this.room, blockRows);
  }

  private readonly allocate = (bytes: number): Buffer =>
    this.sum === null ? Buffer.alloc(bytes) : sharedBuffer(bytes);

  private freshRoom(): Buffer {
    return this.spare.pop() ?? this.allocate(columnsBytes(this.blockRows) + OBJECTS_ROOM);
  }

  get rows(): number {
    return this.seq + this.block.n;
  }

  /** Appends rows in order of receive time; their `seq0` is ignored, the tape numbers them itself. */
  append(cols: EventColumns): void {
    let from = 0;
    while (from < cols.n) {
      const block = this.block;
      const take = Math.min(cols.n - from, block.kind.length - block.n);
      moveRows(cols, from, from + take, this.room, block, block.n);
      this.takeObjects(cols, block.n, block.n + take);
      block.n += take;
      from += take;
      if (block.n === block.kind.length) this.flush();
    }
  }

  /** The objects that rows `from..to` of the block point at are written down, and the rows point at their places in the block. */
  private takeObjects(cols: EventColumns, from: number, to: number): void {
    const { kind, ref } = this.block;
    const taken: ObjectEvent[] = [];
    for (let i = from; i < to; i++) {
      if (kind[i] !== Kind.object) continue;
      const object = cols.objects[ref[i] ?? -1];
      if (object === undefined) throw new Error("an object row points at no object");
      if (object.kind === "instrument") this.instruments[object.slot] ??= object.instrument;
      ref[i] = this.objects.count + taken.push(object) - 1;
    }
    this.objects.add(taken, this.instruments);
  }

  private flush(): void {
    const { block, objects } = this;
    if (block.n === 0) return;
    for (let i = 0; i < block.n; i++) {
      const kind = block.kind[i] as number;
      this.perKind[kind] = (this.perKind[kind] as number) + 1;
    }
    const full = block.n === this.blockRows;
    const closed = full
      ? closeBlock(this.room, block.n, objects, this.allocate)
      : { bytes: packBlock(block, objects), room: this.room };
    const { bytes, room } = closed;
    const info: BlockInfo = {
      offset: this.offset,
      rows: block.n,
      seq0: this.seq,
      firstUs: block.recvUs[0] ?? 0,
      lastUs: block.recvUs[block.n - 1] ?? 0,
      objectsBytes: objects.bytes,
      crc: 0,
    };
    this.blocks.push(info);
    try {
      if (this.failure !== null) throw this.failure;
      this.send({ bytes, room, info, written: false, summed: false });
    } catch (e) {
      throw fileError(e, join(this.dir, TAPE_FILES.data));
    }
    this.offset += bytes.length;
    this.seq += info.rows;
    this.room = this.freshRoom();
    this.block = openBlock(this.room, this.blockRows);
    this.objects = new ObjectsText();
  }

  private send(next: Waiting): void {
    if (this.waiting.size >= MOST_WAITING) throw new Error("the disk is too slow for the tape");
    const shared = next.bytes.buffer instanceof SharedArrayBuffer;
    const asks = this.sum !== null && shared && this.waiting.size < MOST_SUMMING;
    this.waiting.add(next);
    if (asks) this.sum?.(next.bytes, (crc) => this.summed(next, crc));
    else this.summed(next, null);
    if (this.aside) return this.putAside(next);
    this.put(next.bytes, next.info.offset);
    next.written = true;
    this.release(next);
  }

  private summed(one: Waiting, crc: number | null): void {
    // Ended meanwhile: it was summed here.
    if (one.summed) return;
    one.info.crc = crc ?? crc32(one.bytes);
    one.summed = true;
    this.release(one);
  }

  private release(one: Waiting): void {
    if (one.written && one.summed && this.waiting.delete(one)) this.spare.push(one.room);
  }

  private put(bytes: Buffer, offset: number): void {
    for (let done = 0; done < bytes.length; )
      done += writeSync(this.fd, bytes, done, bytes.length - done, offset + done);
  }

  private putAside(one: Waiting): void {
    const { bytes } = one;
    this.writes++;
    const from = (done: number): void =>
      write(this.fd, bytes, done, bytes.length - done, one.info.offset + done, (error, n) => {
        if (error === null && done + n < bytes.length) return from(done + n);
        this.writes--;
        this.failure ??= error;
        one.written = true;
        this.release(one);
        if (this.ended && this.writes === 0) closeSync(this.fd);
      });
    from(0);
  }

  /** Closes the file without an index: what was written is no tape. */
  abandon(): void {
    this.close();
  }

  /** A descriptor that another thread still writes to is closed by that thread's last answer. */
  private close(): void {
    this.ended = true;
    if (this.writes === 0) closeSync(this.fd);
  }

  /** Writes what is left, the index and the instruments, and closes the tape. */
  finish(): TapeSummary {
    try {
      this.flush();
      try {
        // What is still on its way is written here, the same bytes at the same place, and summed.
        for (const one of [...this.waiting]) {
          if (!one.written) this.put(one.bytes, one.info.offset);
          this.summed(one, null);
        }
        fsyncSync(this.fd);
      } catch (e) {
        throw fileError(e, join(this.dir, TAPE_FILES.data));
      }
    } finally {
      this.close();
    }
    const index: TapeIndex = { schema: TAPE_SCHEMA, rows: this.seq, blocks: this.blocks };
    writeWhole(join(this.dir, TAPE_FILES.index), `${JSON.stringify(index)}\n`);
    const lines = this.instruments.map((i) => JSON.stringify(i));
    writeWhole(join(this.dir, TAPE_FILES.instruments), `[\n${lines.join(",\n")}\n]\n`);
    return {
      rows: this.seq,
      instruments: this.instruments.length,
      kinds: this.kinds(),
      firstUs: (this.blocks[0]?.firstUs ?? null) as Micros | null,
      lastUs: (this.blocks.at(-1)?.lastUs ?? null) as Micros | null,
    };
  }

  private kinds(): Record<string, number> {
    const names = new Map<number, string>(Object.entries(Kind).map(([name, k]) => [k, name]));
    const out: Record<string, number> = {};
    this.perKind.forEach((n, k) => {
      if (n > 0) out[names.get(k) ?? `kind${k}`] = n;
    });
    return out;
  }
}
