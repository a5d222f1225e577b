import type { Leg } from "../../engines/market/index.ts";
import type { InternalCross, PriceWish, QtyWish, Side, Tif } from "../../engines/orders/index.ts";
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
  /** Tickets with one name are previewed and confirmed together, or not at all. */
  readonly together?: string;
  /** Orders with one name stand against each other: what is filled of one alone is watched. */
  readonly pair?: string;
  /** Sleeve that the fills belong to; absent: that of what is held, else the desk's own. */
  readonly sleeve?: string;
  /** What the trade saves over its horizon, in base currency, as the trader says it. */
  readonly benefit?: number;
  /** The limit follows the market by itself up to the collar of the moment of the confirmation. */
  readonly work?: boolean;
  /** Tickets that it stands for, and what their sleeves cross inside when it is confirmed. */
  readonly nets?: readonly string[];
  readonly crosses?: readonly InternalCross[];
  /** The pair whose naked part it hedges or undoes. */
  readonly mends?: string;
  /** It takes back what hedged that pair, as the part that lagged fills. */
  readonly unwinds?: true;
}
