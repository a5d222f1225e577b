import type { TermVariance } from "./term-curve.ts";
import { Warnings } from "./warnings.ts";

/** A future on a 30-day vol index (VIX, VSTOXX), price in index points: 20 is a vol of 0.20. */
export interface VolFuture {
  readonly label: string;
  readonly T: number;
  readonly price: number;
}

export interface VolFutureRow {
  readonly label: string;
  readonly T: number;
  readonly vol: number;
  /** Vol at the forward that the option curve has for the 30 days after this expiry; null where it does not reach. */
  readonly optionForwardVol: number | null;
  /** Future less option forward vol. Not an arbitrage: the index weighs the wings too, and a future on it lies below its square's root. */
  readonly basis: number | null;
  /** Change of the future in a day if the futures curve stays where it is. */
  readonly rollDown: number | null;
}

export interface VolFuturesCurve {
  readonly index: number | null;
  readonly rows: readonly VolFutureRow[];
  /** Second future over the first, less 1. Positive is contango. */
  readonly frontSlope: number | null;
  /** First future over the index, less 1. */
  readonly frontBasis: number | null;
  /** Price 30 days out, linear in time between the futures on either side; null when not bracketed. */
  readonly constant30: number | null;
  readonly warnings: readonly string[];
}

const DAY = 1 / 365;

/** A curve of vol-index futures beside an option curve. Vols per 1.00; `index` in index points. Unusable rows are counted and dropped. */
export function volFuturesCurve(
  futures: readonly VolFuture[],
  index: number | null,
  options: TermVariance | null,
): VolFuturesCurve {
  const warnings = new Warnings();
  const good = futures
    .filter((f) => f.T > 0 && f.T < Infinity && f.price > 0 && f.price < Infinity)
    .sort((a, b) => a.T - b.T);
  warnings.add("invalid_future_dropped", futures.length - good.length);
  if (good.length > 0 && good[0]!.price < 2) warnings.add("future_prices_look_like_fractions");
  const spot = index !== null && index > 0 ? index / 100 : null;
  if (index !== null && spot === null) warnings.add("invalid_index");
  const rows = good.map((f, i): VolFutureRow => {
    const vol = f.price / 100;
    const before = good[i - 1];
    const [T0, vol0] = before ? [before.T, before.price / 100] : [0, spot];
    const optionForwardVol = options?.forwardVol(f.T, f.T + 30 * DAY) ?? null;
    return {
      label: f.label,
      T: f.T,
      vol,
      optionForwardVol,
      basis: optionForwardVol === null ? null : vol - optionForwardVol,
      rollDown: vol0 === null || !(f.T > T0) ? null : ((vol0 - vol) / (f.T - T0)) * DAY,
    };
  });
  const [first, second] = rows;
  return {
    index: spot,
    rows,
    frontSlope: first && second ? second.vol / first.vol - 1 : null,
    frontBasis: first && spot !== null ? first.vol / spot - 1 : null,
    constant30: constantMaturity(rows, 30 * DAY),
    warnings: warnings.list(),
  };
}

function constantMaturity(rows: readonly VolFutureRow[], T: number): number | null {
  const j = rows.findIndex((r) => r.T >= T);
  const far = rows[j];
  if (!far) return null;
  if (far.T === T) return far.vol;
  const near = rows[j - 1];
  return near ? near.vol + ((far.vol - near.vol) * (T - near.T)) / (far.T - near.T) : null;
}
