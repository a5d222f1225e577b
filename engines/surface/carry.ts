import {
  type ChainRows,
  type ExpiryMarket,
  fitForward,
  ivChain,
  type PairQuote,
  type PremiumCache,
  premiumCache,
  premiumNow,
  refreshPremiums,
} from "../pricing/index.ts";
import type { ExpiryQuotes } from "./quotes.ts";
import type { ForwardSource, SurfaceExpiry } from "./types.ts";

/** The forward of an expiry and what its quotes are worth without the right to exercise early. */
export interface Carry {
  readonly forward: number;
  readonly df: number;
  readonly source: ForwardSource;
  readonly residual: number | null;
}

/** Premiums recomputed in one warm fit; the rest keep theirs, carried along their slope. */
const WARM_BUDGET = 16;
/** Pairs next to the money that tell an American forward. */
const AMERICAN_PAIRS = 12;
const MAX_ROUNDS = 8;

/**
 * Forward by parity and European values of one expiry. American quotes lose their early-exercise premium first: all of it on the first
 * fit, which repeats until the forward moves by less than 0.1 bp of spot, a few rows per fit afterwards. With cash dividends the
 * first forward comes from the dividend model and later ones keep its distance from the yield model's.
 */
export class ExpiryCarry {
  /** European value of each contract's mid, rows as in {@link ExpiryQuotes}. */
  readonly value: Float64Array;
  private readonly quotes: ExpiryQuotes;
  private readonly expiry: SurfaceExpiry;
  private readonly rows: ChainRows;
  private readonly sigma: Float64Array;
  private readonly kind: Uint8Array;
  private readonly cache: PremiumCache | null;
  private fitted = false;
  private next = 0;
  /** Forward of the dividend model less that of the yield model. */
  private dividendShift = 0;

  constructor(expiry: SurfaceExpiry, quotes: ExpiryQuotes) {
    const n = 2 * quotes.m;
    this.expiry = expiry;
    this.quotes = quotes;
    this.value = new Float64Array(n);
    this.rows = { n, w: new Int8Array(n), K: new Float64Array(n) };
    for (let i = 0; i < n; i++) {
      this.rows.w[i] = i < quotes.m ? 1 : -1;
      this.rows.K[i] = quotes.strike[i % quotes.m]!;
    }
    this.sigma = new Float64Array(n);
    this.kind = new Uint8Array(n);
    this.cache = expiry.style === "american" ? premiumCache(n) : null;
  }

  /** Null when neither quotes, nor a given forward, nor spot can tell. `spot` NaN unknown. */
  find(spot: number, T: number, nowUs: number): Carry | null {
    const df = this.expiry.df > 0 ? this.expiry.df : 1;
    this.strip(spot);
    let carry = this.parity(spot, T, df) ?? this.assumed(spot, df);
    if (carry === null || this.cache === null || !(spot > 0)) return carry;
    if (this.fitted) {
      this.next = this.refresh(carry, spot, T, nowUs, null, WARM_BUDGET);
    } else {
      carry = this.firstAmerican(carry, spot, T, nowUs);
      this.fitted = carry.source === "parity";
    }
    this.strip(spot);
    return this.dividendShift === 0 ? carry : { ...carry, forward: carry.forward + this.dividendShift };
  }

  private firstAmerican(start: Carry, spot: number, T: number, nowUs: number): Carry {
    let carry = start;
    if (carry.source === "parity") {
      for (let round = 0; round < MAX_ROUNDS; round++) {
        this.refresh(carry, spot, T, nowUs, this.nearTheMoney(), Infinity);
        this.strip(spot);
        const moved = this.parity(spot, T, carry.df) ?? carry;
        const settled = Math.abs(moved.forward - carry.forward) < 1e-5 * spot;
        carry = moved;
        if (settled) break;
      }
      const { dividends } = this.expiry;
      if (dividends && dividends.length > 0) {
        const exact = fitForward({
          pairs: this.pairs(false),
          S: spot,
          T,
          df: carry.df,
          style: "american",
          dividends,
        });
        if (exact.kind === "ok" && exact.F !== null) this.dividendShift = exact.F - carry.forward;
      }
    }
    this.refresh(carry, spot, T, nowUs, null, Infinity);
    return carry;
  }

