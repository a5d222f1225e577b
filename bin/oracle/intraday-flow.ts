import { type CompatFlowInput, flowPipelineCompat } from "../../engines/flow/index.ts";
import { seedAdapter } from "./seeds.ts";

/** Option flow as the original system classifies and sums it. */
export const intradayFlowSeeds = seedAdapter("intraday_flow", {
  intraday_flow_pipeline: (i) => flowPipelineCompat(i as unknown as CompatFlowInput),
});
