import { type ColumnOf, type ExportTable, tableOf } from "../../src/desk/export/table.ts";

export const STUDY_FORMATS = ["console", "json", "csv"] as const;
export type StudyFormat = (typeof STUDY_FORMATS)[number];

/** A study: words above its main table, the tables, words below. */
export interface Study {
  readonly head: readonly string[];
  readonly tables: readonly ExportTable[];
  readonly foot: readonly string[];
  /** Tables that a reader sees, where not all of them: the others are for files. */
  readonly brief?: readonly string[];
}

/** A study as a reader sees it. */
export function studyText(study: Study): string {
  const { brief } = study;
  const shown = study.tables.filter((t) => brief === undefined || brief.includes(t.name));
  const parts = [study.head.join("\n"), ...shown.map(pretty), study.foot.join("\n")];
  return parts.filter((p) => p !== "").join("\n\n");
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
