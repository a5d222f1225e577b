import type { RowGreeks } from "./greeks.ts";
import type { PreparedChain } from "./prepare.ts";
import {
  type Coverage,
  type ExposureTable,
  MEASURES,
  type Measure,
  type SideColumns,
  type SideTotals,
  type SignConvention,
  type Wall,
} from "./types.ts";

/** Signed contracts the dealers are assumed to hold in each row; NaN unknown. */
export function dealerContracts(chain: PreparedChain, convention: SignConvention): Float64Array {
  const out = new Float64Array(chain.n);
  const call = convention === "shortAll" ? -1 : 1;
  const put = convention === "longAll" ? 1 : -1;
  for (let k = 0; k < chain.n; k++) {
    if (convention === "customerFlow") out[k] = -chain.flow[k]!;
    else out[k] = chain.openInterest[k]! * (chain.put[k] === 1 ? put : call);
  }
  return out;
}

/**
 * Dollar exposures of each row, per share Greek x signed contracts x multiplier x:
 * gamma S^2 x 0.01, vanna S x 0.01, charm S / 365, delta S. See MEASURE_UNITS.
 */
export function rowExposures(
  chain: PreparedChain,
  contracts: Float64Array,
  greeks: RowGreeks,
  spot: number,
): Readonly<Record<Measure, Float64Array>> {
  const one = (raw: Float64Array, factor: number): Float64Array => {
    const out = new Float64Array(chain.n);
    for (let k = 0; k < chain.n; k++) {
      const size = contracts[k]!;
      // Nothing held is no exposure, whatever the Greek; an unknown multiplier stays unknown.
      out[k] =
        size === 0 && !Number.isNaN(factor)
          ? chain.multiplier[k]! * 0
          : size * chain.multiplier[k]! * raw[k]! * factor;
    }
    return out;
  };
  const s = spot > 0 ? spot : Number.NaN;
  return {
    gamma: one(greeks.gamma, s * s * 0.01),
    vanna: one(greeks.vanna, s * 0.01),
    charm: one(greeks.charm, s / 365),
    delta: one(greeks.delta, s),
  };
}

const nan = (n: number): Float64Array => new Float64Array(n).fill(Number.NaN);

function emptyTable(n: number): ExposureTable & { n: number } {
  const sides = (): SideColumns => ({ call: nan(n), put: nan(n), net: nan(n) });
  return {
    n,
    expiry: new Int32Array(n).fill(-1),
    strike: new Float64Array(n),
    callOi: nan(n),
    putOi: nan(n),
    measures: { gamma: sides(), vanna: sides(), charm: sides(), delta: sides() },
    partial: new Uint8Array(n),
  };
}

/** Adds `value` to `column[r]`, where NaN is "nothing yet" and an unknown value adds nothing. */
function accumulate(column: Float64Array, r: number, value: number): void {
  if (Number.isNaN(value)) return;
  const old = column[r]!;
  column[r] = Number.isNaN(old) ? value : old + value;
}

/** By (expiry, strike): call and put rows of the chain joined. */
export function strikeTable(
  chain: PreparedChain,
  contracts: Float64Array,
  exposures: Readonly<Record<Measure, Float64Array>>,
): ExposureTable {
  const at = new Int32Array(chain.n);
  let rows = 0;
  for (let k = 0; k < chain.n; k++) {
    const same = k > 0 && chain.expiry[k] === chain.expiry[k - 1] && chain.strike[k] === chain.strike[k - 1];
    if (!same) rows++;
    at[k] = rows - 1;
  }
  const table = emptyTable(rows);
  for (let k = 0; k < chain.n; k++) {
    const r = at[k]!;
    const put = chain.put[k] === 1;
    table.expiry[r] = chain.expiry[k]!;
    table.strike[r] = chain.strike[k]!;
    accumulate(put ? table.putOi : table.callOi, r, chain.openInterest[k]!);
    let known = false;
    for (const m of MEASURES) {
      const value = exposures[m][k]!;
      if (Number.isNaN(value)) continue;
      known = true;
      const columns = table.measures[m];
      accumulate(put ? columns.put : columns.call, r, value);
      accumulate(columns.net, r, value);
    }
    if (Number.isNaN(contracts[k]!)) table.partial[r]! |= 1;
    else if (!known) table.partial[r]! |= 2;
  }
  return table;
}

/** Strikes of a table, ascending and distinct, and each row's place among them. */
export interface StrikeIndex {
  readonly strikes: Float64Array;
  readonly at: Int32Array;
}

export function strikeIndex(table: ExposureTable): StrikeIndex {
  const strikes = Float64Array.from(new Set(table.strike)).sort((a, b) => a - b);
  const place = new Map<number, number>();
  strikes.forEach((k, i) => place.set(k, i));
  return { strikes, at: Int32Array.from(table.strike, (k) => place.get(k)!) };
}

