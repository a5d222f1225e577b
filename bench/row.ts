/** One figure of `npm run bench`. `ratio` is against the bench's own bare baseline in the same run; `ok` is value against reach. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio: number | null;
  readonly reach: number | null;
  readonly ok: boolean | null;
}
