/**
 * A raw segment: an 8-byte magic, then records. Each record is `u32 length, u32 crc32, payload`; the payload's first two bytes
 * say what it holds and how it is compressed. Records are only ever appended, so after a crash everything up to the first record
 * that does not check is good: {@link scanSegment} finds that point.
 */
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  crc32,
  deflateRawSync,
  inflateRawSync,
} from "node:zlib";
import { CaptureError } from "./errors.ts";
import { moveBytes } from "./shared-memory.ts";

export const SEGMENT_MAGIC = Buffer.from("VDRAW001", "latin1");
/** Bound on one record, compressed or not: a length beyond it is damage, not data. */
export const MAX_RECORD_BYTES = 256 * 1024 * 1024;
const HEAD = 8;
/** What of a record stands before its body. */
export const RECORD_HEAD = HEAD + 2;

export const RecordKind = { frames: 1, table: 2 } as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];
export const Compression = { none: 0, deflate: 1, brotli: 2 } as const;
export type Compression = (typeof Compression)[keyof typeof Compression];

export interface RawRecord {
  readonly kind: number;
  readonly body: Buffer;
  /** Offset of the record in its segment. */
  readonly offset: number;
}

/** `level` is the compressor's own: deflate 1..9, brotli 0..11. */
export function packRecord(
  kind: RecordKind,
  body: Uint8Array,
  compression: Compression,
  level: number,
): Buffer {
  const packed =
    compression === Compression.none
      ? body
      : compression === Compression.deflate
        ? deflateRawSync(body, { level })
        : brotliCompressSync(body, {
            params: {
              [constants.BROTLI_PARAM_QUALITY]: level,
              [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
              [constants.BROTLI_PARAM_LGWIN]: 22,
            },
          });
  return frameRecord(kind, compression, packed);
}

/** A record round a body as it shall lie there: compressed already, or plain. */
export function frameRecord(kind: RecordKind, compression: Compression, packed: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(RECORD_HEAD + packed.length);
  moveBytes(out, RECORD_HEAD, packed);
  checkRecord(out, crc32(headRecord(out, kind, compression)));
  return out;
}

/** Writes the head of a record whose body stands already where it belongs, but for its checksum: returns what that is to be of. */
export function headRecord(record: Buffer, kind: RecordKind, compression: Compression): Buffer {
  record[HEAD] = kind;
  record[HEAD + 1] = compression;
  const payload = record.subarray(HEAD);
  record.writeUInt32LE(payload.length, 0);
  return payload;
}

export function checkRecord(record: Buffer, crc: number): void {
  record.writeUInt32LE(crc, 4);
}

function unpack(payload: Buffer): Buffer {
  const body = payload.subarray(2);
  const limit = { maxOutputLength: MAX_RECORD_BYTES };
  switch (payload[1]) {
    case Compression.none:
      return body;
    case Compression.deflate:
      return inflateRawSync(body, limit);
    case Compression.brotli:
      return brotliDecompressSync(body, limit);
    default:
      throw new Error(`unknown compression ${payload[1]}`);
  }
}

export interface SegmentScan {
  readonly records: number;
  /** Bytes from the start up to which every record checks. */
  readonly goodBytes: number;
  /** Why the scan ended before the end of the file, or null. */
  readonly damage: string | null;
}

/**
 * Walks a segment's bytes, hands each good record to `visit` in order and stops at the first that is not.
 * @throws CaptureError CAP-007 when the bytes are not a segment at all.
 */
export function scanSegment(bytes: Buffer, where: string, visit?: (record: RawRecord) => void): SegmentScan {
  if (bytes.length < SEGMENT_MAGIC.length || !bytes.subarray(0, 8).equals(SEGMENT_MAGIC)) {
    if (bytes.length < 8 && SEGMENT_MAGIC.subarray(0, bytes.length).equals(bytes))
      return { records: 0, goodBytes: 0, damage: "the file ends inside its header" };
    throw new CaptureError(
      "CAP-007",
      where,
      "Remove it from the session's raw folder, or restore it from a copy.",
    );
  }
  let at = SEGMENT_MAGIC.length;
  let records = 0;
  const stop = (damage: string | null): SegmentScan => ({ records, goodBytes: at, damage });
  while (at < bytes.length) {
    if (at + HEAD + 2 > bytes.length) return stop("the last record is cut short");
    const length = bytes.readUInt32LE(at);
    if (length < 2 || length > MAX_RECORD_BYTES) return stop(`record ${records} has an impossible length`);
    if (at + HEAD + length > bytes.length) return stop("the last record is cut short");
    const payload = bytes.subarray(at + HEAD, at + HEAD + length);
    if (crc32(payload) !== bytes.readUInt32LE(at + 4)) return stop(`record ${records} fails its checksum`);
    if (visit !== undefined) {
      let body: Buffer;
      try {
        body = unpack(payload);
      } catch {
        return stop(`record ${records} cannot be unpacked`);
      }
      visit({ kind: payload[0] ?? 0, body, offset: at });
    }
    at += HEAD + length;
    records++;
  }
  return stop(null);
}
