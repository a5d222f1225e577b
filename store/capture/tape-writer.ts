/** Writes `tape/`: blocks as they fill, then the index and the instruments. */
import { closeSync, fsyncSync, mkdirSync, openSync, write, writeSync } from "node:fs";
import { join } from "node:path";
import {
  type EventColumns,
  eventColumns,
  type Instrument,
  Kind,
  type Micros,
  type ObjectEvent,
} from "../../engines/market/index.ts";
import { fileError } from "./errors.ts";
import { writeWhole } from "./manifest.ts";
import { copyRows } from "./rows.ts";
import {
  BLOCK_ROWS,
  type BlockInfo,
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

export class TapeWriter {
  private readonly dir: string;
  private readonly fd: number;
  private readonly block: EventColumns;
  private objects: ObjectEvent[] = [];
  private readonly instruments: Instrument[] = [];
  private readonly blocks: BlockInfo[] = [];
  private readonly perKind = new Float64Array(256);
  private offset = TAPE_MAGIC.length;
  private seq = 0;
  /** Blocks that another thread is writing, by their place in the file. */
  private readonly waiting = new Map<number, Buffer>();
  /** Buffers of blocks that are written, to be filled again. */
  private readonly spare: Buffer[] = [];
  private failure: Error | null = null;
  private ended = false;

  /** `aside`: blocks are written by the runtime's own threads. */
  constructor(
    dir: string,
    blockRows = BLOCK_ROWS,
    private readonly aside = false,
  ) {
    this.dir = dir;
    const path = join(dir, TAPE_FILES.data);
    try {
      mkdirSync(join(dir, "tape"), { recursive: true });
      this.fd = openSync(path, "w");
      writeSync(this.fd, TAPE_MAGIC);
    } catch (e) {
      throw fileError(e, path);
    }
    this.block = eventColumns(blockRows);
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
      copyRows(cols, from, from + take, block, block.n);
      for (let i = block.n; i < block.n + take; i++) {
        const kind = block.kind[i] ?? 0;
        this.perKind[kind] = (this.perKind[kind] ?? 0) + 1;
        if (kind !== Kind.object) continue;
        const object = cols.objects[block.ref[i] ?? -1];
        if (object === undefined) throw new Error("an object row points at no object");
        if (object.kind === "instrument") this.instruments[object.slot] ??= object.instrument;
        block.ref[i] = this.objects.push(object) - 1;
      }
      block.n += take;
      from += take;
      if (block.n === block.kind.length) this.flush();
    }
  }

  private flush(): void {
    const cols = { ...this.block, objects: this.objects, seq0: this.seq };
    if (cols.n === 0) return;
    const { bytes, objectsBytes, crc } = packBlock(cols, this.instruments, this.spare.pop());
    try {
      if (this.failure !== null) throw this.failure;
      if (!this.aside) {
        this.put(bytes, this.offset);
        this.spare.push(bytes);
      } else if (this.waiting.size < MOST_WAITING) this.putAside(bytes, this.offset);
      else throw new Error("the disk is too slow for the tape");
    } catch (e) {
      throw fileError(e, join(this.dir, TAPE_FILES.data));
    }
    this.blocks.push({
      offset: this.offset,
      rows: cols.n,
      seq0: this.seq,
      firstUs: cols.recvUs[0] ?? 0,
      lastUs: cols.recvUs[cols.n - 1] ?? 0,
      objectsBytes,
      crc,
    });
    this.offset += bytes.length;
    this.seq += cols.n;
    this.block.n = 0;
    this.objects = [];
  }

  private put(bytes: Buffer, offset: number): void {
    for (let done = 0; done < bytes.length; )
      done += writeSync(this.fd, bytes, done, bytes.length - done, offset + done);
  }

  private putAside(bytes: Buffer, offset: number): void {
    this.waiting.set(offset, bytes);
    const from = (done: number): void =>
      write(this.fd, bytes, done, bytes.length - done, offset + done, (error, n) => {
        if (error === null && done + n < bytes.length) return from(done + n);
        this.failure ??= error;
        this.waiting.delete(offset);
        this.spare.push(bytes);
        if (this.ended && this.waiting.size === 0) closeSync(this.fd);
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
    if (this.waiting.size === 0) closeSync(this.fd);
  }

  /** Writes what is left, the index and the instruments, and closes the tape. */
  finish(): TapeSummary {
    try {
      this.flush();
      try {
        // What is still on its way is written here: the same bytes at the same place.
        for (const [offset, bytes] of this.waiting) this.put(bytes, offset);
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
