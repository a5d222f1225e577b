/** Longest and shortest wait between two tries, and how long a connection must hold before the wait begins anew. */
export interface BackoffLimits {
  readonly firstMs: number;
  readonly mostMs: number;
  readonly stableMs: number;
}
export const BACKOFF: BackoffLimits = { firstMs: 1_000, mostMs: 60_000, stableMs: 30_000 };
const JITTER = 0.2;

/** Waits between tries: doubling, with 20 % of chance so that clients do not come back together, and no shorter after a short life. */
export class Backoff {
  private tries = 0;

  constructor(
    private readonly chance: () => number,
    private readonly limits: BackoffLimits = BACKOFF,
  ) {}

  get count(): number {
    return this.tries;
  }

  /** The next wait, ms; `leastMs` is what the server asked for. */
  next(leastMs = 0): number {
    const { firstMs, mostMs } = this.limits;
    const plain = Math.min(mostMs, firstMs * 2 ** Math.min(this.tries++, 30));
    return Math.max(leastMs, Math.min(mostMs, plain * (1 - JITTER + 2 * JITTER * this.chance())));
  }

  /** A connection ended that had run for `aliveMs`. */
  ended(aliveMs: number): void {
    if (aliveMs >= this.limits.stableMs) this.tries = 0;
  }
}
