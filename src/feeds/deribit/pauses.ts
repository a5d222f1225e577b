import type { DataClock } from "../health.ts";

/** Of pauses that follow each other, how the chain stands is asked no more often than this, ms: what they swallowed is put right within 15 s (contracts section 8). */
const SPACED_MS = 10_000;

/** Times this far behind the newest that came: the exchange's clock ran ahead, and books refuse what is older than what they hold, µs. */
const BEHIND_US = 500_000;

/**
 * What a stream may have lost without a break: it paused longer than it usually does and then went on, or its times went back, and books
 * refused it. A quiet option does not tell again for long. So how the whole chain stands is asked again.
 */
export class Pauses {
  private suspected = false;
  private askedMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly pace: Pick<DataClock, "silentMs" | "pauseMs">) {}

  /** Data came, by the exchange's clock so much older than the newest of before; told before the data clock hears of it. */
  data(nowMs: number, behindUs: number): void {
    if (behindUs > BEHIND_US || this.pace.silentMs(nowMs) > this.pace.pauseMs()) this.suspected = true;
  }

  /** The chain is being asked about, for whatever reason. */
  asked(): void {
    this.suspected = false;
  }

  /** Shall it be asked about because of a pause? Then that is taken as done. */
  take(nowMs: number): boolean {
    if (!this.suspected || nowMs - this.askedMs < SPACED_MS) return false;
    this.suspected = false;
    this.askedMs = nowMs;
    return true;
  }
}
