import { calendarZone, isIsoDay, isoToDay, type Micros, wallToUs } from "../../../engines/market/index.ts";
import type { AccountActivity } from "../broker.ts";
import type { BrokerInstruments } from "../setup.ts";
import { decimalOf, type Row, textOf } from "../wire-values.ts";
import { idOfSymbol } from "./symbols.ts";
import { usOf } from "./wire.ts";

const ZONE = calendarZone("NYSE");
/** The account's own currency; the vendor keeps its books in dollars. */
const CCY = "USD";
/** The ledger keeps money in millionths. */
const MONEY_DECIMALS = 6;

const CASH: Readonly<Record<string, AccountActivity["kind"]>> = {
  FEE: "fee",
  CFEE: "fee",
  PTC: "fee",
  PTR: "fee",
  INT: "financing",
  INTNRA: "financing",
  INTTW: "financing",
  CSD: "transfer",
  CSW: "transfer",
  TRANS: "transfer",
  JNLC: "transfer",
  ACATC: "transfer",
};
/** Contracts that end; what they deliver comes as a trade of its own. */
const ENDS: ReadonlySet<string> = new Set(["OPEXP", "OPEXC", "OPASN", "OPCSH"]);

/**
 * A row of the account's activities that is no execution; null where nothing came of it, or where it is an execution.
 * @throws Error for one that can't be read: it may be money.
 */
export function readActivity(row: Row, instruments: BrokerInstruments): AccountActivity | null {
  const type = textOf(row["activity_type"]);
  const id = textOf(row["id"]);
  if (type === "FILL" || row["status"] === "canceled") return null;
  const amount = decimalOf(row["net_amount"] ?? "0", MONEY_DECIMALS);
  // Of a dividend it is what was held, not what moved.
  const dividend = type?.startsWith("DIV") === true;
  const qty = dividend ? "0" : decimalOf(row["qty"] ?? "0");
  if (type === null || id === null || amount === null || qty === null)
    throw new Error(`an activity that can't be read (${type ?? "of no type"})`);
  if (amount === "0" && qty === "0") return null;
  const symbol = textOf(row["symbol"]);
  const instrument = symbol === null ? null : idOfSymbol(symbol, instruments);
  const kind = dividend ? "dividend" : kindOf(type, qty);
  const moved = qty === "0" ? "" : ` ${qty}`;
  const words = [type, textOf(row["description"]), symbol].filter((w) => w !== null).join(" ");
  return {
    // A contract's end and its delivery may come under one id.
    id: `${id}:${type}`,
    us: whenOf(row),
    kind,
    text: `${words}${moved} ${amount.startsWith("-") ? "" : "+"}${amount} ${CCY} of ${textOf(row["date"]) ?? "no day"}`,
    instrument,
    qty,
    amount,
    ccy: CCY,
  };
}

function kindOf(type: string, qty: string): AccountActivity["kind"] {
  if (ENDS.has(type)) return "leave";
  if (type === "OPTRD") return "deliver";
  // A cash type that moves a position too is something else.
  return qty === "0" ? (CASH[type] ?? "other") : "other";
}

function whenOf(row: Row): Micros {
  const told = usOf(row["created_at"]);
  if (told === told) return told as Micros;
  const day = textOf(row["date"]);
  if (day === null || !isIsoDay(day)) throw new Error("an activity of no day");
  return wallToUs(ZONE, isoToDay(day), 24 * 60);
}
