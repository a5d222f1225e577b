/** A raw record that holds source rows: a JSON head that says what they are, then the columns. */
import * as z from "zod";
import { CaptureError } from "./errors.ts";
import { isSourceKind, SOURCE_KINDS, type SourceKindName } from "./sources.ts";
import { decodeTable, encodeTable, type Table } from "./table-codec.ts";

const head = z.strictObject({
  kind: z.string().refine(isSourceKind),
  /** Root symbol of the file. */
  symbol: z.string().min(1),
  /** Session date that times of day are counted from, and the zone they are in. */
  day: z.iso.date(),
  zone: z.string().min(1),
  /** The source file's name: rows of one file may span several records. */
  file: z.string().min(1),
});
export type TableHead = z.infer<typeof head> & { readonly kind: SourceKindName };

export function packTable(meta: TableHead, table: Table): Buffer {
  const json = Buffer.from(JSON.stringify(meta), "utf8");
  const size = Buffer.alloc(4);
  size.writeUInt32LE(json.length);
  return Buffer.concat([size, json, encodeTable(SOURCE_KINDS[meta.kind].columns, table)]);
}

/** @throws CaptureError CAP-006 when the body does not hold such a table. */
export function unpackTable(body: Buffer, where: string): { meta: TableHead; table: Table } {
  try {
    const size = body.readUInt32LE(0);
    const meta = head.parse(JSON.parse(body.toString("utf8", 4, 4 + size))) as TableHead;
    return { meta, table: decodeTable(SOURCE_KINDS[meta.kind].columns, body.subarray(4 + size)) };
  } catch (e) {
    throw new CaptureError(
      "CAP-006",
      where,
      "Restore it from a copy, or import the session again.",
      e instanceof z.ZodError ? "a table of an unknown kind" : (e as Error).message,
    );
  }
}
