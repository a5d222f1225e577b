/** One figure of `npm run bench`. `ratio` is against the bench's own bare baseline in the same run; `ok` is value against reach. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio: number | null;
  readonly reach: number | null;
  /** The ratio to reach, for a machine that is slower or busier than the one `reach` was set on. */
  readonly ratioReach?: number;
  readonly ok: boolean | null;
}
