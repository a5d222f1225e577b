/**
 * What an option engine is asked and what it answers. Everything is raw: per share (unit of underlying), per 1.00 of vol or rate,
 * per year. A screen that shows vega per point or theta per day divides at its edge and says so.
 */

export type OptionSide = "call" | "put";
export type ExerciseStyle = "european" | "american";

/** A cash dividend: `t` years from now to the ex-date instant, `amount` per share. The spot drops by `amount` at `t`. */
export interface CashDividend {
  readonly t: number;
  readonly amount: number;
}

/** An option, seen from now. `T` is the year fraction to expiry (see `yearFraction`). */
export interface Contract {
  readonly type: OptionSide;
  readonly K: number;
  readonly T: number;
  readonly style: ExerciseStyle;
  /** Cash dividends before expiry, ascending by `t`. Only American engines and forwards look at them. */
  readonly dividends?: readonly CashDividend[];
}

/**
 * The market an option is priced in: the spot or the forward of its expiry, the discount factor to expiry, the continuous yield
 * (dividend or borrow) `q` per year, and the vol per 1.00. With `F` the spot is F·df·e^{qT}.
 */
export type Market = ({ readonly S: number } | { readonly F: number }) & {
  readonly df: number;
  readonly q: number;
  readonly sigma: number;
};

/** The values of Black-Scholes-Merton, in the order of the columns. */
export const GREEKS = [
  "price",
  "delta",
  "gamma",
  "vega",
  "theta",
  "rho",
  "rhoQ",
  "vanna",
  "volga",
  "charm",
  "veta",
  "speed",
  "zomma",
  "color",
] as const;
export type Greek = (typeof GREEKS)[number];

/**
 * One option's values. V is the price.
 *
 * | name  | is            | unit                         |
 * |-------|---------------|------------------------------|
 * | price | V             | currency per share           |
 * | delta | ∂V/∂S         | spot delta                   |
 * | gamma | ∂²V/∂S²       | per currency                 |
 * | vega  | ∂V/∂σ         | per 1.00 vol                 |
 * | theta | −∂V/∂T        | per year, as time passes     |
 * | rho   | ∂V/∂r         | per 1.00                     |
 * | rhoQ  | ∂V/∂q         | per 1.00                     |
 * | vanna | ∂²V/∂S∂σ      | per 1.00 vol                 |
 * | volga | ∂²V/∂σ²       | per (1.00 vol)²              |
 * | charm | −∂delta/∂T    | per year                     |
 * | veta  | −∂vega/∂T     | per 1.00 vol per year        |
 * | speed | ∂gamma/∂S     | per currency²                |
 * | zomma | ∂gamma/∂σ     | per 1.00 vol                 |
 * | color | −∂gamma/∂T    | per year                     |
 */
export type Greeks = Record<Greek, number>;

/** One Float64Array per value; row i belongs to contract i. NaN is "bad input". */
export type GreekColumns = { readonly [G in Greek]: Float64Array };

/** Columns with room for `n` rows. */
export function greekColumns(n: number): GreekColumns {
  return Object.fromEntries(GREEKS.map((g) => [g, new Float64Array(n)])) as Record<Greek, Float64Array>;
}

/** All values zero: the shape `bsmGreeks` writes into. */
export function emptyGreeks(): Greeks {
  return {
    price: 0,
    delta: 0,
    gamma: 0,
    vega: 0,
    theta: 0,
    rho: 0,
    rhoQ: 0,
    vanna: 0,
    volga: 0,
    charm: 0,
    veta: 0,
    speed: 0,
    zomma: 0,
    color: 0,
  };
}
