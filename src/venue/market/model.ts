import {
  type Catalog,
  calendarZone,
  dayToIso,
  type IsoDay,
  isoDayAt,
  isoToDay,
  lastSession,
  type Micros,
  type Session,
  sessionOn,
  US_PER_DAY,
  US_PER_MINUTE,
} from "../../../engines/market/index.ts";
import { Activity, type MinutePlan } from "./activity.ts";
import { barOf } from "./bars.ts";
import { Listing } from "./listing.ts";
import { normalAt, Stream, uniformAt } from "./noise.ts";
import { VOL_ASSET } from "./others.ts";
import { Paths } from "./paths.ts";
import { Pricer } from "./pricer.ts";
import { cents, Shapes, snap, tickOf } from "./shapes.ts";
import type { Bar, MarketEvent, OptionView, Product, Quote, Trade, VenueMarket, Wanted } from "./types.ts";
import type { Asset } from "./universe.ts";

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
/** Minutes looked back for the last trade of a quiet product. */
const TRADE_LOOKBACK = 390;

export interface ModelOptions {
  readonly catalog: Catalog;
  readonly assets: readonly Asset[];
  readonly seed: number;
  readonly day: IsoDay;
}

/** The seeded market: every answer is a function of (seed, day of the listing, instant), whoever asks and how often. */
export class ModelMarket implements VenueMarket {
  private readonly sampled = new Map<string, Samples>();
  readonly listed: readonly Product[];
  private readonly seed: number;
  private readonly listing: Listing;
  private readonly pricer: Pricer;
  private readonly activity: Activity;
  private readonly shapes: Shapes;
  private readonly quotePlans = new Map<number, MinutePlan>();
  private readonly tradePlans = new Map<number, MinutePlan>();
  /** Days that are over, by product and opening: they do not change any more. */
  private readonly endedDays = new Map<number, Map<number, Bar>>();
  private readonly sessions = new Map<string, readonly Session[]>();

  constructor(options: ModelOptions) {
    const { catalog, assets, seed, day } = options;
    this.seed = seed;
    const calendars = assets.map((asset) => ({ asset, calendar: pathCalendar(catalog, asset) }));
    const anchor = isoToDay(day) - HISTORY_DAYS;
    const paths = new Paths(seed, anchor, [...calendars, { asset: VOL_ASSET, calendar: "NYSE" }]);
    const open = sessionOn("NYSE", day)?.openUs ?? isoToDay(day) * US_PER_DAY;
    const opens = new Map<string, number>();
    this.listing = new Listing(catalog, assets, day, (asset) => {
      const known = opens.get(asset.symbol) ?? this.pricer.spot(asset, open);
      opens.set(asset.symbol, known);
      return known;
    });
    this.pricer = new Pricer(paths, this.listing, new Map(assets.map((a) => [a.symbol, a])));
    this.activity = new Activity(seed);
    this.shapes = new Shapes(seed, this.listing, this.pricer);
    this.listed = this.listing.listed;
  }

  bySymbol(symbol: string): Product | null {
    return this.listing.bySymbol(symbol);
  }
  byIndex(index: number): Product | null {
    return this.listing.byIndex(index);
  }
  chain(base: Product): readonly Product[] {
    return this.listing.chain(base);
  }

  private quotePlan(product: Product, minute: number): MinutePlan {
    const kept = this.quotePlans.get(product.salt);
    if (kept?.minute === minute) return kept;
    const { calendar } = product.instrument;
    const plan = this.activity.quotes(product.salt, calendar, this.shapes.rates(product).quotes, minute);
    this.quotePlans.set(product.salt, plan);
    return plan;
  }

  private tradePlan(product: Product, minute: number): MinutePlan {
    const kept = this.tradePlans.get(product.salt);
    if (kept?.minute === minute) return kept;
    const { calendar } = product.instrument;
    const plan = this.activity.trades(product.salt, calendar, this.shapes.rates(product).trades, minute);
    this.tradePlans.set(product.salt, plan);
    return plan;
  }

  private expired(product: Product, us: number): boolean {
    const i = product.instrument;
    return (i.kind === "option" || i.kind === "future") && us >= i.lastTradeUs;
  }

  quoteAt(product: Product, us: number): Quote | null {
    const session = this.session(product, us);
    if (session === null) return null;
    // The last change at or before the instant; each open minute has one.
    const until = Math.min(us, session.closeUs - 1);
    for (let m = Math.floor(until / US_PER_MINUTE); m >= until / US_PER_MINUTE - 3; m--) {
      const plan = this.quotePlan(product, m);
      for (let k = lastIndex(plan, until); k >= 0; k--) {
        const at = plan.at(k);
        if (at <= until) return this.shapes.quote(product, m, k, at);
      }
    }
    // Before the first quote of a day the last one of the day before stands.
    return this.quoteAt(product, session.openUs - 1);
  }

  /** The session that an instant lies in or after, of the product's life. */
  private session(product: Product, us: number): Session | null {
    const i = product.instrument;
    const last = i.kind === "option" || i.kind === "future" ? Math.min(us, i.lastTradeUs - 1) : us;
    return this.activity.session(i.calendar, last) ?? lastSession(i.calendar, last as Micros);
  }

