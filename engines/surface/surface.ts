import { isoDayNumber } from "../market/index.ts";
import { sviTotalVariance } from "../pricing/index.ts";
import { ExpirySmile } from "./expiry.ts";
import { listings } from "./listing.ts";
import type { SmileQuotes } from "./smile-fit.ts";
import { calendarViolations, type Slice, slicesOf, tenorRow } from "./tenors.ts";
import { type TermEvent, TermVariance } from "./term-curve.ts";
import {
  DEFAULT_TENORS,
  type Smile,
  type SurfaceColumns,
  type SurfaceExpiry,
  type SurfaceMarket,
  type SurfaceOptions,
  type SurfaceResult,
} from "./types.ts";
import { Warnings } from "./warnings.ts";

export const DEFAULT_SURFACE_OPTIONS: SurfaceOptions = {
  tenors: DEFAULT_TENORS,
  maxRelativeVolSpread: 0.25,
  modelError: 0.0025,
  refitEveryUs: 250_000,
  spotTolerance: 0.005,
  timeToleranceUs: 60e6,
};

/**
 * A live surface over a listed chain. Quotes live in the columns given; whoever changes one calls {@link touch}, and only that
 * expiry is fitted again, when asked: {@link refitNext} does one due expiry at a time, the one on screen first.
 *
 * Per expiry: forward by put-call parity with the discount of the rate curve, vols of out-of-the-money mids (American quotes less
 * their early-exercise premium), SVI in ln(K/F) weighted by vega over spread. Between expiries total variance is linear in time at fixed
 * ln(K/F). Deltas are undiscounted forward deltas N(d1) at the smile's own vol; one that is not between quotes is null.
 *
 * Bad input never throws: what is refused is counted in warnings, what is unknown is null.
 */
export class VolSurface {
  private readonly columns: SurfaceColumns;
  private readonly options: SurfaceOptions;
  private readonly smiles: readonly ExpirySmile[];
  private readonly ofRow: Int32Array;
  private readonly listingWarnings: readonly string[];
  private market: SurfaceMarket;

  constructor(columns: SurfaceColumns, market: SurfaceMarket, overrides: Partial<SurfaceOptions> = {}) {
    const warnings = new Warnings();
    this.columns = columns;
    this.market = market;
    this.options = { ...DEFAULT_SURFACE_OPTIONS, ...overrides };
    const { list, ofRow } = listings(columns, market.chainUs, warnings);
    this.smiles = list.map((l) => new ExpirySmile(l, this.options));
    this.ofRow = ofRow;
    this.listingWarnings = warnings.list();
  }

  get expiries(): readonly SurfaceExpiry[] {
    return this.smiles.map((s) => s.expiry);
  }

  /** Spot and instants from now on; fits stand until their quotes tick. */
  setMarket(market: SurfaceMarket): void {
    this.market = market;
  }

  /** A quote of this row has changed. */
  touch(row: number): void {
    const e = this.ofRow[row];
    if (e !== undefined && e >= 0) this.smiles[e]!.dirty = true;
  }

  /** Marks every expiry to be fitted. */
  touchAll(): void {
    for (const s of this.smiles) s.dirty = true;
  }

  /** Fits expiry `e` from its quotes as they are, at the market's instant. */
  refit(e: number): void {
    this.smiles[e]?.refit(this.columns, this.spot, this.market.chainUs);
  }

  /** Fits every expiry that needs it. */
  refitAll(): void {
    this.smiles.forEach((s, e) => {
      if (s.due(this.market.chainUs)) this.refit(e);
    });
  }

  /** Fits one expiry that needs it and was not fitted just now, `first` (what is on screen) before the one whose fit is oldest; -1 when none is. */
  refitNext(first = -1): number {
    const due = (s: ExpirySmile | undefined): boolean =>
      s !== undefined &&
      s.due(this.market.chainUs) &&
      (s.fitUs === null || this.market.chainUs - s.fitUs >= this.options.refitEveryUs);
    let best = due(this.smiles[first]) ? first : -1;
    if (best < 0) {
      let oldest = Infinity;
      this.smiles.forEach((s, e) => {
        const at = s.fitUs ?? -Infinity;
        if (due(s) && at < oldest) [best, oldest] = [e, at];
      });
    }
    if (best >= 0) this.refit(best);
    return best;
  }

