/**
 * Dealer-style exposure of an option chain: gamma, vanna, charm and delta notional by strike and expiry, walls, zero-gamma level.
 * The desk's way is {@link exposure}; {@link exposureSliceCompat} reproduces the original system, mistakes included.
 */
export * from "./compat.ts";
export { DEFAULT_EXPOSURE_OPTIONS, exposure } from "./exposure.ts";
export { defaultSpotGrid } from "./profile.ts";
export { flipStrike } from "./table.ts";
export * from "./types.ts";
