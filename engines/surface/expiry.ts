import { type ChainRows, ivChain, sviTotalVariance, yearFraction } from "../pricing/index.ts";
import { normPdf } from "../stats/index.ts";
import { type Carry, ExpiryCarry } from "./carry.ts";
import { smileFigures, viewOf } from "./figures.ts";
import type { Listing } from "./listing.ts";
import { ExpiryQuotes } from "./quotes.ts";
import { fitSmile, type SmileQuotes } from "./smile-fit.ts";
import type {
  ExpiryRow,
  FitQuality,
  Smile,
  SmileFigures,
  SmileKind,
  SurfaceColumns,
  SurfaceExpiry,
  SurfaceOptions,
} from "./types.ts";
import { Warnings } from "./warnings.ts";

const MINUTE_US = 60e6;
/** A median vendor vol above this is a percentage. */
const PERCENT_MEDIAN = 3;
/** Share of the time left after which a fit is made again though nothing ticked. */
const AGEING = 0.005;
/** A fit with fewer narrow quotes than this takes the wide ones too. */
const ENOUGH = 5;

/** Scatter of the pairs' own forwards, as a share of the forward, above which it is named. */
const FORWARD_TOLERANCE = 0.002;

/** Can dividends and borrow explain spot against the discounted forward? 0.05 % plus 10 % a year may. */
function carryPlausible(spot: number, { forward, df }: Carry, T: number): boolean {
  return Math.abs((forward * df) / spot - 1) <= 0.0005 + 0.1 * T;
}

/** Kinds that the next fit may start from. */
const WARM: ReadonlySet<SmileKind> = new Set(["svi", "constrained"]);

type Fit = Omit<ExpiryRow, "dte" | "minutesLeft" | "figures" | "quality"> & {
  readonly figures: SmileFigures | null;
  readonly quality: Omit<FitQuality, "ageUs"> | null;
};

/** One expiry: its quotes, forward and smile, refitted when asked, warm from the fit before. Nothing throws. */
export class ExpirySmile {
  readonly expiry: SurfaceExpiry;
  dirty = true;
  private readonly quotes: ExpiryQuotes;
  private readonly carry: ExpiryCarry;
  private readonly options: SurfaceOptions;
  private readonly otm: ChainRows;
  private readonly price: Float64Array;
  private readonly half: Float64Array;
  private readonly vol: Float64Array;
  private readonly kind: Uint8Array;
  private readonly points: { n: number; k: Float64Array; vol: Float64Array; weight: Float64Array };
  private readonly error: Float64Array;
  private fit: Fit | null = null;

  constructor(listing: Listing, options: SurfaceOptions) {
    this.expiry = listing.expiry;
    this.options = options;
    this.quotes = new ExpiryQuotes(listing);
    this.carry = new ExpiryCarry(listing.expiry, this.quotes);
    const m = this.quotes.m;
    const column = (): Float64Array => new Float64Array(m);
    this.otm = { n: m, w: new Int8Array(m), K: listing.strikes };
    this.price = column();
    this.half = column();
    this.vol = column();
    this.kind = new Uint8Array(m);
    this.points = { n: 0, k: column(), vol: column(), weight: column() };
    this.error = column();
  }

  get smile(): Smile | null {
    return this.fit?.smile ?? null;
  }
  get fitUs(): number | null {
    return this.fit?.quality?.fitUs ?? null;
  }
  /** Have quotes changed since the last fit, or has so much of the time to expiry passed that its vols no longer hold? */
  due(nowUs: number): boolean {
    const { fitUs } = this;
    return (
      this.dirty || (fitUs !== null && nowUs - fitUs > AGEING * Math.max(0, this.expiry.expiryUs - nowUs))
    );
  }

  /** The quotes of the last fit. */
  get fitted(): SmileQuotes {
    return this.points;
  }

