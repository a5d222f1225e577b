import { crossing, type Payoff, type PayoffLeg, searched, valueOf } from "./payoff.ts";

/** How far beyond the outer strikes crossings are looked for. */
const FAR = 1_000;

/**
 * Profit of inverse options at the horizon, in the coin: sum of units x value(S) / S − cost per coin, with `cost` in the coin. A call is worth at
 * most its unit of coin, a put without bound as the price goes to 0. Between strikes value(S)/S is monotone, so that extremes lie at strikes and
 * at both ends; with a leg that outlives the horizon on the same grid as {@link payoff}. Null without legs, with shares of the coin among
 * them, or with a cost or vol that is no number.
 */
export function payoffInCoin(legs: readonly PayoffLeg[], cost: number): Payoff | null {
  const inputs = [cost, ...legs.flatMap((l) => [l.strike, l.units, l.years, l.years > 0 ? l.sigma : 0])];
  if (legs.length === 0 || !inputs.every(Number.isFinite) || legs.some((l) => l.kind === "spot")) return null;
  const modelled = legs.some((l) => l.years > 0);
  const profit = (S: number): number => legs.reduce((sum, l) => sum + (l.units * valueOf(l, S)) / S, -cost);
  const strikes = legs.map((l) => l.strike);
  const prices = [
    Math.min(...strikes) / FAR,
    ...searched(legs, modelled).filter((S) => S > 0),
    Math.max(...strikes) * FAR,
  ];
  const values = prices.map(profit);
  const breakEvens: number[] = [];
  for (let i = 1; i < prices.length; i++) {
    const [a, b] = [values[i - 1] as number, values[i] as number];
    if (a * b < 0) breakEvens.push(crossing(profit, prices[i - 1] as number, prices[i] as number));
    else if (b === 0 && a !== 0) breakEvens.push(prices[i] as number);
  }
  // At 0 puts are worth their strike in money and so any number of coins; far up calls are worth their coin.
  const low = legs.reduce((sum, l) => sum + (l.kind === "P" ? l.units * valueOf(l, 0) : 0), 0);
  const high = legs.reduce((sum, l) => sum + (l.kind === "C" ? l.units : 0), -cost);
  const bounded = Math.abs(low) < 1e-9;
  const all = [...values.slice(1, -1), high, ...(bounded ? [-cost] : [])];
  return {
    worst: !bounded && low < 0 ? null : Math.min(...all) + 0,
    best: !bounded && low > 0 ? null : Math.max(...all) + 0,
    breakEvens,
    modelled,
  };
}
