import { type KnownLeg } from "../../engines/orders/index.ts";
import type { ViewContext } from "../desk/views/context.ts";

/** Greeks of an order or a book, as positions have them: shares, and base currency a day, a vol point, a unit and 1 % of spot. */
export interface Greeks {
  readonly delta: number | null;
  readonly gamma: number | null;
  readonly theta: number | null;
  readonly vega: number | null;
  readonly dollarDelta: number | null;
  readonly dollarGamma: number | null;
}

const NONE: Greeks = { delta: 0, gamma: 0, theta: 0, vega: 0, dollarDelta: 0, dollarGamma: 0 };
const UNKNOWN: Greeks = {
  delta: null,
  gamma: null,
  theta: null,
  vega: null,
  dollarDelta: null,
  dollarGamma: null,
};

/** Of `units` signed units of some legs. Shares of several underlyings add up to nothing. Inverse options: those of their value in the coin. */
export function greeksOf(context: ViewContext, legs: readonly KnownLeg[], units: number): Greeks {
  const names = new Set(legs.map(underlyingOf));
  let sum = NONE;
  for (const leg of legs) sum = added(sum, legGreeks(context, leg, units));
  return names.size > 1 ? { ...sum, delta: null, gamma: null } : sum;
}

const underlyingOf = ({ instrument: i }: KnownLeg) => (i.kind === "option" ? i.underlying : i.id);

function legGreeks(context: ViewContext, leg: KnownLeg, units: number): Greeks {
  const { instrument: i } = leg;
  const source = context.source();
  const fx = i.ccy === context.facts.baseCcy ? 1 : source.fx(i.ccy);
  const spot = source.spot(underlyingOf(leg))?.price ?? null;
  const g = i.kind === "option" ? source.greeks(i) : { delta: 1, gamma: 0, theta: 0, vega: 0 };
  if (g === null) return UNKNOWN;
  const n = leg.ratio * units * i.multiplier;
  const money = (x: number) => (fx === null ? null : n * x * fx);
  // Of a premium in the coin: in coins, as a share's delta is in shares.
  const shares = i.kind === "option" && i.premiumStyle === "inverse" ? spot : 1;
  return {
    delta: shares === null ? null : n * g.delta * shares,
    gamma: shares === null ? null : n * g.gamma * shares,
    theta: money(g.theta / 365),
    vega: money(g.vega / 100),
    dollarDelta: spot === null ? null : money(g.delta * spot),
    dollarGamma: spot === null ? null : money((g.gamma * spot ** 2) / 100),
  };
}

function added(a: Greeks, b: Greeks): Greeks {
  const plus = (x: number | null, y: number | null) => (x === null || y === null ? null : x + y);
  return {
    delta: plus(a.delta, b.delta),
    gamma: plus(a.gamma, b.gamma),
    theta: plus(a.theta, b.theta),
    vega: plus(a.vega, b.vega),
    dollarDelta: plus(a.dollarDelta, b.dollarDelta),
    dollarGamma: plus(a.dollarGamma, b.dollarGamma),
  };
}

/** Delta of inverse options' value in the currency of their strikes times spot, in base currency: not adjusted by the premium in the coin. */
export function plainDelta(context: ViewContext, legs: readonly KnownLeg[], units: number): number | null {
  const source = context.source();
  let sum = 0;
  for (const { instrument: i, ratio } of legs) {
    const value = i.kind === "option" ? source.value(i) : null;
    const rate = source.fx(i.ccy);
    if (value?.greeks == null || rate === null) return null;
    // The coin is the underlying: a unit of delta is a coin.
    sum += ratio * units * i.multiplier * value.greeks.delta * rate;
  }
  return sum;
}
