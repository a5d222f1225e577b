import {
  type EventColumns,
  Flag,
  formatOccCompact,
  type Instrument,
  Kind,
  US_PER_DAY,
  US_PER_MINUTE,
} from "../../../engines/market/index.ts";
import { bsmGreeks, bsmIv, emptyGreeks } from "../../../engines/pricing/index.ts";
import type { Session } from "../../../store/capture/session.ts";
import { barOf } from "./bars.ts";
import { coinSymbol, saltOf } from "./names.ts";
import type { Bar, MarketEvent, OptionView, Product, Quote, Trade, VenueMarket, Wanted } from "./types.ts";

/** Trades kept of a product; older ones are forgotten. */
const KEPT_TRADES = 20_000;
const YEAR_US = 365 * US_PER_DAY;

interface Standing {
  quote: Quote | null;
  readonly trades: Trade[];
  /** How many trades were before those. */
  forgotten: number;
  /** Of minute sessions, by the start of their minute. */
  readonly bars: Bar[];
  openInterest: number | null;
}

/** A recorded session as a market: it stands where the playing has come to, and does not know what follows. */
export class TapeMarket implements VenueMarket {
  readonly listed: readonly Product[];
  private readonly products: readonly Product[];
  private readonly symbols = new Map<string, Product>();
  private readonly chains = new Map<Product, Product[]>();
  private readonly states: Standing[];
  private row = 0;
  private prints = 0;

  constructor(private readonly session: Session) {
    this.products = named(session.instruments);
    this.states = this.products.map(() => ({
      quote: null,
      trades: [],
      forgotten: 0,
      bars: [],
      openInterest: null,
    }));
    for (const p of this.products) this.symbols.set(p.symbol, p);
    this.listed = this.products.filter((p) => p.instrument.kind !== "option");
    for (const p of this.products)
      if (p.base !== null && p.instrument.kind === "option")
        this.chains.set(p.base, [...(this.chains.get(p.base) ?? []), p]);
  }

  bySymbol(symbol: string): Product | null {
    return this.symbols.get(symbol) ?? null;
  }
  byIndex(index: number): Product | null {
    return this.products[index] ?? null;
  }
  chain(base: Product): readonly Product[] {
    return this.chains.get(base) ?? [];
  }

  private at(p: Product): Standing {
    return this.states[p.index] as Standing;
  }

  quoteAt(product: Product): Quote | null {
    return this.at(product).quote;
  }
  lastTrade(product: Product): Trade | null {
    return this.at(product).trades.at(-1) ?? null;
  }
  openInterest(product: Product): number | null {
    return this.at(product).openInterest;
  }

  tradeSeq(product: Product, trade: Trade): number {
    const { trades, forgotten } = this.at(product);
    return forgotten + trades.findLastIndex((t) => t.id === trade.id) + 1;
  }

  trades(product: Product, fromUs: number, toUs: number): readonly Trade[] {
    return this.at(product).trades.filter((t) => t.us >= fromUs && t.us < toUs);
  }

  minuteBars(product: Product, fromUs: number, toUs: number): readonly Bar[] {
    const { bars, trades } = this.at(product);
    if (bars.length > 0) return bars.filter((b) => b.startUs >= fromUs && b.startUs < toUs);
    const minutes = new Map<number, Trade[]>();
    for (const t of trades) {
      const start = Math.floor(t.us / US_PER_MINUTE) * US_PER_MINUTE;
      if (start >= fromUs && start < toUs) minutes.set(start, [...(minutes.get(start) ?? []), t]);
    }
    return [...minutes].map(([start, list]) => barOf(start, list) as Bar);
  }

  /** The one day that was recorded, as far as it was played. */
  dailyBars(product: Product, fromUs: number, toUs: number): readonly Bar[] {
    const first = this.session.firstUs ?? 0;
    if (first < fromUs || first >= toUs) return [];
    const { bars, trades } = this.at(product);
    const prints =
      bars.length === 0
        ? trades
        : bars.flatMap((b) =>
            [b.open, b.high, b.low, b.close].map((price) => ({
              us: b.startUs,
              id: 0,
              price,
              size: b.volume / 4,
              bought: true,
            })),
          );
    const day = barOf(first, prints);
    return day === null ? [] : [day];
  }

  /** From the mid and the underlying's mid, without a rate: none was recorded. */
  optionView(product: Product, us: number): OptionView | null {
    const o = product.instrument;
    const quote = this.at(product).quote;
    const under = product.base === null ? null : this.at(product.base).quote;
    if (o.kind !== "option" || quote === null || under === null || quote.bid === 0) return null;
    const S = (under.bid + under.ask) / 2;
    const T = (o.expiryUs - us) / YEAR_US;
    const w = o.type === "C" ? 1 : -1;
    const price = (quote.bid + quote.ask) / 2;
    const { sigma } = bsmIv(w, price, S, o.strike, T, 0, 0);
    if (sigma === null || !(sigma > 0)) return null;
    const { delta, gamma, theta, vega, rho } = bsmGreeks(w, S, o.strike, T, 0, 0, sigma, emptyGreeks());
    return { iv: sigma, price, delta, gamma, theta, vega, rho, forward: S };
  }

