/** Opens a session's tape for replay: random access by block, sequence and time, each block viewed in place. */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { endianness } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type * as z from "zod";
import type { EventColumns, Instrument, ObjectEvent, Slot } from "../../engines/market/index.ts";
import { CaptureError, fileError } from "./errors.ts";
import { instrumentsSchema } from "./instrument-schema.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import {
  type BlockInfo,
  blockBytes,
  columnsBytes,
  TAPE_MAGIC,
  type TapeIndex,
  tapeIndex,
  viewColumns,
} from "./tape-format.ts";
import { TAPE_FILES } from "./tape-writer.ts";

export interface Session {
  readonly dir: string;
  readonly manifest: Manifest;
  /** By slot. Each also comes as an `instrument` object row before the first row that names its slot. */
  readonly instruments: readonly Instrument[];
  readonly rows: number;
  /** Receive time of the first and last row, µs; null in an empty session. */
  readonly firstUs: number | null;
  readonly lastUs: number | null;
  readonly blocks: readonly BlockInfo[];
  /**
   * The rows of block `i`, views of one read buffer: not to be written to. Checked against its checksum when first read; kept
   * while it is one of the last few read.
   * @throws CaptureError CAP-005 when the block is damaged.
   */
  block(i: number): EventColumns;
  /** Sequence number of the first row received at or after `us`; `rows` when there is none. */
  findSeq(us: number): number;
  /** Index of the block that holds row `seq`; -1 when there is none. */
  findBlock(seq: number): number;
  close(): void;
}

/** Blocks kept in memory; one of 65,536 rows takes 4.4 MB. */
const KEPT_BLOCKS = 4;

const damaged = (where: string, detail: string): CaptureError =>
  new CaptureError(
    "CAP-005",
    where,
    "Run `captures verify` on the session; its tape can be derived again from raw.",
    detail,
  );

/** @throws CaptureError CAP-001..005, 008, 016, 017 and nothing else. */
export function openSession(dir: string): Session {
  const manifest = readManifest(dir);
  if (manifest.derived === null)
    throw new CaptureError("CAP-004", dir, "Run `captures derive` on it to decode its raw records.");
  if (endianness() !== "LE")
    throw damaged(dir, "this machine stores numbers big end first, the tape does not");
  const index = readJson(join(dir, TAPE_FILES.index), tapeIndex);
  const instruments = readJson(join(dir, TAPE_FILES.instruments), instrumentsSchema);
  const path = join(dir, TAPE_FILES.data);
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (e) {
    throw fileError(e, path);
  }
  try {
    checkIndex(index, fd, path);
    if (index.rows !== manifest.derived.rows || instruments.length !== manifest.derived.instruments)
      throw damaged(dir, "the manifest tells of another tape");
  } catch (e) {
    closeSync(fd);
    throw e;
  }
  return new TapeSession(dir, manifest, instruments, index, fd);
}

function readJson<T>(path: string, schema: z.ZodType<T>): T {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (e) {
    throw fileError(e, path);
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw damaged(path, "it does not read as it was written");
  }
}

function checkIndex(index: TapeIndex, fd: number, path: string): void {
  const size = fstatSync(fd).size;
  const magic = Buffer.alloc(TAPE_MAGIC.length);
  readSync(fd, magic, 0, magic.length, 0);
  if (!magic.equals(TAPE_MAGIC)) throw damaged(path, "it is not a tape");
  let offset = TAPE_MAGIC.length;
  let seq = 0;
  for (const b of index.blocks) {
    if (b.offset !== offset || b.seq0 !== seq) throw damaged(path, "its index has a hole");
    offset += blockBytes(b);
    seq += b.rows;
  }
  if (seq !== index.rows || offset !== size) throw damaged(path, "its length is not what its index says");
}

class TapeSession implements Session {
  readonly dir: string;
  readonly manifest: Manifest;
  readonly instruments: readonly Instrument[];
  readonly rows: number;
  readonly firstUs: number | null;
  readonly lastUs: number | null;
  readonly blocks: readonly BlockInfo[];
  private readonly fd: number;
  private readonly kept = new Map<number, EventColumns>();
  private readonly checked: Uint8Array;

