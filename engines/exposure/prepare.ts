import { isoDayNumber } from "../market/index.ts";
import type { ExposureColumns, ExposureExpiry } from "./types.ts";
import type { Warnings } from "./warnings.ts";

const YEAR_US = 365 * 86_400e6;
/** Above this median a vol column is taken for percent. */
const PERCENT_MEDIAN = 3;
/** A single vol above this is no vol. */
const IV_CAP = 20;

/** A chain cleaned and sorted by expiry, strike, call before put. Live expiries only. NaN is unknown. */
export interface PreparedChain {
  readonly n: number;
  /** Sorted by day, instant, root. */
  readonly expiries: readonly ExposureExpiry[];
  /** Rows of expiry e are start[e] .. start[e + 1] - 1. */
  readonly start: Int32Array;
  /** ACT/365F years to expiry, NaN when the instant is unknown. */
  readonly years: Float64Array;
  readonly expiry: Int32Array;
  readonly strike: Float64Array;
  readonly put: Uint8Array;
  readonly openInterest: Float64Array;
  readonly multiplier: Float64Array;
  readonly iv: Float64Array;
  readonly gamma: Float64Array;
  readonly delta: Float64Array;
  readonly vanna: Float64Array;
  readonly charm: Float64Array;
  readonly flow: Float64Array;
}

/**
 * Checks, cleans and sorts a chain as of `nowUs`. Refused rows and unusable values are counted in `warnings`; nothing throws.
 * Of two rows of one contract the later row of the input stands.
 */
export function prepareChain(input: ExposureColumns, nowUs: number, warnings: Warnings): PreparedChain {
  const { rank, expiries } = liveExpiries(input.expiries, nowUs, warnings);
  const order = sortedRows(input, rank, expiries.length, warnings);
  const n = order.length;
  const chain = {
    n,
    expiries,
    start: new Int32Array(expiries.length + 1),
    years: Float64Array.from(expiries, (e) => (e.expiryUs - nowUs) / YEAR_US),
    expiry: new Int32Array(n),
    strike: new Float64Array(n),
    put: new Uint8Array(n),
    openInterest: new Float64Array(n),
    multiplier: new Float64Array(n),
    iv: new Float64Array(n),
    gamma: new Float64Array(n),
    delta: pick(input.delta, order),
    vanna: pick(input.vanna, order),
    charm: pick(input.charm, order),
    flow: pick(input.flow, order),
  };
  const percent = looksLikePercent(input, warnings);
  let noOi = 0;
  let negativeOi = 0;
  let noMultiplier = 0;
  let badIv = 0;
  let badGamma = 0;
  for (let k = 0; k < n; k++) {
    const i = order[k]!;
    const e = rank[input.expiry[i]!]!;
    chain.start[e + 1]!++;
    chain.expiry[k] = e;
    chain.strike[k] = input.strike[i]!;
    chain.put[k] = input.put[i]!;
    let oi = input.openInterest[i]!;
    if (oi < 0) {
      negativeOi++;
      oi = Number.NaN;
    } else if (!(oi < Number.POSITIVE_INFINITY)) {
      noOi++;
      oi = Number.NaN;
    }
    chain.openInterest[k] = oi;
    const multiplier = input.multiplier[i]!;
    if (multiplier > 0 && multiplier < Number.POSITIVE_INFINITY) chain.multiplier[k] = multiplier;
    else {
      noMultiplier++;
      chain.multiplier[k] = Number.NaN;
    }
    const iv = input.iv[i]!;
    if (iv > IV_CAP && !percent) badIv++;
    chain.iv[k] = iv > 0 && iv <= IV_CAP && !percent ? iv : Number.NaN;
    const gamma = input.gamma ? input.gamma[i]! : Number.NaN;
    if (gamma < 0) badGamma++;
    chain.gamma[k] = gamma >= 0 ? gamma : Number.NaN;
  }
  for (let e = 0; e < expiries.length; e++) chain.start[e + 1]! += chain.start[e]!;
  warnings.add("missing_open_interest", noOi);
  warnings.add("negative_open_interest", negativeOi);
  warnings.add("missing_multiplier", noMultiplier);
  warnings.add("iv_out_of_range", badIv);
  warnings.add("negative_gamma", badGamma);
  if (n === 0) warnings.add(input.n === 0 ? "empty_snapshot" : "no_valid_contract_rows");
  else if (expiries.length > 0 && chain.strike[0] === chain.strike[n - 1] && singleStrike(chain.strike, n))
    warnings.add("single_strike");
  return chain;
}

function singleStrike(strike: Float64Array, n: number): boolean {
  for (let k = 1; k < n; k++) if (strike[k] !== strike[0]) return false;
  return true;
}

