import {
  expiryLabel,
  type Instrument,
  type Leg,
  MarketError,
  nameLegs,
  type OptionInstrument,
  reduceLegs,
} from "../../../engines/market/index.ts";
import { type Payoff, type PayoffLeg, payoff, payoffInCoin } from "../../../engines/scenario/index.ts";
import type { PackageLeg, PackageView, Views } from "../protocol.ts";
import type { Valuation } from "../valuer.ts";
import type { ViewContext } from "./context.ts";
import { label, priceDecimals } from "./names.ts";
import { quoteOf } from "./positions.ts";

const DAY_US = 86_400e6;
const YEAR_US = 365 * DAY_US;

interface Held {
  readonly instrument: Instrument;
  readonly ratio: number;
  readonly value: Valuation | null;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly spot: number | null;
}

/** Legs as one package: net market, Greeks, and what it may gain or lose at the first expiry. Null without a leg that is known here. */
export function packageView(context: ViewContext, params: Views["package"]["params"]): PackageView | null {
  const given = params.legs.filter((l) => context.desk.slot(l.instrument) !== null);
  let reduced: { readonly legs: Leg[]; readonly units: number };
  try {
    reduced = reduceLegs(given);
  } catch (error) {
    if (error instanceof MarketError) return null;
    throw error;
  }
  const held = reduced.legs.map((leg) => heldOf(context, leg));
  const name = nameLegs(held, context.session.day);
  const multiplier = common(held);
  const net = multiplier === null ? NO_MARKET : netMarket(held, multiplier);
  const ends = payoffOf(context, held, net.mid, multiplier);
  const { units } = reduced;
  const sum = (of: (h: Held) => number | null): number | null => {
    let total = 0;
    for (const h of held) {
      const x = of(h);
      if (x === null) return null;
      total += h.ratio * units * h.instrument.multiplier * x;
    }
    return total;
  };
  const greek = (pick: (v: NonNullable<Valuation["greeks"]>) => number, share: number) => (h: Held) =>
    h.instrument.kind !== "option" ? share : h.value?.greeks ? pick(h.value.greeks) : null;
  const delta = greek((g) => g.delta, 1);
  const gamma = greek((g) => g.gamma, 0);
  const times = (a: number | null, b: number | null) => (a === null || b === null ? null : a * b);
  const oneDelta = sum(delta);
  return {
    name: name.short,
    long: name.long,
    pattern: name.pattern,
    legs: held.map((h) => legView(context, h, delta(h))),
    units,
    net,
    deltaPerShare: oneDelta === null || multiplier === null ? null : oneDelta / units / multiplier,
    delta: oneName(held) ? oneDelta : null,
    gamma: oneName(held) ? sum(gamma) : null,
    theta: sum(greek((g) => g.theta / 365, 0)),
    vega: sum(greek((g) => g.vega / 100, 0)),
    dollarDelta: sum((h) => times(delta(h), h.spot)),
    dollarGamma1pct: sum((h) => times(gamma(h), h.spot === null ? null : h.spot ** 2 / 100)),
    ...ends,
    decimals: Math.max(...held.map((h) => priceDecimals(h.instrument))),
  };
}

/**
 * What a package may gain or lose at its first expiry when one unit costs `net` per share; legs as traded. Inverse options: in the coin, or with
 * `inStrikes` in the currency of their strikes, the premium at what the coin is worth now.
 */
export function endsAt(context: ViewContext, legs: readonly Leg[], net: number, inStrikes = false): Ends {
  const held = legs.map((leg) => heldOf(context, leg));
  return payoffOf(context, held, net, common(held), inStrikes);
}

const NO_MARKET: PackageView["net"] = { bid: null, mid: null, ask: null };
const oneName = (held: readonly Held[]): boolean => new Set(held.map((h) => nameOf(h.instrument))).size === 1;
const nameOf = (i: Instrument): string => (i.kind === "option" ? i.underlying : i.id);

function heldOf(context: ViewContext, leg: Leg): Held {
  const { desk } = context;
  const slot = desk.slot(leg.instrument) as NonNullable<ReturnType<typeof desk.slot>>;
  const instrument = desk.instruments[slot] as Instrument;
  const { bid, ask } = quoteOf(desk, slot);
  const value = instrument.kind === "option" ? context.source().value(instrument) : null;
  const of = instrument.kind === "option" ? instrument.underlying : instrument.id;
  return { instrument, ratio: leg.ratio, value, bid, ask, spot: context.source().spot(of)?.price ?? null };
}

