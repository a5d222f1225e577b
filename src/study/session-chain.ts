import {
  BookRow,
  type InstrumentId,
  type IsoDay,
  type Micros,
  type Slot,
} from "../../engines/market/index.ts";
import type { Chain, ChainRow } from "../../store/imports/chain.ts";
import type { ExportSource } from "../desk/export/collect.ts";

const known = (x: number): number | null => (Number.isFinite(x) ? x : null);

/** The chain of an underlying as a desk has it at one instant; null where it has none. Vols and Greeks are left to the engines. */
export async function sessionChain(
  source: ExportSource,
  underlying: InstrumentId | null,
): Promise<(Chain & { readonly asOf: IsoDay }) | null> {
  const status = await source.view("status", {});
  const chain = await source.view("chain", { underlying, expiry: null });
  if (status === null || chain === null) return null;
  const asOf = status.day as IsoDay;
  const row = new BookRow();
  const rows: ChainRow[] = [];
  let symbol = chain.label;
  for (let slot = 0; ; slot++) {
    const i = source.instrument(slot as Slot);
    if (i === undefined) break;
    if (i.id === chain.underlying) symbol = i.symbol;
    if (i.kind !== "option" || i.underlying !== chain.underlying || !source.quote(slot as Slot, row))
      continue;
    rows.push({
      symbol: "",
      root: i.symbol,
      contract: i.id,
      asOf,
      expiry: i.expiry,
      expiryUs: i.expiryUs,
      type: i.type,
      strike: i.strike,
      bid: known(row.bid),
      ask: known(row.ask),
      bidSize: known(row.bidSize),
      askSize: known(row.askSize),
      last: known(row.last),
      volume: known(row.volume),
      openInterest: known(row.openInterest),
      iv: null,
      delta: null,
      gamma: null,
      theta: null,
      vega: null,
      spot: chain.spot,
      quoteUs: status.nowUs as Micros,
    });
  }
  return {
    symbol,
    asOf,
    spot: chain.spot,
    quoteUs: status.nowUs as Micros,
    rows: rows.map((r) => ({ ...r, symbol })),
  };
}
