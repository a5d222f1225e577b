import { americanGreeks, americanIv, americanPrice } from "./american/american.ts";
import { cashPrice, liveDividends } from "./american/cash.ts";
import { dividendGreeks, dividendIv } from "./american/dividend-greeks.ts";
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

/** Price per share. European or American as the contract says, with its cash dividends (spot model) where any fall inside its life. */
export function price(contract: Contract, market: Market): number {
  const { K, T } = contract;
  const w = sign(contract.type);
  const S = spotOf(market, T);
  const r = rateOf(market.df, T);
  const american = contract.style === "american";
  const dividends = liveDividends(contract.dividends ?? [], T);
  if (dividends.length > 0) return cashPrice(w, S, K, T, r, market.q, market.sigma, dividends, american);
  return (american ? americanPrice : bsmPrice)(w, S, K, T, r, market.q, market.sigma);
}

/** All values of a contract by the same choice of model as {@link price}; units at {@link Greeks}. */
export function greeks(contract: Contract, market: Market, out: Greeks = emptyGreeks()): Greeks {
  const { K, T } = contract;
  const w = sign(contract.type);
  const S = spotOf(market, T);
  const r = rateOf(market.df, T);
  const american = contract.style === "american";
  const dividends = liveDividends(contract.dividends ?? [], T);
  if (dividends.length > 0)
    return dividendGreeks(w, S, K, T, r, market.q, market.sigma, dividends, american, out);
  if (american) return americanGreeks(w, S, K, T, r, market.q, market.sigma, out).greeks;
  return bsmGreeks(w, S, K, T, r, market.q, market.sigma, out);
}

/** Implied vol of a contract's price by the same choice of model; `market.sigma` > 0 is the warm start. Kinds at {@link ImpliedVol}. */
export function iv(contract: Contract, market: Market, value: number): ImpliedVol {
  const { K, T } = contract;
  const w = sign(contract.type);
  const S = spotOf(market, T);
  const r = rateOf(market.df, T);
  const { q, sigma } = market;
  const american = contract.style === "american";
  const dividends = liveDividends(contract.dividends ?? [], T);
  if (dividends.length > 0) return dividendIv(w, value, S, K, T, r, q, dividends, american, sigma);
  return (american ? americanIv : bsmIv)(w, value, S, K, T, r, q, sigma);
}
