import type { CleanBars } from "./bars.ts";
import type { LevelSession, ProfileOptions, VolumeProfile } from "./types.ts";

export const DEFAULT_PROFILE_OPTIONS: ProfileOptions = {
  binSize: null,
  tick: 0.01,
  atr: null,
  valueShare: 0.7,
  hvnQuantile: 0.8,
  lvnQuantile: 0.2,
};
const MAX_BINS = 2000;
/** With fewer bins traded than this every bin is an extreme. */
const MIN_BINS = 5;

/**
 * Volume by price over bars `from` .. `to` - 1 (regular session only where `session` is given): each bar's volume spread evenly over its
 * high-low range. POC is the bin with the most volume (the lower of equals); the value area grows from it to the greater neighbour until
 * it holds `valueShare` of the volume; HVN (LVN) are local peaks (troughs) at or above (below) the quantile of traded bins.
 */
export function volumeProfile(
  bars: CleanBars,
  overrides: Partial<ProfileOptions> = {},
  from = 0,
  to = bars.n,
  session: number | null = null,
): VolumeProfile {
  const options = { ...DEFAULT_PROFILE_OPTIONS, ...overrides };
  const warnings: string[] = [];
  let bottom = Number.POSITIVE_INFINITY;
  let top = Number.NEGATIVE_INFINITY;
  let total = 0;
  const takes = (i: number): boolean =>
    bars.volume[i]! > 0 && bars.high[i]! >= bars.low[i]! && (session === null || bars.session[i] === session);
  for (let i = from; i < to; i++) {
    if (!takes(i)) continue;
    bottom = Math.min(bottom, bars.low[i]!);
    top = Math.max(top, bars.high[i]!);
    total += bars.volume[i]!;
  }
  if (!(total > 0)) return emptyProfile(bars.n === 0 ? "empty_intraday_bars" : "no_volume");
  let size = binSizeOf(options, top - bottom);
  if ((top - bottom) / size > MAX_BINS) {
    size = (top - bottom) / MAX_BINS;
    warnings.push("profile_bins_capped");
  }
  const base = Math.floor(bottom / size + 1e-9) * size;
  const n = Math.max(1, Math.floor((top - base) / size + 1e-9) + 1);
  const volume = new Float64Array(n);
  for (let i = from; i < to; i++)
    if (takes(i)) spread(volume, base, size, bars.low[i]!, bars.high[i]!, bars.volume[i]!);
  const low = Float64Array.from(volume, (_, b) => base + b * size);
  return { ...describe(low, size, volume, total, options, warnings), totalVolume: total };
}

function emptyProfile(reason: string): VolumeProfile {
  const empty = new Float64Array(0);
  const none = { binSize: null, poc: null, valueLow: null, valueHigh: null, valueShare: null };
  return { n: 0, low: empty, volume: empty, ...none, hvn: [], lvn: [], totalVolume: 0, warnings: [reason] };
}

function binSizeOf(options: ProfileOptions, range: number): number {
  const tick = options.tick > 0 ? options.tick : 0.01;
  if (options.binSize !== null && options.binSize > 0) return options.binSize;
  const wish = options.atr !== null && options.atr > 0 ? options.atr / 20 : range / 50;
  return Math.max(1, Math.round(wish / tick)) * tick;
}

/** Adds a bar's volume in proportion to the overlap of its range with each bin; a bar of one price goes to one bin. */
function spread(
  volume: Float64Array,
  base: number,
  size: number,
  low: number,
  high: number,
  amount: number,
): void {
  const last = volume.length - 1;
  const a = Math.min(last, Math.max(0, Math.floor((low - base) / size + 1e-9)));
  const b = Math.min(last, Math.max(a, Math.ceil((high - base) / size - 1e-9) - 1));
  if (a === b) {
    volume[a]! += amount;
    return;
  }
  const density = amount / (high - low);
  for (let k = a; k <= b; k++) {
    const from = k === a ? low : base + k * size;
    const until = k === b ? high : base + (k + 1) * size;
    volume[k]! += density * (until - from);
  }
}

function describe(
  low: Float64Array,
  size: number,
  volume: Float64Array,
  total: number,
  options: ProfileOptions,
  warnings: string[],
): Omit<VolumeProfile, "totalVolume"> {
  const n = volume.length;
  const middle = (b: number): number => low[b]! + size / 2;
  let poc = 0;
  for (let b = 1; b < n; b++) if (volume[b]! > volume[poc]! * (1 + 1e-12)) poc = b;
  let a = poc;
  let z = poc;
  let held = volume[poc]!;
  while (held < options.valueShare * total && (a > 0 || z < n - 1)) {
    const below = a > 0 ? volume[a - 1]! : -1;
    const above = z < n - 1 ? volume[z + 1]! : -1;
    if (above >= below) held += volume[++z]!;
    else held += volume[--a]!;
  }
  const traded = Float64Array.from(volume)
    .filter((v) => v > 0)
    .sort((x, y) => x - y);
  const hvn: number[] = [];
  const lvn: number[] = [];
  if (traded.length < MIN_BINS) warnings.push("too_few_bins_for_nodes");
  else {
    const high = quantile(traded, options.hvnQuantile);
    const lowest = quantile(traded, options.lvnQuantile);
    for (let b = 0; b < n; b++) {
      const v = volume[b]!;
      const left = b > 0 ? volume[b - 1]! : 0;
      const right = b < n - 1 ? volume[b + 1]! : 0;
      if (v >= high && v >= left && v >= right && (v > left || v > right)) hvn.push(middle(b));
      // An edge of the range is no trough: beyond it nothing traded.
      if (v > 0 && v <= lowest && b > 0 && b < n - 1 && v < left && v < right) lvn.push(middle(b));
    }
  }
  return {
    n,
    binSize: size,
    low,
    volume,
    poc: middle(poc),
    valueLow: low[a]!,
    valueHigh: low[z]! + size,
    valueShare: held / total,
    hvn,
    lvn,
    warnings,
  };
}

/** Linear-interpolated quantile of sorted values. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const at = (sorted.length - 1) * q;
  const lo = Math.floor(at);
  const hi = Math.min(sorted.length - 1, lo + 1);
  return sorted[lo]! + (at - lo) * (sorted[hi]! - sorted[lo]!);
}

/** POCs of the sessions before the last one that no later regular bar has traded through, newest first. */
export function nakedPocs(
  bars: CleanBars,
  sessions: readonly LevelSession[],
  overrides: Partial<ProfileOptions> = {},
): { readonly day: string; readonly price: number }[] {
  const out: { day: string; price: number }[] = [];
  let end = bars.n;
  let latest = true;
  while (end > 0) {
    const session = bars.session[end - 1]!;
    let start = end;
    while (start > 0 && bars.session[start - 1] === session) start--;
    if (session >= 0 && !latest) {
      const { poc } = volumeProfile(bars, overrides, start, end, session);
      if (poc !== null && !tradedThrough(bars, poc, end))
        out.push({ day: sessions[session]!.day, price: poc });
    }
    if (session >= 0) latest = false;
    end = start;
  }
  return out;
}

function tradedThrough(bars: CleanBars, price: number, from: number): boolean {
  for (let i = from; i < bars.n; i++)
    if (bars.session[i]! >= 0 && bars.low[i]! <= price && bars.high[i]! >= price) return true;
  return false;
}
