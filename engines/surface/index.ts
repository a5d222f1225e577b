/**
 * Implied volatility surface and term structure. The desk's way is the default; `ivSurfaceCompat` and `termStructureCompat` reproduce
 * the original system, mistakes included.
 */
export * from "./changes.ts";
export * from "./compat.ts";
export type { CompatBucketChange, CompatTenorChange } from "./compat-changes.ts";
export type {
  CompatBucketRow,
  CompatCell,
  CompatPrevious,
  CompatSurfaceRow,
  CompatTenorRow,
} from "./compat-rows.ts";
export { forwardDelta, type SmileView, smileFigures, viewOf, volsAtDeltas } from "./figures.ts";
export * from "./futures.ts";
export * from "./providers.ts";
export { type FittedSmile, fitSmile, type SmileQuotes, ssviParams } from "./smile-fit.ts";
export * from "./surface.ts";
export * from "./term.ts";
export * from "./term-compat.ts";
export * from "./term-curve.ts";
export * from "./types.ts";
export * from "./vol-index.ts";