  constructor(
    dir: string,
    manifest: Manifest,
    instruments: readonly Instrument[],
    index: TapeIndex,
    fd: number,
  ) {
    this.dir = dir;
    this.manifest = manifest;
    this.instruments = instruments;
    this.rows = index.rows;
    this.blocks = index.blocks;
    this.firstUs = index.blocks[0]?.firstUs ?? null;
    this.lastUs = index.blocks.at(-1)?.lastUs ?? null;
    this.fd = fd;
    this.checked = new Uint8Array(index.blocks.length);
  }

  block(i: number): EventColumns {
    const hit = this.kept.get(i);
    if (hit !== undefined) {
      this.kept.delete(i);
      this.kept.set(i, hit);
      return hit;
    }
    const cols = this.load(i);
    if (this.kept.size >= KEPT_BLOCKS) {
      const [oldest] = this.kept.keys();
      if (oldest !== undefined) this.kept.delete(oldest);
    }
    this.kept.set(i, cols);
    return cols;
  }

  private load(i: number): EventColumns {
    const info = this.blocks[i];
    if (info === undefined) throw new RangeError(`there is no block ${i}`);
    const path = join(this.dir, TAPE_FILES.data);
    const bytes = Buffer.allocUnsafeSlow(blockBytes(info));
    let got: number;
    try {
      got = readSync(this.fd, bytes, 0, bytes.length, info.offset);
    } catch (e) {
      throw fileError(e, path);
    }
    if (got !== bytes.length) throw damaged(path, `block ${i} is cut short`);
    if (this.checked[i] === 0) {
      if (crc32(bytes) !== info.crc) throw damaged(path, `block ${i} fails its checksum`);
      this.checked[i] = 1;
    }
    const at = columnsBytes(info.rows);
    const objects =
      info.objectsBytes === 0 ? [] : this.objects(bytes.toString("utf8", at, at + info.objectsBytes), path);
    return viewColumns(bytes.buffer, bytes.byteOffset, info.rows, info.seq0, objects);
  }

  private objects(json: string, path: string): ObjectEvent[] {
    let list: (ObjectEvent | { kind: "instrument"; slot: Slot; instrument?: never })[];
    try {
      list = JSON.parse(json) as typeof list;
    } catch {
      // The rows pass their checksum, so it is the index that says a wrong length.
      throw damaged(path, "its rare events can't be read");
    }
    return list.map((o) => {
      if (o.kind !== "instrument" || o.instrument !== undefined) return o;
      const instrument = this.instruments[o.slot];
      if (instrument === undefined) throw damaged(path, `slot ${o.slot} has no instrument`);
      return { kind: "instrument", slot: o.slot, instrument };
    });
  }

  findSeq(us: number): number {
    let lo = 0;
    let hi = this.blocks.length;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if ((this.blocks[mid] as BlockInfo).lastUs < us) lo = mid + 1;
      else hi = mid;
    }
    const info = this.blocks[lo];
    if (info === undefined) return this.rows;
    if (info.firstUs >= us) return info.seq0;
    const { recvUs } = this.block(lo);
    let a = 0;
    let b = info.rows;
    while (a < b) {
      const mid = (a + b) >> 1;
      if ((recvUs[mid] as number) < us) a = mid + 1;
      else b = mid;
    }
    return info.seq0 + a;
  }

  findBlock(seq: number): number {
    if (!(seq >= 0 && seq < this.rows)) return -1;
    let lo = 0;
    let hi = this.blocks.length - 1;
    while (lo < hi) {
      const mid = (lo + hi + 1) >> 1;
      if ((this.blocks[mid] as BlockInfo).seq0 <= seq) lo = mid;
      else hi = mid - 1;
    }
    return lo;
  }

  close(): void {
    this.kept.clear();
    closeSync(this.fd);
  }
}
