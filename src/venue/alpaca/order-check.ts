import { type Micros, sessionOf } from "../../../engines/market/index.ts";
import { toldUs, type VenueContext } from "../context.ts";
import type { Product } from "../market/types.ts";
import type { Reply } from "../net/http.ts";
import type { Exchange } from "../orders/exchange.ts";
import type { Draft, OrderLeg, Side } from "../orders/types.ts";
import { problem } from "./paging.ts";

const MOST_ID = 128;
const TIFS = new Set(["day", "gtc", "ioc", "fok", "opg", "cls"]);
const INTENTS = new Set(["buy_to_open", "buy_to_close", "sell_to_open", "sell_to_close"]);

type Body = Readonly<Record<string, unknown>>;

export const invalid = (message: string): Reply => problem(422, 42210000, message);
const malformed = (message: string): Reply => problem(422, 40010001, message);

/** A decimal written as text or number; null when it is none. */
export function amount(value: unknown): number | null {
  const n = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof n === "number" && Number.isFinite(n) ? n : null;
}

/** From a dollar on whole cents, below it hundredths of cents. */
export function subPenny(price: number): boolean {
  const grid = Math.abs(price) >= 1 ? 100 : 10_000;
  return Math.abs(price * grid - Math.round(price * grid)) > 1e-6;
}

/** A request as a draft, or the refusal that the vendor gives. */
export function checkOrder(context: VenueContext, exchange: Exchange, body: Body): Draft | Reply {
  const clientId = body["client_order_id"];
  if (
    clientId !== undefined &&
    clientId !== null &&
    (typeof clientId !== "string" || clientId.length > MOST_ID)
  )
    return malformed(`client_order_id must be no more than ${MOST_ID} characters`);
  if (typeof clientId === "string" && exchange.byClientId(clientId).length > 0)
    return malformed("client_order_id must be unique");
  const qty = amount(body["qty"]);
  if (qty === null || qty <= 0) return malformed("qty must be > 0");
  const type = body["type"];
  if (type !== "market" && type !== "limit") return invalid(`invalid order type: ${String(type)}`);
  const tif = body["time_in_force"];
  if (typeof tif !== "string" || !TIFS.has(tif)) return invalid(`invalid time_in_force: ${String(tif)}`);
  const limit = type === "limit" ? amount(body["limit_price"]) : null;
  if (type === "limit" && limit === null) return malformed("limit orders require a limit price");
  if (limit !== null && subPenny(limit))
    return invalid(
      `invalid limit_price ${limit}. sub-penny increment does not fulfill minimum pricing criteria`,
    );
  const legs = body["order_class"] === "mleg" ? packageLegs(context, body) : singleLeg(context, body);
  if (!Array.isArray(legs)) return legs as Reply;
  const refused = rules(context, exchange, legs as OrderLeg[], { qty, type, tif, limit });
  if (refused !== null) return refused;
  return {
    clientId: typeof clientId === "string" ? clientId : null,
    legs: legs as OrderLeg[],
    side: (legs as OrderLeg[]).length === 1 ? (legs[0] as OrderLeg).side : "buy",
    qty,
    type,
    limit,
    tif: tif === "ioc" || tif === "fok" || tif === "gtc" ? tif : "day",
    extra: { order_class: body["order_class"] ?? "" },
  };
}

function productOf(context: VenueContext, symbol: unknown): Product | null {
  return typeof symbol === "string" ? context.market.bySymbol(symbol) : null;
}

function singleLeg(context: VenueContext, body: Body): OrderLeg[] | Reply {
  const product = productOf(context, body["symbol"]);
  if (product === null) return invalid(`asset "${String(body["symbol"])}" not found`);
  const side = body["side"];
  if (side !== "buy" && side !== "sell") return malformed("side must be buy or sell");
  const intent = body["position_intent"];
  if (typeof intent === "string" && (!INTENTS.has(intent) || !intent.startsWith(side)))
    return invalid(`invalid position_intent: ${intent}`);
  return [{ product, side, ratio: 1, intent: typeof intent === "string" ? intent : null }];
}

