import { TENOR_MEASURES, tenorChanges } from "./changes.ts";
import type { TermResult } from "./term.ts";
import { type BucketRow, type SmileFigures, type SurfaceResult, type TenorRow } from "./types.ts";

/**
 * Plain objects for the store and for files: versioned, keys in a fixed order, numbers finite or null, vols as fractions, names with
 * `_pp` in vol points. Without a clock: whoever writes one puts it into its envelope.
 */
export const SURFACE_ARTIFACT_VERSION = 1;
export const TERM_ARTIFACT_VERSION = 1;
export const DISCLAIMER = "For information only, not advice.";

const points = (x: number | null): number | null => (x === null ? null : x * 100);

/** What a row says of its smile; every key is there, null without one. */
function figureFields(f: SmileFigures | null): Record<string, number | null> {
  return {
    forward: f?.forward ?? null,
    atm_iv: f?.atmVol ?? null,
    put_25d_iv: f?.put25?.vol ?? null,
    call_25d_iv: f?.call25?.vol ?? null,
    put_10d_iv: f?.put10?.vol ?? null,
    call_10d_iv: f?.call10?.vol ?? null,
    skew_25d_pp: points(f?.skew25 ?? null),
    skew_10d_pp: points(f?.skew10 ?? null),
    butterfly_25d_pp: points(f?.butterfly25 ?? null),
    butterfly_10d_pp: points(f?.butterfly10 ?? null),
    straddle: f?.expectedMove.straddle ?? null,
    expected_move_straddle_of_spot: f?.expectedMove.straddleOfSpot ?? null,
    expected_move_one_sigma: f?.expectedMove.oneSigma ?? null,
  };
}

function tenorFields(row: TenorRow, r: SurfaceResult): Record<string, unknown> {
  const day = (e: number | null): string | null => (e === null ? null : r.expiries[e]!.expiry.day);
  return {
    tenor_target_dte: row.days,
    kind: row.kind,
    expiry_near: day(row.near),
    expiry_far: day(row.far),
    ...figureFields(row.figures),
    fit_age_us: row.ageUs,
    warnings: row.warnings,
  };
}

function bucketFields(row: TenorRow, b: BucketRow): Record<string, unknown> {
  return {
    tenor_target_dte: row.days,
    option_type: b.type,
    delta_bucket: b.bucket,
    avg_iv: b.meanVol,
    centre_iv: b.centreVol,
    n_quotes: b.quotes,
  };
}

/** The surface as a stored, versioned object; changes against `previous` where there is one. */
export function surfaceArtifact(
  r: SurfaceResult,
  previous: Pick<SurfaceResult, "tenors"> | null = null,
): Readonly<Record<string, unknown>> {
  return {
    schema: "iv_surface",
    schema_version: SURFACE_ARTIFACT_VERSION,
    mode: "desk",
    symbol: r.symbol,
    as_of: r.asOf,
    chain_us: r.chainUs,
    spot: r.spot,
    spot_us: r.spotUs,
    tenor_targets_dte: r.tenors.map((t) => t.days),
    tenor: r.tenors.map((t) => tenorFields(t, r)),
    delta_buckets: r.tenors.flatMap((t) => t.buckets.map((b) => bucketFields(t, b))),
    expiries: r.expiries.map((e) => ({
      root: e.expiry.root,
      expiry: e.expiry.day,
      expiry_us: e.expiry.expiryUs,
      dte: e.dte,
      minutes_left: e.minutesLeft,
      ...figureFields(e.figures),
      forward_source: e.smile?.forwardSource ?? null,
      implied_yield: e.impliedYield,
      smile: e.smile && { kind: e.smile.kind, ...e.smile.params, k_min: e.smile.kMin, k_max: e.smile.kMax },
      rmse_pp: points(e.quality?.rmse ?? null),
      quotes_used: e.quality?.used ?? 0,
      fit_age_us: e.quality?.ageUs ?? null,
      butterfly_violations_smile: e.butterfly.smile,
      butterfly_violations_quotes: e.butterfly.quotes,
      warnings: e.warnings,
    })),
    calendar_violations: r.violations.calendar.map((v) => ({
      near: r.expiries[v.near]!.expiry.day,
      far: r.expiries[v.far]!.expiry.day,
      points: v.points,
      of: v.of,
      worst_pp: v.worst * 100,
    })),
    tenor_changes: previous
      ? tenorChanges(r, previous).map((c) => ({
          tenor_target_dte: c.days,
          ...Object.fromEntries(
            TENOR_MEASURES.map((m) => [`${CHANGE_KEYS[m]}_change_pp`, points(c.change[m])]),
          ),
          warnings: c.warnings,
        }))
      : [],
    warnings: r.warnings,
    disclaimer: DISCLAIMER,
  };
}

const CHANGE_KEYS: Readonly<Record<(typeof TENOR_MEASURES)[number], string>> = {
  atmVol: "atm_iv",
  skew25: "skew_25d",
  skew10: "skew_10d",
  butterfly25: "butterfly_25d",
  butterfly10: "butterfly_10d",
  oneSigma: "expected_move_one_sigma",
};

/** The term structure as a stored, versioned object. */
export function termArtifact(symbol: string, asOf: string, r: TermResult): Readonly<Record<string, unknown>> {
  return {
    schema: "iv_term_structure",
    schema_version: TERM_ARTIFACT_VERSION,
    mode: "desk",
    symbol,
    as_of: asOf,
    points: r.points.map((p) => ({
      years: p.T,
      atm_iv: p.vol,
      error_pp: p.error >= 0 ? p.error * 100 : null,
      fit_age_us: p.ageUs >= 0 ? p.ageUs : null,
    })),
    curve: r.curve.map((c) => ({
      tenor_dte: c.days,
      kind: c.place,
      atm_iv: c.vol,
      clean_iv: c.cleanVol,
      error_pp: points(c.error),
      forward_iv: c.forwardVol,
      carry_pp: points(c.carry),
      roll_down_pp_per_day: points(c.rollDown),
    })),
    ratio_7_30: r.ratios["7/30"],
    ratio_30_90: r.ratios["30/90"],
    ratio_30_180: r.ratios["30/180"],
    slope: r.slope?.slope ?? null,
    slope_error: r.slope?.error ?? null,
    steepness: r.slope?.steepness ?? null,
    regime: r.regime,
    confidence: r.confidence.grade,
    confidence_reasons: r.confidence.reasons,
    ratio_30_90_error: r.confidence.ratioError,
    events: r.events.map((e) => ({ label: e.label, years: e.T, variance: e.variance, move: e.move })),
    calendar_violations: r.calendarViolations,
    warnings: r.warnings,
    disclaimer: DISCLAIMER,
  };
}
