/**
 * The files that records are appended to, one after another. A record is written whole or not at all: what a full disk took of it is cut off
 * again. Another thread may write and sync; a descriptor that it still uses is closed by its last answer.
 */
import { closeSync, fsync, fsyncSync, ftruncateSync, openSync, write, writeSync } from "node:fs";
import { join } from "node:path";
import { SEGMENT_MAGIC } from "./segment.ts";

interface Opened {
  readonly fd: number;
  /** What another thread has under way. */
  uses: number;
  ended: boolean;
}

export class SegmentFiles {
  private file: Opened | null = null;

  /** `number` is that of the first segment to write, `size` the good bytes it already has; a new one is begun beyond `most` bytes. */
  constructor(
    private readonly dir: string,
    private readonly most: number,
    private readonly synced: boolean,
    private number: number,
    private size: number,
  ) {}

  path(): string {
    return join(this.dir, "raw", `${String(this.number).padStart(6, "0")}.seg`);
  }

  /** @throws what the system says of a disk that does not take it. */
  put(record: Uint8Array): void {
    this.append(this.open(record.length), record);
  }

  /** Writes on another thread and answers once. Nothing else may be put before that, but for the same record after `close`. @throws as `put`. */
  putAside(record: Uint8Array, done: (error: Error | null) => void): void {
    const file = this.open(record.length);
    const { size } = this;
    file.uses++;
    const from = (at: number): void =>
      write(file.fd, record, at, record.length - at, size + at, (error, n) => {
        if (error === null && at + n < record.length) return from(at + n);
        const late = file.ended;
        this.unused(file);
        // Ended meanwhile: what was on its way was written in place.
        if (late) return;
        if (error === null) this.size = size + record.length;
        else this.cut(file);
        done(error);
      });
    from(0);
  }

  sync(): void {
    if (this.file !== null) fsyncSync(this.file.fd);
  }

  /** Syncs on another thread what was put; answers where there is something to sync, and says whether there is. */
  syncAside(done: (error: Error | null) => void): boolean {
    const { file } = this;
    if (file === null) return false;
    file.uses++;
    fsync(file.fd, (error) => {
      this.unused(file);
      done(error);
    });
    return true;
  }

  close(): void {
    const { file } = this;
    this.file = null;
    if (file === null) return;
    file.ended = true;
    if (file.uses === 0) closeSync(file.fd);
  }

  private unused(file: Opened): void {
    file.uses--;
    if (file.ended && file.uses === 0) closeSync(file.fd);
  }

  /** The segment that has room for so many bytes more. */
  private open(next: number): Opened {
    if (this.file !== null && this.size + next > this.most && this.size > SEGMENT_MAGIC.length) {
      if (this.synced) this.sync();
      this.close();
      this.number++;
      this.size = 0;
    }
    if (this.file !== null) return this.file;
    this.file = { fd: openSync(this.path(), this.size === 0 ? "w" : "r+"), uses: 0, ended: false };
    if (this.size === 0) this.append(this.file, SEGMENT_MAGIC);
    return this.file;
  }

  private append(file: Opened, bytes: Uint8Array): void {
    let done = 0;
    try {
      while (done < bytes.length)
        done += writeSync(file.fd, bytes, done, bytes.length - done, this.size + done);
    } catch (e) {
      if (done > 0) ftruncateSync(file.fd, this.size);
      throw e;
    }
    this.size += bytes.length;
  }

  private cut(file: Opened): void {
    try {
      ftruncateSync(file.fd, this.size);
    } catch {
      // It is written over with the next record.
    }
  }
}
