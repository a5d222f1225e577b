import { americanPremium, TICK } from "./american/american.ts";
import type { Premium } from "./american/boundary.ts";
import { type ChainRows, type ExpiryMarket, ivChain } from "./chain.ts";

/**
 * American contracts on the tick: the early-exercise premium changes slowly, so it is cached with its slope and bend in S and refreshed at most once
 * a second or when the spot moved by 0.5 %; in between a quote less the cached premium is a European price, with European implied vol and Greeks.
 *
 * Error of the price against the full method between refreshes, spot moved by up to 0.5 %, T from a week to two years, vol 10 % to 80 %, rates to 8 %:
 * 99 % of contracts below 5e-6 of spot, all below 1.5e-4 (those about to cross the exercise boundary), the tick scheme's own error
 * included. Selected rows, positions and previews use the full method instead.
 */
export interface PremiumCache {
  readonly premium: Float64Array;
  readonly slope: Float64Array;
  readonly bend: Float64Array;
  /** Spot and instant of each row's last refresh; NaN: never. */
  readonly spot: Float64Array;
  readonly atUs: Float64Array;
  /** European prices of the last {@link americanIvChain}. */
  readonly stripped: Float64Array;
}

export const PREMIUM_MAX_AGE_US = 1e6;
export const PREMIUM_MAX_MOVE = 0.005;

export function premiumCache(n: number): PremiumCache {
  const unknown = (): Float64Array => new Float64Array(n).fill(Number.NaN);
  return {
    premium: new Float64Array(n),
    slope: new Float64Array(n),
    bend: new Float64Array(n),
    spot: unknown(),
    atUs: unknown(),
    stripped: new Float64Array(n),
  };
}

const extra: Premium = { value: 0, delta: 0, gamma: 0 };

/**
 * Refreshes the stale rows at their vols, at most `budget` of them, starting at row `from`; returns where to go on next time (n once all are
 * fresh). A row without a vol (NaN) keeps what it has.
 */
export function refreshPremiums(
  m: ExpiryMarket,
  rows: ChainRows,
  sigma: Float64Array,
  nowUs: number,
  cache: PremiumCache,
  budget = Number.POSITIVE_INFINITY,
  from = 0,
): number {
  let spent = 0;
  for (let i = from; i < rows.n; i++) {
    const age = nowUs - (cache.atUs[i] as number);
    const move = Math.abs((cache.spot[i] as number) / m.S - 1);
    if (age < PREMIUM_MAX_AGE_US && move < PREMIUM_MAX_MOVE) continue;
    const vol = sigma[i] as number;
    if (!(vol > 0)) continue;
    if (spent >= budget) return i;
    spent++;
    const w = rows.w[i] as number;
    const K = rows.K[i] as number;
    americanPremium(w, m.S, K, m.T, m.r, m.q, vol, extra, TICK);
    cache.premium[i] = extra.value;
    cache.slope[i] = extra.delta;
    cache.bend[i] = extra.gamma;
    cache.spot[i] = m.S;
    cache.atUs[i] = nowUs;
  }
  return rows.n;
}

/** The cached premium of row `i` carried to spot `S`; 0 while there is none. */
export function premiumNow(cache: PremiumCache, i: number, S: number): number {
  const at = cache.spot[i] as number;
  if (at !== at) return 0;
  const d = S - at;
  const value =
    (cache.premium[i] as number) + d * ((cache.slope[i] as number) + 0.5 * d * (cache.bend[i] as number));
  return value > 0 ? value : 0;
}

/**
 * Implied vols of American quotes by their cached premiums: `price` less premium, then {@link ivChain}. The European Greeks at that vol are the
 * tick's Greeks. A deep quote that its premium takes below the European bound gets the kind of that.
 */
export function americanIvChain(
  m: ExpiryMarket,
  rows: ChainRows,
  price: Float64Array,
  guess: Float64Array | null,
  cache: PremiumCache,
  sigma: Float64Array,
  kind: Uint8Array,
): void {
  const { stripped } = cache;
  for (let i = 0; i < rows.n; i++) {
    const p = price[i] as number;
    const left = p - premiumNow(cache, i, m.S);
    stripped[i] = left < 0 && p >= 0 ? 0 : left;
  }
  ivChain(m, rows, stripped, guess, sigma, kind);
}
