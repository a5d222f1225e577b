import { type IsoDay, isoToDay } from "../market/index.ts";
import {
  bucketChanges,
  type CompatBucketChange,
  type CompatTenorChange,
  compatTenorChanges,
} from "./compat-changes.ts";
import {
  type CompatBucketRow,
  type CompatCell,
  type CompatExpiry,
  type CompatPrevious,
  type CompatSurfaceRow,
  type CompatTenorRow,
  cellNumber,
  cleanExpiry,
  rowsByExpiry,
  snapshotWarnings,
} from "./compat-rows.ts";
import { DEFAULT_TENORS, DELTA_BUCKETS } from "./types.ts";

export interface CompatSurfaceInput {
  readonly symbol: string;
  readonly as_of: string;
  readonly spot: CompatCell;
  readonly tenor_targets_dte?: readonly number[] | null;
  readonly snapshot: readonly CompatSurfaceRow[];
  readonly previous_tenor?: readonly CompatPrevious<CompatTenorRow>[] | null;
  readonly previous_delta_buckets?: readonly CompatPrevious<CompatBucketRow>[] | null;
}
export interface CompatSurfaceResult {
  readonly tenor: readonly CompatTenorRow[];
  readonly delta_buckets: readonly CompatBucketRow[];
  readonly tenor_changes: readonly CompatTenorChange[];
  readonly delta_bucket_changes: readonly CompatBucketChange[];
  readonly warnings: readonly string[];
}

/**
 * Compatibility mode: the surface as the original system computes it, known mistakes included. Of each tenor target the listed expiry
 * nearest in calendar days (ties to the earlier, however far it is), ATM = the strike nearest spot (ties to the lower) with the mean
 * of all its vols, skew = (put vol - call vol) x 100 of the contracts whose deltas are nearest -/+ 0.25 and 0.10, bucket means by
 * |delta|. One deliberate difference: a vol above 5.0 is a percentage, is taken as missing and named `iv_unit_suspect`.
 * Refuses only an `as_of` that is no day (MKT-003).
 */
export function ivSurfaceCompat(input: CompatSurfaceInput): CompatSurfaceResult {
  const asOfNo = isoToDay(input.as_of as IsoDay);
  const warnings = new Set(snapshotWarnings(input.snapshot));
  const spot = cellNumber(input.spot);
  if (!(spot > 0)) warnings.add("invalid_spot");
  const base: readonly string[] = [...warnings];
  const groups = rowsByExpiry(input.snapshot);
  const cleaned = new Map<string, CompatExpiry>();
  const head = { symbol: input.symbol.trim().toUpperCase(), as_of: input.as_of };
  const tenor: CompatTenorRow[] = [];
  const buckets: CompatBucketRow[] = [];
  for (const target of tenorTargets(input.tenor_targets_dte)) {
    const day = nearestExpiry(groups, asOfNo + target, asOfNo);
    let expiry: CompatExpiry | null = null;
    if (day !== null) {
      const group = groups.get(day)!;
      expiry =
        cleaned.get(day) ??
        cleanExpiry(day, group.dayNo, group.rows, () => void warnings.add("iv_unit_suspect"));
      cleaned.set(day, expiry);
    }
    const keys = { ...head, tenor_target_dte: target, expiry: day };
    const row = tenorRow(keys, expiry, asOfNo, spot, base);
    tenor.push(row);
    bucketRows(keys, expiry, base, row.warnings, buckets);
  }
  return {
    tenor,
    delta_buckets: buckets,
    tenor_changes: compatTenorChanges(tenor, input.previous_tenor ?? [], warnings),
    delta_bucket_changes: bucketChanges(buckets, input.previous_delta_buckets ?? [], warnings),
    warnings: [...warnings],
  };
}

function tenorTargets(asked: readonly number[] | null | undefined): readonly number[] {
  const wanted = [...new Set((asked ?? []).map((t) => Math.trunc(t)))].filter((t) => t > 0);
  return wanted.length > 0 ? wanted : DEFAULT_TENORS;
}

function nearestExpiry(
  groups: ReadonlyMap<string, { readonly dayNo: number }>,
  wantedNo: number,
  asOfNo: number,
): string | null {
  let best: string | null = null;
  let bestGap = Infinity;
  let bestNo = Infinity;
  for (const [day, { dayNo }] of groups) {
    if (dayNo <= asOfNo) continue;
    const gap = Math.abs(dayNo - wantedNo);
    if (gap < bestGap || (gap === bestGap && dayNo < bestNo)) [best, bestGap, bestNo] = [day, gap, dayNo];
  }
  return best;
}

interface RowKeys {
  readonly symbol: string;
  readonly as_of: string;
  readonly tenor_target_dte: number;
  readonly expiry: string | null;
}

