import type { Micros } from "../../../engines/market/index.ts";
import type { Tif } from "../../../engines/orders/index.ts";
import type { BrokerOrder } from "../broker.ts";
import { decimalOf, negated, type Row, textOf } from "../wire-values.ts";
import { legsOf } from "./contracts.ts";

const STATES: Readonly<Record<string, BrokerOrder["status"]>> = {
  PendingSubmit: "working",
  PreSubmitted: "working",
  Submitted: "working",
  PendingCancel: "working",
  PreCancelled: "working",
  WarnState: "working",
  Filled: "filled",
  Cancelled: "cancelled",
  Inactive: "rejected",
};
/** The gateway's word for a day order is the close that it lives until. */
const TIFS: Readonly<Record<string, Tif>> = { CLOSE: "day", DAY: "day", GTC: "gtc", IOC: "ioc", OPG: "opg" };

export interface RowLeg {
  readonly conid: number;
  readonly ratio: number;
}

/** An order of the gateway's lists, read as far as it can be. */
export interface OrderRow {
  readonly orderId: string;
  readonly ref: string | null;
  readonly state: BrokerOrder["status"];
  readonly side: "buy" | "sell";
  readonly legs: readonly RowLeg[];
  /** As it came: what a change has to say again. */
  readonly conidex: string | null;
  readonly total: string;
  readonly filled: string;
  readonly price: string | null;
  readonly tif: Tif;
  readonly word: string;
}

/** Null where what matters is not there: then nothing is concluded from it. */
export function orderRow(row: Row): OrderRow | null {
  const orderId = textOf(row["orderId"]);
  const word = textOf(row["status"]);
  // A word that nobody knows says nothing of an end.
  const state = STATES[word ?? ""] ?? "working";
  const side = textOf(row["side"])?.toUpperCase() ?? "";
  const total = decimalOf(row["totalSize"]);
  const conidex = textOf(row["conidex"]);
  const legs = (conidex === null ? null : legsOf(conidex)) ?? [{ conid: Number(row["conid"]), ratio: 1 }];
  if (orderId === null || word === null || total === null) return null;
  if (!/^(B|S)/.test(side) || legs.some((l) => !Number.isSafeInteger(l.conid) || l.ratio === 0)) return null;
  return {
    orderId,
    ref: textOf(row["order_ref"]),
    state,
    side: side.startsWith("B") ? "buy" : "sell",
    legs,
    conidex: conidex?.includes(";;;") === true ? conidex : null,
    total,
    filled: decimalOf(row["filledQuantity"]) ?? "0",
    price: decimalOf(row["price"]),
    tif: TIFS[String(row["timeInForce"])] ?? "day",
    word,
  };
}

/** One execution of one contract. */
export interface TradeRow {
  readonly execId: string;
  readonly ref: string | null;
  readonly orderId: string | null;
  readonly conid: number;
  /** Signed. */
  readonly qty: string;
  readonly price: string;
  readonly fees: string;
  readonly us: Micros;
}

/** Null where it can't be read, and for a package's own line: its legs have theirs. */
export function tradeRow(row: Row): TradeRow | null {
  if (row["sec_type"] === "BAG") return null;
  const execId = textOf(row["execution_id"]);
  const size = decimalOf(row["size"]);
  const price = decimalOf(row["price"]);
  const side = textOf(row["side"]);
  const conid = Number(row["conid"]);
  const ms = Number(row["trade_time_r"]);
  if (execId === null || size === null || price === null || !Number.isFinite(ms)) return null;
  if ((side !== "B" && side !== "S") || !Number.isSafeInteger(conid)) return null;
  return {
    execId,
    ref: textOf(row["order_ref"]),
    orderId: textOf(row["order_id"]),
    conid,
    qty: side === "B" ? size : negated(size),
    price,
    fees: decimalOf(row["commission"], 6) ?? "0",
    us: (ms * 1000) as Micros,
  };
}

/** `0000e0d5.6576fd38.01.01`: the last part counts the corrections of one execution. */
export const executionOf = (execId: string): string => execId.slice(0, Math.max(0, execId.lastIndexOf(".")));
