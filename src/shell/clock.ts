/** The wall, handed to whoever needs it: tests and the simulation put their own in its place. */
export interface Clock {
  /** Milliseconds on a clock that never goes back. */
  monotonicMs(): number;
  /** UTC microseconds since the epoch. */
  wallUs(): number;
  /** Calls `run` once after `ms`; the returned function calls it off. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallUs: () => Date.now() * 1000,
  after(ms, run) {
    // setTimeout rounds 0 up to 1 ms; setImmediate lets waiting messages in and comes back at once.
    if (ms <= 0) {
      const handle = setImmediate(run);
      return () => clearImmediate(handle);
    }
    const handle = setTimeout(run, ms);
    return () => clearTimeout(handle);
  },
};
