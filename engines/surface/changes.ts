import type { SmileFigures, SurfaceResult, TenorRow } from "./types.ts";

/** What of a tenor is compared from day to day. Vols and moves per 1.00. */
export const TENOR_MEASURES = [
  "atmVol",
  "skew25",
  "skew10",
  "butterfly25",
  "butterfly10",
  "oneSigma",
] as const;
export type TenorMeasure = (typeof TENOR_MEASURES)[number];

/** One measure of a tenor; null where it is unknown. */
export function tenorMeasure(row: TenorRow, measure: TenorMeasure): number | null {
  const f: SmileFigures | null = row.figures;
  if (f === null) return null;
  return measure === "oneSigma" ? f.expectedMove.oneSigma : f[measure];
}

export interface TenorChange {
  readonly days: number;
  readonly change: Readonly<Record<TenorMeasure, number | null>>;
  readonly warnings: readonly string[];
}

/**
 * Today's constant maturities less those of `previous`: the same time to expiry on both days, so that a rolling expiry is no change of
 * vol. A side that is missing gives null and `missing_previous_row`; an extrapolated one is named.
 */
export function tenorChanges(today: SurfaceResult, previous: Pick<SurfaceResult, "tenors">): TenorChange[] {
  const then = new Map(previous.tenors.map((r) => [r.days, r]));
  return today.tenors.map((now) => {
    const was = then.get(now.days);
    const warnings: string[] = [];
    if (!was || was.figures === null) warnings.push("missing_previous_row");
    if (now.kind === "extrapolated" || was?.kind === "extrapolated") warnings.push("tenor_extrapolated");
    const diff = (m: TenorMeasure): number | null => {
      const [a, b] = [tenorMeasure(now, m), was ? tenorMeasure(was, m) : null];
      return a === null || b === null ? null : a - b;
    };
    return {
      days: now.days,
      change: Object.fromEntries(TENOR_MEASURES.map((m) => [m, diff(m)])) as TenorChange["change"],
      warnings,
    };
  });
}

/** Sessions of a full history. */
export const HISTORY_SESSIONS = 252;
/** Fewer sessions than this say nothing about a percentile. */
export const LEAST_SESSIONS = 20;

export interface Standing {
  /** Share of the history below the value, ties counting half: 0 to 1. */
  readonly percentile: number;
  /** Place between the lowest and highest of the history and the value itself: (x - min) / (max - min), 0 to 1; null where all are equal. */
  readonly rank: number | null;
  readonly sessions: number;
}

/**
 * Where a value stands in its own history (earlier sessions, newest last; only the last 252 count, unknown ones are passed over). Null
 * for an unknown value or fewer than 20 sessions.
 */
export function standing(value: number | null, history: ArrayLike<number>): Standing | null {
  if (value === null || !Number.isFinite(value)) return null;
  let [n, below, ties, min, max] = [0, 0, 0, value, value];
  for (let i = Math.max(0, history.length - HISTORY_SESSIONS); i < history.length; i++) {
    const x = history[i]!;
    if (!Number.isFinite(x)) continue;
    n++;
    if (x < value) below++;
    else if (x === value) ties++;
    min = Math.min(min, x);
    max = Math.max(max, x);
  }
  if (n < LEAST_SESSIONS) return null;
  return {
    percentile: (below + ties / 2) / n,
    rank: max > min ? (value - min) / (max - min) : null,
    sessions: n,
  };
}
