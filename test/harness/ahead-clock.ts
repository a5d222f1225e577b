import { type Clock, systemClock } from "../../src/shell/clock.ts";

/** The real clock, whose steady side a test sets ahead instead of waiting: timers run as ever, but all that was before is older. */
export class AheadClock implements Clock {
  private aheadMs = 0;

  monotonicMs(): number {
    return systemClock.monotonicMs() + this.aheadMs;
  }
  wallUs(): number {
    return systemClock.wallUs();
  }
  after(ms: number, run: () => void): () => void {
    return systemClock.after(ms, run);
  }
  later(ms: number): void {
    this.aheadMs += ms;
  }
}
