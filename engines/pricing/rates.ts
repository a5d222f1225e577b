/** Day count of a money market, and ACT/365F, the clock of every option here. */
export type DayCount = "ACT/360" | "ACT/365F";

/** Convention of the money market of a currency; null when it is not known here. */
export function moneyMarketDayCount(ccy: string): DayCount | null {
  switch (ccy) {
    case "USD":
    case "EUR":
    case "CHF":
      return "ACT/360";
    case "GBP":
    case "JPY":
      return "ACT/365F";
    default:
      return null;
  }
}

const yearDays = (d: DayCount): number => (d === "ACT/360" ? 360 : 365);

/**
 * How a rate is quoted. `simple`: df = 1 / (1 + r d/B). `bank-discount` (Treasury bills): df = 1 - r d/B. `annual`: df = (1+r)^(-d/B).
 * `continuous`: df = exp(-r d/B). d = days, B = the day count's year.
 */
export type RateBasis = "simple" | "bank-discount" | "annual" | "continuous";

/** One quoted rate: a fraction per year (0.0020 = 0.20 %) over `days` from the curve's as-of day. */
export interface RateQuote {
  readonly days: number;
  readonly rate: number;
  readonly basis: RateBasis;
  readonly dayCount: DayCount;
}

/** Discount factor of one quote; null when the quote has none (days not positive, a discount of 100 % or more, not finite). */
export function quoteDiscount(q: RateQuote): number | null {
  if (!(q.days > 0 && q.days < Infinity) || !Number.isFinite(q.rate)) return null;
  const years = q.days / yearDays(q.dayCount);
  let df: number;
  switch (q.basis) {
    case "simple":
      df = 1 / (1 + q.rate * years);
      break;
    case "bank-discount":
      df = 1 - q.rate * years;
      break;
    case "annual":
      df = (1 + q.rate) ** -years;
      break;
    case "continuous":
      df = Math.exp(-q.rate * years);
      break;
  }
  return df > 0 && df < Infinity ? df : null;
}

/** What a number rests on: a published fact, or an assumption that every screen can name. */
export type Standing = "fact" | "assumption";

/** Discount factors of one currency as of one day, at nodes of calendar days; ln df is linear between them. */
export interface RateCurve {
  readonly ccy: string;
  /** ISO day. */
  readonly asOf: string;
  readonly standing: Standing;
  readonly source: string;
  readonly days: Float64Array;
  readonly logDf: Float64Array;
}

export type CurveResult =
  | { readonly kind: "ok"; readonly curve: RateCurve }
  | { readonly kind: "no_quotes" | "bad_quote" | "duplicate_tenor" };

/** What a curve is called: its currency, day, standing and source. */
export type CurveLabel = Pick<RateCurve, "ccy" | "asOf" | "standing" | "source">;

/** Builds a curve from quotes in any order. Refusals: no quote, a quote without a discount factor, two quotes of one tenor. */
export function rateCurve(label: CurveLabel, quotes: readonly RateQuote[]): CurveResult {
  if (quotes.length === 0) return { kind: "no_quotes" };
  const sorted = [...quotes].sort((a, b) => a.days - b.days);
  const days = new Float64Array(sorted.length);
  const logDf = new Float64Array(sorted.length);
  for (const [i, q] of sorted.entries()) {
    const df = quoteDiscount(q);
    if (df === null) return { kind: "bad_quote" };
    if (i > 0 && q.days === days[i - 1]!) return { kind: "duplicate_tenor" };
    days[i] = q.days;
    logDf[i] = Math.log(df);
  }
  return { kind: "ok", curve: { ...label, days, logDf } };
}

/** A curve of one continuous ACT/365F rate: what an assumption looks like. */
export function flatCurve(label: CurveLabel, rate: number): RateCurve {
  return { ...label, days: Float64Array.of(365), logDf: Float64Array.of(-rate) };
}

/** ln df at `days`: linear between nodes (constant forward rates), the first and last zero rates carried outwards. */
function logDiscount({ days, logDf }: RateCurve, d: number): number {
  const last = days.length - 1;
  if (d <= days[0]!) return (logDf[0]! * d) / days[0]!;
  if (d >= days[last]!) return (logDf[last]! * d) / days[last]!;
  let i = 1;
  while (days[i]! < d) i++;
  const u = (d - days[i - 1]!) / (days[i]! - days[i - 1]!);
  return logDf[i - 1]! + u * (logDf[i]! - logDf[i - 1]!);
}

/** Discount factor at t years (ACT/365F, so 365 t calendar days) from the curve's as-of day. 1 for t <= 0. */
export function discountFactor(curve: RateCurve, t: number): number {
  return t > 0 ? Math.exp(logDiscount(curve, t * 365)) : 1;
}

/** Continuous zero rate at t years, ACT/365F: df = exp(-r t). At t <= 0 the rate of the first node. */
export function zeroRate(curve: RateCurve, t: number): number {
  const at = t > 0 ? t : curve.days[0]! / 365;
  return -logDiscount(curve, at * 365) / at;
}

/** The simple money-market rate of a discount factor over `days`: (1/df - 1) B/days. */
export function simpleRate(df: number, days: number, dayCount: DayCount): number {
  return ((1 / df - 1) * yearDays(dayCount)) / days;
}
