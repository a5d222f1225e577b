/** The rate limit of a connection: a bucket that every call takes from and time refills. */
const MOST = 50_000;
const PER_SECOND = 10_000;
const CALL = 500;
const SUBSCRIBE_MOST = 30_000;
const SUBSCRIBE = 3_000;

export class Credits {
  private calls = MOST;
  private subscribes = SUBSCRIBE_MOST;
  private lastMs: number;

  constructor(nowMs: number) {
    this.lastMs = nowMs;
  }

  /** False when the bucket is empty: the caller is told 10028 and thrown out. */
  spend(method: string, nowMs: number): boolean {
    const refill = ((nowMs - this.lastMs) / 1000) * PER_SECOND;
    this.lastMs = nowMs;
    this.calls = Math.min(MOST, this.calls + refill);
    this.subscribes = Math.min(SUBSCRIBE_MOST, this.subscribes + refill);
    if (method.endsWith("/subscribe")) {
      this.subscribes -= SUBSCRIBE;
      return this.subscribes >= 0;
    }
    this.calls -= CALL;
    return this.calls >= 0;
  }
}
