/** How a channel is doing, by two clocks: pongs say that the wire is alive, data says that the vendor is. */

/** Weight of a new gap between frames. */
const GAP_WEIGHT = 0.05;
/** A channel is quiet for its own measure when it is silent this many of its usual gaps. */
const GAPS = 30;
const LEAST_SILENCE_MS = 3_000;
/** Found within 15 s with the question to REST (contracts section 8). */
const MOST_SILENCE_MS = 10_000;
/** Usual gaps wider than this say nothing: the channel is one of quiet names. */
const QUIET_GAP_MS = 2_000;
/** A channel pauses when it is silent this many of its usual gaps, and no less than this, ms. */
const PAUSE_GAPS = 8;
const LEAST_PAUSE_MS = 400;
const RATE_OVER_MS = 5_000;
const LAG_WEIGHT = 0.1;

/** Counts data, its pace and its lag, and says when silence is suspicious. Times are of one monotonic clock, ms. */
export class DataClock {
  private gapMs = Number.NaN;
  private lastMs = Number.NaN;
  private readonly samples: { readonly ms: number; readonly count: number }[] = [];
  private count = 0;
  private lag = Number.NaN;

  /** `rows` events came at `nowMs`; `lagMs` is how long after the newest of them happened, NaN unknown. */
  data(nowMs: number, rows: number, lagMs: number): void {
    const gap = nowMs - this.lastMs;
    if (gap === gap)
      this.gapMs = this.gapMs === this.gapMs ? this.gapMs + GAP_WEIGHT * (gap - this.gapMs) : gap;
    this.lastMs = nowMs;
    this.count += rows;
    if (lagMs === lagMs)
      this.lag = this.lag === this.lag ? this.lag + LAG_WEIGHT * (lagMs - this.lag) : lagMs;
    const newest = this.samples.at(-1);
    if (newest === undefined || nowMs - newest.ms >= 250) {
      this.samples.push({ ms: nowMs, count: this.count });
      if (this.samples.length > RATE_OVER_MS / 250) this.samples.shift();
    }
  }

  /** A new connection: the pace is kept, the silence counts from now. */
  begin(nowMs: number): void {
    this.lastMs = nowMs;
    this.samples.length = 0;
  }

  get lagMs(): number | null {
    return this.lag === this.lag ? this.lag : null;
  }

  perSecond(nowMs: number): number {
    const first = this.samples[0];
    if (first === undefined || nowMs - this.lastMs > RATE_OVER_MS) return 0;
    const span = nowMs - first.ms;
    return span < 500 ? 0 : ((this.count - first.count) * 1000) / span;
  }

  silentMs(nowMs: number): number {
    return nowMs - this.lastMs;
  }

  /**
   * Longest silence that is usual, by the channel's own pace at this time of day. One that is too quiet to tell is given the longest: it
   * carries a canary, or is asked about.
   */
  limitMs(): number {
    if (!(this.gapMs < QUIET_GAP_MS)) return MOST_SILENCE_MS;
    return Math.min(MOST_SILENCE_MS, Math.max(LEAST_SILENCE_MS, GAPS * this.gapMs));
  }

  /** A silence longer than this is out of the ordinary, though no sign yet that the channel is mute. */
  pauseMs(): number {
    return this.gapMs === this.gapMs ? Math.max(LEAST_PAUSE_MS, PAUSE_GAPS * this.gapMs) : LEAST_PAUSE_MS;
  }
}
