/**
 * Appends raw frames to segments. Nothing here throws on a bad disk: a failed write keeps its frames in memory, up to a bound,
 * and is tried again with the next one; what is on disk is never left torn, since a partial record is cut off again.
 */
import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { CaptureError, fileError } from "./errors.ts";
import { packFrames, type RawFrame } from "./frames-codec.ts";
import { Compression, packRecord, RecordKind, SEGMENT_MAGIC } from "./segment.ts";

export interface RawWriterOptions {
  /** Frames are packed to one record when they reach this many bytes, or at `flush`. */
  readonly blockBytes: number;
  /** A new segment is begun beyond this size. */
  readonly segmentBytes: number;
  /** Bound on frames held while the disk cannot take them; beyond it the newest are dropped and counted. */
  readonly bufferBytes: number;
  /** `record`: after every record; `flush`: at `flush` and `close`; `never`: left to the system. */
  readonly fsync: "record" | "flush" | "never";
}

export const RAW_DEFAULTS: RawWriterOptions = {
  blockBytes: 64 * 1024,
  segmentBytes: 256 * 1024 * 1024,
  bufferBytes: 64 * 1024 * 1024,
  fsync: "flush",
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
  private readonly dir: string;
  private readonly options: RawWriterOptions;
  private segment: number;
  private fd = -1;
  private size = 0;
  private pending: RawFrame[] = [];
  private pendingBytes = 0;
  /** While the disk fails, an attempt is made only when this many more bytes wait: a full disk must not cost a write per frame. */
  private retryAt = 0;

  /** `segment` is the number of the first segment to write, `size` the good bytes it already has. */
  constructor(dir: string, options: RawWriterOptions, segment = 1, size = 0) {
    this.dir = dir;
    this.options = options;
    this.segment = segment;
    this.size = size;
  }

  append(bytes: Buffer, recvUs: number, channel: string): WriteResult {
    if (this.pendingBytes + bytes.length > this.options.bufferBytes) {
      this.dropped++;
      const error = new CaptureError(
        "CAP-014",
        this.path(),
        "Free some space: frames are lost until then.",
        `${this.dropped} frames lost`,
      );
      return { ok: false, error, dropped: this.dropped };
    }
    this.pending.push({ recvUs, channel, bytes });
    this.pendingBytes += bytes.length;
    this.frames++;
    return this.pendingBytes >= Math.max(this.options.blockBytes, this.retryAt) ? this.write() : OK;
  }

  /** Writes what waits, and syncs it to the disk unless the policy is `never`. */
  flush(): WriteResult {
    const result = this.write();
    if (result.ok && this.fd >= 0 && this.options.fsync !== "never")
      return this.attempt(() => fsyncSync(this.fd));
    return result;
  }

  close(): WriteResult {
    const result = this.flush();
    if (this.fd >= 0) closeSync(this.fd);
    this.fd = -1;
    return result;
  }

  path(): string {
    return join(this.dir, "raw", `${String(this.segment).padStart(6, "0")}.seg`);
  }

  private write(): WriteResult {
    if (this.pending.length === 0) return OK;
    const result = this.attempt(() => {
      const record = packRecord(RecordKind.frames, packFrames(this.pending), Compression.deflate, 1);
      this.open(record.length);
      this.put(record);
      if (this.options.fsync === "record") fsyncSync(this.fd);
    });
    if (result.ok) {
      this.records++;
      this.pending = [];
      this.pendingBytes = 0;
      this.retryAt = 0;
    } else this.retryAt = this.pendingBytes + this.options.blockBytes;
    return result;
  }

  private attempt(step: () => void): WriteResult {
    try {
      step();
      return OK;
    } catch (e) {
      return { ok: false, error: fileError(e, this.path()), dropped: this.dropped };
    }
  }

  private open(next: number): void {
    if (this.fd >= 0 && this.size + next > this.options.segmentBytes && this.size > SEGMENT_MAGIC.length) {
      if (this.options.fsync !== "never") fsyncSync(this.fd);
      closeSync(this.fd);
      this.fd = -1;
      this.segment++;
      this.size = 0;
    }
    if (this.fd >= 0) return;
    this.fd = openSync(this.path(), this.size === 0 ? "w" : "r+");
    if (this.size === 0) this.put(SEGMENT_MAGIC);
  }

  /** Writes all of `bytes` at the end, or none of it. */
  private put(bytes: Buffer): void {
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
