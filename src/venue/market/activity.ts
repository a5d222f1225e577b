import { type Micros, type Session, sessionOf, US_PER_MINUTE } from "../../../engines/market/index.ts";
import { normalAt, Stream, uniformAt } from "./noise.ts";
import { bustle } from "./paths.ts";

/**
 * When things happen. For every product and minute the number of quote changes and of trades, and their times, follow from the seed alone.
 */

/** Times of the k-th event within its minute, µs from the minute's start, ascending; drawn when asked for. */
export interface MinutePlan {
  readonly minute: number;
  readonly count: number;
  readonly at: (k: number) => number;
}

/** An even spread with a jitter of one interval: ascending without sorting. */
function plan(seed: number, stream: number, product: number, minute: number, count: number): MinutePlan {
  const step = US_PER_MINUTE / Math.max(count, 1);
  return {
    minute,
    count,
    at: (k) =>
      minute * US_PER_MINUTE +
      Math.floor((k + uniformAt(seed, stream + 40, product, Math.imul(minute, 8191) + k)) * step),
  };
}

/** Number of events at a mean rate: a rounded normal where many are due, else one chance at a time. */
function drawCount(seed: number, stream: number, product: number, minute: number, mean: number): number {
  if (mean >= 12)
    return Math.max(1, Math.round(mean + Math.sqrt(mean) * normalAt(seed, stream, product, minute)));
  // Poisson by inversion.
  const u = uniformAt(seed, stream, product, minute);
  let p = Math.exp(-mean);
  let sum = p;
  let n = 0;
  while (u > sum && n < 60) {
    n++;
    p *= mean / n;
    sum += p;
  }
  return n;
}

export class Activity {
  private readonly sessions = new Map<string, Session | null>();
  private readonly found = new Map<string, Session>();

  constructor(private readonly seed: number) {}

  /** The session of a calendar that holds an instant; the last one found is tried first. */
  session(calendar: string, us: number): Session | null {
    const last = this.found.get(calendar);
    if (last !== undefined && us >= last.openUs && us < last.closeUs) return last;
    const s = this.minuteSession(calendar, us);
    if (s === null || us < s.openUs || us >= s.closeUs) return null;
    this.found.set(calendar, s);
    return s;
  }

  private minuteSession(calendar: string, us: number): Session | null {
    const key = `${calendar} ${Math.floor(us / US_PER_MINUTE)}`;
    let s = this.sessions.get(key);
    if (s === undefined) {
      s = sessionOf(calendar, us as Micros);
      if (this.sessions.size > 5_000) this.sessions.clear();
      this.sessions.set(key, s);
    }
    return s;
  }

  /** Share of the mean activity in a minute; 0 outside the session. */
  private pace(calendar: string, minute: number): number {
    const us = minute * US_PER_MINUTE;
    const s = this.session(calendar, us);
    if (s === null) return 0;
    const length = s.closeUs - s.openUs;
    return length > 12 * 60 * US_PER_MINUTE ? 0.8 : bustle((us - s.openUs) / length);
  }

  /** Quote changes of a minute; at least one while the market is open, so that no quote is older than two minutes. */
  quotes(product: number, calendar: string, perSecond: number, minute: number): MinutePlan {
    const pace = this.pace(calendar, minute);
    const mean = perSecond * 60 * pace;
    const count =
      pace === 0 ? 0 : Math.max(1, drawCount(this.seed, Stream.quoteCount, product, minute, mean));
    return plan(this.seed, Stream.quoteTime, product, minute, count);
  }

  trades(product: number, calendar: string, perSecond: number, minute: number): MinutePlan {
    const mean = perSecond * 60 * this.pace(calendar, minute);
    const count = mean === 0 ? 0 : drawCount(this.seed, Stream.tradeCount, product, minute, mean);
    return plan(this.seed, Stream.tradeTime, product, minute, count);
  }
}
