import { type Leg, moneyDecimals } from "../../engines/market/index.ts";
import { type FeeRow, type KnownLeg, legFees, signOf } from "../../engines/orders/index.ts";
import type { MarginPosition, MarginResult } from "../../engines/portfolio/index.ts";
import { type ScenarioHolding, scenarios } from "../../engines/scenario/index.ts";
import type { GreeksLine } from "../desk/protocol.ts";
import { scenarioHoldings, scenarioMarket } from "../desk/scenario-market.ts";
import type { ViewContext } from "../desk/views/context.ts";
import { type Ends, endsAt } from "../desk/views/package.ts";
import { tradedLegs } from "./booking.ts";
import { type Greeks, greeksOf, plainDelta } from "./order-greeks.ts";
import type { Resolved } from "./ticket.ts";

/** Spot moves of the book's P&L with and without an order, per cent. */
export const SPOT_SHOCKS: readonly number[] = [-10, -5, -2, 0, 2, 5, 10];

/** What one order would cost and change, in base currency where it is money. */
export interface OrderFigures extends Greeks {
  /** Signed cash at the limit, fees apart; + received. */
  readonly cost: number | null;
  readonly fees: number | null;
  readonly ends: Ends;
  readonly maxLoss: number | "unbounded" | null;
  readonly maxGain: number | "unbounded" | null;
  /** Loss at the worse of spot −20 % and +20 %, positive. */
  readonly stress20: number | null;
  readonly margin: MarginResult;
  readonly nameLossAfter: number | "unbounded" | null;
  /** The same in the currency of its legs, where that is another than the base. */
  readonly own: OwnFigures | null;
}

/** Money of an order in its legs' own currency. */
export interface OwnFigures {
  readonly ccy: string;
  readonly cost: number;
  readonly fees: number;
  readonly maxLoss: number | "unbounded" | null;
  readonly maxGain: number | "unbounded" | null;
  /** $ delta of the contracts' value in dollars, where premiums are paid in the coin: the line of the book has it adjusted by the premium. */
  readonly plainDelta: number | null;
}

export function feesOf(
  rows: readonly FeeRow[],
  legs: readonly KnownLeg[],
  side: "buy" | "sell",
  qty: number,
): number {
  return legs.reduce((sum, leg) => {
    const fee = legFees(rows, leg, signOf(side) * leg.ratio * qty);
    return sum + fee.units / 10 ** moneyDecimals(fee.ccy);
  }, 0);
}

export function orderFigures(
  context: ViewContext,
  at: Resolved,
  qty: number,
  limit: number,
  rows: readonly FeeRow[],
): OrderFigures {
  const { side } = at.body;
  const sign = signOf(side);
  const legs = tradedLegs(at.body.legs, side);
  const ownCost = -sign * limit * at.multiplier * qty || 0;
  const ownFees = feesOf(rows, at.legs, side, qty);
  const ends = endsAt(context, legs, sign * limit);
  const { ccy, rate, ofStrikes } = moneyOf(context, at.legs);
  const inBase = (x: number): number | null => (rate === null ? null : x * rate || 0);
  const coin = ofStrikes !== rate;
  const owned = extremes(ends, at.multiplier * qty);
  const based = coin ? endsAt(context, legs, sign * limit, true) : ends;
  const { loss, gain } = extremes(based, ofStrikes === null ? null : at.multiplier * qty * ofStrikes);
  const [cost, fees] = [inBase(ownCost), inBase(ownFees)];
  const margin = marginWith(context, at, qty, cost === null || fees === null ? null : cost - fees);
  return {
    cost,
    fees,
    ends,
    maxLoss: loss,
    maxGain: gain,
    stress20: stressOf(context, legs, qty),
    ...greeksOf(context, at.legs, sign * qty),
    margin,
    nameLossAfter: lossOn(margin, at),
    own:
      ccy === null || ccy === context.facts.baseCcy
        ? null
        : {
            ccy,
            cost: ownCost,
            fees: ownFees,
            maxLoss: owned.loss,
            maxGain: owned.gain,
            plainDelta: coin ? plainDelta(context, at.legs, sign * qty) : null,
          },
  };
}

type Extreme = number | "unbounded" | null;

