import type { CompatBucketRow, CompatPrevious, CompatTenorRow } from "./compat-rows.ts";
import type { DeltaBucket } from "./types.ts";

export interface CompatTenorChange {
  readonly symbol: string;
  readonly as_of: string;
  readonly tenor_target_dte: number;
  readonly expiry: string | null;
  readonly dte: number | null;
  readonly atm_iv_change_pp: number | null;
  readonly atm_mark_change: number | null;
  readonly straddle_mark_change: number | null;
  readonly expected_move_pct_change_pp: number | null;
  readonly skew_25d_pp_change: number | null;
  readonly skew_10d_pp_change: number | null;
  readonly contracts_used_change: number | null;
  readonly warnings: readonly string[];
}
export interface CompatBucketChange {
  readonly symbol: string;
  readonly as_of: string;
  readonly tenor_target_dte: number;
  readonly expiry: string | null;
  readonly option_type: "call" | "put";
  readonly delta_bucket: DeltaBucket;
  readonly avg_iv_change_pp: number | null;
  readonly median_iv_change_pp: number | null;
  readonly n_contracts_change: number | null;
  readonly warnings: readonly string[];
}

type Maybe = number | null | undefined;
const change = (now: Maybe, then: Maybe, scale = 1): number | null =>
  typeof now === "number" && typeof then === "number" ? (now - then) * scale : null;

/**
 * Today's tenor rows less yesterday's, joined on the tenor target: vols and expected move in points, the rest plain. What compares
 * may be two expiries: when the nearest one rolls, roll shows as change. No previous table: no rows.
 */
export function compatTenorChanges(
  today: readonly CompatTenorRow[],
  previous: readonly CompatPrevious<CompatTenorRow>[],
  warnings: Set<string>,
): CompatTenorChange[] {
  if (previous.length === 0) return [];
  const then = byKey(previous, (r) => keyOf(r.tenor_target_dte), "previous_tenor_missing_key", warnings);
  return today.map((now) => {
    const was = then.get(String(now.tenor_target_dte));
    return {
      symbol: now.symbol,
      as_of: now.as_of,
      tenor_target_dte: now.tenor_target_dte,
      expiry: now.expiry,
      dte: now.dte,
      atm_iv_change_pp: change(now.atm_iv, was?.atm_iv, 100),
      atm_mark_change: change(now.atm_mark, was?.atm_mark),
      straddle_mark_change: change(now.straddle_mark, was?.straddle_mark),
      expected_move_pct_change_pp: change(now.expected_move_pct, was?.expected_move_pct, 100),
      skew_25d_pp_change: change(now.skew_25d_pp, was?.skew_25d_pp),
      skew_10d_pp_change: change(now.skew_10d_pp, was?.skew_10d_pp),
      contracts_used_change: change(now.contracts_used, was?.contracts_used),
      warnings: was ? now.warnings : [...now.warnings, "missing_previous_row"],
    };
  });
}

/** The same for buckets, joined on tenor target, type and bucket. */
export function bucketChanges(
  today: readonly CompatBucketRow[],
  previous: readonly CompatPrevious<CompatBucketRow>[],
  warnings: Set<string>,
): CompatBucketChange[] {
  if (previous.length === 0) return [];
  const then = byKey(
    previous,
    (r) => keyOf(r.tenor_target_dte, r.option_type, r.delta_bucket),
    "previous_delta_buckets_missing_key",
    warnings,
  );
  return today.map((now) => {
    const was = then.get(`${now.tenor_target_dte}/${now.option_type}/${now.delta_bucket}`);
    return {
      symbol: now.symbol,
      as_of: now.as_of,
      tenor_target_dte: now.tenor_target_dte,
      expiry: now.expiry,
      option_type: now.option_type,
      delta_bucket: now.delta_bucket,
      avg_iv_change_pp: change(now.avg_iv, was?.avg_iv, 100),
      median_iv_change_pp: change(now.median_iv, was?.median_iv, 100),
      n_contracts_change: change(now.n_contracts, was?.n_contracts),
      warnings: was ? now.warnings : [...now.warnings, "missing_previous_row"],
    };
  });
}

const keyOf = (...parts: readonly (string | number | null | undefined)[]): string | null =>
  parts.some((p) => p === null || p === undefined) ? null : parts.join("/");

/** Rows by key; of several the last by (as-of day, expiry). */
function byKey<Row extends { readonly as_of?: string | null; readonly expiry?: string | null }>(
  rows: readonly Row[],
  key: (row: Row) => string | null,
  warning: string,
  warnings: Set<string>,
): Map<string, Row> {
  const sortKey = (r: Row): string => `${r.as_of ?? ""}/${r.expiry ?? ""}`;
  const out = new Map<string, Row>();
  for (const row of rows) {
    const k = key(row);
    if (k === null) {
      warnings.add(warning);
      continue;
    }
    const other = out.get(k);
    if (!other || sortKey(row) >= sortKey(other)) out.set(k, row);
  }
  return out;
}
