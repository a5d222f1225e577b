/** Files from outside, plain or gzip, as text and as rows. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { VoldeskError } from "../../config/errors.ts";

/** No table that is read whole is longer, unpacked. */
const MOST_BYTES = 400_000_000;

/** @throws VoldeskError IMP-001 when it cannot be read, IMP-002 when it is too long or not whole. */
export function readSource(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (e) {
    const code = (e as NodeJS.ErrnoException).code ?? "";
    const what = code === "ENOENT" ? "there is no such file" : `the file cannot be read (${code})`;
    throw new VoldeskError("IMP-001", what, "Check its name and rights.", file);
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      bytes = gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
    } catch (e) {
      const long = (e as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
      const what = long ? "the file is too long to be read whole" : "the file is not whole";
      throw new VoldeskError("IMP-002", what, long ? "Split it." : "Fetch it again.", file);
    }
  }
  if (bytes.length > MOST_BYTES)
    throw new VoldeskError("IMP-002", "the file is too long to be read whole", "Split it.", file);
  return bytes.toString("utf8");
}

export interface Line {
  readonly cells: readonly string[];
  /** Line number in the file, from 1. */
  readonly no: number;
}

/** Rows of a CSV text; rows may be of unequal length, quotes out of place are taken as they stand. @throws VoldeskError IMP-002. */
export function csvLines(text: string, file: string): Line[] {
  try {
    const rows = parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      relax_quotes: true,
      info: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return rows.map(({ record, info }) => ({ cells: record, no: info.lines }));
  } catch (e) {
    const what = `the file is no CSV (${(e as Error).message.split("\n")[0]})`;
    throw new VoldeskError("IMP-002", what, "Check that it is the right file.", file);
  }
}

/** @throws VoldeskError IMP-002. */
export function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new VoldeskError("IMP-002", "the file is no JSON", "Fetch it again.", file);
  }
}
