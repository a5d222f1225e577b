import { americanPrice, TICK } from "./american/american.ts";
import { cashPrice, liveDividends } from "./american/cash.ts";
import { bsmPrice } from "./bsm.ts";
import { bsmIv } from "./iv.ts";
import type { CashDividend, ExerciseStyle } from "./types.ts";

/** Call and put of one strike. A side without a quote is NaN; a bid of 0 with an ask is no bid and makes the pair unusable. */
export interface PairQuote {
  readonly K: number;
  readonly callBid: number;
  readonly callAsk: number;
  readonly putBid: number;
  readonly putAsk: number;
}

export interface ForwardInput {
  readonly pairs: readonly PairQuote[];
  /** Spot: needed for American quotes and for the implied borrow. */
  readonly S: number;
  readonly T: number;
  /** Discount factor of the expiry, from the rate curve. */
  readonly df: number;
  readonly style: ExerciseStyle;
  readonly dividends?: readonly CashDividend[];
  /** Fit the discount factor too; only honoured for European quotes with T > 0.25 and at least 6 pairs. */
  readonly fitDiscount?: boolean;
}

export type ForwardKind = "ok" | "no_pairs" | "bad_input" | "not_converged";

export interface ForwardFit {
  readonly kind: ForwardKind;
  /** Undiscounted forward; null unless `ok` (for `not_converged` the last iterate). */
  readonly F: number | null;
  readonly df: number;
  /** Tightest bounds the quotes used allow; `lower` > `upper` means they contradict each other by that much. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** Robust root mean square of the pairs' own forwards around F, in price: the quality. */
  readonly residual: number | null;
  readonly pairs: number;
  /** Continuous yield that takes S less dividends to F: stock borrow and whatever else is not in the schedule. */
  readonly borrow: number | null;
  readonly rounds: number;
}

const MAX_PAIRS = 40;
const MAX_AMERICAN_PAIRS = 12;
const MAX_ROUNDS = 30;
/** Tukey's constant: 95 % efficient where errors are normal, and an error beyond it has no say at all. */
const TUKEY = 4.685;

/** Weight of an error of `u` scales: the biweight (1 − (u/c)²)². */
function biweight(u: number): number {
  const x = u / TUKEY;
  return x < 1 ? (1 - x * x) ** 2 : 0;
}
const TICK_GRID = { space: 200, time: 80 };

interface Pair {
  readonly K: number;
  readonly call: number;
  readonly put: number;
  /** Half of the summed spreads: the width of what parity can say here. */
  readonly half: number;
  premiumCall: number;
  premiumPut: number;
}

function fail(kind: ForwardKind, df: number): ForwardFit {
  return { kind, F: null, df, lower: null, upper: null, residual: null, pairs: 0, borrow: null, rounds: 0 };
}

function usable(q: PairQuote): boolean {
  return (
    q.K > 0 &&
    q.callBid > 0 &&
    q.putBid > 0 &&
    q.callAsk >= q.callBid &&
    q.putAsk >= q.putBid &&
    q.callAsk < Infinity &&
    q.putAsk < Infinity
  );
}

function median(values: readonly number[]): number {
  const s = [...values].sort((a, b) => a - b);
  const h = s.length >> 1;
  return s.length % 2 ? (s[h] as number) : 0.5 * ((s[h - 1] as number) + (s[h] as number));
}

/**
 * The forward of one expiry by put-call parity: C − P = df (F − K) for European values.
 *
 * Discounting comes from the rate curve and only F is fitted, by a Tukey mean of the pairs' own forwards weighted by 1/spread², begun at their
 * median; with `fitDiscount` a Tukey line gives both. American quotes lose their early-exercise premium first (at each quote's own implied vol and the present forward), which
 * is repeated until F moves by less than 0.1 bp of S. With cash dividends the premium comes from the spot-model grid.
 *
 * Units: prices per share, T in years. Never throws: see {@link ForwardKind}.
 */
export function fitForward(input: ForwardInput): ForwardFit {
  const { S, T, df, style } = input;
  if (!(S > 0 && S < Infinity && T > 0 && T < Infinity && df > 0 && df < Infinity))
    return fail("bad_input", df);
  const dividends = liveDividends(input.dividends ?? [], T);
  const all: Pair[] = input.pairs.filter(usable).map((q) => ({
    K: q.K,
    call: 0.5 * (q.callBid + q.callAsk),
    put: 0.5 * (q.putBid + q.putAsk),
    half: Math.max(0.5 * (q.callAsk - q.callBid + (q.putAsk - q.putBid)), 1e-6 * S),
    premiumCall: 0,
    premiumPut: 0,
  }));
  if (all.length === 0) return fail("no_pairs", df);
  // The most liquid strikes are those next to the forward, where call and put are worth the same.
  const american = style === "american";
  const near = [...all].sort((a, b) => Math.abs(a.call - a.put) - Math.abs(b.call - b.put));
  const pairs = near.slice(0, american ? MAX_AMERICAN_PAIRS : MAX_PAIRS);

  const both = input.fitDiscount === true && !american && T > 0.25 && pairs.length >= 6;
  if (both) return finish(pairs, fitLine(pairs, df), input, dividends, 1, "ok");

  let F = fitMean(pairs, df);
  if (!american) return finish(pairs, { F, df }, input, dividends, 1, "ok");
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    stripPremiums(pairs, F, input, dividends);
    const next = fitMean(pairs, df);
    const moved = Math.abs(next - F);
    F = next;
    if (moved < 1e-5 * S && round > 1) return finish(pairs, { F, df }, input, dividends, round, "ok");
  }
  return finish(pairs, { F, df }, input, dividends, MAX_ROUNDS, "not_converged");
}

