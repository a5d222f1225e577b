import { erfcx } from "../stats/index.ts";
import { bsmGreeks } from "./bsm.ts";
import { IvCode, totalVolAt } from "./iv.ts";
import { emptyGreeks, GREEKS, type GreekColumns } from "./types.ts";

/**
 * Columnar Black-Scholes-Merton over one expiry: what is common (discounting, √T, the forward) is computed once, nothing is allocated,
 * rows are independent. Formulas and limits are those of bsm.ts; a row with bad input is NaN in every column.
 */

/** What all contracts of an expiry share. S spot, T years, r and q continuous per year. */
export interface ExpiryMarket {
  readonly S: number;
  readonly T: number;
  readonly r: number;
  readonly q: number;
}

/** The contracts: `w` +1 call, −1 put; strike. Rows 0..n−1 count. */
export interface ChainRows {
  readonly n: number;
  readonly w: Int8Array;
  readonly K: Float64Array;
}

const SQRT1_2 = Math.SQRT1_2;
const INV_SQRT_2PI = 0.3989422804014327;
const scratch = emptyGreeks();

function slowRow(m: ExpiryMarket, w: number, K: number, sigma: number, out: GreekColumns, i: number): void {
  bsmGreeks(w, m.S, K, m.T, m.r, m.q, sigma, scratch);
  for (const g of GREEKS) out[g][i] = scratch[g];
}

/**
 * ln(F/K), d1 and e^(−d1²/2) of every row. In loops of their own: a call into the C library spills every register, and next to the
 * Greeks, with some thirty constants in hand, each call would cost as much again as what it computes.
 */
function prepare(
  rows: ChainRows,
  sigma: Float64Array,
  F: number,
  sqrtT: number,
  x: Float64Array,
  d1: Float64Array,
  e: Float64Array,
): void {
  const { n, K } = rows;
  for (let i = 0; i < n; i++) x[i] = Math.log(F / (K[i] as number));
  for (let i = 0; i < n; i++) {
    const v = (sigma[i] as number) * sqrtT;
    const d = (x[i] as number) / v + 0.5 * v;
    d1[i] = d;
    e[i] = Math.exp(-0.5 * d * d);
  }
}

/** Price and Greeks of every row at its own `sigma`, into `out`, whose columns also hold what is on the way there. */
export function bsmChain(m: ExpiryMarket, rows: ChainRows, sigma: Float64Array, out: GreekColumns): void {
  const { S, T, r, q } = m;
  const { n, w: ws, K: Ks } = rows;
  const { price, delta, gamma, vega, theta, rho, rhoQ } = out;
  const { vanna, volga, charm, veta, speed, zomma, color } = out;
  const dq = Math.exp(-q * T);
  const df = Math.exp(-r * T);
  const A = S * dq;
  const F = S * Math.exp((r - q) * T);
  const sqrtT = Math.sqrt(T);
  const b = r - q;
  const halfInvT = 0.5 / T;
  const densA = A * INV_SQRT_2PI * sqrtT;
  const densG = (dq * INV_SQRT_2PI) / S;
  const densQ = dq * INV_SQRT_2PI;
  const invS = 1 / S;
  const qA = q * A;
  const qdq = q * dq;
  const TA = T * A;
  prepare(rows, sigma, F, sqrtT, rhoQ, delta, gamma);
  const usable = S > 0 && T > 0 && S < Infinity && T < Infinity && b - b === 0;
  for (let i = 0; i < n; i++) {
    const w = ws[i] as number;
    const K = Ks[i] as number;
    const sg = sigma[i] as number;
    const v = sg * sqrtT;
    const ratio = F / K;
    const x = rhoQ[i] as number;
    const invV = 1 / v;
    const d1 = delta[i] as number;
    const half = 0.5 * d1 * d1;
    // Also false for NaN, so every odd row takes the careful path.
    if (!(usable && K > 0 && v > 0 && half < 600)) {
      slowRow(m, w, K, sg, out, i);
      continue;
    }
    const d2 = d1 - v;
    const e = gamma[i] as number;
    const t1 = 0.5 * e * erfcx(Math.abs(d1) * SQRT1_2);
    const t2 = 0.5 * e * ratio * erfcx(Math.abs(d2) * SQRT1_2);
    const B = K * df;
    const side = x <= 0 ? 1 : -1;
    const n1 = side * d1 > 0 ? 1 - t1 : t1;
    const n2 = side * d2 > 0 ? 1 - t2 : t2;
    const otm = side * (A * n1 - B * n2);
    let N1 = n1;
    let N2 = n2;
    let p = otm > 0 ? otm : 0;
    if (w !== side) {
      p += w * (A - B);
      N1 = w * d1 > 0 ? 1 - t1 : t1;
      N2 = w * d2 > 0 ? 1 - t2 : t2;
    }
    const wN1 = w * N1;
    const wBN2 = w * B * N2;
    const invSigma = sqrtT * invV;
    const d12 = d1 * d2;
    const d1T = b * invV - d2 * halfInvT;
    const g = densG * e * invV;
    const vg = densA * e;
    price[i] = p;
    delta[i] = dq * wN1;
    gamma[i] = g;
    vega[i] = vg;
    theta[i] = qA * wN1 - r * wBN2 - vg * sg * halfInvT;
    rho[i] = T * wBN2;
    rhoQ[i] = -TA * wN1;
    vanna[i] = -densQ * e * d2 * invSigma;
    volga[i] = vg * d12 * invSigma;
    charm[i] = qdq * wN1 - densQ * e * d1T;
    veta[i] = vg * (q + b * d1 * invV - (1 + d12) * halfInvT);
    speed[i] = -g * invS * (d1 * invV + 1);
    zomma[i] = g * (d12 - 1) * invSigma;
    color[i] = g * (q + d1 * d1T + halfInvT);
  }
}

