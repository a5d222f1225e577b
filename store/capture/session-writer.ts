/**
 * Records a live session: raw frames as received, and the decoded rows beside them. The raw frames are the record; the tape is a
 * convenience that can be derived from them, and is given up rather than ever holding the desk.
 */
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { EventColumns } from "../../engines/market/index.ts";
import { DECODERS_VERSION } from "./decode/tables.ts";
import { fileHash, rawSegments } from "./derive.ts";
import { CaptureError, fileError } from "./errors.ts";
import { type Condition, type Manifest, writeManifest, writeWhole } from "./manifest.ts";
import { RAW_DEFAULTS, RawWriter, type RawWriterOptions, type WriteResult } from "./raw-writer.ts";
import { cutTornTails } from "./recover.ts";
import { TAPE_FILES, TapeWriter } from "./tape-writer.ts";

/**
 * Decides what of a frame may be kept: the frame itself, another text in its place, or null for nothing. Frames with tokens, session
 * keys or account ids must not reach the disk.
 */
export type Redactor = (frame: Buffer, channel: string) => Buffer | string | null;

export interface SessionWriterOptions extends Partial<RawWriterOptions> {
  readonly redact: Redactor;
  /** Venue and condition codes that trades' `ref` points at. */
  readonly conditions?: readonly Condition[];
  /** Rows of a tape block. */
  readonly blockRows?: number;
}

export type SessionHead = Pick<
  Manifest,
  "name" | "title" | "build" | "day" | "calendar" | "zone" | "sampling" | "replay" | "origin"
>;

export class SessionWriter {
  readonly dir: string;
  private manifest: Manifest;
  private readonly raw: RawWriter;
  private tape: TapeWriter | null;
  private readonly redact: Redactor;
  private readonly conditions: Condition[];

  private constructor(
    dir: string,
    manifest: Manifest,
    raw: RawWriter,
    tape: TapeWriter | null,
    options: SessionWriterOptions,
  ) {
    this.dir = dir;
    this.manifest = manifest;
    this.raw = raw;
    this.tape = tape;
    this.redact = options.redact;
    this.conditions = [...(options.conditions ?? [])];
  }

  /**
   * Begins a session in a new folder.
   * @throws CaptureError CAP-013 when the folder already holds something, CAP-009/010 when it cannot be written.
   */
  static create(dir: string, head: SessionHead, options: SessionWriterOptions): SessionWriter {
    newFolder(dir);
    const manifest: Manifest = {
      format: "voldesk-session",
      schema: 1,
      ...head,
      state: "recording",
      files: {},
      raw: { records: 0, rows: 0 },
      derived: null,
    };
    writeManifest(dir, manifest);
    const raw = new RawWriter(dir, { ...RAW_DEFAULTS, ...options });
    return new SessionWriter(dir, manifest, raw, new TapeWriter(dir, options), options);
  }

  /**
   * Goes on with a session whose recording broke off: the torn tail is cut and kept aside, frames are appended after it. The tape
   * is left out; derive it from raw at the end.
   */
  static resume(dir: string, manifest: Manifest, options: SessionWriterOptions): SessionWriter {
    const cut = cutTornTails(dir);
    const number = Number.parseInt(cut.lastSegment?.name ?? "1", 10);
    const raw = new RawWriter(dir, { ...RAW_DEFAULTS, ...options }, number, cut.lastSegment?.bytes ?? 0);
    raw.records = cut.records;
    const recording: Manifest = { ...manifest, state: "recording", derived: null };
    writeManifest(dir, recording);
    return new SessionWriter(dir, recording, raw, null, options);
  }

  /** Keeps a frame as received at `recvUs`, after the redactor. Never throws; see {@link WriteResult}. */
  appendRaw(frame: Buffer | string, recvUs: number, channel: string): WriteResult {
    const kept = this.redact(typeof frame === "string" ? Buffer.from(frame) : frame, channel);
    if (kept === null) return { ok: true };
    return this.raw.append(typeof kept === "string" ? Buffer.from(kept) : kept, recvUs, channel);
  }

  /** Appends decoded rows. After a failure the tape is given up and only raw is recorded. */
  appendRows(cols: EventColumns): WriteResult {
    if (this.tape === null) return { ok: true };
    try {
      this.tape.append(cols);
      return { ok: true };
    } catch (e) {
      this.tape.abandon();
      this.tape = null;
      return { ok: false, error: fileError(e, join(this.dir, TAPE_FILES.data)), dropped: this.raw.dropped };
    }
  }

  /** Adds a condition to the dictionary; its index is what a trade's `ref` holds. */
  condition(venue: string, code: string): number {
    const i = this.conditions.findIndex((c) => c.venue === venue && c.code === code);
    return i >= 0 ? i : this.conditions.push({ venue, code }) - 1;
  }

  /** Puts a text beside the records: part of the session, hashed with it. @throws CaptureError when it cannot be written. */
  paper(name: string, text: string): void {
    writeWhole(join(this.dir, name), text);
    this.manifest = { ...this.manifest, files: { ...this.manifest.files, [name]: fileHash(this.dir, name) } };
  }

  /** To be called by the shell about once a second: bounds what a crash can lose. */
  flush(): WriteResult {
    return this.raw.flush();
  }

  get stats(): { frames: number; records: number; dropped: number; rows: number } {
    return {
      frames: this.raw.frames,
      records: this.raw.records,
      dropped: this.raw.dropped,
      rows: this.tape?.rows ?? 0,
    };
  }

  /** Ends the recording: writes what waits, hashes the files and completes the manifest. */
  close(): WriteResult {
    const flushed = this.raw.close();
    if (!flushed.ok) {
      this.tape?.abandon();
      return flushed;
    }
    try {
      const derived = this.tape === null || this.tape.rows === 0 ? this.noTape() : this.finishTape(this.tape);
      const files = Object.fromEntries(rawSegments(this.dir).map((f) => [f, fileHash(this.dir, f)]));
      this.manifest = {
        ...this.manifest,
        state: "complete",
        files: { ...this.manifest.files, ...files },
        raw: { records: this.raw.records, rows: this.raw.frames },
        derived,
      };
      writeManifest(this.dir, this.manifest);
      return { ok: true };
    } catch (e) {
      return { ok: false, error: fileError(e, this.dir), dropped: this.raw.dropped };
    }
  }

  private noTape(): null {
    this.tape?.abandon();
    return null;
  }

  private finishTape(tape: TapeWriter): Manifest["derived"] {
    const summary = tape.finish();
    const files = Object.fromEntries(Object.values(TAPE_FILES).map((f) => [f, fileHash(this.dir, f)]));
    return { decoders: DECODERS_VERSION, ...summary, unread: 0, conditions: this.conditions, files };
  }
}

/** Makes the folder of a new session with its `raw` inside. */
export function newFolder(dir: string): void {
  try {
    makeFolders(dir);
    if (readdirSync(dir).length > 0)
      throw new CaptureError("CAP-013", dir, "Name a new folder, or remove this one first.");
    mkdirSync(join(dir, "raw"));
  } catch (e) {
    throw fileError(e, dir);
  }
}

/** As `mkdir -p`; Node's own recursion never ends where a folder refuses children as if it were not there (/proc). */
function makeFolders(dir: string): void {
  const missing: string[] = [];
  for (let at = resolve(dir); !existsSync(at); at = dirname(at)) missing.push(at);
  for (const folder of missing.reverse()) mkdirSync(folder);
}
