/** Asks the terminal for its status; it answers when it has read all that was written before. */
export const ECHO_QUERY = "\x1b[5n";
export const isEcho = (body: string): boolean => body === "0n";

/** Asked at most this often, ms. */
const EVERY_MS = 200;
/** An answer this much later than the quickest one means that frames lie in a queue on the way, ms. */
const QUEUED_MS = 100;
/** A terminal that has not answered its first question by then never will, ms. */
const DEAF_MS = 3000;

/**
 * How far behind a terminal at the end of a long line is. A write to it drains into buffers of the system, of ssh and of the network long
 * before it is seen; only the terminal's own answer tells. Frames wait while one is overdue; keys don't.
 */
export class Echo {
  #askedMs: number | null = null;
  #lastMs = Number.NEGATIVE_INFINITY;
  #leastMs: number | null = null;
  #delayMs = 0;
  #deaf = false;

  /** What to write after a frame: a question, or nothing. */
  question(nowMs: number): string {
    if (this.#deaf || this.#askedMs !== null || nowMs - this.#lastMs < EVERY_MS) return "";
    this.#askedMs = nowMs;
    this.#lastMs = nowMs;
    return ECHO_QUERY;
  }

  heard(nowMs: number): void {
    if (this.#askedMs === null) return;
    const took = nowMs - this.#askedMs;
    this.#askedMs = null;
    this.#leastMs = Math.min(this.#leastMs ?? took, took);
    const queued = took - this.#leastMs;
    // Quick to slow down, slow to speed up.
    this.#delayMs = queued > this.#delayMs ? queued : this.#delayMs * 0.7 + queued * 0.3;
  }

  /** An answer is still to come: it would be typed into whatever has the terminal next. */
  get awaited(): boolean {
    return this.#askedMs !== null && !this.#deaf;
  }

  /** How long what is written now stands in the queue, as far as is known. */
  delayMs(nowMs: number): number {
    if (this.#askedMs === null || this.#leastMs === null) return this.#delayMs;
    return Math.max(this.#delayMs, nowMs - this.#askedMs - this.#leastMs);
  }

  /** Whether data should wait for the answer. */
  full(nowMs: number): boolean {
    if (this.#askedMs === null || this.#deaf) return false;
    if (this.#leastMs === null) {
      this.#deaf = nowMs - this.#askedMs > DEAF_MS;
      return false;
    }
    return nowMs - this.#askedMs > this.#leastMs + QUEUED_MS;
  }
}
