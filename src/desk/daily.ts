import {
  type AnchoredVwap,
  anchoredVwap,
  cleanBars,
  type DailyCandles,
  type LevelSession,
} from "../../engines/levels/index.ts";
import type { Instrument, IsoDay, Slot } from "../../engines/market/index.ts";
import { candlesBefore } from "./history.ts";
import type { Bars } from "./protocol.ts";
import type { ViewContext } from "./views/context.ts";

interface Candle {
  readonly day: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/**
 * Daily candles of an instrument up to this moment: those kept of earlier sessions, the prior close where they lack it, and today as its
 * bars have it. What is not known of a candle is NaN.
 */
export function dailyCandles(context: ViewContext, slot: Slot, bars: Bars): DailyCandles {
  const { session, desk, facts } = context;
  const symbol = desk.instruments[slot]?.symbol ?? "";
  const kept = candlesBefore(facts.history.of(symbol), session.day);
  const rows: Candle[] = Array.from({ length: kept?.n ?? 0 }, (_, i) => candleAt(kept as DailyCandles, i));
  const prior = facts.valuer.prior(slot);
  if (prior !== null && prior.day < session.day && prior.day > (rows.at(-1)?.day ?? "")) {
    const unknown = Number.NaN;
    rows.push({
      day: prior.day,
      open: unknown,
      high: unknown,
      low: unknown,
      close: prior.price,
      volume: unknown,
    });
  }
  const last = rows.at(-1);
  // The settlement that the marks use is the close; what parity implies is not better than a candle's.
  if (prior !== null && last?.day === prior.day && !prior.source.startsWith("implied"))
    rows[rows.length - 1] = { ...last, close: prior.price };
  const n = bars.close.length;
  if (n > 0)
    rows.push({
      day: session.day,
      open: bars.open[0] as number,
      high: bars.high.reduce((a, b) => Math.max(a, b)),
      low: bars.low.reduce((a, b) => Math.min(a, b)),
      close: bars.close[n - 1] as number,
      volume: bars.volume.reduce((a, b) => a + b, 0),
    });
  const column = (key: Exclude<keyof Candle, "day">): Float64Array => Float64Array.from(rows, (r) => r[key]);
  return {
    n: rows.length,
    day: rows.map((r) => r.day),
    open: column("open"),
    high: column("high"),
    low: column("low"),
    close: column("close"),
    volume: column("volume"),
  };
}

function candleAt(d: DailyCandles, i: number): Candle {
  return {
    day: d.day[i] as string,
    open: d.open[i] as number,
    high: d.high[i] as number,
    low: d.low[i] as number,
    close: d.close[i] as number,
    volume: d.volume[i] as number,
  };
}

/**
 * VWAP since the open of an earlier day, or since the last breakout (`null`): earlier days count by their candle at its typical price,
 * today by its minute bars. Null where the day is not among the candles.
 */
export function vwapSince(
  context: ViewContext,
  instrument: Instrument,
  daily: DailyCandles,
  bars: Bars,
  day: string | null,
  spot: number,
): AnchoredVwap | null {
  const { session } = context;
  const days = Array.from({ length: daily.n }, (_, i) => i).filter(
    (i) => (daily.day[i] as string) < session.day && (daily.volume[i] as number) > 0,
  );
  const hours = days.map((i) => session.sessionOn(instrument.calendar, daily.day[i] as IsoDay));
  const known = days.filter((_, k) => hours[k] !== null);
  const sessions: LevelSession[] = [
    ...known.map((i) => ({
      day: daily.day[i] as string,
      ...(hours[days.indexOf(i)] as { openUs: number; closeUs: number }),
    })),
    { day: session.day, openUs: session.openUs, closeUs: session.closeUs },
  ];
  const column = (key: "open" | "high" | "low" | "close" | "volume"): Float64Array =>
    Float64Array.from([...known.map((i) => daily[key][i] as number), ...bars[key]]);
  const all = {
    n: known.length + bars.close.length,
    startUs: Float64Array.from([...sessions.slice(0, -1).map((s) => s.openUs), ...bars.startUs]),
    open: column("open"),
    high: column("high"),
    low: column("low"),
    close: column("close"),
    volume: column("volume"),
  };
  const anchor = day === null ? ({ kind: "breakout" } as const) : ({ kind: "date", day } as const);
  const found = anchoredVwap(anchor, cleanBars(all, sessions), sessions, daily, spot);
  return found.vwap === null ? null : found;
}
