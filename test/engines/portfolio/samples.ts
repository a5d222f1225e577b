import type {
  Ccy,
  Instrument,
  InstrumentId,
  IsoDay,
  Micros,
  OptionInstrument,
} from "../../../engines/market/index.ts";
import type { InstrumentLookup, MarketInput } from "../../../engines/portfolio/index.ts";

export const us = (iso: string) => (Date.parse(iso) * 1000) as Micros;
export const DAY = "2015-12-24" as IsoDay;
export const NOW = us("2015-12-24T15:34:00Z");

export function equity(symbol: string, ccy = "USD"): Instrument {
  return {
    kind: "equity",
    id: `EQ/${symbol}/${ccy}` as InstrumentId,
    symbol,
    ccy: ccy as Ccy,
    calendar: "NYSE",
    ticks: [{ from: 0, tick: 0.01 }],
    multiplier: 1,
  };
}

export function option(
  root: string,
  expiry: string,
  type: "C" | "P",
  strike: number,
  extra: Partial<OptionInstrument> = {},
): OptionInstrument {
  const ccy = extra.ccy ?? ("USD" as Ccy);
  return {
    kind: "option",
    id: `OPT/${root}/${expiry}/${type}/${strike}/${ccy}/${extra.deliverable ?? 1}` as InstrumentId,
    symbol: root,
    ccy,
    calendar: "CBOE",
    ticks: [
      { from: 0, tick: 0.05 },
      { from: 3, tick: 0.1 },
    ],
    underlying: `EQ/${root}/${ccy}` as InstrumentId,
    type,
    strike,
    expiry: expiry as IsoDay,
    style: "american",
    settlement: { time: "PM", how: "physical" },
    lastTradeUs: us(`${expiry}T21:00:00Z`),
    expiryUs: us(`${expiry}T21:00:00Z`),
    multiplier: 100,
    premiumStyle: "upfront",
    deliverable: 1,
    ...extra,
  };
}

export function future(root: string, expiry: string, multiplier: number, ccy = "USD"): Instrument {
  return {
    kind: "future",
    id: `FUT/${root}/${expiry}/${ccy}` as InstrumentId,
    symbol: root,
    ccy: ccy as Ccy,
    calendar: "CME",
    ticks: [{ from: 0, tick: 0.25 }],
    underlying: null,
    multiplier,
    lastTradeUs: us(`${expiry}T20:00:00Z`),
    expiryUs: us(`${expiry}T20:00:00Z`),
    expiry: expiry as IsoDay,
  };
}

export function fxPair(pair: string): Instrument {
  return {
    kind: "fx",
    id: `FX/${pair}` as InstrumentId,
    symbol: pair,
    ccy: pair.slice(3) as Ccy,
    calendar: "24H",
    ticks: [{ from: 0, tick: 0.00001 }],
    multiplier: 1,
  };
}

export function lookupOf(...list: Instrument[]): InstrumentLookup {
  const map = new Map(list.map((i) => [i.id, i]));
  return (id) => map.get(id);
}

export function quote(bid: number | null, ask: number | null, extra: Partial<MarketInput> = {}): MarketInput {
  return {
    bid,
    ask,
    quoteUs: NOW - 200_000,
    confirmUs: null,
    quality: 0,
    status: "open",
    last: null,
    lastUs: null,
    maxAgeUs: 5_000_000,
    prior: null,
    ...extra,
  };
}
