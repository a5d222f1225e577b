import type { Quote } from "../market/types.ts";
import { exact } from "./portfolio.ts";
import type { Order, OrderLeg, Side } from "./types.ts";

export interface Match {
  readonly price: number;
  readonly qty: number;
  readonly legPrices: readonly number[];
}

interface Natural {
  readonly price: number;
  readonly size: number;
  readonly legPrices: readonly number[];
}

/** What the other side gives now: a buy pays the ask, a sell gets the bid; a package the sum of its legs, all or none. */
function natural(legs: readonly OrderLeg[], quoteOf: (leg: OrderLeg) => Quote | null): Natural | null {
  const prices: number[] = [];
  let size = Number.POSITIVE_INFINITY;
  let net = 0;
  for (const leg of legs) {
    const q = quoteOf(leg);
    if (q === null) return null;
    const price = leg.side === "buy" ? q.ask : q.bid;
    const there = leg.side === "buy" ? q.askSize : q.bidSize;
    if (price <= 0 || there <= 0) return null;
    prices.push(price);
    net += (leg.side === "buy" ? 1 : -1) * leg.ratio * price;
    size = Math.min(size, there / leg.ratio);
  }
  return { price: exact(net), size, legPrices: prices };
}

/** Does a price satisfy the order's limit? Of a package `price` is the net, positive for a debit. */
function acceptable(side: Side, single: boolean, limit: number | null, price: number): boolean {
  if (limit === null) return true;
  return single && side === "sell" ? price >= limit : price <= limit;
}

/** The fill of an order against the quotes of now; null when there is none. */
export function match(order: Order, quoteOf: (leg: OrderLeg) => Quote | null): Match | null {
  const { legs, side, limit, qty, tif } = order.draft;
  const there = natural(legs, quoteOf);
  if (there === null) return null;
  const single = legs.length === 1;
  const price = single ? Math.abs(there.price) : there.price;
  if (!acceptable(side, single, limit, price)) return null;
  const left = exact(qty - order.filled);
  const whole = legs.every((l) => l.product.instrument.kind !== "crypto" && Number.isInteger(qty));
  const size = whole ? Math.max(1, Math.floor(there.size)) : there.size;
  const filled = exact(Math.min(left, size));
  if (tif === "fok" && filled < left) return null;
  return { price, qty: filled, legPrices: there.legPrices };
}

/** A fill that the present quotes need not allow: at the limit, else at what the other side shows. */
export function agreed(order: Order, quoteOf: (leg: OrderLeg) => Quote | null): Omit<Match, "qty"> {
  const { legs, limit } = order.draft;
  const sides = legs.map((leg) => (leg.side === "buy" ? quoteOf(leg)?.ask : quoteOf(leg)?.bid) ?? 0);
  const net = exact(
    legs.reduce((s, leg, i) => s + (leg.side === "buy" ? 1 : -1) * leg.ratio * (sides[i] as number), 0),
  );
  if (legs.length > 1) return { price: limit ?? net, legPrices: sides };
  const price = limit ?? Math.abs(net);
  return { price, legPrices: [price] };
}
