import type { Clock } from "./clock.ts";

/** The timers of one owner, which end together. */
export class Timers {
  private readonly pending = new Set<() => void>();
  private stopped = false;

  constructor(private readonly clock: Clock) {}

  every(ms: number, run: () => void): void {
    this.after(ms, () => {
      run();
      this.every(ms, run);
    });
  }

  after(ms: number, run: () => void): void {
    if (this.stopped) return;
    const cancel = this.clock.after(ms, () => {
      this.pending.delete(cancel);
      if (!this.stopped) run();
    });
    this.pending.add(cancel);
  }

  stop(): void {
    this.stopped = true;
    for (const cancel of this.pending) cancel();
    this.pending.clear();
  }
}
