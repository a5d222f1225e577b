/**
 * Appends raw frames to segments. Nothing here throws on a bad disk: a failed write keeps its frames in memory, up to a bound,
 * and is tried again with the next one; what is on disk is never left torn, since a partial record is cut off again.
 *
 * Records are compressed and synced in place, or aside by the runtime's own threads; they reach the disk in the order of their frames either way.
 */
import { closeSync, fsync, fsyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { deflateRaw, deflateRawSync } from "node:zlib";
import { CaptureError, fileError } from "./errors.ts";
import { FramePacker } from "./frames-codec.ts";
import { Compression, frameRecord, RecordKind, SEGMENT_MAGIC } from "./segment.ts";

export interface RawWriterOptions {
  /** Frames are packed to one record when they reach this many bytes, or at `flush`. */
  readonly blockBytes: number;
  /** A new segment is begun beyond this size. */
  readonly segmentBytes: number;
  /** Bound on frames held while the disk cannot take them; beyond it the newest are dropped and counted. */
  readonly bufferBytes: number;
  /** `record`: after every record; `flush`: at `flush` and `close`; `never`: left to the system. */
  readonly fsync: "record" | "flush" | "never";
  /** Compresses and syncs on other threads: `flush` begins what is on disk a moment later, and `close` waits for all of it. */
  readonly aside: boolean;
  /** Who compresses aside, where it is not the runtime's own threads. */
  readonly compress: Compress | null;
}

/**
 * Makes the record of a body on another thread and answers once, with null where it could not. The body lies in shared memory and stays as it
 * is until then.
 */
export type Compress = (body: Buffer, done: (record: Uint8Array | null) => void) => void;

export const RAW_DEFAULTS: RawWriterOptions = {
  blockBytes: 64 * 1024,
  segmentBytes: 256 * 1024 * 1024,
  bufferBytes: 64 * 1024 * 1024,
  fsync: "flush",
  aside: false,
  compress: null,
};

/**
 * Bodies that may be with another thread at once. Each keeps a buffer of a block however little is in it, so their number is bounded and not
 * only their bytes: where that thread is behind, frames gather into the next body, and a full one is compressed in place.
 */
const MOST_ASIDE = 4;

/** Deflate's fastest: it must keep up with a burst. */
const LEVEL = 1;

const recordOf = (packed: Uint8Array): Buffer => frameRecord(RecordKind.frames, Compression.deflate, packed);

/** The record of a body, compressed. */
export const compressedRecord = (body: Uint8Array): Buffer =>
  recordOf(deflateRawSync(body, { level: LEVEL }));

/** By the runtime's own threads. */
const compressInPool: Compress = (body, done) =>
  deflateRaw(body, { level: LEVEL, chunkSize: chunkFor(body.length) }, (error, packed) =>
    done(error === null ? recordOf(packed) : null),
  );

/** How a write went. A failure is told once per attempt; `dropped` counts frames lost since the recording began. */
export type WriteResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: CaptureError; readonly dropped: number };
const OK: WriteResult = { ok: true };

/** A record on its way: its body, and what is to be written once it is compressed. */
interface Sealed {
  readonly body: Buffer;
  readonly bytes: number;
  record: Uint8Array | null;
}

export class RawWriter {
  records = 0;
  frames = 0;
  dropped = 0;
  private readonly dir: string;
  private readonly options: RawWriterOptions;
  private segment: number;
  private fd = -1;
  private size = 0;
  private readonly packer: FramePacker;
  private sealed: Sealed[] = [];
  /** Bodies that another thread compresses. */
  private aside = 0;
  /** Bytes of frames that are not on disk yet. */
  private waiting = 0;
  /** While the disk fails, an attempt is made only when this many more bytes wait: a full disk must not cost a write per frame. */
  private retryAt = 0;
  /** A failure on another thread, until it is told. */
  private untold: WriteResult = OK;
  private syncing = false;
  private unsynced = false;

  /** `segment` is the number of the first segment to write, `size` the good bytes it already has. */
  constructor(dir: string, options: RawWriterOptions, segment = 1, size = 0) {
    this.dir = dir;
    this.options = options;
    this.segment = segment;
    this.size = size;
    this.packer = options.compress === null ? new FramePacker() : new FramePacker(sharedBuffer);
  }

  append(bytes: Buffer, recvUs: number, channel: string): WriteResult {
    if (this.waiting + bytes.length > this.options.bufferBytes) {
      this.dropped++;
      const error = new CaptureError(
        "CAP-014",
        this.path(),
        "Free some space: frames are lost until then.",
        `${this.dropped} frames lost`,
      );
      return { ok: false, error, dropped: this.dropped };
    }
    this.packer.add(bytes, recvUs, channel);
    this.waiting += bytes.length;
    this.frames++;
    if (this.packer.bytes < this.options.blockBytes || this.waiting < this.retryAt) return OK;
    this.seal();
    return this.write();
  }

