/** Waits and rates; tests shorten them. */
export interface AlpacaTuning {
  /** How long after a send a "no such order" may still be wrong. */
  readonly settleMs: number;
  /** An answer to a call that changes something is waited for this long. */
  readonly answerMs: number;
  readonly replaceMs: number;
  /** Working orders are compared with the account's lists this often. */
  readonly pollMs: number;
  /** A cancel that was taken and not done by then is pointed out. */
  readonly cancelMs: number;
  /** Between two tries of the event stream, at first and at most. */
  readonly firstWaitMs: number;
  readonly mostWaitMs: number;
  /** Reads; the vendor takes 200 calls of any kind a minute. */
  readonly readsPerMinute: number;
  readonly chance: () => number;
}
export const TUNING: AlpacaTuning = {
  settleMs: 5_000,
  answerMs: 10_000,
  replaceMs: 5_000,
  pollMs: 15_000,
  cancelMs: 30_000,
  firstWaitMs: 1_000,
  mostWaitMs: 15_000,
  readsPerMinute: 150,
  chance: Math.random,
};
