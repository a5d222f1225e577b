import { isoDayNumber } from "../market/index.ts";
import { isThirdFriday } from "./days.ts";
import { flipStrike } from "./table.ts";

/** One row of a chain snapshot as the original system reads it. */
export interface CompatExposureRow {
  readonly expiry: string | null;
  readonly optionType: string | null;
  readonly strike: number | null;
  readonly bs_gamma: number | null;
  readonly openInterest: number | null;
}
export interface CompatExposureInput {
  readonly symbol: string;
  readonly as_of: string;
  readonly spot: number | null;
  readonly mode: "near" | "monthly" | "all";
  readonly include_expiries: readonly string[] | null;
  readonly near_n: number;
  readonly top_n: number;
  readonly snapshot: readonly CompatExposureRow[];
}
export interface CompatStrikeRow {
  readonly symbol: string;
  readonly as_of: string;
  readonly expiry: string;
  readonly strike: number;
  readonly call_oi: number;
  readonly put_oi: number;
  readonly call_gex: number | null;
  readonly put_gex: number | null;
  readonly net_gex: number | null;
}
export interface CompatExposureSlice {
  readonly schema_version: 1;
  readonly signed_exposure_convention: "calls_positive_puts_negative";
  readonly symbol: string;
  readonly as_of: string;
  readonly spot: number | null;
  readonly mode: string;
  readonly available_expiries: readonly string[];
  readonly included_expiries: readonly string[];
  readonly strike_rows: readonly CompatStrikeRow[];
  readonly summary: {
    readonly symbol: string;
    readonly as_of: string;
    readonly spot: number | null;
    readonly flip_strike: number | null;
    readonly total_call_gex: number | null;
    readonly total_put_gex: number | null;
    readonly total_net_gex: number | null;
    readonly warnings: readonly string[];
  };
  readonly top_abs_net_levels: readonly {
    readonly strike: number;
    readonly net_gex: number;
    readonly abs_net_gex: number;
  }[];
}

interface CleanRow {
  readonly expiry: string;
  readonly put: boolean;
  readonly strike: number;
  readonly gamma: number;
  readonly oi: number;
}

/** The flip strike of a ladder `[strike, net][]` as the original computes it: a zero at the lowest strike is the flip. */
export function flipStrikeCompat(netByStrike: readonly (readonly [number, number])[]): number | null {
  const rows = [...netByStrike].sort((a, b) => a[0] - b[0]);
  return flipStrike(
    rows.map((r) => r[0]),
    rows.map((r) => r[1]),
    false,
  );
}

/**
 * Compatibility mode: gamma exposure as the original system computes it, known mistakes included. GEX = gamma x OI x spot^2 x 0.01 x
 * 100 with a fixed multiplier, calls positive and puts negative, missing or negative OI and missing gamma counted as 0 with a warning,
 * monthly = Fridays of the 15th to the 21st.
 */
export function exposureSliceCompat(input: CompatExposureInput): CompatExposureSlice {
  const warnings = new Set<string>();
  const clean = cleanRows(input.snapshot, warnings);
  const available = [...new Set(clean.map((r) => r.expiry))].sort(byText);
  const included = includedExpiries(available, input, warnings);
  if (input.snapshot.length === 0) warnings.add("empty_snapshot");
  else if (clean.length === 0) warnings.add("no_valid_contract_rows");
  else if (included.length === 0) warnings.add("no_expiries_selected");
  const spot = input.spot ?? Number.NaN;
  const priced = spot > 0;
  if (!priced) warnings.add("non_positive_spot");
  const symbol = input.symbol.trim().toUpperCase();
  const rows = strikeRows(clean, new Set(included), spot, { symbol, as_of: input.as_of });
  const total = (pick: (r: CompatStrikeRow) => number | null): number | null =>
    priced ? rows.reduce((sum, r) => sum + (pick(r) ?? 0), 0) : null;
  const ladder = new Map<number, number>();
  if (priced) for (const r of rows) ladder.set(r.strike, (ladder.get(r.strike) ?? 0) + (r.net_gex ?? 0));
  const levels = [...ladder].sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]) || a[0] - b[0]);
  const head = { symbol, as_of: input.as_of, spot: input.spot };
  return {
    schema_version: 1,
    signed_exposure_convention: "calls_positive_puts_negative",
    ...head,
    mode: input.mode,
    available_expiries: available,
    included_expiries: included,
    strike_rows: rows,
    summary: {
      ...head,
      flip_strike: flipStrikeCompat([...ladder]),
      total_call_gex: total((r) => r.call_gex),
      total_put_gex: total((r) => r.put_gex),
      total_net_gex: total((r) => r.net_gex),
      warnings: [...warnings].sort(byText),
    },
    top_abs_net_levels: levels
      .slice(0, input.top_n)
      .map(([strike, net]) => ({ strike, net_gex: net, abs_net_gex: Math.abs(net) })),
  };
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const isNumber = (x: number | null): x is number => x !== null && Number.isFinite(x);

