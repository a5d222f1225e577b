import type { IsoDay } from "../engines/market/index.ts";
import type { FeeTable } from "../engines/orders/index.ts";

/**
 * What the paper account pays, by date. An assumption of ours in the shape of a retail broker's schedule, not the tariff of any: options by
 * the contract, shares free, futures by the contract. Fees of exchanges and regulators are not in it.
 */
export const PAPER_FEES: FeeTable = [
  row("2007-01-01", "commission", "option", "0.65", "0"),
  row("2007-01-01", "commission", "stock", "0.005", "1.00"),
  row("2019-10-01", "commission", "stock", "0", "0"),
  row("2007-01-01", "commission", "future", "2.25", "0"),
  // In the coin, without the cap of an eighth of the premium: of cheap contracts it says more than is paid.
  { ...row("2020-01-01", "commission", "option", "0.0003", "0"), ccy: "BTC" },
  { ...row("2020-01-01", "commission", "option", "0.0003", "0"), ccy: "ETH" },
];

function row(
  from: string,
  name: string,
  kind: FeeTable[number]["class"],
  perUnit: string,
  min: string,
): FeeTable[number] {
  return { from: from as IsoDay, name, class: kind, ccy: "USD", perUnit, min, salesOnly: false };
}
