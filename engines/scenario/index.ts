/** Scenarios: what a book would gain or lose under a move of spot, vol and time. */

export {
  type Attribution,
  type AttributionRow,
  attribute,
  greeksInCoin,
  PARTS,
  type Part,
} from "./attribution.ts";
export * from "./axes.ts";
export {
  baseCell,
  cellAt,
  cellCount,
  type ScenarioAxes,
} from "./changes.ts";
export * from "./compat.ts";
export * from "./dynamics.ts";
export { type Payoff, type PayoffLeg, payoff } from "./payoff.ts";
export { payoffInCoin } from "./payoff-coin.ts";
export {
  type Basis,
  type ScenarioHolding,
  type ScenarioReason,
  type ScenarioSource,
  type SpotAxis,
  underlyingOf,
} from "./prepare.ts";
export * from "./revalue.ts";
export {
  DEFAULT_SCENARIOS,
  type ScenarioLeg,
  type ScenarioOptions,
  type ScenarioResult,
  scenarios,
} from "./scenarios.ts";
export type { CellTotals } from "./totals.ts";
