import type { InstrumentId } from "../../engines/market/index.ts";
import type { Desk } from "./desk.ts";
import type { MarketFacts } from "./market-facts.ts";

/**
 * Base currency per unit of `ccy` now. Of a coin whose index the feed tells it is that index, since a rate on file would be as old as its file;
 * of anything else the rate on file. Null where neither is known.
 */
export function rateNow(desk: Desk, facts: MarketFacts, ccy: string): number | null {
  const filed = facts.fx(ccy)?.value ?? null;
  const slot = desk.slot(`CRYPTO/${ccy}-USD` as InstrumentId);
  const index = slot === null ? Number.NaN : desk.book.spot(slot);
  const dollar = index > 0 ? (facts.fx("USD")?.value ?? null) : null;
  return dollar === null ? filed : index * dollar;
}
