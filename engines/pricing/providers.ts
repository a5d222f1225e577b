import type { InstrumentId, Micros, OptionInstrument } from "../market/index.ts";
import { americanIv } from "./american/american.ts";
import { sign } from "./contract.ts";
import { bsmIv } from "./iv.ts";
import { yearFraction } from "./time.ts";

/** Where a vol came from. `previous`: the last own quote, no longer fresh. */
export type VolSource = "ownQuote" | "surface" | "previous" | "none";

export interface VolAnswer {
  /** Per 1.00; null exactly when the source is `none`. */
  readonly sigma: number | null;
  readonly source: VolSource;
  readonly ageUs: number | null;
}

/** Answers a vol for a listed option. The first version knows own quotes; a surface takes its place. */
export interface VolProvider {
  vol(instrument: OptionInstrument): VolAnswer;
  /** Vol of the same option as if its strike were `K`: what moneyness-sticky scenarios need. Absent without a surface. */
  volAt?(instrument: OptionInstrument, K: number): VolAnswer;
}

export interface CarryAnswer {
  /** Undiscounted forward of the expiry, and the discount factor to it. */
  readonly F: number;
  readonly df: number;
  /** Spot that F belongs to. */
  readonly spot: number;
  readonly source: "parity" | "future" | "curve" | "assumption";
  readonly ageUs: number | null;
}

/** Answers what carrying an underlying to an expiry instant costs; null where its price is unknown. */
export interface CarryProvider {
  carry(underlying: InstrumentId, expiryUs: Micros): CarryAnswer | null;
}

/** Continuous rate and yield behind a carry: r = −ln(df)/T, q = ln(S/(F df))/T per year; both 0 at T = 0. */
export function ratesOf(carry: CarryAnswer, T: number): { readonly r: number; readonly q: number } {
  if (!(T > 0)) return { r: 0, q: 0 };
  return { r: -Math.log(carry.df) / T, q: Math.log(carry.spot / (carry.F * carry.df)) / T };
}

/** What the first carry needs to know of an underlying. Rate and yield are continuous, ACT/365F. */
export interface CarryFacts {
  spot(underlying: InstrumentId): { readonly price: number; readonly ageUs: number | null } | null;
  rate(underlying: InstrumentId, years: number): number;
  dividendYield(underlying: InstrumentId): number;
}

/** First version of {@link CarryProvider}: F = S e^{(r−q)T} from the rate curve and a flat yield. Parity fits take its place. */
export function flatCarry(facts: CarryFacts, nowUs: Micros): CarryProvider {
  return {
    carry(underlying, expiryUs) {
      const spot = facts.spot(underlying);
      if (spot === null || !(spot.price > 0)) return null;
      const T = yearFraction(nowUs, expiryUs);
      const r = facts.rate(underlying, T);
      const q = facts.dividendYield(underlying);
      return {
        F: spot.price * Math.exp((r - q) * T),
        df: Math.exp(-r * T),
        spot: spot.price,
        source: "curve",
        ageUs: spot.ageUs,
      };
    },
  };
}

/** A two-sided mid of an option, the underlying's price and the instant both were seen, and when it was last confirmed. */
export interface OwnQuote {
  readonly mid: number;
  readonly spot: number;
  readonly seenUs: Micros;
  readonly confirmUs: Micros;
}

const NO_VOL: VolAnswer = { sigma: null, source: "none", ageUs: null };

/**
 * First version of {@link VolProvider}: the vol of each option's own last valid mid, with the carry answered now. American options get the
 * American vol. `ownQuote` while the quote was confirmed within `maxAgeUs` of `nowUs`, else `previous`.
 */
export function ownQuoteVols(
  quote: (instrument: OptionInstrument) => OwnQuote | null,
  carry: CarryProvider,
  nowUs: Micros,
  maxAgeUs: number,
): VolProvider {
  return {
    vol(instrument) {
      const q = quote(instrument);
      const c = carry.carry(instrument.underlying, instrument.expiryUs);
      if (q === null || c === null || !(q.seenUs <= nowUs)) return NO_VOL;
      const T = yearFraction(q.seenUs, instrument.expiryUs);
      // At the expiry itself there is no time over which a rate could be told.
      const { r, q: y } = ratesOf(c, yearFraction(nowUs, instrument.expiryUs));
      const w = sign(instrument.type);
      const implied =
        instrument.style === "american"
          ? americanIv(w, q.mid, q.spot, instrument.strike, T, r, y)
          : bsmIv(w, q.mid, q.spot, instrument.strike, T, r, y);
      if (implied.sigma === null || implied.sigma <= 0) return NO_VOL;
      const fresh = nowUs - q.confirmUs <= maxAgeUs;
      return { sigma: implied.sigma, source: fresh ? "ownQuote" : "previous", ageUs: nowUs - q.seenUs };
    },
  };
}
