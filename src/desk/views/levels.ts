import {
  type Anchor,
  type LevelsInput,
  type LevelsResult,
  levels,
  type OptionLevels,
} from "../../../engines/levels/index.ts";
import type { InstrumentId } from "../../../engines/market/index.ts";
import { BENCHMARK } from "../betas.ts";
import { dailyCandles, vwapSince } from "../daily.ts";
import { candlesBefore, type SymbolHistory } from "../history.ts";
import type { LevelRow, LevelsView, Views } from "../protocol.ts";
import { type ChainIndex, chainView } from "./chain.ts";
import { chartedSlot, firstCharted } from "./chart.ts";
import type { ViewContext } from "./context.ts";
import { exposureNow } from "./exposure.ts";
import { label, priceDecimals } from "./names.ts";

/** Sessions in a year, for the size of one day's move. */
const SESSIONS = 252;

const HISTORY_WARNINGS: ReadonlySet<string> = new Set([
  "missing_benchmark_history",
  "missing_atr",
  "insufficient_daily_history",
]);

const two = (n: number): string => String(n).padStart(2, "0");

/**
 * Price levels of an underlying, nearest first: VWAP of the session and of a chosen time, volume profile, prior close, gap, option walls,
 * zero gamma and expected move; with the daily history that is kept also range, extremes, gaps, breakouts and strength against a benchmark.
 * Null for what has no bars.
 */
export function levelsView(
  context: ViewContext,
  index: ChainIndex,
  params: Views["levels"]["params"],
): LevelsView | null {
  const { desk, session } = context;
  const slot = params.slot === null ? firstCharted(context) : chartedSlot(context, params.slot);
  const series = slot === null ? undefined : desk.series.get(slot);
  const instrument = slot === null ? undefined : desk.instruments[slot];
  if (slot === null || !series || !instrument) return null;
  const { bars } = series.view(1, session.openUs, session.openUs);
  const price = desk.book.spot(slot);
  const spot = price > 0 ? price : null;
  const anchors: Anchor[] = [{ kind: "session" }];
  if (params.anchorUs !== null) anchors.push({ kind: "time", us: params.anchorUs });
  const options = optionLevels(context, index, instrument.id);
  const daily = dailyCandles(context, slot, bars);
  const history = context.facts.history.of(instrument.symbol);
  const benchmark = candlesBefore(context.facts.history.of(BENCHMARK), session.day);
  const result = levels({
    symbol: instrument.symbol,
    asOf: session.day,
    spot,
    bars: { n: bars.close.length, ...bars },
    sessions: [{ day: session.day, openUs: session.openUs, closeUs: session.closeUs }],
    daily,
    todayComplete: context.nowUs >= session.closeUs,
    benchmark: benchmark === null ? null : { symbol: BENCHMARK, daily: benchmark },
    options: options?.levels ?? null,
    anchors,
  } satisfies LevelsInput);
  const since = (day: string | null) => vwapSince(context, instrument, daily, bars, day, spot ?? Number.NaN);
  const older = [
    { name: "VWAP breakout", found: since(null) },
    ...(params.anchorDay === undefined
      ? []
      : [{ name: `VWAP from ${params.anchorDay}`, found: since(params.anchorDay) }]),
  ];
  const dayMove =
    spot === null || options?.atmIv == null ? null : (spot * options.atmIv) / Math.sqrt(SESSIONS);
  const anchored = anchorClock(context, params.anchorUs);
  return {
    slot,
    label: label(instrument, session.day),
    ccy: instrument.ccy,
    spot,
    decimals: priceDecimals(instrument),
    atr: result.daily.atr,
    dayMove,
    rows: [
      ...result.levels.map(({ kind, name, price: at }) => ({
        kind,
        name: name.replace("VWAP session", "VWAP").replace("VWAP time", `VWAP from ${anchored}`),
        price: at,
      })),
      ...older.flatMap(({ name, found }) =>
        found?.vwap == null ? [] : [{ kind: "vwap" as const, name, price: found.vwap }],
      ),
    ]
      .map((l) => measured(l, spot, result.daily.atr, dayMove))
      .sort(byDistance),
    gap: result.daily.gap,
    relative: relativeOf(result),
    lacking: lackingHistory(history, benchmark !== null),
    profile: profileOf(result),
    oiDay: options?.oiDay ?? null,
    expiryLabel: options?.expiryLabel ?? null,
    // What a history would bring is said in `lacking`.
    warnings: result.warnings.filter((w) => !HISTORY_WARNINGS.has(w)),
  };
}

