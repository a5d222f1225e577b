import { remainingUnits, signOf } from "../../engines/orders/index.ts";
import type { MarginOrder, MarginPosition } from "../../engines/portfolio/index.ts";
import type { Desk } from "../desk/desk.ts";
import { instrumentOf } from "./market.ts";
import type { OrderBook } from "./order-book.ts";

const known = (x: number | undefined): number | null => (x !== undefined && x === x ? x : null);

/** What works, as margin counts it: each order as if it filled at its limit (contracts section 4: working orders reserve). */
export function reservingOrders(
  desk: Desk,
  book: OrderBook,
  fx: (ccy: string) => number | null,
): MarginOrder[] {
  return book.live().flatMap((o): MarginOrder[] => {
    const { id, terms, multiplier } = o.order;
    const units = remainingUnits(o);
    if (units === 0) return [];
    const sign = signOf(terms.side);
    const limit = Number(o.limit);
    const legs: MarginPosition[] = [];
    for (const leg of terms.legs) {
      const instrument = instrumentOf(desk, leg.instrument);
      if (instrument === null) return [{ id, legs: [], cash: null }];
      const slot = desk.slot(leg.instrument) as number;
      const under = instrument.kind === "option" ? desk.slot(instrument.underlying) : slot;
      const mid = ((desk.book.bid[slot] as number) + (desk.book.ask[slot] as number)) / 2;
      // A contract without a market is worth its limit where it is alone; in a package that is not known.
      const mark = known(mid) ?? (terms.legs.length === 1 ? limit : null);
      const spot = under === null ? null : known(desk.book.spot(under as never));
      legs.push({ instrument, qty: sign * leg.ratio * units, mark, spot });
    }
    const rate = fx(legs[0]?.instrument.ccy ?? "");
    return [{ id, legs, cash: rate === null ? null : -sign * limit * multiplier * units * rate }];
  });
}