  /** The smile of expiry `e`; null while there is none. */
  smile(e: number): Smile | null {
    return this.smiles[e]?.smile ?? null;
  }

  /** The out-of-the-money quotes that expiry `e` was fitted to, by log-moneyness; null before the first fit. Read, not kept. */
  fitted(e: number): SmileQuotes | null {
    const smile = this.smiles[e];
    return smile?.smile ? smile.fitted : null;
  }

  /** Age of the fit of expiry `e` at the market's instant, µs. */
  ageUs(e: number): number | null {
    const at = this.smiles[e]?.fitUs ?? null;
    return at === null ? null : Math.max(0, this.market.chainUs - at);
  }

  result(): SurfaceResult {
    const { market, options, smiles } = this;
    const warnings = new Warnings();
    for (const w of this.listingWarnings) warnings.add(w);
    this.checkMarket(warnings);
    const { spot } = this;
    const asOfNo = isoDayNumber(market.asOf);
    if (asOfNo === null) warnings.add("invalid_as_of");
    const expiries = smiles.map((s) => {
      const dayNo = isoDayNumber(s.expiry.day);
      return s.row(asOfNo === null || dayNo === null ? null : dayNo - asOfNo, market.chainUs);
    });
    const slices = slicesOf(smiles);
    const clock = eventClock(slices, market.events ?? []);
    const tenors = [...new Set(options.tenors)].filter((d) => Number.isInteger(d) && d > 0);
    const calendar = calendarViolations(slices);
    warnings.add("calendar_violation", calendar.length);
    return {
      symbol: market.symbol,
      asOf: market.asOf,
      chainUs: market.chainUs,
      spot,
      spotUs: market.spotUs,
      expiries,
      tenors: (tenors.length > 0 ? tenors : DEFAULT_TENORS).map((d) =>
        tenorRow(slices, d, spot, market.chainUs, clock),
      ),
      violations: {
        butterflySmile: expiries.reduce((n, e) => n + (e.butterfly.smile > 0 ? 1 : 0), 0),
        butterflyQuotes: expiries.reduce((n, e) => n + e.butterfly.quotes, 0),
        calendar,
      },
      warnings: warnings.list(),
    };
  }

  /** Spot as it is used; null where the market's is none. */
  get spot(): number | null {
    const { spot } = this.market;
    return spot !== null && spot > 0 && spot < Infinity ? spot : null;
  }

  private checkMarket(warnings: Warnings): void {
    const { chainSpot, spotUs, chainUs } = this.market;
    const { spot } = this;
    if (spot === null) warnings.add("non_positive_spot");
    else if (chainSpot !== null && !(Math.abs(spot / chainSpot - 1) <= this.options.spotTolerance))
      warnings.add("spot_differs_from_chain");
    if (spotUs !== null && Math.abs(spotUs - chainUs) > this.options.timeToleranceUs)
      warnings.add("spot_and_chain_times_differ");
  }
}

/** Variance at the forward over time with its events in their place; null without events. */
function eventClock(slices: readonly Slice[], events: readonly TermEvent[]): TermVariance | null {
  if (events.length === 0) return null;
  const points = slices.map(({ smile: { T, params } }) => {
    const w = sviTotalVariance(params, 0);
    return { T, vol: w > 0 ? Math.sqrt(w / T) : Number.NaN, error: Number.NaN, ageUs: Number.NaN };
  });
  return new TermVariance(
    points.filter((p) => p.vol > 0),
    events,
  );
}

/** The surface of one snapshot: {@link VolSurface} fitted throughout. */
export function surface(
  columns: SurfaceColumns,
  market: SurfaceMarket,
  overrides: Partial<SurfaceOptions> = {},
): SurfaceResult {
  const live = new VolSurface(columns, market, overrides);
  live.refitAll();
  return live.result();
}
