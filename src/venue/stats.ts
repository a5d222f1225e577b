import type { Clock } from "../shell/clock.ts";

const MINUTE_MS = 60_000;
/** Things counted at a time; the longest unseen is forgotten. */
const MOST_NAMES = 1_000;

/** What the venue saw, for `/_venue/state`: tests read here whether a client behaved. */
export class Stats {
  private readonly attempts = new Map<string, number[]>();
  private readonly totals = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** An attempt to connect or to ask; what is older than a minute is forgotten. */
  attempt(what: string): number {
    const nowMs = this.clock.monotonicMs();
    const list = (this.attempts.get(what) ?? []).filter((t) => t > nowMs - MINUTE_MS);
    list.push(nowMs);
    this.attempts.delete(what);
    this.attempts.set(what, list);
    const [oldest] = this.attempts.keys();
    if (this.attempts.size > MOST_NAMES && oldest !== undefined) this.attempts.delete(oldest);
    return list.length;
  }

  perMinute(): Record<string, number> {
    const nowMs = this.clock.monotonicMs();
    const rows = [...this.attempts].map(([what, list]) => [
      what,
      list.filter((t) => t > nowMs - MINUTE_MS).length,
    ]);
    return Object.fromEntries(rows) as Record<string, number>;
  }

  count(what: string, n = 1): void {
    this.totals.set(what, (this.totals.get(what) ?? 0) + n);
  }

  counts(): Record<string, number> {
    return Object.fromEntries(this.totals);
  }
}
