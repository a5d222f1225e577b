import { bsmGreeks, bsmIv } from "../../engines/pricing/index.ts";
import { seedAdapter } from "./seeds.ts";

type Input = Readonly<Record<string, unknown>>;
const side = (i: Input): 1 | -1 => (i["option_type"] === "call" ? 1 : -1);
const num = (i: Input, key: string): number => Number(i[key]);

/** Seeds of the original system: theta per calendar day, no yield. */
export const blackScholesSeeds = seedAdapter("black_scholes", {
  black_scholes_greeks: (i) => {
    const g = bsmGreeks(
      side(i),
      num(i, "s"),
      num(i, "k"),
      num(i, "t_years"),
      num(i, "r"),
      0,
      num(i, "sigma"),
    );
    const { price, delta, gamma, theta, vega } = g;
    return { price, delta, gamma, theta_per_day: theta / 365, vega };
  },
  implied_volatility_from_price: (i) =>
    bsmIv(side(i), num(i, "price"), num(i, "s"), num(i, "k"), num(i, "t_years"), num(i, "r"), 0).sigma,
});
