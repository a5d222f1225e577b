import type { ExposureResult } from "../../engines/exposure/index.ts";
import {
  type Anchor,
  anchoredVwapCompat,
  type CompatBar,
  type CompatCandle,
  type DailyCandles,
  type LevelBars,
  type LevelSession,
  type LevelsResult,
  levels,
  levelsSummaryCompat,
  type OptionLevels,
  volumeProfileCompat,
} from "../../engines/levels/index.ts";
import { formatIsoMicros, type IsoDay, sessionOn } from "../../engines/market/index.ts";
import type { SurfaceResult } from "../../engines/surface/index.ts";
import type { Candle } from "../../store/imports/bars.ts";

/** What levels are made of: candles from files or the warehouse. */
export interface LevelTables {
  readonly symbol: string;
  readonly asOf: string;
  readonly spot: number | null;
  /** In order of time. */
  readonly bars: readonly Candle[];
  readonly daily: readonly Candle[];
  readonly benchmark: { readonly symbol: string; readonly daily: readonly Candle[] } | null;
  readonly options: OptionLevels | null;
  readonly anchors: readonly Anchor[];
  /** Exchange whose sessions the bars belong to. */
  readonly calendar: string;
}

const column = (rows: readonly Candle[], of: (c: Candle) => number | null): Float64Array =>
  Float64Array.from(rows, (c) => of(c) ?? Number.NaN);

const prices = (rows: readonly Candle[]) => ({
  n: rows.length,
  open: column(rows, (c) => c.open),
  high: column(rows, (c) => c.high),
  low: column(rows, (c) => c.low),
  close: column(rows, (c) => c.close),
  volume: column(rows, (c) => c.volume),
});
const dailyOf = (rows: readonly Candle[]): DailyCandles => ({ ...prices(rows), day: rows.map((c) => c.day) });
const barsOf = (rows: readonly Candle[]): LevelBars => ({
  ...prices(rows),
  startUs: column(rows, (c) => c.startUs),
});

/** Regular sessions of the days that have bars. */
function sessionsOf(bars: readonly Candle[], calendar: string): LevelSession[] {
  const days = [...new Set(bars.map((c) => c.day))];
  return days.flatMap((day) => {
    const s = sessionOn(calendar, day);
    return s === null ? [] : [{ day, openUs: s.openUs, closeUs: s.closeUs }];
  });
}

/** Today's candle out of its bars, where the daily history ends before. */
function withToday(t: LevelTables, sessions: readonly LevelSession[]): readonly Candle[] {
  const before = t.daily.filter((c) => c.day <= t.asOf);
  if (before.some((c) => c.day === t.asOf)) return before;
  const session = sessions.find((s) => s.day === t.asOf);
  const today = t.bars.filter(
    (c) =>
      c.day === t.asOf &&
      (session === undefined || ((c.startUs ?? 0) >= session.openUs && (c.startUs ?? 0) < session.closeUs)),
  );
  const [first, last] = [today[0], today.at(-1)];
  if (first === undefined || last === undefined) return before;
  const known = (of: (c: Candle) => number | null): number[] =>
    today.map(of).filter((x): x is number => x !== null);
  const [highs, lows, volumes] = [known((c) => c.high), known((c) => c.low), known((c) => c.volume)];
  return [
    ...before,
    {
      day: t.asOf as IsoDay,
      startUs: null,
      open: first.open,
      high: highs.length > 0 ? Math.max(...highs) : null,
      low: lows.length > 0 ? Math.min(...lows) : null,
      close: last.close,
      volume: volumes.length > 0 ? volumes.reduce((a, b) => a + b, 0) : null,
    },
  ];
}

/** Spot as it is given, else the close of the last bar of the day's regular session, else of the last daily candle. */
export function spotOf(t: LevelTables): number | null {
  const closeUs = sessionOn(t.calendar, t.asOf as IsoDay)?.closeUs ?? Number.POSITIVE_INFINITY;
  const bar = t.bars.findLast((c) => c.day <= t.asOf && (c.startUs ?? 0) < closeUs);
  return t.spot ?? bar?.close ?? t.daily.findLast((c) => c.day <= t.asOf)?.close ?? null;
}

