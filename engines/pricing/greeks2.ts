import { bsmGreeks, bsmPrice } from "./bsm.ts";
import { emptyGreeks, type Greeks, type OptionSide } from "./types.ts";

/**
 * Second-order risk in money, the joint spot and vol shock, and position size from it. Greeks are raw as everywhere in this engine;
 * what leaves here in other units says so in its name.
 */

/** One leg: `quantity` contracts signed + long, of `multiplier` units, with its own vol; T in years, r and q continuous per year. */
export interface RiskLeg {
  readonly type: OptionSide;
  readonly K: number;
  readonly T: number;
  readonly r: number;
  readonly q: number;
  readonly sigma: number;
  readonly quantity: number;
  readonly multiplier: number;
}

/** A move of everything at once: spot by a fraction, every vol by vol points (0.01), and days that pass. */
export interface JointShock {
  readonly spotFraction: number;
  readonly volPoints: number;
  readonly days: number;
}

/** Spot -5 %, vol +8 points, one day. */
export const DESK_SHOCK: JointShock = { spotFraction: -0.05, volPoints: 8, days: 1 };

export interface CashGreeks {
  /** P&L of a 1 % spot move. */
  readonly deltaCash: number;
  /** Change of the delta cash above when spot moves 1 %. */
  readonly gammaCash: number;
  /** P&L of 1 vol point. */
  readonly vegaCash: number;
  /** P&L of one calendar day. */
  readonly thetaCash: number;
  /** vanna x 1 % of spot x 1 vol point. */
  readonly vannaCash: number;
  /** 1/2 volga x (1 vol point)^2. */
  readonly volgaCash: number;
  /** Change of delta over one calendar day x 1 % of spot. */
  readonly charmCash: number;
}

const w = (type: OptionSide): 1 | -1 => (type === "call" ? 1 : -1);

/**
 * Greeks of a package, summed signed quantity x multiplier, raw. NaN in every value when a leg's input is bad: a sum that leaves a
 * leg out is wrong, not approximate.
 */
export function packageGreeks(legs: readonly RiskLeg[], spot: number): Greeks {
  const sum = emptyGreeks();
  const one = emptyGreeks();
  for (const leg of legs) {
    bsmGreeks(w(leg.type), spot, leg.K, leg.T, leg.r, leg.q, leg.sigma, one);
    const size = leg.quantity * leg.multiplier;
    for (const key of Object.keys(sum) as (keyof Greeks)[]) sum[key] += size * one[key];
  }
  return sum;
}

/** Package Greeks in money, by the definitions at {@link CashGreeks}. */
export function cashGreeks(g: Greeks, spot: number): CashGreeks {
  const move = 0.01 * spot;
  return {
    deltaCash: g.delta * move,
    gammaCash: g.gamma * move * move,
    vegaCash: g.vega * 0.01,
    thetaCash: g.theta / 365,
    vannaCash: g.vanna * move * 0.01,
    volgaCash: 0.5 * g.volga * 0.01 ** 2,
    charmCash: (g.charm / 365) * move,
  };
}

/** P&L of a shock, split by the Greeks of before; `residual` is what they miss. */
export interface ShockPnl {
  readonly pnl: number;
  readonly delta: number;
  readonly gamma: number;
  readonly vega: number;
  readonly theta: number;
  readonly vanna: number;
  readonly volga: number;
  readonly charm: number;
  readonly residual: number;
}

/**
 * Full European revaluation under a shock, and its second-order explanation: delta dS + 1/2 gamma dS^2 + vega dv + theta dt + vanna dS dv
 * + 1/2 volga dv^2 + charm dS dt. A leg that would have expired is worth its intrinsic value at the shocked spot; a vol is not shocked
 * below 0.
 */
