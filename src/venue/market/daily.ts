import {
  calendarZone,
  dayToIso,
  isoDayAt,
  isoToDay,
  type Micros,
  type Session,
  sessionOn,
  US_PER_MINUTE,
} from "../../../engines/market/index.ts";
import { normalAt, Stream } from "./noise.ts";
import type { Pricer } from "./pricer.ts";
import { cents, type Shapes, snap, tickOf } from "./shapes.ts";
import type { Bar, Product } from "./types.ts";

/** Days of history before the session's day. */
export const HISTORY_DAYS = 60;
/** A day's high and low are those of its prices so often; of options, of which there are thousands, less often. */
const SAMPLE_US = 5 * US_PER_MINUTE;
const OPTION_SAMPLE_US = 30 * US_PER_MINUTE;
/** Days of products whose samples are kept. */
const MOST_SAMPLED = 20_000;

interface Samples {
  readonly open: number;
  readonly close: number;
  readonly end: number;
  readonly high: number;
  readonly low: number;
  readonly sum: number;
  readonly n: number;
  /** Instant of the first sample that is not in it. */
  readonly nextUs: number;
}
/** Spans of days whose sessions are kept. */
const MOST_SPANS = 1_000;

/** Days of the seeded market, each sampled at some instants: to draw all of its trades would take too long. */
export class Daily {
  private readonly sampled = new Map<string, Samples>();
  /** Days that are over, by product and opening: they do not change any more. */
  private readonly endedDays = new Map<number, Map<number, Bar>>();
  private readonly sessions = new Map<string, readonly Session[]>();

  /** `today`: number of the listing's day. */
  constructor(
    private readonly seed: number,
    private readonly today: number,
    private readonly pricer: Pricer,
    private readonly shapes: Shapes,
  ) {}

  bars(product: Product, fromUs: number, toUs: number): readonly Bar[] {
    const { calendar } = product.instrument;
    const zone = calendarZone(calendar);
    const bars: Bar[] = [];
    const start = Math.max(isoToDay(isoDayAt(zone, fromUs as Micros)), this.today - HISTORY_DAYS + 2);
    const end = isoToDay(isoDayAt(zone, toUs as Micros)) + 1;
    for (const s of this.sessionsOf(calendar, start, end))
      if (s.openUs >= fromUs && s.openUs < toUs)
        bars.push(s.closeUs <= toUs ? this.endedDay(product, s) : this.dailyBar(product, s, toUs));
    return bars;
  }

  /** Sessions of the days of a span, which is asked for many times over. */
  private sessionsOf(calendar: string, from: number, to: number): readonly Session[] {
    const key = `${calendar} ${from} ${to}`;
    let found = this.sessions.get(key);
    if (found === undefined) {
      const days = Array.from({ length: Math.max(0, to - from + 1) }, (_, k) => from + k);
      found = days.map((d) => sessionOn(calendar, dayToIso(d))).filter((s) => s !== null);
      if (this.sessions.size >= MOST_SPANS) this.sessions.clear();
      this.sessions.set(key, found);
    }
    return found;
  }

  private endedDay(product: Product, s: Session): Bar {
    let days = this.endedDays.get(product.index);
    if (days === undefined) this.endedDays.set(product.index, (days = new Map()));
    let bar = days.get(s.openUs);
    if (bar === undefined) days.set(s.openUs, (bar = this.dailyBar(product, s, s.closeUs)));
    return bar;
  }

  /** A day as its prices at some instants show it; volume from the mean rate. */
  private dailyBar(product: Product, s: Session, toUs: number): Bar {
    const end = Math.min(s.closeUs, toUs);
    const { open, high, low, sum, n, close } = this.samples(product, s.openUs, end);
    const noise = 1 + 0.25 * normalAt(this.seed, Stream.daily, product.salt, isoToDay(s.day));
    const count = Math.round(
      ((this.shapes.rates(product).trades * (end - s.openUs)) / 1e6) * Math.max(0.3, noise),
    );
    const volume = Math.round(count * this.shapes.tradeSize(product, 0.8));
    return {
      startUs: s.openUs,
      open,
      high: Math.max(high, close),
      low: Math.min(low, close),
      close,
      volume,
      count,
      vwap: n === 0 ? open : cents(sum / n),
    };
  }

  /** A day is asked for again and again: what was sampled of it before is kept. */
  private samples(product: Product, openUs: number, end: number): Samples {
    const key = `${product.index} ${openUs}`;
    const known = this.sampled.get(key);
    if (known !== undefined && known.end === end) return known;
    const tick = tickOf(product.instrument.ticks, this.pricer.fair(product, openUs));
    const price = (us: number): number => snap(this.pricer.fair(product, us), tick, Math.round);
    const from = known !== undefined && known.end < end ? known : null;
    const open = from?.open ?? price(openUs);
    let { high, low, sum, n, nextUs } = from ?? { high: open, low: open, sum: 0, n: 0, nextUs: openUs };
    const step = product.instrument.kind === "option" ? OPTION_SAMPLE_US : SAMPLE_US;
    for (; nextUs < end; nextUs += step) {
      const p = price(nextUs);
      high = Math.max(high, p);
      low = Math.min(low, p);
      sum += p;
      n++;
    }
    const samples = { open, high, low, sum, n, nextUs, end, close: price(end - 1) };
    if (this.sampled.size >= MOST_SAMPLED) this.sampled.clear();
    this.sampled.set(key, samples);
    return samples;
  }
}
