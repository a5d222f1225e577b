import type { Clock } from "../clock.ts";

/** The wall may differ this much from the steady clock before it counts as a jump, µs. */
const JUMP_US = 1_000_000;

/**
 * Receive time: the wall's at the start, carried on by the clock that never goes back, so that rows are in order whatever is done to the
 * wall. A venue with a day of its own is followed by an offset.
 */
export class LiveClock {
  private anchorWallUs: number;
  private anchorMs: number;
  private last = 0;

  constructor(
    private readonly clock: Clock,
    private readonly offsetUs: number,
  ) {
    this.anchorWallUs = clock.wallUs();
    this.anchorMs = clock.monotonicMs();
  }

  nowUs(): number {
    const us = Math.floor(
      this.anchorWallUs + this.offsetUs + (this.clock.monotonicMs() - this.anchorMs) * 1000,
    );
    if (us > this.last) this.last = us;
    return this.last;
  }

  /**
   * Compares with the wall; to be called about once a second. Ahead (a sleep of the machine, a clock set forward) it follows; behind it
   * stays, since time told once cannot be taken back. Returns the jump in seconds, 0 for none.
   */
  check(): number {
    const wallUs = this.clock.wallUs();
    const ownUs = this.anchorWallUs + (this.clock.monotonicMs() - this.anchorMs) * 1000;
    const jumpUs = wallUs - ownUs;
    if (Math.abs(jumpUs) < JUMP_US) return 0;
    this.anchorWallUs = wallUs;
    this.anchorMs = this.clock.monotonicMs();
    return jumpUs / 1e6;
  }
}
