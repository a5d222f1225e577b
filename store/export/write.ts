import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { VoldeskError } from "../../config/errors.ts";
import type { Cell, Table } from "./table.ts";

export const FORMATS = ["csv", "json", "parquet"] as const;
export type Format = (typeof FORMATS)[number];

const csvCell = (v: Cell): string =>
  v === null ? "" : typeof v === "string" && /[",\r\n]/.test(v) ? `"${v.replaceAll('"', '""')}"` : String(v);

/** RFC 4180 with a header line; numbers with every digit they have, unknown is empty. */
export function csvText(table: Table): string {
  const line = (cells: readonly Cell[]) => `${cells.map(csvCell).join(",")}\n`;
  return line(table.columns.map((c) => c.name)) + table.rows.map(line).join("");
}

/** A list of objects, one a line; unknown is null. */
export function jsonText(table: Table): string {
  const names = table.columns.map((c) => JSON.stringify(c.name));
  const object = (row: readonly Cell[]) =>
    `{${row.map((v, i) => `${names[i]}:${JSON.stringify(v)}`).join(",")}}`;
  return table.rows.length === 0 ? "[]\n" : `[\n${table.rows.map(object).join(",\n")}\n]\n`;
}

const CANNOT: Readonly<Record<string, readonly [what: string, advice: string]>> = {
  ENOENT: ["its folder does not exist", "Make the folder first, or choose another."],
  ENOTDIR: ["its folder is a file", "Choose another folder."],
  EISDIR: ["it is a folder", "Name a file in it."],
  EACCES: ["no right to write there", "Choose a folder that you may write to."],
  EPERM: ["no right to write there", "Choose a folder that you may write to."],
  EROFS: ["that disk is read-only", "Choose a folder that you may write to."],
};
const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** What a failed write says. */
export function cannotWrite(error: unknown, path: string): VoldeskError {
  if (error instanceof VoldeskError) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code ?? "unknown";
  if (FULL.has(code))
    return new VoldeskError(
      "EXP-002",
      "the disk is full",
      "Free some space, or write to another disk. Nothing was left.",
      path,
    );
  const [what, advice] = CANNOT[code] ?? [`the system says ${code}`, "Choose another file."];
  return new VoldeskError("EXP-001", `the export cannot be written, ${what}`, advice, path);
}

/** Writes beside the file and puts it in its place when it is whole: nobody ever sees half of it. */
async function atomically(path: string, write: (part: string) => void | Promise<void>): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await write(part);
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw cannotWrite(error, path);
  }
}

function writeText(part: string, text: string): void {
  const fd = openSync(part, "w");
  try {
    const bytes = Buffer.from(text, "utf8");
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** A text file, whole or not at all. @throws VoldeskError EXP-001 or EXP-002 */
export async function writeWholeText(text: string, path: string): Promise<void> {
  await atomically(path, (part) => writeText(part, text));
}

/** @throws VoldeskError EXP-001 or EXP-002 where the file cannot be written, EXP-003 where Parquet is not to be had. */
export async function writeTable(table: Table, format: Format, path: string): Promise<void> {
  await atomically(path, async (part) => {
    if (format === "parquet") {
      const { writeParquet } = await import("./parquet.ts");
      // DuckDB says only in words why a file cannot be opened: the system is asked first.
      closeSync(openSync(part, "w"));
      await writeParquet(table, part);
    } else writeText(part, format === "csv" ? csvText(table) : jsonText(table));
  });
}
