import { line } from "../stats/index.ts";
import type { TermRegime } from "./term-compat.ts";
import {
  type EventVariance,
  type TermEvent,
  type TermPlace,
  type TermPoint,
  TermVariance,
} from "./term-curve.ts";
import { DEFAULT_TENORS, type SurfaceResult } from "./types.ts";
import { Warnings } from "./warnings.ts";

const DAY = 1 / 365;

export interface TermOptions {
  /** Constant maturities, calendar days. */
  readonly tenors: readonly number[];
  readonly events: readonly TermEvent[];
  /** Expiries that the slope is fitted on, calendar days; all of them when fewer than three lie between. */
  readonly slopeFrom: number;
  readonly slopeTo: number;
  /** Relative steepness at which a regime is entered and left. */
  readonly enter: number;
  readonly leave: number;
  /** The regime before, for hysteresis; null: none. */
  readonly previous: TermRegime | null;
  /** Forecasts of realised vol by days, for carry. */
  readonly realised: ReadonlyMap<number, number>;
  /** Fits older than this take confidence away, µs. */
  readonly maxAgeUs: number;
}

export const DEFAULT_TERM_OPTIONS: TermOptions = {
  tenors: DEFAULT_TENORS,
  events: [],
  slopeFrom: 7,
  slopeTo: 190,
  enter: 0.05,
  leave: 0.03,
  previous: null,
  realised: new Map(),
  maxAgeUs: 90e6,
};

export interface TermRow {
  readonly days: number;
  readonly place: TermPlace | "none";
  readonly vol: number | null;
  /** Without the variance of events. */
  readonly cleanVol: number | null;
  readonly error: number | null;
  /** Vol of the stretch from the tenor before to this one; of the first, its own. */
  readonly forwardVol: number | null;
  /** Vol less the forecast of realised vol. */
  readonly carry: number | null;
  /** Change of vol in a day if the curve stays where it is. */
  readonly rollDown: number | null;
}

export interface TermSlope {
  /** d vol / d ln T. Positive is contango. */
  readonly slope: number;
  /** Standard error; null with two points. */
  readonly error: number | null;
  readonly points: number;
  /** Vol of the fitted line at 30 days. */
  readonly level: number;
  /** Vol at 90 over vol at 30 days on the fitted line, less 1: what the regime is judged by. */
  readonly steepness: number;
}

export interface TermConfidence {
  readonly grade: "high" | "low";
  readonly bracketed: boolean;
  /** Spread-implied uncertainty of the ratio 30/90; null unknown. */
  readonly ratioError: number | null;
  readonly reasons: readonly string[];
}

export interface TermResult {
  readonly points: readonly TermPoint[];
  readonly curve: readonly TermRow[];
  readonly ratios: Readonly<Record<"7/30" | "30/90" | "30/180", number | null>>;
  readonly slope: TermSlope | null;
  readonly regime: TermRegime | null;
  readonly confidence: TermConfidence;
  readonly events: readonly EventVariance[];
  /** Neighbouring expiries with falling total variance. */
  readonly calendarViolations: number;
  readonly warnings: readonly string[];
}

/** The vols at the forward of a surface's fitted expiries, with the error their spreads leave. */
export function termPoints(surface: Pick<SurfaceResult, "expiries">): TermPoint[] {
  return surface.expiries.flatMap(({ figures, quality }) =>
    figures && quality
      ? [{ T: figures.T, vol: figures.atmVol, error: quality.atmError ?? Number.NaN, ageUs: quality.ageUs }]
      : [],
  );
}

/**
 * Term structure of vols at the forward: total variance linear between expiries, events stripped, constant maturities, forward vols,
 * ratios, slope of vol on ln T by least squares with its standard error, regime and how far to trust it.
 *
 * Regime: relative steepness of the fitted line from 30 to 90 days; contango above `enter`, backwardation below minus that, and once in it
 * stays until the steepness falls under `leave`. Confidence is high only if 30 and 90 days lie between expiries, the spreads leave
 * less than half of `enter` open in the ratio, and no fit is older than `maxAgeUs`.
 *
 * Points may come in any order; unusable ones are counted and dropped, of two at one time the surer stands. Nothing throws: with
 * fewer than two points regime and slope are null.
 */
