import { parseIsoMicros } from "../../../engines/market/index.ts";

/** What the vendor's messages say, read without trust: unknown keys are passed over, what is missing is null. */

export interface WireLeg {
  readonly id: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly ratio: number;
  readonly intent: "open" | "close";
  readonly filledQty: string;
  readonly average: string | null;
}

export interface WireOrder {
  readonly id: string;
  readonly clientId: string;
  readonly status: string;
  /** Empty for a package. */
  readonly symbol: string;
  readonly side: "buy" | "sell" | null;
  readonly intent: "open" | "close";
  readonly qty: string | null;
  readonly filledQty: string;
  readonly limit: string | null;
  readonly tif: string;
  readonly replaces: string | null;
  readonly replacedBy: string | null;
  readonly createdUs: number;
  /** A package, whether or not its legs are told. */
  readonly pack: boolean;
  readonly legs: readonly WireLeg[];
}

export interface WireUpdate {
  readonly event: string;
  readonly executionId: string | null;
  readonly price: string | null;
  readonly qty: string | null;
  readonly us: number;
  readonly order: WireOrder;
}

/** A row of the account's fills. */
export interface WireFill {
  readonly id: string;
  readonly orderId: string;
  readonly symbol: string;
  readonly side: string;
  readonly qty: string;
  readonly price: string;
  readonly cumulative: string;
  readonly us: number;
}

type Body = Readonly<Record<string, unknown>>;

const bodyOf = (value: unknown): Body | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Body) : null;
/** Decimals come as text, from some hosts as numbers. */
const text = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : null;
const DECIMAL = /^-?\d+(\.\d+)?$/;
const decimal = (value: unknown): string | null => {
  const t = text(value);
  return t !== null && DECIMAL.test(t) ? t : null;
};
const sideOf = (value: unknown): "buy" | "sell" | null =>
  value === "buy" ? "buy" : value === "sell" || value === "sell_short" ? "sell" : null;

const intentOf = (value: unknown): "open" | "close" =>
  typeof value === "string" && value.endsWith("_to_close") ? "close" : "open";

/** UTC microseconds of a time with up to nine decimals; NaN where there is none. */
export const usOf = (value: unknown): number =>
  typeof value === "string" ? (parseIsoMicros(value) ?? Number.NaN) : Number.NaN;

/** JSON of an answer; null where it is none. */
export function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}

export function readOrder(value: unknown): WireOrder | null {
  const o = bodyOf(value);
  const id = text(o?.["id"]);
  const status = text(o?.["status"]);
  if (o === null || id === null || status === null) return null;
  const pack = o["order_class"] === "mleg";
  const legs = Array.isArray(o["legs"]) ? o["legs"].map(readLeg) : [];
  return {
    id,
    clientId: text(o["client_order_id"]) ?? id,
    status,
    symbol: text(o["symbol"]) ?? "",
    side: sideOf(o["side"]),
    intent: intentOf(o["position_intent"]),
    qty: decimal(o["qty"]),
    filledQty: decimal(o["filled_qty"]) ?? "0",
    limit: decimal(o["limit_price"]),
    tif: text(o["time_in_force"]) ?? "",
    replaces: text(o["replaces"]),
    replacedBy: text(o["replaced_by"]),
    createdUs: usOf(o["created_at"]),
    pack,
    // Of a bracket the legs are orders of their own, not parts of this one.
    legs: pack ? legs.filter((l) => l !== null) : [],
  };
}

function readLeg(value: unknown): WireLeg | null {
  const o = bodyOf(value);
  const symbol = text(o?.["symbol"]);
  const side = sideOf(o?.["side"]);
  const ratio = Number(o?.["ratio_qty"]);
  if (o === null || symbol === null || side === null || !(ratio > 0)) return null;
  return {
    id: text(o["id"]) ?? "",
    symbol,
    side,
    ratio,
    intent: intentOf(o["position_intent"]),
    filledQty: decimal(o["filled_qty"]) ?? "0",
    average: decimal(o["filled_avg_price"]),
  };
}

export function readUpdate(value: unknown): WireUpdate | null {
  const u = bodyOf(value);
  const order = readOrder(u?.["order"]);
  const event = text(u?.["event"]);
  if (u === null || order === null || event === null) return null;
  return {
    event,
    executionId: text(u["execution_id"]),
    price: decimal(u["price"]),
    qty: decimal(u["qty"]),
    us: usOf(u["timestamp"]),
    order,
  };
}

export function readFill(value: unknown): WireFill | null {
  const r = bodyOf(value);
  const [id, orderId, symbol, side] = ["id", "order_id", "symbol", "side"].map((k) => text(r?.[k]));
  const [qty, price, cumulative] = ["qty", "price", "cum_qty"].map((k) => decimal(r?.[k]));
  if (r === null || !id || !orderId || !symbol || !side || !qty || !price || !cumulative) return null;
  return { id, orderId, symbol, side, qty, price, cumulative, us: usOf(r["transaction_time"]) };
}

/** The vendor's word for what is wrong with a request, with its code; null where the answer holds none. */
export function readRefusal(
  value: unknown,
): { readonly code: number | null; readonly message: string } | null {
  const o = bodyOf(value);
  const message = text(o?.["message"]);
  if (o === null || message === null) return null;
  return { code: typeof o["code"] === "number" ? o["code"] : null, message: message.slice(0, 300) };
}

export const readList = <T>(value: unknown, read: (row: unknown) => T | null): T[] | null =>
  Array.isArray(value) ? value.map(read).filter((row) => row !== null) : null;
