import type { Leg } from "../../engines/market/index.ts";
import type { PriceWish, QtyWish, Side, Tif } from "../../engines/orders/index.ts";
import type { Draft } from "../desk/protocol.ts";

/** What a trader said of an order, in his own words: kept, and worked out anew at each look. */
export interface TicketBody {
  /** One unit as bought, in lowest terms. */
  readonly legs: readonly Leg[];
  readonly side: Side;
  readonly purpose: Draft["purpose"];
  readonly qty: QtyWish | null;
  readonly price: PriceWish;
  readonly tif: Tif;
  readonly from: string | null;
  /** The working order that it takes the place of, as far as that was filled when it was staged. */
  readonly replaces?: { readonly order: string; readonly filled: number };
}
