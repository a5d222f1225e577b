import type { EventColumns } from "../../engines/market/index.ts";
import type { Desk } from "../desk/desk.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { applyWatched, type RowWatch } from "./watched-rows.ts";

/** A recorded session as rows in one order; `store/capture` opens one from disk. */
export interface EventSource {
  readonly rows: number;
  readonly firstUs: number | null;
  readonly lastUs: number | null;
  block(index: number): EventColumns;
  /** Index of the block that holds row `seq`. */
  findBlock(seq: number): number;
  /** The first row received at or after `us`; `rows` when there is none. */
  findSeq(us: number): number;
}

/** Called every `every` events with the desk at exactly that sequence number. */
export interface Milestone {
  readonly every: number;
  reached(desk: Desk): void;
}

/** Looks at the desk while it is played, at times that do not depend on how the playing is cut. */
export interface Lookout {
  /** Session time of the next look, infinite while nobody looks. */
  readonly dueUs: number;
  /** Every row before `us` has been applied: looks at all that is due until then. */
  advance(us: number): void;
  /** The desk is put elsewhere: `rest` before, `restart` when it stands there. */
  rest(): void;
  restart(us: number): void;
}

/** Forward moves up to this long are played under the eyes of the lookout; longer ones are jumps, µs. */
const LOOKED_AT_US = 60_000_000;

/** Applies the rows of a source to a desk, stopping at exact sequence numbers: chunking never shows in the result. */
export class Player {
  lookout: Lookout | null = null;
  watch: RowWatch | null = null;

  constructor(
    readonly desk: Desk,
    private readonly source: EventSource,
    private readonly checkpoints: Checkpoints,
    private readonly milestone: Milestone | null = null,
  ) {
    if (checkpoints.wants(desk.seq)) checkpoints.add(desk.snapshot());
  }

  get seq(): number {
    return this.desk.seq;
  }

  get atEnd(): boolean {
    return this.desk.seq >= this.source.rows;
  }

  /** When the next row comes; infinite at the end. */
  get nextUs(): number {
    const { seq } = this.desk;
    if (seq >= this.source.rows) return Number.POSITIVE_INFINITY;
    const block = this.source.block(this.source.findBlock(seq));
    return block.recvUs[seq - block.seq0] as number;
  }

  /** Applies rows up to, not including, sequence number `end`. */
  playTo(end: number): void {
    const stop = Math.min(end, this.source.rows);
    while (this.desk.seq < stop) {
      const seq = this.desk.seq;
      const block = this.source.block(this.source.findBlock(seq));
      let until = Math.min(stop, block.seq0 + block.n, this.checkpoints.next(seq));
      if (this.milestone)
        until = Math.min(until, (Math.floor(seq / this.milestone.every) + 1) * this.milestone.every);
      if (this.lookout) {
        this.lookout.advance(block.recvUs[seq - block.seq0] as number);
        const { dueUs } = this.lookout;
        if (Number.isFinite(dueUs)) until = Math.min(until, Math.max(seq + 1, this.source.findSeq(dueUs)));
      }
      applyWatched(this.desk, this.watch, block, seq - block.seq0, until - block.seq0);
      if (this.checkpoints.wants(until)) this.checkpoints.add(this.desk.snapshot());
      if (this.milestone && until % this.milestone.every === 0) this.milestone.reached(this.desk);
    }
  }

  /** Puts the desk at sequence number `target`, back or ahead, from the nearest checkpoint. */
  seek(target: number): void {
    const goal = Math.max(0, Math.min(target, this.source.rows));
    if (this.lookout && this.isStep(goal)) return this.playTo(goal);
    this.lookout?.rest();
    const near = this.checkpoints.atOrBefore(goal);
    // With orders at work nothing may be skipped: they could fill on the way.
    const skips = near !== null && near.seq > this.desk.seq && (this.watch?.fromSeq() ?? null) === null;
    if (near && (goal < this.desk.seq || skips)) this.desk.restore(near);
    this.playTo(goal);
    this.lookout?.restart(this.desk.nowUs);
  }

  private isStep(goal: number): boolean {
    if (goal <= this.desk.seq || !Number.isFinite(this.lookout?.dueUs ?? Number.NaN)) return false;
    const block = this.source.block(this.source.findBlock(goal - 1));
    return (block.recvUs[goal - 1 - block.seq0] as number) - this.desk.nowUs <= LOOKED_AT_US;
  }
}