function packageLegs(context: VenueContext, body: Body): OrderLeg[] | Reply {
  const rows = body["legs"];
  if (!Array.isArray(rows) || rows.length < 2 || rows.length > 4)
    return invalid("mleg orders require 2 to 4 legs");
  const legs: OrderLeg[] = [];
  for (const row of rows as Body[]) {
    const product = productOf(context, row["symbol"]);
    const ratio = amount(row["ratio_qty"]);
    const side = row["side"];
    if (product === null) return invalid(`asset "${String(row["symbol"])}" not found`);
    if (ratio === null || !Number.isInteger(ratio) || ratio < 1)
      return invalid("ratio_qty must be a whole number");
    if (side !== "buy" && side !== "sell") return malformed("side must be buy or sell");
    const intent = row["position_intent"];
    legs.push({ product, side: side as Side, ratio, intent: typeof intent === "string" ? intent : null });
  }
  const divisor = legs.map((l) => l.ratio).reduce(gcd);
  if (divisor > 1) return invalid("leg ratios must be relatively prime");
  if (new Set(legs.map((l) => l.product)).size < legs.length)
    return invalid("mleg orders need distinct legs");
  return legs;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

interface Terms {
  readonly qty: number;
  readonly type: "market" | "limit";
  readonly tif: string;
  readonly limit: number | null;
}

function rules(context: VenueContext, exchange: Exchange, legs: readonly OrderLeg[], t: Terms): Reply | null {
  const nowUs = toldUs(context);
  for (const leg of legs) {
    const i = leg.product.instrument;
    if (i.kind === "option") {
      if (!Number.isInteger(t.qty)) return invalid("qty must be integer for options orders");
      if (t.tif !== "day" && t.tif !== "gtc") return invalid("invalid time_in_force for options orders");
      if (nowUs >= i.lastTradeUs) return invalid(`asset "${leg.product.symbol}" is not active`);
      if (t.type === "market" && sessionOf("NYSE", nowUs as Micros) === null)
        return invalid("options market orders are only allowed during market hours");
    }
    const short = closesTooMuch(exchange, leg, t.qty);
    if (short !== null) return short;
  }
  const single = legs.length === 1;
  if (single && t.limit !== null && t.limit <= 0) return invalid("limit_price must be > 0");
  const [first] = legs as readonly [OrderLeg];
  if (single && first.side === "buy" && t.limit !== null) {
    const units = "multiplier" in first.product.instrument ? first.product.instrument.multiplier : 1;
    const cost = t.limit * t.qty * units;
    const power = 2 * exchange.portfolio.cash;
    if (cost > power)
      return {
        status: 403,
        body: {
          code: 40310000,
          message: "insufficient buying power",
          buying_power: String(power),
          cost_basis: String(cost),
        },
      };
  }
  return null;
}

/** More can't be closed than is held and not spoken for by other orders. */
function closesTooMuch(exchange: Exchange, leg: OrderLeg, qty: number): Reply | null {
  if (leg.intent !== "sell_to_close" && leg.intent !== "buy_to_close") return null;
  const held = exchange.portfolio.held(leg.product) * (leg.intent === "sell_to_close" ? 1 : -1);
  const spoken = exchange
    .open()
    .flatMap((o) => o.draft.legs.map((l) => ({ l, left: o.draft.qty - o.filled })))
    .filter(({ l }) => l.product === leg.product && l.side === leg.side)
    .reduce((s, { l, left }) => s + l.ratio * left, 0);
  const asked = qty * leg.ratio;
  if (asked <= held - spoken) return null;
  return {
    status: 403,
    body: {
      code: 40310000,
      message: `insufficient qty available for order (requested: ${asked}, available: ${Math.max(0, held - spoken)})`,
      available: String(Math.max(0, held - spoken)),
      existing_qty: String(Math.max(0, held)),
      held_for_orders: String(spoken),
      symbol: leg.product.symbol,
    },
  };
}