  /** Reads the quotes and fits again. `spot` null unknown. */
  refit(columns: SurfaceColumns, spot: number | null, nowUs: number): void {
    this.dirty = false;
    const warnings = new Warnings();
    const { quotes, options } = this;
    quotes.read(columns);
    const { counts } = quotes;
    warnings.add("crossed_quote", counts.crossed);
    warnings.add("invalid_quote", counts.invalid);
    warnings.add("one_sided_quote", counts.oneSided);
    const T = yearFraction(nowUs, this.expiry.expiryUs);
    const none = (warning: string): void => {
      warnings.add(warning);
      this.points.n = 0;
      this.fit = { ...this.noFit(), warnings: warnings.list() };
    };
    if (!(T > 0)) return none(this.expiry.expiryUs > nowUs ? "expiry_in_its_last_minute" : "expired");
    if (!(this.expiry.df > 0)) warnings.add("rate_unknown");
    if (this.expiry.style === "american" && spot === null) warnings.add("early_exercise_not_removed");
    const carry = this.carry.find(spot ?? Number.NaN, T, nowUs);
    if (carry === null) return none("no_forward");
    if (carry.source !== "parity") warnings.add(`forward_from_${carry.source}`);
    let wide = 0;
    const vendorVols = counts.twoSided === 0;
    if (vendorVols) this.vendorPoints(columns, carry, warnings);
    else wide = this.quotePoints(carry, T, options);
    const before = this.fit?.smile;
    const fitted = fitSmile(this.points, T, before && WARM.has(before.kind) ? before.params : null);
    if (fitted === null) return none(vendorVols && counts.oneSided === 0 ? "no_quotes" : "no_usable_quotes");
    const { k, n } = this.points;
    const smile: Smile = {
      kind: fitted.kind,
      params: fitted.params,
      T,
      forward: carry.forward,
      forwardSource: carry.source,
      df: carry.df,
      kMin: k[0]!,
      kMax: k[n - 1]!,
    };
    if (carry.residual !== null && carry.residual > FORWARD_TOLERANCE * carry.forward)
      warnings.add("forward_uncertain");
    if (carry.source === "parity" && spot !== null && !carryPlausible(spot, carry, T))
      warnings.add("spot_differs_from_parity");
    if (fitted.kind !== "svi") warnings.add(`smile_${fitted.kind}`);
    if (k[0]! > 0 || k[n - 1]! < 0) warnings.add("forward_not_between_quotes");
    this.fit = {
      expiry: this.expiry,
      smile,
      figures: smileFigures(viewOf(smile), spot),
      forwardResidual: carry.residual,
      impliedYield: spot === null ? null : Math.log(spot / (carry.forward * carry.df)) / T,
      listedStraddle: this.listedStraddle(carry.forward),
      quality: {
        rmse: fitted.rmse,
        maxError: fitted.maxError,
        used: n,
        withinSpread: this.withinSpread(smile),
        atmError: vendorVols ? null : this.atmError(),
        twoSided: counts.twoSided,
        oneSided: counts.oneSided,
        crossed: counts.crossed,
        wide,
        vendorVols,
        fitUs: nowUs,
      },
      butterfly: { smile: fitted.violations, quotes: quotes.butterflyViolations() },
      warnings: warnings.list(),
    };
  }

  row(dte: number | null, nowUs: number): ExpiryRow {
    const fit = this.fit ?? { ...this.noFit(), warnings: ["not_fitted"] };
    return {
      ...fit,
      dte,
      minutesLeft: Math.max(0, Math.floor((this.expiry.expiryUs - nowUs) / MINUTE_US)),
      quality: fit.quality && { ...fit.quality, ageUs: Math.max(0, nowUs - fit.quality.fitUs) },
    };
  }

  private noFit(): Omit<Fit, "warnings"> {
    return {
      expiry: this.expiry,
      smile: null,
      figures: null,
      forwardResidual: null,
      impliedYield: null,
      listedStraddle: null,
      quality: null,
      butterfly: { smile: 0, quotes: this.quotes.butterflyViolations() },
    };
  }

