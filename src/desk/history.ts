import type { DailyCandles } from "../../engines/levels/index.ts";

/** One constant maturity of an earlier session. Vols per 1.00, null unknown. */
export interface PastTenor {
  readonly days: number;
  readonly atm: number | null;
  readonly riskReversal25: number | null;
  readonly butterfly25: number | null;
}
/** A name's constant maturities as they stood at the close of a session. */
export interface PastSurface {
  readonly day: string;
  readonly tenors: readonly PastTenor[];
}

/** Settlements of the futures on a vol index on one day, vol points by expiry. */
export interface FuturesStrip {
  readonly day: string;
  readonly futures: readonly { readonly expiry: string; readonly settle: number }[];
}

/** What is kept of a name from earlier sessions: constant maturities, daily candles and futures, oldest first. */
export interface SymbolHistory {
  readonly symbol: string;
  /** Where the surfaces come from, as in the warehouse; null without any. */
  readonly surfaceProvider: string | null;
  readonly surfaces: readonly PastSurface[];
  readonly dailyProvider: string | null;
  readonly daily: DailyCandles | null;
  readonly futures: readonly FuturesStrip[];
  /** Why what is kept could not be read; null where it could. */
  readonly problem: string | null;
}

/** Asked by name, answered from memory or a small file; null where nothing is kept of it. */
export interface HistorySource {
  of(symbol: string): SymbolHistory | null;
}

/** Sessions before `day`: what happened on that day or later is never looked at. */
export function surfacesBefore(history: SymbolHistory | null, day: string): readonly PastSurface[] {
  return history === null ? [] : history.surfaces.filter((s) => s.day < day);
}

/** The last strip before `day`, or of it too where its settlements were known; null without one. */
export function stripBefore(
  history: SymbolHistory | null,
  day: string,
  including = false,
): FuturesStrip | null {
  return history?.futures.findLast((s) => s.day < day || (including && s.day === day)) ?? null;
}

/** More sessions than any study of a pane looks at. */
const LOOKED_AT = 400;

/** The last candles before `day`; null where there are none. */
export function candlesBefore(history: SymbolHistory | null, day: string): DailyCandles | null {
  const daily = history?.daily ?? null;
  if (daily === null) return null;
  let n = daily.n;
  while (n > 0 && (daily.day[n - 1] as string) >= day) n--;
  const from = Math.max(0, n - LOOKED_AT);
  const cut = (column: Float64Array): Float64Array => column.subarray(from, n);
  if (n === 0) return null;
  return {
    n: n - from,
    day: daily.day.slice(from, n),
    open: cut(daily.open),
    high: cut(daily.high),
    low: cut(daily.low),
    close: cut(daily.close),
    volume: cut(daily.volume),
  };
}
