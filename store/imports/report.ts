/** What became of the rows of a file: how many were taken, mended and refused, and why. */

/** What was done about a finding: nothing but telling, a value set right or to null, the row left out. */
export type Outcome = "told" | "mended" | "refused";

export interface Finding {
  /** Stable name of the reason, such as `crossed` or `iv_percent`. */
  readonly reason: string;
  readonly outcome: Outcome;
  readonly count: number;
  /** What it means, in words. */
  readonly means: string;
  /** Where the first ones stood: `line 12` or what the file calls the row. At most three. */
  readonly first: readonly string[];
}

export interface ImportReport {
  readonly file: string;
  readonly format: string;
  /** Rows of the file. */
  readonly read: number;
  /** Rows handed on, mended ones included. */
  readonly taken: number;
  readonly mended: number;
  readonly refused: number;
  /** In order of reason. */
  readonly findings: readonly Finding[];
}

const FIRST = 3;

/** Gathers findings. A row is mended or refused once, however many reasons it has. */
export class Reporter {
  private readonly found = new Map<
    string,
    { outcome: Outcome; means: string; count: number; first: string[] }
  >();
  read = 0;
  private mendedRows = 0;
  private refusedRows = 0;
  private lastMended: unknown = null;

  constructor(
    readonly file: string,
    public format: string,
  ) {}

  private note(reason: string, outcome: Outcome, means: string, where: string | null, count: number): void {
    const entry = this.found.get(reason);
    if (entry === undefined)
      this.found.set(reason, { outcome, means, count, first: where === null ? [] : [where] });
    else {
      entry.count += count;
      if (where !== null && entry.first.length < FIRST) entry.first.push(where);
    }
  }

  tell(reason: string, means: string, where: string | null = null, count = 1): void {
    this.note(reason, "told", means, where, count);
  }

  /** `row` is what tells one row from the next. */
  mend(row: unknown, reason: string, means: string, where: string): void {
    if (this.lastMended !== row) this.mendedRows++;
    this.lastMended = row;
    this.note(reason, "mended", means, where, 1);
  }

  refuse(reason: string, means: string, where: string): void {
    this.refusedRows++;
    this.note(reason, "refused", means, where, 1);
  }

  done(taken: number): ImportReport {
    const findings = [...this.found]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([reason, f]) => ({ reason, ...f }));
    const { file, format, read } = this;
    return { file, format, read, taken, mended: this.mendedRows, refused: this.refusedRows, findings };
  }
}

/** The report as lines for a reader. */
export function reportLines(report: ImportReport): string[] {
  const { file, format, read, taken, mended, refused } = report;
  return [
    `${file}: ${format}, ${read} rows read, ${taken} taken, ${mended} mended, ${refused} refused`,
    ...report.findings.map(
      (f) =>
        `  ${f.outcome.padEnd(7)} ${String(f.count).padStart(6)}  ${f.reason}: ${f.means}${f.first.length > 0 ? ` (${f.first.join(", ")})` : ""}`,
    ),
  ];
}