const ownForward = (p: Pair, df: number): number =>
  p.K + (p.call - p.premiumCall - (p.put - p.premiumPut)) / df;

/** Scale of the residuals: median absolute deviation, but never finer than the quotes themselves. */
function robustScale(errors: readonly number[], halves: readonly number[]): number {
  return Math.max(1.4826 * median(errors.map(Math.abs)), 0.1 * median(halves));
}

/** Tukey location of the pairs' forwards. */
function fitMean(pairs: readonly Pair[], df: number): number {
  const own = pairs.map((p) => ownForward(p, df));
  const halves = pairs.map((p) => p.half);
  let F = median(own);
  for (let i = 0; i < 50; i++) {
    const scale = robustScale(
      own.map((f) => f - F),
      halves,
    );
    let sw = 0;
    let sf = 0;
    own.forEach((f, k) => {
      const e = Math.abs(f - F) / scale;
      const w = biweight(e) / (halves[k] as number) ** 2;
      sw += w;
      sf += w * f;
    });
    const next = sf / sw;
    if (Math.abs(next - F) < 1e-12 * Math.abs(F)) return next;
    F = next;
  }
  return F;
}

/** Tukey line C − P = a − df K, started from the curve's df. */
function fitLine(pairs: readonly Pair[], df0: number): { F: number; df: number } {
  let df = df0;
  let F = fitMean(pairs, df0);
  const halves = pairs.map((p) => p.half);
  for (let i = 0; i < 50; i++) {
    const errors = pairs.map((p) => p.call - p.put - df * (F - p.K));
    const scale = robustScale(errors, halves);
    let sw = 0;
    let sk = 0;
    let sy = 0;
    const weights = errors.map((e, k) => {
      const u = Math.abs(e) / scale;
      return biweight(u) / (halves[k] as number) ** 2;
    });
    pairs.forEach((p, k) => {
      const w = weights[k] as number;
      sw += w;
      sk += w * p.K;
      sy += w * (p.call - p.put);
    });
    const mk = sk / sw;
    const my = sy / sw;
    let kk = 0;
    let ky = 0;
    pairs.forEach((p, k) => {
      const w = weights[k] as number;
      kk += w * (p.K - mk) ** 2;
      ky += w * (p.K - mk) * (p.call - p.put - my);
    });
    if (!(kk > 0)) break;
    const nextDf = -ky / kk;
    if (!(nextDf > 0)) break;
    const nextF = mk + my / nextDf;
    const moved = Math.abs(nextF - F) / F + Math.abs(nextDf - df);
    F = nextF;
    df = nextDf;
    if (moved < 1e-13) break;
  }
  return { F, df };
}

/** The yield q with F = (S − PV of dividends) e^{−qT} / df. */
function borrowOf(F: number, input: ForwardInput, dividends: readonly CashDividend[], df: number): number {
  const r = -Math.log(df) / input.T;
  const paid = dividends.reduce((sum, d) => sum + d.amount * Math.exp(-r * d.t), 0);
  return Math.log((input.S - paid) / (F * df)) / input.T;
}

/** Sets each pair's early-exercise premiums at its own implied vol and the forward F. */
function stripPremiums(
  pairs: readonly Pair[],
  F: number,
  input: ForwardInput,
  dividends: readonly CashDividend[],
): void {
  const { S, T, df } = input;
  const r = -Math.log(df) / T;
  const q = borrowOf(F, input, dividends, df);
  const flat = Math.log(S / (F * df)) / T;
  const cash = dividends.length > 0;
  // Black's vol belongs to the forward; the spot model's to the whole share, of which the dividends don't move.
  const share = cash ? Math.min(1, (F * df * Math.exp(q * T)) / S) : 1;
  const premium = (w: number, value: number, held: number, K: number): number => {
    const implied = bsmIv(w, value - held, S, K, T, r, flat).sigma;
    if (implied === null || implied === 0) return held;
    if (!cash) return americanPrice(w, S, K, T, r, q, implied, TICK) - bsmPrice(w, S, K, T, r, q, implied);
    const sigma = implied * share;
    return (
      cashPrice(w, S, K, T, r, q, sigma, dividends, true, TICK_GRID) -
      cashPrice(w, S, K, T, r, q, sigma, dividends, false, TICK_GRID)
    );
  };
  for (const p of pairs) {
    p.premiumCall = premium(1, p.call, p.premiumCall, p.K);
    p.premiumPut = premium(-1, p.put, p.premiumPut, p.K);
  }
}

function finish(
  pairs: readonly Pair[],
  { F, df }: { F: number; df: number },
  input: ForwardInput,
  dividends: readonly CashDividend[],
  rounds: number,
  kind: ForwardKind,
): ForwardFit {
  const errors = pairs.map((p) => ownForward(p, df) - F);
  const scale = robustScale(
    errors,
    pairs.map((p) => p.half),
  );
  const kept = errors.filter((e) => Math.abs(e) <= 4 * scale);
  let lower = Number.NEGATIVE_INFINITY;
  let upper = Number.POSITIVE_INFINITY;
  pairs.forEach((p, i) => {
    const e = errors[i] as number;
    if (Math.abs(e) > 4 * scale) return;
    lower = Math.max(lower, F + e - p.half / df);
    upper = Math.min(upper, F + e + p.half / df);
  });
  return {
    kind,
    F,
    df,
    lower: lower > -Infinity ? lower : null,
    upper: upper < Infinity ? upper : null,
    residual: Math.sqrt(kept.reduce((s, e) => s + e * e, 0) / kept.length),
    pairs: kept.length,
    borrow: borrowOf(F, input, dividends, df),
    rounds,
  };
}
