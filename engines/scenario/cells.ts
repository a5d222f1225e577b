import { americanPrice, bsmPrice } from "../pricing/index.ts";
import { erfcx } from "../stats/index.ts";
import { MIN_SIGMA } from "./dynamics.ts";
import {
  EXERCISE,
  NO_TABLE,
  type PremiumTable,
  premiumTable,
  TABLE_SIGMA,
  tablePremium,
} from "./premium-table.ts";

/** What the contracts of one expiry share at each day of the axis. Years, rates continuous per year. */
export interface ExpiryTerms {
  readonly S: number;
  readonly r: number;
  readonly q: number;
  /** Years left, by day; 0 once expired. */
  readonly T: Float64Array;
}

/** Contracts of one expiry: sign, strike, American, and their vols, one row of spots x vols each. */
export interface ContractRows {
  readonly n: number;
  readonly w: Int8Array;
  readonly K: Float64Array;
  readonly american: Uint8Array;
  /** Premium paid in the coin: value is divided by the scenario's spot. */
  readonly inverse: boolean;
  readonly sigma: Float64Array;
}

interface DayTerms {
  readonly sqrtT: Float64Array;
  readonly dq: Float64Array;
  readonly df: Float64Array;
}

const SQRT1_2 = Math.SQRT1_2;

/** w(A Φ(w d1) − B Φ(w d2)) with x = ln(A/B), v = σ√T: Black-Scholes on discounted forward and strike, as in pricing's bsm. */
function european(w: number, A: number, B: number, x: number, v: number): number {
  const d1 = x / v + 0.5 * v;
  const half = 0.5 * d1 * d1;
  if (!(half < 600)) return bsmPrice(w, A, B, 1, 0, 0, v);
  const d2 = d1 - v;
  const e = Math.exp(-half);
  const t1 = 0.5 * e * erfcx(Math.abs(d1) * SQRT1_2);
  const t2 = 0.5 * e * (A / B) * erfcx(Math.abs(d2) * SQRT1_2);
  const side = x <= 0 ? 1 : -1;
  const otm = side * (A * (side * d1 > 0 ? 1 - t1 : t1) - B * (side * d2 > 0 ? 1 - t2 : t2));
  const price = otm > 0 ? otm : 0;
  return w === side ? price : price + w * (A - B);
}

/**
 * Model value per unit of underlying of every contract in every cell, into `out` from `at`: contract-major, then spot, vol, day. `factors` are spots
 * over the present spot. American contracts add the early-exercise premium of one table per day and side. Expired cells are intrinsic.
 */
export function priceCells(
  terms: ExpiryTerms,
  rows: ContractRows,
  factors: Float64Array,
  nVol: number,
  out: Float64Array,
  at: number,
): void {
  const { r, q, T, S } = terms;
  const nDays = T.length;
  const day: DayTerms = {
    sqrtT: T.map(Math.sqrt),
    dq: T.map((t) => Math.exp(-q * t)),
    df: T.map((t) => Math.exp(-r * t)),
  };
  const puts = tablesOf(terms, rows, -1);
  const calls = tablesOf(terms, rows, 1);
  const perSpot = rows.sigma.length / rows.n;
  let cell = at;
  for (let i = 0; i < rows.n; i++) {
    const w = rows.w[i] as number;
    const K = rows.K[i] as number;
    const american = rows.american[i] === 1;
    const tables = w < 0 ? puts : calls;
    for (let s = 0; s < factors.length; s++) {
      const spot = S * (factors[s] as number);
      const lnX0 = Math.log(spot / K);
      const scale = rows.inverse ? 1 / spot : 1;
      const intrinsic = Math.max(w * (spot - K), 0);
      for (let v = 0; v < nVol; v++) {
        const sigma = rows.sigma[i * perSpot + s * nVol + v] as number;
        const lnSigma = american ? Math.log(sigma) : 0;
        for (let d = 0; d < nDays; d++) {
          const t = T[d] as number;
          let value = intrinsic;
          if (t > 0) {
            const A = spot * (day.dq[d] as number);
            const B = K * (day.df[d] as number);
            const table = american ? tables[d] : undefined;
            if (table !== undefined && (table.kind === "direct" || sigma < TABLE_SIGMA)) {
              value = americanPrice(w, spot, K, t, r, q, sigma <= MIN_SIGMA ? 0 : sigma);
            } else {
              value = european(w, A, B, lnX0 + (r - q) * t, sigma * (day.sqrtT[d] as number));
              if (table !== undefined) {
                if (table.kind === "table") {
                  const e = tablePremium(table, w < 0 ? lnX0 : -lnX0, sigma, lnSigma);
                  value = e === EXERCISE ? intrinsic : value + (w < 0 ? K : spot) * e;
                }
                if (value < intrinsic) value = intrinsic;
              }
            }
          }
          out[cell++] = value * scale;
        }
      }
    }
  }
}

/** A table per day over the vols that the American contracts of one side will ask for; none where there are no such contracts. */
function tablesOf(terms: ExpiryTerms, rows: ContractRows, w: 1 | -1): readonly PremiumTable[] {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  const per = rows.sigma.length / rows.n;
  for (let i = 0; i < rows.n; i++) {
    if (rows.american[i] !== 1 || rows.w[i] !== w) continue;
    for (let k = i * per; k < (i + 1) * per; k++) {
      const sigma = rows.sigma[k] as number;
      if (sigma < low) low = sigma;
      if (sigma > high) high = sigma;
    }
  }
  if (high === 0) return [];
  const top = Math.max(high, TABLE_SIGMA * 1.01);
  return Array.from(terms.T, (t) => {
    const [r, q] = w < 0 ? [terms.r, terms.q] : [terms.q, terms.r];
    return t > 0 ? premiumTable(t, r, q, low, top) : NO_TABLE;
  });
}