  /** Sets `value`: the mid less its premium carried to this spot. */
  private strip(spot: number): void {
    const { value, quotes, cache } = this;
    if (cache === null || !(spot > 0)) {
      value.set(quotes.mid);
      return;
    }
    for (let i = 0; i < value.length; i++) {
      const left = quotes.mid[i]! - premiumNow(cache, i, spot);
      value[i] = left < 0 ? 0 : left;
    }
  }

  /** Refreshes premiums at each contract's own vol: of the rows of `only`, or of the out-of-the-money ones and those next to the money. */
  private refresh(
    carry: Carry,
    spot: number,
    T: number,
    nowUs: number,
    only: readonly number[] | null,
    budget: number,
  ): number {
    const { quotes, rows, sigma, kind, value, cache } = this;
    const r = -Math.log(carry.df) / T;
    const q = Math.log(spot / (carry.forward * carry.df)) / T;
    const market: ExpiryMarket = { S: spot, T, r, q };
    const wanted = new Uint8Array(rows.n);
    for (const i of only ?? this.nearTheMoney()) wanted[i] = 1;
    if (only === null)
      for (let i = 0; i < quotes.m; i++) wanted[quotes.strike[i]! < carry.forward ? quotes.m + i : i] = 1;
    ivChain(market, rows, value, sigma, sigma, kind);
    for (let i = 0; i < rows.n; i++) {
      if (!wanted[i]) sigma[i] = Number.NaN;
      else if (only !== null) cache!.atUs[i] = Number.NaN;
    }
    const from = budget === Infinity || this.next >= rows.n ? 0 : this.next;
    return refreshPremiums(market, rows, sigma, nowUs, cache!, budget, from);
  }

  /** Rows of both sides of the pairs in which call and put are worth about the same. */
  private nearTheMoney(): number[] {
    const { mid, m } = this.quotes;
    const pairs: number[] = [];
    for (let i = 0; i < m; i++) if (mid[i]! > 0 && mid[m + i]! > 0) pairs.push(i);
    const gap = (i: number): number => Math.abs(mid[i]! - mid[m + i]!);
    pairs.sort((a, b) => gap(a) - gap(b));
    return pairs.slice(0, AMERICAN_PAIRS).flatMap((i) => [i, m + i]);
  }

  private pairs(stripped: boolean): PairQuote[] {
    const { mid, half, strike, m } = this.quotes;
    const from = stripped ? this.value : mid;
    const out: PairQuote[] = [];
    const near = this.cache === null ? null : this.nearTheMoney();
    const add = (i: number): void => {
      if (!(mid[i]! > 0 && mid[m + i]! > 0)) return;
      const [c, p, hc, hp] = [from[i]!, from[m + i]!, half[i]!, half[m + i]!];
      out.push({ K: strike[i]!, callBid: c - hc, callAsk: c + hc, putBid: p - hp, putAsk: p + hp });
    };
    if (near) for (let j = 0; j < near.length; j += 2) add(near[j]!);
    else for (let i = 0; i < m; i++) add(i);
    return out;
  }

  private parity(spot: number, T: number, df: number): Carry | null {
    const pairs = this.pairs(true);
    if (pairs.length === 0) return null;
    const S = spot > 0 ? spot : pairs[pairs.length >> 1]!.K;
    const fitDiscount = !(this.expiry.df > 0);
    const fit = fitForward({ pairs, S, T, df, style: "european", fitDiscount });
    return fit.kind === "ok" && fit.F !== null && fit.F > 0
      ? { forward: fit.F, df: fit.df, source: "parity", residual: fit.residual }
      : null;
  }

  private assumed(spot: number, df: number): Carry | null {
    const given = this.expiry.forward ?? Number.NaN;
    if (given > 0) return { forward: given, df, source: "given", residual: null };
    return spot > 0 ? { forward: spot / df, df, source: "spot", residual: null } : null;
  }
}
