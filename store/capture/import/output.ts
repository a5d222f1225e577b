/** The raw segment of a session being imported. */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileError } from "../errors.ts";
import { packFrames, type RawFrame } from "../frames-codec.ts";
import { packTable, type TableHead } from "../raw-table.ts";
import { redactSecrets } from "../redact.ts";
import { Compression, packRecord, RecordKind, SEGMENT_MAGIC } from "../segment.ts";
import type { Table } from "../table-codec.ts";

const FRAMES_PER_RECORD = 20_000;

export class ImportOutput {
  records = 0;
  rows = 0;
  private readonly path: string;
  private readonly fd: number;
  private frames: RawFrame[] = [];

  constructor(dir: string) {
    this.path = join(dir, "raw/000001.seg");
    try {
      this.fd = openSync(this.path, "wx");
    } catch (e) {
      throw fileError(e, this.path);
    }
    this.write(SEGMENT_MAGIC);
  }

  table(meta: TableHead, table: Table): void {
    this.flush();
    this.rows += table.n;
    this.record(packRecord(RecordKind.table, packTable(meta, table), Compression.brotli, 5));
  }

  frame(text: string, recvUs: number, channel: string): void {
    this.rows++;
    const bytes = Buffer.from(text);
    const kept = channel.startsWith("csv.") ? bytes : redactSecrets(bytes, channel);
    if (kept === null) return;
    this.frames.push({ recvUs, channel, bytes: typeof kept === "string" ? Buffer.from(kept) : kept });
    if (this.frames.length >= FRAMES_PER_RECORD) this.flush();
  }

  close(): void {
    try {
      this.flush();
      fsyncSync(this.fd);
    } catch (e) {
      throw fileError(e, this.path);
    } finally {
      closeSync(this.fd);
    }
  }

  private flush(): void {
    if (this.frames.length === 0) return;
    this.record(packRecord(RecordKind.frames, packFrames(this.frames), Compression.deflate, 6));
    this.frames = [];
  }

  private record(bytes: Buffer): void {
    this.records++;
    this.write(bytes);
  }

  private write(bytes: Buffer): void {
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.fd, bytes, done);
    } catch (e) {
      throw fileError(e, this.path);
    }
  }
}