function pick(column: Float64Array | undefined, order: Int32Array): Float64Array {
  const out = new Float64Array(order.length);
  if (!column) return out.fill(Number.NaN);
  for (let k = 0; k < order.length; k++) out[k] = column[order[k]!]!;
  return out;
}

const EXPIRED = -1;
const UNREADABLE = -2;

/** Sorted live expiries, and for each expiry of the input its place among them. */
function liveExpiries(
  input: readonly ExposureExpiry[],
  nowUs: number,
  warnings: Warnings,
): { rank: Int32Array; expiries: ExposureExpiry[] } {
  const rank = new Int32Array(input.length).fill(UNREADABLE);
  const live: number[] = [];
  input.forEach((e, i) => {
    if (isoDayNumber(e.day) === null) return;
    rank[i] = EXPIRED;
    if (Number.isNaN(e.expiryUs)) warnings.add("expiry_instant_unknown");
    else if (e.expiryUs <= nowUs) return warnings.add("expired_expiry_excluded");
    if (!(e.forward > 0) || !(e.df > 0)) warnings.add("carry_assumed_flat");
    live.push(i);
  });
  live.sort((a, b) => compareExpiries(input[a]!, input[b]!) || a - b);
  live.forEach((i, place) => {
    rank[i] = place;
  });
  return { rank, expiries: live.map((i) => input[i]!) };
}

function compareExpiries(a: ExposureExpiry, b: ExposureExpiry): number {
  if (a.day !== b.day) return a.day < b.day ? -1 : 1;
  if (a.expiryUs !== b.expiryUs && !Number.isNaN(a.expiryUs - b.expiryUs)) return a.expiryUs - b.expiryUs;
  return a.root < b.root ? -1 : a.root > b.root ? 1 : 0;
}

/** Valid rows in order of expiry, strike, type; of equal contracts the last row of the input. */
function sortedRows(
  input: ExposureColumns,
  rank: Int32Array,
  groups: number,
  warnings: Warnings,
): Int32Array {
  const { n, expiry, strike, put } = input;
  const fill = new Int32Array(groups + 1);
  const group = new Int32Array(n);
  let badExpiry = 0;
  let badStrike = 0;
  let badType = 0;
  for (let i = 0; i < n; i++) {
    const e = expiry[i]!;
    let g = e >= 0 && e < rank.length ? rank[e]! : UNREADABLE;
    if (g === UNREADABLE) badExpiry++;
    else if (!(strike[i]! > 0 && strike[i]! < Number.POSITIVE_INFINITY)) {
      badStrike++;
      g = UNREADABLE;
    } else if (put[i]! > 1) {
      badType++;
      g = UNREADABLE;
    }
    group[i] = g;
    if (g >= 0) fill[g + 1]!++;
  }
  warnings.add("invalid_expiry_dropped", badExpiry);
  warnings.add("invalid_strike_dropped", badStrike);
  warnings.add("invalid_option_type_dropped", badType);
  for (let g = 0; g < groups; g++) fill[g + 1]! += fill[g]!;
  const total = fill[groups]!;
  const order = new Int32Array(total);
  const start = fill.slice();
  for (let i = 0; i < n; i++) {
    const g = group[i]!;
    if (g >= 0) order[fill[g]!++] = i;
  }
  const compare = (a: number, b: number): number => strike[a]! - strike[b]! || put[a]! - put[b]! || a - b;
  for (let g = 0; g < groups; g++) {
    const part = order.subarray(start[g]!, start[g + 1]!);
    for (let k = 1; k < part.length; k++) {
      if (compare(part[k - 1]!, part[k]!) > 0) {
        part.sort(compare);
        break;
      }
    }
  }
  let kept = 0;
  for (let k = 0; k < total; k++) {
    const a = order[k]!;
    const b = order[k + 1];
    const same = b !== undefined && group[a] === group[b] && strike[a] === strike[b] && put[a] === put[b];
    if (!same) order[kept++] = a;
  }
  warnings.add("duplicate_contract_kept_last", total - kept);
  return order.subarray(0, kept);
}

/** A vol column whose median is above 300 % is percent where a fraction is due: none of it is used. */
function looksLikePercent(input: ExposureColumns, warnings: Warnings): boolean {
  const known = input.iv.subarray(0, input.n).filter((v) => v > 0);
  if (known.length === 0) return false;
  let above = 0;
  for (const v of known) if (v > PERCENT_MEDIAN) above++;
  if (above * 2 <= known.length) return false;
  warnings.add("iv_looks_like_percent");
  return true;
}
