/** The surface and the term structure as artifact bodies. Vols per 1.00, `_pp` in vol points, times in calendar days. */
import {
  type CompatSurfaceResult,
  type CompatTermResult,
  type SmileFigures,
  type SurfaceResult,
  type TenorRow,
  type TermResult,
} from "../../../engines/surface/index.ts";
import type { BodyOf } from "../schemas.ts";

const points = (x: number | null | undefined): number | null =>
  x === null || x === undefined ? null : x * 100;

function figureFields(f: SmileFigures | null) {
  return {
    forward: f?.forward ?? null,
    atm_iv: f?.atmVol ?? null,
    put_25d_iv: f?.put25?.vol ?? null,
    call_25d_iv: f?.call25?.vol ?? null,
    put_10d_iv: f?.put10?.vol ?? null,
    call_10d_iv: f?.call10?.vol ?? null,
    skew_25d_pp: points(f?.skew25),
    skew_10d_pp: points(f?.skew10),
    butterfly_25d_pp: points(f?.butterfly25),
    butterfly_10d_pp: points(f?.butterfly10),
    straddle_mark: f?.expectedMove.straddle ?? null,
    expected_move_pct: f?.expectedMove.straddleOfSpot ?? null,
    one_sigma: f?.expectedMove.oneSigma ?? null,
  };
}

type Tenor = BodyOf<"iv_surface">["tenor"][number];

function tenorFields(row: TenorRow, r: SurfaceResult): Tenor {
  const near = row.near === null ? null : r.expiries[row.near];
  const far = row.far === null ? null : r.expiries[row.far];
  const dte = near?.dte ?? null;
  return {
    tenor_target_dte: row.days,
    interpolation: row.kind,
    expiry: near?.expiry.day ?? null,
    expiry_far: far?.expiry.day ?? null,
    dte,
    tenor_gap_dte: dte === null ? null : dte - row.days,
    // A constant maturity is struck at its forward, where no option is listed: the straddle is the smile's own.
    atm_strike: null,
    atm_mark: null,
    ...figureFields(row.figures),
    contracts_used: row.buckets.reduce((n, b) => n + (b.type === "call" ? b.quotes : 0), 0),
    warnings: [...row.warnings],
  };
}

export type TenorChangeRow = BodyOf<"iv_surface">["tenor_changes"][number];

/** What the warehouse knows of earlier days: changes against the last one, places among many. */
export interface SurfacePast {
  readonly changes: readonly TenorChangeRow[];
  readonly standings: NonNullable<BodyOf<"iv_surface">["standings"]>;
}

/** The desk's surface, with its past where there is one. */
export function surfaceBody(r: SurfaceResult, past: SurfacePast | null = null): BodyOf<"iv_surface"> {
  const day = (e: number): string => r.expiries[e]?.expiry.day ?? "";
  return {
    spot: r.spot,
    tenor_targets_dte: r.tenors.map((t) => t.days),
    tenor: r.tenors.map((t) => tenorFields(t, r)),
    delta_buckets: r.tenors.flatMap((t) =>
      t.buckets.map((b) => ({
        tenor_target_dte: t.days,
        option_type: b.type,
        delta_bucket: b.bucket,
        avg_iv: b.meanVol,
        // A fitted smile has no median contract.
        median_iv: null,
        centre_iv: b.centreVol,
        n_contracts: b.quotes,
        warnings: b.meanVol === null ? ["empty_bucket"] : [],
      })),
    ),
    tenor_changes: [...(past?.changes ?? [])],
    ...(past ? { standings: [...past.standings] } : {}),
    delta_bucket_changes: [],
    expiries: r.expiries.map((e) => ({
      root: e.expiry.root,
      expiry: e.expiry.day,
      dte: e.dte,
      minutes_left: e.minutesLeft,
      ...figureFields(e.figures),
      forward_source: e.smile?.forwardSource ?? null,
      implied_yield: e.impliedYield,
      smile: e.smile && { kind: e.smile.kind, ...e.smile.params, k_min: e.smile.kMin, k_max: e.smile.kMax },
      rmse_pp: points(e.quality?.rmse),
      quotes_used: e.quality?.used ?? 0,
      within_spread: e.quality?.withinSpread ?? null,
      butterfly_violations_smile: e.butterfly.smile,
      butterfly_violations_quotes: e.butterfly.quotes,
      warnings: [...e.warnings],
    })),
    calendar_violations: r.violations.calendar.map((v) => ({
      near: day(v.near),
      far: day(v.far),
      points: v.points,
      of: v.of,
      worst_pp: v.worst * 100,
    })),
  };
}

