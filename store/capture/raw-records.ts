/**
 * Makes records of bodies of frames: compressed, or plain where the thread that compresses is behind; in place, or by another thread. A body's
 * memory is filled again once nobody reads it.
 */
import { crc32, deflateRaw, deflateRawSync } from "node:zlib";
import type { FramePacker } from "./frames-codec.ts";
import { Compression, checkRecord, frameRecord, headRecord, RecordKind } from "./segment.ts";
import type { Sum } from "./shared-memory.ts";

/**
 * Makes the record of a body on another thread and answers once, with null where it could not. The body lies in shared memory and stays as it
 * is until then.
 */
export type Compress = (body: Buffer, done: (record: Uint8Array | null) => void) => void;

/** A record on its way to the disk. */
export interface Sealed {
  readonly body: Buffer;
  /** Of the frames in it. */
  readonly bytes: number;
  /** What is to be written, once it is made. */
  record: Uint8Array | null;
  /** Another thread reads the body. */
  aside: boolean;
  /** The record is the body itself, with its head before it. */
  inPlace: boolean;
  written: boolean;
  /** The body was given back. */
  free: boolean;
}

export interface RecordMakerOptions {
  readonly compress: Compress | null;
  readonly sum: Sum | null;
  /** A record that another thread made is there. */
  readonly made: () => void;
}

/**
 * Bodies that may be with another thread at once. Each keeps a buffer of a block however little is in it, so their number is bounded and not
 * only their bytes: where that thread is behind, frames gather into the next body, and a full one is kept as it is.
 */
const MOST_ASIDE = 4;
/** The same with those that are only summed. */
const MOST_SUMMED_ASIDE = 20;
/** Deflate's fastest: it must keep up with a burst. */
const LEVEL = 1;
/** Room for all of the result of a usual body, so that compressing it is one call. */
const LEAST_CHUNK = 16 * 1024;

const recordOf = (packed: Uint8Array): Buffer => frameRecord(RecordKind.frames, Compression.deflate, packed);

/** The record of a body, compressed. */
export const compressedRecord = (body: Uint8Array): Buffer =>
  recordOf(deflateRawSync(body, { level: LEVEL }));

/** By the runtime's own threads. */
const compressInPool: Compress = (body, done) =>
  deflateRaw(body, { level: LEVEL, chunkSize: Math.max(LEAST_CHUNK, body.length) }, (error, packed) =>
    done(error === null ? recordOf(packed) : null),
  );

/** A body that leaves most of its buffer empty: copied, what waits for the disk takes no more than twice its bytes. */
const isSmall = (body: Buffer): boolean => 2 * body.length < body.buffer.byteLength;

export class RecordMaker {
  private aside = 0;

  constructor(
    private readonly packer: FramePacker,
    private readonly options: RecordMakerOptions,
  ) {}

  /** The thread that compresses has all that it may have. */
  get behind(): boolean {
    return this.aside >= MOST_ASIDE;
  }

  /** What was gathered, without its record. */
  take(): Sealed {
    const { bytes } = this.packer;
    const body = this.packer.take();
    return { bytes, body, record: null, aside: false, inPlace: false, written: false, free: false };
  }

  compressed(block: Sealed): void {
    block.record = compressedRecord(block.body);
    this.release(block);
  }

  compressAside(block: Sealed): void {
    const compress = this.options.compress ?? compressInPool;
    this.lend(block, (done) =>
      compress(block.body, (record) => done(record ?? compressedRecord(block.body))),
    );
  }

  plain(block: Sealed): void {
    if (isSmall(block.body)) block.record = frameRecord(RecordKind.frames, Compression.none, block.body);
    else {
      const { record, payload } = this.inPlace(block);
      checkRecord(record, crc32(payload));
      block.record = record;
    }
    this.release(block);
  }

  plainAside(block: Sealed): void {
    const { body } = block;
    const { sum } = this.options;
    const shared = body.buffer instanceof SharedArrayBuffer;
    if (sum === null || !shared || isSmall(body) || this.aside >= MOST_SUMMED_ASIDE) return this.plain(block);
    const { record, payload } = this.inPlace(block);
    this.lend(block, (done) =>
      sum(payload, (crc) => {
        checkRecord(record, crc ?? crc32(payload));
        done(record);
      }),
    );
  }

  written(block: Sealed): void {
    block.written = true;
    this.release(block);
  }

  private inPlace(block: Sealed): { record: Buffer; payload: Buffer } {
    const record = this.packer.recordOf(block.body);
    block.inPlace = true;
    return { record, payload: headRecord(record, RecordKind.frames, Compression.none) };
  }

  private lend(block: Sealed, make: (done: (record: Uint8Array) => void) => void): void {
    this.aside++;
    block.aside = true;
    make((record) => {
      this.aside--;
      block.aside = false;
      // Written meanwhile, since the recording ended or could not wait.
      const late = block.record !== null;
      block.record ??= record;
      this.release(block);
      if (!late) this.options.made();
    });
  }

  private release(block: Sealed): void {
    if (block.free || block.aside || (block.inPlace && !block.written)) return;
    block.free = true;
    this.packer.giveBack(block.body);
  }
}
