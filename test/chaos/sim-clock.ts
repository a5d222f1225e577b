import type { Clock } from "../../src/shell/clock.ts";

interface Timer {
  readonly ms: number;
  readonly order: number;
  run: (() => void) | null;
}

/** Time that passes only when it is told to: every timer runs at its moment, and between two moments nothing does. */
export class SimClock implements Clock {
  private ms = 0;
  private order = 0;
  /** A heap by time, then by the order of asking. */
  private readonly heap: Timer[] = [];

  constructor(private readonly startWallUs: number) {}

  monotonicMs(): number {
    return this.ms;
  }
  wallUs(): number {
    return this.startWallUs + this.ms * 1000;
  }

  after(ms: number, run: () => void): () => void {
    const timer: Timer = { ms: this.ms + Math.max(0, ms), order: this.order++, run };
    this.push(timer);
    return () => {
      timer.run = null;
    };
  }

  /** Runs the next timer that is due by `untilMs`; false when there is none, and the time is `untilMs` then. */
  step(untilMs: number): boolean {
    for (;;) {
      const next = this.heap[0];
      if (next === undefined || next.ms > untilMs) {
        this.ms = Math.max(this.ms, untilMs);
        return false;
      }
      this.pop();
      if (next.run === null) continue;
      this.ms = next.ms;
      next.run();
      return true;
    }
  }

  private push(timer: Timer): void {
    const { heap } = this;
    let i = heap.push(timer) - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (!before(timer, heap[up] as Timer)) break;
      heap[i] = heap[up] as Timer;
      i = up;
    }
    heap[i] = timer;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop() as Timer;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Timer, heap[child] as Timer)) child++;
      if (!before(heap[child] as Timer, last)) break;
      heap[i] = heap[child] as Timer;
      i = child;
    }
    heap[i] = last;
  }
}

const before = (a: Timer, b: Timer): boolean => a.ms < b.ms || (a.ms === b.ms && a.order < b.order);
