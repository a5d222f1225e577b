/**
 * Implied volatility surface and term structure. The desk's way is the default; `ivSurfaceCompat` and `termStructureCompat` reproduce
 * the original system, mistakes included.
 */
export * from "./compat.ts";
export type { CompatBucketChange, CompatTenorChange } from "./compat-changes.ts";
export type {
  CompatBucketRow,
  CompatCell,
  CompatPrevious,
  CompatSurfaceRow,
  CompatTenorRow,
} from "./compat-rows.ts";
export * from "./term-compat.ts";
export * from "./types.ts";
