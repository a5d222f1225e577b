/**
 * Pricing. Scalar functions take plain numbers; `price`, `greeks` and `iv` take a {@link Contract} and a {@link Market}; `bsmChain` and
 * `ivChain` run over the columns of an expiry without allocating. Values are raw: per share, per 1.00 of vol or rate, per year.
 */
export * from "./bachelier.ts";
export * from "./black76.ts";
export { bsmGreeks, bsmPrice } from "./bsm.ts";
export * from "./chain.ts";
export * from "./contract.ts";
export { bsmIv, type ImpliedVol, IV_KINDS, IvCode, type IvKind, impliedTotalVol } from "./iv.ts";
export { normalisedBlack, solveNormalised } from "./normalised.ts";
export * from "./types.ts";
