import type { Ccy, Instrument, InstrumentId, IsoDay, Micros, Slot } from "../../../engines/market/index.ts";
import { InstrumentIndex, type Listed } from "../../../screens/command/instruments.ts";
import type { GrammarContext } from "../../../screens/command/statement.ts";
import { stock } from "../../harness/fake-desk.ts";

export const TODAY = "2015-12-24" as IsoDay;
export const EXPIRIES = ["2015-12-31", "2016-01-15", "2016-02-19", "2017-01-20"] as const;

export function option(root: string, expiry: string, strike: number, type: "C" | "P"): Instrument {
  return {
    kind: "option",
    id: `OPT/${root}/${expiry}/${type}/${strike}/USD/1` as InstrumentId,
    symbol: root,
    ccy: "USD" as Ccy,
    calendar: "CBOE",
    ticks: [
      { from: 0, tick: 0.05 },
      { from: 3, tick: 0.1 },
    ],
    underlying: `EQ/${root}/USD` as InstrumentId,
    type,
    strike,
    expiry: expiry as IsoDay,
    style: "american",
    settlement: { time: "PM", how: "physical" },
    lastTradeUs: 0 as Micros,
    expiryUs: 0 as Micros,
    multiplier: 100,
    premiumStyle: "upfront",
    deliverable: 1,
  };
}

/** Stocks and chains of GOOG: strikes 700, 710 … 800. */
export function listedContracts(): Listed[] {
  const all = [stock("GOOG"), stock("BAC")];
  for (const expiry of EXPIRIES)
    for (let k = 700; k <= 800; k += 10)
      all.push(option("GOOG", expiry, k, "C"), option("GOOG", expiry, k, "P"));
  return all.map((instrument, i) => ({ slot: i as Slot, instrument }));
}

export function contextOf(part: Partial<GrammarContext> = {}): GrammarContext {
  const index = part.index ?? new InstrumentIndex(listedContracts(), TODAY);
  return {
    index,
    cursor: null,
    target: null,
    row: () => null,
    structure: () => null,
    jump: () => null,
    quote: () => ({ bid: 8.1, ask: 8.5 }),
    settings: [
      { key: "theme", values: ["default", "classic", "light", "mono"] },
      { key: "flash", values: ["on", "off"] },
    ],
    layouts: ["desk", "vol", "dealer", "risk", "orders"],
    ...part,
  };
}
