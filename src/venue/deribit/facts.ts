import { type OptionInstrument, US_PER_DAY } from "../../../engines/market/index.ts";
import { told, toldUs, type VenueContext } from "../context.ts";
import type { Product, Quote, Trade } from "../market/types.ts";
import { rpc } from "./errors.ts";

const CURRENCIES = ["BTC", "ETH"] as const;
export type Currency = (typeof CURRENCIES)[number];

/** What the venue says of instruments, in the vendor's words. */
export class Facts {
  constructor(private readonly context: VenueContext) {}

  get currencies(): readonly Currency[] {
    return CURRENCIES.filter((c) => this.context.market.bySymbol(`${c}/USD`) !== null);
  }

  nowMs(): number {
    return Math.floor(toldUs(this.context) / 1000);
  }

  spot(currency: string): Product {
    const product = this.context.market.bySymbol(`${currency}/USD`);
    if (product === null) throw rpc.invalidParams("currency", "unknown currency");
    return product;
  }

  /** `BTC-PERPETUAL` or an option. @throws RpcError 13020. */
  product(name: string): Product {
    const found = this.find(name);
    if (found === null) throw rpc.noInstrument();
    return found;
  }

  find(name: string): Product | null {
    const currency = name.slice(0, 3);
    if (!this.currencies.includes(currency as Currency) || name[3] !== "-") return null;
    this.context.market.chain(this.spot(currency));
    return this.context.market.bySymbol(name);
  }

  currencyOf(p: Product): Currency {
    return p.symbol.slice(0, 3) as Currency;
  }

  all(currency: string, kind: string | null): readonly Product[] {
    const wanted = currency === "any" ? this.currencies : [currency];
    return wanted.flatMap((c) => {
      const spot = this.spot(c);
      const perpetual = this.context.market.bySymbol(`${c}-PERPETUAL`);
      const futures =
        perpetual === null || (kind !== null && kind !== "future" && kind !== "any") ? [] : [perpetual];
      const options =
        kind === null || kind === "option" || kind === "any" ? this.context.market.chain(spot) : [];
      return [...futures, ...options.filter((p) => !this.expired(p))];
    });
  }

  private expired(p: Product): boolean {
    return p.instrument.kind === "option" && p.instrument.expiryUs <= toldUs(this.context);
  }

  indexPrice(currency: string): number {
    const q = this.context.market.quoteAt(this.spot(currency), this.context.session.nowUs());
    return q === null ? 0 : Math.round(((q.bid + q.ask) / 2) * 100) / 100;
  }

  /** Vol index of 30 days, in points. */
  volIndex(currency: string): number {
    const nowUs = toldUs(this.context);
    const price = this.indexPrice(currency);
    const target = nowUs + 30 * US_PER_DAY;
    const off = (o: OptionInstrument): number =>
      Math.abs(o.expiryUs - target) / US_PER_DAY + (100 * Math.abs(o.strike - price)) / price;
    const [near] = this.context.market
      .chain(this.spot(currency))
      .filter((p) => p.instrument.kind === "option" && p.instrument.type === "C")
      .sort((a, b) => off(a.instrument as OptionInstrument) - off(b.instrument as OptionInstrument));
    const view = near === undefined ? null : this.context.market.optionView(near, nowUs);
    return view === null ? 0 : Math.round(view.iv * 10_000) / 100;
  }

  instrument(p: Product): object {
    const currency = this.currencyOf(p);
    const option = p.instrument.kind === "option" ? p.instrument : null;
    const shared = {
      instrument_name: p.symbol,
      instrument_id: 100_000 + p.index,
      instrument_type: "reversed",
      base_currency: currency,
      quote_currency: option === null ? "USD" : currency,
      counter_currency: "USD",
      settlement_currency: currency,
      price_index: `${currency.toLowerCase()}_usd`,
      creation_timestamp: this.nowMs() - 30 * 86_400_000,
      is_active: true,
      state: "open",
      rfq: false,
      maker_commission: option === null ? 0 : 0.0003,
      taker_commission: option === null ? 0.0005 : 0.0003,
      block_trade_commission: 0.0003,
      block_trade_min_trade_amount: option === null ? 200_000 : 25,
      block_trade_tick_size: option === null ? 0.01 : 0.0001,
    };
    if (option === null)
      return {
        ...shared,
        kind: "future",
        settlement_period: "perpetual",
        contract_size: currency === "BTC" ? 10 : 1,
        min_trade_amount: currency === "BTC" ? 10 : 1,
        tick_size: p.instrument.ticks[0]?.tick ?? 0.5,
        tick_size_steps: [],
        max_leverage: 50,
        future_type: "reversed",
        expiration_timestamp: 32_503_708_800_000,
      };
    return {
      ...shared,
      kind: "option",
      settlement_period: "month",
      contract_size: 1,
      min_trade_amount: currency === "BTC" ? 0.1 : 1,
      tick_size: option.ticks[0]?.tick ?? 0.0001,
      tick_size_steps: option.ticks.slice(1).map((s) => ({ above_price: s.from, tick_size: s.tick })),
      strike: option.strike,
      option_type: option.type === "C" ? "call" : "put",
      expiration_timestamp: option.expiryUs / 1000,
    };
  }

  quote(p: Product, q: Quote): object {
    return {
      timestamp: Math.floor(told(this.context, q).us / 1000),
      instrument_name: p.symbol,
      best_bid_price: q.bid,
      best_bid_amount: q.bidSize,
      best_ask_price: q.ask,
      best_ask_amount: q.askSize,
    };
  }

