/**
 * The one clock of options: how much of a year lies between two instants (µs UTC). Instants carry the exact expiry of a contract (AM
 * or PM settlement, half days), so the day of expiry is right to the minute.
 */
const MINUTE_US = 60e6;
const DAY_US = 86_400e6;
const YEAR_US = 365 * DAY_US;

/**
 * How time counts. `ACT/365F`: whole minutes left over 365 days of 24 hours. A {@link TradingClock}: elapsed time weighted by whether the market
 * is open, scaled so that an average year of its table is 1.
 */
export type TimeConvention = "ACT/365F" | TradingClock;

/** What an hour is worth in a trading clock, against an open hour = 1. */
export interface ClockWeights {
  /** Between one close and the next open within a day. */
  readonly night: number;
  /** Each whole day in which the market doesn't open: weekends and holidays. */
  readonly closedDay: number;
}

/** Weights under which a year's variance falls about as follows: trading hours 60 %, nights 30 %, weekends and holidays 10 %. */
export const DEFAULT_WEIGHTS: ClockWeights = { night: 0.19, closedDay: 0.11 };

/** Weighted time at each open of a session table, ready for look-ups. Made by {@link tradingClock}. */
export interface TradingClock {
  readonly weights: ClockWeights;
  readonly openUs: Float64Array;
  readonly closeUs: Float64Array;
  /** Weighted µs from the first open to each open. */
  readonly worth: Float64Array;
  /** Weighted µs per year of 365 days, the table's average. */
  readonly perYear: number;
}

/** Weighted length of a closed stretch: whole days of it are closed days, the rest is night, night first. */
function closedWorth(us: number, whole: number, weights: ClockWeights): number {
  const night = whole - DAY_US * Math.floor(whole / DAY_US);
  const inNight = Math.min(us, night);
  return weights.night * inNight + weights.closedDay * (us - inNight);
}

/**
 * A trading clock from a session table: `openUs[i]` and `closeUs[i]` of session i, ascending, at least two sessions. Null when the table
 * is not that.
 */
export function tradingClock(
  openUs: Float64Array,
  closeUs: Float64Array,
  weights: ClockWeights = DEFAULT_WEIGHTS,
): TradingClock | null {
  const n = openUs.length;
  if (n < 2 || closeUs.length !== n) return null;
  const worth = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const open = openUs[i] as number;
    const close = closeUs[i] as number;
    if (!(close > open)) return null;
    if (i === 0) continue;
    const before = closeUs[i - 1] as number;
    if (!(open >= before)) return null;
    const gap = open - before;
    worth[i] =
      (worth[i - 1] as number) + (before - (openUs[i - 1] as number)) + closedWorth(gap, gap, weights);
  }
  const span = (openUs[n - 1] as number) - (openUs[0] as number);
  return { weights, openUs, closeUs, worth, perYear: ((worth[n - 1] as number) / span) * YEAR_US };
}

/** Weighted µs from the first open to `us`; outside the table time runs at the table's average pace. */
function worthAt(clock: TradingClock, us: number): number {
  const { openUs, closeUs, worth, weights, perYear } = clock;
  const last = openUs.length - 1;
  const pace = perYear / YEAR_US;
  if (us <= (openUs[0] as number)) return (us - (openUs[0] as number)) * pace;
  if (us >= (openUs[last] as number)) return (worth[last] as number) + (us - (openUs[last] as number)) * pace;
  let lo = 0;
  let hi = last;
  while (hi - lo > 1) {
    const mid = (lo + hi) >> 1;
    if ((openUs[mid] as number) <= us) lo = mid;
    else hi = mid;
  }
  const open = openUs[lo] as number;
  const close = closeUs[lo] as number;
  if (us <= close) return (worth[lo] as number) + (us - open);
  return (
    (worth[lo] as number) + (close - open) + closedWorth(us - close, (openUs[hi] as number) - close, weights)
  );
}

/**
 * Years from `nowUs` to `expiryUs` (both µs UTC), 0 once expired and (calendar) in the last minute; NaN if either is not finite. The same number serves implied vol, theta,
 * marks and scenarios.
 */
export function yearFraction(
  nowUs: number,
  expiryUs: number,
  convention: TimeConvention = "ACT/365F",
): number {
  const left = expiryUs - nowUs;
  if (left - left !== 0) return Number.NaN;
  if (left <= 0) return 0;
  if (convention === "ACT/365F") return (Math.floor(left / MINUTE_US) * MINUTE_US) / YEAR_US;
  return (worthAt(convention, expiryUs) - worthAt(convention, nowUs)) / convention.perYear;
}
