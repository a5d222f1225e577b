/** What the command line said, and what the files' names add to it. */
export interface ImportRequest {
  readonly day: string | null;
  readonly symbol: string | null;
  readonly zone: string | null;
  readonly venue: string | null;
}
