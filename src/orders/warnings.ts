import type { OptionInstrument } from "../../engines/market/index.ts";
import { assignmentRisk } from "../../engines/orders/index.ts";
import type { ViewContext } from "../desk/views/context.ts";
import { label } from "../desk/views/names.ts";
import { quoteOf } from "../desk/views/positions.ts";
import { optionFacts } from "./contract-facts.ts";

/** Within this part of the strike an option of today may still end on either side. */
const NEAR = 0.005;

/** What held options are about to do by themselves: assignment before a dividend or without time value, and the last day. */
export function positionWarnings(context: ViewContext, account: string): string[] {
  return context.value().positions.flatMap((p) => {
    if (p.account !== account || p.qty === 0 || p.instrument.kind !== "option") return [];
    const what = label(p.instrument, context.session.day);
    const said = expiryWords(context, p.instrument, p.qty) ?? assignmentWords(context, p.instrument, p.qty);
    return said === null ? [] : [`${what} ${p.qty > 0 ? "+" : ""}${p.qty}: ${said}`];
  });
}

function assignmentWords(context: ViewContext, o: OptionInstrument, qty: number): string | null {
  const slot = context.desk.slot(o.id);
  if (qty >= 0 || o.style !== "american" || slot === null) return null;
  const { extrinsic, inTheMoney, dividend } = optionFacts(context, o, quoteOf(context.desk, slot));
  return assignmentRisk(o.type, extrinsic, inTheMoney, dividend);
}

function expiryWords(context: ViewContext, o: OptionInstrument, qty: number): string | null {
  if (o.expiry !== context.session.day) return null;
  const spot = context.source().spot(o.underlying)?.price ?? null;
  if (spot === null) return "expires today; the spot is unknown";
  const inside = o.type === "C" ? spot - o.strike : o.strike - spot;
  if (Math.abs(inside) <= NEAR * o.strike) return `expires today at the money (${spot.toFixed(2)}): pin risk`;
  if (inside < 0) return "expires today out of the money";
  if (o.settlement.how === "cash") return "expires today in the money: settled in cash";
  const shares = (o.type === "C" ? 1 : -1) * qty * o.multiplier;
  const word = qty > 0 ? "exercised" : "assigned";
  return `expires today in the money: ${word} by itself, ${shares > 0 ? "+" : ""}${shares} shares`;
}
