/** Checks a session from its manifest down to the last row, and says all that is wrong with it. */
import { join } from "node:path";
import { rawSegments, readFile } from "./derive.ts";
import { CaptureError, type CaptureErrorCode } from "./errors.ts";
import { unpackFrames } from "./frames-codec.ts";
import { type Manifest, readManifest, sealHolds, sha256 } from "./manifest.ts";
import { unpackTable } from "./raw-table.ts";
import { RecordKind, scanSegment } from "./segment.ts";
import { openSession } from "./session.ts";

export interface Problem {
  readonly code: CaptureErrorCode;
  /** The whole sentence: what, where, what to do. */
  readonly message: string;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly problems: readonly Problem[];
  readonly files: number;
  readonly bytes: number;
  readonly records: number;
  readonly rows: number;
}

/** Never throws on a bad session: what is wrong comes back as problems. `progress` gets the share done. */
export function verifySession(dir: string, progress?: (share: number) => void): VerifyReport {
  const problems: Problem[] = [];
  const seen = { files: 0, bytes: 0, records: 0, rows: 0 };
  const guard = (step: () => void): void => {
    try {
      step();
    } catch (e) {
      if (!(e instanceof CaptureError)) throw e;
      problems.push({ code: e.code, message: e.message });
    }
  };
  let manifest: Manifest | null = null;
  guard(() => {
    manifest = readManifest(dir);
  });
  if (manifest !== null) check(dir, manifest, guard, seen, progress);
  return { ok: problems.length === 0, problems, ...seen };
}

type Guard = (step: () => void) => void;
type Seen = { files: number; bytes: number; records: number; rows: number };

function check(
  dir: string,
  manifest: Manifest,
  guard: Guard,
  seen: Seen,
  progress?: (share: number) => void,
): void {
  guard(() => {
    if (!sealHolds(dir)) throw changed(join(dir, "manifest.json"), "it does not match manifest.sha256");
  });
  if (manifest.state === "recording")
    guard(() => {
      throw changed(dir, "it is still being recorded, or its recording broke off");
    });
  const files = Object.entries({ ...manifest.files, ...manifest.derived?.files });
  files.forEach(([path, entry], k) => {
    guard(() => checkFile(dir, path, entry, seen));
    progress?.((0.5 * (k + 1)) / files.length);
  });
  guard(() => checkRaw(dir, manifest, guard, seen));
  progress?.(0.8);
  if (manifest.derived !== null) guard(() => checkTape(dir, seen));
  progress?.(1);
}

const changed = (where: string, detail: string): CaptureError =>
  new CaptureError("CAP-008", where, "Restore it from a copy, or run `captures verify --repair`.", detail);

function checkFile(dir: string, path: string, entry: { bytes: number; sha256: string }, seen: Seen): void {
  const where = join(dir, path);
  if (path.split("/").includes("..")) throw changed(where, "it lies outside the session");
  const bytes = readFile(where);
  seen.files++;
  seen.bytes += bytes.length;
  if (bytes.length !== entry.bytes) throw changed(where, `${bytes.length} bytes instead of ${entry.bytes}`);
  if (sha256(bytes) !== entry.sha256) throw changed(where, "its content has changed");
}

function checkRaw(dir: string, manifest: Manifest, guard: Guard, seen: Seen): void {
  for (const segment of rawSegments(dir)) {
    const where = join(dir, segment);
    guard(() => {
      if (manifest.state === "complete" && manifest.files[segment] === undefined)
        throw changed(where, "the manifest does not know it");
      const scan = scanSegment(readFile(where), where, (record) => {
        if (record.kind === RecordKind.table) unpackTable(record.body, where);
        else if (record.kind === RecordKind.frames) unpackFrames(record.body, where);
      });
      seen.records += scan.records;
      if (scan.damage !== null)
        throw new CaptureError(
          "CAP-006",
          where,
          "Run `captures verify --repair` to keep what is good.",
          scan.damage,
        );
    });
  }
  if (manifest.state === "complete" && seen.records !== manifest.raw.records)
    throw changed(join(dir, "raw"), `${seen.records} good records instead of ${manifest.raw.records}`);
}

/** Every block checks, and no row comes before the one in front of it or names an instrument that is not there. */
function checkTape(dir: string, seen: Seen): void {
  const session = openSession(dir);
  try {
    let last = Number.NEGATIVE_INFINITY;
    for (let b = 0; b < session.blocks.length; b++) {
      const cols = session.block(b);
      for (let i = 0; i < cols.n; i++) {
        const us = cols.recvUs[i] as number;
        const slot = cols.slot[i] as number;
        if (!(us >= last) || slot < -1 || slot >= session.instruments.length)
          throw new CaptureError(
            "CAP-005",
            dir,
            "Derive the tape again from raw.",
            `row ${cols.seq0 + i} is not in order`,
          );
        last = us;
      }
      seen.rows += cols.n;
    }
  } finally {
    session.close();
  }
}
