import { type CompatScenarioInput, positionScenariosCompat } from "../../engines/scenario/index.ts";
import { seedAdapter } from "./seeds.ts";

/** Position scenarios as the original system computes them. */
export const scenarioSeeds = seedAdapter("scenarios", {
  compute_position_scenarios: (i) => positionScenariosCompat(i as unknown as CompatScenarioInput),
});
