/** Absolute delta from 0 to 1 in fifths; the last holds 1. */
export const DELTA_BUCKETS = ["d00_20", "d20_40", "d40_60", "d60_80", "d80_100"] as const;
export type DeltaBucket = (typeof DELTA_BUCKETS)[number];
