import { type Micros, type OptionInstrument, premiumUnit, type Slot } from "../../engines/market/index.ts";
import { MARK_LIMITS, type OptionMove, spreadLimit } from "../../engines/portfolio/index.ts";
import {
  bsmGreeks,
  bsmIv,
  bsmPrice,
  emptyGreeks,
  type Greeks,
  yearFraction,
} from "../../engines/pricing/index.ts";
import type { Desk } from "./desk.ts";
import { type ImpliedPrior, impliedPrior } from "./implied-prior.ts";
import type { MarketFacts } from "./market-facts.ts";
import { PremiumBySlot } from "./premiums.ts";
import { type PriorState, priorState } from "./prior-state.ts";
import { MarkSmiles, type SmileVol } from "./surface/mark-smiles.ts";

/** A volatility and where it comes from: this contract's own valid mid, now or some time ago, or the smile of its expiry. */
export interface Vol {
  readonly sigma: number;
  readonly source: "own quote" | "surface" | "previous";
  readonly ageUs: number;
}

/**
 * An option valued at one instant at the present price of its underlying. Per share, raw Greeks. Of an inverse option, whose premium is paid
 * in the coin, `price` and `premium` are in the coin, and Greeks those of its value in the currency of the strike.
 */
export interface Valuation {
  readonly spot: number;
  readonly years: number;
  readonly rate: number;
  readonly rateSource: string;
  readonly yield: number;
  readonly yieldSource: string;
  readonly vol: Vol | null;
  /** What the vol was read off, where that is the surface. */
  readonly smile: SmileVol | null;
  readonly price: number | null;
  /** Part of the price that comes from early exercise; 0 for a European contract. */
  readonly premium: number | null;
  readonly greeks: Greeks | null;
}

/** Values options of the desk's book. A pure function of the desk's state and the session time. */
export class Valuer {
  private readonly premiums = new PremiumBySlot();
  private readonly bySmile = new PremiumBySlot();
  private readonly smiles: MarkSmiles;
  private readonly priors = new Map<
    Slot,
    { readonly heard: number; readonly implied: ImpliedPrior | null }
  >();

  private readonly atPrior = new Map<Slot, { readonly heard: number } & PriorState>();

  constructor(
    private readonly desk: Desk,
    readonly facts: MarketFacts,
    /** How long a quote stands without being confirmed, by the cadence of the feed. */
    readonly quoteMaxAgeUs: number,
    private readonly sessionOpenUs: number,
  ) {
    this.smiles = new MarkSmiles(desk, facts, quoteMaxAgeUs);
  }

  /** Settlement of the session before, or for an underlying without one what its options' settlements imply. */
  prior(slot: Slot): ImpliedPrior | null {
    const { desk } = this;
    const price = desk.prior[slot] as number;
    if (price === price)
      return { price, day: desk.priorDay[slot] ?? "", source: desk.priorSource[slot] ?? "" };
    if (desk.instruments[slot]?.kind === "option") return null;
    const kept = this.priors.get(slot);
    if (kept?.heard === desk.priorsHeard) return kept.implied;
    const implied = impliedPrior(desk, slot, this.facts, this.sessionOpenUs);
    this.priors.set(slot, { heard: desk.priorsHeard, implied });
    return implied;
  }

  /**
   * Implied vol of the last valid two-sided mid, at the underlying's price and the time it was seen. An American mid is first
   * stripped of its early-exercise premium.
   */
  vol(slot: Slot, option: OptionInstrument, nowUs: Micros): Vol | null {
    const { book } = this.desk;
    const seenUs = book.validUs[slot] as number;
    const spot = book.validSpot[slot] as number;
    const mid = (book.validMid[slot] as number) * premiumUnit(option, spot);
    if (!(seenUs <= nowUs) || !(mid > 0) || !(spot > 0)) return null;
    const years = yearFraction(seenUs, option.expiryUs);
    const carry = this.carry(option, years);
    const sigma = this.impliedVol(slot, option, { mid, spot, years, ...carry, atUs: seenUs });
    if (sigma === null) return null;
    const age = nowUs - (book.confirmUs[slot] as number);
    const standing = book.quoteUs[slot] === seenUs || book.confirmUs[slot] === seenUs;
    return {
      sigma,
      source: standing && age <= this.quoteMaxAgeUs ? "own quote" : "previous",
      ageUs: nowUs - seenUs,
    };
  }

  /** By the contract's own vol. Null where the underlying has no price. */
  option(slot: Slot, option: OptionInstrument, nowUs: Micros): Valuation | null {
    const at = this.placeOf(slot, option, nowUs);
    return at === null
      ? null
      : this.priced(slot, option, this.premiums, {
          ...at,
          ...this.carry(option, at.years),
          vol: this.vol(slot, option, nowUs),
          smile: null,
          nowUs,
        });
  }

