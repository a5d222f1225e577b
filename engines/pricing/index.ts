/**
 * Pricing. Scalar functions take plain numbers; `price`, `greeks` and `iv` take a {@link Contract} and a {@link Market}; `bsmChain` and
 * `ivChain` run over the columns of an expiry without allocating. `RateCurve`, `DividendSchedule` and `FxTable` hold what the market
 * around an option carries; SABR, SVI, `termCurve` and the realised estimators describe volatility. Values are raw: per share, per 1.00 of vol or rate, per year.
 */
export {
  type AmericanResult,
  americanGreeks,
  americanIv,
  americanPremium,
  americanPrice,
  preciseScheme,
  STANDARD,
  TICK,
} from "./american/american.ts";
export {
  type Premium,
  premium as boundaryPremium,
  solveBoundary,
  type Workspace,
} from "./american/boundary.ts";
export {
  CASH_GRID,
  type CashGrid,
  type CashValue,
  cashPrice,
  cashValue,
  liveDividends,
} from "./american/cash.ts";
export { americanChain } from "./american/chain.ts";
export { dividendGreeks, dividendIv } from "./american/dividend-greeks.ts";
export { treePrice } from "./american/tree.ts";
export * from "./bachelier.ts";
export * from "./black76.ts";
export { bsmGreeks, bsmPrice } from "./bsm.ts";
export * from "./chain.ts";
export * from "./contract.ts";
export * from "./dividends.ts";
export * from "./forwards.ts";
export * from "./fx.ts";
export * from "./greeks2.ts";
export { bsmIv, type ImpliedVol, IV_KINDS, IvCode, type IvKind, impliedTotalVol } from "./iv.ts";
export { normalisedBlack, solveNormalised } from "./normalised.ts";
export * from "./providers.ts";
export * from "./rates.ts";
export * from "./realised.ts";
export * from "./sabr.ts";
export * from "./sabr-fit.ts";
export * from "./svi.ts";
export * from "./svi-fit.ts";
export * from "./term.ts";
export * from "./tick.ts";
export * from "./time.ts";
export * from "./types.ts";