function cleanRows(snapshot: readonly CompatExposureRow[], warnings: Set<string>): CleanRow[] {
  const out: CleanRow[] = [];
  for (const row of snapshot) {
    const type = row.optionType?.trim().toLowerCase() ?? "";
    const call = type === "call" || type === "c";
    if (row.expiry === null || isoDayNumber(row.expiry) === null) warnings.add("invalid_expiry_dropped");
    else if (!isNumber(row.strike)) warnings.add("invalid_strike_dropped");
    else if (!call && type !== "put" && type !== "p") warnings.add("invalid_option_type_dropped");
    else {
      if (!isNumber(row.openInterest)) warnings.add("missing_open_interest_filled_zero");
      else if (row.openInterest < 0) warnings.add("negative_open_interest_clamped_to_zero");
      if (!isNumber(row.bs_gamma)) warnings.add("missing_gamma_filled_zero");
      out.push({
        expiry: row.expiry,
        put: !call,
        strike: row.strike,
        gamma: isNumber(row.bs_gamma) ? row.bs_gamma : 0,
        oi: isNumber(row.openInterest) ? Math.max(0, row.openInterest) : 0,
      });
    }
  }
  return out;
}

function includedExpiries(
  available: readonly string[],
  input: CompatExposureInput,
  warnings: Set<string>,
): string[] {
  if (input.include_expiries !== null && input.include_expiries.length > 0) {
    const wanted = new Set(input.include_expiries.filter((d) => isoDayNumber(d) !== null));
    if (wanted.size < new Set(input.include_expiries).size) warnings.add("invalid_include_expiry_ignored");
    return available.filter((d) => wanted.has(d));
  }
  if (input.mode === "near") return available.slice(0, Math.max(0, input.near_n));
  if (input.mode === "monthly") return available.filter(isThirdFriday);
  return [...available];
}

function strikeRows(
  clean: readonly CleanRow[],
  included: ReadonlySet<string>,
  spot: number,
  head: { readonly symbol: string; readonly as_of: string },
): CompatStrikeRow[] {
  const cells = new Map<string, { expiry: string; strike: number; oi: number[]; gex: number[] }>();
  for (const row of clean) {
    if (!included.has(row.expiry)) continue;
    const key = `${row.expiry}/${row.strike}`;
    let cell = cells.get(key);
    if (!cell) cells.set(key, (cell = { expiry: row.expiry, strike: row.strike, oi: [0, 0], gex: [0, 0] }));
    const side = row.put ? 1 : 0;
    cell.oi[side]! += row.oi;
    cell.gex[side]! += row.gamma * row.oi * spot ** 2 * 0.01 * 100;
  }
  return [...cells.values()]
    .sort((a, b) => byText(a.expiry, b.expiry) || a.strike - b.strike)
    .map(({ expiry, strike, oi, gex }) => {
      const [call, put] = spot > 0 ? [gex[0]!, gex[1]!] : [null, null];
      return {
        ...head,
        expiry,
        strike,
        call_oi: oi[0]!,
        put_oi: oi[1]!,
        call_gex: call,
        put_gex: put,
        net_gex: call === null || put === null ? null : call - put,
      };
    });
}
