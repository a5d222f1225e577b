import { describe, expect, it } from "vitest";
import { dayToIso } from "../../engines/market/index.ts";
import { regressedBeta } from "../../src/desk/betas.ts";
import type { HistorySource, SymbolHistory } from "../../src/desk/history.ts";

const DAY = 16_793; // 2015-12-24
/** Candles of so many days up to the one before the session, each moved by `beta` times what the benchmark did. */
function kept(symbol: string, days: number, beta: number, endsBefore = 1): SymbolHistory {
  const close = [100];
  for (let i = 1; i < days; i++) close.push((close[i - 1] as number) * (1 + beta * 0.01 * Math.sin(i * 1.7)));
  const column = Float64Array.from(close);
  const day = close.map((_, i) => dayToIso(DAY - endsBefore - (days - 1 - i)));
  const daily = { n: days, day, open: column, high: column, low: column, close: column, volume: column };
  return {
    symbol,
    surfaceProvider: null,
    surfaces: [],
    dailyProvider: "csv",
    daily,
    futures: [],
    problem: null,
  };
}
const source = (...all: SymbolHistory[]): HistorySource => ({
  of: (symbol) => all.find((h) => h.symbol === symbol) ?? null,
});
const TODAY = dayToIso(DAY);

describe("beta of a name from imported daily candles", () => {
  it("is the slope of 60 daily returns on the benchmark's, and says so", () => {
    const found = regressedBeta(source(kept("ABC", 90, 1.5), kept("SPY", 90, 1)), "ABC", TODAY);
    expect(found?.value).toBeCloseTo(1.5, 9);
    expect(found?.index).toBe("SPX");
    expect(found?.source).toBe(
      "ABC on SPY, least squares of 60 daily returns to 2015-12-23, imported candles",
    );
    expect(regressedBeta(source(), "SPX", TODAY)?.value).toBe(1);
  });
  it("is unknown without the benchmark, with few returns, or from candles that ended long ago", () => {
    const spy = kept("SPY", 90, 1);
    expect(regressedBeta(source(kept("ABC", 90, 1)), "ABC", TODAY)).toBeNull();
    expect(regressedBeta(source(spy), "ABC", TODAY)).toBeNull();
    expect(regressedBeta(source(kept("ABC", 40, 1), spy), "ABC", TODAY)).toBeNull();
    expect(regressedBeta(source(kept("ABC", 90, 1, 40), kept("SPY", 90, 1, 40)), "ABC", TODAY)).toBeNull();
  });
});
