import { solveNormalised } from "./normalised.ts";

/**
 * Implied volatility of Black-Scholes-Merton prices. Method: {@link solveNormalised}. The answer is a value with a kind, never an
 * exception and never a NaN that travels on.
 */
export const IV_KINDS = [
  "ok",
  "at_intrinsic",
  "below_intrinsic",
  "above_maximum",
  "expired",
  "bad_input",
] as const;
export type IvKind = (typeof IV_KINDS)[number];

/**
 * In order of precedence: `bad_input` (something not finite, S or K <= 0, T < 0, price < 0), `expired` (T = 0), `below_intrinsic`
 * (price < max(0, w(S e^{−qT} − K e^{−rT}))), `at_intrinsic` (equal to it: sigma 0), `above_maximum` (price >= S e^{−qT} for a call,
 * K e^{−rT} for a put), `ok`. `sigma` is per 1.00, null where there is none.
 */
export interface ImpliedVol {
  readonly kind: IvKind;
  readonly sigma: number | null;
}

/** Codes of a kind column: the index in {@link IV_KINDS}. */
export const IvCode = {
  ok: 0,
  atIntrinsic: 1,
  belowIntrinsic: 2,
  aboveMaximum: 3,
  expired: 4,
  badInput: 5,
} as const;

/** sigma of a core answer, or minus the code of its kind where there is none (0 is "at intrinsic"). */
function answer(x: number): ImpliedVol {
  if (x > 0) return { kind: "ok", sigma: x };
  if (x === 0) return { kind: "at_intrinsic", sigma: 0 };
  return { kind: IV_KINDS[-x] ?? "bad_input", sigma: null };
}

/**
 * The core on discounted values: A = S e^{−qT}, B = K e^{−rT}, `ratio` = F/K. Gives s = σ√T > 0, 0 at intrinsic, or −code.
 * `guess` is a starting s, 0 for a cold start.
 */
export function impliedTotalVol(
  w: number,
  price: number,
  A: number,
  B: number,
  ratio: number,
  guess: number,
): number {
  return totalVolAt(w, price, A, B, -Math.abs(Math.log(ratio)), 1 / Math.sqrt(A * B), guess);
}

/** {@link impliedTotalVol} with x = −|ln(F/K)| and inv = 1/√(AB) at hand, as a chain has them. */
export function totalVolAt(
  w: number,
  price: number,
  A: number,
  B: number,
  x: number,
  inv: number,
  guess: number,
): number {
  const lift = w * (A - B);
  const bound = lift > 0 ? lift : 0;
  if (price < bound) return -IvCode.belowIntrinsic;
  if (price === bound) return 0;
  const room = (w > 0 ? A : B) - price;
  if (room <= 0) return -IvCode.aboveMaximum;
  return solveNormalised(x, (price - bound) * inv, room * inv, (A < B ? A : B) * inv, guess);
}

/**
 * Implied vol of one European price. `w` +1 call, −1 put; S spot, K strike, T years, r and q continuous per year; `sigma0` a starting
 * vol (say of the previous tick), 0 or absent for a cold start. Kinds in {@link ImpliedVol}.
 * Accuracy: 1e-12 of sigma plus eight times what one unit in the last place of the inputs does to it.
 */
export function bsmIv(
  w: number,
  price: number,
  S: number,
  K: number,
  T: number,
  r: number,
  q: number,
  sigma0 = 0,
): ImpliedVol {
  if (
    !(
      price >= 0 &&
      S > 0 &&
      K > 0 &&
      T >= 0 &&
      price < Infinity &&
      S < Infinity &&
      K < Infinity &&
      T < Infinity
    ) ||
    r - r !== 0 ||
    q - q !== 0
  ) {
    return { kind: "bad_input", sigma: null };
  }
  if (T === 0) return { kind: "expired", sigma: null };
  const sqrtT = Math.sqrt(T);
  const A = S * Math.exp(-q * T);
  const B = K * Math.exp(-r * T);
  const s = impliedTotalVol(w, price, A, B, (S * Math.exp((r - q) * T)) / K, sigma0 > 0 ? sigma0 * sqrtT : 0);
  return answer(s > 0 ? s / sqrtT : s);
}
