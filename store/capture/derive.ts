/** Derives a session's tape from its raw records. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Catalog } from "../../engines/market/index.ts";
import { FRAME_DECODERS } from "./decode/frames.ts";
import type { FrameDecoder, FrameDecoderFactory, RowDecoder } from "./decode/source.ts";
import { DECODERS_VERSION, TABLE_DECODERS } from "./decode/tables.ts";
import { CaptureError, fileError } from "./errors.ts";
import { unpackFrames } from "./frames-codec.ts";
import { Definitions } from "./instruments.ts";
import { EventSink } from "./lanes.ts";
import { type Manifest, readManifest, sha256, writeManifest } from "./manifest.ts";
import { shippedCatalog } from "./product-catalog.ts";
import { unpackTable } from "./raw-table.ts";
import { type RawRecord, RecordKind, scanSegment } from "./segment.ts";
import { TAPE_FILES, type TapeSummary, TapeWriter } from "./tape-writer.ts";

export interface DeriveOptions {
  readonly progress?: (share: number) => void;
  /** Products that the sources name; the shipped catalog when left out. */
  readonly catalog?: Catalog;
  /** Decoders of live channels, by the part of the channel's name before the colon; added to the built-in ones. */
  readonly decoders?: Readonly<Record<string, FrameDecoderFactory>>;
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
 * Decodes every raw record of the session in `dir` and writes the tape beside it.
 * @throws CaptureError when a raw record is damaged (CAP-006) or cannot be decoded (CAP-015), or a file cannot be read or written.
 */
export function deriveTape(dir: string, options: DeriveOptions = {}): Manifest {
  const manifest = readManifest(dir);
  const sink = new EventSink(new Definitions(options.catalog ?? shippedCatalog(), manifest.day));
  decodeRaw(dir, sink, options);
  // From here on the old tape is gone: a session must not promise it if this breaks off.
  if (manifest.derived !== null) writeManifest(dir, { ...manifest, derived: null });
  const summary = writeTape(dir, sink, options);
  const files = Object.fromEntries(Object.values(TAPE_FILES).map((path) => [path, fileHash(dir, path)]));
  const done: Manifest = {
    ...manifest,
    derived: {
      decoders: DECODERS_VERSION,
      ...summary,
      unread: sink.unread,
      conditions: sink.conditions,
      files,
    },
  };
  writeManifest(dir, done);
  options.progress?.(1);
  return done;
}

function writeTape(dir: string, sink: EventSink, options: DeriveOptions): TapeSummary {
  const tape = new TapeWriter(dir);
  try {
    sink.drain(tape, (share) => options.progress?.(0.6 + share * 0.4));
  } catch (e) {
    tape.abandon();
    throw e;
  }
  return tape.finish();
}

type Open = Map<string, RowDecoder | FrameDecoder>;

function decodeRaw(dir: string, sink: EventSink, options: DeriveOptions): void {
  const decoders = { ...FRAME_DECODERS, ...options.decoders };
  const segments = rawSegments(dir);
  const files = segments.map((s) => readFile(join(dir, s)));
  const total = files.reduce((n, f) => n + f.length, 0);
  const open: Open = new Map();
  let before = 0;
  segments.forEach((segment, k) => {
    const where = join(dir, segment);
    const bytes = files[k] as Buffer;
    const scan = scanSegment(bytes, where, (record) => {
      try {
        decodeRecord(record, where, sink, open, decoders);
      } catch (e) {
        if (e instanceof CaptureError) throw e;
        throw new CaptureError("CAP-006", where, "Restore it from a copy.", (e as Error).message);
      }
      options.progress?.((0.6 * (before + record.offset)) / total);
    });
    if (scan.damage !== null)
      throw new CaptureError(
        "CAP-006",
        where,
        "Run `captures verify --repair` to keep what is good.",
        scan.damage,
      );
    before += bytes.length;
  });
  for (const decoder of open.values()) if ("end" in decoder) decoder.end();
}

function decodeRecord(
  record: RawRecord,
  where: string,
  sink: EventSink,
  open: Open,
  decoders: Readonly<Record<string, FrameDecoderFactory>>,
): void {
  if (record.kind === RecordKind.table) {
    const { meta, table } = unpackTable(record.body, where);
    const make = (): RowDecoder => TABLE_DECODERS[meta.kind](meta, sink);
    (opened(open, `table ${meta.kind} ${meta.file}`, make) as RowDecoder).rows(table);
  } else if (record.kind === RecordKind.frames) {
    for (const frame of unpackFrames(record.body, where)) {
      const [name, detail] = splitChannel(frame.channel);
      const factory = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
      if (factory === undefined)
        throw new CaptureError(
          "CAP-015",
          where,
          "Use the Voldesk that recorded it.",
          `channel ${frame.channel}`,
        );
      const decoder = opened(open, `frames ${frame.channel}`, () => factory(sink, detail)) as FrameDecoder;
      if (!decoder.frame(frame.bytes, frame.recvUs)) sink.unread++;
    }
  } else throw new CaptureError("CAP-015", where, "Use a newer Voldesk.", `record of kind ${record.kind}`);
}

function opened(open: Open, key: string, make: () => RowDecoder | FrameDecoder): RowDecoder | FrameDecoder {
  let decoder = open.get(key);
  if (decoder === undefined) {
    decoder = make();
    open.set(key, decoder);
  }
  return decoder;
}

function splitChannel(channel: string): [name: string, detail: string] {
  const at = channel.indexOf(":");
  return at < 0 ? [channel, ""] : [channel.slice(0, at), channel.slice(at + 1)];
}