export function shockPnl(legs: readonly RiskLeg[], spot: number, shock: JointShock): ShockPnl {
  const dt = shock.days / 365;
  const dv = shock.volPoints * 0.01;
  const dS = spot * shock.spotFraction;
  let pnl = 0;
  for (const { type, K, T, r, q, sigma, quantity, multiplier } of legs) {
    const before = bsmPrice(w(type), spot, K, T, r, q, sigma);
    const after = bsmPrice(w(type), spot + dS, K, Math.max(0, T - dt), r, q, Math.max(0, sigma + dv));
    pnl += quantity * multiplier * (after - before);
  }
  const g = packageGreeks(legs, spot);
  const parts = {
    delta: g.delta * dS,
    gamma: 0.5 * g.gamma * dS * dS,
    vega: g.vega * dv,
    theta: g.theta * dt,
    vanna: g.vanna * dS * dv,
    volga: 0.5 * g.volga * dv * dv,
    charm: g.charm * dS * dt,
  };
  const explained =
    parts.delta + parts.gamma + parts.vega + parts.theta + parts.vanna + parts.volga + parts.charm;
  return { pnl, ...parts, residual: pnl - explained };
}

export interface ShockSize {
  /** min(1, budget / loss of the wished size in the shock); null when the loss is unknown. */
  readonly factor: number | null;
  /** Whole contracts, rounded down; 0 is an answer. */
  readonly contracts: number;
  readonly reason: "within_budget" | "reduced" | "no_room" | "loss_unknown" | "bad_budget";
}

/** Position size from the loss of ONE unit in the joint shock (`unitPnl`, negative is a loss) and a budget in the same money. */
export function sizeByShock(contracts: number, unitPnl: number, budget: number): ShockSize {
  if (Number.isNaN(unitPnl) || !(contracts >= 0))
    return { factor: null, contracts: 0, reason: "loss_unknown" };
  if (!(budget >= 0)) return { factor: null, contracts: 0, reason: "bad_budget" };
  const loss = Math.max(0, -unitPnl) * contracts;
  const factor = loss <= budget ? 1 : budget / loss;
  // A whole number of contracts that exactly uses the budget must not lose one to rounding.
  const fit = Math.floor(contracts * factor * (1 + 1e-12));
  return { factor, contracts: fit, reason: factor === 1 ? "within_budget" : fit > 0 ? "reduced" : "no_room" };
}

/** Units of the original system: theta per calendar day, vega per vol point, rho per 1 %, charm per day; vanna and volga per 1.00. */
export interface CompatGreeks {
  readonly delta: number;
  readonly gamma: number;
  readonly theta: number;
  readonly vega: number;
  readonly rho: number;
  readonly vanna: number;
  readonly volga: number;
  readonly charm: number;
}

/**
 * Compatibility mode: Greeks in the original's units, without dividends. At t <= 0 the delta is 1 or 0 (-1 or 0), 0 at the strike,
 * and all else 0. A vol of 0 gives the limit on the forward, where the original divides by zero.
 */
export function extendedGreeksCompat(input: {
  readonly spot: number;
  readonly strike: number;
  readonly t: number;
  readonly vol: number;
  readonly r: number;
  readonly option_type: OptionSide;
}): CompatGreeks {
  const { spot, strike, t, vol, r } = input;
  const side = w(input.option_type);
  if (t <= 0) {
    const delta = side * (spot - strike) > 0 ? side : 0;
    return { delta, gamma: 0, theta: 0, vega: 0, rho: 0, vanna: 0, volga: 0, charm: 0 };
  }
  const g = bsmGreeks(side, spot, strike, t, r, 0, vol);
  return {
    delta: g.delta,
    gamma: g.gamma,
    theta: g.theta / 365,
    vega: g.vega / 100,
    rho: g.rho / 100,
    vanna: g.vanna,
    volga: g.volga,
    charm: g.charm / 365,
  };
}

/** Compatibility mode: (1 - min(|vanna| / threshold, cap)) x (1 - min(|volga| / threshold, cap)), whatever the size of the position. */
export function sizeAdjustmentCompat(input: {
  readonly vanna: number;
  readonly volga: number;
  readonly vanna_threshold: number;
  readonly volga_threshold: number;
  readonly max_vanna_reduction: number;
  readonly max_volga_reduction: number;
}): number {
  const cut = (value: number, threshold: number, cap: number): number =>
    1 - Math.min(Math.abs(value) / threshold, cap);
  return (
    cut(input.vanna, input.vanna_threshold, input.max_vanna_reduction) *
    cut(input.volga, input.volga_threshold, input.max_volga_reduction)
  );
}

/** Compatibility mode: contracts after the adjustment, never below one. */
export function adjustedContractsCompat(contracts: number, factor: number): number {
  return Math.max(1, Math.floor(contracts * factor));
}
