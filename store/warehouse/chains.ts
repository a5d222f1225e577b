/** A chain as it was stored, read back as an importer gives it. */
import type { IsoDay, Micros } from "../../engines/market/index.ts";
import type { Chain, ChainRow } from "../imports/chain.ts";
import type { Warehouse } from "./warehouse.ts";

export interface StoredChain {
  readonly chain: Chain & { readonly asOf: IsoDay };
  readonly provider: string;
  readonly premium: "currency" | "coin";
}

/**
 * The chain of a symbol on the last stored day at or before `asOf`; of several sources of that day the one with the most rows. Null without
 * one. `provider` narrows to one source.
 */
export async function storedChain(
  w: Warehouse,
  symbol: string,
  asOf: string | null,
  provider: string | null = null,
): Promise<StoredChain | null> {
  const [found] = await w.rows(
    `select as_of::VARCHAR d, provider p from option_chains where symbol = ? and (? is null or as_of <= ?::DATE)
      and (? is null or provider = ?) group by as_of, provider order by as_of desc, count(*) desc, p limit 1`,
    [symbol, asOf, asOf, provider, provider],
  );
  if (found === undefined) return null;
  const [day, source] = [String(found["d"]) as IsoDay, String(found["p"])];
  const rows = await w.rows(
    `select root, expiry::VARCHAR expiry, option_type, strike, contract_symbol, expiry_us, bid, ask, bid_size, ask_size, last, volume,
      open_interest, iv, delta, gamma, theta, vega, spot, premium, quote_us
      from option_chains where symbol = ? and as_of = ?::DATE and provider = ? order by expiry, root, strike, option_type`,
    [symbol, day, source],
  );
  const number = (x: unknown): number | null => (typeof x === "number" ? x : null);
  const chain = rows.map(
    (r): ChainRow => ({
      symbol,
      root: String(r["root"]),
      contract: r["contract_symbol"] === null ? null : String(r["contract_symbol"]),
      asOf: day,
      expiry: String(r["expiry"]) as IsoDay,
      expiryUs: number(r["expiry_us"]) as Micros | null,
      type: r["option_type"] === "C" ? "C" : "P",
      strike: Number(r["strike"]),
      bid: number(r["bid"]),
      ask: number(r["ask"]),
      bidSize: number(r["bid_size"]),
      askSize: number(r["ask_size"]),
      last: number(r["last"]),
      volume: number(r["volume"]),
      openInterest: number(r["open_interest"]),
      iv: number(r["iv"]),
      delta: number(r["delta"]),
      gamma: number(r["gamma"]),
      theta: number(r["theta"]),
      vega: number(r["vega"]),
      spot: number(r["spot"]),
      quoteUs: number(r["quote_us"]) as Micros | null,
    }),
  );
  const latest = chain.reduce<ChainRow>(
    (best, r) => ((r.quoteUs ?? 0) > (best.quoteUs ?? 0) ? r : best),
    chain[0] as ChainRow,
  );
  return {
    chain: {
      symbol,
      asOf: day,
      spot: latest.spot ?? chain.find((r) => r.spot !== null)?.spot ?? null,
      quoteUs: latest.quoteUs,
      rows: chain,
    },
    provider: source,
    premium: rows[0]?.["premium"] === "coin" ? "coin" : "currency",
  };
}