  /** Writes what waits, and syncs it to the disk unless the policy is `never`. */
  flush(): WriteResult {
    this.seal();
    const result = this.write();
    if (!result.ok || this.fd < 0 || this.options.fsync === "never") return result;
    if (!this.options.aside) return this.attempt(() => fsyncSync(this.fd));
    this.unsynced = true;
    this.syncAside();
    return result;
  }

  close(): WriteResult {
    if (this.packer.count > 0) this.sealedBlock();
    for (const block of this.sealed) block.record ??= compressedRecord(block.body);
    let result = this.write();
    if (result.ok && this.fd >= 0 && this.options.fsync !== "never")
      result = this.attempt(() => fsyncSync(this.fd));
    this.drop();
    return result;
  }

  path(): string {
    return join(this.dir, "raw", `${String(this.segment).padStart(6, "0")}.seg`);
  }

  /** What was gathered becomes a record; less than a block waits while the other thread is behind. */
  private seal(): void {
    const { packer, options } = this;
    const behind = this.aside >= MOST_ASIDE;
    if (packer.count === 0 || (behind && packer.bytes < options.blockBytes)) return;
    const block = this.sealedBlock();
    if (options.aside && !behind) this.compressAside(block);
    else this.packed(block, compressedRecord(block.body));
  }

  private sealedBlock(): Sealed {
    const { bytes } = this.packer;
    const block: Sealed = { bytes, body: this.packer.take(), record: null };
    this.sealed.push(block);
    return block;
  }

  private compressAside(block: Sealed): void {
    const compress = this.options.compress ?? compressInPool;
    this.aside++;
    compress(block.body, (record) => {
      this.aside--;
      // Closed meanwhile: it was compressed in place and is written.
      if (block.record !== null) return;
      this.packed(block, record ?? compressedRecord(block.body));
      const result = this.write();
      if (!result.ok) this.untold = result;
      this.syncAside();
    });
  }

  private packed(block: Sealed, record: Uint8Array): void {
    block.record = record;
    this.packer.giveBack(block.body);
  }

  /** Writes the records that are ready, in order. */
  private write(): WriteResult {
    const { untold } = this;
    this.untold = OK;
    for (let block = this.sealed[0]; block !== undefined && block.record !== null; block = this.sealed[0]) {
      const { record, bytes } = block;
      const result = this.attempt(() => {
        this.open(record.length);
        this.put(record);
        if (this.options.fsync === "record") fsyncSync(this.fd);
      });
      if (!result.ok) {
        this.retryAt = this.waiting + this.options.blockBytes;
        return result;
      }
      this.sealed.shift();
      this.records++;
      this.waiting -= bytes;
      this.retryAt = 0;
    }
    return untold;
  }

  private attempt(step: () => void): WriteResult {
    try {
      step();
      return OK;
    } catch (e) {
      return { ok: false, error: fileError(e, this.path()), dropped: this.dropped };
    }
  }

  /** Syncs on another thread once all that was to be flushed is written. */
  private syncAside(): void {
    if (!this.unsynced || this.syncing || this.sealed.length > 0 || this.fd < 0) return;
    const { fd } = this;
    this.unsynced = false;
    this.syncing = true;
    fsync(fd, (error) => {
      this.syncing = false;
      // Another segment began, or the writer ended: the descriptor waited for this.
      if (fd !== this.fd) closeSync(fd);
      if (error !== null) this.untold = this.failed(error);
      this.syncAside();
    });
  }

  private failed(error: Error): WriteResult {
    return { ok: false, error: fileError(error, this.path()), dropped: this.dropped };
  }

  /** Gives up the descriptor; not while another thread still uses it. */
  private drop(): void {
    if (this.fd >= 0 && !this.syncing) closeSync(this.fd);
    this.fd = -1;
  }

  private open(next: number): void {
    if (this.fd >= 0 && this.size + next > this.options.segmentBytes && this.size > SEGMENT_MAGIC.length) {
      if (this.options.fsync !== "never") fsyncSync(this.fd);
      this.drop();
      this.segment++;
      this.size = 0;
    }
    if (this.fd >= 0) return;
    this.fd = openSync(this.path(), this.size === 0 ? "w" : "r+");
    if (this.size === 0) this.put(SEGMENT_MAGIC);
  }

  /** Writes all of `bytes` at the end, or none of it. */
  private put(bytes: Uint8Array): void {
    let done = 0;
    try {
      while (done < bytes.length)
        done += writeSync(this.fd, bytes, done, bytes.length - done, this.size + done);
    } catch (e) {
      if (done > 0) ftruncateSync(this.fd, this.size);
      throw e;
    }
    this.size += bytes.length;
  }
}

/** Memory that another thread may read without a copy. */
export const sharedBuffer = (bytes: number): Buffer => Buffer.from(new SharedArrayBuffer(bytes));

/** Room for all of the result of a usual body, so that compressing it is one call. */
const chunkFor = (bytes: number): number => Math.max(16 * 1024, bytes);
