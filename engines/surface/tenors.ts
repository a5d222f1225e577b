import { sviTotalVariance } from "../pricing/index.ts";
import type { ExpirySmile } from "./expiry.ts";
import { bucketVols, forwardDelta, type SmileView, smileFigures, viewOf } from "./figures.ts";
import type { TermVariance } from "./term-curve.ts";
import {
  type BucketRow,
  type CalendarViolation,
  DELTA_BUCKETS,
  type Smile,
  type TenorKind,
  type TenorRow,
} from "./types.ts";
import { Warnings } from "./warnings.ts";

const MINUTE = 1 / (365 * 1440);
/** Share of the last interval that may be added beyond the last expiry; share of the first expiry below which nothing is said. */
const BEYOND = 0.2;
const BEFORE = 0.5;
const CALENDAR_GRID = 41;
/** Rounding of a vol: a smaller shortfall is no violation. */
const CALENDAR_TOLERANCE = 1e-6;

/** A fitted expiry in order of time; `index` is its place among all expiries. */
export interface Slice {
  readonly index: number;
  readonly smile: Smile;
  readonly from: ExpirySmile;
}

/** The fitted expiries by time; of two that expire at one instant the one with more quotes. */
export function slicesOf(expiries: readonly ExpirySmile[]): Slice[] {
  const out: Slice[] = [];
  expiries.forEach((from, index) => {
    const { smile } = from;
    if (smile === null) return;
    const last = out[out.length - 1];
    if (last && smile.T - last.smile.T < MINUTE / 2) {
      if (from.fitted.n > last.from.fitted.n) out[out.length - 1] = { index, smile, from };
    } else out.push({ index, smile, from });
  });
  return out;
}

interface Place {
  readonly kind: TenorKind;
  readonly near: Slice;
  readonly far: Slice;
  readonly view: SmileView;
}

/** Where a time lies between two expiries by variance at the forward with events in their place: the share that applies at every moneyness. */
function varianceShare(near: Smile, far: Smile, T: number, clock: TermVariance | null): number {
  const even = (T - near.T) / (far.T - near.T);
  const [a, w, b] = [clock?.w(near.T) ?? null, clock?.w(T) ?? null, clock?.w(far.T) ?? null];
  return a === null || w === null || b === null || !(b > a)
    ? even
    : Math.min(1, Math.max(0, (w - a) / (b - a)));
}

/**
 * Total variance between expiries: at each log-moneyness linear in time between the two neighbours, or where events are known by the share of
 * the variance at the forward that has passed by then. Before the first expiry its vol, down
 * to half its time; after the last the last interval's forward variance, for up to a fifth of that interval; further out nothing.
 */
function place(
  slices: readonly Slice[],
  T: number,
  spot: number | null,
  clock: TermVariance | null,
): Place | null {
  const first = slices[0];
  const last = slices[slices.length - 1];
  if (!first || !last || !(T > 0)) return null;
  const at = slices.findIndex((s) => Math.abs(s.smile.T - T) <= MINUTE);
  if (at >= 0)
    return { kind: "listed", near: slices[at]!, far: slices[at]!, view: viewOf(slices[at]!.smile) };
  if (T < first.smile.T) {
    if (T < BEFORE * first.smile.T) return null;
    return { kind: "extrapolated", near: first, far: first, view: scaled(first.smile, T, spot) };
  }
  if (T > last.smile.T) {
    const before = slices[slices.length - 2];
    if (T - last.smile.T > BEYOND * (last.smile.T - (before?.smile.T ?? 0))) return null;
    const view = before ? between(before.smile, last.smile, T, null) : scaled(last.smile, T, spot);
    return { kind: "extrapolated", near: last, far: last, view };
  }
  const next = slices.findIndex((s) => s.smile.T > T);
  const [near, far] = [slices[next - 1]!, slices[next]!];
  return {
    kind: "interpolated",
    near,
    far,
    view: between(near.smile, far.smile, T, varianceShare(near.smile, far.smile, T, clock)),
  };
}

/** One smile's vols at another time: total variance in proportion to time, the carry rate unchanged. */
function scaled(smile: Smile, T: number, spot: number | null): SmileView {
  const share = T / smile.T;
  const { w, kMin, kMax, forward, df } = viewOf(smile);
  return {
    T,
    forward: spot === null ? forward : spot * (forward / spot) ** share,
    df: df ** share,
    kMin: kMin * Math.sqrt(share),
    kMax: kMax * Math.sqrt(share),
    w: (k) => share * w(k),
  };
}

/**
 * Linear in time between two smiles, or on from the second: total variance at fixed log-moneyness (never less than the second's beyond it),
 * log forward, log discount. Quoted are the standardised moneynesses quoted on both sides, in proportion.
 */