export function termStructure(input: readonly TermPoint[], overrides: Partial<TermOptions> = {}): TermResult {
  const options = { ...DEFAULT_TERM_OPTIONS, ...overrides };
  const warnings = new Warnings();
  const points = cleanPoints(input, warnings);
  const term = new TermVariance(points, options.events);
  warnings.add("event_variance_unknown", term.events.filter((e) => e.variance === null).length);
  let falls = 0;
  points.forEach((p, i) => {
    const before = points[i - 1];
    if (before && p.vol * p.vol * p.T < before.vol * before.vol * before.T) falls++;
  });
  warnings.add("total_variance_decreases", falls);
  if (points.length < 2) warnings.add("fewer_than_two_points");
  const slope = fitSlope(points, options);
  const ratio = (a: number, b: number): number | null => {
    const [x, y] = [term.vol(a * DAY), term.vol(b * DAY)];
    return x === null || y === null ? null : x / y;
  };
  const ratios = { "7/30": ratio(7, 30), "30/90": ratio(30, 90), "30/180": ratio(30, 180) };
  return {
    points,
    curve: curveRows(term, options),
    ratios,
    slope,
    regime: slope === null ? null : regimeOf(slope.steepness, options),
    confidence: confidenceOf(term, ratios["30/90"], options),
    events: term.events,
    calendarViolations: falls,
    warnings: warnings.list(),
  };
}

function cleanPoints(input: readonly TermPoint[], warnings: Warnings): TermPoint[] {
  const usable = input.filter((p) => p.T > 0 && p.T < Infinity && p.vol > 0 && p.vol < Infinity);
  warnings.add("invalid_point_dropped", input.length - usable.length);
  const sure = (p: TermPoint): number => (p.error >= 0 ? p.error : Infinity);
  usable.sort((a, b) => a.T - b.T || sure(a) - sure(b) || a.vol - b.vol);
  const out: TermPoint[] = [];
  for (const p of usable) {
    if (out.length > 0 && p.T === out[out.length - 1]!.T) warnings.add("duplicate_point_dropped");
    else out.push(p);
  }
  return out;
}

function curveRows(term: TermVariance, { tenors, realised }: TermOptions): TermRow[] {
  const days = [...new Set(tenors)].filter((d) => d > 0 && d < Infinity).sort((a, b) => a - b);
  return days.map((d, i): TermRow => {
    const T = d * DAY;
    const vol = term.vol(T);
    const before = days[i - 1];
    const forecast = realised.get(d);
    const tomorrow = d > 1 ? term.vol(T - DAY) : null;
    return {
      days: d,
      place: term.place(T) ?? "none",
      vol,
      cleanVol: term.vol(T, true),
      error: term.error(T),
      forwardVol: before === undefined ? vol : term.forwardVol(before * DAY, T),
      carry: vol === null || forecast === undefined ? null : vol - forecast,
      rollDown: vol === null || tomorrow === null ? null : tomorrow - vol,
    };
  });
}

function fitSlope(points: readonly TermPoint[], { slopeFrom, slopeTo }: TermOptions): TermSlope | null {
  const inside = points.filter((p) => p.T >= slopeFrom * DAY && p.T <= slopeTo * DAY);
  const used = inside.length >= 3 ? inside : points;
  if (used.length < 2) return null;
  const x = used.map((p) => Math.log(p.T / (30 * DAY)));
  const y = used.map((p) => p.vol);
  const fit = line(x, y);
  if (fit.kind !== "ok") return null;
  const [level, slope] = [fit.beta[0]!, fit.beta[1]!];
  if (!(level > 0)) return null;
  return {
    slope,
    error: fit.stdErr ? fit.stdErr[1]! : null,
    points: used.length,
    level,
    steepness: (slope * Math.log(3)) / level,
  };
}

function regimeOf(steepness: number, { enter, leave, previous }: TermOptions): TermRegime {
  if (steepness > enter) return "contango";
  if (steepness < -enter) return "backwardation";
  if (previous === "contango" && steepness >= leave) return "contango";
  if (previous === "backwardation" && steepness <= -leave) return "backwardation";
  return "flat";
}

function confidenceOf(
  term: TermVariance,
  ratio: number | null,
  { enter, maxAgeUs }: TermOptions,
): TermConfidence {
  const reasons: string[] = [];
  const [near, far] = [30 * DAY, 90 * DAY];
  const inside = (T: number): boolean => ["listed", "interpolated"].includes(term.place(T) ?? "none");
  const bracketed = inside(near) && inside(far);
  if (!bracketed) reasons.push("30_or_90_days_not_between_expiries");
  const [e30, e90, v30, v90] = [term.error(near), term.error(far), term.vol(near), term.vol(far)];
  const ratioError =
    ratio === null || e30 === null || e90 === null || v30 === null || v90 === null
      ? null
      : ratio * Math.hypot(e30 / v30, e90 / v90);
  if (ratioError === null) reasons.push("uncertainty_unknown");
  else if (ratioError >= enter / 2) reasons.push("spreads_too_wide");
  if (term.points.some((p) => p.ageUs > maxAgeUs)) reasons.push("stale_fits");
  return { grade: reasons.length === 0 ? "high" : "low", bracketed, ratioError, reasons };
}
