/** The stored surface of the original system's kind: what its own day-over-day compares with. */
import type { CompatPrevious, CompatSurfaceResult } from "../../engines/surface/index.ts";
import type { SeriesOf } from "./past.ts";
import type { PlainRow } from "./values.ts";
import type { Warehouse } from "./warehouse.ts";

export interface CompatPast {
  readonly day: string;
  readonly tenor: readonly CompatPrevious<CompatSurfaceResult["tenor"][number]>[];
  readonly delta_buckets: readonly CompatPrevious<CompatSurfaceResult["delta_buckets"][number]>[];
}

const number = (v: unknown): number | null => (typeof v === "number" ? v : null);
const text = (v: unknown): string | null => (v === null || v === undefined ? null : String(v));

const tenorOf = (r: PlainRow): CompatPast["tenor"][number] => ({
  as_of: text(r["d"]),
  tenor_target_dte: number(r["tenor_target_dte"]),
  expiry: text(r["e"]),
  dte: number(r["dte"]),
  atm_iv: number(r["atm_iv"]),
  atm_mark: number(r["atm_mark"]),
  straddle_mark: number(r["straddle_mark"]),
  expected_move_pct: number(r["expected_move_pct"]),
  skew_25d_pp: number(r["skew_25d_pp"]),
  skew_10d_pp: number(r["skew_10d_pp"]),
  contracts_used: number(r["contracts_used"]),
});

const bucketOf = (r: PlainRow): CompatPast["delta_buckets"][number] => ({
  as_of: text(r["d"]),
  tenor_target_dte: number(r["tenor_target_dte"]),
  expiry: text(r["e"]),
  option_type: text(r["option_type"]) as "call" | "put" | null,
  delta_bucket: text(r["delta_bucket"]) as
    | CompatSurfaceResult["delta_buckets"][number]["delta_bucket"]
    | null,
  avg_iv: number(r["avg_iv"]),
  median_iv: number(r["median_iv"]),
  n_contracts: number(r["n_contracts"]),
});

/** Rows of the last day stored before `day`; null without one. @throws VoldeskError WH-006 without the tables. */
export async function storedCompat(w: Warehouse, of: SeriesOf, day: string): Promise<CompatPast | null> {
  const rows = (table: string): Promise<PlainRow[]> =>
    w.rows(
      `select * exclude (as_of, expiry), as_of::VARCHAR d, expiry::VARCHAR e from ${table} where symbol = ? and provider = ?
        and as_of = (select max(as_of) from iv_surface_tenor where symbol = ? and provider = ? and as_of < ?::DATE)
        order by all`,
      [of.symbol, of.provider, of.symbol, of.provider, day],
    );
  const tenor = await rows("iv_surface_tenor");
  const first = tenor[0];
  if (first === undefined) return null;
  const buckets = await rows("iv_surface_delta_buckets");
  return { day: String(first["d"]), tenor: tenor.map(tenorOf), delta_buckets: buckets.map(bucketOf) };
}