const legView = (context: ViewContext, h: Held, delta: number | null): PackageLeg => ({
  instrument: h.instrument.id,
  label: label(h.instrument, context.session.day),
  ratio: h.ratio,
  bid: h.bid,
  ask: h.ask,
  delta,
});

/** The multiplier that net prices are per share of: the options' one; null where they differ. */
function common(held: readonly Held[]): number | null {
  const options = held.filter((h) => h.instrument.kind === "option");
  const all = new Set((options.length > 0 ? options : held).map((h) => h.instrument.multiplier));
  return all.size === 1 ? ([...all][0] as number) : null;
}

/** What one unit costs to buy (ask) and brings when sold (bid), per share. A bid of 0 is a market, an ask of 0 is none. */
function netMarket(held: readonly Held[], multiplier: number): PackageView["net"] {
  let bid: number | null = 0;
  let ask: number | null = 0;
  for (const h of held) {
    const share = (h.ratio * h.instrument.multiplier) / multiplier;
    const offer = h.ask !== null && h.ask > 0 ? h.ask : null;
    const [sell, buy] = share > 0 ? [h.bid, offer] : [offer, h.bid];
    bid = bid === null || sell === null ? null : bid + share * sell;
    ask = ask === null || buy === null ? null : ask + share * buy;
  }
  return { bid, ask, mid: bid === null || ask === null ? null : (bid + ask) / 2 };
}

export type Ends = Pick<
  PackageView,
  | "maxLoss"
  | "maxLossUnbounded"
  | "maxGain"
  | "maxGainUnbounded"
  | "breakEvens"
  | "horizon"
  | "modelled"
  | "reason"
>;

function payoffOf(
  context: ViewContext,
  held: readonly Held[],
  mid: number | null,
  multiplier: number | null,
  inStrikes = false,
): Ends {
  const options = held.flatMap((h) => (h.instrument.kind === "option" ? [h.instrument] : []));
  const first = options.toSorted((a, b) => a.expiryUs - b.expiryUs)[0];
  const none = (reason: string): Ends => ({
    maxLoss: null,
    maxLossUnbounded: false,
    maxGain: null,
    maxGainUnbounded: false,
    breakEvens: [],
    horizon: first === undefined ? null : expiryLabel(first.expiry, context.session.day),
    modelled: false,
    reason,
  });
  if (!oneName(held)) return none("legs on several underlyings");
  if (multiplier === null) return none("legs of several multipliers");
  if (mid === null) return none("a leg has no two-sided market");
  const legs = held.map((h) => payoffLeg(h, first, multiplier));
  const inverse = first?.premiumStyle === "inverse";
  const coin = held.find((h) => h.instrument === first)?.spot ?? Number.NaN;
  const found = inverse && !inStrikes ? payoffInCoin(legs, mid) : payoff(legs, inverse ? mid * coin : mid);
  return found === null ? none("a leg has no vol") : { ...none(""), ...ended(found) };
}

const ended = (p: Payoff): Partial<Ends> => ({
  maxLoss: p.worst,
  maxLossUnbounded: p.worst === null,
  maxGain: p.best,
  maxGainUnbounded: p.best === null,
  breakEvens: p.breakEvens,
  modelled: p.modelled,
  reason: null,
});

function payoffLeg(h: Held, first: OptionInstrument | undefined, multiplier: number): PayoffLeg {
  const units = (h.ratio * h.instrument.multiplier) / multiplier;
  const flat = { units, sigma: 0, rate: 0, yield: 0, years: 0 };
  if (h.instrument.kind !== "option") return { ...flat, kind: "spot", strike: 0 };
  const { type, strike, expiryUs } = h.instrument;
  const years = (expiryUs - (first?.expiryUs ?? expiryUs)) / YEAR_US;
  const { value } = h;
  return {
    kind: type,
    strike,
    units,
    years,
    sigma: value?.vol?.sigma ?? Number.NaN,
    rate: value?.rate ?? 0,
    yield: value?.yield ?? 0,
  };
}
