import { seeded } from "../../engines/stats/index.ts";
import { OPEN_US } from "./market.ts";

interface Task {
  readonly atMs: number;
  readonly n: number;
  readonly run: () => void;
}

/** Time and chance of a simulation, all from one seed. */
export class Scheduler {
  ms = 0;
  private n = 0;
  private tasks: Task[] = [];
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = seeded(seed).uniform;
  }

  get nowUs(): number {
    return OPEN_US + Math.round(this.ms * 1000);
  }

  after(ms: number, run: () => void): () => void {
    const task = { atMs: this.ms + ms, n: this.n++, run };
    this.tasks.push(task);
    return () => {
      this.tasks = this.tasks.filter((t) => t !== task);
    };
  }

  /** Runs what is due next; false where nothing is left. */
  step(): boolean {
    let next: Task | undefined;
    for (const t of this.tasks) {
      if (next === undefined || t.atMs < next.atMs || (t.atMs === next.atMs && t.n < next.n)) next = t;
    }
    if (next === undefined) return false;
    this.tasks = this.tasks.filter((t) => t !== next);
    this.ms = Math.max(this.ms, next.atMs);
    next.run();
    return true;
  }

  chance(p: number): boolean {
    return this.random() < p;
  }
  /** 0 up to but not `n`. */
  up(n: number): number {
    return Math.floor(this.random() * n);
  }
  pick<T>(from: readonly T[]): T {
    return from[this.up(from.length)] as T;
  }
}
