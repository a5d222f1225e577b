import { signOf } from "../../engines/orders/index.ts";
import { type Ledger, MONEY_SCALE, QTY_SCALE } from "../../engines/portfolio/index.ts";
import type { Resolved } from "./ticket.ts";

/**
 * What an order that closes realises at a limit, fees apart, in the currency of its legs: its cash less what the lots cost that it closes, oldest
 * first as the books take them. Null where a leg opens, or less is held than it closes.
 */
export function realisedBy(
  books: Ledger["books"],
  account: string,
  at: Resolved,
  qty: number,
  limit: number,
): number | null {
  const sign = signOf(at.body.side);
  let sum = -sign * limit * at.multiplier * qty;
  for (const [i, leg] of at.body.legs.entries()) {
    const intent = at.intents[i];
    if (intent?.ok !== true || intent.intent !== "close") return null;
    const cost = costOf(books, account, leg.instrument, -sign * leg.ratio * qty);
    if (cost === null) return null;
    sum -= cost;
  }
  return sum;
}

/** Signed notional paid for the oldest `n` units held of a contract, `n` with the sign of the holding; null where fewer are held. */
function costOf(books: Ledger["books"], account: string, instrument: string, n: number): number | null {
  let left = Math.abs(n);
  let cost = 0;
  for (const p of books.positions.values()) {
    if (p.account !== account || p.instrument !== instrument || Math.sign(p.qty) !== Math.sign(n)) continue;
    for (const lot of p.lots) {
      const held = Math.abs(lot.qty) / QTY_SCALE;
      const taken = Math.min(left, held);
      cost += ((lot.cost / MONEY_SCALE) * taken) / held;
      left -= taken;
      if (left <= 0) return cost;
    }
  }
  return null;
}
