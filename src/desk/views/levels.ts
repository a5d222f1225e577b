import {
  type Anchor,
  type DailyCandles,
  type LevelsInput,
  type LevelsResult,
  levels,
  type OptionLevels,
} from "../../../engines/levels/index.ts";
import type { InstrumentId, Slot } from "../../../engines/market/index.ts";
import type { Bars, LevelsView, Views } from "../protocol.ts";
import { type ChainIndex, chainView } from "./chain.ts";
import { chartedSlot, firstCharted } from "./chart.ts";
import type { ViewContext } from "./context.ts";
import { exposureNow } from "./exposure.ts";
import { label, priceDecimals } from "./names.ts";

/** Sessions in a year, for the size of one day's move. */
const SESSIONS = 252;

const two = (n: number): string => String(n).padStart(2, "0");

/**
 * Price levels of an underlying, nearest first: VWAP of the session and of a chosen time, volume profile, prior close, gap, option walls,
 * zero gamma and expected move. Null for what has no bars. A session holds no daily history, so what needs one stays unknown and is named.
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
  const result = levels({
    symbol: instrument.symbol,
    asOf: session.day,
    spot,
    bars: { n: bars.close.length, ...bars },
    sessions: [{ day: session.day, openUs: session.openUs, closeUs: session.closeUs }],
    daily: dailyOf(context, slot, bars),
    todayComplete: context.nowUs >= session.closeUs,
    benchmark: null,
    options: options?.levels ?? null,
    anchors,
  } satisfies LevelsInput);
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
    rows: result.levels.map((l) => ({
      kind: l.kind,
      name: l.name.replace("VWAP session", "VWAP").replace("VWAP time", `VWAP from ${anchored}`),
      price: l.price,
      distance: spot === null ? null : l.distance,
      fraction: spot === null ? null : l.distanceFraction,
      atr: l.distanceAtr,
      dayMoves: spot === null || dayMove === null ? null : l.distance / dayMove,
    })),
    profile: profileOf(result),
    oiDay: options?.oiDay ?? null,
    expiryLabel: options?.expiryLabel ?? null,
    // Nothing here compares with a benchmark.
    warnings: result.warnings.filter((w) => w !== "missing_benchmark_history"),
  };
}

/** The prior close as far as it is known, and today as its bars have it. */
function dailyOf(context: ViewContext, slot: Slot, bars: Bars): DailyCandles {
  const { session } = context;
  const prior = context.facts.valuer.prior(slot);
  const n = bars.close.length;
  const rows: { day: string; open: number; high: number; low: number; close: number; volume: number }[] = [];
  const unknown = Number.NaN;
  if (prior !== null && prior.day < session.day)
    rows.push({
      day: prior.day,
      open: unknown,
      high: unknown,
      low: unknown,
      close: prior.price,
      volume: unknown,
    });
  if (n > 0)
    rows.push({
      day: session.day,
      open: bars.open[0] as number,
      high: bars.high.reduce((a, b) => Math.max(a, b)),
      low: bars.low.reduce((a, b) => Math.min(a, b)),
      close: bars.close[n - 1] as number,
      volume: bars.volume.reduce((a, b) => a + b, 0),
    });
  const column = (key: "open" | "high" | "low" | "close" | "volume"): Float64Array =>
    Float64Array.from(rows, (r) => r[key]);
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
