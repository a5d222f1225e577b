import type { Micros, OptionInstrument, Slot } from "../../engines/market/index.ts";
import { bsmGreeks, bsmIv, bsmPrice, emptyGreeks, type Greeks } from "../../engines/pricing/index.ts";
import type { Desk } from "./desk.ts";
import { type ImpliedPrior, impliedPrior } from "./implied-prior.ts";
import { type MarketFacts, yearsTo } from "./market-facts.ts";

/** A volatility and where it comes from: this contract's own valid mid, now or some time ago. */
export interface Vol {
  readonly sigma: number;
  readonly source: "own quote" | "previous";
  readonly ageUs: number;
}

/** An option valued at one instant by its own vol at the present price of its underlying. Per share, raw Greeks. */
export interface Valuation {
  readonly spot: number;
  readonly years: number;
  readonly rate: number;
  readonly rateSource: string;
  readonly yield: number;
  readonly yieldSource: string;
  readonly vol: Vol | null;
  readonly price: number | null;
  readonly greeks: Greeks | null;
}

/** Values options of the desk's book. A pure function of the desk's state and the session time. */
export class Valuer {
  private readonly priors = new Map<Slot, ImpliedPrior | null>();

  constructor(
    private readonly desk: Desk,
    readonly facts: MarketFacts,
    /** How long a quote stands without being confirmed, by the cadence of the feed. */
    readonly quoteMaxAgeUs: number,
    private readonly sessionOpenUs: number,
  ) {}

  /** Settlement of the session before, or for an underlying without one what its options' settlements imply. */
  prior(slot: Slot): ImpliedPrior | null {
    const { desk } = this;
    const price = desk.prior[slot] as number;
    if (price === price)
      return { price, day: desk.priorDay[slot] ?? "", source: desk.priorSource[slot] ?? "" };
    if (desk.instruments[slot]?.kind === "option") return null;
    let implied = this.priors.get(slot);
    if (implied === undefined) {
      implied = impliedPrior(desk, slot, this.facts, this.sessionOpenUs);
      this.priors.set(slot, implied);
    }
    return implied;
  }

  /** Implied vol of the last valid two-sided mid, at the underlying's price and the time it was seen. */
  vol(slot: Slot, option: OptionInstrument, nowUs: Micros): Vol | null {
    const columns = this.desk.book;
    const seenUs = columns.validUs[slot] as number;
    const mid = columns.validMid[slot] as number;
    const spot = columns.validSpot[slot] as number;
    if (!(seenUs <= nowUs) || !(mid > 0) || !(spot > 0)) return null;
    const years = yearsTo(option.expiryUs, seenUs);
    const rate = this.facts.rate(option.ccy, years).value;
    const yieldNow = this.facts.dividendYield(option.symbol).value;
    const w = option.type === "C" ? 1 : -1;
    const implied = bsmIv(w, mid, spot, option.strike, years, rate, yieldNow);
    if (implied.sigma === null || implied.sigma <= 0) return null;
    const ageUs = nowUs - (columns.confirmUs[slot] as number);
    const fresh = columns.quoteUs[slot] === seenUs || columns.confirmUs[slot] === seenUs;
    return {
      sigma: implied.sigma,
      source: fresh && ageUs <= this.quoteMaxAgeUs ? "own quote" : "previous",
      ageUs: nowUs - seenUs,
    };
  }

  /** Null where the underlying has no price. */
  option(slot: Slot, option: OptionInstrument, nowUs: Micros): Valuation | null {
    const underlying = this.desk.underlyingSlot[slot] as Slot;
    const spot = underlying < 0 ? Number.NaN : this.desk.book.spot(underlying);
    if (!(spot > 0)) return null;
    const years = yearsTo(option.expiryUs, nowUs);
    const { value: rate, source: rateSource } = this.facts.rate(option.ccy, years);
    const { value: yieldNow, source: yieldSource } = this.facts.dividendYield(option.symbol);
    const vol = this.vol(slot, option, nowUs);
    const w = option.type === "C" ? 1 : -1;
    const base = { spot, years, rate, rateSource, yield: yieldNow, yieldSource, vol };
    if (vol === null) return { ...base, price: null, greeks: null };
    const price = bsmPrice(w, spot, option.strike, years, rate, yieldNow, vol.sigma);
    if (years === 0) return { ...base, price, greeks: null };
    return {
      ...base,
      price,
      greeks: bsmGreeks(w, spot, option.strike, years, rate, yieldNow, vol.sigma, emptyGreeks()),
    };
  }
}
