import type { Clock } from "../../shell/clock.ts";

interface Asker<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** A list that many ask for and the gateway gives seldom: one look at a time, shared by all who asked before it began. */
export class SharedLook<T> {
  private askers: Asker<T>[] = [];
  private busy = false;
  private closed = false;
  private lastMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    private readonly everyMs: number,
    private readonly fetch: () => Promise<T>,
  ) {}

  /** What a look that begins from now on finds. */
  ask(): Promise<T> {
    if (this.closed) return Promise.reject(new Error("closed"));
    return new Promise((resolve, reject) => {
      this.askers.push({ resolve, reject });
      this.next();
    });
  }

  close(): void {
    this.closed = true;
    for (const { reject } of this.askers.splice(0)) reject(new Error("closed"));
  }

  private next(): void {
    if (this.busy || this.askers.length === 0) return;
    this.busy = true;
    const wait = Math.max(0, this.lastMs + this.everyMs - this.clock.monotonicMs());
    this.clock.after(wait, () => {
      this.lastMs = this.clock.monotonicMs();
      const mine = this.askers.splice(0);
      const done = (tell: (asker: Asker<T>) => void): void => {
        this.busy = false;
        for (const asker of mine) tell(asker);
        this.next();
      };
      this.fetch().then(
        (value) => done((a) => a.resolve(value)),
        (error: unknown) => done((a) => a.reject(error)),
      );
    });
  }
}
