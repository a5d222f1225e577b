import { US_PER_DAY } from "../../../engines/market/index.ts";
import { told, type VenueContext } from "../context.ts";
import type { Faults } from "../faults/faults.ts";
import type { Product } from "../market/types.ts";
import { type Contracts, compactDay, exchangeOf, secTypeOf, tickerOf } from "./contracts.ts";

/** Values by the broker's field codes. All are text; a field without a value is left out. */
export class Fields {
  constructor(
    private readonly context: VenueContext,
    private readonly contracts: Contracts,
  ) {}

  of(p: Product, codes: readonly string[]): Record<string, string> {
    const all = this.everything(p, codes);
    const found: Record<string, string> = {};
    for (const code of codes) {
      const value = all[code];
      if (value !== undefined && value !== null && value !== "") found[code] = value;
    }
    return found;
  }

  /** When something of it changed last, as it is told. */
  updatedMs(p: Product): number {
    const { market, session } = this.context;
    const nowUs = session.nowUs();
    const us = Math.max(market.quoteAt(p, nowUs)?.us ?? 0, market.lastTrade(p, nowUs)?.us ?? 0);
    return Math.floor(told(this.context, { us: us > 0 ? us : nowUs }).us / 1000);
  }

  /** First letter R: live. An index has a last price only. */
  private everything(p: Product, codes: readonly string[]): Record<string, string | null | undefined> {
    const { market } = this.context;
    const nowUs = this.context.session.nowUs();
    const q = market.quoteAt(p, nowUs);
    const open = q !== null && nowUs - q.us < 180e6;
    const index = p.instrument.kind === "index";
    const last = index ? null : market.lastTrade(p, nowUs);
    const lastText = last !== null ? text(last.price) : q === null ? null : text(mid(q.bid, q.ask));
    return {
      "31": lastText === null ? null : open ? lastText : `C${lastText}`,
      "55": tickerOf(p),
      "84": index || q === null || q.bid === 0 ? null : text(q.bid),
      "86": index || q === null ? null : text(q.ask),
      "88": index || q === null || q.bid === 0 ? null : grouped(q.bidSize),
      "85": index || q === null ? null : grouped(q.askSize),
      "6004": exchangeOf(p),
      "6008": String(this.contracts.conidOf(p)),
      "6070": secTypeOf(p),
      "6457": p.base === null ? null : String(this.contracts.conidOf(p.base)),
      "7051": p.symbol,
      "7059": last === null ? null : String(last.size),
      "7221": exchangeOf(p),
      ...this.contract(p),
      ...(codes.some((c) => DAY_CODES.has(c)) ? this.day(p, nowUs) : {}),
      ...this.option(p, nowUs),
    };
  }

  private contract(p: Product): Record<string, string | null> {
    const { instrument } = p;
    if (instrument.kind === "option")
      return {
        "201": instrument.type,
        "6073": compactDay(instrument.expiry),
        "7714": compactDay(instrument.expiry),
      };
    return instrument.kind === "future" ? { "7714": compactDay(instrument.expiry) } : {};
  }

  private day(p: Product, nowUs: number): Record<string, string | null> {
    const days = this.context.market.dailyBars(p, nowUs - 8 * US_PER_DAY, nowUs).slice(-2);
    const [today, prior] = [days.at(-1), days.at(-2)];
    if (today === undefined) return {};
    const change = prior === undefined ? null : today.close - prior.close;
    return {
      "70": text(today.high),
      "71": text(today.low),
      "82": change === null ? null : text(change),
      "83": change === null || prior === undefined ? null : ((100 * change) / prior.close).toFixed(2),
      "87": short(today.volume),
      "7295": text(today.open),
      "7296": text(today.close),
      "7741": prior === undefined ? null : text(prior.close),
      "7762": String(today.volume),
    };
  }

  private option(p: Product, nowUs: number): Record<string, string | null> {
    const interest = this.context.market.openInterest(p);
    const view = this.context.market.optionView(p, nowUs);
    if (view === null) return p.instrument.kind === "future" ? { "7697": short(interest ?? 0) } : {};
    return {
      "7308": view.delta.toFixed(3),
      "7309": view.gamma.toFixed(4),
      "7310": (view.theta / 365).toFixed(4),
      "7311": (view.vega / 100).toFixed(4),
      "7633": `${(view.iv * 100).toFixed(1)}%`,
      "7635": view.price.toFixed(3),
      "7638": interest === null ? null : short(interest),
    };
  }
}

const DAY_CODES = new Set(["70", "71", "82", "83", "87", "7295", "7296", "7741", "7762"]);

const mid = (a: number, b: number): number => Math.round(((a + b) / 2) * 1e5) / 1e5;
const text = (x: number): string => {
  const digits = Math.abs(x) < 10 ? 5 : 2;
  const fixed = x.toFixed(digits);
  return digits === 5 ? fixed.replace(/0{1,3}$/, "") : fixed;
};
const grouped = (n: number): string =>
  Math.round(n)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
/** `12.3M`, as the broker shortens volumes. */
const short = (n: number): string =>
  n >= 1e6 ? `${(n / 1e6).toFixed(1)}M` : n >= 1e4 ? `${(n / 1e3).toFixed(1)}K` : String(Math.round(n));

/** Field 6509 of a quote: real time, consolidated, with its book, unless the venue is told to have others. */
export const availability = (faults: Faults, path: string): string =>
  `${faults.take("availability", path, true)?.params["as"] ?? "R"}pB`;
