import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Anchor,
  anchoredVwap,
  averageTrueRange,
  breakoutDay,
  cleanBars,
  type DailyCandles,
  dailyLevels,
  type LevelBars,
  type LevelSession,
  type LevelsInput,
  levels,
  nakedPocs,
  openGaps,
  relativeStrength,
  volumeProfile,
  vwapLine,
} from "../../../engines/levels/index.ts";
import { isoDayOfNumber } from "../../../engines/market/index.ts";

const MINUTE = 60e6;
const DAY_US = 86_400e6;
const DAY0 = 20_600;
const day = (k: number): string => isoDayOfNumber(DAY0 + k);
/** Regular session 14:30 to 21:00 UTC of day k. */
const session = (k: number): LevelSession => ({
  day: day(k),
  openUs: (DAY0 + k) * DAY_US + 14.5 * 3600e6,
  closeUs: (DAY0 + k) * DAY_US + 21 * 3600e6,
});
const SESSIONS = [0, 1, 2].map(session);

interface Bar {
  readonly us: number;
  readonly low: number;
  readonly high: number;
  readonly close?: number;
  readonly volume?: number;
  readonly vwap?: number;
}
const f64 = <T>(rows: readonly T[], f: (r: T) => number): Float64Array => Float64Array.from(rows, f);
const barsOf = (rows: readonly Bar[]): LevelBars => ({
  n: rows.length,
  startUs: f64(rows, (r) => r.us),
  open: f64(rows, (r) => r.low),
  high: f64(rows, (r) => r.high),
  low: f64(rows, (r) => r.low),
  close: f64(rows, (r) => r.close ?? r.high),
  volume: f64(rows, (r) => r.volume ?? 10),
  vwap: f64(rows, (r) => r.vwap ?? Number.NaN),
});
const flat = (us: number, price: number, volume = 10): Bar => ({ us, low: price, high: price, volume });
const candles = (rows: readonly (readonly [number, number, number, number])[], from = 0): DailyCandles => ({
  n: rows.length,
  day: rows.map((_, i) => day(from + i)),
  open: f64(rows, (r) => r[0]),
  high: f64(rows, (r) => r[1]),
  low: f64(rows, (r) => r[2]),
  close: f64(rows, (r) => r[3]),
  volume: new Float64Array(rows.length).fill(1),
});
const closes = (values: readonly number[]): DailyCandles => candles(values.map((c) => [c, c + 1, c - 1, c]));
const NO_DAILY = candles([]);
const vwapOf = (anchor: Anchor, rows: readonly Bar[], daily = NO_DAILY, sessions = SESSIONS, spot = 100) =>
  anchoredVwap(anchor, cleanBars(barsOf(rows), sessions), sessions, daily, spot);

describe("anchored VWAP", () => {
  const open = SESSIONS[1]!.openUs;
  const rows = [
    flat(SESSIONS[0]!.openUs, 80),
    flat(open - 10 * MINUTE, 500),
    flat(open, 100, 10),
    flat(open + MINUTE, 104, 30),
    flat(SESSIONS[1]!.closeUs + MINUTE, 900),
  ];
  it("session: the regular open of the last session, extended hours left out", () => {
    const v = vwapOf({ kind: "session" }, rows);
    expect(v).toMatchObject({ anchorUs: open, anchorPrice: 100, vwap: 103, bars: 2, warnings: [] });
    expect(v.distance).toBeCloseTo(100 / 103 - 1, 12);
    expect(v.sigma).toBeCloseTo(Math.sqrt((10 * 9 + 30 * 1) / 40), 12);
  });
  it("time, date, breakout and index", () => {
    expect(vwapOf({ kind: "time", us: open + 1 }, rows).vwap).toBe(104);
    expect(vwapOf({ kind: "date", day: day(0) }, rows).vwap).toBeCloseTo((80 * 10 + 1000 + 3120) / 50, 12);
    const daily = closes([10, 11]);
    expect(vwapOf({ kind: "breakout", lookback: 1 }, rows, daily).anchorUs).toBe(open);
    expect(vwapOf({ kind: "index", index: 3 }, rows).vwap).toBe(104);
  });
  it("says why an anchor is nowhere", () => {
    const why = (a: Anchor, r = rows): readonly string[] => vwapOf(a, r).warnings;
    expect(why({ kind: "time", us: 1e18 })).toEqual(["anchor_after_last_bar"]);
    expect(why({ kind: "time", us: Number.NaN })).toEqual(["missing_anchor_timestamp"]);
    expect(why({ kind: "date", day: "2020-01-01" })).toEqual(["anchor_date_not_found"]);
    expect(why({ kind: "breakout" })).toEqual(["breakout_day_not_found"]);
    expect(why({ kind: "index", index: 9 })).toEqual(["anchor_after_last_bar"]);
    expect(why({ kind: "session" }, [])).toEqual(["empty_intraday_bars"]);
    expect(vwapOf({ kind: "session" }, rows, NO_DAILY, []).warnings).toEqual(["session_unknown"]);
    expect(why({ kind: "session" }, [flat(open, 100, 0)])).toEqual(["zero_volume_after_anchor"]);
  });
  it("lies within the range of what traded, and the line ends at it", () => {
    const barArb = fc.record({
      k: fc.nat(389),
      low: fc.integer({ min: 50, max: 150 }),
      range: fc.nat(10),
      volume: fc.nat(1000),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(barArb, { selector: (b) => b.k, minLength: 1, maxLength: 50, size: "max" }),
        (list) => {
          const bars = list.map((b) => ({
            us: open + b.k * MINUTE,
            low: b.low,
            high: b.low + b.range,
            volume: b.volume,
          }));
          const v = vwapOf({ kind: "session" }, bars);
          const clean = cleanBars(barsOf(bars), SESSIONS);
          const line = vwapLine(clean, 0);
          if (v.vwap === null) {
            expect(line[line.length - 1]).toBeNaN();
            return;
          }
          expect(line[line.length - 1]).toBe(v.vwap);
          const traded = bars.filter((b) => b.volume > 0);
          expect(v.vwap).toBeGreaterThanOrEqual(Math.min(...traded.map((b) => b.low)) - 1e-9);
          expect(v.vwap).toBeLessThanOrEqual(Math.max(...traded.map((b) => b.high)) + 1e-9);
        },
      ),
    );
  });
});

