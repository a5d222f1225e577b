import type { InstrumentId, Micros } from "../../../engines/market/index.ts";
import type { Execution, Tif } from "../../../engines/orders/index.ts";
import type { BrokerOrder } from "../broker.ts";
import { decimalOf, negated, type Row, rowOf, textOf } from "../wire-values.ts";
import { idOfName } from "./names.ts";

/** The ledger keeps money in millionths: a fee of fewer coins than that is rounded to the nearest. */
const FEE_DECIMALS = 6;

const TIFS: Readonly<Record<string, Tif>> = {
  good_til_cancelled: "gtc",
  good_til_day: "day",
  immediate_or_cancel: "ioc",
};

/** An order as Deribit tells it, read as far as it can be. */
export interface OrderRow {
  readonly orderId: string;
  readonly label: string | null;
  readonly state: BrokerOrder["status"];
  readonly side: "buy" | "sell";
  readonly instrument: InstrumentId;
  /** Null at market. */
  readonly price: string | null;
  readonly amount: string;
  readonly filled: string;
  readonly tif: Tif;
  readonly closes: boolean;
  readonly reason: string | null;
}

const STATES: Readonly<Record<string, BrokerOrder["status"]>> = {
  open: "working",
  untriggered: "working",
  filled: "filled",
  cancelled: "cancelled",
  rejected: "rejected",
};

/** Null where what matters is not there: then nothing is concluded from it. */
export function orderRow(value: unknown): OrderRow | null {
  const row = rowOf(value);
  if (row === null) return null;
  const orderId = textOf(row["order_id"]);
  const state = STATES[String(row["order_state"])];
  const name = textOf(row["instrument_name"]);
  const amount = decimalOf(row["amount"]);
  const side = row["direction"];
  if (orderId === null || state === undefined || name === null || amount === null) return null;
  if (side !== "buy" && side !== "sell") return null;
  const reason = textOf(row["cancel_reason"]) ?? textOf(row["reject_reason"]);
  return {
    orderId,
    label: textOf(row["label"]),
    state,
    side,
    instrument: idOfName(name),
    price: decimalOf(row["price"]),
    amount,
    filled: decimalOf(row["filled_amount"]) ?? "0",
    tif: TIFS[String(row["time_in_force"])] ?? "gtc",
    closes: row["reduce_only"] === true,
    reason: reason === null ? null : reason.replaceAll("_", " "),
  };
}

export const brokerOrder = (row: OrderRow, fills: readonly Execution[]): BrokerOrder => ({
  clientId: row.label,
  brokerId: row.orderId,
  status: row.state,
  terms:
    row.price === null
      ? null
      : {
          side: row.side,
          legs: [{ instrument: row.instrument, ratio: 1, intent: row.closes ? "close" : "open" }],
          qty: row.amount,
          limit: row.price,
          tif: row.tif,
        },
  fills,
  reason: row.reason,
});

export interface TradeRow {
  readonly label: string | null;
  readonly orderId: string | null;
  readonly fill: Execution;
}

/** An execution; null where it can't be read. A combo's own print is none: its legs' are. */
export function tradeRow(value: unknown): TradeRow | null {
  const row = rowOf(value);
  if (row === null || Array.isArray(row["legs"])) return null;
  const execId = textOf(row["trade_id"]);
  const name = textOf(row["instrument_name"]);
  const amount = decimalOf(row["amount"]);
  const price = decimalOf(row["price"]);
  const ms = row["timestamp"];
  if (execId === null || name === null || amount === null || price === null) return null;
  if (typeof ms !== "number" || (row["direction"] !== "buy" && row["direction"] !== "sell")) return null;
  const fill: Execution = {
    execId,
    legIndex: 0,
    instrument: idOfName(name),
    qty: row["direction"] === "buy" ? amount : negated(amount),
    price,
    fees: decimalOf(row["fee"], FEE_DECIMALS) ?? "0",
    feeCcy: textOf(row["fee_currency"]) ?? name.split("-")[0] ?? name,
    us: (ms * 1000) as Micros,
  };
  return { label: textOf(row["label"]), orderId: textOf(row["order_id"]), fill };
}

/** Trades of `{trades, has_more}` or of a plain list. */
export function tradeRows(value: unknown): TradeRow[] {
  const list = Array.isArray(value) ? value : (rowOf(value) as Row | null)?.["trades"];
  return (Array.isArray(list) ? list : []).flatMap((t) => tradeRow(t) ?? []);
}
