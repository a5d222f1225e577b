import type { Adapter } from "./adapter.ts";
import { american } from "./american.ts";
import { blackScholesSeeds } from "./black-scholes.ts";
import { bsm } from "./bsm.ts";
import { diffEvolution } from "./diff-evolution.ts";
import { executionSeeds, optionValidatorSeeds, runLedgerSeeds } from "./execution.ts";
import { exposureSeeds } from "./exposure.ts";
import { greeks2Seeds } from "./greeks2.ts";
import { intradayFlowSeeds } from "./intraday-flow.ts";
import { iv } from "./iv.ts";
import { ivSurfaceSeeds, ivTermStructureSeeds } from "./iv-surface.ts";
import { levelsSeeds } from "./levels.ts";
import { mtmSeeds } from "./mtm.ts";
import { realisedVol } from "./realised-vol.ts";
import { scenarioSeeds } from "./scenarios.ts";
import { surface } from "./surface.ts";
import { termInterp } from "./term-interp.ts";

/** Every kind of oracle file an engine answers. A new engine adds its adapter file here. */
export const ADAPTERS: readonly Adapter[] = [
  bsm,
  iv,
  american,
  surface,
  termInterp,
  realisedVol,
  diffEvolution,
  blackScholesSeeds,
  executionSeeds,
  exposureSeeds,
  greeks2Seeds,
  intradayFlowSeeds,
  ivSurfaceSeeds,
  ivTermStructureSeeds,
  levelsSeeds,
  mtmSeeds,
  optionValidatorSeeds,
  runLedgerSeeds,
  scenarioSeeds,
];
