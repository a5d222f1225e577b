import type { Clock } from "../clock.ts";

/** The wall may differ this much from the steady clock before it counts as a jump, µs. */
const JUMP_US = 1_000_000;
/** A check that comes this much later than the one before: the program was held (stopped, a frozen guest), whatever both clocks say, ms. */
const HELD_MS = 30_000;

/**
 * Receive time: the wall's at the start, carried on by the clock that never goes back, so that rows are in order whatever is done to the
 * wall. A venue with a day of its own is followed by an offset.
 */
export class LiveClock {
  private anchorWallUs: number;
  private anchorMs: number;
  private last = 0;
  /** How far the wall is behind this clock, which does not follow it back, µs. */
  private behindUs = 0;
  private checkedMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly offsetUs: number,
  ) {
    this.anchorWallUs = clock.wallUs();
    this.anchorMs = clock.monotonicMs();
    this.checkedMs = this.anchorMs;
  }

  nowUs(): number {
    const us = Math.floor(
      this.anchorWallUs + this.offsetUs + (this.clock.monotonicMs() - this.anchorMs) * 1000,
    );
    if (us > this.last) this.last = us;
    return this.last;
  }

  /**
   * Compares with the wall; to be called about once a second. Ahead (a sleep of the machine, a clock set forward) it follows. Set back, it
   * goes on as before: time told once cannot be taken back, and one that stood still would keep old quotes young. Returns the jump in
   * seconds, 0 for none.
   */
  check(): number {
    const wallUs = this.clock.wallUs();
    const ownUs = this.anchorWallUs + (this.clock.monotonicMs() - this.anchorMs) * 1000;
    const awayUs = wallUs - ownUs;
    const jumpUs = awayUs + this.behindUs;
    if (Math.abs(jumpUs) < JUMP_US) return 0;
    this.behindUs = Math.max(0, -awayUs);
    if (awayUs > 0) {
      this.anchorWallUs = wallUs;
      this.anchorMs = this.clock.monotonicMs();
    }
    return jumpUs / 1e6;
  }

  /** Seconds that this clock is ahead of a wall that was set back. */
  get ahead(): number {
    return this.behindUs / 1e6;
  }

  /** Seconds that the program stood still since this was asked last, 0 where it ran; to be called about once a second. */
  held(): number {
    const nowMs = this.clock.monotonicMs();
    const stoodMs = nowMs - this.checkedMs;
    this.checkedMs = nowMs;
    return stoodMs < HELD_MS ? 0 : stoodMs / 1000;
  }
}