/** Loss as a size and gain of `units`, each unbounded, known or not. */
function extremes(ends: Ends, units: number | null): { readonly loss: Extreme; readonly gain: Extreme } {
  const times = (x: number | null) => (x === null || units === null ? null : Math.abs(x) * units);
  return {
    loss: ends.maxLossUnbounded
      ? "unbounded"
      : times(ends.maxLoss === null ? null : Math.min(0, ends.maxLoss)),
    gain: ends.maxGainUnbounded ? "unbounded" : times(ends.maxGain),
  };
}

/** The one currency of some legs, and what it and the currency of their strikes are worth in base currency. */
export interface LegMoney {
  /** Null where they have several. */
  readonly ccy: string | null;
  /** Null unknown. */
  readonly rate: number | null;
  /** Another than `rate` where premiums are paid in the coin. */
  readonly ofStrikes: number | null;
}

export function moneyOf(context: ViewContext, legs: readonly KnownLeg[]): LegMoney {
  const all = new Set(legs.map((l) => l.instrument.ccy));
  const [ccy] = all;
  if (ccy === undefined || all.size > 1) return { ccy: null, rate: null, ofStrikes: null };
  const source = context.source();
  const rate = ccy === context.facts.baseCcy ? 1 : source.fx(ccy);
  const option = legs.map((l) => l.instrument).find((i) => i.kind === "option");
  if (option?.kind !== "option" || option.premiumStyle !== "inverse") return { ccy, rate, ofStrikes: rate };
  const spot = source.spot(option.underlying)?.price ?? null;
  return { ccy, rate, ofStrikes: rate === null || spot === null ? null : rate / spot };
}

/** Worst loss of the account on what an order trades. */
function lossOn(margin: MarginResult, at: Resolved): OrderFigures["nameLossAfter"] {
  const name = at.legs[0]?.instrument;
  const underlying = name?.kind === "option" ? name.underlying : (name?.id ?? null);
  const left = margin.groups.find((g) => g.underlying === underlying);
  // Nothing is left there to lose.
  return left === undefined ? 0 : left.worstLoss;
}

/** One order of several that are judged together. */
export interface Part {
  readonly at: Resolved;
  readonly qty: number;
  readonly figures: OrderFigures;
}

/** Figures of orders that go out together: each has the margin and the worst loss on its underlying that all of them leave. */
export function jointly(context: ViewContext, parts: readonly Part[]): OrderFigures[] {
  if (parts.length < 2) return parts.map((p) => p.figures);
  const cash = parts.reduce<number | null>(
    (sum, { figures: f }) =>
      sum === null || f.cost === null || f.fees === null ? null : sum + f.cost - f.fees,
    0,
  );
  const added = parts.flatMap(({ at, qty }) => legPositions(context, at, qty));
  const whatIf = { marked: (_key: string, position: MarginPosition) => position, added, cash };
  const margin = context.facts.margin.whatIf(context.value(), whatIf);
  return parts.map(({ at, figures }) => ({ ...figures, margin, nameLossAfter: lossOn(margin, at) }));
}

/** What several orders may lose and win together at their first expiry, in money; unknown over several underlyings. */
export function jointEnds(
  context: ViewContext,
  parts: readonly (Part & { readonly limit: number })[],
): { readonly maxLoss: number | "unbounded" | null; readonly maxGain: number | "unbounded" | null } {
  const unit = parts[0]?.at.multiplier ?? 1;
  const { ofStrikes } = moneyOf(
    context,
    parts.flatMap(({ at }) => at.legs),
  );
  const legs = parts.flatMap(({ at, qty }) =>
    tradedLegs(at.body.legs, at.body.side).map((l) => ({ ...l, ratio: l.ratio * qty })),
  );
  const net = parts.reduce(
    (sum, { at, qty, limit }) => sum + (signOf(at.body.side) * limit * at.multiplier * qty) / unit,
    0,
  );
  const ends = endsAt(context, legs, net, true);
  const inBase = (x: number | null) => (x === null || ofStrikes === null ? null : x * unit * ofStrikes);
  return {
    maxLoss: ends.maxLossUnbounded ? "unbounded" : inBase(ends.maxLoss),
    maxGain: ends.maxGainUnbounded ? "unbounded" : inBase(ends.maxGain),
  };
}

