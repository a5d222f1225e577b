import { bsmPrice } from "../pricing/index.ts";

/** A leg of a package as it stands at the horizon. Units: contracts or shares of one package unit x multiplier, signed. */
export interface PayoffLeg {
  readonly kind: "C" | "P" | "spot";
  readonly strike: number;
  readonly units: number;
  /** Years it still lives after the horizon; 0 is intrinsic. */
  readonly years: number;
  readonly sigma: number;
  readonly rate: number;
  readonly yield: number;
}

/** What a package gains or loses at its horizon over all prices of the underlying, in the legs' currency. */
export interface Payoff {
  /** Least and greatest profit; null where it has no bound. */
  readonly worst: number | null;
  readonly best: number | null;
  /** Prices at which it makes nothing, ascending. */
  readonly breakEvens: readonly number[];
  /** A leg outlives the horizon: its value there is the model's at its present vol. */
  readonly modelled: boolean;
}

/** Points of the search between the outer strikes' fifth and fivefold, where a leg outlives the horizon. */
const POINTS = 400;
const ROUNDS = 60;

/**
 * Profit at the horizon = sum of units x value(S) − cost. Exact where all legs end there (piecewise linear between strikes); else Black-Scholes-
 * Merton for what lives on, searched on 400 points of log price from a fifth of the lowest strike to five times the highest, crossings
 * bisected. Without legs or with a cost or vol that is no number the answer is null.
 */
export function payoff(legs: readonly PayoffLeg[], cost: number): Payoff | null {
  const inputs = [cost, ...legs.flatMap((l) => [l.strike, l.units, l.years, l.years > 0 ? l.sigma : 0])];
  if (legs.length === 0 || !inputs.every(Number.isFinite)) return null;
  const modelled = legs.some((l) => l.years > 0);
  const profit = (S: number): number => legs.reduce((sum, l) => sum + l.units * valueOf(l, S), -cost);
  const prices = searched(legs, modelled);
  const values = prices.map(profit);
  const slope = legs.reduce((sum, l) => sum + (l.kind === "P" ? 0 : l.units), 0);
  const breakEvens: number[] = [];
  for (let i = 1; i < prices.length; i++) {
    const [a, b] = [values[i - 1] as number, values[i] as number];
    if (a === 0 && (i === 1 || (values[i - 2] as number) * b < 0)) breakEvens.push(prices[i - 1] as number);
    if (a * b < 0) breakEvens.push(crossing(profit, prices[i - 1] as number, prices[i] as number));
  }
  // Beyond the last point the profit runs on along its slope.
  const last = prices[prices.length - 1] as number;
  const end = values[values.length - 1] as number;
  if (slope !== 0 && end * slope < 0) breakEvens.push(last - end / slope);
  return {
    worst: slope < 0 ? null : Math.min(...values) + 0,
    best: slope > 0 ? null : Math.max(...values) + 0,
    breakEvens,
    modelled,
  };
}

export function valueOf(l: PayoffLeg, S: number): number {
  if (l.kind === "spot") return S;
  const w = l.kind === "C" ? 1 : -1;
  if (l.years <= 0) return Math.max(0, w * (S - l.strike));
  if (S === 0) return w > 0 ? 0 : l.strike * Math.exp(-l.rate * l.years);
  return bsmPrice(w, S, l.strike, l.years, l.rate, l.yield, l.sigma);
}

/** Prices looked at, ascending: 0, every strike, one beyond the last; a fine grid besides where values bend between strikes. */
export function searched(legs: readonly PayoffLeg[], modelled: boolean): number[] {
  const strikes = legs.filter((l) => l.kind !== "spot").map((l) => l.strike);
  const high = Math.max(...strikes, 1);
  const all = [0, ...strikes, high * 2];
  if (modelled) {
    const [from, to] = [Math.log(Math.min(...strikes) / 5), Math.log(high * 5)];
    for (let i = 0; i <= POINTS; i++) all.push(Math.exp(from + ((to - from) * i) / POINTS));
  }
  return [...new Set(all)].sort((a, b) => a - b);
}

export function crossing(profit: (S: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  const sign = Math.sign(profit(low));
  for (let i = 0; i < ROUNDS && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2;
    if (Math.sign(profit(middle)) === sign) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