describe("volume profile", () => {
  const open = SESSIONS[0]!.openUs;
  const profile = (rows: readonly Bar[], options = {}) =>
    volumeProfile(cleanBars(barsOf(rows), SESSIONS), { tick: 0.5, ...options });

  it("spreads a bar over its range in proportion to overlap", () => {
    const p = profile(
      [
        { us: open, low: 100.5, high: 103, volume: 25 },
        { us: open + MINUTE, low: 101, high: 101, volume: 7 },
      ],
      { binSize: 1 },
    );
    expect([...p.low]).toEqual([100, 101, 102, 103]);
    expect([...p.volume]).toEqual([5, 17, 10, 0]);
    expect(p.poc).toBe(101.5);
  });
  it("keeps all volume, and the value area holds at least its share around the POC", () => {
    const barArb = fc.record({
      low: fc.double({ min: 10, max: 20, noNaN: true }),
      range: fc.double({ min: 0, max: 2, noNaN: true }),
      volume: fc.integer({ min: 0, max: 500 }),
    });
    fc.assert(
      fc.property(
        fc.array(barArb, { minLength: 1, maxLength: 60, size: "max" }),
        fc.constantFrom(0.01, 0.25, 3),
        (list, binSize) => {
          const p = profile(
            list.map((b, k) => ({
              us: open + k * MINUTE,
              low: b.low,
              high: b.low + b.range,
              volume: b.volume,
            })),
            { binSize },
          );
          const sum = list.reduce((s, b) => s + b.volume, 0);
          expect(p.volume.reduce((s, v) => s + v, 0)).toBeCloseTo(sum, 6);
          expect(p.totalVolume).toBe(sum);
          if (sum === 0) {
            expect(p.poc).toBeNull();
            return;
          }
          expect(p.valueShare).toBeGreaterThanOrEqual(0.7 - 1e-9);
          expect(p.poc).toBeGreaterThan(p.valueLow!);
          expect(p.poc).toBeLessThan(p.valueHigh!);
          for (const v of p.volume) expect(v).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
  it("calls a node only what is a local extreme, and none with few bins", () => {
    const shape = [1, 9, 8, 2, 7, 1, 3, 9.5, 4, 1];
    const p = profile(
      shape.map((v, k) => flat(open + k * MINUTE, 100 + k + 0.5, v * 10)),
      { binSize: 1 },
    );
    expect(p.hvn).toEqual([101.5, 107.5]);
    expect(p.lvn).toEqual([105.5]);
    const few = profile([flat(open, 100.5), flat(open + MINUTE, 101.5)], { binSize: 1 });
    expect([few.hvn, few.lvn, few.warnings]).toEqual([[], [], ["too_few_bins_for_nodes"]]);
  });
  it("takes its bin size from the ATR in whole ticks, and caps the count", () => {
    const rows = [{ us: open, low: 100, high: 110 }];
    expect(profile(rows, { atr: 30 }).binSize).toBe(1.5);
    expect(profile(rows, { atr: 0.1 }).binSize).toBe(0.5);
    const capped = profile(rows, { binSize: 0.0001 });
    expect(capped.warnings).toContain("profile_bins_capped");
    expect(capped.n).toBeLessThanOrEqual(2002);
  });
  it("finds prior POCs nobody has traded through since", () => {
    const bars = cleanBars(
      barsOf([
        flat(SESSIONS[0]!.openUs, 90, 100),
        flat(SESSIONS[0]!.openUs + MINUTE, 95, 1),
        flat(SESSIONS[1]!.openUs, 100, 100),
        flat(SESSIONS[1]!.openUs + MINUTE, 103, 1),
        { us: SESSIONS[2]!.openUs, low: 99, high: 104 },
      ]),
      SESSIONS,
    );
    expect(nakedPocs(bars, SESSIONS, { binSize: 1, tick: 1 })).toEqual([{ day: day(0), price: 90.5 }]);
  });
});

describe("daily levels", () => {
  const rows = closes(Array.from({ length: 25 }, (_, i) => 100 + i));
  it("prior is the session before today, today never in its own extremes", () => {
    const d = dailyLevels(rows, day(24), false, [20, 60]);
    expect(d).toMatchObject({
      today: day(24),
      incomplete: true,
      priorDay: day(23),
      priorClose: 123,
      priorHigh: 124,
      priorLow: 122,
      open: 124,
    });
    expect(d.gap).toBeCloseTo(124 / 123 - 1, 12);
    expect(d.rolling).toEqual([{ window: 20, high: 124, low: 103 }]);
  });
  it("does not take yesterday for today when today's candle is missing", () => {
    const d = dailyLevels(rows, day(25), false, [20]);
    expect(d).toMatchObject({ today: null, priorDay: day(24), priorClose: 124, open: null, gap: null });
    expect(d.warnings).toContain("no_candle_today");
  });
  it("ignores candles after the snapshot, refuses a split as a gap", () => {
    expect(dailyLevels(rows, day(10), true, [5]).warnings).toContain("candles_after_snapshot_ignored");
    const split = candles([
      [100, 101, 99, 100],
      [50, 51, 49, 50],
    ]);
    const d = dailyLevels(split, day(1), true, []);
    expect(d.gap).toBeNull();
    expect(d.warnings).toContain("gap_looks_like_unadjusted_split");
  });
  it("Wilder's ATR by hand", () => {
    const c = candles([
      [10, 11, 9, 10],
      [10, 12, 10, 12],
      [14, 15, 13, 14],
      [14, 14, 10, 11],
    ]);
    // True ranges 2, 3 (from the close at 12), 4: mean of two, then (2.5 + 4) / 2.
    expect(averageTrueRange(c, 4, 2)).toBeCloseTo(3.25, 12);
    expect(averageTrueRange(c, 2, 2)).toBeNull();
  });
  it("keeps the part of a gap that later sessions left open", () => {
    const c = candles([
      [100, 101, 99, 100],
      [106, 108, 105, 107],
      [106, 107, 103, 104],
      [96, 97, 95, 96],
      [97, 99, 96, 98],
    ]);
    expect(openGaps(c, day(2))).toEqual([{ day: day(1), direction: "up", low: 101, high: 103 }]);
    expect(openGaps(c, day(4))).toEqual([{ day: day(3), direction: "down", low: 99, high: 103 }]);
  });
  it("breakout: above every close of the days before", () => {
    expect(breakoutDay(closes([1, 2, 3, 2, 4, 1]), 2)).toBe(day(4));
    expect(breakoutDay(closes([3, 2, 1]), 2)).toBeNull();
  });
});

describe("relative strength", () => {
  const wave = (i: number): number => Math.sin(i * 1.7) * 0.01 + 0.001;
  const path = (f: (i: number) => number, n = 80): number[] => {
    const out = [100];
    for (let i = 1; i < n; i++) out.push(out[i - 1]! * (1 + f(i)));
    return out;
  };
  it("finds the beta that made the series", () => {
    const r = relativeStrength(closes(path((i) => 1.5 * wave(i))), closes(path(wave)), day(79));
    for (const w of r.windows) {
      expect(w.beta).toBeCloseTo(1.5, 9);
      expect(w.correlation).toBeCloseTo(1, 9);
    }
    expect(r.lastDay).toBe(day(79));
    expect(r.warnings).toEqual([]);
  });
  it("drops a return that spans a day only one of them traded", () => {
    const asset = closes(path((i) => 1.5 * wave(i)));
    const bench = closes(path(wave));
    const without = (c: DailyCandles, i: number): DailyCandles => {
      const cut = (x: Float64Array): Float64Array => x.filter((_, k) => k !== i);
      return {
        n: c.n - 1,
        day: c.day.filter((_, k) => k !== i),
        open: cut(c.open),
        high: cut(c.high),
        low: cut(c.low),
        close: cut(c.close),
        volume: cut(c.volume),
      };
    };
    const r = relativeStrength(asset, without(bench, 70), day(79));
    expect(r.warnings).toEqual(["multi_day_returns_dropped:1"]);
    expect(r.windows[0]!.beta).toBeCloseTo(1.5, 9);
    const stale = relativeStrength(asset, without(without(bench, 79), 78), day(79));
    expect(stale.warnings).toContain("relative_strength_stale");
    expect(stale.windows[0]!.beta).toBeNull();
    expect(stale.ratio).toBeNull();
  });
  it("a benchmark that never moves has no beta", () => {
    const r = relativeStrength(closes(path(wave)), closes(path(() => 0)), day(79));
    expect(r.windows[0]!.beta).toBeNull();
    expect(r.warnings).toContain("zero_benchmark_variance");
    expect(relativeStrength(closes([1, 2]), NO_DAILY, day(1)).warnings).toEqual(["no_common_days"]);
  });
});

describe("all levels", () => {
  const open = SESSIONS[2]!.openUs;
  const input: LevelsInput = {
    symbol: "ABC",
    asOf: day(2),
    spot: 100,
    bars: barsOf(
      Array.from({ length: 60 }, (_, k) => ({
        us: open + k * MINUTE,
        low: 99 + (k % 5) * 0.4,
        high: 100 + (k % 5) * 0.4,
      })),
    ),
    sessions: SESSIONS,
    daily: closes([97, 98, 100]),
    todayComplete: false,
    benchmark: null,
    options: {
      walls: [
        { name: "call wall", strike: 110 },
        { name: "put wall", strike: 90 },
      ],
      zeroGamma: [99.25, 120],
      expectedMoves: [{ name: "1σ Friday", centre: 100, width: 3 }],
    },
  };
  it("nearest first, with distances in ATRs where there is one", () => {
    const r = levels({
      ...input,
      daily: closes(Array.from({ length: 30 }, (_, i) => 98 + (i % 3))),
      asOf: day(29),
    });
    expect(r.daily.atr).toBeGreaterThan(0);
    const far = r.levels.map((l) => Math.abs(l.distance));
    expect(far).toEqual([...far].sort((a, b) => a - b));
    for (const l of r.levels) expect(l.distanceAtr).toBeCloseTo((l.price - 100) / r.daily.atr!, 12);
    const names = r.levels.map((l) => l.name);
    for (const name of [
      "call wall",
      "put wall",
      "zero gamma",
      "1σ Friday +",
      "POC",
      "prior close",
      "VWAP session",
    ])
      expect(names).toContain(name);
  });
  it("no spot: levels without distances, sorted by price, and named warnings", () => {
    const r = levels({ ...input, spot: 0, options: null });
    expect(r.warnings).toEqual(
      expect.arrayContaining(["non_positive_spot", "no_option_levels", "missing_atr"]),
    );
    expect(r.spot).toBeNull();
    const prices = r.levels.map((l) => l.price);
    expect(prices).toEqual([...prices].sort((a, b) => a - b));
  });
  it("unsorted, duplicate and broken bars are mended by name", () => {
    const rows = [
      flat(open + MINUTE, 101),
      flat(open, 100),
      flat(open, 102, 20),
      flat(Number.NaN, 50),
      flat(open + 2 * MINUTE, -5, Number.NaN),
    ];
    const clean = cleanBars(barsOf(rows), SESSIONS);
    expect([...clean.close]).toEqual([102, 101, Number.NaN]);
    expect(clean.warnings).toEqual([
      "bars_without_time_dropped",
      "duplicate_bars_kept_last",
      "bars_sorted",
      "missing_volume",
    ]);
  });
  it("never throws, whatever the numbers", () => {
    const any = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, 0, -1, 100));
    const bar = fc.record({ us: any, low: any, high: any, close: any, volume: any, vwap: any });
    fc.assert(
      fc.property(
        fc.array(bar, { maxLength: 20, size: "max" }),
        fc.array(fc.tuple(any, any, any, any), { maxLength: 40, size: "max" }),
        any,
        (rows, ohlc, spot) => {
          const daily = candles(ohlc);
          const r = levels({ ...input, spot, bars: barsOf(rows), daily, benchmark: { symbol: "B", daily } });
          for (const l of r.levels) expect(Number.isFinite(l.price)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
