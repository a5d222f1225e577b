export * from "./collar.ts";
export * from "./cost-gate.ts";
export * from "./fees.ts";
export * from "./fold.ts";
export * from "./gate.ts";
export * from "./guard-rules.ts";
export * from "./guard-types.ts";
export { closesOnly, noPrice, runGuards, tightest } from "./guards.ts";
export { assignmentRisk } from "./guards-contract.ts";
export { candidateOf, liquidityLimits } from "./guards-option.ts";
export * from "./ids.ts";
export * from "./intents.ts";
export * from "./jobs.ts";
export * from "./legging.ts";
export * from "./marketable.ts";
export * from "./match.ts";
export * from "./nav-check.ts";
export * from "./netting.ts";
export {
  type Alternative,
  bestAlternatives,
  contractFindings,
  type Finding as HedgeFinding,
  fairFindings,
  HEDGE_LIMITS,
  type HedgeCandidate,
  type HedgeType,
  type LiquidityLimits,
  liquidityFindings,
  validateHedge,
} from "./option-validator.ts";
export * from "./package.ts";
export * from "./records.ts";
export * from "./slippage.ts";
export * from "./split.ts";
export * from "./terms.ts";
export { validateCompat } from "./validator-compat.ts";
