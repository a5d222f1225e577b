import {
  anchoredVwapCompat,
  breakoutDayCompat,
  type CompatProfileInput,
  type CompatSummaryInput,
  type CompatVwapInput,
  levelsSummaryCompat,
  volumeProfileCompat,
} from "../../engines/levels/index.ts";
import { seedAdapter } from "./seeds.ts";

/** Levels as the original system computes them. */
export const levelsSeeds = seedAdapter("levels", {
  compute_anchored_vwap: (i) => anchoredVwapCompat(i as unknown as CompatVwapInput),
  compute_volume_profile: (i) => volumeProfileCompat(i as unknown as CompatProfileInput),
  compute_levels_summary: (i) => levelsSummaryCompat(i as unknown as CompatSummaryInput),
  find_breakout_day: (i) => breakoutDayCompat(i as unknown as Parameters<typeof breakoutDayCompat>[0]),
});
