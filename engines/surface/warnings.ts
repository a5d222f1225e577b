/** Counted warning codes, given out as `code` or `code:count`, sorted by code. */
export class Warnings {
  private readonly counts = new Map<string, number>();

  add(code: string, count = 1): void {
    if (count > 0) this.counts.set(code, (this.counts.get(code) ?? 0) + count);
  }

  list(): string[] {
    return [...this.counts]
      .map(([code, count]) => (count === 1 ? code : `${code}:${count}`))
      .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }
}
