import type { Micros, OptionInstrument, Slot } from "../../engines/market/index.ts";
import { bsmGreeks, bsmIv, bsmPrice, emptyGreeks, type Greeks } from "../../engines/pricing/index.ts";
import type { Desk } from "./desk.ts";

/** What comes from nobody's feed, as of the session's day; each with the name of its source or assumption. */
export interface MarketFacts {
  /** Continuous zero rate, ACT/365F, to `years`. */
  rate(ccy: string, years: number): { readonly value: number; readonly source: string };
  /** Continuous dividend or borrow yield of an underlying. */
  dividendYield(symbol: string): { readonly value: number; readonly source: string };
  /** Base currency per unit of `ccy`, null where no rate is known. */
  fx(ccy: string): { readonly value: number; readonly source: string } | null;
}

const YEAR_US = 365 * 86_400 * 1e6;
const MINUTE_US = 60_000_000;

/** ACT/365F to the minute: the clock of IV, theta, marks and scenarios alike (contracts section 5). 0 after expiry. */
export function yearsTo(expiryUs: number, nowUs: number): number {
  const minutes = Math.floor((expiryUs - nowUs) / MINUTE_US);
  return minutes > 0 ? (minutes * MINUTE_US) / YEAR_US : 0;
}

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
  constructor(
    private readonly desk: Desk,
    readonly facts: MarketFacts,
    /** How long a quote stands without being confirmed, by the cadence of the feed. */
    readonly quoteMaxAgeUs: number,
  ) {}

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
