/** Samples kept, and the least time between two: together the five seconds that a rate is taken over. */
const SAMPLES = 20;
const EVERY_MS = 250;

/** Events per second of wall time over the last five seconds: minute data comes in bursts, so a shorter look would flicker. */
export class RateMeter {
  private samples: { readonly ms: number; readonly count: number }[] = [];

  /** `count` is the running total; one lower than before (a jump back) begins anew. */
  note(ms: number, count: number): void {
    const last = this.samples.at(-1);
    if (last && count < last.count) this.samples = [];
    else if (last && ms - last.ms < EVERY_MS) return;
    this.samples.push({ ms, count });
    if (this.samples.length > SAMPLES) this.samples.shift();
  }

  perSecond(): number {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (!first || !last || last.ms === first.ms) return 0;
    return ((last.count - first.count) * 1000) / (last.ms - first.ms);
  }
}
