export * from "./account.ts";
export { payoffText } from "./actions.ts";
export * from "./buckets.ts";
export {
  type DaySplit,
  type OptionMove,
  SPLIT_PARTS,
  type SplitPart,
  splitDay,
  sumSplits,
} from "./day-split.ts";
export * from "./errors.ts";
export * from "./events.ts";
export * from "./exact.ts";
export { explainMark, explainPosition, type MarkExplanation, type MarkInputLine } from "./explain.ts";
export { FIGURES, type Figure, type Figures, type Missing, type Totals } from "./figures.ts";
export type { LocalFigures, RawGreeks } from "./leaf.ts";
export {
  applyEvent,
  copyLedger,
  createLedger,
  type Holding,
  type Outcome,
  openPositions,
  type PositionChange,
  sealLedger,
} from "./ledger.ts";
export * from "./margin.ts";
export * from "./margin-book.ts";
export {
  type MatchInput,
  type MatchResult,
  matchOptions,
  nakedExtra,
  type OptionLine,
  type Pairing,
} from "./margin-match.ts";
export * from "./mark.ts";
export * from "./mtm.ts";
export { type PlanRow, type PlanStructure, planBook, type ValuationPlan } from "./plan.ts";
export * from "./state.ts";
export { allocated, commonMultiplier, netEntry, reduceLegs, ungrouped, unitsOf } from "./structures.ts";
export {
  type BookValue,
  type LegDay,
  type LegValue,
  type MarketSource,
  type PositionValue,
  type StructureValue,
  type UnderlyingValue,
  type ValueOptions,
  valueBook,
} from "./value.ts";
