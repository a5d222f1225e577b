import type { InstrumentId } from "../../../engines/market/index.ts";
import { scenarios } from "../../../engines/scenario/index.ts";
import type { ScenariosView, Views } from "../protocol.ts";
import { scenarioHoldings, scenarioMarket } from "../scenario-market.ts";
import type { ViewContext } from "./context.ts";
import { label } from "./names.ts";

/** Longest axes that are computed: what comes from outside is cut to these. */
const MOST = { spot: 15, vol: 11, days: 8 } as const;

/** P&L of the book, or of one name in it, over spot, vol and days, in base currency, from the marks of now. */
export function scenariosView(context: ViewContext, params: Views["scenarios"]["params"]): ScenariosView {
  const { desk } = context;
  const { underlying } = params;
  const holdings = scenarioHoldings(context, underlying);
  const result = scenarios(holdings, scenarioMarket(context), {
    spotPct: params.spotPct.slice(0, MOST.spot),
    volPts: params.volPts.slice(0, MOST.vol),
    days: params.days.slice(0, MOST.days),
    dynamics: params.dynamics,
    volTerm: params.volTerm,
    breakEvens: true,
  });
  const nameOf = (id: InstrumentId): string => {
    const slot = desk.slot(id);
    const instrument = slot === null ? undefined : desk.instruments[slot];
    return instrument === undefined ? id : label(instrument, context.session.day);
  };
  const only = underlying ?? (result.underlyings.length === 1 ? (result.underlyings[0]?.id ?? null) : null);
  return {
    nowUs: context.nowUs,
    underlying,
    label: underlying === null ? "book" : nameOf(underlying),
    ccy: context.facts.baseCcy,
    spot: only === null ? null : (context.source().spot(only)?.price ?? null),
    underlyings: context
      .value()
      .underlyings.filter((u) =>
        context.value().positions.some((p) => p.underlying === u.underlying && p.qty !== 0),
      )
      .map((u) => ({ id: u.underlying, label: nameOf(u.underlying) })),
    spotPct: result.axes.spotPct,
    volPts: result.axes.volPts,
    days: result.axes.days,
    dynamics: params.dynamics,
    volTerm: params.volTerm,
    pnl: result.known,
    worst: result.worst,
    breakEvensPct: result.breakEvens ?? [],
    burnPerDay: result.burnPerDay,
    base: result.base,
    expired: result.expired,
    missing: result.legs.filter((l) => l.reason !== null).length,
    legs: holdings.map((h, i) => {
      const leg = result.legs[i];
      return {
        key: h.id,
        label: label(h.instrument, context.session.day),
        qty: h.qty,
        mark: h.mark,
        sigma: leg?.sigma ?? null,
        basis: leg?.basis ?? null,
        reason: leg?.reason ?? null,
        pnl: result.leg(i),
      };
    }),
  };
}
