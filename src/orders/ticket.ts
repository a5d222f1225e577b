import {
  formatPrice,
  gridDecimals,
  reduceLegs,
  roundToTick,
  stepTicks,
  type TickStep,
} from "../../engines/market/index.ts";
import {
  anchorWords,
  beyondCollar,
  collarPrice,
  collarWidth,
  distanceWords,
  gridOf,
  type IntentOf,
  intentOf,
  type KnownLeg,
  type LegQuote,
  type NetQuote,
  netQuote,
  noPrice,
  type PriceWish,
  priceWish,
  qtyWish,
  signOf,
  unitMultiplier,
} from "../../engines/orders/index.ts";
import type { Draft, TicketEdit } from "../desk/protocol.ts";
import type { ViewContext } from "../desk/views/context.ts";
import { packageView } from "../desk/views/package.ts";
import { knownLegs, legQuotes } from "./market.ts";
import type { OrderBook } from "./order-book.ts";
import type { TicketBody } from "./ticket-body.ts";

export interface TicketDefaults {
  readonly contracts: number;
  readonly shares: number;
}

/** A ticket against the market and the account of this moment. */
export interface Resolved {
  readonly body: TicketBody;
  readonly legs: readonly KnownLeg[];
  readonly quotes: readonly LegQuote[];
  readonly net: NetQuote;
  readonly grid: readonly TickStep[];
  readonly multiplier: number;
  readonly qty: number | null;
  readonly qtyIsDefault: boolean;
  readonly limit: number | null;
  readonly rounded: "down" | "up" | null;
  readonly intents: readonly IntentOf[];
  /** Units of the structure or position that it closes, null where it closes none. */
  readonly closing: number | null;
  /** Vega per share of one unit as bought, per 1.00 of vol. */
  readonly vega: number | null;
  readonly deltaPerUnit: number | null;
  readonly collarEdge: number | null;
}

/** Where a limit begins: at the mid, following it. */
export const FIRST_PRICE: Extract<PriceWish, { by: "anchor" }> = {
  by: "anchor",
  anchor: "mid",
  offset: 0,
  unit: "t",
  follows: true,
};

export function bodyOf(draft: Draft): TicketBody {
  const { legs, units } = reduceLegs(draft.legs);
  const qty = draft.qty ?? (units > 1 ? { by: "count" as const, n: units } : null);
  return {
    legs,
    side: draft.side,
    purpose: draft.purpose,
    qty,
    price: draft.price ?? FIRST_PRICE,
    tif: draft.tif,
    from: draft.from,
  };
}

/** Signed quantity of a contract over all strategies of the account. */
export function heldOf(context: ViewContext, account: string, instrument: string): number {
  let sum = 0;
  for (const p of context.desk.held.books.positions.values())
    if (p.account === account && p.instrument === instrument) sum += p.qty / 1e8;
  return sum;
}

/** The book that a ticket is judged by: without the order that it takes the place of. */
export const bookFor = (book: OrderBook, body: TicketBody): OrderBook =>
  body.replaces === undefined ? book : book.without(body.replaces.order);

/** Null where an instrument of it is not known here. */
export function resolve(
  context: ViewContext,
  whole: OrderBook,
  body: TicketBody,
  defaults: TicketDefaults,
): Resolved | null {
  const book = bookFor(whole, body);
  const legs = knownLegs(context.desk, body.legs);
  if (legs === null) return null;
  const quotes = legQuotes(context, legs);
  const net = netQuote(legs, quotes);
  const grid = gridOf(legs);
  const multiplier = unitMultiplier(legs);
  const { limit, rounded } = priceWish(body.price, net, grid, body.side);
  const closing = closable(context, book, body, legs);
  const plain =
    legs.length === 1 && legs[0]?.instrument.kind !== "option" && legs[0]?.instrument.kind !== "future";
  const usual = closing ?? (plain ? defaults.shares : defaults.contracts);
  const qty = body.qty === null ? usual : qtyWish(body.qty, limit, multiplier, closing);
  const shape = packageView(context, { legs: body.legs });
  const vega = shape?.vega == null ? null : inPremium(context, legs, (shape.vega * 100) / multiplier);
  const width = collarWidth(legs, net, grid, vega);
  return {
    body,
    legs,
    quotes,
    net,
    grid,
    multiplier,
    qty: qty !== null && qty > 0 ? qty : null,
    qtyIsDefault: body.qty === null,
    limit,
    rounded,
    intents: legs.map((leg) => {
      const held = heldOf(context, book.account, leg.instrument.id);
      const traded = signOf(body.side) * leg.ratio * (qty ?? 1);
      return intentOf(book.working(leg.instrument.id, held), traded);
    }),
    closing,
    vega,
    deltaPerUnit: shape?.delta ?? null,
    collarEdge: collarPrice(body.side, net, width),
  };
}

/** A sum in the currency of the strikes as premiums are paid: in the coin for inverse options. Null where its rate is unknown. */
function inPremium(context: ViewContext, legs: readonly KnownLeg[], sum: number): number | null {
  const option = legs.map((l) => l.instrument).find((i) => i.kind === "option");
  if (option?.kind !== "option" || option.premiumStyle !== "inverse") return sum;
  const spot = context.source().spot(option.underlying)?.price ?? null;
  return spot === null ? null : sum / spot;
}

