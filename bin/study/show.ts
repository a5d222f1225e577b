import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { expandPath } from "../../config/paths.ts";
import { type ColumnOf, type ExportTable, tableOf } from "../../src/desk/export/table.ts";
import { cannotWrite, csvText, jsonText, writeTable } from "../../store/export/write.ts";
import { type Cli, say } from "../context.ts";

export const STUDY_FORMATS = ["console", "json", "csv"] as const;
export type StudyFormat = (typeof STUDY_FORMATS)[number];

export interface ShowOptions {
  readonly format: StudyFormat;
  readonly out?: string;
}

/** A study: words above its main table, the tables, words below. */
export interface Study {
  readonly head: readonly string[];
  readonly tables: readonly ExportTable[];
  readonly foot: readonly string[];
}

/** Prints a study, or writes its tables into a folder: `console` all of it, `csv` and `json` the main table alone. */
export async function show(cli: Cli, study: Study, options: ShowOptions): Promise<void> {
  const main = study.tables.at(-1);
  if (options.out !== undefined) {
    const dir = resolve(cli.cwd, expandPath(options.out, cli.home, cli.cwd));
    try {
      mkdirSync(dir, { recursive: true });
    } catch (error) {
      throw cannotWrite(error, dir);
    }
    const format = options.format === "csv" ? "csv" : "json";
    for (const table of study.tables) {
      const path = join(dir, `${table.name}.${format}`);
      await writeTable(table, format, path);
      say(cli, `${path}: ${table.rows.length} rows`);
    }
    return;
  }
  if (main && options.format === "csv") return void cli.stdout.write(csvText(main));
  if (main && options.format === "json") return void cli.stdout.write(jsonText(main));
  const parts = [study.head.join("\n"), ...study.tables.map(pretty), study.foot.join("\n")];
  say(cli, parts.filter((p) => p !== "").join("\n\n"));
}

/** Columns aligned, numbers to the right: plain text that a pipe or a pager takes as it is. */
function pretty(table: ExportTable): string {
  const texts = [
    table.columns.map((c) => c.name),
    ...table.rows.map((row) => row.map((cell) => cellText(cell))),
  ];
  const widths = table.columns.map((_, i) => Math.max(...texts.map((row) => (row[i] ?? "").length)));
  const right = table.columns.map((c) => c.type === "number" || c.type === "integer");
  return texts
    .map((row) =>
      row
        .map((text, i) => (right[i] ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Whole from 1,000 on, else up to four digits behind the point; unknown is a dash. */
function cellText(cell: string | number | boolean | null): string {
  if (cell === null) return "–";
  if (typeof cell !== "number") return String(cell);
  if (Math.abs(cell) >= 1000)
    return Math.round(cell)
      .toString()
      .replace(/\B(?=(\d{3})+$)/g, ",");
  return String(Number(cell.toFixed(4)));
}

export { type ColumnOf, tableOf };