/** The desk's levels. Bars after the day are not looked at. */
export function levelsOf(t: LevelTables): LevelsResult {
  const bars = t.bars.filter((c) => c.day <= t.asOf);
  const sessions = sessionsOf(bars, t.calendar);
  const end = sessions.find((s) => s.day === t.asOf)?.closeUs ?? null;
  const lastUs = bars.at(-1)?.startUs ?? null;
  return levels({
    symbol: t.symbol,
    asOf: t.asOf,
    spot: spotOf(t),
    bars: barsOf(bars),
    sessions,
    daily: dailyOf(withToday(t, sessions)),
    // A minute bar that starts a minute before the close is the day's last one.
    todayComplete: bars.length === 0 || (end !== null && lastUs !== null && lastUs >= end - 60e6),
    benchmark: t.benchmark && {
      symbol: t.benchmark.symbol,
      daily: dailyOf(t.benchmark.daily.filter((c) => c.day <= t.asOf)),
    },
    options: t.options,
    anchors: t.anchors,
  });
}

/** Walls, zero gamma and expected moves to the first expiry a week away, from a chain's exposure and surface. */
export function optionLevels(exposure: ExposureResult, surface: SurfaceResult): OptionLevels {
  const all = exposure.slices.find((s) => s.name === "all");
  const walls: { name: string; strike: number }[] = [];
  const wall = (name: string, at: { readonly strike: number } | null | undefined): void => {
    if (at && !walls.some((w) => w.strike === at.strike && w.name.startsWith(name.slice(0, 3))))
      walls.push({ name, strike: at.strike });
  };
  wall("call wall", all?.callWall);
  wall("put wall", all?.putWall);
  wall("call wall above", all?.callWallAbove);
  wall("put wall below", all?.putWallBelow);
  const fitted = surface.expiries.filter((e) => e.figures !== null);
  const expiry = fitted.find((e) => e.minutesLeft >= 7 * 1440) ?? fitted.at(-1);
  const f = expiry?.figures ?? null;
  const move = (name: string, width: number) => ({
    name: `${name} ${expiry?.expiry.day ?? ""}`,
    centre: f?.forward ?? 0,
    width,
  });
  return {
    walls,
    zeroGamma: all?.zeroGamma.roots ?? [],
    expectedMoves:
      f === null
        ? []
        : [
            move("straddle", f.expectedMove.straddle),
            move("1σ", f.forward * (Math.exp(f.expectedMove.oneSigma) - 1)),
          ],
  };
}

export type CompatLevels = ReturnType<typeof compatLevelsOf>;

/** The original system's levels: each anchor that it knows, its profile of 20 bins, its daily summary. */
export function compatLevelsOf(t: LevelTables) {
  const bars = t.bars
    .filter((c) => c.day <= t.asOf)
    .map(
      (c): CompatBar => ({
        timestamp: c.startUs === null ? null : formatIsoMicros(c.startUs),
        open: c.open,
        high: c.high,
        low: c.low,
        close: c.close,
        volume: c.volume,
      }),
    );
  const candle = (c: Candle): CompatCandle => ({ ...c, date: c.day });
  const daily = t.daily.filter((c) => c.day <= t.asOf).map(candle);
  const summary = levelsSummaryCompat({
    daily,
    benchmark: t.benchmark?.daily.filter((c) => c.day <= t.asOf).map(candle) ?? null,
    rolling_window: 20,
    rs_window: 20,
  });
  const spot = t.spot ?? summary.spot ?? spotOf(t);
  const vwap = (anchor_type: "session_open" | "date" | "breakout_day") =>
    anchoredVwapCompat({ intraday_bars: bars, anchor_type, spot, anchor_date: t.asOf, daily });
  return {
    spot,
    summary,
    vwaps: [vwap("session_open"), vwap("date"), vwap("breakout_day")],
    profile: volumeProfileCompat({ intraday_bars: bars, num_bins: 20, hvn_quantile: 0.8, lvn_quantile: 0.2 }),
  };
}
