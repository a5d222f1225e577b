import type { Leg } from "../../engines/market/index.ts";
import { type FeeRow, type KnownLeg, legFees, signOf } from "../../engines/orders/index.ts";
import type { MarginPosition, MarginResult } from "../../engines/portfolio/index.ts";
import { type ScenarioHolding, scenarios } from "../../engines/scenario/index.ts";
import type { GreeksLine } from "../desk/protocol.ts";
import { scenarioHoldings, scenarioMarket } from "../desk/scenario-market.ts";
import type { ViewContext } from "../desk/views/context.ts";
import { type Ends, endsAt, packageView } from "../desk/views/package.ts";
import { tradedLegs } from "./booking.ts";
import type { Resolved } from "./ticket.ts";

/** Spot moves of the book's P&L with and without an order, per cent. */
export const SPOT_SHOCKS: readonly number[] = [-10, -5, -2, 0, 2, 5, 10];

/** What one order would cost and change, in base currency where it is money. */
export interface OrderFigures {
  /** Signed cash at the limit, fees apart; + received. */
  readonly cost: number | null;
  readonly fees: number | null;
  readonly ends: Ends;
  readonly maxLoss: number | "unbounded" | null;
  readonly maxGain: number | "unbounded" | null;
  /** Loss at the worse of spot −20 % and +20 %, positive. */
  readonly stress20: number | null;
  readonly delta: number | null;
  readonly gamma: number | null;
  readonly theta: number | null;
  readonly vega: number | null;
  readonly dollarDelta: number | null;
  readonly dollarGamma: number | null;
  readonly margin: MarginResult;
  readonly nameLossAfter: number | "unbounded" | null;
}

export function feesOf(
  rows: readonly FeeRow[],
  legs: readonly KnownLeg[],
  side: "buy" | "sell",
  qty: number,
): number {
  return legs.reduce((sum, leg) => {
    const fee = legFees(rows, leg, signOf(side) * leg.ratio * qty);
    return sum + fee.units / 1e6;
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
  const cost = -sign * limit * at.multiplier * qty || 0;
  const fees = feesOf(rows, at.legs, side, qty);
  const ends = endsAt(context, legs, sign * limit);
  const shape = packageView(context, { legs: legs.map((l) => ({ ...l, ratio: l.ratio * qty })) });
  const times = (x: number | null) => (x === null ? null : Math.abs(x) * at.multiplier * qty);
  const margin = marginWith(context, at, qty, cost - fees);
  return {
    cost,
    fees,
    ends,
    maxLoss: ends.maxLossUnbounded
      ? "unbounded"
      : ends.maxLoss === null
        ? null
        : times(Math.min(0, ends.maxLoss)),
    maxGain: ends.maxGainUnbounded ? "unbounded" : times(ends.maxGain),
    stress20: stressOf(context, legs, qty),
    delta: shape?.delta ?? null,
    gamma: shape?.gamma ?? null,
    theta: shape?.theta ?? null,
    vega: shape?.vega ?? null,
    dollarDelta: shape?.dollarDelta ?? null,
    dollarGamma: shape?.dollarGamma1pct ?? null,
    margin,
    nameLossAfter: lossOn(margin, at),
  };
}

/** Worst loss of the account on what an order trades. */
function lossOn(margin: MarginResult, at: Resolved): OrderFigures["nameLossAfter"] {
  const name = at.legs[0]?.instrument;
  const underlying = name?.kind === "option" ? name.underlying : (name?.id ?? null);
  return margin.groups.find((g) => g.underlying === underlying)?.worstLoss ?? null;
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
  const legs = parts.flatMap(({ at, qty }) =>
    tradedLegs(at.body.legs, at.body.side).map((l) => ({ ...l, ratio: l.ratio * qty })),
  );
  const net = parts.reduce(
    (sum, { at, qty, limit }) => sum + (signOf(at.body.side) * limit * at.multiplier * qty) / unit,
    0,
  );
  const ends = endsAt(context, legs, net);
  return {
    maxLoss: ends.maxLossUnbounded ? "unbounded" : ends.maxLoss === null ? null : ends.maxLoss * unit,
    maxGain: ends.maxGainUnbounded ? "unbounded" : ends.maxGain === null ? null : ends.maxGain * unit,
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
function marginWith(context: ViewContext, at: Resolved, qty: number, cash: number): MarginResult {
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

type Summed = "delta" | "gamma" | "theta" | "vega" | "dollarDelta" | "dollarGamma";

/** Greeks of the book and its P&L at each of {@link SPOT_SHOCKS}, with some orders on top. */
export function bookLine(
  context: ViewContext,
  added: readonly Added[],
  figures: readonly OrderFigures[],
): GreeksLine {
  const { figures: book } = context.value().book;
  const held = { ...book, dollarGamma: book.dollarGamma1pct };
  const sum = (of: (f: Readonly<Record<Summed, number | null>>) => number | null) =>
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
