import {
  type Ccy,
  type EventColumns,
  eventColumns,
  type FutureInstrument,
  type Instrument,
  type InstrumentId,
  type IsoDay,
  type Micros,
  type OptionInstrument,
  pushBar,
  pushIndex,
  pushOpenInterest,
  pushQuote,
  pushTrade,
  type Slot,
  sessionOn,
} from "../../engines/market/index.ts";
import { bsmPrice, yearFraction } from "../../engines/pricing/index.ts";
import { Desk } from "../../src/desk/desk.ts";
import { FlowFollowers } from "../../src/desk/flow-follower.ts";
import type { MarketFacts } from "../../src/desk/market-facts.ts";
import { Valuer } from "../../src/desk/valuer.ts";
import { type DeskFacts, PlanCache, type SessionFacts, ViewContext } from "../../src/desk/views/context.ts";
import { MarginCache } from "../../src/desk/views/margin.ts";
import { stock } from "./fake-desk.ts";

export const TOY_DAY = "2026-08-18" as IsoDay;
const hours = sessionOn("NYSE", TOY_DAY);
if (hours === null) throw new Error("the toy day is a session");
export const TOY_OPEN = hours.openUs;
/** Half an hour after the open. */
export const TOY_NOW = (hours.openUs + 30 * 60e6) as Micros;
export const RATE = 0.04;

const MARKET: MarketFacts = {
  rate: () => ({ value: RATE, source: "test" }),
  dividends: () => [],
  dividendYield: () => ({ value: 0, source: "test" }),
  fx: (ccy) => (ccy === "USD" ? { value: 1, source: "base" } : null),
  events: () => [],
  beta: () => null,
};

/** A desk of made-up instruments and quotes, for what no recorded session has: broken chains, futures, indices. */
export class ToyDesk {
  readonly desk: Desk;
  private readonly columns: EventColumns;

  constructor(slots = 4096) {
    this.desk = new Desk({ slots, tapePrints: 64, logEntries: 64 }, "USD");
    this.columns = eventColumns(slots * 4);
  }

  stock(symbol: string, price: number): Slot {
    return this.priced(stock(symbol), price);
  }

  index(symbol: string, price: number): Slot {
    const { id: _, ...like } = stock(symbol);
    return this.priced(
      { ...like, kind: "index", id: `IDX/${symbol}` as InstrumentId, calendar: "NYSE" } as Instrument,
      price,
      true,
    );
  }

  future(symbol: string, underlying: string, expiry: string, price: number): Slot {
    const expiryUs = expiryOf(expiry);
    const instrument: FutureInstrument = {
      kind: "future",
      id: `FUT/${symbol}/${expiry}/USD` as InstrumentId,
      symbol,
      ccy: "USD" as Ccy,
      calendar: "NYSE",
      ticks: [{ from: 0, tick: 0.05 }],
      underlying: underlying as InstrumentId,
      multiplier: 1000,
      lastTradeUs: expiryUs,
      expiryUs,
      expiry: expiry as IsoDay,
    };
    return this.priced(instrument, price);
  }

  option(underlying: Slot, type: "C" | "P", strike: number, expiry: string, bid: number, ask: number): Slot {
    const on = this.desk.instruments[underlying] as Instrument;
    const expiryUs = expiryOf(expiry);
    const instrument: OptionInstrument = {
      kind: "option",
      id: `OPT/${on.symbol}/${expiry}/${type}/${strike}/USD/1` as InstrumentId,
      symbol: on.symbol,
      ccy: "USD" as Ccy,
      calendar: "NYSE",
      ticks: [{ from: 0, tick: 0.01 }],
      underlying: on.id,
      type,
      strike,
      expiry: expiry as IsoDay,
      style: "european",
      settlement: { time: "PM", how: "cash" },
      lastTradeUs: expiryUs,
      expiryUs,
      multiplier: 100,
      premiumStyle: "upfront",
      deliverable: 1,
    };
    const slot = this.defined(instrument);
    this.quote(slot, bid, ask);
    return slot;
  }

