import {
  eventColumns,
  Flag,
  type Instrument,
  type InstrumentId,
  type IsoDay,
  Kind,
  type Micros,
  type OptionInstrument,
  type SpotInstrument,
} from "../../engines/market/index.ts";
import { Desk } from "../../src/desk/desk.ts";
import type { MarketFacts } from "../../src/desk/market-facts.ts";
import { Valuer } from "../../src/desk/valuer.ts";
import { type DeskFacts, PlanCache, ViewContext } from "../../src/desk/views/context.ts";
import { MarginCache } from "../../src/desk/views/margin.ts";
import { STILL } from "../../src/shell/headless.ts";

/** A small market for order tests: one stock, three calls, quotes that a test moves. */

export const OPEN_US = 1_450_967_400_000_000 as Micros;
const DAY = "2015-12-24" as IsoDay;
const HOUR = 3_600_000_000;

const stock: SpotInstrument = {
  kind: "equity",
  id: "EQ/ABC/USD" as InstrumentId,
  symbol: "ABC",
  ccy: "USD" as never,
  calendar: "NYSE",
  ticks: [{ from: 0, tick: 0.01 }],
  multiplier: 1,
};
const call = (strike: number): OptionInstrument => ({
  kind: "option",
  id: `OPT/ABC/2016-01-15/C/${strike}/USD/1` as InstrumentId,
  symbol: "ABC",
  ccy: "USD" as never,
  calendar: "CBOE",
  ticks: [
    { from: 0, tick: 0.05 },
    { from: 3, tick: 0.1 },
  ],
  underlying: stock.id,
  type: "C",
  strike,
  expiry: "2016-01-15" as IsoDay,
  style: "european",
  settlement: { time: "PM", how: "physical" },
  lastTradeUs: (OPEN_US + 22 * 24 * HOUR) as Micros,
  expiryUs: (OPEN_US + 22 * 24 * HOUR) as Micros,
  multiplier: 100,
  premiumStyle: "upfront",
  deliverable: 1,
});
export const INSTRUMENTS = [stock, call(100), call(105), call(110)] as const;
export const ids = INSTRUMENTS.map((i) => i.id);

/** Bid and ask of each instrument, with a size of 20. */
export const QUOTES: readonly (readonly [number, number])[] = [
  [100, 100.02],
  [2.5, 2.6],
  [1, 1.05],
  [0.4, 0.45],
];

/** What a market is made of, and when. */
export interface MarketOf {
  readonly instruments: readonly Instrument[];
  readonly quotes: readonly (readonly [number, number])[];
  readonly nowUs: Micros;
  readonly day: IsoDay;
}
const SMALL: MarketOf = { instruments: INSTRUMENTS, quotes: QUOTES, nowUs: OPEN_US, day: DAY };

export class SmallMarket {
  readonly desk: Desk;
  nowUs: Micros;
  private readonly facts: DeskFacts;
  private readonly plans = new PlanCache();

  constructor(account: string, mode: DeskFacts["mode"] = "paper", of: MarketOf = SMALL) {
    const { instruments, nowUs: openUs } = of;
    this.nowUs = openUs;
    const desk = new Desk({ slots: instruments.length, tapePrints: 16, logEntries: 64 }, "USD");
    this.desk = desk;
    instruments.forEach((instrument, slot) => {
      desk.define(slot as never, instrument);
    });
    const deposit = { kind: "cash", id: "d", account, atUs: openUs, ccy: "USD", amount: "1000000" } as const;
    desk.post({ ...deposit, reason: "deposit", fx: 1 });
    for (const calendar of new Set(instruments.map((i) => i.calendar)))
      desk.post({ kind: "session", id: `session:${calendar}`, account, atUs: openUs, calendar, day: of.day });
    const flat = { value: 0, source: "test" };
    const market = {
      rate: () => flat,
      dividends: () => [],
      dividendYield: () => flat,
      fx: () => ({ value: 1, source: "test" }),
      events: () => [],
      beta: () => null,
    } as unknown as MarketFacts;
    this.facts = {
      session: {
        name: "small",
        title: "small",
        sampling: "ticks",
        calendar: "NYSE",
        day: of.day,
        zone: "ET",
        zoneOffsetMin: -300,
        openUs,
        closeUs: (openUs + 6 * HOUR) as Micros,
        halfDay: false,
        firstUs: openUs,
        lastUs: (openUs + 6 * HOUR) as Micros,
        sessionsSince: () => 1,
      },
      valuer: new Valuer(desk, market, 60 * 60_000_000, openUs),
      policy: "neutral",
      margin: new MarginCache(account, "regT", () => 1),
      flow: null as never,
      history: { of: () => null },
      studies: null as never,
      baseCcy: "USD",
      account,
      mode,
    } as unknown as DeskFacts;
    this.quote(of.quotes);
  }

  /** New quotes of all instruments, received now. */
  quote(quotes: readonly (readonly [number, number])[], size = 20): void {
    const rows = eventColumns(quotes.length);
    quotes.forEach(([bid, ask], slot) => {
      rows.kind[slot] = Kind.quote;
      rows.slot[slot] = slot;
      rows.flags[slot] = Flag.bidSide | Flag.askSide;
      rows.recvUs[slot] = this.nowUs;
      rows.eventUs[slot] = this.nowUs;
      rows.a[slot] = bid;
      rows.b[slot] = size;
      rows.c[slot] = ask;
      rows.d[slot] = size;
    });
    rows.n = quotes.length;
    this.desk.apply(rows, 0, quotes.length);
  }

  context(): ViewContext {
    return new ViewContext(this.desk, this.nowUs, this.facts, STILL, () => [], this.plans);
  }
}