  /** Out-of-the-money quotes as vols with weights 1 / (half-spread in vol^2 + model error^2); returns how many were too wide. */
  private quotePoints(carry: Carry, T: number, options: SurfaceOptions): number {
    const { quotes, otm, price, half, vol, kind, points, error } = this;
    const { forward: F, df } = carry;
    for (let i = 0; i < otm.n; i++) {
      const put = otm.K[i]! < F;
      const at = put ? quotes.m + i : i;
      otm.w[i] = put ? -1 : 1;
      price[i] = this.carry.value[at]!;
      half[i] = quotes.half[at]!;
    }
    const market = { S: F * df, T, r: -Math.log(df) / T, q: 0 };
    ivChain(market, otm, price, vol, vol, kind);
    const root = Math.sqrt(T);
    const keep = (limit: number): number => {
      let wide = 0;
      points.n = 0;
      for (let i = 0; i < otm.n; i++) {
        const sigma = vol[i]!;
        if (!(sigma > 0)) continue;
        const k = Math.log(otm.K[i]! / F);
        const s = sigma * root;
        const vega = df * F * normPdf(-k / s + s / 2) * root;
        const own = half[i]! / vega;
        if (!(own <= limit * sigma)) {
          wide++;
          continue;
        }
        points.k[points.n] = k;
        points.vol[points.n] = sigma;
        points.weight[points.n] = 1 / (own * own + options.modelError * options.modelError);
        error[points.n++] = own;
      }
      return wide;
    };
    const wide = keep(options.maxRelativeVolSpread);
    return points.n >= ENOUGH ? wide : keep(1e6);
  }

  private vendorPoints(columns: SurfaceColumns, carry: Carry, warnings: Warnings): void {
    const { quotes, otm, points, error } = this;
    points.n = 0;
    const vols: number[] = [];
    for (let i = 0; i < otm.n; i++) {
      const v = quotes.vendorVol(columns, otm.K[i]! < carry.forward ? quotes.m + i : i);
      if (!(v > 0 && v < Infinity)) continue;
      vols.push(v);
      points.k[points.n] = Math.log(otm.K[i]! / carry.forward);
      points.vol[points.n] = v;
      points.weight[points.n] = 1;
      error[points.n++] = 0;
    }
    if (vols.length === 0) return;
    warnings.add("vendor_vols_used");
    vols.sort((a, b) => a - b);
    if (vols[vols.length >> 1]! > PERCENT_MEDIAN) {
      points.n = 0;
      warnings.add("vendor_vols_in_percent_not_used");
    }
  }

  private withinSpread({ params, T }: Smile): number {
    const { n, k, vol } = this.points;
    let inside = 0;
    for (let i = 0; i < n; i++) {
      const model = Math.sqrt(Math.max(0, sviTotalVariance(params, k[i]!)) / T);
      if (Math.abs(model - vol[i]!) <= this.error[i]!) inside++;
    }
    return inside / n;
  }

  private atmError(): number {
    const { n, k } = this.points;
    let near = 0;
    for (let i = 1; i < n; i++) if (Math.abs(k[i]!) < Math.abs(k[near]!)) near = i;
    const from = Math.max(0, Math.min(near - 1, n - 4));
    const to = Math.min(n, from + 4);
    let sum = 0;
    for (let i = from; i < to; i++) sum += this.error[i]!;
    return sum / (to - from);
  }

  private listedStraddle(forward: number): { strike: number; mark: number } | null {
    const { m, mid, strike } = this.quotes;
    let best = -1;
    for (let i = 0; i < m; i++) {
      if (best < 0 || Math.abs(strike[i]! - forward) < Math.abs(strike[best]! - forward)) best = i;
    }
    const mark = best < 0 ? Number.NaN : mid[best]! + mid[m + best]!;
    return mark > 0 ? { strike: strike[best]!, mark } : null;
  }
}
