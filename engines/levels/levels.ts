import { cleanBars } from "./bars.ts";
import { dailyLevels, openGaps } from "./daily.ts";
import { nakedPocs, volumeProfile } from "./profile.ts";
import { relativeStrength } from "./relative.ts";
import type {
  Anchor,
  AnchoredVwap,
  DailyLevels,
  Level,
  LevelKind,
  LevelsInput,
  LevelsResult,
  OpenGap,
  OptionLevels,
  VolumeProfile,
} from "./types.ts";
import { anchoredVwap } from "./vwap.ts";

const DEFAULT_WINDOWS = [20, 60] as const;

/**
 * Every price level of an underlying worth a line on a chart, nearest first by distance in average true ranges: anchored VWAPs, the last
 * session's profile, POCs of earlier sessions not yet traded through, prior and rolling extremes, open gaps, option walls, zero gamma
 * and expected-move bands; with relative strength to a benchmark. Nothing throws: what is missing is null and named in `warnings`.
 */
export function levels(input: LevelsInput): LevelsResult {
  const warnings: string[] = [];
  const spot = input.spot !== null && input.spot > 0 && Number.isFinite(input.spot) ? input.spot : Number.NaN;
  if (Number.isNaN(spot)) warnings.push("non_positive_spot");
  const bars = cleanBars(input.bars, input.sessions);
  const daily = dailyLevels(
    input.daily,
    input.asOf,
    input.todayComplete,
    input.rollingWindows ?? DEFAULT_WINDOWS,
  );
  const anchors = input.anchors ?? [{ kind: "session" }, { kind: "breakout" }];
  const vwaps = anchors.map((a) => anchoredVwap(a, bars, input.sessions, input.daily, spot));
  const profileOptions = { atr: daily.atr, ...input.profile };
  const last = lastSession(bars.session);
  const profile = volumeProfile(bars, profileOptions, 0, bars.n, input.sessions.length > 0 ? last : null);
  const naked = nakedPocs(bars, input.sessions, profileOptions);
  const gaps = openGaps(input.daily, input.asOf);
  const found: { kind: LevelKind; name: string; price: number | null }[] = [
    ...vwaps.flatMap(vwapLevels),
    ...profileLevels(profile),
    ...naked.map((p) => ({ kind: "nakedPoc" as const, name: `naked POC ${p.day}`, price: p.price })),
    ...dailyLines(daily),
    ...gaps.flatMap(gapLevels),
    ...(input.options ? optionLines(input.options) : []),
  ];
  const relative = input.benchmark ? relativeStrength(input.daily, input.benchmark.daily, input.asOf) : null;
  if (relative === null) warnings.push("missing_benchmark_history");
  if (input.options === null) warnings.push("no_option_levels");
  return {
    symbol: input.symbol,
    asOf: input.asOf,
    spot: Number.isNaN(spot) ? null : spot,
    daily,
    vwaps,
    profile,
    nakedPocs: naked,
    gaps,
    relative,
    levels: measured(found, spot, daily.atr),
    warnings: [...new Set([...warnings, ...bars.warnings, ...daily.warnings, ...profile.warnings])],
  };
}

function lastSession(session: Int32Array): number {
  for (let i = session.length - 1; i >= 0; i--) if (session[i]! >= 0) return session[i]!;
  return -1;
}

type Line = { readonly kind: LevelKind; readonly name: string; readonly price: number | null };

export function anchorName(anchor: Anchor): string {
  switch (anchor.kind) {
    case "session":
      return "session";
    case "time":
      return "time";
    case "date":
      return anchor.day;
    case "breakout":
      return "breakout";
    case "index":
      return `bar ${anchor.index}`;
  }
}

function vwapLevels(v: AnchoredVwap): Line[] {
  const name = `VWAP ${anchorName(v.anchor)}`;
  if (v.vwap === null || v.sigma === null) return [];
  const band = (k: number): number | null => (v.sigma! > 0 ? v.vwap! + k * v.sigma! : null);
  return [
    { kind: "vwap", name, price: v.vwap },
    { kind: "vwap", name: `${name} +1σ`, price: band(1) },
    { kind: "vwap", name: `${name} -1σ`, price: band(-1) },
  ];
}

function profileLevels(p: VolumeProfile): Line[] {
  return [
    { kind: "profile", name: "POC", price: p.poc },
    { kind: "profile", name: "value area high", price: p.valueHigh },
    { kind: "profile", name: "value area low", price: p.valueLow },
    ...p.hvn.map((price) => ({ kind: "profile" as const, name: "HVN", price })),
    ...p.lvn.map((price) => ({ kind: "profile" as const, name: "LVN", price })),
  ];
}

function dailyLines(d: DailyLevels): Line[] {
  return [
    { kind: "daily", name: "prior close", price: d.priorClose },
    { kind: "daily", name: "prior high", price: d.priorHigh },
    { kind: "daily", name: "prior low", price: d.priorLow },
    { kind: "daily", name: "open", price: d.open },
    ...d.rolling.flatMap((r): Line[] => [
      { kind: "rolling", name: `${r.window}d high`, price: r.high },
      { kind: "rolling", name: `${r.window}d low`, price: r.low },
    ]),
  ];
}

function gapLevels(g: OpenGap): Line[] {
  return [
    { kind: "gap", name: `gap ${g.direction} ${g.day} top`, price: g.high },
    { kind: "gap", name: `gap ${g.direction} ${g.day} bottom`, price: g.low },
  ];
}

function optionLines(o: OptionLevels): Line[] {
  return [
    ...o.walls.map((w) => ({ kind: "wall" as const, name: w.name, price: w.strike })),
    ...o.zeroGamma.map((price) => ({ kind: "zeroGamma" as const, name: "zero gamma", price })),
    ...o.expectedMoves.flatMap((m): Line[] => [
      { kind: "expectedMove", name: `${m.name} +`, price: m.centre + m.width },
      { kind: "expectedMove", name: `${m.name} -`, price: m.centre - m.width },
    ]),
  ];
}

/** Known prices with their distances, nearest first; equal distances by price, then name. Without a spot, by price. */
function measured(lines: readonly Line[], spot: number, atr: number | null): Level[] {
  const out: Level[] = [];
  for (const { kind, name, price } of lines) {
    if (price === null || !Number.isFinite(price)) continue;
    const distance = price - spot;
    const distanceAtr = atr !== null && atr > 0 && !Number.isNaN(distance) ? distance / atr : null;
    out.push({ kind, name, price, distance, distanceFraction: distance / spot, distanceAtr });
  }
  const far = (l: Level): number => (Number.isNaN(l.distance) ? 0 : Math.abs(l.distance));
  return out.sort(
    (a, b) => far(a) - far(b) || a.price - b.price || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
}
