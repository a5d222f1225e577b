import type { Micros } from "../../../engines/market/index.ts";
import type { AccountActivity } from "../broker.ts";
import { decimalOf, type Row, textOf } from "../wire-values.ts";
import { idOfName } from "./names.ts";

/** The ledger keeps money in millionths. */
const MONEY_DECIMALS = 6;

const KINDS: Readonly<Record<string, AccountActivity["kind"]>> = {
  deposit: "transfer",
  withdrawal: "transfer",
  transfer: "transfer",
  negative_balance_fee: "fee",
  usdc_reward: "financing",
};

/**
 * A row of the transaction log; null for an execution, and where no cash moved and no contract ended. An option that is delivered leaves whole, for
 * what its row changes the balance by. Settlements of futures and perpetuals are no bookings of these books.
 * @throws Error for one that can't be read: it may be money.
 */
export function readActivity(row: Row): AccountActivity | null {
  const type = textOf(row["type"]);
  if (type === "trade") return null;
  const [id, ccy, name] = [textOf(row["id"]), textOf(row["currency"]), textOf(row["instrument_name"])];
  const amount = decimalOf(row["change"] ?? 0, MONEY_DECIMALS);
  const ms = row["timestamp"];
  if (type === null || id === null || ccy === null || amount === null || typeof ms !== "number")
    throw new Error(`a transaction that can't be read (${type ?? "of no type"})`);
  const ends = type === "delivery" && name !== null && /-[CP]$/.test(name);
  if (amount === "0" && !ends) return null;
  return {
    id,
    us: (ms * 1000) as Micros,
    kind: ends ? "leave" : (KINDS[type] ?? "other"),
    text: `${type}${name === null ? "" : ` ${name}`} ${amount.startsWith("-") ? "" : "+"}${amount} ${ccy}`,
    instrument: name === null ? null : idOfName(name),
    qty: ends ? "all" : "0",
    amount,
    ccy,
  };
}
