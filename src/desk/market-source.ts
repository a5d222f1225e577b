import type {
  Instrument,
  InstrumentId,
  IsoDay,
  Micros,
  OptionInstrument,
  Slot,
} from "../../engines/market/index.ts";
import type {
  MarketInput,
  MarketSource,
  ModelInput,
  RawGreeks,
  SpotInput,
} from "../../engines/portfolio/index.ts";
import { greeksInCoin } from "../../engines/scenario/index.ts";
import { rateNow } from "./coin-rate.ts";
import type { Desk } from "./desk.ts";
import type { Valuation, Valuer } from "./valuer.ts";

const known = (x: number | undefined): number | null => (x !== undefined && x === x ? x : null);

/** What the portfolio engine asks of the market, answered from the desk's book at one instant. Each option is valued once a way. */
export class BookSource implements MarketSource {
  private readonly valued = new Map<Slot, Valuation | null>();
  private readonly asQuoted = new Map<Slot, Valuation | null>();

  constructor(
    private readonly desk: Desk,
    private readonly valuer: Valuer,
    private readonly nowUs: Micros,
    /** Sessions between a prior mark's day and today; null where the calendar does not know. */
    private readonly sessionsSince: (calendar: string, day: IsoDay) => number | null,
  ) {}

  market(i: Instrument): MarketInput | null {
    const slot = this.desk.slot(i.id);
    if (slot === null) return null;
    const { book } = this.desk;
    const prior = this.valuer.prior(slot);
    return {
      bid: known(book.bid[slot]),
      ask: known(book.ask[slot]),
      quoteUs: known(book.quoteUs[slot]),
      confirmUs: known(book.confirmUs[slot]),
      quality: book.quoteQuality[slot] as MarketInput["quality"],
      status: book.status(slot),
      last: known(book.last[slot]),
      lastUs: known(book.lastUs[slot]),
      maxAgeUs: this.valuer.quoteMaxAgeUs,
      prior:
        prior === null
          ? null
          : { ...prior, sessionsOld: this.sessionsSince(i.calendar, prior.day as IsoDay) },
    };
  }

  spot(underlying: InstrumentId): SpotInput | null {
    const slot = this.desk.slot(underlying);
    if (slot === null) return null;
    const { book } = this.desk;
    const price = known(book.spot(slot));
    if (price === null) return null;
    const seen = Math.max(book.confirmUs[slot] || 0, book.lastUs[slot] || 0);
    return {
      price,
      ageUs: seen > 0 ? Math.max(0, this.nowUs - seen) : null,
      movedUs: known(this.desk.moveUs[slot]),
    };
  }

  model(i: OptionInstrument): ModelInput | null {
    const v = this.value(i);
    if (v === null || v.vol === null || v.price === null) return null;
    return {
      price: v.price,
      sigma: v.vol.sigma,
      vega: v.greeks?.vega ?? null,
      source: `${v.vol.source} σ`,
      ageUs: v.vol.ageUs,
    };
  }

  greeks(i: OptionInstrument): RawGreeks | null {
    const value = this.value(i);
    if (value === null || value.greeks === null || i.premiumStyle !== "inverse") return value?.greeks ?? null;
    const { rho } = value.greeks;
    const inCoin = { ...value.greeks };
    greeksInCoin(inCoin, value.spot);
    return { ...inCoin, rho: rho / value.spot };
  }

  fx(ccy: string): number | null {
    return rateNow(this.desk, this.valuer.facts, ccy);
  }

  beta(underlying: InstrumentId): number | null {
    const slot = this.desk.slot(underlying);
    const symbol = slot === null ? undefined : this.desk.instruments[slot]?.symbol;
    return symbol === undefined ? null : (this.valuer.facts.beta(symbol)?.value ?? null);
  }

  /** What a position or an order in it is worth: the surface stands in where its own quote does not serve. */
  value(i: OptionInstrument): Valuation | null {
    return this.once(this.valued, i, (slot) => this.valuer.held(slot, i, this.nowUs));
  }

  /** What the contract's own quote says, for those who show the market as it is. */
  quoted(i: OptionInstrument): Valuation | null {
    return this.once(this.asQuoted, i, (slot) => this.valuer.option(slot, i, this.nowUs));
  }

  private once(
    kept: Map<Slot, Valuation | null>,
    i: OptionInstrument,
    make: (slot: Slot) => Valuation | null,
  ): Valuation | null {
    const slot = this.desk.slot(i.id);
    if (slot === null) return null;
    const seen = kept.get(slot);
    if (seen !== undefined) return seen;
    const fresh = make(slot);
    kept.set(slot, fresh);
    return fresh;
  }
}
