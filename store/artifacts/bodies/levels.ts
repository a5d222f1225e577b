/** Price levels as an artifact body. Distances are fractions of spot, or average true ranges. */
import { anchorName, type Level, type LevelsResult } from "../../../engines/levels/index.ts";
import { formatIsoMicros } from "../../../engines/market/index.ts";
import type { BodyOf } from "../schemas.ts";

type Body = BodyOf<"levels">;

const instant = (us: number | null): string | null =>
  us === null ? null : formatIsoMicros(us).replace("+00:00", "Z");

export const levelFields = (l: Level): NonNullable<Body["levels"]>[number] => ({
  kind: l.kind,
  name: l.name,
  price: l.price,
  distance_pct: Number.isFinite(l.distanceFraction) ? l.distanceFraction : null,
  distance_atr: l.distanceAtr,
});

/** The desk's levels. */
export function levelsBody(r: LevelsResult): Body {
  const { daily: d, profile: p, relative: s } = r;
  const windows = s?.windows ?? [];
  const rolling = (w: number) => d.rolling.find((x) => x.window === w);
  return {
    summary: {
      spot: r.spot,
      prev_close: d.priorClose,
      prior_day: d.priorDay,
      session_open: d.open,
      gap_pct: d.gap,
      prior_high: d.priorHigh,
      prior_low: d.priorLow,
      rolling_high_20d: rolling(20)?.high ?? null,
      rolling_low_20d: rolling(20)?.low ?? null,
      atr: d.atr,
      value_area_low: p.valueLow,
      value_area_high: p.valueHigh,
      rs_ratio: s?.ratio ?? null,
      rs_vs_mean_20d: s?.vsMean20 ?? null,
      rs_percentile: s?.percentile ?? null,
      rs_last_day: s?.lastDay ?? null,
      ...Object.fromEntries(
        windows.flatMap((w) => [
          [`beta_${w.window}d`, w.beta],
          [`corr_${w.window}d`, w.correlation],
        ]),
      ),
    },
    anchored_vwap: r.vwaps.map((v) => ({
      anchor_id: anchorName(v.anchor),
      type: v.anchor.kind,
      time: instant(v.anchorUs),
      price: v.anchorPrice,
      vwap: v.vwap,
      distance_pct: v.distance,
    })),
    volume_profile: Array.from({ length: p.n }, (_, i) => ({
      low: p.low[i] as number,
      high: (p.low[i] as number) + (p.binSize ?? 0),
      volume: p.volume[i] as number,
    })),
    poc: p.poc,
    hvn: [...p.hvn],
    lvn: [...p.lvn],
    levels: r.levels.map(levelFields),
  };
}

interface CompatParts {
  readonly summary: Readonly<Record<string, unknown>>;
  readonly vwaps: readonly {
    readonly anchor_type: string;
    readonly anchor_ts_utc: string | null;
    readonly anchor_price: number | null;
    readonly anchored_vwap: number | null;
    readonly distance_from_spot_pct: number | null;
  }[];
  readonly profile: {
    readonly bins: readonly {
      readonly price_bin_low: number;
      readonly price_bin_high: number;
      readonly volume: number;
    }[];
    readonly poc_price: number | null;
    readonly hvn_candidates: readonly number[];
    readonly lvn_candidates: readonly number[];
  };
}

/** The original system's levels. */
export function compatLevelsBody(r: CompatParts): Body {
  const { warnings: _, ...summary } = r.summary as Record<string, string | number | null> & {
    warnings: unknown;
  };
  return {
    summary,
    anchored_vwap: r.vwaps.map((v) => ({
      anchor_id: v.anchor_type,
      type: v.anchor_type,
      time: v.anchor_ts_utc?.replace("+00:00", "Z") ?? null,
      price: v.anchor_price,
      vwap: v.anchored_vwap,
      distance_pct: v.distance_from_spot_pct,
    })),
    volume_profile: r.profile.bins.map((b) => ({
      low: b.price_bin_low,
      high: b.price_bin_high,
      volume: b.volume,
    })),
    poc: r.profile.poc_price,
    hvn: [...r.profile.hvn_candidates],
    lvn: [...r.profile.lvn_candidates],
  };
}
