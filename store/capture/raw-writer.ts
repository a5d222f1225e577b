/**
 * Appends raw frames to segments. Nothing here throws on a bad disk: a failed write keeps its frames in memory, up to a bound,
 * and is tried again with the next one; what is on disk is never left torn, since a partial record is cut off again.
 *
 * Records are compressed, written and synced in place, or aside by other threads; they reach the disk in the order of their frames either way.
 */
import { CaptureError, fileError } from "./errors.ts";
import { FramePacker } from "./frames-codec.ts";
import { type Compress, RecordMaker, type Sealed } from "./raw-records.ts";
import { SegmentFiles } from "./segment-files.ts";
import { type Sum, sharedBuffer } from "./shared-memory.ts";

export interface RawWriterOptions {
  /** Frames are packed to one record when they reach this many bytes, or at `flush`. */
  readonly blockBytes: number;
  /** A new segment is begun beyond this size. */
  readonly segmentBytes: number;
  /** Bound on frames held while the disk cannot take them; beyond it the newest are dropped and counted. */
  readonly bufferBytes: number;
  /** `record`: after every record; `flush`: at `flush` and `close`; `never`: left to the system. */
  readonly fsync: "record" | "flush" | "never";
  /** Compresses, writes and syncs on other threads: `flush` begins what is on disk a moment later, and `close` waits for all of it. */
  readonly aside: boolean;
  /** Who compresses aside, where it is not the runtime's own threads. */
  readonly compress: Compress | null;
  /** Who sums aside what is not compressed. */
  readonly sum: Sum | null;
}

export const RAW_DEFAULTS: RawWriterOptions = {
  blockBytes: 64 * 1024,
  segmentBytes: 256 * 1024 * 1024,
  bufferBytes: 64 * 1024 * 1024,
  fsync: "flush",
  aside: false,
  compress: null,
  sum: null,
};

/** How a write went. A failure is told once per attempt; `dropped` counts frames lost since the recording began. */
export type WriteResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: CaptureError; readonly dropped: number };
const OK: WriteResult = { ok: true };

export class RawWriter {
  records = 0;
  frames = 0;
  dropped = 0;
  private readonly options: RawWriterOptions;
  private readonly files: SegmentFiles;
  private readonly packer: FramePacker;
  private readonly maker: RecordMaker;
  private sealed: Sealed[] = [];
  /** Bytes of frames that are not on disk yet. */
  private waiting = 0;
  /** While the disk fails, an attempt is made only when this many more bytes wait: a full disk must not cost a write per frame. */
  private retryAt = 0;
  /** A failure on another thread, until it is told. */
  private untold: WriteResult = OK;
  /** Another thread writes the first of the records. */
  private writing = false;
  private syncing = false;
  private unsynced = false;
  private closed = false;

  /** `segment` is the number of the first segment to write, `size` the good bytes it already has. */
  constructor(dir: string, options: RawWriterOptions, segment = 1, size = 0) {
    this.options = options;
    this.files = new SegmentFiles(dir, options.segmentBytes, options.fsync !== "never", segment, size);
    const { compress, sum } = options;
    this.packer = compress === null ? new FramePacker() : new FramePacker(sharedBuffer);
    const made = (): void => {
      const result = this.write();
      if (!result.ok) this.untold = result;
    };
    this.maker = new RecordMaker(this.packer, { compress, sum, made });
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
    if (this.waiting > this.options.bufferBytes / 2) this.hurry();
    if (this.packer.bytes < this.options.blockBytes || this.waiting < this.retryAt) return OK;
    this.seal();
    return this.write();
  }

  /** Writes what waits, and syncs it to the disk unless the policy is `never`. */
  flush(): WriteResult {
    this.seal();
    const result = this.write();
    if (!result.ok || this.options.fsync === "never") return result;
    if (!this.options.aside) return this.attempt(() => this.files.sync());
    this.unsynced = true;
    this.syncAside();
    return result;
  }

  close(): WriteResult {
    this.closed = true;
    if (this.packer.count > 0) this.sealed.push(this.maker.take());
    for (const block of this.sealed) if (block.record === null) this.maker.compressed(block);
    // What another thread is writing is written here as well, the same bytes at the same place.
    const written = this.writeInPlace();
    const result =
      written.ok && this.options.fsync !== "never" ? this.attempt(() => this.files.sync()) : written;
    this.files.close();
    return result;
  }

  path(): string {
    return this.files.path();
  }

  /** What was gathered becomes a record; less than a block waits while the other thread is behind. */
  private seal(): void {
    const { packer, options, maker } = this;
    const { behind } = maker;
    if (packer.count === 0 || (behind && packer.bytes < options.blockBytes)) return;
    const block = maker.take();
    this.sealed.push(block);
    if (!options.aside) maker.compressed(block);
    else if (!behind) maker.compressAside(block);
    // Where the other thread is behind, room on the disk is cheaper than time.
    else maker.plainAside(block);
  }

  /** What another thread has had for too long goes to the disk as it is, before frames are lost for want of room. */
  private hurry(): void {
    if (!this.options.aside || this.sealed[0]?.record !== null) return;
    for (const block of this.sealed) if (block.record === null) this.maker.plain(block);
    const result = this.write();
    if (!result.ok) this.untold = result;
  }

  /** Writes the records that are ready, in order. What fails on another thread is told by the next call. */
  private write(): WriteResult {
    const { untold } = this;
    this.untold = OK;
    const { aside, fsync } = this.options;
    if (!aside || fsync === "record") {
      const result = this.writeInPlace();
      return result.ok ? untold : result;
    }
    this.writeAside();
    return untold;
  }

  private writeInPlace(): WriteResult {
    for (let block = this.sealed[0]; block !== undefined && block.record !== null; block = this.sealed[0]) {
      const { record } = block;
      const result = this.attempt(() => {
        this.files.put(record);
        if (this.options.fsync === "record") this.files.sync();
      });
      if (!result.ok) {
        this.refused();
        return result;
      }
      this.written(block);
    }
    return OK;
  }

  private writeAside(): void {
    const block = this.sealed[0];
    if (this.writing || block === undefined || block.record === null) return;
    this.writing = true;
    try {
      this.files.putAside(block.record, (error) => this.wrote(block, error));
    } catch (e) {
      this.wrote(block, e);
    }
  }

  private wrote(block: Sealed, error: unknown): void {
    this.writing = false;
    if (error !== null) {
      this.untold = this.failed(error);
      this.refused();
      return;
    }
    this.written(block);
    this.writeAside();
    this.syncAside();
  }

  private written(block: Sealed): void {
    this.sealed.shift();
    this.records++;
    this.waiting -= block.bytes;
    this.retryAt = 0;
    this.maker.written(block);
  }

  /** The next attempt is made when a block more waits. */
  private refused(): void {
    this.retryAt = this.waiting + this.options.blockBytes;
  }

  private attempt(step: () => void): WriteResult {
    try {
      step();
      return OK;
    } catch (e) {
      return this.failed(e);
    }
  }

  private failed(error: unknown): WriteResult {
    return { ok: false, error: fileError(error, this.path()), dropped: this.dropped };
  }

  /** Syncs on another thread once all that was to be flushed is written. */
  private syncAside(): void {
    if (!this.unsynced || this.syncing || this.sealed.length > 0 || this.closed) return;
    this.unsynced = false;
    this.syncing = this.files.syncAside((error) => {
      this.syncing = false;
      if (error !== null) this.untold = this.failed(error);
      this.syncAside();
    });
  }
}
