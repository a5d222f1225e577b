import type { InstrumentId } from "../../../engines/market/index.ts";
import { scenarios } from "../../../engines/scenario/index.ts";
import type { ScenariosView, Views } from "../protocol.ts";
import { marginUnder, noMargin } from "../scenario-margin.ts";
import { betaOf, moveBy, scenarioHoldings, scenarioMarket, spotVolBeta } from "../scenario-market.ts";
import type { ViewContext } from "./context.ts";
import { label } from "./names.ts";

/** Longest axes that are computed: what comes from outside is cut to these. */
const MOST = { spot: 15, vol: 11, days: 8 } as const;

/**
 * P&L of the book, or of one name in it, over spot (its own or the index's, by beta), vol and days, in base currency, from the marks of now;
 * with staged tickets where they are wanted, and the margin of the account along the spot axis.
 */
export function scenariosView(context: ViewContext, params: Views["scenarios"]["params"]): ScenariosView {
  const { desk, facts, session } = context;
  const { underlying, dynamics, volTerm, spotAxis, staged } = params;
  const holdings = scenarioHoldings(context, underlying, staged);
  const market = scenarioMarket(context);
  const result = scenarios(holdings, market, {
    spotPct: params.spotPct.slice(0, MOST.spot),
    volPts: params.volPts.slice(0, MOST.vol),
    days: params.days.slice(0, MOST.days),
    dynamics,
    volTerm,
    spotAxis,
    breakEvens: true,
  });
  const nameOf = (id: InstrumentId): string => {
    const instrument = desk.instruments[desk.slot(id) ?? -1];
    return instrument === undefined ? id : label(instrument, session.day);
  };
  const names = result.underlyings.map((u) => u.id);
  const only = underlying ?? (names.length === 1 ? (names[0] ?? null) : null);
  const betas = names.map((id) => ({ id, label: nameOf(id), found: betaOf(context, id) }));
  return {
    nowUs: context.nowUs,
    underlying,
    label: underlying === null ? "book" : nameOf(underlying),
    ccy: facts.baseCcy,
    spot: only === null || spotAxis === "index" ? null : (context.source().spot(only)?.price ?? null),
    underlyings: context
      .value()
      .underlyings.filter((u) =>
        context.value().positions.some((p) => p.underlying === u.underlying && p.qty !== 0),
      )
      .map((u) => ({ id: u.underlying, label: nameOf(u.underlying) })),
    spotPct: result.axes.spotPct,
    volPts: result.axes.volPts,
    days: result.axes.days,
    dynamics,
    volTerm,
    spotAxis,
    betas: betas.map(({ label: name, found }) => ({
      label: name,
      beta: found?.beta ?? null,
      index: found?.index ?? null,
      source: found?.source ?? null,
    })),
    spotVolBeta:
      dynamics === "spotVolBeta"
        ? names.map((id) => ({ label: nameOf(id), beta: spotVolBeta(context, id) }))
        : [],
    tickets: [...new Set(facts.staged(context).map((leg) => leg.ticket))],
    staged,
    margin:
      underlying === null
        ? marginUnder(context, holdings, result, moveBy(context, spotAxis))
        : noMargin("margin is of the whole account", result.axes.spotPct.length),
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
        ticket: h.ticket,
        label: label(h.instrument, session.day),
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
