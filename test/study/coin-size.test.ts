import { describe, expect, it } from "vitest";
import type { IsoDay } from "../../engines/market/index.ts";
import { chainMarket } from "../../src/study/chain-market.ts";
import { shippedCatalog } from "../../store/capture/product-catalog.ts";
import type { ChainRow } from "../../store/imports/chain.ts";

const row = (contract: string, root: string, strike: number): ChainRow => ({
  symbol: root,
  root,
  contract,
  asOf: "2026-08-12" as IsoDay,
  expiry: "2026-08-28" as IsoDay,
  expiryUs: null,
  type: "C",
  strike,
  bid: 0.01,
  ask: 0.011,
  bidSize: null,
  askSize: null,
  last: null,
  volume: null,
  openInterest: 5,
  iv: 0.4,
  delta: null,
  gamma: null,
  theta: null,
  vega: null,
  spot: 63_000,
  quoteUs: null,
});
const market = (rows: readonly ChainRow[], multiplier?: number) =>
  chainMarket(
    { symbol: "BTC", asOf: "2026-08-12" as IsoDay, spot: 63_000, quoteUs: null, rows },
    { catalog: shippedCatalog(), premium: "coin", multiplier, rate: () => 0, rateSource: "none" },
  );

describe("coins in a contract", () => {
  it("are one on Deribit; on OKX a part of one that no file tells: unknown and named until --multiplier tells it", () => {
    const deribit = market([row("BTC-28AUG26-64000-C", "BTC", 64_000)]);
    expect(deribit.expiries[0]?.multiplier).toBe(1);
    expect(deribit.assumptions).toEqual([]);
    const okx = market([row("BTC-USD-260828-64000-C", "BTC", 64_000)]);
    expect(okx.expiries[0]?.multiplier).toBeNaN();
    expect(okx.assumptions).toEqual(["contract_size_unknown"]);
    const told = market([row("BTC-USD-260828-64000-C", "BTC", 64_000)], 0.01);
    expect(told.expiries[0]?.multiplier).toBe(0.01);
    expect(told.assumptions).toEqual([]);
  });
});