/** Walls and zero gamma of the whole chain under the usual convention, expected moves to the first expiry a week away. */
function optionLevels(context: ViewContext, index: ChainIndex, underlying: InstrumentId) {
  if (index.expiries(context.desk, underlying).length === 0) return null;
  const now = exposureNow(context, index, underlying, "callsPlusPutsMinus", ["all"]);
  const slice = now?.result.slices[0];
  const chain = chainView(context, index, { underlying, expiry: null });
  const walls: { name: string; strike: number }[] = [];
  const wall = (name: string, at: { readonly strike: number } | null | undefined): void => {
    if (at && !walls.some((w) => w.strike === at.strike && w.name.startsWith(name.slice(0, 3))))
      walls.push({ name, strike: at.strike });
  };
  wall("call wall", slice?.callWall);
  wall("put wall", slice?.putWall);
  wall("call wall above", slice?.callWallAbove);
  wall("put wall below", slice?.putWallBelow);
  const centre = chain?.forward ?? chain?.spot ?? null;
  const move = (name: string, width: number | null | undefined) =>
    centre === null || width == null
      ? []
      : [{ name: `${name} ${chain?.expiryLabel.slice(0, -2) ?? ""}`, centre, width }];
  const found: OptionLevels = {
    walls,
    zeroGamma: slice?.zeroGamma.roots ?? [],
    expectedMoves: [...move("straddle", chain?.straddle), ...move("1σ", chain?.oneSigma)],
  };
  return {
    levels: found,
    atmIv: chain?.atmIv ?? null,
    oiDay: now?.chain.oiDay ?? null,
    expiryLabel: chain?.expiryLabel ?? null,
  };
}

function measured(
  l: Pick<LevelRow, "kind" | "name" | "price">,
  spot: number | null,
  atr: number | null,
  dayMove: number | null,
): LevelRow {
  const distance = spot === null ? null : l.price - spot;
  return {
    ...l,
    distance,
    fraction: distance === null || spot === null ? null : distance / spot,
    atr: distance === null || atr === null || !(atr > 0) ? null : distance / atr,
    dayMoves: distance === null || dayMove === null ? null : distance / dayMove,
  };
}

/** Nearest first: distances in one average true range are in the same order as in price. */
const byDistance = (a: LevelRow, b: LevelRow): number =>
  Math.abs(a.distance ?? 0) - Math.abs(b.distance ?? 0) || a.price - b.price || (a.name < b.name ? -1 : 1);

function relativeOf({ relative: r }: LevelsResult): LevelsView["relative"] {
  if (r === null) return null;
  const window = (n: number) => r.windows.find((w) => w.window === n);
  return {
    benchmark: BENCHMARK,
    lastDay: r.lastDay,
    vsMean20: r.vsMean20,
    vsMean60: r.vsMean60,
    percentile: r.percentile,
    beta20: window(20)?.beta ?? null,
    beta60: window(60)?.beta ?? null,
    correlation20: window(20)?.correlation ?? null,
    correlation60: window(60)?.correlation ?? null,
    warnings: r.warnings,
  };
}

/** What would bring average true range, rolling extremes, gaps and relative strength; null where they are there. */
function lackingHistory(history: SymbolHistory | null, benchmark: boolean): string | null {
  if (history?.problem) return history.problem;
  if (history?.daily == null)
    return "no daily history: `voldesk import daily FILE --symbol` brings ATR, rolling highs and lows, gaps";
  return benchmark ? null : `no daily history of ${BENCHMARK}: relative strength and beta stay unknown`;
}

function profileOf({ profile }: LevelsResult): LevelsView["profile"] {
  const { n, binSize, low, volume, poc, valueLow, valueHigh } = profile;
  return { binSize, low: low.slice(0, n), volume: volume.slice(0, n), poc, valueLow, valueHigh };
}

function anchorClock(context: ViewContext, us: number | null): string {
  if (us === null) return "";
  const minutes = Math.floor(us / 60e6) + context.session.zoneOffsetMin;
  const ofDay = ((minutes % 1440) + 1440) % 1440;
  return `${two(Math.floor(ofDay / 60))}:${two(ofDay % 60)}`;
}