  /**
   * What a position and an order take: by the own vol while its quote stands and is no wider than a mark may be, else by the smile of its
   * expiry with that smile's own forward, else by the last own vol. Null where the underlying has no price.
   */
  held(slot: Slot, option: OptionInstrument, nowUs: Micros): Valuation | null {
    const own = this.option(slot, option, nowUs);
    if (own === null || own.years === 0 || this.ownServes(slot, option, own)) return own;
    const smile = this.smiles.at(option, nowUs);
    if (smile === null) return own;
    return this.priced(slot, option, this.bySmile, {
      spot: own.spot,
      years: own.years,
      rate: smile.rate,
      rateSource: own.rateSource,
      yield: smile.yield,
      yieldSource: "put-call parity of the fit",
      vol: { sigma: smile.sigma, source: "surface", ageUs: smile.ageUs },
      smile,
      nowUs,
    });
  }

  /** Does the contract's own quote stand, and is it narrow enough to be a mark? */
  private ownServes(slot: Slot, option: OptionInstrument, own: Valuation): boolean {
    if (own.vol?.source !== "own quote") return false;
    const { book } = this.desk;
    const [bid, ask] = [book.bid[slot] as number, book.ask[slot] as number];
    const limit = spreadLimit(option, (bid + ask) / 2, own.greeks?.vega ?? null, MARK_LIMITS);
    return ask - bid <= limit + 1e-9;
  }

  private placeOf(slot: Slot, option: OptionInstrument, nowUs: Micros) {
    const underlying = this.desk.underlyingSlot[slot] as Slot;
    const spot = underlying < 0 ? Number.NaN : this.desk.book.spot(underlying);
    return spot > 0 ? { spot, years: yearFraction(nowUs, option.expiryUs) } : null;
  }

  private priced(
    slot: Slot,
    option: OptionInstrument,
    premiums: PremiumBySlot,
    { nowUs, ...base }: Omit<Valuation, "price" | "premium" | "greeks"> & { readonly nowUs: Micros },
  ): Valuation {
    const { spot, years, rate, yield: q, vol } = base;
    if (vol === null) return { ...base, price: null, premium: null, greeks: null };
    const w = option.type === "C" ? 1 : -1;
    const greeks = bsmGreeks(w, spot, option.strike, years, rate, q, vol.sigma, emptyGreeks());
    const premium = premiums.at(slot, option, { spot, years, rate, yield: q, sigma: vol.sigma, nowUs });
    const coin = premiumUnit(option, spot);
    const price = (greeks.price + premium.value) / coin;
    if (years === 0)
      return {
        ...base,
        price: bsmPrice(w, spot, option.strike, 0, rate, q, vol.sigma) / coin,
        premium: 0,
        greeks: null,
      };
    greeks.delta += premium.delta;
    greeks.gamma += premium.gamma;
    return { ...base, price, premium: premium.value, greeks };
  }

  /** What the option was at its prior settlement, and how far its inputs have come since. Null where either end is unknown. */
  moveSincePrior(slot: Slot, option: OptionInstrument, now: Valuation): (OptionMove & PriorState) | null {
    const underlying = this.desk.underlyingSlot[slot] as Slot;
    const prior = this.prior(slot);
    const spot = underlying < 0 ? null : this.prior(underlying);
    // Premiums in the coin move with it too: Greeks of the other currency don't explain them.
    if (prior === null || spot === null || option.premiumStyle === "inverse") return null;
    let state = this.atPrior.get(slot);
    if (state?.heard !== this.desk.priorsHeard || state.price !== prior.price) {
      state = {
        heard: this.desk.priorsHeard,
        ...priorState(option, prior, spot.price, this.facts, now.vol?.sigma ?? null),
      };
      this.atPrior.set(slot, state);
    }
    if (state.greeks === null || state.years === null) return null;
    return {
      ...state,
      greeks: state.greeks,
      dSpot: now.spot - state.spot,
      years: state.years - now.years,
      dSigma: state.sigma === null || now.vol === null ? 0 : now.vol.sigma - state.sigma,
    };
  }

  private carry(option: OptionInstrument, years: number) {
    const { value: rate, source: rateSource } = this.facts.rate(option.ccy, years);
    const { value: q, source: yieldSource } = this.facts.dividendYield(option.symbol);
    return { rate, rateSource, yield: q, yieldSource };
  }

  /** European vol of the mid, then of the mid less the premium at that vol: one round, since the premium is small and smooth. */
  private impliedVol(slot: Slot, option: OptionInstrument, at: Seen): number | null {
    const w = option.type === "C" ? 1 : -1;
    const { mid, spot, years, rate, yield: q, atUs } = at;
    let sigma = bsmIv(w, mid, spot, option.strike, years, rate, q).sigma;
    if (option.style === "american" && years > 0) {
      const guess = sigma !== null && sigma > 0 ? sigma : this.premiums.sigmaOf(slot);
      if (guess === null) return null;
      const premium = this.premiums.at(slot, option, {
        spot,
        years,
        rate,
        yield: q,
        sigma: guess,
        nowUs: atUs,
      });
      sigma = bsmIv(w, mid - premium.value, spot, option.strike, years, rate, q, guess).sigma;
    }
    return sigma !== null && sigma > 0 ? sigma : null;
  }
}

interface Seen {
  readonly mid: number;
  readonly spot: number;
  readonly years: number;
  readonly rate: number;
  readonly yield: number;
  readonly atUs: number;
}