/** The original system's surface, its rows as they are less what the envelope says. */
export function compatSurfaceBody(
  spot: number | null,
  targets: readonly number[],
  r: CompatSurfaceResult,
): BodyOf<"iv_surface"> {
  const bare = <
    T extends { readonly symbol: string; readonly as_of: string; readonly warnings: readonly string[] },
  >({
    symbol: _,
    as_of: __,
    ...row
  }: T) => ({ ...row, warnings: [...row.warnings] });
  return {
    spot,
    tenor_targets_dte: [...targets],
    tenor: r.tenor.map(bare),
    delta_buckets: r.delta_buckets.map(bare),
    tenor_changes: r.tenor_changes.map((c) => ({ ...c, warnings: [...c.warnings] })),
    delta_bucket_changes: r.delta_bucket_changes.map((c) => ({ ...c, warnings: [...c.warnings] })),
  };
}

/** Futures of a vol index as the artifact has them. Vols per 1.00. */
export interface TermFutures {
  readonly name: string;
  readonly settled: string | null;
  readonly index: number | null;
  readonly frontBasis: number | null;
  readonly frontSlope: number | null;
  readonly constant30: number | null;
  readonly rows: readonly {
    readonly label: string;
    readonly days: number;
    readonly vol: number;
    readonly optionForwardVol: number | null;
    readonly basis: number | null;
  }[];
}

const futuresBody = (f: TermFutures): NonNullable<BodyOf<"iv_term_structure">["futures"]> => ({
  index_name: f.name,
  settled_on: f.settled,
  index_iv: f.index,
  front_basis: f.frontBasis,
  front_slope: f.frontSlope,
  constant_30d_iv: f.constant30,
  rows: f.rows.map((r) => ({
    label: r.label,
    dte: r.days,
    iv: r.vol,
    option_forward_iv: r.optionForwardVol,
    basis_pp: points(r.basis),
  })),
});

/** The desk's term structure, with the futures on its vol index where there are any. */
export function termBody(
  spot: number | null,
  r: TermResult,
  futures: TermFutures | null = null,
): BodyOf<"iv_term_structure"> {
  return {
    ...(futures === null ? {} : { futures: futuresBody(futures) }),
    spot,
    points: r.points.map((p) => ({
      dte: p.T * 365,
      atm_iv: p.vol,
      error_pp: p.error >= 0 ? p.error * 100 : null,
    })),
    curve: r.curve.map((c) => ({
      tenor_dte: c.days,
      interpolation: c.place,
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
    level: r.slope?.level ?? null,
    regime: r.regime,
    confidence: r.confidence.grade,
    confidence_reasons: [...r.confidence.reasons],
    events: r.events.map((e) => ({ label: e.label, dte: e.T * 365, variance: e.variance, move: e.move })),
  };
}

/** The original system's term structure; `curve` answers its interpolation. */
export function compatTermBody(
  spot: number | null,
  input: { readonly dte: readonly number[]; readonly iv: readonly number[] },
  r: CompatTermResult | null,
  curve: ((dte: number) => number) | null,
  tenors: readonly number[],
): BodyOf<"iv_term_structure"> {
  return {
    spot,
    points: input.dte.map((dte, i) => ({ dte, atm_iv: input.iv[i] as number, error_pp: null })),
    curve: tenors.map((tenor_dte) => ({
      tenor_dte,
      interpolation: curve === null ? "none" : "compat",
      atm_iv: curve?.(tenor_dte) ?? null,
      clean_iv: null,
      error_pp: null,
      forward_iv: null,
      carry_pp: null,
      roll_down_pp_per_day: null,
    })),
    ratio_7_30: null,
    ratio_30_90: r?.ratio_30_90 ?? null,
    ratio_30_180: null,
    slope: r?.slope ?? null,
    slope_error: null,
    steepness: null,
    level: null,
    regime: r?.regime ?? null,
    ...(r ? { signal: r.signal } : {}),
    confidence: null,
    confidence_reasons: [],
    events: [],
  };
}
