import type { Clock } from "../../shell/clock.ts";

/**
 * One request at a time, no closer than `everyMs` after the one before really went: turns that a busy moment held back don't go in a heap.
 * Who is urgent goes ahead of all who wait.
 */
export class Pace {
  private readonly urgent: (() => void)[] = [];
  private readonly others: (() => void)[] = [];
  private timed = false;
  private nextMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    private readonly everyMs: number,
  ) {}

  turn(urgent: boolean): Promise<void> {
    return new Promise((go) => {
      (urgent ? this.urgent : this.others).push(go);
      this.wait();
    });
  }

  /** The server asks for silence. */
  rest(ms: number): void {
    this.nextMs = Math.max(this.nextMs, this.clock.monotonicMs() + ms);
  }

  /** How long the next turn is away, ms. */
  get awayMs(): number {
    return Math.max(0, this.nextMs - this.clock.monotonicMs());
  }

  private wait(): void {
    if (this.timed || this.urgent.length + this.others.length === 0) return;
    const ms = this.nextMs - this.clock.monotonicMs();
    if (ms <= 0) return this.go();
    this.timed = true;
    this.clock.after(ms, () => {
      this.timed = false;
      this.wait();
    });
  }

  private go(): void {
    const next = this.urgent.shift() ?? this.others.shift();
    this.nextMs = this.clock.monotonicMs() + this.everyMs;
    next?.();
    this.wait();
  }
}