  /** Calls and puts of an expiry quoted a spread around Black-Scholes at a vol of the strike. */
  chain(
    underlying: Slot,
    expiry: string,
    strikes: readonly number[],
    vol: (strike: number) => number,
    spread = 0.02,
  ): Slot[] {
    const nothing = Number.NaN;
    const slots = strikes.flatMap((K) =>
      (["C", "P"] as const).map((type) => this.option(underlying, type, K, expiry, nothing, nothing)),
    );
    this.requote(slots, vol, spread);
    return slots;
  }

  /** Quotes options anew, a spread around Black-Scholes at a vol of the strike. */
  requote(
    slots: readonly Slot[],
    vol: (strike: number) => number,
    spread = 0.02,
    us: number = TOY_NOW,
  ): void {
    for (const slot of slots) {
      const o = this.desk.instruments[slot] as OptionInstrument;
      const S = this.desk.book.spot(this.desk.underlyingSlot[slot] as Slot);
      const T = Math.max(yearFraction(TOY_NOW, o.expiryUs), 1e-6);
      const mid = bsmPrice(o.type === "C" ? 1 : -1, S, o.strike, T, RATE, 0, vol(o.strike));
      this.quote(slot, Math.max(0.01, mid - spread), mid + spread, us);
    }
  }

  quote(slot: Slot, bid: number, ask: number, us: number = TOY_NOW): void {
    this.take((c) => pushQuote(c, slot, us, us, bid, 10, ask, 10, 0));
  }
  trade(slot: Slot, price: number, size: number, us: number = TOY_NOW): void {
    this.take((c) => pushTrade(c, slot, us, us, price, size, 0, 0));
  }
  openInterest(slot: Slot, contracts: number): void {
    this.take((c) => pushOpenInterest(c, slot, TOY_OPEN, TOY_OPEN, contracts, 0));
  }
  bar(slot: Slot, startUs: number, price: number, volume: number): void {
    this.take((c) => pushBar(c, slot, startUs + 60e6, startUs, price, price, price, price, volume, 0));
  }

  context(changes: Partial<DeskFacts> = {}, nowUs: Micros = TOY_NOW, paused = true): ViewContext {
    const session: SessionFacts = {
      name: "toy",
      title: "toy",
      sampling: "ticks",
      calendar: "NYSE",
      day: TOY_DAY,
      zone: "ET",
      zoneOffsetMin: -240,
      openUs: TOY_OPEN,
      closeUs: hours?.closeUs ?? TOY_NOW,
      halfDay: false,
      firstUs: TOY_OPEN,
      lastUs: TOY_NOW,
      sessionsSince: () => 1,
      sessionOn,
    };
    const rows = { block: () => this.columns, findBlock: () => 0 };
    const facts: DeskFacts = {
      session,
      valuer: new Valuer(this.desk, MARKET, 5e6, TOY_OPEN),
      policy: "neutral",
      margin: new MarginCache("toy", "regT", (ccy) => (ccy === "USD" ? 1 : null)),
      flow: new FlowFollowers(this.desk, rows, MARKET, { bars: false, openUs: TOY_OPEN }),
      staged: () => [],
      history: { of: () => null },
      baseCcy: "USD",
      account: "toy",
      mode: "replay",
      ...changes,
    };
    const pace = { speed: 1, paused, atEnd: false, loop: false, indexed: 1, bookmarks: [] };
    return new ViewContext(
      this.desk,
      nowUs,
      facts,
      { ...pace, eventsPerSecond: 0, events: this.columns.n },
      () => [],
      new PlanCache(),
    );
  }

  private priced(instrument: Instrument, price: number, level = false): Slot {
    const slot = this.defined(instrument);
    if (level) this.take((c) => pushIndex(c, slot, TOY_NOW, TOY_NOW, price, 0));
    else if (price > 0) this.quote(slot, price - 0.01, price + 0.01);
    return slot;
  }

  private defined(instrument: Instrument): Slot {
    const slot = this.desk.instruments.length as Slot;
    this.desk.define(slot, instrument);
    return slot;
  }

  private take(push: (columns: EventColumns) => number): void {
    const { n } = this.columns;
    push(this.columns);
    this.desk.apply(this.columns, n, this.columns.n);
  }
}

/** The close of a day; a day on which the exchange is shut ends at 20:00 UTC all the same. */
function expiryOf(day: string): Micros {
  return sessionOn("NYSE", day as IsoDay)?.closeUs ?? ((Date.parse(`${day}T20:00:00Z`) * 1000) as Micros);
}