/** Whole units that the order would close: what is held against it, less what works already. Null where it opens. */
function closable(
  context: ViewContext,
  book: OrderBook,
  body: TicketBody,
  legs: readonly KnownLeg[],
): number | null {
  let units = Number.POSITIVE_INFINITY;
  for (const leg of legs) {
    const { qty, workingBuys, workingSells } = book.working(
      leg.instrument.id,
      heldOf(context, book.account, leg.instrument.id),
    );
    const direction = signOf(body.side) * leg.ratio;
    if (qty * direction >= 0) return null;
    const left = Math.max(0, Math.abs(qty) - (direction < 0 ? Math.abs(workingSells) : workingBuys));
    units = Math.min(units, Math.floor(left / Math.abs(leg.ratio)));
  }
  return units > 0 && Number.isFinite(units) ? units : null;
}

export type Edited =
  | { readonly ok: true; readonly body: TicketBody }
  | { readonly ok: false; readonly message: string };

/** A ticket after an edit. A price beyond the collar on the aggressive side is refused, with the limit named. */
export function edited(at: Resolved, edit: TicketEdit): Edited {
  const { body } = at;
  switch (edit.edit) {
    case "qty":
      if (edit.qty.by === "count" && !(Number.isInteger(edit.qty.n) && edit.qty.n > 0))
        return { ok: false, message: `a quantity of ${edit.qty.n}: whole and above 0` };
      return { ok: true, body: { ...body, qty: edit.qty } };
    case "tif":
      return { ok: true, body: { ...body, tif: edit.tif } };
    case "flip":
      if (body.replaces !== undefined)
        return { ok: false, message: `${body.replaces.order} keeps its side: cancel it instead` };
      return { ok: true, body: { ...body, side: body.side === "buy" ? "sell" : "buy" } };
    case "step":
      if (edit.field === "price") return withPrice(at, stepped(at, edit.steps));
      return {
        ok: true,
        body: { ...body, qty: { by: "count", n: Math.max(1, (at.qty ?? 0) + edit.steps) } },
      };
    case "price":
      return withPrice(at, frozen(at, edit.price));
    case "follow":
      return withPrice(at, toggled(at));
    case "sleeve": {
      const { sleeve: _, ...rest } = body;
      return { ok: true, body: edit.sleeve === null ? rest : { ...rest, sleeve: edit.sleeve } };
    }
    case "benefit": {
      const { benefit: _, ...rest } = body;
      return { ok: true, body: edit.amount === null ? rest : { ...rest, benefit: edit.amount } };
    }
    case "work": {
      const { work, ...rest } = body;
      return { ok: true, body: work === true ? rest : { ...rest, work: true } };
    }
    case "drop":
    case "restore":
      return { ok: true, body };
  }
}

function stepped(at: Resolved, steps: number): PriceWish {
  const { price } = at.body;
  if (price.by === "anchor" && price.unit === "t" && price.follows)
    return { ...price, offset: price.offset + steps };
  const from = at.limit ?? at.net.mid ?? 0;
  return { by: "limit", price: String(stepTicks(at.grid, from, steps)) };
}

/** An anchored price that does not follow is the number that it comes to now. */
function frozen(at: Resolved, wish: PriceWish): PriceWish {
  if (wish.by === "limit" || wish.follows) return wish;
  const { limit } = priceWish(wish, at.net, at.grid, at.body.side);
  return limit === null ? wish : { by: "limit", price: String(limit) };
}

function toggled(at: Resolved): PriceWish {
  const { price } = at.body;
  if (price.by === "anchor" && price.follows) return frozen(at, { ...price, follows: false });
  const mid = priceWish({ ...FIRST_PRICE }, at.net, at.grid, at.body.side).limit;
  if (mid === null || at.limit === null) return FIRST_PRICE;
  const tick = Math.abs(stepTicks(at.grid, mid, 1) - mid);
  return { ...FIRST_PRICE, offset: Math.round((at.limit - mid) / tick) };
}

function withPrice(at: Resolved, price: PriceWish): Edited {
  const { limit } = priceWish(price, at.net, at.grid, at.body.side);
  const edge = at.collarEdge;
  if (limit !== null && noPrice(at.legs, limit))
    return { ok: false, message: `${limit} is no price of a single contract` };
  if (limit !== null && edge !== null && beyondCollar(at.body.side, limit, edge)) {
    const word = at.body.side === "buy" ? "above" : "below";
    return { ok: false, message: `${limit} is ${word} the collar: ${insideCollar(at, edge)}` };
  }
  return { ok: true, body: { ...at.body, price } };
}

/** The last price that the collar lets through, in words. */
export function insideCollar({ body, grid }: Resolved, edge: number): string {
  const last = roundToTick(grid, edge, body.side);
  return `${formatPrice(last, gridDecimals(grid, last))} at ${body.side === "buy" ? "most" : "least"}`;
}

/** Words beside the price: its anchor, how far it stands, what is to be noted. */
export function priceWords(at: Resolved): {
  anchor: string | null;
  distance: string | null;
  warning: string | null;
} {
  const { side } = at.body;
  const anchor = anchorWords(at.body.price);
  if (at.limit === null) return { anchor, distance: null, warning: "no market to take the price from" };
  const far = side === "buy" ? at.net.ask : at.net.bid;
  const crosses = far !== null && signOf(side) * (at.limit - far) >= -1e-9;
  const rounded = at.rounded === null ? null : `rounded ${at.rounded} to the tick`;
  return {
    anchor,
    distance: distanceWords(at.limit, at.net, at.grid, side),
    warning: crosses ? "would cross: marketable" : rounded,
  };
}
