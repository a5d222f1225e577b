import type { Listing } from "./listing.ts";
import type { SurfaceColumns } from "./types.ts";

export const Side = { call: 0, put: 1 } as const;

/** What the quotes of an expiry are like at one moment. */
export interface QuoteCounts {
  twoSided: number;
  oneSided: number;
  crossed: number;
  invalid: number;
}

/**
 * The quotes of one expiry, read from the live columns: mid and half-spread of every contract with two sides, NaN of the rest. Row i is
 * the call of strike i, row m + i its put, m strikes. A bid of 0 with an ask is no bid: it counts as one-sided.
 */
export class ExpiryQuotes {
  readonly m: number;
  readonly strike: Float64Array;
  readonly mid: Float64Array;
  readonly half: Float64Array;
  readonly counts: QuoteCounts = { twoSided: 0, oneSided: 0, crossed: 0, invalid: 0 };
  private readonly row: Int32Array;

  constructor(listing: Listing) {
    this.m = listing.strikes.length;
    this.strike = listing.strikes;
    this.row = new Int32Array(2 * this.m);
    this.row.set(listing.call);
    this.row.set(listing.put, this.m);
    this.mid = new Float64Array(2 * this.m);
    this.half = new Float64Array(2 * this.m);
  }

  read({ bid, ask }: SurfaceColumns): void {
    const { row, mid, half, counts } = this;
    counts.twoSided = counts.oneSided = counts.crossed = counts.invalid = 0;
    for (let i = 0; i < row.length; i++) {
      const r = row[i]!;
      mid[i] = half[i] = Number.NaN;
      if (r < 0) continue;
      const b = bid[r]!;
      const a = ask[r]!;
      if (b < 0 || a < 0 || a === Infinity || b === Infinity) counts.invalid++;
      else if (b > 0 && a >= b) {
        mid[i] = 0.5 * (b + a);
        half[i] = 0.5 * (a - b);
        counts.twoSided++;
      } else if (b > 0 && a > 0) counts.crossed++;
      else if (b > 0 || a > 0) counts.oneSided++;
    }
  }

  /** Vendor's vol of a contract of this expiry; NaN unknown. */
  vendorVol({ iv }: SurfaceColumns, i: number): number {
    const r = this.row[i]!;
    return r >= 0 && iv ? iv[r]! : Number.NaN;
  }

  /**
   * Strikes whose quotes can be locked in against their neighbours: the middle of three sold at its bid for more than the wings cost at
   * their asks.
   */
  butterflyViolations(): number {
    return this.convexity(0) + this.convexity(this.m);
  }

  private convexity(from: number): number {
    const { strike, mid, half, m } = this;
    let bad = 0;
    let [a, b] = [-1, -1];
    for (let c = 0; c < m; c++) {
      if (!(mid[from + c]! > 0)) continue;
      if (a >= 0) {
        const share = (strike[c]! - strike[b]!) / (strike[c]! - strike[a]!);
        const [bid, low, high] = [
          mid[from + b]! - half[from + b]!,
          mid[from + a]! + half[from + a]!,
          mid[from + c]! + half[from + c]!,
        ];
        if (bid > share * low + (1 - share) * high + 1e-9 * bid) bad++;
      }
      [a, b] = [b, c];
    }
    return bad;
  }
}
