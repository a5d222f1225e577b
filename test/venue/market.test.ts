import { describe, expect, it } from "vitest";
import type { IsoDay, OptionInstrument } from "../../engines/market/index.ts";
import { ASSETS } from "../../src/venue/market/assets.ts";
import { ModelMarket } from "../../src/venue/market/model.ts";
import type { MarketEvent, Product } from "../../src/venue/market/types.ts";
import { shippedCatalog } from "../../store/capture/product-catalog.ts";

const DAY = "2026-11-20" as IsoDay;
const OPEN = Date.UTC(2026, 10, 20, 14, 30) * 1000;
const MINUTE = 60_000_000;

const make = (seed: number): ModelMarket =>
  new ModelMarket({ catalog: shippedCatalog(), assets: ASSETS, seed, day: DAY });
const market = make(11);
const find = (symbol: string, of = market): Product => of.bySymbol(symbol) as Product;
const mid = (symbol: string, us: number): number => {
  const q = market.quoteAt(find(symbol), us);
  return q === null ? Number.NaN : (q.bid + q.ask) / 2;
};

describe("the model", () => {
  it("is one and the same for a seed, however it is asked; another seed is another market", () => {
    const other = make(11);
    // Another order of asking: chains first, the end before the beginning.
    other.chain(find("QQQ", other));
    other.quoteAt(find("AAPL", other), OPEN + 300 * MINUTE);
    for (const symbol of ["SPY", "AAPL", "BTC/USD", "EURUSD"])
      expect(other.quoteAt(find(symbol, other), OPEN + 30 * MINUTE)).toEqual(
        market.quoteAt(find(symbol), OPEN + 30 * MINUTE),
      );
    const elsewhere = make(12);
    expect(elsewhere.quoteAt(find("SPY", elsewhere), OPEN + MINUTE)?.bid).not.toBe(
      market.quoteAt(find("SPY"), OPEN + MINUTE)?.bid,
    );
  });

  it("prices a put that may be exercised early alike, whoever asked first for another instant", () => {
    const [early, late] = [make(11), make(11)];
    const puts = early
      .chain(find("AAPL", early))
      .filter((p) => p.instrument.kind === "option" && p.instrument.type === "P");
    const at = OPEN + 60 * MINUTE;
    for (const p of puts) late.quoteAt(find(p.symbol, late), at + 240 * MINUTE);
    const told = puts.map((p) => early.quoteAt(p, at));
    expect(puts.length).toBeGreaterThan(200);
    expect(puts.map((p) => late.quoteAt(find(p.symbol, late), at))).toEqual(told);
  });

  it("streams what it says in snapshots: the last quote of a stretch is the quote at its end", () => {
    const product = find("AAPL");
    const events = market.advance({ quotes: [product], trades: [] }, OPEN + MINUTE, OPEN + 2 * MINUTE);
    const last = events.at(-1) as MarketEvent & { kind: "quote" };
    expect(events.length).toBeGreaterThan(100);
    expect(market.quoteAt(product, OPEN + 2 * MINUTE - 1)).toEqual(last.quote);
    const halves = [OPEN + MINUTE, OPEN + 1.3 * MINUTE, OPEN + 2 * MINUTE];
    const pieces = [0, 1].flatMap((i) =>
      market.advance({ quotes: [product], trades: [] }, halves[i] as number, halves[i + 1] as number),
    );
    expect(pieces).toEqual(events);
  });

  it("keeps the last quote of the day before until the first of the day", () => {
    const before = market.quoteAt(find("SPY"), OPEN - 60 * MINUTE);
    expect(before).not.toBeNull();
    expect(market.quoteAt(find("SPY"), OPEN)).toEqual(before);
  });

  it("moves names together, and volatility against stocks", () => {
    const moves = (symbol: string): number[] => {
      const at = Array.from({ length: 79 }, (_, i) => mid(symbol, OPEN + (1 + i * 4.9) * MINUTE));
      return at.slice(1).map((x, i) => Math.log(x / (at[i] as number)));
    };
    const [spy, qqq, vix, es] = [moves("SPY"), moves("QQQ"), moves("VIX"), moves("ES 2026-12-18")];
    expect(correlation(spy, qqq)).toBeGreaterThan(0.6);
    expect(correlation(spy, es)).toBeGreaterThan(0.95);
    expect(correlation(spy, vix)).toBeLessThan(-0.4);
  });

  it("is busy at the open and at the close, quiet at noon, and silent when the market is shut", () => {
    const count = (minute: number): number =>
      market.trades(find("SPY"), OPEN + minute * MINUTE, OPEN + (minute + 5) * MINUTE).length;
    expect(count(0)).toBeGreaterThan(2 * count(190));
    expect(count(385)).toBeGreaterThan(1.4 * count(190));
    expect(count(395)).toBe(0);
  });

  it("prices chains without arbitrage: calls fall with the strike, convex, above intrinsic; parity holds", () => {
    const us = OPEN + 60 * MINUTE;
    const spot = mid("SPX", us);
    const chain = market
      .chain(find("SPX"))
      .filter((p) => (p.instrument as OptionInstrument).expiry === "2026-12-18");
    const value = (type: string): Map<number, number> =>
      new Map(
        chain
          .map((p) => p.instrument as OptionInstrument)
          .map((o, i) => ({ o, view: market.optionView(chain[i] as Product, us) }))
          .filter(({ o }) => o.type === type)
          .map(({ o, view }) => [o.strike, view?.price ?? Number.NaN]),
      );
    const [calls, puts] = [value("C"), value("P")];
    const strikes = [...calls.keys()];
    expect(strikes.length).toBeGreaterThan(40);
    for (let i = 1; i < strikes.length; i++) {
      const [a, b] = [strikes[i - 1] as number, strikes[i] as number];
      expect(calls.get(b)).toBeLessThan((calls.get(a) as number) + 1e-9);
      expect(puts.get(b)).toBeGreaterThan((puts.get(a) as number) - 1e-9);
      expect(calls.get(b)).toBeGreaterThan(spot - b - 60);
    }
    const carries = strikes.map(
      (k) => (calls.get(k) as number) - (puts.get(k) as number) + k * Math.exp((-0.0375 * 28) / 365),
    );
    expect(Math.max(...carries) - Math.min(...carries)).toBeLessThan(0.5);
  });

  it("quotes on the grid, bid under ask, and no bid where an option is worth less than a tick", () => {
    const quotes = market
      .chain(find("AAPL"))
      .map((p) => ({ p, q: market.quoteAt(p, OPEN + 90 * MINUTE) }))
      .filter(({ q }) => q !== null);
    expect(quotes.length).toBeGreaterThan(500);
    for (const { q } of quotes) {
      expect(q?.ask).toBeGreaterThan(q?.bid as number);
      const tick = (q?.ask as number) > 3 ? 0.05 : 0.01;
      expect(Math.abs((q?.ask as number) / tick - Math.round((q?.ask as number) / tick))).toBeLessThan(1e-6);
    }
    expect(quotes.some(({ q }) => q?.bid === 0 && q.bidSize === 0)).toBe(true);
  });
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (x: readonly number[]): number => x.reduce((s, v) => s + v, 0) / x.length;
  const [ma, mb] = [mean(a), mean(b)];
  const cov = a.reduce((s, x, i) => s + (x - ma) * ((b[i] as number) - mb), 0);
  const dev = (x: readonly number[], m: number): number => Math.sqrt(x.reduce((s, v) => s + (v - m) ** 2, 0));
  return cov / (dev(a, ma) * dev(b, mb));
}