  trade(p: Product, t: Trade): object {
    const view = this.context.market.optionView(p, t.us);
    const index = this.indexPrice(this.currencyOf(p));
    return {
      trade_id: this.currencyOf(p) === "BTC" ? String(t.id) : `ETH-${t.id}`,
      trade_seq: this.context.market.tradeSeq(p, t),
      timestamp: Math.floor(t.us / 1000),
      instrument_name: p.symbol,
      price: t.price,
      amount: t.size,
      contracts: p.instrument.kind === "option" ? t.size : t.size / 10,
      direction: t.bought ? "buy" : "sell",
      tick_direction: t.bought ? 0 : 2,
      index_price: index,
      mark_price: this.mark(p, t.us),
      ...(view === null ? {} : { iv: percent(view.iv) }),
    };
  }

  private mark(p: Product, us: number): number {
    const view = this.context.market.optionView(p, us);
    if (view !== null) return Math.round((view.price / this.indexPrice(this.currencyOf(p))) * 1e4) / 1e4;
    const q = this.context.market.quoteAt(p, us);
    return q === null ? 0 : Math.round(((q.bid + q.ask) / 2) * 100) / 100;
  }

  ticker(p: Product): object {
    const { market } = this.context;
    const nowUs = this.context.session.nowUs();
    const q = market.quoteAt(p, nowUs);
    const last = market.lastTrade(p, nowUs);
    const currency = this.currencyOf(p);
    const index = this.indexPrice(currency);
    const mark = this.mark(p, nowUs);
    const band = p.instrument.kind === "option" ? 0.05 : mark * 0.015;
    const shared = {
      timestamp: this.nowMs(),
      state: "open",
      stats: this.stats(p, nowUs),
      instrument_name: p.symbol,
      index_price: index,
      last_price: last === null ? null : last.price,
      settlement_price: mark,
      min_price: Math.max(0, Math.round((mark - band) * 1e4) / 1e4),
      max_price: Math.round((mark + band) * 1e4) / 1e4,
      open_interest: market.openInterest(p) ?? 1_000_000_000,
      mark_price: mark,
      best_bid_price: q === null || q.bid === 0 ? null : q.bid,
      best_bid_amount: q?.bidSize ?? 0,
      best_ask_price: q?.ask ?? null,
      best_ask_amount: q?.askSize ?? 0,
      estimated_delivery_price: index,
    };
    const view = market.optionView(p, nowUs);
    if (view === null)
      return p.instrument.kind === "option"
        ? shared
        : { ...shared, current_funding: 0.00001, funding_8h: 0.00008, interest_value: 0.0001 };
    const skew = (side: number | null): number =>
      side === null || mark === 0
        ? 0
        : Math.max(0, percent(view.iv + ((side - mark) * index) / Math.max(view.vega, 1)));
    return {
      ...shared,
      underlying_price: Math.round(view.forward * 100) / 100,
      underlying_index: `SYN.${p.symbol.split("-").slice(0, 2).join("-")}`,
      mark_iv: percent(view.iv),
      bid_iv: skew(q?.bid ?? null),
      ask_iv: skew(q?.ask ?? null),
      interest_rate: 0,
      greeks: {
        delta: round5(view.delta),
        gamma: round5(view.gamma),
        vega: round5(view.vega / 100),
        theta: round5(view.theta / 365),
        rho: round5(view.rho / 100),
      },
    };
  }

  private stats(p: Product, nowUs: number): object {
    const today = this.context.market.dailyBars(p, nowUs - 2 * US_PER_DAY, nowUs).at(-1);
    if (today === undefined || today.count === 0)
      return { high: null, low: null, price_change: null, volume: 0 };
    const change = Math.round((today.close / today.open - 1) * 1e4) / 100;
    return {
      high: today.high,
      low: today.low,
      price_change: change,
      volume: today.volume,
      volume_usd: today.volume,
    };
  }

  summary(p: Product): object {
    const { market } = this.context;
    const nowUs = this.context.session.nowUs();
    const q = market.quoteAt(p, nowUs);
    const view = market.optionView(p, nowUs);
    const currency = this.currencyOf(p);
    const bid = q === null || q.bid === 0 ? null : q.bid;
    const ask = q?.ask ?? null;
    return {
      instrument_name: p.symbol,
      base_currency: currency,
      quote_currency: p.instrument.kind === "option" ? currency : "USD",
      creation_timestamp: this.nowMs(),
      bid_price: bid,
      ask_price: ask,
      mid_price: bid === null || ask === null ? null : (bid + ask) / 2,
      mark_price: this.mark(p, nowUs),
      last: market.lastTrade(p, nowUs)?.price ?? null,
      high: null,
      low: null,
      price_change: null,
      volume: 0,
      volume_usd: 0,
      open_interest: market.openInterest(p) ?? 1_000_000_000,
      estimated_delivery_price: this.indexPrice(currency),
      ...(view === null
        ? {}
        : {
            mark_iv: percent(view.iv),
            underlying_price: Math.round(view.forward * 100) / 100,
            underlying_index: `SYN.${p.symbol.split("-").slice(0, 2).join("-")}`,
            interest_rate: 0,
          }),
    };
  }
}

const percent = (x: number): number => Math.round(x * 10_000) / 100;
const round5 = (x: number): number => Math.round(x * 1e5) / 1e5;
