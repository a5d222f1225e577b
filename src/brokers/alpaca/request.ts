import { formatPriceExact, formatQty, parsePrice, parseQty } from "../../../engines/market/index.ts";
import { type OrderLeg, signOf, type Terms } from "../../../engines/orders/index.ts";
import { symbolOfId } from "./symbols.ts";

/** What is posted. All decimals are text: a double never carries a price or a quantity. */
export type OrderBody = Readonly<Record<string, unknown>>;

const MOST_LEGS = 4;

/** An order as the vendor takes it, or why it can't be one. */
export function orderBody(clientId: string, terms: Terms): OrderBody | string {
  const symbols = terms.legs.map((leg) => symbolOfId(leg.instrument));
  const strange = symbols.indexOf(null);
  if (strange >= 0) return `Alpaca does not trade ${terms.legs[strange]?.instrument}`;
  const shared = {
    type: "limit",
    qty: formatQty(parseQty(terms.qty)),
    time_in_force: terms.tif,
    client_order_id: clientId,
  };
  const sides = terms.legs.map((leg) => sideOf(terms, leg));
  return terms.legs.length === 1
    ? single(terms, symbols[0] as string, sides[0] as Traded, shared)
    : packaged(terms, symbols as string[], sides, shared);
}

type Traded = ReturnType<typeof sideOf>;

function sideOf(terms: Terms, leg: OrderLeg) {
  const side = signOf(terms.side) * leg.ratio > 0 ? ("buy" as const) : ("sell" as const);
  return { side, position_intent: `${side}_to_${leg.intent}` };
}

function single(terms: Terms, symbol: string, traded: Traded, shared: object): OrderBody | string {
  const [leg] = terms.legs as readonly [OrderLeg];
  if (Math.abs(leg.ratio) !== 1) return "one leg is ordered by its own quantity, not by a ratio";
  // As bought, a unit of a sold leg has a negative price.
  const limit = formatPriceExact((parsePrice(terms.limit) * leg.ratio) as never);
  const coin = symbol.includes("/");
  return { symbol, ...shared, side: traded.side, limit_price: limit, ...(coin ? {} : traded) };
}

function packaged(
  terms: Terms,
  symbols: readonly string[],
  sides: readonly Traded[],
  shared: object,
): OrderBody | string {
  if (symbols.length > MOST_LEGS) return `Alpaca takes ${MOST_LEGS} legs at most`;
  if (terms.legs.some((leg) => !leg.instrument.startsWith("OPT/")))
    return "Alpaca takes packages of options alone";
  if (terms.legs.map((leg) => Math.abs(leg.ratio)).reduce(gcd) !== 1)
    return "the ratios of a package must be in lowest terms";
  // Positive is a net debit for what is sent: a package that is sold goes out with its legs turned round.
  const limit = formatPriceExact((signOf(terms.side) * parsePrice(terms.limit) || 0) as never);
  const legs = terms.legs.map((leg, i) => ({
    symbol: symbols[i],
    ratio_qty: String(Math.abs(leg.ratio)),
    ...(sides[i] as Traded),
  }));
  return { order_class: "mleg", ...shared, limit_price: limit, legs };
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
