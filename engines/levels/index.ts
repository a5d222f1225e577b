/**
 * Price levels of an underlying: anchored VWAPs, volume profile, prior and rolling extremes, gaps, relative strength, option walls and
 * expected-move bands, nearest first. {@link levels} gives all; the parts are exported for panes that need one.
 */
export { type CleanBars, cleanBars, typicalPrice } from "./bars.ts";
export * from "./compat.ts";
export { averageTrueRange, dailyLevels, openGaps } from "./daily.ts";
export { anchorName, levels } from "./levels.ts";
export { DEFAULT_PROFILE_OPTIONS, nakedPocs, volumeProfile } from "./profile.ts";
export { relativeStrength } from "./relative.ts";
export * from "./types.ts";
export { anchoredVwap, breakoutDay, vwapLine } from "./vwap.ts";
