/** Reads a vendor's CSV (plain or gzip) into a {@link Table} of one source kind, and writes such rows back as text. */
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { parse } from "csv-parse";
import { CaptureError } from "./errors.ts";
import { SOURCE_KINDS, type SourceKindName } from "./sources.ts";
import type { ColumnSpec, Table } from "./table-codec.ts";

/** Collects rows of texts column by column. */
export class TableBuilder {
  readonly specs: readonly ColumnSpec[];
  private readonly values: number[][];
  private readonly words: Map<string, number>[];
  n = 0;

  constructor(kind: SourceKindName) {
    this.specs = SOURCE_KINDS[kind].columns;
    this.values = this.specs.map(() => []);
    this.words = this.specs.map(() => new Map());
  }

  /** `cells[i]` belongs to `specs[i]`. */
  add(cells: readonly string[]): void {
    this.specs.forEach((spec, i) => {
      const text = cells[i] ?? "";
      let v: number;
      if (spec.type === "text") {
        const words = this.words[i] as Map<string, number>;
        v = words.get(text) ?? words.size;
        if (v === words.size) words.set(text, v);
      } else {
        v = text === spec.empty || text === "" ? Number.NaN : Number(text);
        if (v !== v && text !== spec.empty) throw new Error(`row ${this.n + 1}: ${spec.name} is "${text}"`);
      }
      (this.values[i] as number[]).push(v);
    });
    this.n++;
  }

  /** The rows so far; begins anew. */
  take(): Table {
    const columns: Record<string, Float64Array> = {};
    const dicts: Record<string, readonly string[]> = {};
    this.specs.forEach((spec, i) => {
      columns[spec.name] = Float64Array.from(this.values[i] as number[]);
      if (spec.type === "text") dicts[spec.name] = [...(this.words[i] as Map<string, number>).keys()];
      this.values[i] = [];
      this.words[i]?.clear();
    });
    const n = this.n;
    this.n = 0;
    return { n, columns, dicts };
  }
}

/** Where in a file's row the cells of each column of the kind lie; several for a text that joins neighbours. */
function layout(kind: SourceKindName, header: readonly string[], subset: boolean): number[][] | null {
  const own = SOURCE_KINDS[kind].header.split(",");
  if (!subset && header.join(",") !== own.join(",")) return null;
  const places = SOURCE_KINDS[kind].columns.map((c) => c.name.split(",").map((name) => header.indexOf(name)));
  return places.flat().every((p) => p >= 0) ? places : null;
}

export interface ReadTableOptions {
  /** Rows for which this is false are left out. */
  readonly keep?: (row: Readonly<Record<string, string>>) => boolean;
  /** The file may have other columns too: they are left out. */
  readonly subset?: boolean;
  /** Rows handed over at once. */
  readonly chunkRows?: number;
}

/**
 * A CSV file's rows, its header first, plain or gzip, streamed.
 * @throws CaptureError CAP-011 when it cannot be read or is not whole, CAP-012 when it is not CSV.
 */
export async function* csvRows(file: string): AsyncGenerator<string[]> {
  try {
    const parser = parse({ bom: true });
    const reading = createReadStream(file);
    const done = file.endsWith(".gz") ? pipeline(reading, createGunzip(), parser) : pipeline(reading, parser);
    // The loop below reports a failure; this only keeps it from being counted as unhandled.
    done.catch(() => undefined);
    yield* parser as AsyncIterable<string[]>;
    await done;
  } catch (e) {
    if (e instanceof CaptureError) throw e;
    const code = (e as NodeJS.ErrnoException).code ?? "";
    if (/^(Z_|ERR_)/.test(code))
      throw new CaptureError("CAP-011", file, "Fetch it again.", "it is not whole");
    if (/^E[A-Z]+$/.test(code)) throw new CaptureError("CAP-011", file, "Check its name and rights.", code);
    throw new CaptureError("CAP-012", file, "Check that it is a CSV file.", (e as Error).message);
  }
}

/**
 * Streams a file's rows, `chunkRows` at a time, without holding the file.
 * @throws CaptureError CAP-011 when it cannot be read, CAP-012 when its header or a cell is not of this kind.
 */
export async function readTable(
  file: string,
  kind: SourceKindName,
  visit: (table: Table) => void,
  options: ReadTableOptions = {},
): Promise<number> {
  const builder = new TableBuilder(kind);
  const chunk = options.chunkRows ?? 1_000_000;
  let header: string[] | null = null;
  let places: number[][] = [];
  let rows = 0;
  const foreign = (detail: string): CaptureError =>
    new CaptureError("CAP-012", file, `Expected the columns ${SOURCE_KINDS[kind].header}.`, detail);
  for await (const cells of csvRows(file)) {
    if (header === null) {
      header = cells;
      const found = layout(kind, header, options.subset ?? false);
      if (found === null) throw foreign(`it begins with ${header.join(",").slice(0, 80)}`);
      places = found;
      continue;
    }
    if (options.keep !== undefined) {
      const row = Object.fromEntries(header.map((name, i) => [name, cells[i] ?? ""]));
      if (!options.keep(row)) continue;
    }
    try {
      builder.add(places.map((p) => p.map((i) => cells[i] ?? "").join(",")));
    } catch (e) {
      throw foreign((e as Error).message);
    }
    rows++;
    if (builder.n >= chunk) visit(builder.take());
  }
  if (header === null) throw foreign("it is empty");
  if (builder.n > 0) visit(builder.take());
  return rows;
}

/** The rows of a table as the source's own CSV lines, columns in the source's order. */
export function* tableLines(kind: SourceKindName, table: Table): Generator<string> {
  const { columns: specs, header } = SOURCE_KINDS[kind];
  const order = [...specs].sort((a, b) => place(header, a.name) - place(header, b.name));
  for (let i = 0; i < table.n; i++) {
    yield order
      .map((spec) => {
        const v = table.columns[spec.name]?.[i] ?? Number.NaN;
        if (spec.type === "text") return table.dicts[spec.name]?.[v] ?? "";
        return v === v ? String(v) : spec.empty;
      })
      .join(",");
  }
}

const place = (header: string, name: string): number => `,${header},`.indexOf(`,${name},`);
