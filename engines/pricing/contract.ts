import { bsmGreeks, bsmPrice } from "./bsm.ts";
import { bsmIv, type ImpliedVol } from "./iv.ts";
import { type Contract, emptyGreeks, type Greeks, type Market } from "./types.ts";

/** +1 for a call, −1 for a put. */
export function sign(type: "call" | "put" | "C" | "P"): 1 | -1 {
  return type === "call" || type === "C" ? 1 : -1;
}

/** Continuous rate of a discount factor: r = −ln(df)/T per year; 0 at T = 0. */
export function rateOf(df: number, T: number): number {
  return T > 0 ? -Math.log(df) / T : 0;
}

/** Spot of a market: S itself, or F·df·e^{qT}. */
export function spotOf(market: Market, T: number): number {
  return "S" in market ? market.S : market.F * market.df * Math.exp(market.q * T);
}

/** Undiscounted forward of a market: F itself, or S e^{−qT}/df. */
export function forwardOf(market: Market, T: number): number {
  return "F" in market ? market.F : (market.S * Math.exp(-market.q * T)) / market.df;
}

/** A market from continuous rates: spot S, rate r and yield q per year. */
export function marketOf(S: number, r: number, q: number, sigma: number, T: number): Market {
  return { S, df: Math.exp(-r * T), q, sigma };
}

/** European price per share of a contract. Formula, units and limits in bsm.ts. */
export function price(contract: Contract, market: Market): number {
  const { T } = contract;
  return bsmPrice(
    sign(contract.type),
    spotOf(market, T),
    contract.K,
    T,
    rateOf(market.df, T),
    market.q,
    market.sigma,
  );
}

/** European price and Greeks of a contract; units at {@link Greeks}. */
export function greeks(contract: Contract, market: Market, out: Greeks = emptyGreeks()): Greeks {
  const { T } = contract;
  return bsmGreeks(
    sign(contract.type),
    spotOf(market, T),
    contract.K,
    T,
    rateOf(market.df, T),
    market.q,
    market.sigma,
    out,
  );
}

/** Implied vol of a contract's price; `market.sigma` > 0 is the warm start. Kinds at {@link ImpliedVol}. */
export function iv(contract: Contract, market: Market, value: number): ImpliedVol {
  const { T } = contract;
  return bsmIv(
    sign(contract.type),
    value,
    spotOf(market, T),
    contract.K,
    T,
    rateOf(market.df, T),
    market.q,
    market.sigma,
  );
}
