import type { OptionInstrument } from "../../engines/market/index.ts";
import {
  type Alternative,
  bestAlternatives,
  candidateOf,
  contractFindings,
  fairFindings,
  type GuardFix,
  type GuardLeg,
  liquidityFindings,
  liquidityLimits,
} from "../../engines/orders/index.ts";
import type { ViewContext } from "../desk/views/context.ts";
import { label, priceDecimals } from "../desk/views/names.ts";
import { contractFacts } from "./contract-facts.ts";
import { type Judged, type Rules, sessionShare } from "./judge.ts";
import { legQuote } from "./market.ts";

/** Spot of the crash, and of the melt-up for calls, that a bought option is judged by; strikes and expiries looked at on either side. */
const CRASH = 0.2;
const STRIKES = 0.1;
const EXPIRY_DAYS = 45;

/**
 * Listed contracts that pass where the bought option does not: same type, near in strike and expiry, judged by the same checks at the same
 * size, the best by what they pay at spot -20 % (calls: +20 %) for their premium.
 */
export function alternativesTo(context: ViewContext, rules: Rules, row: Judged): GuardFix[] {
  const only = row.at.legs.length === 1 ? row.at.legs[0]?.instrument : undefined;
  const bad = row.previewed.guards.some((g) => g.code === "LIQUIDITY" && g.verdict !== "pass");
  const opens = row.previewed.terms.legs[0]?.intent === "open";
  if (only?.kind !== "option" || row.at.body.side !== "buy" || !bad || !opens) return [];
  const spot = context.source().spot(only.underlying)?.price ?? null;
  if (spot === null) return [];
  const listed = near(context, only, spot).map((o) => alternative(context, o, spot));
  const limits = liquidityLimits(rules.limits, sessionShare(context));
  const best = bestAlternatives(
    listed,
    (c) =>
      c.bid !== null &&
      (c.ageUs ?? Number.POSITIVE_INFINITY) <= context.facts.valuer.quoteMaxAgeUs &&
      [...contractFindings(c), ...fairFindings(c), ...liquidityFindings(c, c.askSize, limits, row.qty)]
        .length === 0,
  );
  return best.map(({ contract, candidate }) => ({
    instrument: contract.id,
    text: `take ${label(contract, context.session.day)} at ${candidate.bid?.toFixed(priceDecimals(contract))} x ${candidate.ask?.toFixed(priceDecimals(contract))}`,
  }));
}

/** Contracts like it within a tenth of the spot and 45 days of its expiry; not itself, and none of today. */
function near(context: ViewContext, like: OptionInstrument, spot: number): OptionInstrument[] {
  return context.desk.instruments.filter(
    (o): o is OptionInstrument =>
      o.kind === "option" &&
      o.underlying === like.underlying &&
      o.symbol === like.symbol &&
      o.type === like.type &&
      o.id !== like.id &&
      Math.abs(o.strike - like.strike) <= STRIKES * spot &&
      Math.abs(o.expiryUs - like.expiryUs) <= EXPIRY_DAYS * 86_400e6 &&
      o.expiry > context.session.day,
  );
}

function alternative(context: ViewContext, o: OptionInstrument, spot: number): Alternative<OptionInstrument> {
  const quote = legQuote(context.desk, o.id, context.nowUs, context.facts.valuer.quoteMaxAgeUs);
  const leg: Omit<GuardLeg, "opposite" | "intent"> = {
    label: "",
    instrument: o,
    ratio: 1,
    quote,
    qty: 1,
    ...contractFacts(context, o, quote),
  };
  const moved = spot * (o.type === "C" ? 1 + CRASH : 1 - CRASH);
  const pays = Math.max(0, o.type === "C" ? moved - o.strike : o.strike - moved);
  return {
    contract: o,
    candidate: { ...candidateOf(leg), dteDays: Number.POSITIVE_INFINITY, fx: 1 },
    covered: (pays * o.multiplier) / (o.premiumStyle === "inverse" ? moved : 1),
  };
}
