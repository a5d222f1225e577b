/** Lean's minute and tick files. */
import { basename } from "node:path";
import { csvRows, readTable } from "../csv-table.ts";
import { CaptureError } from "../errors.ts";
import { SOURCE_KINDS, type SourceKindName } from "../sources.ts";
import { wallUs } from "../zones.ts";
import { need, readFileName } from "./file-names.ts";
import type { ImportOutput } from "./output.ts";
import type { ImportRequest } from "./request.ts";

const NEW_YORK = "America/New_York";
/** The vendor stamps its index bars in the index's home zone, its option bars in New York. */
const INDEX_ZONES: Readonly<Record<string, string>> = { SPX: "America/Chicago", SX5E: "Europe/Berlin" };
const INDEX_HEADER = "ms,open,high,low,close,volume";

async function headerOf(file: string): Promise<string> {
  for await (const cells of csvRows(file)) return cells.join(",");
  throw new CaptureError("CAP-012", file, "Check that it is the file you meant.", "it is empty");
}

const kindOf = (header: string, of: readonly SourceKindName[]): SourceKindName | undefined =>
  of.find((k) => SOURCE_KINDS[k].header === header);

export async function readLeanMinute(
  file: string,
  request: ImportRequest,
  out: ImportOutput,
): Promise<string> {
  const name = readFileName(file);
  const symbol = request.symbol ?? need(name.symbol, file, "--symbol");
  const header = await headerOf(file);
  if (header === INDEX_HEADER) return readIndexBars(file, symbol, request, out);
  const kind = kindOf(header, [
    "lean.option.quotes-1m",
    "lean.option.trades-1m",
    "lean.option.openinterest",
    "lean.equity.quotes-1m",
    "lean.equity.trades-1m",
  ]);
  if (kind !== undefined) {
    const day = request.day ?? need(name.days[0], file, "--day");
    const meta = { kind, symbol, day, zone: NEW_YORK, file: basename(file) };
    const rows = await readTable(file, kind, (t) => out.table(meta, t), {
      ...(kind.startsWith("lean.equity") ? { keep: (row) => row.date === day } : {}),
    });
    if (rows === 0) throw new CaptureError("CAP-012", file, "Choose another --day.", `no rows of ${day}`);
    return day;
  }
  if (header.startsWith("date,underlying_close,expiry,strike,right,")) {
    const day = need(request.day, file, "--day (rows of earlier days become prior marks)");
    const meta = { kind: "lean.option.closes", symbol, day, zone: NEW_YORK, file: basename(file) } as const;
    const keep = (row: Readonly<Record<string, string>>): boolean => (row.date ?? "") < day;
    await readTable(file, "lean.option.closes", (t) => out.table(meta, t), { subset: true, keep });
    return day;
  }
  throw new CaptureError(
    "CAP-012",
    file,
    "Give a Lean minute or end-of-day file.",
    `it begins with ${header.slice(0, 80)}`,
  );
}

async function readIndexBars(
  file: string,
  symbol: string,
  request: ImportRequest,
  out: ImportOutput,
): Promise<string> {
  const day = request.day ?? need(readFileName(file).days[0], file, "--day");
  const zone = request.zone ?? need(INDEX_ZONES[symbol], file, "--zone");
  const midnight = wallUs(day, "00:00", zone);
  let first = true;
  for await (const cells of csvRows(file)) {
    if (!first) out.frame(cells.join(","), midnight + Number(cells[0]) * 1000, `csv.index-1m:${symbol}`);
    first = false;
  }
  return day;
}

export async function readLeanTick(file: string, request: ImportRequest, out: ImportOutput): Promise<string> {
  const name = readFileName(file);
  const symbol = request.symbol ?? need(name.symbol, file, "--symbol");
  const day = request.day ?? need(name.days[0], file, "--day");
  const header = await headerOf(file);
  const kind = kindOf(header, ["lean.equity.quote-ticks", "lean.equity.trade-ticks"]);
  if (kind === undefined)
    throw new CaptureError(
      "CAP-012",
      file,
      "Give a Lean tick file.",
      `it begins with ${header.slice(0, 80)}`,
    );
  const meta = { kind, symbol, day, zone: NEW_YORK, file: basename(file) };
  await readTable(file, kind, (t) => out.table(meta, t));
  return day;
}
