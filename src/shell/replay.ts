import type { Micros } from "../../engines/market/index.ts";
import type { Clock } from "./clock.ts";
import type { EventSource, Player } from "./player.ts";

export type Speed = number | "max";

/** Rows applied between two looks at the mail box, and the longest that may take on a busy machine, ms; the clock is read after each piece. */
const SLICE_ROWS = 8192;
const SLICE_MS = 6;
const PIECE_ROWS = 1024;
/** In a pause of the market the replay still moves the session clock this often. */
const IDLE_STEP_MS = 250;

/**
 * Plays a session in session time: decides which rows are due by the wall clock, the speed and the position, and when to look again.
 * `moved` is called after every change of position, session time or pace.
 */
export class Replay {
  private speedNow: Speed;
  private running = false;
  private anchorWallMs = 0;
  private anchorUs: number;
  private cancelWake: (() => void) | null = null;
  looping = false;

  constructor(
    private readonly player: Player,
    private readonly source: EventSource,
    private readonly clock: Clock,
    startUs: number,
    speed: Speed,
    private readonly moved: () => void,
    /** Where a loop begins again and where playing stops by itself. */
    private readonly range: { readonly firstUs: number; readonly fromUs: number; readonly toUs: number },
  ) {
    this.speedNow = speed;
    this.anchorUs = startUs;
    this.player.seek(source.findSeq(startUs + 1));
  }

  get speed(): Speed {
    return this.speedNow;
  }
  get paused(): boolean {
    return !this.running;
  }
  get atEnd(): boolean {
    return this.nowUs() >= this.range.toUs;
  }

  /** Session time at this moment. */
  nowUs(): Micros {
    if (!this.running || this.speedNow === "max") return this.anchorUs as Micros;
    const elapsedUs = (this.clock.monotonicMs() - this.anchorWallMs) * 1000 * this.speedNow;
    return Math.min(Math.round(this.anchorUs + elapsedUs), this.range.toUs) as Micros;
  }

  run(): void {
    if (this.running) return;
    if (this.atEnd) this.placeAt(this.range.fromUs);
    this.running = true;
    this.anchorWallMs = this.clock.monotonicMs();
    this.wake(0);
    this.moved();
  }

  pause(): void {
    if (!this.running) return;
    this.settle();
    this.running = false;
    this.cancelWake?.();
    this.moved();
  }

  setSpeed(speed: Speed): void {
    this.settle();
    this.speedNow = speed;
    if (this.running) this.wake(0);
    this.moved();
  }

  /** Session time moves to `us`; every row received by then is applied. */
  jump(us: number): void {
    this.placeAt(Math.min(Math.max(us, this.range.firstUs), this.range.toUs));
    if (this.running) this.wake(0);
    this.moved();
  }

  /** Moves to just after the row before `seq`: the number of applied rows becomes `seq`. */
  jumpToSeq(seq: number): void {
    this.player.seek(seq);
    this.anchorUs = Math.max(this.player.desk.nowUs, this.range.firstUs);
    this.anchorWallMs = this.clock.monotonicMs();
    if (this.running) this.wake(0);
    this.moved();
  }

  stop(): void {
    this.running = false;
    this.cancelWake?.();
  }

  private placeAt(us: number): void {
    this.anchorUs = us;
    this.anchorWallMs = this.clock.monotonicMs();
    this.player.seek(this.source.findSeq(us + 1));
  }

  /** Fixes the present session time as the new anchor. */
  private settle(): void {
    this.anchorUs = this.nowUs();
    this.anchorWallMs = this.clock.monotonicMs();
  }

  private wake(ms: number): void {
    this.cancelWake?.();
    this.cancelWake = this.clock.after(ms, () => this.step());
  }

  private step(): void {
    if (!this.running) return;
    const target = this.speedNow === "max" ? this.source.rows : this.source.findSeq(this.nowUs() + 1);
    this.playSlice(Math.min(target, this.player.seq + SLICE_ROWS));
    if (this.speedNow === "max") this.anchorUs = Math.max(this.anchorUs, this.player.desk.nowUs);
    this.moved();

    if (this.player.seq < target) return this.wake(0);
    if (this.finished()) return this.finish();
    this.wake(this.sleepMs());
  }

  private playSlice(end: number): void {
    const began = this.clock.monotonicMs();
    do this.player.playTo(Math.min(end, this.player.seq + PIECE_ROWS));
    while (this.player.seq < end && this.clock.monotonicMs() - began < SLICE_MS);
  }

  private finished(): boolean {
    return this.speedNow === "max" ? this.player.atEnd : this.nowUs() >= this.range.toUs;
  }

  private finish(): void {
    if (this.looping) {
      this.placeAt(this.range.fromUs);
      this.moved();
      return this.wake(0);
    }
    this.anchorUs = this.range.toUs;
    this.running = false;
    this.moved();
  }

  /** Until the next row is due, at most a quarter second so that ages on the screen go on. */
  private sleepMs(): number {
    if (this.speedNow === "max") return 0;
    const seq = this.player.seq;
    if (seq >= this.source.rows) return IDLE_STEP_MS;
    const block = this.source.block(this.source.findBlock(seq));
    const dueUs = block.recvUs[seq - block.seq0] as number;
    const ms = (dueUs - this.nowUs()) / 1000 / this.speedNow;
    return Math.max(1, Math.min(IDLE_STEP_MS, Math.ceil(ms)));
  }
}
