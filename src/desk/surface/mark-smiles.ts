import type { OptionInstrument, Slot } from "../../../engines/market/index.ts";
import { sviVol, yearFraction } from "../../../engines/pricing/index.ts";
import { type Smile, type SurfaceColumns, VolSurface } from "../../../engines/surface/index.ts";
import type { Desk } from "../desk.ts";
import type { MarketFacts } from "../market-facts.ts";

/** Quotes that a smile must rest on before a position is marked by it: fewer are a line drawn through noise. */
const LEAST_QUOTES = 5;
/** Alerts look at the book at every whole second: a smile of the second before is never what they are told by. */
const STEP_US = 1_000_000;

/** What a smile says of one strike, with the carry that it was fitted on. */
export interface SmileVol {
  readonly sigma: number;
  readonly ageUs: number;
  /** Undiscounted forward of the expiry, and the continuous rate and yield per year that lead from spot to it. */
  readonly forward: number;
  readonly rate: number;
  readonly yield: number;
  readonly quotes: number;
  /** The strike lies beyond the outermost quotes. */
  readonly beyond: boolean;
}

interface Fitted {
  /** When a quote of the expiry or its underlying was last heard of: the instant that the smile is of. */
  readonly heardUs: number;
  /** The look that it was made for, and the writes to its rows up to then. */
  readonly madeUs: number;
  readonly writes: number;
  readonly smile: Smile | null;
  readonly quotes: number;
  readonly spot: number;
}

/**
 * The smiles that positions are marked by where their own quote does not serve: one expiry at a time, from the standing two-sided quotes of its
 * contracts. Each is fitted cold, to the book as it is and at the instant when it last changed, and stands until a row of the expiry is written again
 * and another second of session time has begun: who looked at what before changes nothing that an alert sees. So the surface that panes keep warm
 * is not used here.
 */
export class MarkSmiles {
  private readonly fits = new Map<string, Fitted>();
  private members = new Map<string, Slot[]>();
  private known = -1;

  constructor(
    private readonly desk: Desk,
    private readonly facts: MarketFacts,
    private readonly quoteMaxAgeUs: number,
  ) {}

  /** Null without a price of the underlying, with fewer quotes than a smile needs, and for premiums in coin. */
  at(option: OptionInstrument, nowUs: number): SmileVol | null {
    if (option.premiumStyle === "inverse") return null;
    const key = keyOf(option);
    const slots = this.slotsOf(key);
    let fit = this.fits.get(key);
    if (fit === undefined || !this.stands(fit, slots, nowUs)) {
      fit = this.fit(slots, nowUs);
      this.fits.set(key, fit);
    }
    const { smile, spot, quotes } = fit;
    if (smile === null) return null;
    const k = Math.log(option.strike / smile.forward);
    const sigma = sviVol(smile.params, k, smile.T);
    if (!(sigma !== null && sigma > 0)) return null;
    return {
      sigma,
      ageUs: nowUs - fit.heardUs,
      forward: smile.forward,
      rate: -Math.log(smile.df) / smile.T,
      yield: Math.log(spot / (smile.forward * smile.df)) / smile.T,
      quotes,
      beyond: k < smile.kMin || k > smile.kMax,
    };
  }

  private stands(fit: Fitted, slots: readonly Slot[], nowUs: number): boolean {
    if (nowUs < fit.madeUs || nowUs - fit.heardUs > this.quoteMaxAgeUs) return false;
    const sameStep = Math.floor(nowUs / STEP_US) === Math.floor(fit.madeUs / STEP_US);
    const writes = this.writesTo(slots);
    return sameStep ? writes >= fit.writes : writes === fit.writes;
  }

  private writesTo(slots: readonly Slot[]): number {
    const { book } = this.desk;
    const of = (slot: number): number => (slot < 0 ? 0 : book.writes(slot));
    return slots.reduce((sum, slot) => sum + of(slot), of(this.underlyingOf(slots)));
  }

  private underlyingOf(slots: readonly Slot[]): number {
    return slots[0] === undefined ? -1 : (this.desk.underlyingSlot[slots[0]] as number);
  }

  private fit(slots: readonly Slot[], nowUs: number): Fitted {
    const { book } = this.desk;
    const underlying = this.underlyingOf(slots);
    const spot = underlying < 0 ? Number.NaN : book.spot(underlying);
    const heard = [...slots, underlying].map((s) => book.confirmUs[s] as number).filter((us) => us <= nowUs);
    const heardUs = Math.max(0, ...heard);
    const none: Fitted = {
      heardUs,
      madeUs: nowUs,
      writes: this.writesTo(slots),
      smile: null,
      quotes: 0,
      spot: Number.NaN,
    };
    if (!(spot > 0) || nowUs - heardUs > this.quoteMaxAgeUs) return none;
    const columns = this.columns(slots, heardUs);
    if (twoSided(columns) < LEAST_QUOTES) return none;
    const surface = new VolSurface(columns, {
      symbol: "",
      asOf: "",
      chainUs: heardUs,
      spot,
      spotUs: heardUs,
      chainSpot: null,
    });
    surface.refit(0);
    const quotes = surface.fitted(0)?.n ?? 0;
    return quotes < LEAST_QUOTES ? none : { ...none, smile: surface.smile(0), quotes, spot };
  }

  private columns(slots: readonly Slot[], heardUs: number): SurfaceColumns {
    const { book, instruments } = this.desk;
    const options = slots.map((slot) => instruments[slot] as OptionInstrument);
    const [one] = options as [OptionInstrument];
    const years = yearFraction(heardUs, one.expiryUs);
    const stands = (slot: Slot): boolean =>
      book.status(slot) !== "halted" && heardUs - (book.confirmUs[slot] as number) <= this.quoteMaxAgeUs;
    const side = (column: Float64Array) =>
      Float64Array.from(slots, (slot) => (stands(slot) ? (column[slot] as number) : Number.NaN));
    return {
      n: slots.length,
      expiries: [
        {
          root: one.symbol,
          day: one.expiry,
          expiryUs: one.expiryUs,
          df: Math.exp(-this.facts.rate(one.ccy, years).value * years),
          style: one.style,
        },
      ],
      expiry: new Int32Array(slots.length),
      strike: Float64Array.from(options, (o) => o.strike),
      put: Uint8Array.from(options, (o) => (o.type === "P" ? 1 : 0)),
      bid: side(book.bid),
      ask: side(book.ask),
    };
  }

  /** The contracts of each expiry, sorted anew when one was listed. */
  private slotsOf(key: string): readonly Slot[] {
    const { instruments } = this.desk;
    if (this.known !== instruments.length) {
      this.known = instruments.length;
      this.members = new Map();
      instruments.forEach((instrument, slot) => {
        if (instrument.kind !== "option") return;
        const at = keyOf(instrument);
        const list = this.members.get(at);
        if (list) list.push(slot as Slot);
        else this.members.set(at, [slot as Slot]);
      });
    }
    return this.members.get(key) ?? [];
  }
}

const twoSided = ({ bid, ask }: SurfaceColumns): number =>
  bid.reduce((count, b, i) => count + (b > 0 && (ask[i] as number) > 0 ? 1 : 0), 0);

/** Contracts of one deliverable and instant: of SPX and SPXW on one date two, of an adjusted contract one of its own. */
const keyOf = (o: OptionInstrument): string =>
  `${o.underlying} ${o.symbol} ${o.expiryUs} ${o.multiplier} ${o.deliverable}`;
