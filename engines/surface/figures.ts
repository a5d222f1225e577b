import { sviTotalVariance } from "../pricing/index.ts";
import { normCdf, normInv } from "../stats/index.ts";
import { DELTA_BUCKETS, type DeltaPoint, type Smile, type SmileFigures } from "./types.ts";

/** A smile as a function: total variance of ln(K/F), and between which k it rests on quotes. */
export interface SmileView {
  readonly T: number;
  readonly forward: number;
  readonly df: number;
  readonly kMin: number;
  readonly kMax: number;
  w(k: number): number;
}

export function viewOf(smile: Smile): SmileView {
  const { T, forward, df, kMin, kMax, params } = smile;
  return { T, forward, df, kMin, kMax, w: (k) => sviTotalVariance(params, k) };
}

/** Undiscounted forward delta of a call, N(d1), d1 = -k/s + s/2, s = sqrt(w): the surface's delta. */
export function forwardDelta(k: number, w: number): number {
  const s = Math.sqrt(w);
  return normCdf(-k / s + s / 2);
}

/**
 * The k at which a call has forward delta N(z) with the vol of that very k; null when that is not between the outermost quotes.
 * Solved by regula falsi (Illinois) on d1(k) - z to 1e-10 of a standard deviation.
 */
export function kAtD1(view: SmileView, z: number): number | null {
  const miss = (k: number): number => {
    const s = Math.sqrt(view.w(k));
    return -k / s + s / 2 - z;
  };
  let [lo, hi] = [view.kMin, view.kMax];
  let [fLo, fHi] = [miss(lo), miss(hi)];
  if (!(fLo >= 0 && fHi <= 0)) return null;
  if (fLo === 0) return lo;
  if (fHi === 0) return hi;
  let side = 0;
  for (let i = 0; i < 60; i++) {
    const k = (lo * fHi - hi * fLo) / (fHi - fLo);
    const f = miss(k);
    if (Math.abs(f) < 1e-10 || hi - lo < 1e-13) return k;
    if (f > 0) {
      [lo, fLo] = [k, f];
      if (side === 1) fHi /= 2;
      side = 1;
    } else {
      [hi, fHi] = [k, f];
      if (side === -1) fLo /= 2;
      side = -1;
    }
  }
  return (lo + hi) / 2;
}

const Z25 = normInv(0.25);
const Z10 = normInv(0.1);

/** Every figure of a smile. `spot` null: the expected move has no share of spot. */
export function smileFigures(view: SmileView, spot: number | null): SmileFigures | null {
  const w0 = view.w(0);
  if (!(w0 > 0 && w0 < Infinity && view.T > 0)) return null;
  const at = (z: number): DeltaPoint | null => {
    const k = kAtD1(view, z);
    return k === null ? null : { strike: view.forward * Math.exp(k), vol: Math.sqrt(view.w(k) / view.T) };
  };
  // A put of delta -d has N(d1) = 1 - d.
  const [put25, call25, put10, call10] = [at(-Z25), at(Z25), at(-Z10), at(Z10)];
  const atmVol = Math.sqrt(w0 / view.T);
  const skew25 = put25 && call25 ? put25.vol - call25.vol : null;
  const skew10 = put10 && call10 ? put10.vol - call10.vol : null;
  const s = Math.sqrt(w0);
  const straddle = 2 * view.df * view.forward * (2 * normCdf(s / 2) - 1);
  return {
    T: view.T,
    forward: view.forward,
    atmVol,
    put25,
    call25,
    put10,
    call10,
    skew25,
    skew10,
    riskReversal25: skew25 === null ? null : -skew25,
    riskReversal10: skew10 === null ? null : -skew10,
    butterfly25: put25 && call25 ? (put25.vol + call25.vol) / 2 - atmVol : null,
    butterfly10: put10 && call10 ? (put10.vol + call10.vol) / 2 - atmVol : null,
    expectedMove: { straddle, straddleOfSpot: spot === null ? null : straddle / spot, oneSigma: s },
  };
}

/** d1 of five evenly spaced call deltas in each bucket; the third is the bucket's centre. */
const BUCKET_D1 = DELTA_BUCKETS.map((_, b) =>
  [0.02, 0.06, 0.1, 0.14, 0.18].map((inside) => normInv(0.2 * b + inside)),
);

/** Mean and centre vol of each bucket of call deltas; those of put deltas are the same in reverse. */
export function bucketVols(
  view: SmileView,
): readonly { readonly mean: number | null; readonly centre: number | null }[] {
  return BUCKET_D1.map((zs) => {
    let sum = 0;
    let n = 0;
    let centre: number | null = null;
    zs.forEach((z, i) => {
      const k = kAtD1(view, z);
      if (k === null) return;
      const vol = Math.sqrt(view.w(k) / view.T);
      sum += vol;
      n++;
      if (i === 2) centre = vol;
    });
    return { mean: n > 0 ? sum / n : null, centre };
  });
}

/**
 * Vols of a smile at undiscounted forward deltas of a call, 0 to 1 (a put of delta -d lies where the call has 1 - d); NaN as a delta is the
 * forward itself. Per 1.00; NaN where the delta is not between the outermost quotes.
 */
export function volsAtDeltas(smile: Smile, callDeltas: readonly number[]): Float64Array {
  const view = viewOf(smile);
  return Float64Array.from(callDeltas, (delta) => {
    const k = Number.isNaN(delta) ? 0 : kAtD1(view, normInv(delta));
    return k === null || k < view.kMin || k > view.kMax ? Number.NaN : Math.sqrt(view.w(k) / view.T);
  });
}
