import { extendedGreeksCompat, sizeAdjustmentCompat } from "../../engines/pricing/index.ts";
import { seedAdapter } from "./seeds.ts";

/** Second-order Greeks and size factor in the original's units. */
export const greeks2Seeds = seedAdapter("greeks2", {
  extended_greeks: (i) => extendedGreeksCompat(i as unknown as Parameters<typeof extendedGreeksCompat>[0]),
  size_adjustment: (i) => sizeAdjustmentCompat(i as unknown as Parameters<typeof sizeAdjustmentCompat>[0]),
});