function legPositions(context: ViewContext, at: Resolved, qty: number): MarginPosition[] {
  const source = context.source();
  return at.legs.map((leg, i) => {
    const { instrument } = leg;
    const { bid, ask } = at.quotes[i] ?? { bid: null, ask: null };
    const spot =
      source.spot(instrument.kind === "option" ? instrument.underlying : instrument.id)?.price ?? null;
    const model = instrument.kind === "option" ? (source.value(instrument)?.price ?? null) : spot;
    const mark = bid !== null && ask !== null ? (bid + ask) / 2 : model;
    return { instrument, qty: signOf(at.body.side) * leg.ratio * qty, mark, spot };
  });
}

/** Margin of the account with the order filled at its limit. */
function marginWith(context: ViewContext, at: Resolved, qty: number, cash: number | null): MarginResult {
  const added = legPositions(context, at, qty);
  return context.facts.margin.whatIf(context.value(), { marked: (_key, position) => position, added, cash });
}

function holdingsOf(context: ViewContext, legs: readonly Leg[], qty: number): ScenarioHolding[] {
  const { desk } = context;
  const source = context.source();
  return legs.flatMap((leg) => {
    const slot = desk.slot(leg.instrument);
    const instrument = slot === null ? undefined : desk.instruments[slot];
    if (instrument === undefined) return [];
    const fx = instrument.ccy === context.facts.baseCcy ? 1 : source.fx(instrument.ccy);
    const mark = instrument.kind === "option" ? (source.value(instrument)?.price ?? null) : null;
    return [{ id: `order:${leg.instrument}`, instrument, qty: leg.ratio * qty, fx, mark }];
  });
}

function stressOf(context: ViewContext, legs: readonly Leg[], qty: number): number | null {
  const result = scenarios(holdingsOf(context, legs, qty), scenarioMarket(context), {
    spotPct: [-20, 20],
    volPts: [0],
    days: [0],
  });
  if (result.legs.some((l) => l.reason !== null)) return null;
  return Math.max(0, -Math.min(...result.known));
}

/** One order of a preview, as traded. */
export interface Added {
  readonly legs: readonly Leg[];
  readonly qty: number;
}

/** Greeks of the book and its P&L at each of {@link SPOT_SHOCKS}, with some orders on top. */
export function bookLine(
  context: ViewContext,
  added: readonly Added[],
  figures: readonly OrderFigures[],
): GreeksLine {
  const { figures: book } = context.value().book;
  const held = { ...book, dollarGamma: book.dollarGamma1pct };
  const sum = (of: (f: Greeks) => number | null) =>
    figures.reduce<number | null>((total, f) => {
      const x = of(f);
      return total === null || x === null ? null : total + x;
    }, of(held));
  const [pnl = []] = shocked(context, added, [0]);
  return {
    delta: sum((f) => f.delta),
    gamma: sum((f) => f.gamma),
    theta: sum((f) => f.theta),
    vega: sum((f) => f.vega),
    dollarDelta: sum((f) => f.dollarDelta),
    dollarGamma: sum((f) => f.dollarGamma),
    pnl,
  };
}

/** Vol moves of the scenario inside a preview, vol points. */
export const VOL_SHOCKS: readonly number[] = [5, 0, -5];

/** P&L of the book with some orders on top, by vol and spot move; null where a position has no model. */
export function shocked(
  context: ViewContext,
  added: readonly Added[],
  volPts: readonly number[],
): (number | null)[][] {
  const extra = added.flatMap((order) => holdingsOf(context, order.legs, order.qty));
  const holdings = [...scenarioHoldings(context, null), ...extra];
  const result = scenarios(holdings, scenarioMarket(context), { spotPct: SPOT_SHOCKS, volPts, days: [0] });
  const whole = result.legs.every((l) => l.reason === null);
  const { axes, known } = result;
  return volPts.map((vol) =>
    SPOT_SHOCKS.map((spot) => {
      const cell = axes.spotPct.indexOf(spot) * axes.volPts.length + axes.volPts.indexOf(vol);
      return whole ? (known[cell] ?? null) : null;
    }),
  );
}
