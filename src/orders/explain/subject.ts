import type { InstrumentId } from "../../../engines/market/index.ts";
import type { OrderState as Kept } from "../../../engines/orders/index.ts";
import { quoteExplained } from "../../desk/explain/marks.ts";
import { exact, leaf } from "../../desk/explain/words.ts";
import type { Explanation, OrderRow } from "../../desk/protocol.ts";
import type { ViewContext } from "../../desk/views/context.ts";
import type { KeptTicket } from "../order-book.ts";
import type { OrderDesk } from "../order-desk.ts";
import type { Resolved } from "../ticket.ts";

/** One row of the pane with what it was made from: a ticket or an order, against the market of now. */
export interface Subject {
  readonly desk: OrderDesk;
  readonly context: ViewContext;
  readonly row: OrderRow;
  readonly ticket: KeptTicket | null;
  readonly order: Kept | null;
  readonly at: Resolved | null;
}
export type Said = Pick<Explanation, "value" | "unit" | "lines"> &
  Partial<Pick<Explanation, "inputs" | "usedBy">>;

export const NO_MARKET = "a leg of it is not in this session: there is no market to hold it against";
export const NET =
  "bid: bought legs at their bid, sold legs at their ask; ask the other way; mid half way, never assumed as a fill";

export const ccyOf = (s: Subject): string | null => s.at?.legs[0]?.instrument.ccy ?? null;

export const perUnit = (s: Subject): string => `${ccyOf(s) ?? ""} per unit as bought`.trim();

export function quotesOf(context: ViewContext, instrument: InstrumentId): Explanation[] {
  const slot = context.desk.slot(instrument);
  return slot === null ? [] : [quoteExplained(context, slot)];
}

/** The net market and the quotes of the legs that it is made of. */
export function market({ at, context }: Subject): Explanation[] {
  if (at === null) return [];
  const quotes = at.legs.flatMap((leg) => quotesOf(context, leg.instrument.id));
  if (at.legs.length === 1) return quotes;
  const { bid, mid, ask } = at.net;
  const net = `${exact(bid)} | ${exact(mid)} | ${exact(ask)}`;
  return [leaf("net market", net, null, [NET], { inputs: quotes })];
}
