import type { DailyCandles } from "../../engines/levels/index.ts";
import { type HistoryFile, readHistory } from "../../store/history/file.ts";
import type { HistorySource, PastSurface, SymbolHistory } from "../desk/history.ts";

/** The history files of a folder, each read once, when first asked for. */
export class HistoryFiles implements HistorySource {
  private readonly read = new Map<string, SymbolHistory | null>();

  constructor(private readonly dir: string) {}

  of(symbol: string): SymbolHistory | null {
    let history = this.read.get(symbol);
    if (history === undefined) {
      const file = readHistory(this.dir, symbol);
      history = typeof file === "string" ? { ...nothing(symbol), problem: file } : file && historyOf(file);
      this.read.set(symbol, history);
    }
    return history;
  }
}

const nothing = (symbol: string): SymbolHistory => ({
  symbol,
  surfaceProvider: null,
  surfaces: [],
  dailyProvider: null,
  daily: null,
  futures: [],
  problem: null,
});

function historyOf({ symbol, surface, daily, futures }: HistoryFile): SymbolHistory {
  return {
    ...nothing(symbol),
    surfaceProvider: surface?.provider ?? null,
    surfaces: surface === null ? [] : surface.days.map((day, d) => pastSurface(surface, day, d)),
    dailyProvider: daily?.provider ?? null,
    daily: daily === null ? null : candles(daily),
    futures:
      futures === null
        ? []
        : futures.days.map((day, d) => ({
            day,
            futures: (futures.expiries[d] ?? []).map((expiry, i) => ({
              expiry,
              settle: futures.settle[d]?.[i] ?? Number.NaN,
            })),
          })),
  };
}

function pastSurface(s: NonNullable<HistoryFile["surface"]>, day: string, d: number): PastSurface {
  return {
    day,
    tenors: s.tenors.map((days, t) => ({
      days,
      atm: s.atm[t]?.[d] ?? null,
      riskReversal25: s.riskReversal25[t]?.[d] ?? null,
      butterfly25: s.butterfly25[t]?.[d] ?? null,
    })),
  };
}

function candles(d: NonNullable<HistoryFile["daily"]>): DailyCandles {
  const column = (values: readonly (number | null)[]) => Float64Array.from(values, (v) => v ?? Number.NaN);
  return {
    n: d.days.length,
    day: d.days,
    open: column(d.open),
    high: column(d.high),
    low: column(d.low),
    close: column(d.close),
    volume: column(d.volume),
  };
}
