/** Brings a session whose recording broke off back to what can be trusted. */
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type DeriveOptions, deriveTape, fileHash, rawSegments, readFile } from "./derive.ts";
import { CaptureError, fileError } from "./errors.ts";
import { type Manifest, readManifest, writeManifest } from "./manifest.ts";
import { scanSegment } from "./segment.ts";

export interface Cut {
  readonly segment: string;
  readonly keptBytes: number;
  readonly cutBytes: number;
  /** Where the cut bytes were put. */
  readonly aside: string;
  readonly damage: string;
}

export interface CutReport {
  readonly cuts: readonly Cut[];
  readonly records: number;
  readonly lastSegment: { readonly name: string; readonly bytes: number } | null;
}

/**
 * Cuts every raw segment at its last good record and puts what was cut in a file beside it. A file that is no segment at all is
 * moved aside whole.
 */
export function cutTornTails(dir: string): CutReport {
  const cuts: Cut[] = [];
  let records = 0;
  let lastSegment: CutReport["lastSegment"] = null;
  for (const segment of rawSegments(dir)) {
    const path = join(dir, segment);
    const bytes = readFile(path);
    let good = 0;
    let damage: string | null;
    try {
      const scan = scanSegment(bytes, path, () => undefined);
      ({ goodBytes: good, damage } = scan);
      records += scan.records;
    } catch (e) {
      if (!(e instanceof CaptureError)) throw e;
      damage = "it is not a raw segment";
    }
    if (damage !== null) {
      const aside = asideName(path);
      try {
        writeFileSync(aside, bytes.subarray(good));
        truncateSync(path, good);
      } catch (e) {
        throw fileError(e, path);
      }
      cuts.push({ segment, keptBytes: good, cutBytes: bytes.length - good, aside, damage });
    }
    lastSegment = { name: basename(segment), bytes: good };
  }
  return { cuts, records, lastSegment };
}

function asideName(path: string): string {
  for (let k = 1; ; k++) {
    const name = `${path}.cut${k}`;
    try {
      readFileSync(name);
    } catch {
      return name;
    }
  }
}

/**
 * Repairs a session: cuts damaged raw segments, derives the tape anew from what is good and seals the manifest again.
 * @throws CaptureError when the manifest cannot be read or a file cannot be written.
 */
export function repairSession(
  dir: string,
  options: DeriveOptions = {},
): { cuts: readonly Cut[]; manifest: Manifest } {
  const manifest = readManifest(dir);
  const { cuts, records } = cutTornTails(dir);
  const papers = Object.keys(manifest.files).filter((f) => !f.startsWith("raw/"));
  const files: Manifest["files"] = {};
  for (const f of [...rawSegments(dir), ...papers]) {
    try {
      files[f] = fileHash(dir, f);
    } catch {
      // A paper that is gone is left out; verify named it before.
    }
  }
  writeManifest(dir, {
    ...manifest,
    state: "complete",
    files,
    raw: { ...manifest.raw, records },
    derived: null,
  });
  return { cuts, manifest: deriveTape(dir, options) };
}
