import type { Ccy, Instrument, InstrumentId, IsoDay, Micros, Slot } from "../engines/market/index.ts";
import { parseLine } from "../screens/command/grammar.ts";
import { IndexCache, type Listed } from "../screens/command/instruments.ts";
import { readBack } from "../screens/command/readback.ts";
import type { GrammarContext } from "../screens/command/statement.ts";
import type { BenchRow } from "./row.ts";
import { medianPairNs } from "./timing.ts";

/** As many contracts as the bundled GOOG session has. */
const CONTRACTS = 2192;
const EXPIRIES = 12;
const TODAY = "2015-12-24" as IsoDay;
const LINE = "buy 10 goog 760/780 cv 2016-01-08 @ mid-1 day";
const REACH_MS = 5;

function listed(): Listed[] {
  return Array.from({ length: CONTRACTS }, (_, i) => {
    const day = `2016-${String(1 + (i % EXPIRIES)).padStart(2, "0")}-08` as IsoDay;
    const at = Math.floor(i / EXPIRIES);
    const type = at % 2 === 0 ? "C" : "P";
    const strike = 500 + 5 * (at >> 1);
    const instrument: Instrument = {
      kind: "option",
      id: `OPT/GOOG/${day}/${type}/${strike}/USD/1` as InstrumentId,
      symbol: "GOOG",
      ccy: "USD" as Ccy,
      calendar: "CBOE",
      ticks: [{ from: 0, tick: 0.05 }],
      underlying: "EQ/GOOG/USD" as InstrumentId,
      type,
      strike,
      expiry: day,
      style: "american",
      settlement: { time: "PM", how: "physical" },
      lastTradeUs: 0 as Micros,
      expiryUs: 0 as Micros,
      multiplier: 100,
      premiumStyle: "upfront",
      deliverable: 1,
    };
    return { slot: i as Slot, instrument };
  });
}

/** The command line at 2,192 contracts: an order read and read back, and the first line, for which the index is built. */
export async function run(): Promise<BenchRow[]> {
  const all = listed();
  const source = { slot: (slot: Slot) => all[slot] };
  const kept = new IndexCache();
  const read = (cache: IndexCache): string => {
    const context: GrammarContext = {
      index: cache.get(source, TODAY),
      cursor: null,
      target: null,
      row: () => null,
      structure: () => null,
      jump: () => null,
      quote: () => ({ bid: 8.1, ask: 8.5 }),
      settings: [],
      layouts: [],
    };
    const parsed = parseLine(LINE, context);
    if ("kind" in parsed) throw new Error(parsed.message);
    return parsed.map((s) => readBack(s, context)).join();
  };
  const bare = (): void => void LINE.split(" ").join(" ");
  const again = medianPairNs(bare, () => void read(kept));
  const first = medianPairNs(bare, () => void read(new IndexCache()), 21);
  const row = (name: string, ns: { work: number; bare: number }): BenchRow => ({
    name,
    value: ns.work / 1e6,
    unit: "ms",
    ratio: ns.work / ns.bare,
    reach: REACH_MS,
    ok: ns.work / 1e6 <= REACH_MS,
  });
  return [
    row("an order read back while typing", again),
    row("the first one: index of 2,192 contracts", first),
  ];
}