function between(near: Smile, far: Smile, T: number, share: number | null): SmileView {
  const u = (T - near.T) / (far.T - near.T);
  const mix = (a: number, b: number): number => a + u * (b - a);
  const w = (k: number): number => {
    const [a, b] = [sviTotalVariance(near.params, k), sviTotalVariance(far.params, k)];
    return u > 1 ? b + Math.max(0, (u - 1) * (b - a)) : a + (share ?? u) * (b - a);
  };
  const [sn, sf, s] = [
    Math.sqrt(sviTotalVariance(near.params, 0)),
    Math.sqrt(sviTotalVariance(far.params, 0)),
    Math.sqrt(w(0)),
  ];
  const reach = Math.min(u, 1);
  const edge = (a: number, b: number): number => s * (a / sn + reach * (b / sf - a / sn));
  return {
    T,
    forward: Math.exp(mix(Math.log(near.forward), Math.log(far.forward))),
    df: Math.exp(mix(Math.log(near.df), Math.log(far.df))),
    kMin: edge(near.kMin, far.kMin),
    kMax: edge(near.kMax, far.kMax),
    w,
  };
}

/** The constant maturity of `days` calendar days from now. */
export function tenorRow(
  slices: readonly Slice[],
  days: number,
  spot: number | null,
  nowUs: number,
  clock: TermVariance | null = null,
): TenorRow {
  const warnings = new Warnings();
  const found = place(slices, days / 365, spot, clock);
  const figures = found ? smileFigures(found.view, spot) : null;
  if (!found || !figures) {
    warnings.add(slices.length === 0 ? "no_fitted_expiry" : "tenor_beyond_expiries");
    return {
      days,
      kind: "none",
      near: null,
      far: null,
      figures: null,
      buckets: [],
      ageUs: null,
      warnings: warnings.list(),
    };
  }
  if (found.kind === "extrapolated") warnings.add("tenor_extrapolated");
  if (figures.skew25 === null) warnings.add("delta_25_not_quoted");
  if (figures.skew10 === null) warnings.add("delta_10_not_quoted");
  const { near, far } = found;
  if (sviTotalVariance(near.smile.params, 0) > sviTotalVariance(far.smile.params, 0))
    warnings.add("total_variance_decreases");
  return {
    days,
    kind: found.kind,
    near: near.index,
    far: far.index,
    figures,
    buckets: bucketRows(found),
    ageUs: nowUs - Math.min(near.from.fitUs ?? nowUs, far.from.fitUs ?? nowUs),
    warnings: warnings.list(),
  };
}

function bucketRows({ view, near, far }: Place): BucketRow[] {
  const vols = bucketVols(view);
  const counts = new Int32Array(DELTA_BUCKETS.length);
  for (const { from, smile } of near === far ? [near] : [near, far]) {
    const { n, k, vol } = from.fitted;
    for (let i = 0; i < n; i++) {
      const delta = forwardDelta(k[i]!, vol[i]! ** 2 * smile.T);
      counts[Math.min(4, Math.floor(5 * delta))]!++;
    }
  }
  // A put of delta -d lies where the call has delta 1 - d.
  return (["call", "put"] as const).flatMap((type) =>
    DELTA_BUCKETS.map((bucket, b): BucketRow => {
      const at = type === "call" ? b : 4 - b;
      return { type, bucket, meanVol: vols[at]!.mean, centreVol: vols[at]!.centre, quotes: counts[at]! };
    }),
  );
}

/** Where the later of two neighbouring expiries has less total variance than the earlier, between quotes of both. */
export function calendarViolations(slices: readonly Slice[]): CalendarViolation[] {
  const out: CalendarViolation[] = [];
  for (let i = 1; i < slices.length; i++) {
    const [near, far] = [slices[i - 1]!, slices[i]!];
    const from = Math.max(near.smile.kMin, far.smile.kMin);
    const to = Math.min(near.smile.kMax, far.smile.kMax);
    if (!(to >= from)) continue;
    let points = 0;
    let worst = 0;
    for (let g = 0; g < CALENDAR_GRID; g++) {
      const k = from + ((to - from) * g) / (CALENDAR_GRID - 1);
      const [a, b] = [near, far].map((s) =>
        Math.sqrt(Math.max(0, sviTotalVariance(s.smile.params, k)) / far.smile.T),
      ) as [number, number];
      if (a - b <= CALENDAR_TOLERANCE) continue;
      points++;
      worst = Math.max(worst, a - b);
    }
    if (points > 0) out.push({ near: near.index, far: far.index, points, of: CALENDAR_GRID, worst });
  }
  return out;
}
