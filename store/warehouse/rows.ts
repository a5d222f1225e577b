/** What importers read, as rows of the warehouse. */
import type { CandleImport } from "../imports/bars.ts";
import { barSeconds } from "../imports/bars.ts";
import type { ChainImport } from "../imports/chain.ts";
import type { FuturesImport } from "../imports/futures.ts";
import type { StoreRow } from "./upsert.ts";

/** Rows of option_chains; those without a day cannot be stored and are left out. */
export function chainRows(from: ChainImport, provider: string): StoreRow[] {
  const warnings = from.report.findings.filter((f) => f.outcome !== "refused").map((f) => f.reason);
  return from.rows.flatMap((r): StoreRow[] =>
    r.asOf === null
      ? []
      : [
          {
            symbol: r.symbol,
            as_of: r.asOf,
            provider,
            root: r.root,
            expiry: r.expiry,
            option_type: r.type,
            strike: r.strike,
            contract_symbol: r.contract,
            expiry_us: r.expiryUs,
            bid: r.bid,
            ask: r.ask,
            bid_size: r.bidSize,
            ask_size: r.askSize,
            last: r.last,
            volume: r.volume,
            open_interest: r.openInterest,
            iv: r.iv,
            delta: r.delta,
            gamma: r.gamma,
            theta: r.theta,
            vega: r.vega,
            spot: r.spot,
            premium: from.premium,
            quote_us: r.quoteUs,
            warnings,
          },
        ],
  );
}

/** Rows of bars. */
export function barRows(from: CandleImport, provider: string): StoreRow[] {
  const interval_s = barSeconds(from.rows) ?? 60;
  return from.rows.map(({ day, startUs, ...prices }) => ({
    symbol: from.symbol,
    market_date: day,
    interval_s,
    provider,
    start_us: startUs,
    ...prices,
  }));
}

/** Rows of daily. */
export const dailyRows = (from: CandleImport, provider: string): StoreRow[] =>
  from.rows.map(({ day, startUs: _, ...prices }) => ({
    symbol: from.symbol,
    as_of: day,
    provider,
    adjusted: from.adjusted,
    ...prices,
  }));

export const futureRows = (from: FuturesImport, provider: string): StoreRow[] =>
  from.rows.map(({ day, expiry, settle }) => ({ symbol: from.symbol, as_of: day, expiry, provider, settle }));
