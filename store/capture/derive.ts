/** Derives a session's tape from its raw records. */
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { RowDecoder } from "./decode/source.ts";
import { DECODERS_VERSION, TABLE_DECODERS } from "./decode/tables.ts";
import { CaptureError, fileError } from "./errors.ts";
import { EventSink } from "./lanes.ts";
import { type Manifest, readManifest, sha256, writeManifest } from "./manifest.ts";
import { unpackTable } from "./raw-table.ts";
import { type RawRecord, RecordKind, scanSegment } from "./segment.ts";
import { TAPE_FILES, TapeWriter } from "./tape-writer.ts";

export interface DeriveOptions {
  /** Folder that gets the tape and the completed manifest, when it is not the session's own. */
  readonly into?: string;
  readonly progress?: (share: number) => void;
}

/** A session's raw segments in order, as paths from its folder. */
export function rawSegments(dir: string): string[] {
  let names: string[];
  try {
    names = readdirSync(join(dir, "raw"));
  } catch (e) {
    throw fileError(e, join(dir, "raw"));
  }
  return names
    .filter((n) => n.endsWith(".seg"))
    .sort()
    .map((n) => `raw/${n}`);
}

export function readFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (e) {
    throw fileError(e, path);
  }
}

/** What a file of a session hashes to, for its manifest. */
export function fileHash(dir: string, path: string): { bytes: number; sha256: string } {
  const bytes = readFile(join(dir, path));
  return { bytes: bytes.length, sha256: sha256(bytes) };
}

/**
 * Decodes every raw record of the session in `dir` and writes the tape, beside it or into another folder.
 * @throws CaptureError when a raw record is damaged (CAP-006) or cannot be decoded (CAP-015), or a file cannot be read or written.
 */
export function deriveTape(dir: string, options: DeriveOptions = {}): Manifest {
  const manifest = readManifest(dir);
  const into = options.into ?? dir;
  try {
    mkdirSync(into, { recursive: true });
  } catch (e) {
    throw fileError(e, into);
  }
  const sink = new EventSink();
  decodeRaw(dir, sink, (share) => options.progress?.(share * 0.6));
  const tape = new TapeWriter(into);
  sink.drain(tape, (share) => options.progress?.(0.6 + share * 0.4));
  const summary = tape.finish(sink.instruments);
  const files = Object.fromEntries(Object.values(TAPE_FILES).map((path) => [path, fileHash(into, path)]));
  const done: Manifest = {
    ...manifest,
    derived: {
      decoders: DECODERS_VERSION,
      rows: summary.rows,
      instruments: sink.instruments.length,
      kinds: summary.kinds,
      firstUs: summary.firstUs as Manifest["replay"]["startUs"],
      lastUs: summary.lastUs as Manifest["replay"]["startUs"],
      conditions: sink.conditions,
      files,
    },
  };
  writeManifest(into, done);
  options.progress?.(1);
  return done;
}

function decodeRaw(dir: string, sink: EventSink, progress: (share: number) => void): void {
  const segments = rawSegments(dir);
  const sizes = segments.map((s) => statSync(join(dir, s)).size);
  const total = sizes.reduce((a, b) => a + b, 0);
  const open = new Map<string, RowDecoder>();
  let before = 0;
  segments.forEach((segment, k) => {
    const where = join(dir, segment);
    const scan = scanSegment(readFile(where), where, (record) => {
      decodeRecord(record, where, sink, open);
      progress((before + record.offset) / total);
    });
    if (scan.damage !== null)
      throw new CaptureError(
        "CAP-006",
        where,
        "Run `captures verify --repair` to keep what is good.",
        scan.damage,
      );
    before += sizes[k] ?? 0;
  });
  for (const decoder of open.values()) decoder.end();
}

function decodeRecord(
  record: RawRecord,
  where: string,
  sink: EventSink,
  open: Map<string, RowDecoder>,
): void {
  if (record.kind === RecordKind.table) {
    const { meta, table } = unpackTable(record.body, where);
    const key = `${meta.kind} ${meta.file}`;
    let decoder = open.get(key);
    if (decoder === undefined) {
      decoder = TABLE_DECODERS[meta.kind](meta, sink);
      open.set(key, decoder);
    }
    decoder.rows(table);
    return;
  }
  throw new CaptureError("CAP-015", where, "Use a newer Voldesk.", `record of kind ${record.kind}`);
}
