/** Trades of an instrument that did not come, by their numbers, both inclusive. */
export interface Hole {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Trades of one answer at most. */
const PAGE = 1000;
/** Requests follow each other no closer, ms: Deribit takes twenty a second. */
const BETWEEN_MS = 100;

export interface BackFillOptions {
  readonly ask: (hole: Hole, count: number) => Promise<unknown>;
  readonly after: (ms: number, run: () => void) => void;
  /** All holes are asked for. */
  readonly done: () => void;
}

/** Deribit numbers the trades of each instrument: what a break or the wire swallowed is known by its numbers, and asked for. */
export class BackFill {
  private readonly last = new Map<string, number>();
  private queue: Hole[] = [];
  private asking = false;

  constructor(private readonly o: BackFillOptions) {}

  /** A message of the trades of an instrument came. */
  heard(data: unknown): void {
    if (!Array.isArray(data)) return;
    for (const trade of data as readonly {
      readonly instrument_name?: unknown;
      readonly trade_seq?: unknown;
    }[]) {
      const { instrument_name: name, trade_seq: seq } = trade ?? {};
      if (typeof name !== "string" || typeof seq !== "number" || !Number.isSafeInteger(seq)) continue;
      const last = this.last.get(name);
      if (last !== undefined && seq <= last) continue;
      this.last.set(name, seq);
      if (last === undefined || seq === last + 1) continue;
      for (let from = last + 1; from < seq; from += PAGE)
        this.queue.push({ name, from, to: Math.min(seq - 1, from + PAGE - 1) });
    }
    if (!this.asking && this.queue.length > 0) this.next();
  }

  private next(): void {
    const [hole, ...rest] = this.queue;
    this.asking = hole !== undefined;
    if (hole === undefined) return this.o.done();
    this.queue = rest;
    const on = (): void => this.o.after(BETWEEN_MS, () => this.next());
    // One that could not be asked for stays a hole: nobody waits for it.
    this.o.ask(hole, hole.to - hole.from + 1).then(on, on);
  }
}