/** Rows whose logarithms are taken together, in a loop of their own for the reason of {@link prepare}. A power of two. */
const PART = 256;
const xs = new Float64Array(PART);
const invs = new Float64Array(PART);

/** −|ln(F/K)| and 1/√(S e^{−qT} K e^{−rT}) of `n` rows from `from`. */
function logs(K: Float64Array, from: number, n: number, F: number, product: number): void {
  for (let j = 0; j < n; j++) xs[j] = -Math.abs(Math.log(F / (K[from + j] as number)));
  for (let j = 0; j < n; j++) invs[j] = 1 / Math.sqrt(product * (K[from + j] as number));
}

/**
 * Implied vol of every row's `price` into `sigma`, kind codes ({@link IvCode}) into `kind`. `guess` holds starting vols (0 or NaN: cold);
 * it may be the same array as `sigma`. A row without a vol gets NaN in `sigma` (0 at intrinsic).
 */
export function ivChain(
  m: ExpiryMarket,
  rows: ChainRows,
  price: Float64Array,
  guess: Float64Array | null,
  sigma: Float64Array,
  kind: Uint8Array,
): void {
  const { S, T, r, q } = m;
  const { n, w: ws, K: Ks } = rows;
  const shared = S > 0 && S < Infinity && T >= 0 && T < Infinity && r - r === 0 && q - q === 0;
  const A = S * Math.exp(-q * T);
  const df = Math.exp(-r * T);
  const F = S * Math.exp((r - q) * T);
  const sqrtT = Math.sqrt(T);
  const invSqrtT = 1 / sqrtT;
  for (let i = 0; i < n; i++) {
    const j = i & (PART - 1);
    if (j === 0) logs(Ks, i, Math.min(PART, n - i), F, A * df);
    const K = Ks[i] as number;
    const p = price[i] as number;
    let s: number;
    if (!(shared && p >= 0 && p < Infinity && K > 0 && K < Infinity)) s = -IvCode.badInput;
    else if (T === 0) s = -IvCode.expired;
    else {
      const g = guess === null ? 0 : (guess[i] as number) * sqrtT;
      s = totalVolAt(ws[i] as number, p, A, K * df, xs[j] as number, invs[j] as number, g > 0 ? g : 0);
    }
    if (s > 0) {
      sigma[i] = s * invSqrtT;
      kind[i] = IvCode.ok;
    } else {
      sigma[i] = s === 0 ? 0 : Number.NaN;
      kind[i] = s === 0 ? IvCode.atIntrinsic : -s;
    }
  }
}
