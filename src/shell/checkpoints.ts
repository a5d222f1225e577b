import type { Checkpoint } from "../desk/desk.ts";

/**
 * Moments of a session that the desk can jump to, by sequence number. When the store is full every second one goes and the spacing
 * doubles, so memory stays bounded however long the session is.
 */
export class Checkpoints {
  private readonly bySeq = new Map<number, Checkpoint>();

  constructor(
    private spacing: number,
    private readonly limit: number,
  ) {}

  /** The next sequence number after `seq` at which a checkpoint belongs. */
  next(seq: number): number {
    return (Math.floor(seq / this.spacing) + 1) * this.spacing;
  }

  wants(seq: number): boolean {
    return seq % this.spacing === 0 && !this.bySeq.has(seq);
  }

  add(checkpoint: Checkpoint): void {
    this.bySeq.set(checkpoint.seq, checkpoint);
    while (this.bySeq.size > this.limit) {
      this.spacing *= 2;
      for (const seq of this.bySeq.keys()) if (seq % this.spacing !== 0) this.bySeq.delete(seq);
    }
  }

  /** The last checkpoint at or before `seq`. */
  atOrBefore(seq: number): Checkpoint | null {
    let best: Checkpoint | null = null;
    for (const checkpoint of this.bySeq.values()) {
      if (checkpoint.seq <= seq && (best === null || checkpoint.seq > best.seq)) best = checkpoint;
    }
    return best;
  }

  get size(): number {
    return this.bySeq.size;
  }
}