function tenorRow(
  keys: RowKeys,
  expiry: CompatExpiry | null,
  asOfNo: number,
  spot: number,
  base: readonly string[],
): CompatTenorRow {
  const warnings = new Set(base);
  if (expiry === null) {
    warnings.add("no_valid_expiry_for_tenor");
    return { ...keys, ...NO_METRICS, dte: null, tenor_gap_dte: null, warnings: [...warnings] };
  }
  const used = countUsed(expiry);
  if (used === 0) warnings.add("no_valid_contract_metrics");
  const atm = atTheMoney(expiry, spot);
  const orWarn = (x: number, warning: string): number | null => {
    if (x === x) return x;
    warnings.add(warning);
    return null;
  };
  const dte = expiry.dayNo - asOfNo;
  const out = {
    ...keys,
    dte,
    tenor_gap_dte: dte - keys.tenor_target_dte,
    atm_strike: orWarn(atm.strike, "missing_atm_strike"),
    atm_iv: orWarn(atm.iv, "missing_atm_iv"),
    atm_mark: orWarn(atm.mark, "missing_atm_mark"),
    straddle_mark: orWarn(atm.straddle, "missing_atm_straddle"),
  };
  let move: number | null = null;
  if (!(spot > 0)) warnings.add("non_positive_spot_for_expected_move");
  else if (out.straddle_mark !== null) move = out.straddle_mark / spot;
  return {
    ...out,
    expected_move_pct: move,
    skew_25d_pp: orWarn(skew(expiry, 0.25), "missing_skew_25d"),
    skew_10d_pp: orWarn(skew(expiry, 0.1), "missing_skew_10d"),
    contracts_used: used,
    warnings: [...warnings],
  };
}

const NO_METRICS = {
  atm_strike: null,
  atm_iv: null,
  atm_mark: null,
  straddle_mark: null,
  expected_move_pct: null,
  skew_25d_pp: null,
  skew_10d_pp: null,
  contracts_used: 0,
} as const;

/** Contracts with a vol or a mark. */
function countUsed({ n, iv, mark }: CompatExpiry): number {
  let used = 0;
  for (let i = 0; i < n; i++) if (iv[i]! > 0 || mark[i]! > 0) used++;
  return used;
}

function atTheMoney(
  { n, strike, put, iv, mark }: CompatExpiry,
  spot: number,
): { strike: number; iv: number; mark: number; straddle: number } {
  let at = Number.NaN;
  if (spot > 0) {
    let gap = Infinity;
    for (let i = 0; i < n; i++) {
      const g = Math.abs(strike[i]! - spot);
      if (g < gap) [at, gap] = [strike[i]!, g];
    }
  }
  const vols = new Mean();
  const sides = [new Mean(), new Mean()] as const;
  for (let i = 0; i < n; i++) {
    if (strike[i] !== at) continue;
    vols.add(iv[i]!);
    sides[put[i]! as 0 | 1].add(mark[i]!);
  }
  const [call, putMark] = [sides[0].value(), sides[1].value()];
  const both = new Mean();
  both.add(call);
  both.add(putMark);
  return { strike: at, iv: vols.value(), mark: both.value(), straddle: call + putMark };
}

/** Put vol less call vol in vol points, each of the contract whose delta is nearest to -/+ `target`; ties to the lower strike. */
function skew({ n, put, iv, delta }: CompatExpiry, target: number): number {
  const nearest = (side: number): number => {
    let at = -1;
    let gap = Infinity;
    for (let i = 0; i < n; i++) {
      if (put[i] !== side || !(iv[i]! > 0)) continue;
      const g = Math.abs(delta[i]! - (side === 1 ? -target : target));
      if (g < gap) [at, gap] = [i, g];
    }
    return at < 0 ? Number.NaN : iv[at]!;
  };
  return (nearest(1) - nearest(0)) * 100;
}

/** Mean of the numbers given, NaN passed over; NaN of none. */
class Mean {
  private sum = 0;
  private n = 0;
  add(x: number): void {
    if (x !== x) return;
    this.sum += x;
    this.n++;
  }
  value(): number {
    return this.n > 0 ? this.sum / this.n : Number.NaN;
  }
}

function bucketRows(
  keys: RowKeys,
  expiry: CompatExpiry | null,
  base: readonly string[],
  tenorWarnings: readonly string[],
  out: CompatBucketRow[],
): void {
  const shared = tenorWarnings.length === base.length ? base : null;
  const filled = shared ?? [...new Set([...base, ...tenorWarnings])];
  const empty = [...new Set([...base, "empty_bucket", ...tenorWarnings])];
  for (const side of [0, 1] as const) {
    DELTA_BUCKETS.forEach((bucket, b) => {
      const vols: number[] = [];
      for (let i = 0; i < (expiry?.n ?? 0); i++) {
        if (expiry!.put[i] !== side || !(expiry!.iv[i]! > 0)) continue;
        const d = Math.abs(expiry!.delta[i]!);
        if (d === d && bucketOf(d) === b) vols.push(expiry!.iv[i]!);
      }
      vols.sort((x, y) => x - y);
      const h = vols.length >> 1;
      out.push({
        ...keys,
        option_type: side === 0 ? "call" : "put",
        delta_bucket: bucket,
        avg_iv: vols.length > 0 ? vols.reduce((s, v) => s + v, 0) / vols.length : null,
        median_iv: vols.length === 0 ? null : vols.length % 2 ? vols[h]! : (vols[h - 1]! + vols[h]!) / 2,
        n_contracts: vols.length,
        warnings: vols.length > 0 ? filled : empty,
      });
    });
  }
}

const bucketOf = (d: number): number => (d < 0.2 ? 0 : d < 0.4 ? 1 : d < 0.6 ? 2 : d < 0.8 ? 3 : 4);
