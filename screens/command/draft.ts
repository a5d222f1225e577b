import type { Draft, PriceWish, QtyWish } from "../../src/desk/protocol-orders.ts";
import type { InstrumentIndex } from "./instruments.ts";
import type { Order, Price, Quantity } from "./order-terms.ts";

export function qtyWish(q: Quantity): QtyWish {
  if (q.kind === "count") return { by: "count", n: q.n };
  return q.kind === "money" ? { by: "money", amount: q.amount } : { by: "percent", percent: q.percent };
}

/** An anchored price follows the quote until it is previewed. */
export function priceWish(p: Price): PriceWish {
  if (p.kind === "limit") return { by: "limit", price: String(p.price) };
  return { by: "anchor", anchor: p.anchor, offset: p.by, unit: p.unit, follows: true };
}

/** The ticket that a buy or sell asks for; null for what only the row or order it refers to can tell (close, roll, T1). */
export function draftOf(order: Order, index: InstrumentIndex): Draft | null {
  const { verb, what, qty, price, tif } = order;
  if ((verb !== "buy" && verb !== "sell") || what.kind !== "legs") return null;
  const legs = what.legs.flatMap(({ slot, ratio }) => {
    const instrument = index.at(slot)?.instrument.id;
    return instrument === undefined ? [] : [{ instrument, ratio }];
  });
  if (legs.length < what.legs.length) return null;
  return {
    legs,
    side: verb,
    purpose: "auto",
    qty: qty === null ? null : qtyWish(qty),
    price: price === null ? null : priceWish(price),
    tif,
    from: null,
  };
}
