import { isoDayNumber } from "../market/index.ts";
import type { SurfaceColumns, SurfaceExpiry } from "./types.ts";
import type { Warnings } from "./warnings.ts";

/** What is listed for one expiry: strikes ascending, and the row of each call and put, -1 where there is none. */
export interface Listing {
  readonly expiry: SurfaceExpiry;
  readonly strikes: Float64Array;
  readonly call: Int32Array;
  readonly put: Int32Array;
}

export interface Listings {
  /** By instant, then root. */
  readonly list: readonly Listing[];
  /** Of each row of the columns its place in `list`, -1 when it was refused. */
  readonly ofRow: Int32Array;
}

/** Sorts a chain into its live expiries as of `nowUs`. Of two rows of one contract the later stands. Refusals are counted. */
export function listings(columns: SurfaceColumns, nowUs: number, warnings: Warnings): Listings {
  const { n, expiries, expiry, strike, put } = columns;
  const live = liveExpiries(expiries, nowUs, warnings);
  const place = new Int32Array(expiries.length).fill(-1);
  const rows = live.map((): number[] => []);
  live.forEach((e, i) => {
    place[e] = i;
  });
  const ofRow = new Int32Array(n).fill(-1);
  const bad = { expiry: 0, strike: 0, type: 0 };
  for (let i = 0; i < n; i++) {
    const e = expiry[i]!;
    if (!(e >= 0 && e < expiries.length)) bad.expiry++;
    else if (!(strike[i]! > 0 && strike[i]! < Infinity)) bad.strike++;
    else if (put[i]! > 1) bad.type++;
    else if (place[e]! >= 0) {
      ofRow[i] = place[e]!;
      rows[place[e]!]!.push(i);
    }
  }
  warnings.add("invalid_expiry_dropped", bad.expiry);
  warnings.add("invalid_strike_dropped", bad.strike);
  warnings.add("invalid_option_type_dropped", bad.type);
  if (n === 0) warnings.add("empty_snapshot");
  else if (rows.every((r) => r.length === 0)) warnings.add("no_valid_contract_rows");
  return { list: live.map((e, i) => listing(expiries[e]!, rows[i]!, columns, ofRow, warnings)), ofRow };
}

function liveExpiries(expiries: readonly SurfaceExpiry[], nowUs: number, warnings: Warnings): number[] {
  const live: number[] = [];
  expiries.forEach((e, i) => {
    if (isoDayNumber(e.day) === null) warnings.add("invalid_expiry_day");
    else if (!Number.isFinite(e.expiryUs)) warnings.add("expiry_instant_unknown");
    else if (e.expiryUs <= nowUs) warnings.add("expired_expiry_excluded");
    else live.push(i);
  });
  return live.sort((a, b) => {
    const [x, y] = [expiries[a]!, expiries[b]!];
    return x.expiryUs - y.expiryUs || (x.root < y.root ? -1 : x.root > y.root ? 1 : a - b);
  });
}

function listing(
  expiry: SurfaceExpiry,
  rows: number[],
  { strike, put }: SurfaceColumns,
  ofRow: Int32Array,
  warnings: Warnings,
): Listing {
  rows.sort((a, b) => strike[a]! - strike[b]! || a - b);
  const strikes: number[] = [];
  const sides: [number[], number[]] = [[], []];
  for (const row of rows) {
    if (strikes.length === 0 || strike[row] !== strikes[strikes.length - 1]) {
      strikes.push(strike[row]!);
      sides[0].push(-1);
      sides[1].push(-1);
    }
    const column = sides[put[row]! as 0 | 1];
    const at = strikes.length - 1;
    if (column[at]! >= 0) {
      warnings.add("duplicate_contract_dropped");
      ofRow[column[at]!] = -1;
    }
    column[at] = row;
  }
  if (strikes.length === 1) warnings.add("single_strike");
  return {
    expiry,
    strikes: Float64Array.from(strikes),
    call: Int32Array.from(sides[0]),
    put: Int32Array.from(sides[1]),
  };
}
