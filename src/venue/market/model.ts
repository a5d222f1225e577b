import {
  type Catalog,
  type IsoDay,
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
import { Daily, HISTORY_DAYS } from "./daily.ts";
import { Listing } from "./listing.ts";
import { normalAt, Stream, uniformAt } from "./noise.ts";
import { VOL_ASSET } from "./others.ts";
import { Paths } from "./paths.ts";
import { Pricer } from "./pricer.ts";
import { Shapes } from "./shapes.ts";
import type { Bar, MarketEvent, OptionView, Product, Quote, Trade, VenueMarket, Wanted } from "./types.ts";
import type { Asset } from "./universe.ts";

/** Trades of a minute at most: the number of a trade holds its minute and its place in it. */
const MOST_OF_MINUTE = 4096;
/** Number of the first trade of a product at noon of the listing's day. */
const FIRST_SEQ = 10_000_000;
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
  /** Trades of a product before a minute, where it was last asked. */
  private readonly counted = new Map<number, { readonly minute: number; readonly before: number }>();
  readonly listed: readonly Product[];
  private readonly seed: number;
  private readonly listing: Listing;
  private readonly pricer: Pricer;
  private readonly activity: Activity;
  private readonly shapes: Shapes;
  private readonly daily: Daily;
  private readonly quotePlans = new Map<number, MinutePlan>();
  private readonly tradePlans = new Map<number, MinutePlan>();

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
    this.daily = new Daily(seed, isoToDay(day), this.pricer, this.shapes);
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
    const id = minute * MOST_OF_MINUTE + k;
    return {
      us,
      id,
      price: bought ? quote.ask : quote.bid,
      size: this.shapes.tradeSize(product, draw),
      bought,
    };
  }

  /** Counted minute by minute from the middle of the listing's day, both ways. */
  tradeSeq(product: Product, trade: Trade): number {
    const [minute, k] = [Math.floor(trade.id / MOST_OF_MINUTE), trade.id % MOST_OF_MINUTE];
    const anchor = isoToDay(this.listing.today) * 1440 + 720;
    const counted = this.counted.get(product.salt) ?? { minute: anchor, before: FIRST_SEQ };
    let { minute: m, before } = counted;
    for (; m < minute; m++) before += this.tradePlan(product, m).count;
    for (; m > minute; m--) before -= this.tradePlan(product, m - 1).count;
    this.counted.set(product.salt, { minute, before });
    return before + k;
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
    return this.daily.bars(product, fromUs, toUs);
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