  advance(wanted: Wanted, _fromUs: number, toUs: number): readonly MarketEvent[] {
    const quotes = new Set(wanted.quotes);
    const trades = new Set(wanted.trades);
    const found: MarketEvent[] = [];
    this.play(toUs, (event) => {
      const asked = event.kind === "quote" ? quotes : trades;
      if (asked.has(event.product)) found.push(event);
    });
    return found;
  }

  /** Applies every row received before an instant. */
  play(toUs: number, tell: (event: MarketEvent) => void): void {
    for (let b = this.session.findBlock(this.row); b >= 0 && b < this.session.blocks.length; b++) {
      const columns = this.session.block(b);
      for (let i = this.row - columns.seq0; i < columns.n; i++) {
        if ((columns.recvUs[i] as number) >= toUs) return;
        this.row++;
        const event = this.apply(columns, i);
        if (event !== null) tell(event);
      }
    }
  }

  private apply(c: EventColumns, i: number): MarketEvent | null {
    const product = this.products[c.slot[i] as number];
    if (product === undefined) return null;
    const state = this.at(product);
    const us = (c.eventUs[i] as number) || (c.recvUs[i] as number);
    const [a, b] = [c.a[i] as number, c.b[i] as number];
    switch (c.kind[i]) {
      case Kind.quote:
        state.quote = joined(state.quote, us, c, i);
        return state.quote === null ? null : { kind: "quote", product, quote: state.quote };
      case Kind.trade: {
        const q = state.quote;
        const bought = q === null || a >= (q.bid + q.ask) / 2;
        const trade = { us, id: ++this.prints, price: a, size: b, bought };
        state.trades.push(trade);
        if (state.trades.length > KEPT_TRADES)
          state.forgotten += state.trades.splice(0, KEPT_TRADES / 2).length;
        return { kind: "trade", product, trade };
      }
      case Kind.bar: {
        if (((c.flags[i] as number) & Flag.backFill) !== 0) return null;
        const [low, close, volume] = [c.c[i] as number, c.d[i] as number, c.e[i] as number];
        const vwap = Math.round(((a + b + low + close) / 4) * 1e6) / 1e6;
        state.bars.push({ startUs: us, open: a, high: b, low, close, volume, count: 1, vwap });
        return null;
      }
      case Kind.openInterest:
        state.openInterest = a;
        return null;
      default:
        return null;
    }
  }
}

/** A row may carry one side; the other stays as it was. */
function joined(before: Quote | null, us: number, c: EventColumns, i: number): Quote | null {
  const flags = c.flags[i] as number;
  const bid = (flags & Flag.bidSide) !== 0;
  const ask = (flags & Flag.askSide) !== 0;
  if (!bid && !ask) return before;
  const size = (x: number): number => (Number.isNaN(x) ? 0 : x);
  return {
    us,
    bid: bid ? (c.a[i] as number) : (before?.bid ?? 0),
    bidSize: bid ? size(c.b[i] as number) : (before?.bidSize ?? 0),
    ask: ask ? (c.c[i] as number) : (before?.ask ?? 0),
    askSize: ask ? size(c.d[i] as number) : (before?.askSize ?? 0),
  };
}

function named(instruments: readonly Instrument[]): readonly Product[] {
  const byId = new Map<string, Product>();
  const products: Product[] = [];
  // Underlyings first: a derivative names its own.
  const order = instruments.map((instrument, index) => ({ instrument, index }));
  const spots = order.filter(({ instrument }) => !("underlying" in instrument));
  const others = order.filter(({ instrument }) => "underlying" in instrument);
  for (const { instrument, index } of [...spots, ...others]) {
    const under = "underlying" in instrument ? instrument.underlying : null;
    const base = under === null ? null : (byId.get(under) ?? null);
    const symbol = symbolOf(instrument);
    const product: Product = { index, salt: saltOf(symbol), instrument, symbol, base };
    products[index] = product;
    byId.set(instrument.id, product);
  }
  return products;
}

function symbolOf(i: Instrument): string {
  switch (i.kind) {
    case "option":
      return i.premiumStyle === "inverse" ? coinSymbol(i) : formatOccCompact({ ...i, root: i.symbol });
    case "future":
      return `${i.symbol} ${i.expiry}`;
    case "crypto":
      return i.symbol.endsWith("PERPETUAL") ? i.symbol : i.symbol.replace("-", "/");
    default:
      return i.symbol;
  }
}
