import type { InstrumentId } from "../../engines/market/index.ts";
import { flatCarry, type VolAnswer, type VolProvider } from "../../engines/pricing/index.ts";
import type { ScenarioHolding, ScenarioSource } from "../../engines/scenario/index.ts";
import { surfaceVols } from "../../engines/surface/index.ts";
import { surfaceOn } from "./surface/live.ts";
import { ChainIndex } from "./views/chain.ts";
import type { ViewContext } from "./views/context.ts";

const NO_VOL: VolAnswer = { sigma: null, source: "none", ageUs: null };
const VOL_SOURCE = { "own quote": "ownQuote", surface: "surface", previous: "previous" } as const;
/** The maturity whose smile tells how vol answers spot, days. */
const BETA_DAYS = 30;

/** A position to be moved, and the staged ticket it comes from; null for what is held. */
export interface DeskHolding extends ScenarioHolding {
  readonly ticket: string | null;
}

/**
 * What the scenario engine prices the desk's book in: spots, each option's own vol (the surface's where it has none), the smile of the
 * fitted surface for what moves with spot, the curve's carry, and betas to the index. A surface is fitted only when it is asked for.
 */
export function scenarioMarket(context: ViewContext): ScenarioSource {
  const { desk, nowUs } = context;
  const source = context.source();
  const { facts } = context.facts.valuer;
  const instrumentOf = (id: InstrumentId) => desk.instruments[desk.slot(id) ?? -1];
  const carries = flatCarry(
    {
      spot: (u) => source.spot(u),
      rate: (u, years) => facts.rate(instrumentOf(u)?.ccy ?? context.facts.baseCcy, years).value,
      dividendYield: (u) => facts.dividendYield(instrumentOf(u)?.symbol ?? "").value,
    },
    nowUs,
  );
  const fitted = new Map<InstrumentId, VolProvider | null>();
  const smiles = (underlying: InstrumentId): VolProvider | null => {
    let provider = fitted.get(underlying);
    if (provider === undefined) {
      const live = surfaceOn(context, new ChainIndex(), underlying);
      provider = live === null ? null : surfaceVols(live.refresh(context));
      fitted.set(underlying, provider);
    }
    return provider;
  };
  const vols: VolProvider = {
    vol: (o) => {
      const vol = source.value(o)?.vol ?? null;
      if (vol === null) return smiles(o.underlying)?.vol(o) ?? NO_VOL;
      return { sigma: vol.sigma, source: VOL_SOURCE[vol.source], ageUs: vol.ageUs };
    },
    volAt: (o, K) => smiles(o.underlying)?.volAt?.(o, K) ?? NO_VOL,
  };
  return {
    nowUs,
    spot: (id) => source.spot(id)?.price ?? null,
    vols,
    carries,
    beta: (id) => betaOf(context, id)?.beta ?? null,
    spotVolBeta: (id) => spotVolBeta(context, id),
  };
}

/** Said where a name has no beta. */
export const NO_BETA =
  "no beta: none in config/market.yaml, and no 60 daily returns of it and of SPY (`voldesk import daily FILE --symbol`)";

export interface NameBeta {
  readonly beta: number;
  readonly index: string;
  readonly source: string;
}

/** Part of the index's move that a name takes on: an index has its own whole move, others what the market file or their imported candles say. Null unknown. */
export function betaOf(context: ViewContext, id: InstrumentId): NameBeta | null {
  const { desk, facts } = context;
  const instrument = desk.instruments[desk.slot(id) ?? -1];
  if (instrument === undefined) return null;
  const found = facts.valuer.facts.beta(instrument.symbol);
  return found === null ? null : { beta: found.value, index: found.index, source: found.source };
}

/** How far a name moves when the axis does: as far itself, or by its beta to the index. */
export function moveBy(
  context: ViewContext,
  axis: "own" | "index",
): (id: InstrumentId, pct: number) => number | null {
  if (axis === "own") return (_, pct) => pct;
  return (id, pct) => {
    const beta = betaOf(context, id)?.beta ?? null;
    return beta === null ? null : beta * pct;
  };
}

/**
 * Vol points that a name's 30-day vol gains per −1 % of spot, read off its own smile between the 25-delta strikes: −dσ/d ln K. On top of a strike's
 * unmoved vol this takes the at-the-money vol along by twice the smile's slope, as a local-vol model has it. Null without such a smile.
 */
export function spotVolBeta(context: ViewContext, id: InstrumentId): number | null {
  const live = surfaceOn(context, new ChainIndex(), id);
  if (live === null) return null;
  const { tenors } = live.result(context);
  const f = tenors.find((t) => t.days === BETA_DAYS)?.figures;
  if (!f?.put25 || !f.call25) return null;
  return -(f.call25.vol - f.put25.vol) / Math.log(f.call25.strike / f.put25.strike);
}

/** The book's open positions at their marks, all or those on one underlying, and staged legs at theirs where they are wanted. */
export function scenarioHoldings(
  context: ViewContext,
  underlying: InstrumentId | null,
  staged = false,
): DeskHolding[] {
  const value = context.value();
  const source = context.source();
  const fx = (ccy: string): number | null => (ccy === value.base ? 1 : source.fx(ccy));
  const held = value.positions
    .filter((p) => p.qty !== 0 && (underlying === null || p.underlying === underlying))
    .map(
      (p): DeskHolding => ({
        id: p.key,
        instrument: p.instrument,
        qty: p.qty,
        fx: fx(p.ccy),
        mark: p.mark.price,
        ticket: null,
      }),
    );
  if (!staged) return held;
  const added = context.facts.staged(context).flatMap(({ ticket, instrument, qty }, n): DeskHolding[] => {
    const name = instrument.kind === "option" ? instrument.underlying : instrument.id;
    if (underlying !== null && name !== underlying) return [];
    const market = source.market(instrument);
    const { bid = null, ask = null } = market ?? {};
    const twoSided = bid !== null && ask !== null && bid > 0 && ask >= bid;
    const mark = twoSided ? (bid + ask) / 2 : null;
    return [{ id: `${ticket} ${n}`, instrument, qty, fx: fx(instrument.ccy), mark, ticket }];
  });
  return [...held, ...added];
}
