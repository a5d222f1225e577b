import { type Leg, roundToTick } from "../../engines/market/index.ts";
import {
  gridOf,
  type KnownLeg,
  netQuote,
  type PackageRules,
  type Side,
  splitLimit,
  splitPackage,
  unitMultiplier,
} from "../../engines/orders/index.ts";
import type { ViewContext } from "../desk/views/context.ts";
import { jointEnds } from "./figures.ts";
import type { Judged, Rules } from "./judge.ts";
import { knownLegs, legQuotes } from "./market.ts";
import type { KeptTicket, OrderBook } from "./order-book.ts";
import { resolve } from "./ticket.ts";

/**
 * What a ticket goes out as: itself, or the orders that its package is split into, each with its own limit. What can't be split yet (no
 * market, no size) stays whole and says so when it is judged.
 */
export function partsOf(
  context: ViewContext,
  book: OrderBook,
  rules: Rules,
  broker: PackageRules,
  ticket: KeptTicket,
): KeptTicket[] {
  const at = resolve(context, book, ticket.body, rules.defaults);
  if (at === null || at.qty === null || at.limit === null) return [ticket];
  const { qty, limit } = at;
  const { side } = ticket.body;
  const parts = splitPackage(at.legs, side, broker);
  if (parts.length < 2) return [ticket];
  const priced = parts.map((part) => {
    const legs = knownLegs(context.desk, part.legs) as KnownLeg[];
    const net = netQuote(legs, legQuotes(context, legs));
    return { legs, net, weight: (unitMultiplier(legs) * part.units) / at.multiplier };
  });
  const limits = splitLimit(limit, priced);
  if (limits === null) return [ticket];
  return parts.map((part, i) => {
    const turned = oneWay(part.legs, side, limits[i] as number);
    const price = roundToTick(gridOf(priced[i]?.legs ?? []), turned.limit, turned.side);
    return {
      ...ticket,
      id: `${ticket.id}.${i + 1}`,
      part: { of: ticket.id, n: i + 1, count: parts.length },
      body: {
        ...ticket.body,
        legs: turned.legs,
        side: turned.side,
        qty: { by: "count", n: qty * part.units },
        price: { by: "limit", price: String(price) },
      },
    };
  });
}

/** A single contract is bought or sold: selling minus one of it is no way to say so. */
function oneWay(legs: readonly Leg[], side: Side, limit: number) {
  const [only, more] = legs;
  if (only === undefined || more !== undefined || only.ratio > 0) return { legs, side, limit };
  const other: Side = side === "buy" ? "sell" : "buy";
  return { legs: [{ ...only, ratio: -only.ratio }], side: other, limit: -limit };
}

const loss = (x: number | "unbounded" | null): string =>
  x === null ? "is unknown" : x === "unbounded" ? "is unbounded" : `is ${Math.round(Math.max(0, -x))}`;
const rank = (x: number | "unbounded" | null): number =>
  x === "unbounded" ? Number.POSITIVE_INFINITY : x === null ? 1e300 : -x;

/** What a preview says of a part: its place in the order of sending, and on the first the worst that may happen in between. */
export function partWords(
  context: ViewContext,
  row: Judged,
  rows: readonly Judged[],
  broker: string,
): string[] {
  const { part } = row.ticket;
  if (part === undefined) return [];
  const place = `order ${part.n} of ${part.count} that ${part.of} goes out as, in this order`;
  if (part.n > 1) return [place];
  const own = rows.filter((r) => r.ticket.part?.of === part.of);
  const moments = own.slice(0, -1).map((_, i) => ({
    filled: own.slice(0, i + 1).map((r) => r.ticket.id),
    worst: jointEnds(context, own.slice(0, i + 1)).maxLoss,
  }));
  const [first, ...rest] = moments;
  if (first === undefined) return [place];
  const naked = rest.reduce((a, b) => (rank(b.worst) > rank(a.worst) ? b : a), first);
  return [
    `${place}: ${broker} does not take it as one`,
    `worst naked moment: ${naked.filled.join(", ")} filled and the rest not: the worst loss ${loss(naked.worst)}`,
  ];
}
