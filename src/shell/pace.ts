/** Speeds that a replay may have, in session seconds a second; `max` is beyond them. */
export const SLOWEST = 0.25;
export const FASTEST = 100;
