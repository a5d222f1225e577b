import {
  type CompatExposureInput,
  exposureSliceCompat,
  flipStrikeCompat,
} from "../../engines/exposure/index.ts";
import { seedAdapter } from "./seeds.ts";

/** Dealer exposure as the original system computes it. */
export const exposureSeeds = seedAdapter("exposure", {
  compute_exposure_slice: (i) => exposureSliceCompat(i as unknown as CompatExposureInput),
  compute_flip_strike: (i) => flipStrikeCompat(i["net_by_strike"] as [number, number][]),
});