/** By strike, summed over the expiries for which `included` is 1. */
export function ladderOf(table: ExposureTable, included: Uint8Array, index: StrikeIndex): ExposureTable {
  const place = new Int32Array(index.strikes.length).fill(-1);
  for (let r = 0; r < table.n; r++) if (included[table.expiry[r]!] === 1) place[index.at[r]!] = 0;
  let n = 0;
  for (let i = 0; i < place.length; i++) if (place[i] === 0) place[i] = n++;
  const out = emptyTable(n);
  for (let i = 0; i < place.length; i++) if (place[i]! >= 0) out.strike[place[i]!] = index.strikes[i]!;
  for (let r = 0; r < table.n; r++) {
    if (included[table.expiry[r]!] !== 1) continue;
    const p = place[index.at[r]!]!;
    accumulate(out.callOi, p, table.callOi[r]!);
    accumulate(out.putOi, p, table.putOi[r]!);
    out.partial[p]! |= table.partial[r]!;
    for (const m of MEASURES) {
      const from = table.measures[m];
      const to = out.measures[m];
      accumulate(to.call, p, from.call[r]!);
      accumulate(to.put, p, from.put[r]!);
      accumulate(to.net, p, from.net[r]!);
    }
  }
  return out;
}

/** Sums of a column set, null where nothing is known. */
export function totalsOf(columns: SideColumns): SideTotals {
  return { call: sumKnown(columns.call), put: sumKnown(columns.put), net: sumKnown(columns.net) };
}

function sumKnown(column: Float64Array): number | null {
  let sum = 0;
  let known = false;
  for (let i = 0; i < column.length; i++) {
    const v = column[i]!;
    if (Number.isNaN(v)) continue;
    known = true;
    sum += v;
  }
  return known ? sum : null;
}

/** Among strikes that `where` takes, the one of the greatest |value|, ties to the lower; null when nothing there is nonzero. */
export function wallOf(
  strike: Float64Array,
  value: Float64Array,
  where: (strike: number) => boolean = () => true,
): Wall | null {
  let best = -1;
  for (let i = 0; i < value.length; i++) {
    const v = Math.abs(value[i]!);
    if (v > 0 && where(strike[i]!) && (best < 0 || v > Math.abs(value[best]!))) best = i;
  }
  return best < 0 ? null : { strike: strike[best]!, value: value[best]! };
}

/** The `n` strikes of the greatest |net|, greatest first, ties to the lower strike. */
export function topLevels(strike: Float64Array, net: Float64Array, n: number): Wall[] {
  const order: number[] = [];
  for (let i = 0; i < net.length; i++) if (!Number.isNaN(net[i]!)) order.push(i);
  order.sort((a, b) => Math.abs(net[b]!) - Math.abs(net[a]!) || strike[a]! - strike[b]!);
  return order.slice(0, n).map((i) => ({ strike: strike[i]!, value: net[i]! }));
}

/**
 * Walks the strikes upwards and returns the first at which the running sum of net exposure is zero or has changed sign.
 * `ignoreLeadingZeros` skips strikes before the first nonzero net; without it a zero at the lowest strike is itself the flip.
 */
export function flipStrike(
  strike: ArrayLike<number>,
  net: ArrayLike<number>,
  ignoreLeadingZeros: boolean,
): number | null {
  let sum = 0;
  let started = false;
  for (let i = 0; i < strike.length; i++) {
    const v = net[i]!;
    if (Number.isNaN(v) || (!started && ignoreLeadingZeros && v === 0)) continue;
    const before = sum;
    sum += v;
    if (sum === 0 || (started && before * sum < 0)) return strike[i]!;
    started = true;
  }
  return null;
}

/** How much of the slice's open interest the figures stand on. */
export function coverageOf(chain: PreparedChain, greeks: RowGreeks, included: Uint8Array): Coverage {
  let contracts = 0;
  let withOi = 0;
  let oi = 0;
  let known = 0;
  let computed = 0;
  let repriced = 0;
  let vendorZero = 0;
  for (let k = 0; k < chain.n; k++) {
    if (included[chain.expiry[k]!] !== 1) continue;
    contracts++;
    const w = chain.openInterest[k]!;
    if (Number.isNaN(w)) continue;
    withOi++;
    oi += w;
    if (!Number.isNaN(greeks.gamma[k]!)) known += w;
    if (greeks.source[k] === 1) computed += w;
    if (!Number.isNaN(chain.iv[k]!) && chain.years[chain.expiry[k]!]! > 0) repriced += w;
    else if (greeks.source[k] === 2 && greeks.gamma[k] === 0) vendorZero += w;
  }
  const share = (x: number): number | null => (oi > 0 ? x / oi : null);
  return {
    contracts,
    withOpenInterest: withOi,
    openInterest: oi,
    gammaKnown: share(known),
    gammaComputed: share(computed),
    repriced: share(repriced),
    vendorZero: share(vendorZero),
  };
}