  private makeTrade(product: Product, minute: number, k: number, us: number): Trade | null {
    const quote = this.quoteAt(product, us);
    if (quote === null) return null;
    const at = Math.imul(minute, 8191) + k;
    const bought = uniformAt(this.seed, Stream.tradeSide, product.salt, at) < 0.5 || quote.bid === 0;
    const draw = Math.abs(normalAt(this.seed, Stream.tradeSize, product.salt, at));
    const id = minute * 4096 + k;
    return {
      us,
      id,
      price: bought ? quote.ask : quote.bid,
      size: this.shapes.tradeSize(product, draw),
      bought,
    };
  }

  lastTrade(product: Product, us: number): Trade | null {
    const session = this.session(product, us);
    if (session === null) return null;
    const until = Math.min(us, session.closeUs - 1);
    const first = Math.max(session.openUs, until - TRADE_LOOKBACK * US_PER_MINUTE) / US_PER_MINUTE;
    for (let m = Math.floor(until / US_PER_MINUTE); m >= first; m--) {
      const plan = this.tradePlan(product, m);
      for (let k = lastIndex(plan, until); k >= 0; k--) {
        const at = plan.at(k);
        if (at <= until && !this.expired(product, at)) return this.makeTrade(product, m, k, at);
      }
    }
    return null;
  }

  trades(product: Product, fromUs: number, toUs: number): readonly Trade[] {
    const found: Trade[] = [];
    this.eachTrade(product, fromUs, toUs, (t) => found.push(t));
    return found;
  }

  private eachTrade(product: Product, fromUs: number, toUs: number, take: (t: Trade) => void): void {
    for (let m = Math.floor(fromUs / US_PER_MINUTE); m * US_PER_MINUTE < toUs; m++) {
      const plan = this.tradePlan(product, m);
      // Times ascend, one in each equal part of the minute: those before `fromUs` need not be drawn.
      const share = (fromUs - m * US_PER_MINUTE) / US_PER_MINUTE;
      for (let k = Math.max(0, Math.floor(share * plan.count) - 1); k < plan.count; k++) {
        const at = plan.at(k);
        if (at >= toUs) break;
        if (at < fromUs || this.expired(product, at)) continue;
        const trade = this.makeTrade(product, m, k, at);
        if (trade !== null) take(trade);
      }
    }
  }

  minuteBars(product: Product, fromUs: number, toUs: number): readonly Bar[] {
    const bars: Bar[] = [];
    const first = Math.ceil(fromUs / US_PER_MINUTE);
    for (let m = first; m * US_PER_MINUTE < toUs; m++) {
      const start = m * US_PER_MINUTE;
      if (this.activity.session(product.instrument.calendar, start) === null) continue;
      const bar = barOf(start, this.trades(product, start, start + US_PER_MINUTE));
      if (bar !== null) bars.push(bar);
    }
    return bars;
  }

  dailyBars(product: Product, fromUs: number, toUs: number): readonly Bar[] {
    const { calendar } = product.instrument;
    const zone = calendarZone(calendar);
    const bars: Bar[] = [];
    const start = Math.max(
      isoToDay(isoDayAt(zone, fromUs as Micros)),
      isoToDay(this.listing.today) - HISTORY_DAYS + 2,
    );
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

  optionView(product: Product, us: number): OptionView | null {
    return this.pricer.view(product, us);
  }

  openInterest(product: Product): number | null {
    if (product.instrument.kind !== "option" && product.instrument.kind !== "future") return null;
    const draw = Math.abs(normalAt(this.seed, Stream.openInterest, product.salt, 0));
    return Math.round(40 + draw * draw * 60_000 * Math.min(1, this.shapes.rates(product).quotes));
  }

  advance(wanted: Wanted, fromUs: number, toUs: number): readonly MarketEvent[] {
    const found: (MarketEvent & { us: number })[] = [];
    for (const product of wanted.quotes)
      for (let m = Math.floor(fromUs / US_PER_MINUTE); m * US_PER_MINUTE < toUs; m++) {
        const plan = this.quotePlan(product, m);
        for (let k = Math.max(0, lastIndex(plan, fromUs) - 1); k < plan.count; k++) {
          const at = plan.at(k);
          if (at >= toUs) break;
          if (at < fromUs || this.expired(product, at)) continue;
          found.push({ kind: "quote", product, quote: this.shapes.quote(product, m, k, at), us: at });
        }
      }
    for (const product of wanted.trades)
      this.eachTrade(product, fromUs, toUs, (trade) =>
        found.push({ kind: "trade", product, trade, us: trade.us }),
      );
    return found.sort((a, b) => a.us - b.us);
  }
}

/** Futures trade while their index sleeps: the path moves in the hours of its stock market, whatever else stands on it. */
function pathCalendar(catalog: Catalog, asset: Asset): string {
  const calendar = catalog.spots.get(asset.id)?.calendar ?? "NYSE";
  return calendar === "CBOE-SPX" ? "NYSE" : calendar;
}

/** An index at or after the last event not later than `us`. */
function lastIndex(plan: MinutePlan, us: number): number {
  const share = (us - plan.minute * US_PER_MINUTE) / US_PER_MINUTE;
  return Math.min(plan.count - 1, Math.floor(share * plan.count));
}
