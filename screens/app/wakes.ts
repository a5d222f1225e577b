/** Areas that asked to be painted at a time: the end of a flash, the next second of an age. */
export class Wakes {
  readonly #times = new Map<string, number>();

  /** Notes the wish; false when the area wakes earlier anyway. */
  ask(area: string, atMs: number): boolean {
    const planned = this.#times.get(area);
    if (planned !== undefined && planned <= atMs) return false;
    this.#times.set(area, atMs);
    return true;
  }

  /** Areas whose time has come, each once. */
  due(nowMs: number): string[] {
    const areas: string[] = [];
    for (const [area, atMs] of this.#times) {
      if (atMs > nowMs) continue;
      this.#times.delete(area);
      areas.push(area);
    }
    return areas;
  }
}
